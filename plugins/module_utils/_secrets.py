# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Hides secrets: remembers every one that a run has seen, and takes them out of texts."""

from __future__ import annotations

import json
import typing as t
from urllib.parse import quote, quote_plus

if t.TYPE_CHECKING:
    from ._errors import MySafeError

#: The text that Ansible itself puts in place of a value that must not be logged.
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

#: What looks different in HTML.
_IN_HTML = frozenset("<>&\"'")


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
    in_json = json.dumps(value)[1:-1]
    forms = {value, value.strip(), in_json, in_json.replace("/", "\\/"), json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {
        quote(value, errors="replace"),
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
    }
    if not _IN_HTML.isdisjoint(value):
        from html import escape  # hardly any secret needs it, and it takes long to load

        forms |= {escape(value), escape(value, quote=False)}
    forms.add(repr(value)[1:-1])
    if not value.isascii() or not value.isprintable():
        in_utf_8 = value.encode("utf-8", "surrogatepass")
        forms |= {repr(in_utf_8)[2:-1], repr(value.encode("latin-1", "replace"))[2:-1], in_utf_8.decode("latin-1")}
    return forms - {""}


def hidden_entity(entity: t.Mapping[str, t.Any] | None) -> dict[str, t.Any] | None:
    """Return the entity with its client secret hidden; an empty one stays empty."""
    if entity is None:
        return None
    return {**entity, "client_secret": HIDDEN if entity.get("client_secret") else entity.get("client_secret")}
