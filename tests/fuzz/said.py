# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a damaged answer says clearly: read by itself, from the API reference and not as the collection reads it.

A client cannot know that a value of the documented type in its documented place is a lie. Everything else is not believed.
"""

from __future__ import annotations

import json
import typing as t

from simulator.exchange import Answer

if t.TYPE_CHECKING:
    from .mutations import Mutation

_TRUE, _FALSE = (True, 1, "1", "true"), (False, 0, "0", "false")
_SHARING = {"users": "users_allowed", "groups": "groups_allowed"}


class Said:
    """One answer as it was sent, and what it clearly says."""

    def __init__(self, call: str, status: int, mutation: Mutation, answer: Answer) -> None:
        self.is_list = call == "list"
        self._status = status
        self.body = _parsed(mutation.body(answer))
        self.mutation = mutation

    @property
    def envelope(self) -> dict[str, t.Any]:
        """The envelope; empty where there is none."""
        envelope = self.body.get("response") if isinstance(self.body, dict) else None
        return envelope if isinstance(envelope, dict) else {}

    @property
    def refuses(self) -> bool:
        """Whether it says that nothing was done."""
        return _is_in(self.envelope.get("error"), _TRUE) or _is_in(self.envelope.get("erro"), _TRUE)

    @property
    def _entity(self) -> dict[str, t.Any]:
        for key in ("api_entity", "api_secret_entity"):
            found = self.body.get(key) if isinstance(self.body, dict) else None
            if isinstance(found, dict):
                return found
        return {}

    @property
    def _rows(self) -> list[dict[str, t.Any]]:
        rows = self.body.get("api_secret_on_list") if isinstance(self.body, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    @property
    def numbers(self) -> list[str]:
        """The numbers of secrets that it names."""
        named = [one.get("identifier") for one in (self._entity, *self._rows)]
        return [str(number) for number in named if _is_number(number)]

    def hides(self, number: str, code: str) -> bool:
        """Whether it is a list that does not name a secret, or says that it has another code."""
        if self.is_list:
            return isinstance(self.body, dict) and number not in self.numbers
        return self.values(number, "identifier_code") not in ([], [code])

    def values(self, number: str, name: str) -> list[t.Any]:
        """Return what it says of a field of a secret, in the form of the vault."""
        entity = self._entity
        if not _is_number(entity.get("identifier")) or str(entity["identifier"]) != number:
            return []
        if name in _SHARING:
            return _shares(entity.get(_SHARING[name]))
        value = entity.get(name)
        if name == "tags" and isinstance(value, list):
            tags = [_texts(tag) for tag in value]
            return [", ".join(tag for (tag,) in tags)] if None not in value and all(tags) else []
        return _texts(value)

    def shown(self, number: str, name: str) -> list[t.Any]:
        """Return what it says of a field of a secret, in the form of results."""
        if name.endswith("_allowed"):
            key = "username" if name == "users_allowed" else "name"
            return [
                [{key: one, "can_edit": right} for one, right in shares.items()]
                for shares in self.values(number, name.partition("_")[0])
            ]
        rows = [row.get("name") for row in self._rows if str(row.get("identifier")) == number] if name == "name" else []
        return [*self.values(number, name), *(text for row in rows for text in _texts(row))]

    def flags(self, number: str, name: str) -> list[bool]:
        """Return what rows of a list say of a flag of a secret."""
        values = [row.get(name) for row in self._rows if str(row.get("identifier")) == number]
        # A right that is not mentioned is denied.
        return [
            _is_in(value, _TRUE) for value in values if value is None or _is_in(value, _TRUE) or _is_in(value, _FALSE)
        ]


def _shares(value: t.Any) -> list[dict[str, bool]]:
    """Return the rights by name, in a list; an empty list where they are not clear."""
    found = {}
    for share in value if isinstance(value, list) else [None]:
        name = (share.get("username") or share.get("name")) if isinstance(share, dict) else None
        right = share.get("can_edit") if isinstance(share, dict) else None
        is_name = isinstance(name, (str, int)) and not isinstance(name, bool)
        if not is_name or not (_is_in(right, _TRUE) or _is_in(right, _FALSE)):
            return []
        found[str(name)] = _is_in(right, _TRUE)
    return [found]


def _texts(value: t.Any) -> list[str]:
    """Return a value as a text, in a list; or an empty list if it is none. None is an empty text, and a number its digits."""
    if value is None:
        return [""]
    return [str(value)] if isinstance(value, (str, int)) and not isinstance(value, bool) else []


def _is_in(value: t.Any, values: tuple[t.Any, ...]) -> bool:
    return isinstance(value, (bool, int, str)) and value in values


def _is_number(value: t.Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdigit()
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _parsed(content: bytes) -> t.Any:
    """Return the JSON value; None for what is no JSON, has a key twice, or is no Unicode."""

    def once(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    def none(_constant: str) -> t.Any:
        raise ValueError

    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=none)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value
