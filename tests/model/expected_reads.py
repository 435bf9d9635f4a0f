# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What the info module and the lookup find in the model."""

from __future__ import annotations

import typing as t

from .expected import FailedError, matching
from .mysafe import Item, MySafe, RefusedError, tags_of


class Entry(t.NamedTuple):
    """An API secret that the info module returns, and the kind of the error for which it could not be read."""

    number: str
    kind: str = ""


def entries(vault: MySafe, user: str, query: t.Mapping[str, str], *, details: bool) -> list[Entry]:
    """Return what the info module returns; ``query`` holds the option that says what to read, if any."""
    code, number, tag = (query.get(name, "") for name in ("identifier_code", "identifier", "tag"))
    listed = [item.identifier for item in vault.listed(user, code=code, tag=tag)]
    if number and number in listed:
        listed = [number]
    elif number:
        # Inactive ones may not be listed.
        error = _error(vault, user, number)
        return [Entry(number, error)] if details and error != "not_found" else []
    if not details:
        return [Entry(one) for one in listed]
    found = [Entry(one, _error(vault, user, one)) for one in listed]
    if code:
        certain = {one.number for one in matching(vault, user, code)[0]}
        return [one for one in found if one.number in certain]
    if tag:
        return [one for one in found if one.kind or tag.lower() in _tags(vault.items[one.number])]
    return found


def _tags(item: Item) -> set[str]:
    return {tag.lower() for tag in tags_of(item.tags)}


def _error(vault: MySafe, user: str, number: str) -> str:
    try:
        vault.read(user, number)
    except RefusedError as refusal:
        return refusal.kind
    return ""


class Term(t.NamedTuple):
    """What the lookup finds for a code: an API secret, or the option that decides what to do without."""

    item: Item | None = None
    option: str = ""


def look_up(vault: MySafe, user: str, codes: t.Sequence[str]) -> list[Term]:
    """Return what the lookup finds for each code. Raises FailedError."""
    return [_term(vault, user, code) for code in codes]


def _term(vault: MySafe, user: str, code: str) -> Term:
    certain = matching(vault, user, code)[0]
    readable = [found for found in certain if found.active and not found.obstacle]
    denied = [found for found in certain if found.obstacle]
    if readable and len(readable) + len(denied) > 1:
        raise FailedError("ambiguous")
    if readable:
        return Term(vault.items[readable[0].number])
    return Term(option="on_denied" if denied else "on_missing")
