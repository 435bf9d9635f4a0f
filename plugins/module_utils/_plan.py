# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Decides what has to be done to one API secret: what is there + what is wanted -> a plan. No input, no output.

Check mode and diff are taken from the plan, and the real run carries out the very same plan.
"""

from __future__ import annotations

import typing as t

from ._entity import REQUIRED_FIELDS, SHARING_FIELDS, TEXT_FIELDS, Entity, entity, looks_unreadable, same
from ._errors import MySafeError
from ._secrets import HIDDEN

if t.TYPE_CHECKING:
    from ._desired import Desired


class Current(t.NamedTuple):
    """What is there.

    No ``identifier``: there is no such secret. ``entity`` is None while the secret is inactive, as MySafe does not let
    it be read then. ``obstacle``: something is there that must not be touched, and why.
    """

    identifier: str = ""
    active: bool = True
    entity: Entity | None = None
    obstacle: MySafeError | None = None

    def __repr__(self) -> str:
        """Name it. No secret of the entity may end in a log."""
        return f"<Current {self.identifier or 'nothing'}>"


class Plan(t.NamedTuple):
    """What to do: ``action``, and for a create or update the ``body`` to send.

    ``entity`` is what will be there afterwards (with None for what cannot be known), ``before`` and ``after`` the
    fields that change, the client secret hidden.
    """

    action: str
    entity: Entity | None = None
    body: t.Mapping[str, t.Any] = {}
    before: t.Mapping[str, t.Any] = {}
    after: t.Mapping[str, t.Any] = {}
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name it. No secret of the body may end in a log."""
        return f"<Plan {self.action} of {', '.join(self.after) or 'nothing'}>"


def plan(current: Current, desired: Desired) -> Plan:
    """Return what has to be done so that the vault holds what is wanted.

    An inactive secret is activated first: only then its fields can be read, and a second plan tells the rest.
    Raises MySafeError where what is there must not be touched, or a field is missing that a create needs.
    """
    if current.obstacle is not None:
        if desired.update:
            raise current.obstacle
        return Plan("none", warnings=(f"Nothing was done, as update is false: {current.obstacle}",))
    if not current.identifier:
        return _create(desired) if desired.present else Plan("none")
    known = current.entity or _unread(current.identifier, desired)
    if not desired.present:
        return _deactivate(current, known, desired)
    if not current.active:
        return _activate(known, desired)
    return _update(known, desired)


def _create(desired: Desired) -> Plan:
    missing = [field for field in REQUIRED_FIELDS if field not in desired.fields]
    if missing:
        raise MySafeError(
            "invalid_input",
            f"Could not create {desired.called}: {', '.join(missing)} missing",
            cause="there is no such API secret yet, and MySafe needs these fields to create one",
            solution="give these options to the task, or check the identifier code if the API secret should exist",
        )
    body = {field: value for field, value in desired.fields.items() if value not in ("", [])}
    return Plan("create", entity=entity(body), body=body, after=_shown({}, body)[1])


def _deactivate(current: Current, known: Entity, desired: Desired) -> Plan:
    if not current.active:
        return Plan("none", entity=known)
    if not desired.update:
        return Plan("none", entity=known, warnings=(f"{_capital(desired.called)} was left active, as update is false",))
    return Plan("deactivate", entity=known, before={"active": True}, after={"active": False})


def _activate(known: Entity, desired: Desired) -> Plan:
    if not desired.update:
        return Plan(
            "none", entity=known, warnings=(f"{_capital(desired.called)} was left inactive, as update is false",)
        )
    return Plan("activate", entity={**known, **desired.fields}, before={"active": False}, after={"active": True})


def _update(known: Entity, desired: Desired) -> Plan:
    changes = {
        field: value
        for field, value in desired.fields.items()
        if not same(field, known[field], value) and (field != "client_secret" or desired.update_client_secret)
    }
    if not changes or not desired.update:
        return Plan("none", entity=known)
    # The pages of v3.33 and v4 contradict themselves on whether an update may leave these out.
    always = {field: known[field] for field in REQUIRED_FIELDS if known[field]}
    before, after = _shown(known, changes)
    return Plan("update", {**known, **changes}, {**always, **changes}, before, after, _doubts(known, changes, desired))


def _doubts(known: Entity, changes: Entity, desired: Desired) -> tuple[str, ...]:
    """Return warnings about fields that will differ again at the next run."""
    warnings = []
    for field, remedy in (
        ("client_secret", "With update_client_secret: on_create it is sent only to create."),
        ("notes", "Leave notes out of the task to avoid that."),
    ):
        if field in changes and looks_unreadable(known[field]):
            warnings.append(
                f"MySafe returns {field} of {desired.called} encrypted or masked, so it cannot be compared and is sent every"
                f" time. {remedy}"
            )
    if "client_secret" in changes and known["client_secret"] == changes["client_secret"].strip():
        warnings.append(
            f"The client secret for {desired.called} has white space around it, which MySafe seems to cut off. It will be"
            " sent every time unless the task gives it without."
        )
    return tuple(warnings)


def _unread(identifier: str, desired: Desired) -> Entity:
    """Return what is known of a secret that cannot be read: the fields are there, most of them None."""
    unread: Entity = dict.fromkeys(["identifier", *TEXT_FIELDS, *SHARING_FIELDS])
    known_code = None if desired.identifier else desired.identifier_code
    return {**unread, "identifier": identifier, "identifier_code": known_code, "shared_error": []}


def _shown(known: Entity, changes: Entity) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Return the changed fields as the diff shows them before and after."""
    before = {field: known[field] for field in changes if field in known}
    after = dict(changes)
    if "client_secret" in changes:
        if before.get("client_secret"):
            before["client_secret"] = HIDDEN
        if after["client_secret"]:
            after["client_secret"] = f"{HIDDEN} (changed)" if before.get("client_secret") else HIDDEN
    return before, after


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
