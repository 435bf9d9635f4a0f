# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The API secret in one shape, whichever endpoint and version it comes from."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS as TABLE
from ansible_collections.senhasegura.mysafe.tests.unit.builders import FIELDS, NUMBER, group, user

EMPTY: dict[str, t.Any] = {
    "identifier": "",
    **{name: field.empty for name, field in TABLE.items()},
    "shared_error": [],
}


def test_the_answer_to_a_create_already_has_the_shape() -> None:
    created = {"identifier": NUMBER, **FIELDS, "shared_error": []}
    assert entity(created) == created


def test_the_answer_to_a_read_is_converted_to_the_shape() -> None:
    """It identifies users by name, and has no shared_error (vendor page "Get an API secret")."""
    read = {"identifier": "40", "name": "My API secret", "users_allowed": [{"name": "pduarte", "can_edit": False}]}
    expected = {**EMPTY, "identifier": "40", "name": "My API secret", "users_allowed": [user("pduarte")]}
    assert entity(read) == expected


@pytest.mark.parametrize("raw", [{}, dict.fromkeys(EMPTY)], ids=["absent", "null"])
def test_absent_and_null_fields_are_empty(raw: t.Any) -> None:
    assert entity(raw) == EMPTY


def test_the_fields_are_in_the_documented_order() -> None:
    assert list(entity({})) == list(EMPTY)


def test_undocumented_fields_are_left_out() -> None:
    assert entity({"owner": "pduarte"}) == EMPTY


@pytest.mark.parametrize("field", ["identifier", "name", "client_secret", "identifier_code", "notes"])
def test_a_number_becomes_a_text(field: str) -> None:
    assert entity({field: 43})[field] == "43"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("a, b", "a, b"), (["a", "b"], "a, b"), ([], ""), ([1, "b"], "1, b"), (7, "7")],
    ids=["text", "list", "empty list", "list with a number", "number"],
)
def test_tags_become_one_text(raw: t.Any, expected: str) -> None:
    assert entity({"tags": raw})["tags"] == expected


@pytest.mark.parametrize(
    "raw",
    [{"username": "bob"}, {"name": "bob"}, {"username": "bob", "name": "Bob B."}, {"username": "", "name": "bob"}],
)
def test_users_are_named_by_username_whichever_key_the_server_uses(raw: t.Any) -> None:
    assert entity({"users_allowed": [raw]})["users_allowed"] == [user("bob")]


@pytest.mark.parametrize("raw", [{"name": "Operations"}, {"username": "Operations"}])
def test_groups_are_named_by_name_whichever_key_the_server_uses(raw: t.Any) -> None:
    assert entity({"groups_allowed": [raw]})["groups_allowed"] == [group("Operations")]


@pytest.mark.parametrize("raw", [True, 1, "1", "true", "True", " TRUE "])
def test_values_of_can_edit_that_are_true(raw: t.Any) -> None:
    assert entity({"users_allowed": [{"username": "bob", "can_edit": raw}]})["users_allowed"] == [user("bob", True)]


@pytest.mark.parametrize("raw", [False, 0, "0", "false", "", None, "yes", 2])
def test_values_of_can_edit_that_are_false(raw: t.Any) -> None:
    assert entity({"users_allowed": [{"username": "bob", "can_edit": raw}]})["users_allowed"] == [user("bob")]


def test_a_missing_can_edit_is_false() -> None:
    assert entity({"users_allowed": [{"username": "bob"}]})["users_allowed"] == [user("bob")]


@pytest.mark.parametrize("raw", [None, [], {}, "", 0, 5, False, True, "bob", {"bob": True}, ["bob", 5, None]], ids=str)
def test_sharing_that_is_not_a_list_of_objects_is_empty(raw: t.Any) -> None:
    assert entity({"users_allowed": raw})["users_allowed"] == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, []),
        ([], []),
        ("", []),
        ({}, []),
        ([{"username": "ghost", "message": "User not found"}], [{"username": "ghost", "message": "User not found"}]),
        (["ghost"], ["ghost"]),
        ({"username": "ghost"}, [{"username": "ghost"}]),
        ("ghost", ["ghost"]),
    ],
    ids=["null", "empty list", "empty text", "empty object", "objects", "texts", "one object", "one text"],
)
def test_shared_error_is_always_a_list(raw: t.Any, expected: t.Any) -> None:
    assert entity({"shared_error": raw})["shared_error"] == expected
