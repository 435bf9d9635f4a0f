# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about sharing, and about what another user sees."""

from __future__ import annotations

import typing as t

from .bench import entity, group_names, user_names, users
from .failures import Inconclusive
from .question import Area, Findings, Need, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench, Caller
    from .client import Answer

AREA = Area("Sharing")
#: Asked about an inactive secret.
LATE = Area("Sharing")


@AREA.question("What a user gets who may not see a secret", "denied_code", needs=(Need.SECOND_KEY,))
def denied(bench: Bench) -> Findings:
    """Read the first secret as the second user."""
    second = _second(bench)
    answer = second.get(bench.first.identifier)
    if answer.succeeded:
        raise Inconclusive("the second user sees what is not shared with them")
    listed = second.lists(bench.first.identifier, identifier_code=bench.first.code)
    bench.note(f"A secret of somebody else is {'listed' if listed else 'not listed'}.")
    return {"denied_code": answer.code or Unknown(f"it is {answer.outcome}")}


@AREA.question("How a share with an unknown user is reported", "shared_error_shape", "shared_error_status")
def unknown_user(bench: Bench) -> Findings:
    """Share with a user name that does not exist, in a create and in an update. Nobody gets an e-mail for that."""
    nobody = bench.code("nobody")
    share = [{"username": nobody}]
    new, created = bench.create(bench.own, "Fourth", users_allowed=share)
    if not created.succeeded:
        raise created.inconclusive("the create")
    updated = new.caller.update(new.identifier, {**new.base, "users_allowed": share})
    bench.deactivate(new)
    errors = entity(created).get("shared_error")
    if not isinstance(errors, list) or not errors:
        raise Inconclusive("shared_error is empty although the user does not exist")
    return {"shared_error_shape": _shape(errors[0], nobody), "shared_error_status": _status(bench, created, updated)}


@AREA.question("What sharing with the owner does", "share_with_owner", needs=(Need.SHARING, Need.OWN_NAME))
def with_owner(bench: Bench) -> Findings:
    """Share the third secret with its owner."""
    third, owner = bench.third, bench.settings.own.username
    answer = bench.update(third, users_allowed=[{"username": owner}])
    if entity(answer).get("shared_error"):
        return {"share_with_owner": "shared_error"}
    return {"share_with_owner": "kept" if owner in user_names(bench.read(third)) else "dropped"}


@AREA.question(
    "How sharing is shown, kept and cleared",
    "get_users_key",
    "write_users_key",
    "empty_array_clears_sharing",
    needs=(Need.SHARING, Need.PARTNER),
)
def share(bench: Bench) -> Findings:
    """Share the first secret, update it without the arrays, and then with empty ones."""
    second, group = bench.settings.second, bench.settings.group
    user = second.username if second else ""
    arrays = {
        **({"users_allowed": [{"username": user}]} if user else {}),
        **({"groups_allowed": [{"name": group}]} if group else {}),
    }
    answer = bench.update(bench.first, **arrays)
    if entity(answer).get("shared_error"):
        bench.note("Sharing with the user or the group of the configuration was refused in part.")
    shared = bench.read(bench.first)
    if not _is_shared(shared):
        raise Inconclusive("nobody has the secret after sharing it")
    _as_partner(bench)
    bench.update(bench.first)
    bench.note(f"Sharing that an update leaves out is {'kept' if _is_shared(bench.read(bench.first)) else 'cleared'}.")
    cleared = bench.update(bench.first, **{name: [] for name in arrays})
    return {
        "get_users_key": _users_key(shared) or _NO_USER,
        # An update may show what there was before it.
        "write_users_key": _users_key(entity(answer)) or _users_key(entity(cleared)) or _NO_USER,
        "empty_array_clears_sharing": not _is_shared(bench.read(bench.first)),
    }


@LATE.question("Whether access is checked before the status", needs=(Need.SECOND_KEY,))
def order(bench: Bench) -> Findings:
    """Read the first secret, now inactive, as the second user."""
    answer = _second(bench).get(bench.inactive_first().identifier)
    bench.note(f"An inactive secret of somebody else: {answer.outcome}.")
    return {}


_NO_USER = Unknown("the secret was not shared with a user")


def _second(bench: Bench) -> Caller:
    assert bench.second is not None
    return bench.second


def _as_partner(bench: Bench) -> None:
    """Note what the second user can do with a secret that they may view."""
    if bench.second is None:
        return
    first = bench.first
    row = next(
        (
            row
            for row in bench.second.listing(identifier_code=first.code)
            if str(row.get("identifier")) == first.identifier
        ),
        None,
    )
    if row is None:
        bench.note("A shared secret is not listed for the other user.")
        return
    answer = bench.second.update(first.identifier, first.base)
    bench.note(
        f"A secret shared to view: can_view is {row.get('can_view') is True}, can_write is {row.get('can_write') is True};"
        f" an update: {answer.outcome}."
    )


def _is_shared(fields: dict[str, t.Any]) -> bool:
    return bool(user_names(fields) or group_names(fields))


def _users_key(fields: dict[str, t.Any]) -> str:
    for entry in users(fields):
        for key in ("username", "name"):
            if key in entry:
                return key
    return ""


def _shape(entry: t.Any, name: str) -> t.Any:
    if isinstance(entry, dict):
        return "object" if name in entry.values() else Unknown("the entry is an object without the name")
    if entry == name:
        return "username_only"
    if isinstance(entry, str):
        return "string" if name in entry else Unknown("the entry is a text without the name")
    return Unknown("the entry has a form for which the switch has no value")


def _status(bench: Bench, created: Answer, updated: Answer) -> t.Any:
    """Tell from a create, which is usually 201, and an update whether the status is another one than usual."""
    usual = bench.findings.get("update_status")
    if not updated.succeeded or not isinstance(usual, int):
        return Unknown("no update was answered to compare it with")
    if (created.status, updated.status) == (201, usual):
        return Unknown("every create and update has this status (update_status)") if usual == 201 else 0
    if created.status == updated.status:
        return created.status
    return Unknown("a create and an update differ in it")
