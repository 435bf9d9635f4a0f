# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads many at once: the same call for every item, over a few connections, in the order of the items."""

from __future__ import annotations

import typing as t

from ._errors import MySafeError

#: How many calls are under way at once at the most, each on a connection of its own.
CONNECTIONS = 8

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


def each(call: t.Callable[[Item], Value], items: t.Sequence[Item]) -> list[Value | MySafeError]:
    """Return for every item what the call returned, or the MySafeError that it raised."""

    def attempt(item: Item) -> Value | MySafeError:
        try:
            return call(item)
        except MySafeError as error:
            return error

    if len(items) < 2:
        return [attempt(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor  # a task about one secret does not need it

    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(items))) as pool:
        return list(pool.map(attempt, items))
