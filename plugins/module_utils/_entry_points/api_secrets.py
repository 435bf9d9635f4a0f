# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The entry point of mysafe_api_secrets: from its parameters to its result."""

from __future__ import annotations

import typing as t
from collections import Counter

from .._api_secret import desired_list
from .._api_secret.desired import Desired
from .._api_secret.desired_list import DesiredList
from .._api_secret.ensure_list import Item, Progress, ensure_list
from .._api_secret.plan import Action
from .._api_secret.unlisted import Unlisted, unlisted
from .._errors import Kind, MySafeError
from .._http import connection
from .result import Params, Result, failure, hidden_in, run_with_api, shown_diff

if t.TYPE_CHECKING:
    from .._api_secret.endpoints import ApiSecrets
    from .._mysafe.sessions import Sessions

#: How many failures and warnings of items are shown in full: the results have all of them.
_SHOWN = 3
#: Action -> under what the summary counts it. An activation may be followed by an update.
_COUNTED = {
    Action.NONE.value: "unchanged",
    Action.CREATE.value: "created",
    Action.UPDATE.value: "updated",
    Action.ACTIVATE.value: "activated",
    Action.DEACTIVATE.value: "deactivated",
}


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of the module."""
    return {**connection.argument_spec(), **desired_list.argument_spec()}


def checked(params: Params) -> dict[str, t.Any]:
    """Return the options of the list in their types. Raises MySafeError (``invalid_input``) that names all its faults."""
    DesiredList.from_params(params)
    return desired_list.normal(params)


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    sessions: Sessions | None = None,
    tell: t.Callable[[Progress], None] = lambda _progress: None,
) -> Result:
    """Ensure that the API secrets of a list match the parameters. Failures are in the result.

    With ``sessions`` an open session is used and left open. ``tell`` is called after each API secret.
    """

    def work(api: ApiSecrets, wanted: DesiredList) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        items = ensure_list(api, wanted, check_mode=check_mode, tell=tell)
        left, problem = [], None
        if wanted.unlisted != "ignore":
            try:
                left = unlisted(api, wanted, items, check_mode=check_mode)
            except MySafeError as error:
                problem = error
        values: dict[str, t.Any] = {
            "changed": any(item.outcome.changed for item in items) or any(map(_is_changed, left)),
            "results": [_result(item) for item in items],
            "summary": _summary(items, left),
        }
        if wanted.unlisted != "ignore":
            values["unlisted"] = [_unlisted_result(one) for one in left]
        if diff:
            values["diff"] = _diffs(items, left)
        failed = _failure(items, left, problem)
        if failed is not None:
            values.update(failure(failed, api.client.secrets))
        return hidden_in(values, api.client.secrets), _warnings(items)

    return run_with_api(params, argument_spec(), sessions, DesiredList.from_params, work)


def _result(item: Item) -> dict[str, t.Any]:
    """Return what became of one item of the list."""
    outcome = item.outcome
    known = outcome.api_entity or {}
    result = {
        "identifier_code": item.desired.identifier_code or known.get("identifier_code") or None,
        "identifier": item.identifier or None,
        "changed": outcome.changed,
        "action": outcome.action,
    }
    if outcome.api_entity is not None:
        result["api_entity"] = outcome.api_entity
    if outcome.error is not None:
        result["error"] = outcome.error.entry()
    if outcome.warnings:
        result["warnings"] = list(outcome.warnings)
    if outcome.note:
        result["note"] = outcome.note
    return result


def _unlisted_result(one: Unlisted) -> dict[str, t.Any]:
    """Return what became of one API secret that is not in the list."""
    known = one.candidate.entity or {}
    result = {
        "identifier": one.candidate.identifier,
        "identifier_code": known.get("identifier_code"),
        "name": known.get("name") or (one.candidate.row.name if one.candidate.row is not None else None),
        "can_write": one.can_write,
        "changed": _is_changed(one),
        "action": one.outcome.action if one.outcome is not None else Action.NONE.value,
    }
    error = one.candidate.error or (one.outcome.error if one.outcome is not None else None)
    if error is not None:
        result["error"] = error.entry()
    return result


def _is_changed(one: Unlisted) -> bool:
    return one.outcome is not None and one.outcome.changed


def _summary(items: t.Sequence[Item], left: t.Sequence[Unlisted]) -> dict[str, int]:
    counts: Counter[str] = Counter(map(_counted, items))
    for one in left:
        if one.outcome is not None:
            counts["failed" if one.outcome.error is not None else _COUNTED[one.outcome.action]] += 1
    names = (*_COUNTED.values(), "failed", "untried")
    return {"total": len(items), **{name: counts[name] for name in names}, "unlisted": len(left)}


def _counted(item: Item) -> str:
    """Return under what the summary counts an item."""
    error = item.outcome.error
    if error is not None:
        return "untried" if error.kind is Kind.NOT_TRIED else "failed"
    return _COUNTED[item.outcome.action.partition("+")[0]]


def _diffs(items: t.Sequence[Item], left: t.Sequence[Unlisted]) -> list[dict[str, t.Any]]:
    done = [(item.desired, item.outcome) for item in items]
    done += [(Desired(identifier=one.candidate.identifier), one.outcome) for one in left if one.outcome is not None]
    return [shown_diff(desired, outcome) for desired, outcome in done if outcome.changed]


def _failure(items: t.Sequence[Item], left: t.Sequence[Unlisted], problem: MySafeError | None) -> MySafeError | None:
    """Return the failure of the task; None where nothing failed. ``problem``: the unlisted ones could not be listed."""
    failures = [
        (f"item {place}", item.desired.identifier_code or item.desired.identifier, item.outcome.error)
        for place, item in enumerate(items, 1)
        if item.outcome.error is not None and item.outcome.error.kind is not Kind.NOT_TRIED
    ]
    failed_items = len(failures)
    failures += [
        ("unlisted", one.candidate.identifier, one.outcome.error)
        for one in left
        if one.outcome is not None and one.outcome.error is not None
    ]
    if not failures:
        return problem
    untried = sum(_counted(item) == "untried" for item in items)
    told = [f"{place} ('{name}'): {error.message} ({error.cause})" for place, name, error in failures[:_SHOWN]]
    told += [f"{place} ('{name}')" for place, name, _error in failures[_SHOWN:]]
    if problem is not None:
        told.append(f"the unlisted ones could not be looked for: {problem.message} ({problem.cause})")
    counts = [f"{failed_items} of {len(items)} items of the list failed"] if failed_items else []
    if len(failures) > failed_items:
        others = len(failures) - failed_items
        counts.append(f"{others} unlisted API secret{'' if others == 1 else 's'} could not be deactivated")
    if untried:
        counts.append(f"{untried} {'was' if untried == 1 else 'were'} not tried")
    message = ", and ".join(counts)
    return MySafeError(
        Kind.ITEMS_FAILED,
        f"{message[0].upper()}{message[1:]}",
        cause="; ".join(told),
        solution="correct what the error of each one in the results names, and run the task again: it does the rest",
    )


def _warnings(items: t.Sequence[Item]) -> tuple[str, ...]:
    """Return the warnings of the items, each once, and how many are left out."""
    warnings = list(dict.fromkeys(warning for item in items for warning in item.outcome.warnings))
    more = len(warnings) - _SHOWN
    if more > 0:
        warnings[_SHOWN:] = [f"There are {more} more warnings of this kind, in the results of the items."]
    return tuple(warnings)
