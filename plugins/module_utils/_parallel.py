# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Asks for many at once: the same call for every item, over a few connections, in the order of the items.

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

#: How many calls are under way at once at the most, each on a connection of its own.
CONNECTIONS = 8
#: How long to wait for threads whose connections were cut, in seconds. They have nothing to do but to end.
_GRACE = 1.0

Item = t.TypeVar("Item")
Value = t.TypeVar("Value")


class Stop:
    """Tells the threads of one ``each`` to end. A thread finds its own with ``of_this_thread``.

    One that is made in a thread that obeys another obeys that one too, until it is closed.
    """

    _local = threading.local()

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._handles: dict[object, tuple[socket.socket, socket.socket]] = {}
        self._is_cut = False
        self._inner: set[Stop] = set()
        self._outer = Stop.of_this_thread()
        if self._outer is not None:
            self._outer._adopt(self)

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
        for inner in self._adopted():
            inner.set()

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
        for inner in self._adopted():
            inner.cut()

    def close(self) -> None:
        """Forget the sockets, and stop obeying the outer one."""
        with self._lock:
            for _used, handle in self._handles.values():
                handle.close()
            self._handles.clear()
        if self._outer is not None:
            with self._outer._lock:
                self._outer._inner.discard(self)

    def _adopt(self, inner: Stop) -> None:
        """Let an inner one obey, at once if this one was set or cut before."""
        with self._lock:
            self._inner.add(inner)
        if self._is_cut:
            inner.cut()
        elif self.is_set():
            inner.set()

    def _adopted(self) -> list[Stop]:
        with self._lock:
            return list(self._inner)


class _StoppedError(BaseException):
    """An inner ``each`` left items out, because the outer one ends. It is no failure of the outer item."""


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is closed already
        handle.shutdown(socket.SHUT_RDWR)


def each(call: t.Callable[[Item], Value], items: t.Sequence[Item]) -> list[Value]:
    """Return what the call returned for every item.

    If calls fail, the first failure in the order of the items is raised. After a failure no other call is begun: a vault
    that is down is not asked a thousand times. A call may itself ask for many at once: that ends with the outer one.
    """
    if len(items) < 2:
        return [call(item) for item in items]
    stop = Stop()
    waiting = iter(range(len(items)))
    lock = threading.Lock()
    values: dict[int, Value] = {}
    failures: dict[int, BaseException] = {}
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()

    def work() -> None:
        stop.obeyed_here()
        while not stop.is_set():
            with lock:
                index = next(waiting, None)
            if index is None:
                break
            try:
                values[index] = call(items[index])
            except _StoppedError:
                break
            except BaseException as exc:  # noqa: BLE001 - it is raised in the thread that waits
                failures[index] = exc
                stop.set()
        ended.put(None)

    # Daemons, so that a process can end although one of them is still connecting.
    threads = [
        threading.Thread(target=work, name=f"mysafe-{number}", daemon=True)
        for number in range(min(CONNECTIONS, len(items)))
    ]
    with contextlib.closing(stop):
        _run(threads, ended, stop)
    if failures:
        raise failures[min(failures)]
    if len(values) < len(items):
        raise _StoppedError
    return [values[index] for index in range(len(items))]


def _run(threads: t.Sequence[threading.Thread], ended: queue.SimpleQueue[None], stop: Stop) -> None:
    """Run threads until each has put an entry into ``ended``. Whatever ends the caller ends them too."""
    try:
        for thread in threads:
            thread.start()
        for _thread in threads:
            ended.get()
        for thread in threads:
            thread.join()
    except BaseException:
        stop.cut()
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        raise
