# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Texts are texts: what is taken for one, and what is refused because a secret would be lost or reformatted."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.texts import (
    as_text,
    fault,
    is_unicode,
    named_type,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError

NO_UTF_8 = "caf\udce9"


def refused(value: t.Any, *, is_secret: bool = False) -> MySafeError:
    """Return the failure of a value."""
    with pytest.raises(MySafeError) as failure:
        as_text("notes", value, is_secret=is_secret)
    assert (failure.value.kind, "option notes" in failure.value.message) == (Kind.INVALID_INPUT, True)
    return failure.value


@pytest.mark.parametrize("text", ["", " a ", "007", "no", '{"a": 1}', "a\nb", "ä€𝄞", "*******", "a ******** b"])
def test_a_text_stays_as_it_is(text: str) -> None:
    assert as_text("notes", text) == text


def test_a_whole_number_counts_as_its_digits() -> None:
    assert as_text("notes", -83) == "-83"


def test_a_whole_number_is_no_secret() -> None:
    assert refused(83, is_secret=True).cause == "it is a whole number, not a text"


@pytest.mark.parametrize("value", [True, False, 1.0, None, datetime.date(2026, 1, 2), b"bytes"])
def test_another_type_is_refused_with_the_advice_to_quote_it(value: t.Any) -> None:
    assert "put quotes around it" in refused(value).solution


@pytest.mark.parametrize("value", [{"a": "b"}, ["a"], ("a",), {"a"}])
def test_a_mapping_or_list_is_refused_with_the_advice_to_keep_json_a_text(value: t.Any) -> None:
    assert "to_json" in refused(value).solution


@pytest.mark.parametrize(
    "value", [{"a": "hush"}, ["hush"], 4711.5, NO_UTF_8, "hush VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]
)
def test_a_refused_value_is_not_repeated(value: t.Any) -> None:
    failure = str(refused(value))
    assert not any(part in failure for part in ("hush", "4711", "caf"))


@pytest.mark.parametrize(
    "text",
    [
        "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "a VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        " ********\n",
        "$REDACTED$",
        "a $REDACTED$",
    ],
)
@pytest.mark.parametrize("is_secret", [True, False])
def test_what_ansible_shows_in_place_of_a_secret_is_refused(text: str, is_secret: bool) -> None:
    assert "placeholder that Ansible shows" in refused(text, is_secret=is_secret).cause


def test_asterisks_within_a_secret_are_refused() -> None:
    assert "placeholder that Ansible shows" in refused("a********b", is_secret=True).cause


@pytest.mark.parametrize("text", ["__omit_place_holder__5f2a", "owner: __omit_place_holder__5f2a"])
def test_what_is_left_over_of_omit_is_refused(text: str) -> None:
    error = refused(text)
    assert ("omit" in error.cause, "use omit for the whole option" in error.solution) == (True, True)


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert refused(NO_UTF_8).cause == "it holds bytes that are not UTF-8"


def test_a_text_that_can_be_meant_has_no_fault() -> None:
    assert fault("s3cret", is_secret=True) is None


@pytest.mark.parametrize(("text", "is_one"), [("", True), ("ä€𝄞", True), ("\ud800", False), ("a\udfff", False)])
def test_unicode_has_no_lone_surrogates(text: str, is_one: bool) -> None:
    assert is_unicode(text) == is_one


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "true or false"),
        (1, "a whole number"),
        (1.5, "a decimal number"),
        ("a", "a text"),
        ({}, "a mapping"),
        ([], "a list"),
        ((), "a list"),
        (set(), "a list"),
        (datetime.date(2026, 1, 2), "a date or another type"),
    ],
)
def test_a_type_is_called_as_in_yaml(value: t.Any, name: str) -> None:
    assert named_type(value) == name
