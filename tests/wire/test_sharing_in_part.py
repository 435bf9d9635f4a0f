# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Sharing that adds and removes: the named ones get what is wanted, all others keep what they have."""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
from simulator.seed import GUESTS

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret

from .support import CODE, DESCRIBED, add, calls, login, with_code

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

Shares = dict[str, bool]
BEFORE: dict[str, Shares] = {"users": {"bob": True, "carol": False}, "groups": {"Security": False}}


@pytest.fixture(autouse=True)
def _no_pause(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait before looking again, except where several change a list at the same time."""
    if "waits" not in request.keywords:
        monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def shared(simulator: Simulator) -> dict[str, Shares]:
    """Return with whom the secret is shared."""
    (secret,) = with_code(simulator)
    return {name: secret[name] for name in ("users", "groups")}


def users(**rights: bool) -> list[dict[str, t.Any]]:
    return [{"username": name, "can_edit": can_edit} for name, can_edit in rights.items()]


CASES: dict[str, tuple[str, dict[str, t.Any], dict[str, Shares]]] = {
    "add one": ("add", {"users_allowed": users(dave=True)}, {"users": {"bob": True, "carol": False, "dave": True}}),
    "add to a group": (
        "add",
        {"groups_allowed": [{"name": "Platform"}]},
        {"groups": {"Security": False, "Platform": False}},
    ),
    "change a right": ("add", {"users_allowed": users(bob=False)}, {"users": {"bob": False, "carol": False}}),
    "remove one": ("remove", {"users_allowed": users(bob=False)}, {"users": {"carol": False}}),
    "remove the last": ("remove", {"groups_allowed": [{"name": "Security"}]}, {"groups": {}}),
    "replace": ("replace", {"users_allowed": users(dave=True)}, {"users": {"dave": True}}),
    "replace with nobody": ("replace", {"users_allowed": []}, {"users": {}}),
}
every_case = pytest.mark.parametrize(("sharing", "options", "after"), CASES.values(), ids=CASES)


@every_case
def test_only_the_named_ones_are_touched(
    sharing: str, options: dict[str, t.Any], after: dict[str, Shares], simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **BEFORE)
    done = task(identifier_code=CODE, sharing=sharing, **options)
    assert (done.values["action"], shared(simulator)) == ("update", {**BEFORE, **after})


@every_case
def test_a_second_run_sends_nothing(
    sharing: str, options: dict[str, t.Any], after: dict[str, Shares], simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **BEFORE)
    task(identifier_code=CODE, sharing=sharing, **options)
    simulator.clear_log()
    again = task(identifier_code=CODE, sharing=sharing, **options)
    assert (again.values["changed"], calls(simulator)) == (False, ["token", "list", "get"])


@every_case
def test_check_mode_shows_the_whole_lists_before_and_after(
    sharing: str, options: dict[str, t.Any], after: dict[str, Shares], simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **BEFORE)
    foreseen = task(identifier_code=CODE, sharing=sharing, check_mode=True, **options)
    assert shared(simulator) == BEFORE
    done = task(identifier_code=CODE, sharing=sharing, **options)
    assert foreseen.values == done.values
    ((name, listed),) = done.values["diff"]["after"].items()
    key = "username" if name == "users_allowed" else "name"
    assert {name.partition("_")[0]: {share[key]: share["can_edit"] for share in listed}} == after


@pytest.mark.parametrize(
    ("sharing", "options"),
    [
        ("add", {"users_allowed": []}),
        ("remove", {"users_allowed": [], "groups_allowed": []}),
        ("add", {"users_allowed": users(bob=True)}),
        ("remove", {"users_allowed": users(dave=True)}),
        ("add", {}),
    ],
    ids=["add nobody", "remove nobody", "add one who is there", "remove one who is not there", "no list"],
)
def test_what_asks_for_nothing_sends_nothing(
    sharing: str, options: dict[str, t.Any], simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **BEFORE)
    done = task(identifier_code=CODE, sharing=sharing, **options)
    assert (done.values["changed"], simulator.writes()) == (False, [])


@pytest.mark.parametrize("denied_code", [1006, 1005])
def test_an_editor_can_give_up_the_access(denied_code: int, simulator: Simulator, task: Tasks) -> None:
    simulator.switch(denied_code=denied_code)
    add(simulator, **BEFORE)
    done = task(identifier_code=CODE, key="bob", sharing="remove", users_allowed=users(bob=False))
    assert (done.values.get("action"), shared(simulator)) == ("update", {**BEFORE, "users": {"carol": False}})


def test_with_update_false_nothing_of_it_happens(simulator: Simulator, task: Tasks) -> None:
    add(simulator, **BEFORE)
    task(identifier_code=CODE, sharing="add", users_allowed=users(dave=True), update=False)
    assert shared(simulator) == BEFORE


@pytest.mark.parametrize(("sharing", "after"), [("add", {"bob": True}), ("remove", {})])
def test_a_new_secret_is_shared_with_those_who_are_added_only(
    sharing: str, after: Shares, simulator: Simulator, task: Tasks
) -> None:
    described = {**DESCRIBED, "users_allowed": users(bob=True), "groups_allowed": []}
    task(identifier_code=CODE, sharing=sharing, **described)
    assert shared(simulator) == {"users": after, "groups": {}}


def test_what_is_added_to_an_inactive_secret_keeps_what_it_has(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, active=False, **BEFORE)
    done = task(identifier=number, sharing="add", users_allowed=users(dave=False))
    assert (done.values["action"], shared(simulator)["users"]) == (
        "activate+update",
        {"bob": True, "carol": False, "dave": False},
    )


def test_check_mode_does_not_guess_the_sharing_of_an_inactive_secret(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, active=False, **BEFORE)
    done = task(identifier=number, sharing="add", users_allowed=users(dave=False), check_mode=True)
    assert done.values["api_entity"]["users_allowed"] is None


def test_one_who_does_not_exist_is_named_and_the_others_are_added(simulator: Simulator, task: Tasks) -> None:
    add(simulator, **BEFORE)
    done = task(identifier_code=CODE, sharing="add", users_allowed=users(nobody=True, dave=True))
    assert (done.values["error"]["kind"], "nobody" in done.values["msg"]) == ("sharing_incomplete", True)
    assert shared(simulator)["users"] == {"bob": True, "carol": False, "dave": True}


def test_a_server_that_ignores_the_list_is_told_of_once(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(share_with_owner="dropped")
    add(simulator, **BEFORE)
    done = task(identifier_code=CODE, sharing="add", users_allowed=users(alice=True))
    assert (done.values["error"]["kind"], calls(simulator).count("update")) == ("not_applied", 1)


@pytest.mark.parametrize("update_old_values", [True, False])
def test_a_change_that_is_overwritten_at_once_is_made_again(
    update_old_values: bool, simulator: Simulator, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.switch(update_old_values=update_old_values)
    number = add(simulator, **BEFORE)
    others = [users(bob=True, carol=False)]

    def overwrite(_seconds: float) -> None:
        if others:  # as a play that read the list before this task wrote it
            task(identifier=number, key="bob", users_allowed=others.pop())

    monkeypatch.setattr(time, "sleep", overwrite)
    done = task(identifier_code=CODE, sharing="add", users_allowed=users(dave=False))
    assert (done.failed, others) == (False, [])
    assert shared(simulator)["users"] == {"bob": True, "carol": False, "dave": False}


@pytest.mark.waits
def test_several_that_add_at_the_same_time_are_all_there_at_the_end(simulator: Simulator) -> None:
    number = add(simulator, users={"bob": True}, groups={})

    def one(guest: str) -> dict[str, t.Any]:
        params = {**login(simulator), "identifier": number, "sharing": "add", "users_allowed": users(**{guest: False})}
        return api_secret.run(params, check_mode=False, diff=False).values

    with ThreadPoolExecutor(len(GUESTS)) as threads:
        results = list(threads.map(one, GUESTS))
    left_out = [guest for guest in GUESTS if guest not in shared(simulator)["users"]]
    assert [guest for guest, values in zip(GUESTS, results) if guest in left_out and "error" not in values] == []
    assert shared(simulator)["users"]["bob"] is True
    assert left_out == []
