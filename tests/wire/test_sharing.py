# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A secret that is saved, but not shared with everyone: the names are reported, and no write is repeated."""

from __future__ import annotations

import typing as t

import pytest

from .support import CODE, DESCRIBED, STORED, add, calls, holds, vault, with_code

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_GHOSTS = {
    **DESCRIBED,
    "users_allowed": [{"username": "bob", "can_edit": True}, {"username": "ghost"}],
    "groups_allowed": [{"name": "Security"}, {"name": "Nobodies"}],
}
_each_shape = pytest.mark.parametrize("shape", ["object", "string", "username_only"])
_each_status = pytest.mark.parametrize("status", [0, 200, 201, 207])


@_each_shape
@_each_status
def test_a_create_that_could_not_share_fails_with_the_entity(
    simulator: Simulator, task: Tasks, shape: str, status: int
) -> None:
    simulator.switch(shared_error_shape=shape, shared_error_status=status)
    values = task(identifier_code=CODE, **_GHOSTS).values
    assert (values["error"]["kind"], values["changed"]) == ("sharing_incomplete", True)
    assert values["api_entity"]["identifier"] == with_code(simulator)[0]["identifier"]


@_each_shape
def test_the_refused_users_and_groups_are_named(simulator: Simulator, task: Tasks, shape: str) -> None:
    simulator.switch(shared_error_shape=shape)
    msg = task(identifier_code=CODE, **_GHOSTS).values["msg"]
    assert ("ghost" in msg, "Nobodies" in msg, "bob" in msg) == (True, True, False)


@_each_shape
def test_the_rest_is_saved(simulator: Simulator, task: Tasks, shape: str) -> None:
    simulator.switch(shared_error_shape=shape)
    task(identifier_code=CODE, **_GHOSTS)
    assert holds(with_code(simulator)[0], STORED)


@_each_shape
@_each_status
def test_the_second_run_fails_again_and_changes_nothing(
    simulator: Simulator, task: Tasks, shape: str, status: int
) -> None:
    simulator.switch(shared_error_shape=shape, shared_error_status=status)
    task(identifier_code=CODE, **_GHOSTS)
    values = task(identifier_code=CODE, **_GHOSTS).values
    assert (values["error"]["kind"], values["changed"]) == ("sharing_incomplete", False)


def test_an_update_that_could_not_share_still_reports_other_changes(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    values = task(identifier_code=CODE, **{**_GHOSTS, "notes": "Other."}).values
    assert (values["error"]["kind"], values["changed"]) == ("sharing_incomplete", True)


def test_an_update_answered_with_old_values_returns_what_is_stored(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(update_old_values=True)
    add(simulator)
    values = task(identifier_code=CODE, **{**_GHOSTS, "notes": "Other."}).values
    assert (values["changed"], values["api_entity"]["notes"]) == (True, "Other.")


@pytest.mark.parametrize("update_old_values", [False, True])
def test_the_refused_users_and_groups_are_returned_by_an_update(
    simulator: Simulator, task: Tasks, update_old_values: bool
) -> None:
    simulator.switch(update_old_values=update_old_values, shared_error_shape="string")
    add(simulator)
    values = task(identifier_code=CODE, **{**_GHOSTS, "notes": "Other."}).values
    assert [text.split()[-1] for text in values["api_entity"]["shared_error"]] == ["ghost", "Nobodies"]


def test_a_group_that_the_user_cannot_see_is_named(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, **{**DESCRIBED, "groups_allowed": [{"name": "Hidden"}]}).values
    assert (values["error"]["kind"], "Hidden" in values["msg"]) == ("sharing_incomplete", True)


def test_a_group_that_the_user_can_see_is_shared_with(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, key="carol", **{**DESCRIBED, "groups_allowed": [{"name": "Hidden"}]}).values
    assert values["action"] == "create"


def test_a_create_that_could_not_share_is_not_repeated(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, **_GHOSTS)
    assert calls(simulator) == ["token", "list", "create"]


@pytest.mark.parametrize(
    ("rule", "kind"), [("kept", ""), ("dropped", "not_applied"), ("shared_error", "sharing_incomplete")]
)
def test_sharing_with_the_owner_is_up_to_the_server(simulator: Simulator, task: Tasks, rule: str, kind: str) -> None:
    simulator.switch(share_with_owner=rule)
    values = task(identifier_code=CODE, **{**DESCRIBED, "users_allowed": [{"username": "alice"}]}).values
    assert (values.get("error", {}).get("kind", ""), values["changed"]) == (kind, True)


@pytest.mark.parametrize("rule", ["dropped", "shared_error"])
def test_refused_sharing_with_the_owner_changes_nothing_the_second_time(
    simulator: Simulator, task: Tasks, rule: str
) -> None:
    simulator.switch(share_with_owner=rule)
    options = {**DESCRIBED, "users_allowed": [{"username": "alice"}]}
    task(identifier_code=CODE, **options)
    before = vault(simulator)
    assert (task(identifier_code=CODE, **options).values["changed"], vault(simulator)) == (False, before)


def test_sharing_that_cannot_be_cleared_is_reported(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(empty_array_clears_sharing=False)
    add(simulator)
    values = task(identifier_code=CODE, **{**DESCRIBED, "users_allowed": []}).values
    assert (values["error"]["kind"], "users_allowed" in values["msg"], values["changed"]) == (
        "not_applied",
        True,
        False,
    )


def test_sharing_that_cannot_be_cleared_does_not_hide_other_changes(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(empty_array_clears_sharing=False)
    identifier = add(simulator)
    values = task(identifier_code=CODE, **{**DESCRIBED, "users_allowed": [], "notes": "Other."}).values
    assert (values["error"]["kind"], values["changed"]) == ("not_applied", True)
    assert vault(simulator)[identifier]["notes"] == "Other."


@pytest.mark.parametrize("can_edit", [True, 1, "1", "true", "True"], ids=repr)
def test_a_right_in_any_form_is_not_a_difference(simulator: Simulator, task: Tasks, can_edit: t.Any) -> None:
    shares = [{"name": "bob", "can_edit": can_edit}]
    found = {"identifier": add(simulator), "identifier_code": CODE, "users_allowed": shares, "groups_allowed": []}
    body = {"response": {"status": 200, "error": False}, "api_secret_entity": found}
    simulator.fault({"status": 200, "body": body}, method="GET", path=r"secretapi/\d+$")
    assert task(identifier_code=CODE, users_allowed=DESCRIBED["users_allowed"]).values["action"] == "none"
