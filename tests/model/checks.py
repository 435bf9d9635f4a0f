# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Compares what a task returned and what is stored with what the model says."""

from __future__ import annotations

import typing as t

from .expected import FailedError
from .expected_reads import entries, look_up
from .mysafe import Item, MySafe

if t.TYPE_CHECKING:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.lookup import Lookup
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result

    from .expected import Caller, Expected
    from .expected_list import ExpectedList

Items = t.Mapping[str, Item]
Notices = t.Mapping[str, int]


def ended(result: Result, expected: Expected) -> None:
    """Check how a task ended without faults."""
    values = result.values
    kind = values["error"]["kind"] if "error" in values else ""
    told = (kind, values["changed"], "" if kind else values["action"])
    assert told == (expected.kind, expected.changed, "" if expected.kind else expected.action), values.get("msg")


def stored(actual: Items, expected: Items) -> None:
    """Check that the vault holds what it should."""
    assert {number: actual.get(number) for number in {*actual, *expected}} == {
        number: expected.get(number) for number in {*actual, *expected}
    }


def refused(result: Result, kind: str) -> None:
    """Check that a task failed and wrote nothing."""
    values = result.values
    assert ("error" in values and values["error"]["kind"], values["changed"]) == (kind, False)


def list_ended(result: Result, expected: ExpectedList, *, check: bool, hidden: t.Container[str]) -> None:
    """Check how a task with a list ended without faults."""
    values = result.values
    kinds = [one.get("error", {}).get("kind", "") for one in values["results"]]
    assert kinds == [one.kind for one in expected.items]
    assert [one["changed"] for one in values["results"]] == [one.changed for one in expected.items]
    for told, item in zip(values["results"], expected.items):
        if not item.kind:
            assert told["action"] == item.action
            shows_outcome(told, item, check=check, hidden=hidden)
    left = [(one["identifier"], one["can_write"], one["action"]) for one in values.get("unlisted", ())]
    assert left == [(one.item.identifier, one.can_write, one.action) for one in expected.unlisted]
    assert values["summary"] == expected.summary
    kind = values["error"]["kind"] if "error" in values else ""
    assert (kind, values["changed"]) == (expected.kind, expected.changed)


def read(
    result: Result, vault: MySafe, caller: Caller, query: t.Mapping[str, str], options: t.Mapping[str, bool]
) -> None:
    """Check what the info module returned."""
    values = result.values
    assert "error" not in values, values["msg"]
    found = values["api_secrets"]
    expected = entries(vault, caller.user, query, details=options["details"])
    assert [(one["identifier"], (one["error"] or {}).get("kind", "")) for one in found] == [
        tuple(one) for one in expected
    ]
    for one in found:
        item = vault.items[one["identifier"]]
        assert one["can_write"] in (None, vault.may_edit(caller.user, item))
        if options["details"] and one["error"] is None:
            shows(one, item, caller.unreadable(vault))
            if options["reveal"] and caller.sees_secrets:
                assert one["client_secret"] == item.client_secret


def looked_up(found: Lookup | None, kind: str, vault: MySafe, caller: Caller, codes: t.Sequence[str]) -> None:
    """Check what the lookup found, or the kind of its failure."""
    try:
        expected = look_up(vault, caller.user, codes)
    except FailedError as failure:
        assert kind == failure.kind
        return
    assert found is not None, kind
    assert [one.option for one in found.fetched] == [one.option for one in expected]
    for one, wanted in zip(found.fetched, expected):
        shows(one.entity, wanted.item, caller.unreadable(vault))
        if one.entity and wanted.item and caller.sees_secrets:
            assert one.entity["client_secret"] == wanted.item.client_secret


def not_notified(before: Items, notices: Notices, after: Items, new_notices: Notices) -> None:
    """Check that MySafe told nobody about a share that did not change."""
    for number, item in before.items():
        if (item.users, item.groups) == (after[number].users, after[number].groups):
            assert notices[number] == new_notices[number], f"the sharing of {number} was sent again"


def shows_outcome(values: t.Mapping[str, t.Any], expected: Expected, *, check: bool, hidden: t.Container[str]) -> None:
    """Check the API secret that a task returned after a success, if it can be read."""
    item = expected.vault.items.get(expected.number)
    if not check and not expected.obstacle and (item is None or item.active):
        shows(values.get("api_entity"), item, hidden)


def shows(entity: t.Mapping[str, t.Any] | None, item: Item | None, hidden: t.Container[str]) -> None:
    """Check that a result shows an API secret as it is stored."""
    assert (entity is None) == (item is None)
    if entity is None or item is None:
        return
    for name in ("identifier", "name", "url", "client_id", "identifier_code", "method", "tags", "notes"):
        if name not in hidden:
            assert entity[name] == getattr(item, name), name
    assert bool(entity["client_secret"]) == bool(item.client_secret)
    assert {share["username"]: share["can_edit"] for share in entity["users_allowed"]} == item.users
    assert {share["name"]: share["can_edit"] for share in entity["groups_allowed"]} == item.groups
