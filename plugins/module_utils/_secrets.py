# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Hides secrets: remembers every one that a run has seen, and takes them out of texts."""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import quote, quote_plus

if t.TYPE_CHECKING:
    from ._errors import MySafeError

#: The text that Ansible itself puts in place of a value that must not be logged.
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

#: What looks different in HTML.
_IN_HTML = frozenset("<>&\"'")
#: What looks the same everywhere.
_PLAIN = re.compile(r"[A-Za-z0-9._-]*")
_PERCENT_ENCODED = r"%[0-9A-F]{2}"


class Secrets:
    """The secrets of one run: what the user passed in, the tokens, and what the server sent back."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, *values: str | None) -> None:
        """Remember values, and the forms in which servers and libraries repeat them. Empty ones are ignored."""
        for value in values:
            if value and value not in self._values:
                self._values.update(_forms(value))

    def forget(self, *values: str) -> None:
        """Let values be shown that the user asked to see."""
        for value in values:
            self._values.difference_update(_forms(value))

    @property
    def values(self) -> frozenset[str]:
        """All texts that must appear nowhere."""
        return frozenset(self._values)

    def hide(self, text: str) -> str:
        """Return the text with every secret replaced by eight asterisks, longest first so that no rest shows."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "********")
        return text

    def without(self, error: MySafeError) -> MySafeError:
        """Return the failure with every secret taken out of its texts."""
        texts = {name: getattr(error, name) for name in ("message", "cause", "solution", "request_id")}
        return error.but(**{name: self.hide(text) for name, text in texts.items() if text})


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
    return forms | {re.sub(_PERCENT_ENCODED, lambda found: found.group().lower(), form) for form in forms}


def _in_html(value: str) -> set[str]:
    from html import escape  # hardly any secret needs it, and it takes long to load

    escaped, outside_attributes = escape(value), escape(value, quote=False)
    # An apostrophe has several names, and PHP leaves it alone unless told otherwise.
    apostrophes = {escaped.replace("&#x27;", name) for name in ("&#x27;", "&#039;", "&#39;", "&apos;", "'")}
    return apostrophes | {outside_attributes}
