# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Asks for many at once: the same call for every item, over a few connections.

Whatever ends the caller (a failure, Ctrl-C, the timeout of a task) ends the threads too: those that wait stop waiting,
and the connections that they read from are cut.
"""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
import time
import typing as t

#: How many calls are under way at once unless the task says otherwise, each on a connection of its own.
CONNECTIONS = 8
#: How many a task may ask for.
MOST_CONNECTIONS = 64
#: How long to wait for threads whose connections were cut, in seconds. They have nothing to do but to end.
_GRACE = 1.0

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


class Stop:
    """Tells the threads that ask for many at once to end. A thread finds its own with ``of_this_thread``."""

    _local = threading.local()

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._handles: dict[object, tuple[socket.socket, socket.socket]] = {}
        self._is_cut = False

    @classmethod
    def of_this_thread(cls) -> Stop | None:
        """Return the one that the current thread obeys; None in a thread that nobody else waits for."""
        found: Stop | None = getattr(cls._local, "stop", None)
        return found

    def obeyed_here(self) -> None:
        """Let the current thread obey."""
        self._local.stop = self

    def set(self) -> None:
        """Begin nothing new: no other call, no other try."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until it is set."""
        self._event.wait(seconds)

    def may_cut(self, connection: object, used: socket.socket) -> None:
        """Remember the socket of a connection that a thread is about to wait for; cut it where it is too late."""
        with self._lock:
            known, handle = self._handles.get(connection, (None, None))
            if known is not used:
                if handle is not None:
                    handle.close()
                # A duplicate works from any thread, and whatever TLS has made of the socket.
                handle = socket.socket(fileno=os.dup(used.fileno()))
                self._handles[connection] = (used, handle)
            if self._is_cut and handle is not None:
                _shut(handle)

    def cut(self) -> None:
        """Begin nothing new, and end the connections, so that nobody waits for an answer any more."""
        self.set()
        with self._lock:
            self._is_cut = True
            for _used, handle in self._handles.values():
                _shut(handle)

    def close(self) -> None:
        """Forget the sockets."""
        with self._lock:
            for _used, handle in self._handles.values():
                handle.close()
            self._handles.clear()


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is closed already
        handle.shutdown(socket.SHUT_RDWR)


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
