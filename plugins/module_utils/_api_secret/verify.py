# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Compares what the vault shows after a write with what was written. No input, no output."""

from __future__ import annotations

import typing as t

from .fields import FIELDS, SHARING

if t.TYPE_CHECKING:
    from .entity import Entity
    from .fields import Sharing
    from .plan import Step


def mismatches(step: Step, found: Entity, *, was_read: bool) -> list[str]:
    """Return the written fields that do not hold what was written, as far as that shows.

    ``found`` is the answer to the write, or what was read afterwards (``was_read``): an answer may leave a secret field
    out, a read does not. Users and groups that ``found`` reports as not added are not expected in it. Of a list that is
    changed in part, only the names that were touched count.
    """
    refused = refused_names(found["shared_error"])
    wrong = []
    for name, wanted in step.body.items():
        field, value = FIELDS[name], found[name]
        if field.is_unreadable(value) or (field.secret and not value and not was_read):
            continue
        if name in step.merges:
            rights = field.comparable(value)
            stored = all(rights.get(one) == right for one, right in step.shares[name].items() if one not in refused)
        else:
            stored = field.is_stored(value, field.without(wanted, refused))
        if not stored:
            wrong.append(name)
    return wrong


def with_left_out(step: Step, found: Entity, wrong: t.Container[str]) -> Entity:
    """Return what was found with the secrets that were written, where an answer leaves them out or shows an older empty one."""
    left_out = [name for name in step.body if FIELDS[name].secret and found[name] == "" and name not in wrong]
    return {**found, **{name: step.body[name] for name in left_out}}


def overtaken(step: Step, found: Entity, wrong: t.Iterable[str]) -> list[str]:
    """Return which of these fields were changed in part, and at the same time by somebody else: they can be tried again."""
    known = step.known or {}
    return [name for name in wrong if name in step.merges and not FIELDS[name].same(known.get(name), found[name])]


def unreadable(step: Step, found: Entity) -> list[str]:
    """Return the changed fields of which reading does not show whether they were written."""
    return [name for name in step.changes if FIELDS[name].is_unreadable(found[name])]


def has_old_values(step: Step, found: Entity, names: t.Iterable[str]) -> bool:
    """Whether these fields are as they were before the write.

    The English pages of v3.33 and v4 show the values of before in the answer to an update that was applied.
    """
    return step.known is not None and all(FIELDS[name].same(step.known[name], found[name]) for name in names)


def has_moved(step: Step, found: Entity, wrong: t.Container[str]) -> bool:
    """Whether the write changed anything in the vault; ``wrong`` names the fields that were not written."""
    if step.known is None:
        return True
    return any(
        name not in wrong if _is_hidden(step, found, name) else not FIELDS[name].same(step.known[name], found[name])
        for name in step.changes
    )


def _is_hidden(step: Step, found: Entity, name: str) -> bool:
    """Whether a field is a secret that does not show: encrypted, masked, or left out of the answer."""
    known = (step.known or {}).get(name)
    field = FIELDS[name]
    return field.secret and (not found[name] or field.is_unreadable(found[name]) or field.is_unreadable(known))


def may_be_trimmed(step: Step) -> bool:
    """Whether a secret changes only in the white space around it: a server that removes it then changes nothing."""
    known = step.known or {}
    return any(
        FIELDS[name].secret and known.get(name) and known[name].strip() == wanted.strip()
        for name, wanted in step.changes.items()
    )


def without_sharing(names: t.Iterable[str]) -> list[str]:
    """Return the names of the fields that do not say with whom the secret is shared."""
    return [name for name in names if name not in SHARING]


def lacking_shares(step: Step, found: Entity) -> list[str]:
    """Return the users and groups that were written, and that ``found`` is not shared with."""
    fields = [t.cast("Sharing", FIELDS[name]) for name in SHARING if name in step.changes]
    return [
        share[field.key]
        for field in fields
        for share in field.without(step.changes[field.name], field.comparable(found[field.name]))
    ]


def refused_names(refused: t.Iterable[t.Any]) -> set[str]:
    """Return the users and groups in ``shared_error``, whose form is not documented."""
    return {
        str(entry.get("username") or entry.get("name") or "") if isinstance(entry, dict) else str(entry)
        for entry in refused
    }


def described_refusals(refused: t.Iterable[t.Any]) -> str:
    """Return with whom the secret could not be shared, and why, as one text."""
    return ", ".join(map(_described, refused))


def _described(entry: t.Any) -> str:
    if not isinstance(entry, dict):
        return f"'{entry}'"
    name = entry.get("username") or entry.get("name")
    named = f"'{name}'" if name else str(entry)
    return f"{named} ({entry['message']})" if entry.get("message") else named
