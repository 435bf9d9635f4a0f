# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Hides secrets: remembers every one that a run has seen, and takes them out of texts."""

from __future__ import annotations

import json
import re
import threading
import typing as t
from urllib.parse import quote, quote_plus

if t.TYPE_CHECKING:
    from ._errors import MySafeError

#: The text that Ansible itself puts in place of a value that must not be logged.
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

#: What stands for a secret that is a part of a text, as Ansible writes it too.
_MASK = "********"
#: With so many secrets, only those are looked for of which the first characters are in the text.
_MANY = 64
_START = 4
#: What looks different in HTML.
_IN_HTML = frozenset("<>&\"'")
#: What looks the same everywhere.
_PLAIN = re.compile(r"[A-Za-z0-9._-]*")


class Secrets:
    """The secrets of one run: what the user passed in, the tokens, and what the server sent back.

    May be shared between threads. Hiding takes time by the length of the text, and not by how many secrets there are.
    """

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._by_start: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def add(self, *values: str | None) -> None:
        """Remember values, and the forms in which servers and libraries repeat them. Empty ones are ignored."""
        for value in values:
            if value and value not in self._values:
                with self._lock:
                    for form in _forms(value):
                        self._values.add(form)
                        self._by_start.setdefault(form[:_START], set()).add(form)

    def forget(self, *values: str) -> None:
        """Let values be shown that the user asked to see."""
        for value in values:
            with self._lock:
                for form in _forms(value) & self._values:
                    self._values.remove(form)
                    self._by_start[form[:_START]].remove(form)

    def __iter__(self) -> t.Iterator[str]:
        """Return all texts that must appear nowhere."""
        with self._lock:
            return iter(list(self._values))

    def hide(self, text: str) -> str:
        """Return the text with every secret replaced by eight asterisks."""
        return _hide(text, self._in_order(text))

    def hide_in(self, value: t.Any, words: t.Mapping[str, t.Container[str]] | None = None) -> t.Any:
        """Return a part of a result with every secret in its texts hidden, as Ansible does it.

        ``words`` are the values of fields that are the same whatever the secrets are: they stay as they are.

        Ansible itself looks for every secret in every text, which takes minutes for thousands of API secrets.
        """
        few = self._in_order() if len(self._values) <= _MANY else None
        kept = words or {}

        def hidden(value: t.Any) -> t.Any:
            if isinstance(value, str):
                if value == HIDDEN or value in self._values:
                    return HIDDEN
                return _hide(value, self._in_order(value) if few is None else few)
            if isinstance(value, dict):
                return {
                    key: inner if isinstance(inner, str) and inner in kept.get(key, ()) else hidden(inner)
                    for key, inner in value.items()
                }
            return [hidden(inner) for inner in value] if isinstance(value, (list, tuple)) else value

        return hidden(value)

    def _in_order(self, text: str | None = None) -> list[str]:
        """Return the secrets, longest first so that no rest shows; of many, only those that may be in the text."""
        with self._lock:
            values: t.Iterable[str] = self._values
            if text is not None and len(self._values) > _MANY:
                starts = {text[at : at + size] for size in range(1, _START + 1) for at in range(len(text) - size + 1)}
                values = [value for start in starts & self._by_start.keys() for value in self._by_start[start]]
            return sorted(values, key=lambda value: (-len(value), value))

    def without(self, error: MySafeError) -> MySafeError:
        """Return the failure with every secret taken out of its texts."""
        texts = {name: getattr(error, name) for name in ("message", "cause", "solution", "request_id")}
        return error.but(**{name: self.hide(text) for name, text in texts.items() if text})


def _hide(text: str, values: t.Iterable[str]) -> str:
    for value in values:
        text = text.replace(value, _MASK)
    return text


def _forms(value: str) -> set[str]:
    """Return a value as it is, without white space around it, and as it looks in JSON, URLs, forms, HTML and Python.

    The HTTP libraries quote headers as bytes, in Latin-1 or UTF-8. What is not UTF-8 as a whole is read as Latin-1.
    """
    if _PLAIN.fullmatch(value):
        return {value}  # it looks the same everywhere
    forms = {value, value.strip(), repr(value)[1:-1]} | _in_json(value) | _in_urls(value)
    if not _IN_HTML.isdisjoint(value):
        forms |= _in_html(value)
    if not value.isascii() or not value.isprintable():
        in_utf_8 = value.encode("utf-8", "surrogatepass")
        forms |= {repr(in_utf_8)[2:-1], repr(value.encode("latin-1", "replace"))[2:-1], in_utf_8.decode("latin-1")}
    return forms - {""}


def _in_json(value: str) -> set[str]:
    forms = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return forms | {form.replace("/", "\\/") for form in forms}  # as PHP writes it


def _in_urls(value: str) -> set[str]:
    forms = {
        quote(value, errors="replace"),
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
    }
    forms |= {form.replace("~", "%7E") for form in forms}  # as PHP writes it in forms
    return forms | set(map(_in_lower_case, forms))


def _in_lower_case(form: str) -> str:
    """Return what is percent-encoded with the digits in lower case."""
    first, *others = form.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in others)])


def _in_html(value: str) -> set[str]:
    from html import escape  # hardly any secret needs it, and it takes long to load

    escaped, outside_attributes = escape(value), escape(value, quote=False)
    # An apostrophe has several names, and PHP leaves it alone unless told otherwise.
    apostrophes = {escaped.replace("&#x27;", name) for name in ("&#x27;", "&#039;", "&#39;", "&apos;", "'")}
    return apostrophes | {outside_attributes}
