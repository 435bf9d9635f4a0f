# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The search finds a secret that was planted, in every encoding, and a part of one."""

from __future__ import annotations

import base64
import dataclasses
import json
import textwrap
import typing as t

import pytest

from . import search
from .encodings import ENCODINGS
from .odd import ODD, ORDINARY
from .search import Counts, Secret, leaks_in

if t.TYPE_CHECKING:
    from pathlib import Path

_CLEAN = '{"msg": "The option client_secret is a mapping.", "client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}\n'
#: How an option and its value are written.
_ASSIGNED = ('"{}": "{}"', "'{}': '{}'", '\\"{}\\": \\"{}\\"', "{}: {}\n", "{}={}&")
#: What holds no whole secret in one piece, or holds it inside something else.
_ELSEWHERE: dict[str, t.Callable[[str], str]] = {
    "the beginning": lambda text: text[:30],
    "the end": lambda text: text[-30:],
    "broken into lines": lambda text: textwrap.fill(text, 40),
    "Basic authentication": lambda text: base64.b64encode(b"user:" + text.encode()).decode(),
    "base64 with two before": lambda text: base64.urlsafe_b64encode(b"u:" + text.encode() + b"!").decode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "JSON in Python": lambda text: repr(json.dumps(text).encode()),
}


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "COUNTS", Counts())


def _found(place: Path, secret: Secret, written: str) -> list[str]:
    (place / "clean").write_text(_CLEAN, encoding="utf-8")
    assert leaks_in(place, {"it": secret}) == []
    (place / "leak").write_text(written, encoding="utf-8")
    return leaks_in(place, {"it": secret})


@pytest.mark.parametrize("name", [*ENCODINGS, *_ELSEWHERE])
def test_a_secret_with_marks_is_found_in(name: str, tmp_path: Path) -> None:
    secret = Secret()
    encode = {**ENCODINGS, **_ELSEWHERE}[name]
    assert _found(tmp_path, secret, f'{{"msg": "Could not: {encode(secret.value)}"}}')


@pytest.mark.parametrize("name", sorted(set(ODD) - ORDINARY))
def test_an_odd_secret_is_found_in_every_encoding(name: str) -> None:
    secret = Secret.exactly(ODD[name])
    texts = {encoding: f"Could not: {encode(ODD[name])}!" for encoding, encode in ENCODINGS.items()}
    assert [encoding for encoding, text in texts.items() if not secret.found_in(text.encode())] == []
    assert secret.found_in(_CLEAN.encode()) == []


@pytest.mark.parametrize("name", sorted(ORDINARY))
def test_an_ordinary_secret_is_found_where_an_option_names_it(name: str) -> None:
    secret = Secret.exactly(ODD[name], ordinary=True)
    texts = [f"{{{form.format('mysafe_client_secret', ODD[name])}}}" for form in _ASSIGNED]
    assert [text for text in texts if not secret.found_in(text.encode())] == []
    assert secret.found_in(_CLEAN.encode()) == []


@pytest.mark.parametrize("part", ["the beginning", "the end"])
def test_a_part_of_a_long_secret_is_found(part: str, tmp_path: Path) -> None:
    assert _found(tmp_path, Secret.exactly(ODD["4 kB"]), f"it was {_ELSEWHERE[part](ODD['4 kB'])}")


def test_every_line_of_a_private_key_is_found() -> None:
    lines = [chr(ord("A") + number) * 64 for number in range(6)]
    secret = Secret.key("\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"]))
    found = [bool(secret.found_in(line.encode())) for line in lines]
    assert found == [False, True, True, True, True, True]


def test_a_leak_is_described(tmp_path: Path) -> None:
    secret = Secret()
    found = _found(tmp_path, secret, f"one\ntwo {secret.marks[0]} three\n")
    assert found == [f"leak:2: two {secret.marks[0]} three\n… in …two {secret.marks[0]} three\n… it"]


def test_a_leak_over_several_lines_is_described(tmp_path: Path) -> None:
    secret = Secret.exactly("first line\nsecond line")
    secret.needles = frozenset([secret.value.encode()])
    assert len(_found(tmp_path, secret, f"one\n{secret.value}\n")) == 1


def test_what_is_searched_is_counted(tmp_path: Path) -> None:
    secret = Secret()
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"1234")
    leaks_in(tmp_path, {"it": secret})
    assert dataclasses.astuple(search.COUNTS) == (0, 0, 2, 9, len(secret.needles))
