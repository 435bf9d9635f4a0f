# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A stop cuts the connections that threads wait for."""

from __future__ import annotations

import socket

from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop


def test_a_late_connection_is_cut_at_once() -> None:
    stop = Stop()
    stop.cut()
    here, there = socket.socketpair()
    with here, there:
        stop.may_cut(object(), here)
        assert here.recv(1) == b""
    stop.close()


def test_only_the_last_socket_of_a_connection_is_cut() -> None:
    stop = Stop()
    (old, _old), (new, _new) = socket.socketpair(), socket.socketpair()
    connection = object()
    with old, _old, new, _new:
        stop.may_cut(connection, old)
        stop.may_cut(connection, new)
        stop.cut()
        _old.sendall(b"x")
        assert (old.recv(1), new.recv(1)) == (b"x", b"")
    stop.close()


def test_another_thread_has_no_stop() -> None:
    assert Stop.of_this_thread() is None
