# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The field table: which values mean the same, which are readable, and what the server has stored."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, REQUIRED, SECRET
from ansible_collections.senhasegura.mysafe.tests.unit.builders import CIPHERTEXT, group, user


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", " a ", "a"),
        ("name", "5", 5),
        ("notes", "", None),
        ("notes", "", " \n"),
        ("client_secret", "", None),
        ("client_secret", "5", 5),
        ("tags", "a, b", "b,a"),
        ("tags", "a", "a, a,"),
        ("tags", "", None),
        ("tags", " , ", ""),
        ("users_allowed", [user("a"), user("b", True)], [user("b", True), user("a")]),
        ("users_allowed", [user("a"), user("a")], [user("a")]),
        ("users_allowed", [], None),
        ("groups_allowed", [group("a"), group("b")], [group("b"), group("a")]),
    ],
)
def test_these_values_mean_the_same(field: str, one: t.Any, other: t.Any) -> None:
    assert FIELDS[field].same(one, other)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "a", "A"),
        ("name", "a b", "ab"),
        ("notes", "a", None),
        ("client_secret", "a", "a "),
        ("client_secret", "a", "\na"),
        ("client_secret", "", " "),
        ("tags", "a, b", "a"),
        ("tags", "a", "A"),
        ("tags", "a b", "a,b"),
        ("users_allowed", [user("a")], [user("a", True)]),
        ("users_allowed", [user("a")], [user("A")]),
        ("users_allowed", [user("a")], []),
        ("groups_allowed", [group("a")], [group("b")]),
    ],
)
def test_these_values_mean_something_different(field: str, one: t.Any, other: t.Any) -> None:
    assert not FIELDS[field].same(one, other)


def test_tags_compare_as_a_set() -> None:
    assert FIELDS["tags"].comparable("b, a , b,") == frozenset({"a", "b"})


def test_sharing_compares_as_a_map() -> None:
    assert FIELDS["users_allowed"].comparable([user("b", True), user("a")]) == {"a": False, "b": True}


def test_tags_are_joined_as_mysafe_stores_them() -> None:
    assert FIELDS["tags"].shaped(["a", "b"]) == "a, b"


@pytest.mark.parametrize(
    "secret",
    ["*", "********", CIPHERTEXT, "A" * 342 + "==", "A" * 512, "+/9z" * 170 + "+/8="],
    ids=["an asterisk", "asterisks", "2048 bits", "another of 2048 bits", "3072 bits", "4096 bits"],
)
def test_masked_and_encrypted_client_secrets_are_unreadable(secret: str) -> None:
    assert FIELDS["client_secret"].is_unreadable(secret)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "s3cr3t",
        "a*",
        "*a*",
        "A" * 343,
        "A" * 345,
        "-" * 344,
        "A" * 171 + "=" + "A" * 172,
        "A" * 344,
        "A" * 343 + "=",
        "A" * 684,
    ],
    ids=[
        "empty",
        "short",
        "ends in an asterisk",
        "between asterisks",
        "short of it",
        "beyond",
        "not base64",
        "= inside",
        "258 bytes",
        "257 bytes",
        "513 bytes",
    ],
)
def test_any_other_client_secret_is_readable(secret: str) -> None:
    assert not FIELDS["client_secret"].is_unreadable(secret)


def test_only_fields_that_can_be_encrypted_can_be_unreadable() -> None:
    assert [name for name, field in FIELDS.items() if field.is_unreadable("********")] == ["client_secret", "notes"]


@pytest.mark.parametrize(
    ("field", "found", "wanted"),
    [("client_secret", "a", " a\n"), ("client_secret", " a", "a"), ("name", "a", " a "), ("tags", "b,a", "a, b")],
)
def test_a_trimmed_value_is_stored(field: str, found: str, wanted: str) -> None:
    assert FIELDS[field].is_stored(found, wanted)


@pytest.mark.parametrize(
    ("field", "found", "wanted"), [("client_secret", "a", "A"), ("client_secret", "", "a"), ("name", "a", "b")]
)
def test_a_different_value_is_not_stored(field: str, found: str, wanted: str) -> None:
    assert not FIELDS[field].is_stored(found, wanted)


@pytest.mark.parametrize(
    ("field", "shares"), [("users_allowed", [user("a"), user("b")]), ("groups_allowed", [group("a")])]
)
def test_sharing_without_the_refused_users_and_groups(field: str, shares: t.Any) -> None:
    assert FIELDS[field].without(shares, {"a"}) == shares[1:]


@pytest.mark.parametrize("field", ["name", "client_secret", "tags"])
def test_only_sharing_leaves_out_names(field: str) -> None:
    assert FIELDS[field].without("a", {"a"}) == "a"


def test_the_required_fields() -> None:
    assert REQUIRED == ("name", "url", "client_id")


def test_the_only_secret_field() -> None:
    assert SECRET == ("client_secret",)


@pytest.mark.parametrize("name", FIELDS)
def test_secret_fields_and_no_others_have_no_log(name: str) -> None:
    assert bool(FIELDS[name].spec.get("no_log")) is FIELDS[name].secret


@pytest.mark.parametrize(
    ("word", "right"),
    [
        *((word, True) for word in ("y", "Yes", "on", "1", 1, "true", "t", True)),
        *((word, False) for word in ("n", "No", "off", "0", 0, "false", "f", False, None)),
    ],
)
def test_can_edit_takes_every_truth_value_of_ansible(word: t.Any, right: bool) -> None:
    assert FIELDS["users_allowed"].wish([{"username": "bob", "can_edit": word}]) == [user("bob", right)]


# Lists that are changed in part.


@pytest.mark.parametrize(
    ("mode", "wish", "known", "whole"),
    [
        ("replace", [user("a")], [user("b")], [user("a")]),
        ("add", [user("a", True)], [user("a"), user("b")], [user("a", True), user("b")]),
        ("add", [user("c")], [user("b")], [user("b"), user("c")]),
        ("add", [user("c")], None, [user("c")]),
        ("add", [], [user("b")], [user("b")]),
        ("remove", [user("a", True)], [user("a"), user("b")], [user("b")]),
        ("remove", [user("c")], [user("b")], [user("b")]),
        ("remove", [user("c")], None, []),
    ],
)
def test_a_wish_makes_a_whole_list(mode: str, wish: t.Any, known: t.Any, whole: t.Any) -> None:
    assert FIELDS["users_allowed"].applied(wish, known, mode) == whole


@pytest.mark.parametrize("mode", ["replace", "add", "remove"])
def test_other_fields_are_always_replaced(mode: str) -> None:
    assert FIELDS["tags"].applied("a", "b", mode) == "a"
