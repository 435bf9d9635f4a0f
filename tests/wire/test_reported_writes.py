# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a result reports about a write whose outcome is hard to determine: neither less nor more than happened."""

from __future__ import annotations

import typing as t

import pytest

from .support import (
    CHANGED,
    CODE,
    DESCRIBED,
    NOTHING_LISTED,
    OTHERS_SECRET,
    STORED,
    add,
    calls,
    holds,
    vault,
    with_code,
)

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

#: A filter that lists similar codes too, and such a code.
_LOOSE = {"case_insensitive": CODE.upper(), "suffix": f"x-{CODE}", "contains": f"x-{CODE}-2"}


@pytest.mark.parametrize(("rule", "code"), _LOOSE.items(), ids=_LOOSE)
@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check"])
def test_an_inactive_secret_with_a_similar_code_is_never_touched(
    simulator: Simulator, task: Tasks, rule: str, code: str, check_mode: bool
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    add(simulator, identifier_code=code, active=False, client_secret=OTHERS_SECRET)
    before = vault(simulator)
    values = task(identifier_code=CODE, check_mode=check_mode, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"], simulator.writes()) == ("ambiguous", False, [])
    assert vault(simulator) == before


@pytest.mark.parametrize(("rule", "code"), _LOOSE.items(), ids=_LOOSE)
def test_an_active_secret_with_a_similar_code_does_not_prevent_a_create(
    simulator: Simulator, task: Tasks, rule: str, code: str
) -> None:
    simulator.switch(identifier_code_filter=rule)
    similar = add(simulator, identifier_code=code, client_secret=OTHERS_SECRET)
    before = vault(simulator)[similar]
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert (vault(simulator)[similar], len(with_code(simulator))) == (before, 1)


@pytest.mark.parametrize("profile", ["v4", "v4_en_doc"], ids=["new values", "old values"])
def test_a_share_that_fails_next_to_one_that_succeeds_is_a_change(
    simulator: Simulator, task: Tasks, profile: str
) -> None:
    simulator.reset(profile)
    add(simulator, users={}, groups={})
    values = task(identifier_code=CODE, users_allowed=[{"username": "carol"}, {"username": "ghost"}]).values
    assert (values["error"]["kind"], values["changed"]) == ("sharing_incomplete", True)
    assert values["api_entity"]["users_allowed"] == [{"username": "carol", "can_edit": False}]


@pytest.mark.parametrize("profile", ["v4", "v4_en_doc"], ids=["new values", "old values"])
def test_a_share_that_fails_alone_is_not_a_change(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile)
    add(simulator, users={}, groups={})
    options: dict[str, t.Any] = {"identifier_code": CODE, "users_allowed": [{"username": "ghost"}]}
    first, second = task(**options).values, task(**options).values
    assert (first["changed"], first["msg"], second) == (False, second["msg"], first)
    assert first["msg"].startswith(f"Could not share the API secret with identifier code '{CODE}' with 'ghost' (")


_WRITES = {
    "create": ({}, DESCRIBED, "secretapi$"),
    "update": (STORED, CHANGED, "secretapi/update/"),
    "activate": ({**STORED, "active": False}, DESCRIBED, "secretapi/active/"),
    "deactivate": (STORED, {"state": "absent"}, "secretapi/inactive/"),
}


@pytest.mark.parametrize(("start", "options", "path"), _WRITES.values(), ids=_WRITES)
def test_a_write_that_is_applied_after_its_timeout_is_uncertain(
    simulator: Simulator, task: Tasks, start: dict[str, t.Any], options: dict[str, t.Any], path: str
) -> None:
    simulator.switch(list_inactive=True)
    if start:
        add(simulator, **start)
    before = vault(simulator)
    simulator.fault({"delay": 1.3}, method="PUT", path=path)
    simulator.fault({"delay": 1.3}, method="POST", path=path)
    values = task(identifier_code=CODE, timeout=1, retries=0, **options).values
    assert (values["error"]["kind"], values["changed"]) == ("write_uncertain", True)
    assert "did not answer within 1 second" in values["msg"]
    while vault(simulator) == before:
        pass  # it is being applied now


def test_a_lost_create_is_uncertain_while_the_list_lags(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"reset": True}, method="POST", path="secretapi$", when="after")
    simulator.fault(NOTHING_LISTED, method="GET", path="secretapi$", times=10)
    values = task(identifier_code=CODE, retries=0, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"], len(with_code(simulator))) == ("write_uncertain", True, 1)


def test_a_lost_create_is_uncertain_for_a_key_that_cannot_see_it(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"reset": True}, method="POST", path="secretapi$", when="after")
    values = task(identifier_code=CODE, key="limited", retries=0, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"], len(with_code(simulator))) == ("write_uncertain", True, 1)


def test_an_activation_is_reported_even_if_the_read_fails(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(list_inactive=True)
    identifier = add(simulator, active=False)
    simulator.fault({"gateway": 500}, method="GET", path=r"secretapi/\d+$", skip=1, times=100)
    values = task(identifier_code=CODE, **CHANGED).values
    assert (values["changed"], values["error"]["kind"]) == (True, "server_error")
    known = {field: value for field, value in values["api_entity"].items() if value}
    assert known == {"identifier": identifier, "identifier_code": CODE}


def test_after_an_uncertain_update_the_changed_fields_are_null(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(list_inactive=True)
    add(simulator, active=False)
    simulator.fault({"reset": True}, method="PUT", path="update", times=100)
    simulator.fault({"gateway": 500}, method="GET", path=r"secretapi/\d+$", skip=2, times=100)
    values = task(identifier_code=CODE, retries=0, notes="Other.").values
    assert (values["changed"], values["error"]["kind"]) == (True, "write_uncertain")
    assert (values["api_entity"]["notes"], values["api_entity"]["name"]) == (None, STORED["name"])


@pytest.mark.parametrize("profile", ["v4", "v4_en_doc"], ids=["new values", "old values"])
@pytest.mark.parametrize("denied_code", [1006, 1005])
def test_an_editor_can_give_up_their_own_access(
    simulator: Simulator, task: Tasks, profile: str, denied_code: int
) -> None:
    simulator.reset(profile, denied_code=denied_code)
    identifier = add(simulator, owner="bob", users={"alice": True, "carol": False}, groups={})
    values = task(identifier_code=CODE, users_allowed=[{"username": "carol"}]).values
    assert (values.get("error"), values["changed"], values["action"]) == (None, True, "update")
    assert values["api_entity"]["users_allowed"] == [{"username": "carol", "can_edit": False}]
    assert holds(vault(simulator)[identifier], {"users": {"carol": False}})


def test_a_code_that_is_taken_in_another_case_names_the_secret(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(identifier_code_filter="case_insensitive")
    identifier = add(simulator, identifier_code=CODE.upper())
    body = {"response": {"message": "1001: Identifier already found in another API key of this user", "error": True}}
    simulator.fault({"status": 400, "body": body}, method="POST", path="secretapi$", times=10)
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], f"identifier {identifier} ('{CODE.upper()}')" in error["cause"]) == (
        "duplicate_identifier_code",
        True,
    )


def test_an_update_always_sends_what_some_versions_require(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(update_requires_base_fields=True)
    add(simulator)
    assert task(identifier_code=CODE, notes="Other.").values["action"] == "update"
    assert calls(simulator)[-1] == "update"
