# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Tells threads to end: those that wait stop waiting, and the connections that they read from are cut."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

#: How many threads ask at once unless the task says otherwise, each on a connection of its own.
CONNECTIONS = 8


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


def pause(seconds: float) -> None:
    """Sleep; a thread that is told to stop no longer than until then."""
    stop = Stop.of_this_thread()
    if stop is None:
        time.sleep(seconds)
    else:
        stop.wait(seconds)
