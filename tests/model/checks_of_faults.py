# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What holds whatever happens to requests and answers: checked after a task that met faults."""

from __future__ import annotations

import dataclasses
import typing as t

from .checks import Items, stored
from .mysafe import TEXTS, Item

if t.TYPE_CHECKING:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result

    from .expected import Expected
    from .expected_list import ExpectedList

#: The longest wait that a server may ask for, and more waits than any task can need.
_LONGEST_WAIT = 60
_MOST_WAITS = 200


def bounded(waits: t.Sequence[float]) -> None:
    """Check that a task does not wait for ever: neither long nor often."""
    assert all(wait <= _LONGEST_WAIT for wait in waits)
    assert len(waits) <= _MOST_WAITS


def ended(result: Result, before: Items, after: Items, expected: Expected, hidden: t.Container[str]) -> None:
    """Check a task for one API secret: ``expected`` is how it would end without faults."""
    values = result.values
    if "error" not in values:
        assert not expected.kind, "it succeeded where it cannot"
        stored(after, expected.vault.items)
        assert (values["changed"], values["action"]) == (expected.changed, expected.action)
        return
    _nothing_else_moved(before, after, {expected.number: expected.stages})
    _told(values, before, after)
    entity = values.get("api_entity")
    if entity and entity["identifier"]:
        _is_of(entity, after[entity["identifier"]], hidden)


def list_ended(
    result: Result, before: Items, after: Items, expected: ExpectedList, alone: t.Sequence[Expected], *, check: bool
) -> None:
    """Check a task with a list. ``alone``: how each item would end without the others."""
    values = result.values
    stages: dict[str, list[Item | None]] = {}
    for item in alone:
        if item.number in before:
            stages.setdefault(item.number, []).extend(item.stages)
    for one in expected.unlisted:
        if one.action != "none" and not check:
            stages.setdefault(one.item.identifier, []).extend([one.item, dataclasses.replace(one.item, active=False)])
    created = [
        _unnumbered(item.vault.items[item.number]) for item in alone if item.actions[:1] == ["create"] and not check
    ]
    new = [_unnumbered(after[number]) for number in after if number not in before]
    for item_ in new:
        assert item_ in created, "something was created that no item describes"
        created.remove(item_)
    _nothing_else_moved(before, {number: item for number, item in after.items() if number in before}, stages)
    _told(values, before, after)
    if "error" not in values:
        assert not expected.kind, "it succeeded where it cannot"
        # What the tag filter finds and nobody could read may have another tag: it is told, left alone, and fails nothing.
        if not any("error" in one for one in values.get("unlisted", ())):
            stored(after, expected.vault.items)
            assert values["summary"] == expected.summary


def _nothing_else_moved(before: Items, after: Items, stages: t.Mapping[str, t.Sequence[Item | None]]) -> None:
    for number in {*before, *after}:
        if before.get(number) != after.get(number):
            assert after.get(number) in stages.get(number, ()), f"{number} is what no step of the task makes of it"


def _told(values: t.Mapping[str, t.Any], before: Items, after: Items) -> None:
    assert values["changed"] or before == after, "the vault moved, and changed is false"


def _is_of(entity: t.Mapping[str, t.Any], item: Item, hidden: t.Container[str]) -> None:
    """Check that what is told of an API secret is true; null is what is not known."""
    for name in TEXTS:
        if name != "client_secret" and name not in hidden and entity[name] is not None:
            assert entity[name] == getattr(item, name), name


def _unnumbered(item: Item) -> Item:
    return dataclasses.replace(item, identifier="")
