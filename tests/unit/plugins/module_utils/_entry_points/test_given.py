# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The secrets in what a task was given are found wherever they are."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret, api_secrets
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.given import given, secret_texts, texts

ONE, MANY = api_secret.argument_spec(), api_secrets.argument_spec()
KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"


def found(spec: dict[str, t.Any] = ONE, /, **arguments: t.Any) -> list[str]:
    return list(secret_texts(arguments, spec))


def test_texts_are_found_at_any_depth() -> None:
    value = {"a": ["b", {"c": ("d", 5)}], "e": {"f"}, "g": None, "h": True, "i": 1.5}
    assert list(texts(value)) == ["b", "d", "5", "f", "1.5"]


@pytest.mark.parametrize("name", ["client_secret", "mysafe_client_secret", "mysafe_access_token", "client_secrt"])
def test_secrets_are_the_texts_of_secret_and_of_unknown_options(name: str) -> None:
    assert found(name="n", **{name: {"deep": ["hush", 7]}}) == ["hush", "7"]


def test_blank_texts_are_no_secrets() -> None:
    assert found(client_secret=" ", mysafe_access_token="") == []


@pytest.mark.parametrize("name", ["ca_path", "client_cert", "client_key", "decryption_key"])
def test_a_key_in_place_of_a_path_is_a_secret(name: str) -> None:
    assert found(**{name: KEY}) == [KEY]


def test_a_path_is_no_secret() -> None:
    assert found(client_key="key.pem") == []


def test_plain_names_of_users_are_no_secrets() -> None:
    assert found(users_allowed=["bob"]) == []


@pytest.mark.parametrize(
    "item",
    [
        {"identifier_code": "a", "client_secret": "hush"},
        {"identifier_code": "a", "client_secrt": ["hush"]},
        "hush",
        ["hush"],
    ],
    ids=["secret option", "unknown option", "a text for an item", "a list for an item"],
)
def test_the_secrets_of_the_items_of_a_list_are_found(item: t.Any) -> None:
    assert found(MANY, api_secrets=[{"identifier_code": "b"}, item]) == ["hush"]


def test_what_is_given_in_place_of_a_list_is_a_secret() -> None:
    assert found(MANY, api_secrets="hush") == ["hush"]


def test_the_client_secrets_beside_a_list_are_found_and_their_codes_are_not() -> None:
    assert found(MANY, client_secrets={"a": "hush"}) == ["hush"]


def test_what_was_given_is_hidden() -> None:
    assert given({"client_secret": "hush"}, ONE).hide("hush!") == "********!"
