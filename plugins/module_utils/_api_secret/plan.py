# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Decides the next step for one API secret: what is there + what is wanted -> a step. No input, no output.

Check mode and diff come from the step, and a real run writes the very same step.
"""

from __future__ import annotations

import enum
import typing as t

from .._errors import Kind, MySafeError
from .._secrets import HIDDEN
from .entity import Entity, entity, unread
from .fields import FIELDS, REQUIRED

if t.TYPE_CHECKING:
    from .desired import Desired
    from .fields import Sharing


class Action(str, enum.Enum):
    """What is done to an API secret in one step."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"


class Current(t.NamedTuple):
    """What is there.

    No ``identifier``: there is no such secret. ``entity`` is None while the secret is inactive, as MySafe does not let
    it be read then. ``obstacle``: something is there that must not be touched, and why. ``lookalikes``: other secrets
    that were listed, whose code differs in the case of its letters only.
    """

    identifier: str = ""
    active: bool = True
    entity: Entity | None = None
    obstacle: MySafeError | None = None
    lookalikes: tuple[Entity, ...] = ()

    def __repr__(self) -> str:
        """Name it. No secret of the entity may end in a log."""
        return f"<Current {self.identifier or 'nothing'}>"


class Step(t.NamedTuple):
    """The next thing to do.

    ``known`` is the secret before, None where there is none. ``changes`` holds the fields to write. ``entity`` is the
    secret afterwards, with None for what cannot be known. ``merges`` names the changes that keep a part of what is there.
    """

    action: Action
    known: Entity | None = None
    changes: t.Mapping[str, t.Any] = {}
    entity: Entity | None = None
    warnings: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Name it. No secret of the changes may end in a log."""
        return f"<Step {self.action.value} of {', '.join(self.changes) or 'nothing'}>"

    @property
    def identifier(self) -> str:
        """The number of the secret; empty where there is none."""
        return str(self.known["identifier"]) if self.known else ""

    @property
    def shares(self) -> dict[str, dict[str, bool | None]]:
        """Of the fields in ``merges``: the names that are touched, with the right that each is to have, None for none."""
        known = self.known or {}
        return {
            name: t.cast("Sharing", FIELDS[name]).touched(known.get(name), self.changes[name]) for name in self.merges
        }

    @property
    def body(self) -> dict[str, t.Any]:
        """What a create or an update sends; an update sends the required fields too."""
        known = self.known if self.known and self.action is Action.UPDATE else {}
        return {**{name: known[name] for name in REQUIRED if known.get(name)}, **self.changes}

    @property
    def before(self) -> dict[str, t.Any]:
        """What changes, as the diff shows it before."""
        if self.action in (Action.ACTIVATE, Action.DEACTIVATE):
            return {"active": self.action is Action.DEACTIVATE}
        known = self.known or {}
        return {
            name: HIDDEN if FIELDS[name].secret and known[name] else known[name]
            for name in self.changes
            if name in known
        }

    @property
    def after(self) -> dict[str, t.Any]:
        """What changes, as the diff shows it afterwards."""
        if self.action in (Action.ACTIVATE, Action.DEACTIVATE):
            return {"active": self.action is Action.ACTIVATE}
        shown = dict(self.changes)
        for name, value in self.changes.items():
            if FIELDS[name].secret and value:
                shown[name] = f"{HIDDEN} (changed)" if self.before.get(name) else HIDDEN
        return shown


def plan(current: Current, desired: Desired) -> Step:
    """Return the next step towards what is wanted; ``Action.NONE`` where there is nothing left to do.

    An inactive secret is activated first: only then can its fields be read, and the next plan tells the rest.
    Raises MySafeError where what is there must not be touched, or a field is missing that a create needs.
    """
    if current.obstacle is not None:
        if desired.update:
            raise current.obstacle
        return Step(Action.NONE, warnings=(f"Nothing was done, as update is false: {current.obstacle}",))
    if not current.identifier:
        return _create(desired) if desired.present else Step(Action.NONE)
    code = {} if desired.identifier else {"identifier_code": desired.identifier_code}
    known = current.entity or unread(current.identifier, **code)
    if not desired.present:
        return _deactivate(current, known, desired)
    if not current.active:
        return _activate(known, desired)
    return _update(known, desired)


def _create(desired: Desired) -> Step:
    missing = [name for name in REQUIRED if name not in desired.fields]
    if missing:
        raise MySafeError(
            Kind.INVALID_INPUT,
            f"Could not create {desired.called}: {', '.join(missing)} missing",
            cause="there is no such API secret yet, and MySafe needs these fields to create one",
            solution="give these options to the task; if the API secret should exist, check the identifier code, or give its"
            " number as identifier where it is inactive and MySafe does not list it",
        )
    wanted = desired.applied({})
    changes = {name: value for name, value in wanted.items() if value != FIELDS[name].empty}
    return Step(Action.CREATE, changes=changes, entity=entity(changes))


def _deactivate(current: Current, known: Entity, desired: Desired) -> Step:
    if not current.active:
        return Step(Action.NONE, known, entity=known)
    if not desired.update:
        warning = f"{_capital(desired.called)} was left active, as update is false"
        return Step(Action.NONE, known, entity=known, warnings=(warning,))
    return Step(Action.DEACTIVATE, known, entity=known)


def _activate(known: Entity, desired: Desired) -> Step:
    if not desired.update:
        warning = f"{_capital(desired.called)} was left inactive, as update is false"
        return Step(Action.NONE, known, entity=known, warnings=(warning,))
    wanted = {
        name: value
        for name, value in desired.applied(known).items()
        if desired.update_client_secret or not FIELDS[name].secret
    }
    return Step(Action.ACTIVATE, known, entity={**known, **wanted})


def _update(known: Entity, desired: Desired) -> Step:
    changes = {
        name: value
        for name, value in desired.applied(known).items()
        if not FIELDS[name].same(known[name], value) and (desired.update_client_secret or not FIELDS[name].secret)
    }
    if not changes or not desired.update:
        return Step(Action.NONE, known, entity=known)
    merges = tuple(name for name in desired.merged if name in changes)
    return Step(Action.UPDATE, known, changes, {**known, **changes}, _doubts(known, changes, desired), merges)


def _doubts(known: Entity, changes: Entity, desired: Desired) -> tuple[str, ...]:
    """Return warnings about fields that will differ again at the next run."""
    warnings = []
    for name, wanted in changes.items():
        if FIELDS[name].is_unreadable(known[name]):
            remedy = (
                "With update_client_secret: on_create it is sent only to create."
                if FIELDS[name].secret
                else f"Leave {name} out of the task to avoid that."
            )
            if FIELDS[name].is_ciphertext(known[name]):
                remedy = f"Give the private key of the access key in decryption_key to have it compared. {remedy}"
            warnings.append(
                f"MySafe returns {name} of {desired.called} encrypted or masked, so it cannot be compared and is sent every"
                f" time. {remedy}"
            )
        elif FIELDS[name].secret and known[name] == wanted.strip():
            warnings.append(
                f"The {name.replace('_', ' ')} for {desired.called} has white space around it, which MySafe seems to"
                " remove. It will be sent every time unless the task gives it without."
            )
    return tuple(warnings)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
