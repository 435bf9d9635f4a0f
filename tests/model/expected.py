# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a task that writes does to the model, and how it ends: written from the design, not from the plugins."""

from __future__ import annotations

import dataclasses
import typing as t

from .mysafe import BASE, Item, MySafe, RefusedError
from .wish import Wish


class Caller(t.NamedTuple):
    """Whose access key a task uses. ``sees_secrets``: what MySafe encrypts for the key can be decrypted."""

    key: str
    user: str
    sees_secrets: bool = True

    def unreadable(self, vault: MySafe) -> set[str]:
        """Return the fields that the task gets encrypted, and has no key for."""
        if self.sees_secrets:
            return set()
        return {"client_secret"} | ({"notes"} if vault.rules["encrypt_notes"] else set())


class FailedError(Exception):
    """A task fails, with this kind of error."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclasses.dataclass
class Expected:
    """How a task ends: ``kind`` of its error (empty: none), what it did, and what is stored then.

    ``number``: the API secret that it is about; empty where there is none. ``stages``: what that may be stored as at any
    moment of the task, None where it does not exist before. ``obstacle``: why it must not be touched, if so.
    """

    vault: MySafe
    number: str = ""
    kind: str = ""
    obstacle: str = ""
    actions: list[str] = dataclasses.field(default_factory=list)
    stages: list[Item | None] = dataclasses.field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether it reports a change."""
        return bool(self.actions)

    @property
    def action(self) -> str:
        """What it reports to have done."""
        return "+".join(self.actions) or "none"


def ensure(vault: MySafe, caller: Caller, wish: Wish, *, check: bool) -> Expected:
    """Return how the module ends for one API secret. The vault is left as it is."""
    expected = Expected(vault.copy())
    try:
        _Run(expected, caller, wish, check=check).run()
    except FailedError as failure:
        expected.kind = failure.kind
    except RefusedError as refusal:
        expected.kind = refusal.kind
    return expected


class Found(t.NamedTuple):
    """What the task means: a number, or nothing. ``obstacle``: why that must not be touched."""

    number: str = ""
    active: bool = True
    obstacle: str = ""


def find(vault: MySafe, user: str, wish: Wish) -> Found:
    """Return which API secret a task means."""
    if wish.number:
        found = _readable(vault, user, wish.number)
        if found.obstacle == "not_found":
            raise FailedError("not_found")
        return found
    certain, unclear = matching(vault, user, wish.code)
    if len(certain) == 1:
        return certain[0]
    possible = [*certain, *unclear]
    if not possible or (not wish.present and not any(found.active for found in possible)):
        return Found()
    return Found(obstacle="ambiguous")


def matching(vault: MySafe, user: str, code: str) -> tuple[list[Found], list[Found]]:
    """Return which listed API secrets have a code for certain, and which may have it as they cannot be read."""
    certain, unclear = [], []
    for item in vault.listed(user, code=code):
        found = _readable(vault, user, item.identifier)
        if found.active and not found.obstacle:
            if item.identifier_code == code:
                certain.append(found)
        elif is_exact(vault, code):
            certain.append(found)
        else:
            unclear.append(found)
    return certain, unclear


def is_exact(vault: MySafe, code: str) -> bool:
    """Whether asking for similar codes shows that the list has exact matches of this one only."""
    rule = vault.rules["identifier_code_filter"]
    is_caseless = rule == "case_insensitive" and code == code.swapcase()
    # Nothing is similar to a single character.
    return len(code) > 1 and (rule == "exact" or is_caseless)


def _readable(vault: MySafe, user: str, number: str) -> Found:
    try:
        vault.read(user, number)
    except RefusedError as refusal:
        if refusal.code == 1009:
            return Found(number, active=False)
        return Found(number, obstacle=refusal.kind)
    return Found(number)


class _Run:
    def __init__(self, expected: Expected, caller: Caller, wish: Wish, *, check: bool) -> None:
        self._expected = expected
        self._vault = expected.vault
        self._caller = caller
        self._wish = wish
        self._check = check

    def run(self) -> None:
        wish = self._wish
        found = find(self._vault, self._caller.user, wish)
        self._expected.number = found.number
        self._expected.obstacle = found.obstacle
        self._expected.stages.append(self._vault.items.get(found.number))
        if found.obstacle:
            if wish.update:
                raise FailedError(found.obstacle)
        elif not found.number:
            if wish.present:
                self._create()
        elif not wish.update:
            pass
        elif not wish.present:
            if found.active:
                self._switch("deactivate", found.number)
        elif found.active:
            self._update(found.number)
        else:
            self._switch("activate", found.number)
            if not self._check:
                self._vault.read(self._caller.user, found.number)
                self._update(found.number)

    def _switch(self, action: str, number: str) -> None:
        if not self._check:
            self._vault.set_active(self._caller.user, number, action == "activate")
        self._wrote(action, number)

    def _create(self) -> None:
        wish = self._wish
        if any(name not in wish.texts for name in BASE):
            raise FailedError("invalid_input")
        if self._check:
            self._expected.actions.append("create")
            return
        shares = {field: wish.applied(field, {}) for field in wish.shares}
        texts = {"identifier_code": wish.code, **wish.texts}
        item, refused = self._vault.create(self._caller.user, texts, shares)
        self._expected.number = item.identifier
        self._wrote("create", item.identifier)
        self._require_met(item, refused, was_created=True)

    def _update(self, number: str) -> None:
        before = self._vault.items[number]
        texts = self._wish.differing(before, unreadable=self._caller.unreadable(self._vault))
        shares = self._wish.changed_shares(before)
        if not texts and not shares:
            return
        if self._check:
            self._expected.actions.append("update")
            return
        base = {name: getattr(before, name) for name in BASE}
        after, refused = self._vault.update(self._caller.user, number, {**base, **texts}, shares)
        if after != before or (texts.keys() & self._caller.unreadable(self._vault)):
            self._wrote("update", number)
        self._require_met(after, refused)

    def _wrote(self, action: str, number: str) -> None:
        self._expected.actions.append(action)
        self._expected.stages.append(self._vault.items[number])

    def _require_met(self, item: Item, refused: set[str], *, was_created: bool = False) -> None:
        if refused:
            raise FailedError("sharing_incomplete")
        if not self._wish.is_met(item, was_created=was_created):
            raise FailedError("not_applied")
