# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Secrets are removed from texts, in every form in which servers and libraries repeat them."""

from __future__ import annotations

import json
import string
import typing as t
from html import escape
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN, Secrets


def hide(text: str, *secrets: str | None) -> str:
    """Return the text without the secrets."""
    known = Secrets()
    known.add(*secrets)
    return known.hide(text)


AWKWARD = "p<s'w\"ö r&d/+%=\\ü"


@pytest.mark.parametrize(
    ("secret", "repeated"),
    [
        ("s3cr3t", "s3cr3t"),
        (AWKWARD, AWKWARD),
        (AWKWARD, json.dumps(AWKWARD)[1:-1]),
        (AWKWARD, json.dumps(AWKWARD, ensure_ascii=False)[1:-1]),
        (AWKWARD, json.dumps(AWKWARD)[1:-1].replace("/", "\\/")),
        (AWKWARD, quote(AWKWARD, safe="")),
        (AWKWARD, quote(AWKWARD)),
        (AWKWARD, quote_plus(AWKWARD)),
        (AWKWARD, urlencode({"": AWKWARD})[1:]),
        (AWKWARD, escape(AWKWARD)),
        (AWKWARD, escape(AWKWARD, quote=False)),
        (AWKWARD, repr(AWKWARD)[1:-1]),
        (AWKWARD, repr(AWKWARD.encode())[2:-1]),
        (AWKWARD, repr(AWKWARD.encode("latin-1"))[2:-1]),
        ("line 1\nline 2", repr(b"line 1\nline 2")[2:-1]),
        (AWKWARD, AWKWARD.encode().decode("latin-1")),
        (" s3cr3t\n", "s3cr3t"),
        ("line 1\nline 2", r"line 1\nline 2"),
    ],
    ids=[
        *("as it is", "awkward", "in JSON", "in JSON with UTF-8", "in JSON of PHP", "in a URL"),
        *(
            "in a path",
            "in a query",
            "in a form",
            "in an attribute of HTML",
            "in HTML",
            "in Python",
            "in bytes of UTF-8",
            "in bytes of Latin-1",
            "in bytes, with a line break",
            "in UTF-8 that is read as Latin-1",
            "trimmed",
            "in JSON, with a line break",
        ),
    ],
)
def test_a_secret_is_hidden_in_every_form(secret: str, repeated: str) -> None:
    assert hide(f"it was >{repeated}<, they said", secret) == "it was >********<, they said"


#: AWKWARD as the functions of PHP, in which MySafe is written, and other servers repeat it.
ELSEWHERE = {
    "htmlspecialchars": "p&lt;s&#039;w&quot;ö r&amp;d/+%=\\ü",
    "htmlspecialchars for HTML 5": "p&lt;s&apos;w&quot;ö r&amp;d/+%=\\ü",
    "htmlspecialchars without apostrophes": "p&lt;s'w&quot;ö r&amp;d/+%=\\ü",
    "the shortest number": "p&lt;s&#39;w&quot;ö r&amp;d/+%=\\ü",
    "json_encode with UTF-8": "p<s'w\\\"ö r&d\\/+%=\\\\ü",
    "lower case in a URL": "p%3cs%27w%22%c3%b6%20r%26d%2f%2b%25%3d%5c%c3%bc",
    "lower case in a form": "p%3cs%27w%22%c3%b6+r%26d%2f%2b%25%3d%5c%c3%bc",
}


@pytest.mark.parametrize("repeated", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_secret_is_hidden_in_the_forms_of_other_languages(repeated: str) -> None:
    assert hide(f"it was >{repeated}<, they said", AWKWARD) == "it was >********<, they said"


def test_a_tilde_is_hidden_as_php_encodes_it() -> None:
    assert hide(">a%7Eb<, >a%7eb<", "a~b") == ">********<, >********<"


@pytest.mark.parametrize(
    "form", [json.dumps, repr, quote, quote_plus, escape, str.strip], ids=lambda form: form.__name__
)
def test_a_plain_secret_has_one_form_only(form: t.Callable[[str], str]) -> None:
    """The shortcut for it is right: nothing writes it in another way."""
    plain = string.ascii_letters + string.digits + "._-"
    known = Secrets()
    known.add(plain)
    assert (set(known), form(plain).strip("\"'")) == ({plain}, plain)


def test_every_occurrence_is_hidden() -> None:
    assert hide("s3cr3t and s3cr3t", "s3cr3t") == "******** and ********"


@pytest.mark.parametrize("secrets", [("abc", "abcdef"), ("abcdef", "abc")], ids=["short first", "long first"])
def test_a_secret_inside_another_leaves_nothing_behind(secrets: tuple[str, str]) -> None:
    assert hide("abcdef, abc", *secrets) == "********, ********"


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_secret_hides_nothing(nothing: str | None) -> None:
    assert hide("a text", nothing) == "a text"


def test_a_blank_secret_hides_nothing() -> None:
    assert hide("text", " ") == "text"


def test_an_empty_secret_is_not_registered() -> None:
    known = Secrets()
    known.add("", None, " ")
    assert "" not in set(known)


def test_all_forms_are_passed_to_ansible() -> None:
    known = Secrets()
    known.add("a b", None)
    assert set(known) >= {"a b", "a%20b", "a+b"}


def test_a_forgotten_secret_is_shown() -> None:
    known = Secrets()
    known.add("a b", "other")
    known.forget("a b")
    assert known.hide("a b, a+b, other") == "a b, a+b, ********"


def test_adding_twice_changes_nothing() -> None:
    known = Secrets()
    known.add("a b", "c")
    before = set(known)
    known.add("a b")
    assert set(known) == before


@given(st.text(min_size=1), st.text(), st.text())
def test_no_secret_is_left_in_any_text(secret: str, before: str, after: str) -> None:
    hidden = hide(before + secret + after, secret)
    assert secret not in hidden or set(secret) <= set("* ")


@pytest.mark.parametrize("secret", ["\udcff", "s3cr3t\ud800"], ids=["not UTF-8", "half of a pair"])
def test_a_secret_that_is_not_valid_unicode_is_hidden_too(secret: str) -> None:
    """An environment variable need not be UTF-8, and JSON may contain half of a surrogate pair."""
    assert hide(f">{secret}<", secret) == ">********<"


# Very many secrets.


@given(
    st.lists(st.text("ab", min_size=1, max_size=7), min_size=1, max_size=9),
    st.lists(st.text("ab", max_size=9), max_size=9),
)
def test_many_secrets_are_hidden_as_few_are(secrets: list[str], between: list[str]) -> None:
    text = "".join(part + secret for part, secret in zip(between, secrets))
    many = Secrets()
    many.add(*secrets, *(f"other-{number}" for number in range(100)))
    assert many.hide(text) == hide(text, *secrets)


def test_many_secrets_can_be_forgotten() -> None:
    many = Secrets()
    many.add(*(f"secret {number}." for number in range(1000)))
    many.forget("secret 7.")
    assert many.hide("secret 7. secret 8.") == "secret 7. ********"


def test_secrets_are_hidden_at_any_depth_of_a_result() -> None:
    known = Secrets()
    known.add("s3cr3t")
    value = {"a": "s3cr3t", "b": ["x s3cr3t", ("s3cr3t",), 5, None, True]}
    assert known.hide_in(value) == {"a": HIDDEN, "b": ["x ********", [HIDDEN], 5, None, True]}


def test_what_is_hidden_already_is_not_hidden_again() -> None:
    known = Secrets()
    known.add("A")
    assert known.hide_in([HIDDEN, "A", "AB"]) == [HIDDEN, HIDDEN, "********B"]
