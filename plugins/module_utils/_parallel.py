# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Asks for many at once: the same call for every item, over a few connections, in the order of the items."""

from __future__ import annotations

import typing as t

#: How many calls are under way at once at the most, each on a connection of its own.
CONNECTIONS = 8

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


def each(call: t.Callable[[Item], Value], items: t.Sequence[Item]) -> list[Value]:
    """Return what the call returned for every item.

    The first failure is raised. After it no further call is begun: a vault that is down is not asked a thousand times.
    """
    if len(items) < 2:
        return [call(item) for item in items]
    # A task about one secret does not need it.
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(items))) as pool:
        futures = [pool.submit(call, item) for item in items]
        wait(futures, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
    # Those that were cancelled come after the one that failed, as they are begun in order.
    return [future.result() for future in futures]
