# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Ensures that every API secret of a list matches a task: each by itself, several at once, none twice."""

from __future__ import annotations

import contextlib
import threading
import typing as t

from .._errors import Kind, MySafeError
from .._parallel import completed
from .._stop import Stop
from .ensure import ensure
from .journal import Outcome
from .plan import Action

if t.TYPE_CHECKING:
    from .desired import Desired
    from .desired_list import DesiredList
    from .endpoints import ApiSecrets

NOT_TRIED = MySafeError(
    Kind.NOT_TRIED,
    "The API secret was not tried",
    cause="another one failed before its turn, and on_error is stop",
    solution="run the task again: it finds what is there and does the rest",
)


class Item(t.NamedTuple):
    """One API secret of the list: what was wanted, what became of it, and its number as far as it is known."""

    desired: Desired
    outcome: Outcome
    identifier: str = ""


class Progress(t.NamedTuple):
    """How far a run has come, in numbers of API secrets."""

    total: int
    done: int = 0
    created: int = 0
    failed: int = 0

    def after(self, outcome: Outcome) -> Progress:
        """Return the progress when one more is done."""
        is_failed = outcome.error is not None
        is_created = outcome.action == Action.CREATE.value and not is_failed
        return Progress(self.total, self.done + 1, self.created + is_created, self.failed + is_failed)


def ensure_list(
    api: ApiSecrets, wanted: DesiredList, *, check_mode: bool, tell: t.Callable[[Progress], None]
) -> list[Item]:
    """Ensure that the API secrets match what is wanted; return what became of each, in the order of the list.

    ``tell`` is called in this thread after each one. Raises MySafeError where the login failed, before anything else was
    sent.
    """
    if wanted.items:
        api.client.keep(wanted.concurrency)
        api.client.log_in()
    claims = _Claims(wanted.items)
    done: dict[int, Item] = {}
    progress = Progress(len(wanted.items))
    failed = threading.Event()

    def work(index: int) -> Item:
        api.client.begin_item()
        desired = wanted.items[index]
        outcome = ensure(api, desired, check_mode=check_mode, claim=lambda number: claims.claim(index, number))
        number = str((outcome.api_entity or {}).get("identifier") or claims.number_of(index) or desired.identifier)
        claims.keep(index, number)
        if outcome.error is not None and wanted.stops_on_error:
            failed.set()
        return Item(desired, outcome, number)

    # Items that are addressed by their number come after the others: by then it is known which numbers those have.
    for group in _by_address(wanted.items):
        with contextlib.closing(
            completed(work, group, Stop(), connections=wanted.concurrency, goes_on=lambda: not failed.is_set())
        ) as results:
            for place, item, failure in results:
                if failure is not None:
                    raise failure
                finished = done[group[place]] = t.cast("Item", item)
                progress = progress.after(finished.outcome)
                tell(progress)
    untried = Outcome(changed=False, action="none", api_entity=None, diff={}, error=NOT_TRIED)
    return [done.get(index) or Item(desired, untried, desired.identifier) for index, desired in enumerate(wanted.items)]


def _by_address(items: t.Sequence[Desired]) -> tuple[list[int], list[int]]:
    """Return the indexes of the items to look up by code, and of those with a number."""
    places = range(len(items))
    return [i for i in places if not items[i].identifier], [i for i in places if items[i].identifier]


class _Claims:
    """Which item of the list each API secret belongs to: a code and a number may turn out to mean the same one."""

    def __init__(self, items: t.Sequence[Desired]) -> None:
        self._items = items
        self._owners = {item.identifier: index for index, item in enumerate(items) if item.identifier}
        self._numbers: dict[int, str] = {}
        self._lock = threading.Lock()

    def claim(self, index: int, number: str) -> None:
        """Let an item have an API secret. Raises MySafeError (kind ``invalid_input``) where another one has it."""
        with self._lock:
            owner = self._owners.get(number, index)
            if owner > index and self._items[owner].identifier:
                owner = index  # that one has not begun, and will fail
            self._owners[number] = owner
            self._numbers[index] = number
        if owner != index:
            raise MySafeError(
                Kind.INVALID_INPUT,
                f"Did not touch {self._items[index].called}: it has the number {number}, and so it is"
                f" {self._items[owner].called}, which is in the list too",
                cause="the same API secret is described twice",
                solution="remove one of the two items",
            )

    def keep(self, index: int, number: str) -> None:
        """Note the number of an API secret that was created, or whose number is known at the end only."""
        if number and index not in self._numbers:
            with self._lock:
                self._owners[number] = index  # it is new, whatever other item names the number

    def number_of(self, index: int) -> str:
        """Return the number that was found for an item; empty where none was."""
        return self._numbers.get(index, "")
