# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Asks for many at once: the same call for every item, over a few connections.

Whatever ends the caller (a failure, Ctrl-C, the timeout of a task) ends the threads too: those that wait stop waiting,
and the connections that they read from are cut.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import typing as t

from ._stop import CONNECTIONS, Stop

#: How long to wait for threads whose connections were cut, in seconds. They have nothing to do but to end.
_GRACE = 1.0

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


def each(call: t.Callable[[Item], Value], items: t.Sequence[Item], *, connections: int | None = None) -> list[Value]:
    """Return what the call returned for every item, in the order of the items.

    If calls fail, the first failure in the order of the items is raised. After a failure no other call is begun: a vault
    that is down is not asked a thousand times. Inside a call that is itself one of many, they are made one by one.
    """
    if len(items) < 2 or Stop.of_this_thread() is not None:
        return [call(item) for item in items]
    stop = Stop()

    def attempt(item: Item) -> Value:
        try:
            return call(item)
        except BaseException:
            stop.set()
            raise

    values: dict[int, Value] = {}
    failures: dict[int, BaseException] = {}
    with contextlib.closing(completed(attempt, items, stop, connections=connections or CONNECTIONS)) as all_of_them:
        for index, value, failure in all_of_them:
            if failure is not None:
                failures[index] = failure
            else:
                values[index] = t.cast("Value", value)
    if failures:
        raise failures[min(failures)]
    return [values[index] for index in range(len(items))]


def completed(
    call: t.Callable[[Item], Value],
    items: t.Sequence[Item],
    stop: Stop,
    *,
    connections: int,
    goes_on: t.Callable[[], bool] = lambda: True,
) -> t.Generator[tuple[int, Value | None, BaseException | None], None, None]:
    """Yield the index of every item with what the call returned or raised, as soon as it has.

    The items are begun in their order, none after ``goes_on`` is false; those under way come to their end. Closed before
    its end, it ends the threads: use it with ``contextlib.closing``.
    """
    waiting = iter(range(len(items)))
    lock = threading.Lock()
    ended: queue.SimpleQueue[tuple[int, Value | None, BaseException | None] | None] = queue.SimpleQueue()

    def work() -> None:
        stop.obeyed_here()
        while not stop.is_set():
            with lock:
                index = next(waiting, None) if goes_on() else None
            if index is None:
                break
            try:
                ended.put((index, call(items[index]), None))
            except BaseException as exc:  # noqa: BLE001 - it is the caller's
                ended.put((index, None, exc))
        ended.put(None)

    # Daemons, so that a process can end although one of them is still connecting.
    threads = [
        threading.Thread(target=work, name=f"mysafe-{number}", daemon=True)
        for number in range(min(connections, len(items)))
    ]
    with contextlib.closing(stop):
        try:
            for thread in threads:
                thread.start()
            for _thread in threads:
                while (done := ended.get()) is not None:
                    yield done
            for thread in threads:
                thread.join()
        except BaseException:
            stop.cut()
            _join(threads)
            raise


def _join(threads: t.Iterable[threading.Thread]) -> None:
    """Wait a little for threads that were told to end."""
    deadline = time.monotonic() + _GRACE
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
