# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Sessions are reused only for the same connection options, and never across a fork."""

from __future__ import annotations

import json
import os
import time
import typing as t

import pytest

from .stage import connect, token_requests

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

# Every option of the connection, with a value other than that of connect().
_OTHER: dict[str, t.Any] = {
    "url": "https://another.example.org",
    "client_id": "another",
    "client_secret": "another",
    "access_token": "another",
    "token_url": "https://another.example.org/token",
    "tenant": "another",
    "token_cache": True,
    "validate_certs": False,
    "ca_path": "",
    "client_cert": "another",
    "client_key": "another",
    "timeout": 7,
    "retries": 7,
    "decryption_key": "another",
}


@pytest.fixture(name="sessions")
def _sessions() -> Sessions:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

    return Sessions()


def _read(sessions: Sessions, connection: Connection) -> None:
    """Send one request of the API."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets

    with Client(connection, Secrets(), sessions.get(connection)) as client:
        client.call("GET", "/secretapi", doing="list")


def _in_a_fork(do: Callable[[], t.Any]) -> t.Any:
    """Call the function in a forked process, and return its result."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.write(writer, json.dumps(do()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answer:
        text = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(text)


def test_the_same_options_share_a_session(sessions: Sessions, simulator: Simulator) -> None:
    assert sessions.get(connect(simulator)) is sessions.get(connect(simulator))


def test_every_option_is_tested_here(connection: Connection) -> None:
    assert set(connection._fields) == set(_OTHER)


@pytest.mark.parametrize("option", _OTHER)
def test_another_value_of_an_option_means_another_session(
    sessions: Sessions, connection: Connection, simulator: Simulator, option: str
) -> None:
    # A session reads its decryption key at once.
    files = {"decryption_key": simulator.access_keys["encrypted"]["decryption_key"]}
    other = connection._replace(**{option: files.get(option, _OTHER[option])})
    assert sessions.get(connection) is not sessions.get(other)


def test_swapped_values_mean_another_session(sessions: Sessions, connection: Connection) -> None:
    one = connection._replace(client_id="ab", client_secret="c")
    other = connection._replace(client_id="a", client_secret="bc")
    assert sessions.get(one) is not sessions.get(other)


def test_two_requests_of_a_session_use_one_connection(
    sessions: Sessions, connection: Connection, simulator: Simulator
) -> None:
    _read(sessions, connection)
    _read(sessions, connection)
    assert simulator.connections() == 1


def test_a_token_that_expires_is_replaced_once(
    sessions: Sessions, connection: Connection, simulator: Simulator
) -> None:
    _read(sessions, connection)
    simulator.expire_tokens()
    _read(sessions, connection)
    _read(sessions, connection)
    assert len(token_requests(simulator)) == 2


def test_a_token_is_not_used_in_its_last_seconds(
    sessions: Sessions, connection: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator.switch(token_lifetime=1000.0)
    _read(sessions, connection)
    later = time.monotonic() + 941.0
    monkeypatch.setattr(time, "monotonic", lambda: later)
    _read(sessions, connection)
    assert len(token_requests(simulator)) == 2


def test_a_child_has_its_own_session(sessions: Sessions, connection: Connection) -> None:
    ours = sessions.get(connection)
    assert _in_a_fork(lambda: sessions.get(connection) is not ours)


def test_a_child_does_not_use_the_connection_of_its_parent(
    sessions: Sessions, connection: Connection, simulator: Simulator
) -> None:
    _read(sessions, connection)
    _in_a_fork(lambda: _read(sessions, connection))
    _read(sessions, connection)
    used = [row["connection"] for row in simulator.requests() if row["path"].endswith("secretapi")]
    assert (used[0] == used[2], used[0] == used[1]) == (True, False)


def test_the_connection_of_the_parent_outlives_the_child(
    sessions: Sessions, connection: Connection, simulator: Simulator
) -> None:
    _read(sessions, connection)
    _in_a_fork(lambda: _read(sessions, connection))
    _read(sessions, connection)
    used = [row["connection"] for row in simulator.requests() if row["path"].endswith("secretapi")]
    assert used[0] == used[2]


def test_parent_child_and_grandchild_use_their_own_connections(
    sessions: Sessions, connection: Connection, simulator: Simulator, tmp_path: Path
) -> None:
    """Parent and grandchild send in turn, which would break a shared TLS connection."""
    _read(sessions, connection)

    def child() -> None:
        _read(sessions, connection)
        _in_a_fork(lambda: _read(sessions, connection))
        _read(sessions, connection)

    _in_a_fork(child)
    _read(sessions, connection)
    assert [row["status"] for row in simulator.requests() if row["path"].endswith("secretapi")] == [200] * 5


def test_the_fingerprint_does_not_contain_the_secret(connection: Connection) -> None:
    assert connection.client_secret not in connection.fingerprint


def test_the_representation_does_not_contain_the_secret(connection: Connection) -> None:
    assert connection.client_secret not in repr(connection)
