# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Sessions outlive a task: they are shared only between equal options, and their number is bounded."""

from __future__ import annotations

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session, Sessions
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.client_calls import CALL, GET_TOKEN, GIVEN, KEY, OK, call, token
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Serve


def test_the_connections_of_a_task_are_closed_at_its_end(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.closed


def test_shared_connections_stay_open(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets(), Sessions().get(KEY)) as client:
        client.call("GET", "/secretapi", doing="do it")
    assert not server.closed


def test_tasks_in_one_session_share_the_token(serve: Serve) -> None:
    server = serve(token(), OK)
    sessions = Sessions()
    for _task in range(2):
        with Client(KEY, Secrets(), sessions.get(KEY)) as client:
            client.call("GET", "/secretapi", doing="do it")
    assert server.urls == [GET_TOKEN, CALL, CALL]


@pytest.mark.parametrize("other", [GIVEN, Connection(url=URL, client_id="an-id", client_secret="other")])
def test_tasks_with_other_options_share_nothing(other: Connection) -> None:
    sessions = Sessions()
    assert sessions.get(KEY) is not sessions.get(other)


def test_nothing_is_shared_across_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions()
    before = sessions.get(KEY)
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert sessions.get(KEY) is not before


def test_without_a_token_cache_there_is_nothing_to_warn_about() -> None:
    assert Client(KEY, Secrets()).warnings == ()


# The number of sessions.

KEYS = [KEY._replace(client_id=f"key {number}") for number in range(20)]


def closed_sessions(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Return a list of the sessions that are closed from now on."""
    closed: list[Session] = []

    def close(session: Session) -> None:
        closed.append(session)

    monkeypatch.setattr(Session, "close", close)
    return closed


def test_sessions_are_bounded_and_the_oldest_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = closed_sessions(monkeypatch)
    sessions = Sessions()
    opened = [sessions.get(connection) for connection in KEYS]
    assert closed == opened[:-8]


def test_the_least_recently_used_session_is_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = closed_sessions(monkeypatch)
    sessions = Sessions()
    first, second = sessions.get(KEYS[0]), sessions.get(KEYS[1])
    for connection in KEYS[2:8]:
        sessions.get(connection)
    assert sessions.get(KEYS[0]) is first
    sessions.get(KEYS[8])
    assert closed == [second]


def test_a_closed_session_is_opened_again(serve: Serve) -> None:
    serve(token(), OK)
    sessions = Sessions()
    first = sessions.get(KEYS[0])
    for connection in KEYS[1:]:
        sessions.get(connection)
    assert sessions.get(KEYS[0]) is not first
