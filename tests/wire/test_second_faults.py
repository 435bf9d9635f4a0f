# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A second fault after a first one: a lost write is not forgotten, and a write that was never sent is not claimed."""

from __future__ import annotations

import typing as t

import pytest

from .support import (
    CODE,
    DESCRIBED,
    EXPIRED_TOKEN,
    NOTHING_LISTED,
    OTHER_CLIENT_SECRET,
    STORED,
    add,
    calls,
    holds,
    with_code,
)

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_LOST = {"reset": True}
_LOCKED = {"lockdown": "2030-01-01"}
_WRITES = {
    "update": ({}, {"notes": "New."}, "secretapi/update/"),
    "activate": ({"active": False}, {}, "secretapi/active/"),
    "deactivate": ({}, {"state": "absent"}, "secretapi/inactive/"),
}


LostWrite = tuple[dict[str, t.Any], str]


@pytest.fixture(name="lost_write", params=_WRITES)
def _lost_write(request: pytest.FixtureRequest, simulator: Simulator) -> LostWrite:
    """Lose the answer to the first attempt at a write; return the options of the task, and the path of the write."""
    start, options, path = _WRITES[request.param]
    simulator.switch(list_inactive=True)
    add(simulator, **start)
    simulator.fault(_LOST, path=path, when="after")
    return {"identifier_code": CODE, **options}, path


@pytest.mark.parametrize(
    "refusal", [{"gateway": 429}, {"redirect": "https://login.example.org/"}], ids=["rate limit", "redirect"]
)
def test_a_lost_write_whose_repetition_is_refused_is_checked(
    simulator: Simulator, task: Tasks, lost_write: LostWrite, refusal: dict[str, t.Any]
) -> None:
    options, path = lost_write
    simulator.fault(refusal, path=path, times=100)
    values = task(**options).values
    assert (values["changed"], "error" in values) == (True, False)


def test_a_write_that_was_lost_before_a_lockdown_is_uncertain(
    simulator: Simulator, task: Tasks, lost_write: LostWrite
) -> None:
    options, path = lost_write
    simulator.fault(_LOCKED, path=path)
    simulator.fault(_LOCKED, method="GET", path=r"secretapi/\d+$", skip=1, times=100)
    values = task(**options).values
    assert (values["changed"], values["error"]["kind"]) == (True, "write_uncertain")


def test_an_unlisted_lost_create_whose_code_is_taken_is_uncertain(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 504}, method="POST", path="secretapi$", when="after")
    simulator.fault(NOTHING_LISTED, method="GET", path="secretapi$", times=100)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["changed"], values["error"]["kind"], len(with_code(simulator))) == (True, "write_uncertain", 1)
    assert "address it by its number" in values["error"]["solution"]


def test_a_create_that_was_lost_before_a_lockdown_is_uncertain(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 504}, method="POST", path="secretapi$", when="after")
    simulator.fault(_LOCKED, method="GET", path="secretapi$", skip=1, times=100)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["changed"], values["error"]["kind"]) == (True, "write_uncertain")


@pytest.mark.parametrize("fault", [{"gateway": 502}, {"reset": True}], ids=["502", "reset"])
def test_a_refused_create_is_not_claimed_if_there_is_no_new_token(
    simulator: Simulator, task: Tasks, fault: dict[str, t.Any]
) -> None:
    simulator.fault(EXPIRED_TOKEN, method="POST", path="secretapi$")
    simulator.fault(fault, path="oauth2/token$", skip=1, times=100)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["changed"], values["error"]["kind"] in ("unavailable", "connection")) == (False, True)


def test_a_rotation_that_the_vault_ignores_is_reported(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    old = {
        "identifier": identifier,
        **{field: STORED[field] for field in ("name", "url", "client_id", "client_secret")},
        "users_allowed": [],
        "groups_allowed": [],
    }
    answer = {"response": {"status": 200, "error": False}, "api_entity": old}
    simulator.fault({"status": 200, "body": answer}, method="PUT", path="update")
    values = task(identifier_code=CODE, client_secret=OTHER_CLIENT_SECRET).values
    assert (values["changed"], values["error"]["kind"]) == (False, "not_applied")


def test_a_rotation_answered_with_the_old_client_secret_is_read_back(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    old = {
        "identifier": identifier,
        **{field: STORED[field] for field in ("name", "url", "client_id", "client_secret")},
        "users_allowed": [],
        "groups_allowed": [],
    }
    answer = {"response": {"status": 200, "error": False}, "api_entity": old}
    simulator.fault({"status": 200, "body": answer}, method="PUT", path="update", when="after")
    values = task(identifier_code=CODE, client_secret=OTHER_CLIENT_SECRET).values
    assert (values["changed"], calls(simulator)[-2:]) == (True, ["update", "get"])
    assert holds(with_code(simulator)[0], {"client_secret": OTHER_CLIENT_SECRET})


def test_an_envelope_with_error_as_text_is_a_failure(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    refusal = {"response": {"status": 200, "error": "1", "message": "1006: User does not have access"}}
    simulator.fault({"status": 200, "body": refusal}, path=f"inactive/{identifier}$")
    values = task(identifier_code=CODE, state="absent").values
    assert (values["changed"], values["error"]["kind"]) == (False, "access_denied")
