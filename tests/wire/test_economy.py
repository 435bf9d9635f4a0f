# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""No unnecessary requests: which ones find, create, update or leave alone a secret, and over how many connections."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .support import CHANGED, CODE, DESCRIBED, STORED, STORED_CHANGED, add, calls, holds, vault, with_code

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks


def test_a_create_is_three_requests(simulator: Simulator, task: Tasks) -> None:
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert calls(simulator) == ["token", "list", "create"]


def test_a_create_takes_one_connection(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, **DESCRIBED)
    assert simulator.connections() == 1


def test_a_created_secret_matches_the_task(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, **DESCRIBED)
    [secret] = with_code(simulator)
    assert holds(secret, {**STORED, "owner": "alice", "active": True})


def test_an_unchanged_secret_is_three_requests(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "none"
    assert calls(simulator) == ["token", "list", "get"]


def test_an_unchanged_secret_takes_one_connection(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    task(identifier_code=CODE, **DESCRIBED)
    assert simulator.connections() == 1


def test_an_unchanged_secret_is_not_written(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, **DESCRIBED)
    before = vault(simulator)
    simulator.clear_log()
    task(identifier_code=CODE, **DESCRIBED)
    assert (simulator.writes(), vault(simulator)) == ([], before)


def test_a_second_run_returns_the_entity_of_the_first(task: Tasks) -> None:
    first = task(identifier_code=CODE, **DESCRIBED)
    assert task(identifier_code=CODE, **DESCRIBED).values["api_entity"] == first.values["api_entity"]


def test_an_identifier_is_read_without_listing(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier=identifier, **DESCRIBED)
    assert calls(simulator) == ["token", "get"]


def test_an_update_is_four_requests_on_one_connection(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    assert task(identifier_code=CODE, **CHANGED).values["action"] == "update"
    assert (calls(simulator), simulator.connections()) == (["token", "list", "get", "update"], 1)


def test_a_deactivation_is_four_requests(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    task(identifier_code=CODE, state="absent")
    assert calls(simulator) == ["token", "list", "get", "inactive"]


def test_an_update_of_every_field_is_stored(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, **CHANGED)
    assert holds(vault(simulator)[identifier], STORED_CHANGED)


@pytest.mark.parametrize("field", sorted(CHANGED))
def test_an_update_of_one_field_leaves_the_others(simulator: Simulator, task: Tasks, field: str) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, **{field: CHANGED[field]})
    stored_as = {"users_allowed": "users", "groups_allowed": "groups"}.get(field, field)
    assert holds(vault(simulator)[identifier], {**STORED, stored_as: STORED_CHANGED[stored_as]})


@pytest.mark.parametrize("field", sorted(CHANGED))
def test_a_field_that_is_not_given_is_left_alone(simulator: Simulator, task: Tasks, field: str) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, **{name: value for name, value in CHANGED.items() if name != field})
    stored_as = {"users_allowed": "users", "groups_allowed": "groups"}.get(field, field)
    assert vault(simulator)[identifier][stored_as] == STORED[stored_as]


def test_equal_sharing_is_not_sent_again(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, **{**DESCRIBED, "notes": "Changed."})
    assert vault(simulator)[identifier]["share_notices"] == 0


def test_different_sharing_is_sent_once(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, **{**DESCRIBED, "users_allowed": [{"username": "carol"}]})
    assert vault(simulator)[identifier]["share_notices"] == 1


def test_the_order_of_tags_and_shares_does_not_matter(simulator: Simulator, task: Tasks) -> None:
    add(simulator, users={"bob": True, "carol": False})
    shares = [{"username": "carol"}, {"username": "bob", "can_edit": True}]
    result = task(identifier_code=CODE, **{**DESCRIBED, "tags": ["production", "billing"], "users_allowed": shares})
    assert (result.values["changed"], simulator.writes()) == (False, [])


def test_check_mode_does_not_create_a_missing_secret(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, check_mode=True, **DESCRIBED)
    assert calls(simulator) == ["token", "list"]


def test_tasks_in_one_session_share_token_and_connection(simulator: Simulator, task: Tasks) -> None:
    sessions = Sessions()
    for number in range(5):
        task(identifier_code=f"{CODE}-{number}", sessions=sessions, **DESCRIBED)
    assert (calls(simulator).count("token"), simulator.connections()) == (1, 1)


def test_tasks_of_two_users_share_neither_token_nor_connection(simulator: Simulator, task: Tasks) -> None:
    sessions = Sessions()
    for key in ("alice", "bob"):
        task(identifier_code=CODE, key=key, sessions=sessions, **{**DESCRIBED, "users_allowed": []})
    assert sorted(secret["owner"] for secret in with_code(simulator)) == ["alice", "bob"]
