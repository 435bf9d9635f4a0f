# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Comparing what the vault shows after a write with what was written."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Current, Step, plan
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.verify import (
    described_refusals,
    has_moved,
    has_old_values,
    mismatches,
    overtaken,
    refused_names,
    unreadable,
    without_sharing,
)
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CIPHERTEXT,
    FIELDS,
    NEW_SECRET,
    NUMBER,
    REQUIRED,
    an_entity,
    group,
    user,
    wanted,
)


def update(**options: t.Any) -> Step:
    """Return the step that updates these fields."""
    return plan(Current(NUMBER, entity=an_entity()), wanted(**options))


def create(**options: t.Any) -> Step:
    """Return the step that creates a secret with these fields."""
    return plan(Current(), wanted(**REQUIRED, **options))


CHANGES: dict[str, t.Any] = {
    "name": "Invoice API",
    "url": "https://invoice.example.org",
    "client_secret": NEW_SECRET,
    "client_id": "invoice-robot",
    "method": "get",
    "tags": ["invoice"],
    "notes": "New",
    "users_allowed": [user("dinis")],
    "groups_allowed": [group("Auditors")],
}
every_change = pytest.mark.parametrize("field", CHANGES)


@every_change
def test_a_field_with_the_written_value_matches(field: str) -> None:
    step = update(**{field: CHANGES[field]})
    assert step.entity is not None
    assert mismatches(step, step.entity, was_read=True) == []


@every_change
@pytest.mark.parametrize("was_read", [True, False])
def test_a_field_with_the_old_value_does_not_match(field: str, was_read: bool) -> None:
    assert mismatches(update(**{field: CHANGES[field]}), an_entity(), was_read=was_read) == [field]


def test_a_required_field_that_was_sent_unchanged_is_compared_too() -> None:
    assert mismatches(update(notes="New"), an_entity(notes="New", name="Theirs"), was_read=True) == ["name"]


def test_a_field_that_was_not_sent_is_not_compared() -> None:
    assert mismatches(update(notes="New"), an_entity(notes="New", method="theirs"), was_read=True) == []


@pytest.mark.parametrize(("was_read", "wrong"), [(False, []), (True, ["client_secret"])], ids=["answer", "read"])
def test_only_the_answer_to_a_write_may_lack_the_client_secret(was_read: bool, wrong: list[str]) -> None:
    assert mismatches(update(client_secret=NEW_SECRET), an_entity(client_secret=""), was_read=was_read) == wrong


@pytest.mark.parametrize("field", ["client_secret", "notes"])
@pytest.mark.parametrize("value", ["********", CIPHERTEXT], ids=["masked", "encrypted"])
def test_an_unreadable_field_is_not_a_mismatch(field: str, value: str) -> None:
    assert mismatches(update(**{field: "New"}), an_entity(**{field: value}), was_read=True) == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [("client_secret", "********", ["client_secret"]), ("notes", CIPHERTEXT, ["notes"]), ("notes", "plain", [])],
)
def test_the_changed_unreadable_fields(field: str, value: str, expected: list[str]) -> None:
    assert unreadable(update(**{field: "New"}), an_entity(**{field: value})) == expected


def test_an_unreadable_field_that_was_not_changed_does_not_matter() -> None:
    assert unreadable(update(method="get"), an_entity(client_secret="********")) == []


@pytest.mark.parametrize(("wanted_secret", "found"), [(f" {NEW_SECRET}", NEW_SECRET), (f"{NEW_SECRET}\n", NEW_SECRET)])
def test_a_client_secret_that_the_server_trimmed_matches(wanted_secret: str, found: str) -> None:
    assert mismatches(update(client_secret=wanted_secret), an_entity(client_secret=found), was_read=True) == []


GHOST = {"username": "ghost", "message": "User not found"}


def test_refused_users_are_not_expected() -> None:
    step = update(users_allowed=[user("dinis"), user("ghost")])
    found = an_entity(users_allowed=[user("dinis")], shared_error=[GHOST])
    assert mismatches(step, found, was_read=False) == []


def test_the_other_users_are_expected_even_if_some_were_refused() -> None:
    step = update(users_allowed=[user("dinis"), user("ghost")])
    assert mismatches(step, an_entity(users_allowed=[], shared_error=[GHOST]), was_read=False) == ["users_allowed"]


@pytest.mark.parametrize(
    ("refused", "names"),
    [([], set()), ([GHOST], {"ghost"}), ([{"name": "Ghosts"}], {"Ghosts"}), (["a", 7], {"a", "7"}), ([{"x": 1}], {""})],
)
def test_the_names_of_refused_users_and_groups(refused: list[t.Any], names: set[str]) -> None:
    assert refused_names(refused) == names


def test_refusals_are_described_with_name_and_reason() -> None:
    assert described_refusals([GHOST, "Ops"]) == "'ghost' (User not found), 'Ops'"


def test_old_values_are_recognised() -> None:
    assert has_old_values(update(notes="New"), an_entity(), ["notes"])


def test_a_third_value_is_not_an_old_one() -> None:
    assert not has_old_values(update(notes="New"), an_entity(notes="Rewritten"), ["notes"])


def test_a_create_has_no_old_values() -> None:
    assert not has_old_values(create(notes="New"), an_entity(notes=""), ["notes"])


def test_a_create_always_changes_the_vault() -> None:
    assert has_moved(create(), an_entity(), ["name"])


@every_change
def test_a_written_field_changed_the_vault(field: str) -> None:
    step = update(**{field: CHANGES[field]})
    assert step.entity is not None
    assert has_moved(step, step.entity, [])


@every_change
def test_an_ignored_field_did_not_change_the_vault(field: str) -> None:
    assert not has_moved(update(**{field: CHANGES[field]}), an_entity(), [field])


def test_a_missing_client_secret_counts_as_a_change_unless_it_is_wrong() -> None:
    step = update(client_secret=NEW_SECRET)
    assert (has_moved(step, an_entity(client_secret=""), []), has_moved(step, an_entity(), ["client_secret"])) == (
        True,
        False,
    )


def test_the_fields_without_sharing() -> None:
    assert without_sharing(FIELDS) == [name for name in FIELDS if not name.endswith("_allowed")]


# A list that is changed in part: bob and carol are there before, and dinis is added.


ADDED = update(users_allowed=[user("dinis")], sharing="add")
BEFORE = an_entity()["users_allowed"]


@pytest.mark.parametrize("others", [[], [user("eve")]], ids=["alone", "with somebody else's change"])
def test_an_addition_matches_where_the_one_is_there(others: list[dict[str, t.Any]]) -> None:
    found = an_entity(users_allowed=[*BEFORE, user("dinis"), *others])
    assert mismatches(ADDED, found, was_read=True) == []


@pytest.mark.parametrize("listed", [[], [user("dinis", True)]], ids=["not there", "with another right"])
def test_an_addition_does_not_match_without_the_one(listed: list[dict[str, t.Any]]) -> None:
    assert mismatches(ADDED, an_entity(users_allowed=[*BEFORE, *listed]), was_read=True) == ["users_allowed"]


def test_a_removal_matches_where_the_one_is_gone() -> None:
    step = update(users_allowed=[user("bob")], sharing="remove")
    assert mismatches(step, an_entity(users_allowed=[user("eve")]), was_read=True) == []
    assert mismatches(step, an_entity(), was_read=True) == ["users_allowed"]


@pytest.mark.parametrize(
    ("step", "found", "names"),
    [
        (ADDED, [user("eve")], ["users_allowed"]),
        (ADDED, BEFORE, []),
        (update(users_allowed=[user("dinis")]), [user("eve")], []),
    ],
    ids=["somebody else changed it", "nothing changed", "a whole list"],
)
def test_a_list_is_overtaken_where_somebody_else_changed_it(
    step: Step, found: list[dict[str, t.Any]], names: list[str]
) -> None:
    assert overtaken(step, an_entity(users_allowed=found), ["users_allowed"]) == names
