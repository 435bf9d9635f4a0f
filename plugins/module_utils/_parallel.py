# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Asks for many at once: the same call for every item, over a few connections, in the order of the items."""

from __future__ import annotations

import threading
import typing as t

from ._errors import MySafeError

#: How many calls are under way at once at the most, each on a connection of its own.
CONNECTIONS = 8

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


def each(call: t.Callable[[Item], Value], items: t.Sequence[Item]) -> list[Value]:
    """Return what the call returned for every item.

    Of the failures that there were, the first in order is raised. After a failure no other call is begun: a vault that
    is down is not asked a thousand times.
    """
    if len(items) < 2:
        return [call(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor  # a task about one secret does not need it

    stopped = threading.Event()

    def attempt(item: Item) -> Value | None:
        if stopped.is_set():
            return None  # nobody sees it, as the failure is raised
        try:
            return call(item)
        except MySafeError:
            stopped.set()
            raise

    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(items))) as pool:
        return t.cast("list[Value]", list(pool.map(attempt, items)))
