# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Several secrets may match the task, or one may be unreadable: the wrong one is never touched."""

from __future__ import annotations

import typing as t

import pytest
from simulator.process import Simulator

from .support import (
    CHANGED,
    CODE,
    DESCRIBED,
    NEIGHBOURS,
    OTHERS_SECRET,
    STORED,
    STORED_CHANGED,
    add,
    calls,
    each_filter,
    holds,
    vault,
    with_code,
)

if t.TYPE_CHECKING:
    from .tasks import Tasks

_WANTS = {
    "present": CHANGED,
    "present_equal": DESCRIBED,
    "absent": {"state": "absent"},
}
_each_wish = pytest.mark.parametrize("options", _WANTS.values(), ids=_WANTS)
_loose = pytest.mark.parametrize("rule", ["contains", "prefix", "suffix", "case_insensitive", "ignored"])


Unreadable = t.Callable[[Simulator], str]
Two = t.Callable[[Simulator], list[str]]


def _of_bob(simulator: Simulator, **changes: t.Any) -> str:
    """Store a secret with the same code that belongs to bob, and that alice may edit."""
    values = {"owner": "bob", "users": {"alice": True}, "groups": {}, "client_secret": OTHERS_SECRET}
    return add(simulator, **{**values, **changes})


def _lookalike(rule: str) -> str:
    """Return another code that the loose filter lists for CODE."""
    return {"case_insensitive": CODE.upper(), "suffix": f"x-{CODE}"}.get(rule, f"{CODE}-2")


def _neighbours(simulator: Simulator, *, active: bool) -> list[str]:
    return [add(simulator, identifier_code=code, active=active, client_secret=OTHERS_SECRET) for code in NEIGHBOURS]


# Two with the same code


def _own_and_shared(simulator: Simulator) -> list[str]:
    return [add(simulator), _of_bob(simulator)]


def _own_and_shared_by_group(simulator: Simulator) -> list[str]:
    return [add(simulator), _of_bob(simulator, users={}, groups={"Platform": True})]


def _two_own(simulator: Simulator) -> list[str]:
    simulator.switch(enforce_unique=False)
    return [add(simulator), add(simulator)]


def _two_shared(simulator: Simulator) -> list[str]:
    return [_of_bob(simulator), _of_bob(simulator, owner="carol")]


def _one_active_one_inactive(simulator: Simulator) -> list[str]:
    simulator.switch(enforce_unique=False, list_inactive=True)
    return [add(simulator), add(simulator, active=False)]


_two = pytest.mark.parametrize(
    "two", [_own_and_shared, _own_and_shared_by_group, _two_own, _two_shared], ids=lambda two: two.__name__.strip("_")
)
_two_also_inactive = pytest.mark.parametrize(
    "two",
    [_own_and_shared, _own_and_shared_by_group, _two_own, _two_shared, _one_active_one_inactive],
    ids=lambda two: two.__name__.strip("_"),
)


@_two
@_each_wish
def test_two_with_the_same_code_are_ambiguous(
    simulator: Simulator, task: Tasks, two: Two, options: dict[str, t.Any]
) -> None:
    two(simulator)
    values = task(identifier_code=CODE, **options).values
    assert (values["error"]["kind"], values["changed"]) == ("ambiguous", False)


@_two_also_inactive
def test_two_with_the_same_code_are_left_alone(simulator: Simulator, task: Tasks, two: Two) -> None:
    two(simulator)
    before = vault(simulator)
    task(identifier_code=CODE, **CHANGED)
    assert vault(simulator) == before


@_two_also_inactive
def test_two_with_the_same_code_are_named(simulator: Simulator, task: Tasks, two: Two) -> None:
    identifiers = two(simulator)
    msg = task(identifier_code=CODE, **CHANGED).values["msg"]
    assert f"identifiers {', '.join(identifiers)}" in msg


@_two
@_each_wish
def test_two_with_the_same_code_are_ambiguous_in_check_mode(
    simulator: Simulator, task: Tasks, two: Two, options: dict[str, t.Any]
) -> None:
    two(simulator)
    assert task(identifier_code=CODE, check_mode=True, **options).values["error"]["kind"] == "ambiguous"


@_two_also_inactive
def test_without_update_two_with_the_same_code_are_a_warning(simulator: Simulator, task: Tasks, two: Two) -> None:
    identifiers = two(simulator)
    before = vault(simulator)
    result = task(identifier_code=CODE, update=False, **CHANGED)
    assert (result.values["action"], vault(simulator)) == ("none", before)
    assert [all(identifier in warning for identifier in identifiers) for warning in result.warnings] == [True]


@_two_also_inactive
def test_one_of_two_can_be_addressed_by_identifier(simulator: Simulator, task: Tasks, two: Two) -> None:
    first, second = two(simulator)
    before = vault(simulator)
    task(identifier=first, **CHANGED)
    assert (holds(vault(simulator)[first], STORED_CHANGED), vault(simulator)[second]) == (True, before[second])


def test_a_shared_one_is_not_mistaken_for_an_unreadable_own_one(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(need_approval="refused")
    own, shared = add(simulator, need_approval=True), _of_bob(simulator)
    before = vault(simulator)
    values = task(identifier_code=CODE, **CHANGED).values
    assert vault(simulator) == before
    assert (values["error"]["kind"], own in values["msg"], shared in values["msg"]) == ("ambiguous", True, True)


# A filter that lists other codes too


@each_filter
@pytest.mark.parametrize("list_inactive", [False, True])
@pytest.mark.parametrize("active", [True, False], ids=["others_active", "others_inactive"])
@pytest.mark.parametrize(
    ("options", "stored"),
    [(CHANGED, STORED_CHANGED), ({"state": "absent"}, {"active": False})],
    ids=["present", "absent"],
)
def test_a_loose_filter_does_not_hide_the_right_one(
    simulator: Simulator,
    task: Tasks,
    rule: str,
    list_inactive: bool,
    active: bool,
    options: dict[str, t.Any],
    stored: dict[str, t.Any],
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=list_inactive)
    _neighbours(simulator, active=active)
    right = add(simulator)
    before = vault(simulator, without=[right])
    task(identifier_code=CODE, **options)
    assert holds(vault(simulator)[right], stored)
    assert vault(simulator, without=[right]) == before


@each_filter
def test_a_missing_one_is_created_next_to_active_others(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule)
    others = _neighbours(simulator, active=True)
    before = vault(simulator)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    [created] = with_code(simulator)
    assert (created["identifier"] in others, vault(simulator, without=[created["identifier"]])) == (False, before)


@each_filter
@_each_wish
def test_inactive_others_are_left_alone_if_the_right_one_is_missing(
    simulator: Simulator, task: Tasks, rule: str, options: dict[str, t.Any]
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    others = _neighbours(simulator, active=False)
    before = vault(simulator)
    task(identifier_code=CODE, **options)
    created = [secret["identifier"] for secret in with_code(simulator)]
    assert (len(created) <= 1, set(created) & set(others), vault(simulator, without=created)) == (True, set(), before)


@_loose
def test_inactive_others_that_may_be_the_right_one_are_named(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    other = add(simulator, identifier_code=_lookalike(rule), active=False)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], other in values["msg"]) == ("ambiguous", True)


@_loose
def test_without_update_inactive_others_are_a_warning(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    add(simulator, identifier_code=_lookalike(rule), active=False)
    result = task(identifier_code=CODE, update=False, **DESCRIBED)
    assert (result.values["action"], len(result.warnings)) == ("none", 1)


@_loose
def test_absent_does_not_return_another_secret_as_the_right_one(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    add(simulator, identifier_code=_lookalike(rule), active=False)
    values = task(identifier_code=CODE, state="absent").values
    assert (values["changed"], values["api_entity"]) == (False, None)


@pytest.mark.parametrize(
    ("code", "other"), [("a", "xa"), ("a", "ab"), ("a", "A"), ("ab", "xab"), ("ab", "abc"), ("ab", "AB")]
)
@each_filter
def test_a_task_for_a_short_code_changes_no_other_secret(
    simulator: Simulator, task: Tasks, rule: str, code: str, other: str
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    identifier = add(simulator, identifier_code=other, active=False)
    task(identifier_code=code, **DESCRIBED)
    # Not even to activate it and deactivate it again.
    assert [row["path"] for row in simulator.writes() if row["path"].endswith(f"/{identifier}")] == []


def _listing(identifier: str) -> dict[str, t.Any]:
    """Return the answer to a list request that lists this one."""
    body = {"response": {"status": 200, "error": False}, "api_secret_on_list": [{"identifier": identifier}]}
    return {"status": 200, "body": body}


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "lost"])
def test_one_that_turns_out_to_be_another_once_it_is_active_is_deactivated_again(
    simulator: Simulator, task: Tasks, is_lost: bool
) -> None:
    identifier = add(simulator, identifier_code="something-else", active=False)
    before = vault(simulator)
    simulator.fault(_listing(identifier), path="secretapi$")
    if is_lost:
        simulator.fault({"gateway": 504}, path="secretapi/inactive/", when="after")
    values = task(identifier_code=CODE, retries=0, **DESCRIBED).values
    assert ([name for name in calls(simulator) if "active" in name], vault(simulator)) == (
        ["active", "inactive"],
        before,
    )
    assert (values["error"]["kind"], values["changed"]) == ("ambiguous", False)


def test_an_inactive_one_is_left_alone_if_the_filter_takes_an_underscore_for_a_wildcard(
    simulator: Simulator, task: Tasks
) -> None:
    identifier = add(simulator, identifier_code="billing-api", active=False)
    # It is listed for the code, and for the one with a wildcard that is asked for last.
    simulator.fault(_listing(identifier), path="secretapi$")
    simulator.fault(_listing(identifier), path="secretapi$", skip=3)
    values = task(identifier_code="billing_api", **DESCRIBED).values
    assert (values["error"]["kind"], simulator.writes()) == ("ambiguous", [])


@pytest.mark.parametrize("code", ["a b", "a&b=c", "ä€𝄞", "100%", "a/b", "a#b", "a+b", "*", "'"])
def test_any_text_can_be_a_code(simulator: Simulator, task: Tasks, code: str) -> None:
    task(identifier_code=code, **DESCRIBED)
    assert (task(identifier_code=code, **DESCRIBED).values["action"], len(with_code(simulator, code))) == ("none", 1)


# An unreadable secret


def _not_visible(simulator: Simulator) -> str:
    return add(simulator, can_view=False)


def _needs_approval(simulator: Simulator) -> str:
    simulator.switch(need_approval="refused")
    return add(simulator, need_approval=True)


def _not_visible_hidden(simulator: Simulator) -> str:
    simulator.switch(denied_code=1005)
    return add(simulator, can_view=False)


_unreadable = pytest.mark.parametrize(
    "unreadable",
    [_not_visible, _needs_approval, _not_visible_hidden],
    ids=["can_view", "need_approval", "denied_as_missing"],
)


@_unreadable
@_each_wish
def test_an_unreadable_one_is_left_alone(
    simulator: Simulator, task: Tasks, unreadable: Unreadable, options: dict[str, t.Any]
) -> None:
    unreadable(simulator)
    before = vault(simulator)
    values = task(identifier_code=CODE, **options).values
    assert ("error" in values, values["changed"], vault(simulator)) == (True, False, before)


@_unreadable
def test_an_unreadable_one_is_named(simulator: Simulator, task: Tasks, unreadable: Unreadable) -> None:
    identifier = unreadable(simulator)
    assert f"identifier {identifier}" in task(identifier_code=CODE, **CHANGED).values["msg"]


@_unreadable
def test_without_update_an_unreadable_one_is_a_warning(
    simulator: Simulator, task: Tasks, unreadable: Unreadable
) -> None:
    identifier = unreadable(simulator)
    before = vault(simulator)
    result = task(identifier_code=CODE, update=False, **CHANGED)
    assert (result.values["action"], vault(simulator)) == ("none", before)
    assert [f"identifier {identifier}" in warning for warning in result.warnings] == [True]


@_loose
def test_unreadable_others_are_named(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule)
    other = add(simulator, identifier_code=_lookalike(rule), can_view=False)
    before = vault(simulator)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], other in values["msg"], vault(simulator)) == ("ambiguous", True, before)


@each_filter
def test_unreadable_others_do_not_hide_the_right_one(simulator: Simulator, task: Tasks, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule)
    other = add(simulator, identifier_code=_lookalike(rule), can_view=False)
    right = add(simulator)
    before = vault(simulator)[other]
    assert task(identifier_code=CODE, **CHANGED).values["action"] == "update"
    assert (holds(vault(simulator)[right], STORED_CHANGED), vault(simulator)[other]) == (True, before)


def test_one_that_is_shared_for_viewing_is_read(simulator: Simulator, task: Tasks) -> None:
    _of_bob(simulator, users={"alice": False}, client_secret=STORED["client_secret"])
    options = {name: value for name, value in DESCRIBED.items() if name not in ("users_allowed", "groups_allowed")}
    assert task(identifier_code=CODE, **options).values["action"] == "none"


@_each_wish
def test_one_that_is_shared_for_viewing_is_not_changed(
    simulator: Simulator, task: Tasks, options: dict[str, t.Any]
) -> None:
    _of_bob(simulator, users={"alice": False})
    before = vault(simulator)
    values = task(identifier_code=CODE, **options).values
    assert (values["error"]["kind"], values["changed"], vault(simulator)) == ("access_denied", False, before)


def test_another_users_secret_that_is_not_shared_is_ignored(simulator: Simulator, task: Tasks) -> None:
    _of_bob(simulator, users={})
    before = vault(simulator)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert {identifier: vault(simulator)[identifier] for identifier in before} == before


def test_a_key_that_cannot_read_what_it_creates_still_returns_it(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, key="limited", **DESCRIBED).values
    assert (values["action"], values["api_entity"]["identifier"]) == ("create", with_code(simulator)[0]["identifier"])


def test_a_key_that_cannot_see_what_it_created_reports_a_duplicate(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, key="limited", **DESCRIBED)
    values = task(identifier_code=CODE, key="limited", **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("duplicate_identifier_code", False)
