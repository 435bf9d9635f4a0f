# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Keeps what a run wrote, whether that changed anything, and what the API secret is known to be. The outcome follows."""

from __future__ import annotations

import typing as t

from .entity import Entity, hidden
from .plan import Action, Step

if t.TYPE_CHECKING:
    from .._errors import MySafeError


class Outcome(t.NamedTuple):
    """What was done, or in check mode would be; with ``error`` where it failed. Secret fields of ``api_entity`` are hidden.

    On failure ``api_entity`` is what is known of a secret that was written to: None for fields that are not known.
    """

    changed: bool
    action: str
    api_entity: Entity | None
    diff: dict[str, dict[str, t.Any]]
    warnings: tuple[str, ...] = ()
    error: MySafeError | None = None

    @property
    def note(self) -> str:
        """What to remember after a deactivation; empty after everything else."""
        if self.action != Action.DEACTIVATE.value or self.error is not None or self.api_entity is None:
            return ""
        number = self.api_entity["identifier"]
        return (
            f"MySafe may no longer list the API secret, as it is inactive. Keep its number {number}: identifier: {number} with"
            " state: present activates it again."
        )


class Journal:
    """The journal of one run."""

    def __init__(self) -> None:
        self._written: list[tuple[Step, bool]] = []
        self._entity: Entity | None = None
        self._warnings: list[str] = []

    def wrote(self, step: Step, entity: Entity | None, *, changed: bool) -> None:
        """Record a write, or what more is known of the last one, and what the secret is known to be after it.

        ``changed``: whether the write changed the vault, or may have.
        """
        if self._written and self._written[-1][0] is step:
            self._written.pop()
        else:
            self._warnings.extend(step.warnings)
        self._written.append((step, changed))
        self._entity = entity

    @property
    def has_written(self) -> bool:
        """Whether the run changed anything so far, or may have."""
        return any(changed for _step, changed in self._written)

    def saw(self, entity: Entity | None) -> None:
        """Record what the secret was seen to be."""
        self._entity = entity

    def took_back(self) -> None:
        """Record that the vault is again as it was before the run."""
        self._written = [(step, False) for step, _changed in self._written]

    def ends_with(self, step: Step) -> None:
        """Record the last step: one in which nothing is left to do, or in check mode the one that would be written."""
        self._warnings.extend(step.warnings)
        if step.action is not Action.NONE:
            self._written.append((step, True))
        if self._entity is None:
            self._entity = step.entity

    def outcome(self, error: MySafeError | None = None) -> Outcome:
        """Return the outcome of the run, which ended with this failure or well."""
        effective = [step for step, changed in self._written if changed]
        before: dict[str, t.Any] = {}
        after: dict[str, t.Any] = {}
        for step in effective:
            before.update({name: value for name, value in step.before.items() if name not in after})
            after.update(step.after)
        return Outcome(
            changed=self.has_written,
            action=_summed_up([step.action for step in effective]),
            api_entity=hidden(self._entity),
            diff={"before": before, "after": after},
            warnings=tuple(self._warnings),
            error=error,
        )


def _summed_up(actions: t.Sequence[Action]) -> str:
    """Return the actions as one; an update that completes a create is part of it."""
    if Action.CREATE in actions:
        return Action.CREATE.value
    return "+".join(dict.fromkeys(action.value for action in actions)) or Action.NONE.value
