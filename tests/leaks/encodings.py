# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The forms in which a text reaches a log: as JSON, URLs, HTML, YAML, shells and Python write it, and in base64."""

from __future__ import annotations

import base64
import html
import json
import shlex
import typing as t
from urllib.parse import quote, quote_plus

import yaml

Encoding = t.Callable[[str], str]


def in_lower_hex(encoded: str) -> str:
    """Return a percent-encoded text with the digits in lower case, as some servers write them."""
    first, *others = encoded.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in others)])


def _in_yaml(text: str, style: str, *, unicode: bool = True) -> str:
    dumped: str = yaml.safe_dump(text, default_style=style, allow_unicode=unicode, width=10**9)
    return dumped.rstrip("\n")[1:-1]


#: Every encoding by name, without the quotes around the text.
ENCODINGS: dict[str, Encoding] = {
    "plain": str,
    "without blanks around": str.strip,
    "JSON in ASCII": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "URL": quote,
    "whole URL": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "URL with lower hex": lambda text: in_lower_hex(quote(text, safe="")),
    "form with lower hex": lambda text: in_lower_hex(quote_plus(text)),
    "HTML": html.escape,
    "HTML outside attributes": lambda text: html.escape(text, quote=False),
    "HTML of PHP": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
    "Python": lambda text: repr(text)[1:-1],
    "Python in ASCII": lambda text: ascii(text)[1:-1],
    "Python bytes": lambda text: repr(text.encode())[2:-1],
    "YAML": lambda text: _in_yaml(text, '"'),
    "YAML in ASCII": lambda text: _in_yaml(text, '"', unicode=False),
    "YAML in single quotes": lambda text: _in_yaml(text, "'"),
    "shell": lambda text: shlex.quote(text).strip("'"),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
}

#: What encodes whole results once more: JSON inside JSON, and Ansible's repr of what a module printed.
_OUTER = ("JSON in ASCII", "Python", "HTML")


def forms(text: str) -> frozenset[str]:
    """Return a text in every encoding, and most of these encoded once more."""
    once = {encode(text) for encode in ENCODINGS.values()}
    return frozenset(once | {ENCODINGS[name](form) for name in _OUTER for form in once} | base64_forms(text)) - {""}


def base64_forms(text: str) -> set[str]:
    """Return the base64 forms of a text inside a longer one, as in Basic authentication: they depend on its offset."""
    found = set()
    for before in range(3):
        raw = bytes(before) + text.encode()
        # The first and the last group also contain parts of the neighbours.
        inner = slice(4 if before else 0, len(raw) // 3 * 4)
        found |= {base64.b64encode(raw)[inner].decode(), base64.urlsafe_b64encode(raw)[inner].decode()}
    return found
