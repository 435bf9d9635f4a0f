# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The token cache file: who may read it, when it is used, and how an invalid one is handled."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import stat
import time
import typing as t
from pathlib import Path

import pytest

from .stage import token_requests

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.synchronize import Barrier

    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token import BearerToken
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token_cache import TokenCache

_FORKS = multiprocessing.get_context("fork")
_NOT_OURS = 65534
# Every option of the connection except the cache itself, with a value other than that of connect().
_OTHER: dict[str, t.Any] = {
    "url": "https://another.example.org",
    "client_id": "another",
    "client_secret": "another",
    "access_token": "another",
    "token_url": "https://another.example.org/token",
    "tenant": "another",
    "validate_certs": False,
    "ca_path": "",
    "client_cert": "another",
    "client_key": "another",
    "timeout": 7,
    "retries": 7,
    "decryption_key": "another",
}


@pytest.fixture(name="cached")
def _cached(connection: Connection) -> Connection:
    """Return alice's connection to the simulator, with the cache."""
    return connection._replace(token_cache=True)


def _bearer(connection: Connection) -> BearerToken:
    """Return the session of a new task before its first request."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session

    return Session(connection).token


def _cache(connection: Connection) -> TokenCache:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token_cache import TokenCache

    return TokenCache(connection)


def _everything() -> list[Path]:
    """Return all files in the directory for caches."""
    return sorted(Path(os.environ["XDG_RUNTIME_DIR"]).rglob("*"))


def _files() -> list[Path]:
    """Return the files with a token."""
    return [path for path in _everything() if path.is_file() and path.suffix != ".lock"]


def _file(connection: Connection) -> Path:
    """Return the file with the token, which is there afterwards."""
    _bearer(connection).current()
    (file,) = _files()
    return file


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# What is written.


def test_nothing_is_written_without_the_option(connection: Connection) -> None:
    _bearer(connection).current()
    assert _everything() == []


def test_nothing_is_written_for_a_given_token(cached: Connection) -> None:
    _bearer(cached._replace(access_token="a-t0ken")).current()
    assert _everything() == []


def test_nothing_is_written_after_a_refused_login(cached: Connection) -> None:
    with pytest.raises(Exception, match="access token"):
        _bearer(cached._replace(client_secret="wr0ng")).current()
    assert _files() == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_the_file(cached: Connection, umask: int) -> None:
    before = os.umask(umask)
    try:
        file = _file(cached)
    finally:
        os.umask(before)
    assert _mode(file) == 0o600


def test_only_the_owner_can_read_the_lock(cached: Connection) -> None:
    before = os.umask(0)
    try:
        file = _file(cached)
    finally:
        os.umask(before)
    assert _mode(file.with_suffix(".lock")) == 0o600


def test_only_the_owner_can_read_the_directory(cached: Connection) -> None:
    before = os.umask(0)
    try:
        file = _file(cached)
    finally:
        os.umask(before)
    assert _mode(file.parent) == 0o700


@pytest.mark.parametrize("option", ["client_id", "client_secret"])
def test_path_does_not_contain(cached: Connection, option: str) -> None:
    assert getattr(cached, option) not in str(_file(cached))


def test_file_does_not_contain_the_client_secret(cached: Connection) -> None:
    assert cached.client_secret not in _file(cached).read_text(encoding="utf-8")


def test_every_option_is_tested_here(connection: Connection) -> None:
    assert set(connection._fields) == {*_OTHER, "token_cache"}


@pytest.mark.parametrize("option", [option for option in _OTHER if option != "access_token"])
def test_token_is_not_used_with_another_value_of(cached: Connection, option: str) -> None:
    _cache(cached).write("a-t0ken", 100.0)
    other = cached._replace(**{option: _OTHER[option]})
    assert _cache(other).read() is None


# What is used.


def test_second_task_uses_the_token_of_the_first(cached: Connection, simulator: Simulator) -> None:
    assert _bearer(cached).current() == _bearer(cached).current()


def test_second_task_sends_no_token_request(cached: Connection, simulator: Simulator) -> None:
    _bearer(cached).current()
    _bearer(cached).current()
    assert len(token_requests(simulator)) == 1


@pytest.mark.parametrize("usable_until", [0, -1, "long ago", None, "nan", "-inf"])
def test_expired_token_is_not_used(cached: Connection, usable_until: t.Any) -> None:
    file = _file(cached)
    file.write_text(json.dumps({"access_token": "stale", "usable_until": usable_until}), encoding="utf-8")
    assert _bearer(cached).current() != "stale"


def test_token_is_not_used_one_second_after_it_expired(cached: Connection) -> None:
    file = _file(cached)
    file.write_text(json.dumps({"access_token": "stale", "usable_until": time.time() - 1}), encoding="utf-8")
    assert _bearer(cached).current() != "stale"


def test_token_is_kept_no_longer_than_the_server_says(cached: Connection, simulator: Simulator) -> None:
    simulator.switch(token_lifetime=1000.0)
    asked = time.time()
    kept = json.loads(_file(cached).read_text(encoding="utf-8"))
    # It is no longer used sixty seconds before it expires.
    assert kept["usable_until"] <= asked + 941


def test_a_long_task_does_not_use_a_cached_token_that_expires(
    cached: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cache(cached).write("kept", 100.0)
    bearer = _bearer(cached)
    assert bearer.current() == "kept"
    later, wall = time.monotonic() + 101, time.time() + 101
    monkeypatch.setattr(time, "monotonic", lambda: later)
    monkeypatch.setattr(time, "time", lambda: wall)
    assert bearer.current() != "kept"


def test_token_without_a_lifetime_is_not_kept(cached: Connection, simulator: Simulator) -> None:
    simulator.fault({"status": 200, "body": {"access_token": "forever", "token_type": "Bearer"}}, path="token$")
    _bearer(cached).current()
    assert _files() == []


def _call(bearer: BearerToken, rejected: str) -> str:
    bearer.replace(rejected)
    return bearer.current()


def test_rejected_token_is_replaced(cached: Connection) -> None:
    bearer = _bearer(cached)
    assert _call(bearer, bearer.current()) == _bearer(cached).current()


def test_rejected_token_is_replaced_once_for_all_tasks(cached: Connection, simulator: Simulator) -> None:
    tasks = [_bearer(cached) for _time in range(5)]
    old = [task.current() for task in tasks]
    new = {_call(task, rejected) for task, rejected in zip(tasks, old, strict=True)}
    assert (len(new), len(token_requests(simulator))) == (1, 2)


def test_task_keeps_a_newer_token_than_the_rejected_one(cached: Connection, simulator: Simulator) -> None:
    bearer = _bearer(cached)
    bearer.current()
    bearer.replace("of somebody else")
    bearer.current()
    assert len(token_requests(simulator)) == 1


# What is there already.


_GARBAGE = {
    "nothing": b"",
    "no JSON": b"{",
    "a text": b'"token"',
    "a list": b"[]",
    "null": b"null",
    "an empty object": b"{}",
    "no time": b'{"access_token": "garbage"}',
    "no token": b'{"usable_until": 9999999999}',
    "no UTF-8": b"\xff\xfe\x00",
    "many bytes": b"\x00" * 100_000,
}


@pytest.mark.parametrize("content", _GARBAGE.values(), ids=_GARBAGE)
def test_an_invalid_file_is_replaced(cached: Connection, content: bytes) -> None:
    file = _file(cached)
    file.write_bytes(content)
    token = _bearer(cached).current()
    assert json.loads(file.read_text(encoding="utf-8"))["access_token"] == token


@pytest.mark.parametrize("token", [None, 5, "", [], "not one of this vault"])
def test_an_invalid_token_is_replaced_once_it_is_rejected(
    cached: Connection, simulator: Simulator, token: t.Any
) -> None:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets

    file = _file(cached)
    file.write_text(json.dumps({"access_token": token, "usable_until": time.time() + 1000}), encoding="utf-8")
    with Client(cached, Secrets()) as client:
        client.call("GET", "/secretapi", doing="list")
    assert len(token_requests(simulator)) == 2


def _make_readable(file: Path) -> None:
    file.chmod(0o640)


def _make_writable(file: Path) -> None:
    file.chmod(0o602)


def _open_directory(file: Path) -> None:
    file.parent.chmod(0o755)


def _give_away(file: Path) -> None:
    os.chown(file, _NOT_OURS, -1)


def _give_directory_away(file: Path) -> None:
    os.chown(file.parent, _NOT_OURS, -1)


def _link(file: Path) -> None:
    other = file.parents[1] / "elsewhere"
    file.rename(other)
    file.symlink_to(other)


def _link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.parents[1] / "nothing")


def _link_directory(file: Path) -> None:
    other = file.parents[1] / "elsewhere"
    file.parent.rename(other)
    file.parent.symlink_to(other)


def _directory_for_file(file: Path) -> None:
    file.unlink()
    file.mkdir(mode=0o700)


def _file_for_directory(file: Path) -> None:
    file.parent.rename(file.parents[1] / "elsewhere")
    file.parent.touch(mode=0o700)


def _link_lock(file: Path) -> None:
    lock = file.with_suffix(".lock")
    lock.unlink()
    lock.symlink_to(file.parents[1] / "nothing")


def _directory_for_lock(file: Path) -> None:
    lock = file.with_suffix(".lock")
    lock.unlink()
    lock.mkdir()


_ONLY_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to somebody else")
_SPOILT = [
    pytest.param(_make_readable, id="a file that others may read"),
    pytest.param(_make_writable, id="a file that others may write"),
    pytest.param(_open_directory, id="a directory that others may enter"),
    pytest.param(_give_away, id="a file of somebody else", marks=_ONLY_ROOT),
    pytest.param(_give_directory_away, id="a directory of somebody else", marks=_ONLY_ROOT),
    pytest.param(_link, id="a link to a file"),
    pytest.param(_link_to_nothing, id="a link to nothing"),
    pytest.param(_link_directory, id="a link to a directory"),
    pytest.param(_directory_for_file, id="a directory in place of the file"),
    pytest.param(_file_for_directory, id="a file in place of the directory"),
    pytest.param(_link_lock, id="a link in place of the lock"),
    pytest.param(_directory_for_lock, id="a directory in place of the lock"),
]


@pytest.mark.parametrize("spoil", _SPOILT)
def test_a_token_is_not_taken_from(cached: Connection, spoil: Callable[[Path], None]) -> None:
    kept = _bearer(cached).current()
    spoil(_file(cached))
    assert _bearer(cached).current() != kept


@pytest.mark.parametrize("spoil", _SPOILT)
def test_there_is_one_warning_about(cached: Connection, spoil: Callable[[Path], None]) -> None:
    spoil(_file(cached))
    bearer = _bearer(cached)
    bearer.current()
    (warning,) = bearer.warnings
    assert warning.startswith("The token cache is not used: ")


@pytest.mark.parametrize("spoil", _SPOILT)
def test_no_token_is_written_elsewhere(cached: Connection, spoil: Callable[[Path], None]) -> None:
    """Neither to the target of a link nor to a temporary file."""
    spoil(_file(cached))
    before = _everything()
    _bearer(cached).current()
    assert _everything() == before


def test_no_warning_without_reason(cached: Connection) -> None:
    bearer = _bearer(cached)
    bearer.current()
    assert bearer.warnings == ()


def _without_disk(limited: Callable[[], t.Any]) -> t.Any:
    """Call the function in a process that cannot write files, as on a full disk; this also limits root."""

    def child(answer: t.Any) -> None:
        # There is space for half a token.
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        answer.send(limited())

    ours, theirs = _FORKS.Pipe()
    process = _FORKS.Process(target=child, args=(theirs,))
    process.start()
    answer = ours.recv() if ours.poll(60) else None
    process.join(60)
    return answer


def test_full_disk_is_a_warning(cached: Connection) -> None:
    def limited() -> int:
        bearer = _bearer(cached)
        bearer.current()
        return len(bearer.warnings)

    assert _without_disk(limited) == 1


def test_full_disk_does_not_fail_the_task(cached: Connection) -> None:
    assert _without_disk(lambda: bool(_bearer(cached).current())) is True


def test_full_disk_leaves_no_part_of_a_token(cached: Connection) -> None:
    _without_disk(lambda: bool(_bearer(cached).current()))
    assert [path for path in _everything() if path.is_file() and path.stat().st_size] == []


def test_missing_runtime_directory_is_not_created(
    cached: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http import token_cache

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere"))
    assert token_cache._base() != str(tmp_path / "nowhere")


def test_removed_runtime_directory_is_a_warning(cached: Connection) -> None:
    """Sessions end while a play runs, and the system clears their directory."""
    bearer = _bearer(cached)
    (directory,) = _everything()
    directory.rmdir()
    bearer.current()
    assert len(bearer.warnings) == 1


# Many at once.


def _ask_when_all_are_there(connection: Connection, barrier: Barrier, tokens: t.Any) -> None:
    bearer = _bearer(connection)
    barrier.wait(60)
    tokens.put(bearer.current())


def _together(connection: Connection, count: int) -> set[str]:
    """Let independent processes ask for a token at the same time, and return their tokens."""
    barrier, tokens = _FORKS.Barrier(count), _FORKS.Queue()
    processes = [
        _FORKS.Process(target=_ask_when_all_are_there, args=(connection, barrier, tokens)) for _time in range(count)
    ]
    for process in processes:
        process.start()
    answers = {tokens.get(timeout=120) for _time in processes}
    for process in processes:
        process.join(60)
    return answers


def test_50_processes_that_start_together_ask_once(cached: Connection, simulator: Simulator) -> None:
    _together(cached, 50)
    assert len(token_requests(simulator)) == 1


def test_50_processes_that_start_together_get_the_same_token(cached: Connection, simulator: Simulator) -> None:
    assert len(_together(cached, 50)) == 1


def test_50_processes_ask_once_after_the_token_expired(cached: Connection, simulator: Simulator) -> None:
    _file(cached).write_text(json.dumps({"access_token": "stale", "usable_until": time.time() - 1}), encoding="utf-8")
    simulator.clear_log()
    _together(cached, 50)
    assert len(token_requests(simulator)) == 1


def _write_often(connection: Connection, number: int) -> None:
    cache = _cache(connection)
    for _time in range(200):
        cache.write(str(number) * 10_000 * (number + 1), 100.0)


def test_reader_never_sees_a_partial_file(cached: Connection) -> None:
    _write_often(cached, 0)
    writers = [_FORKS.Process(target=_write_often, args=(cached, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        seen.append(_cache(cached).read())
    assert all(kept and kept[0] == kept[0][0] * 10_000 * (int(kept[0][0]) + 1) for kept in seen)


def test_lock_is_released_when_its_holder_is_killed(cached: Connection) -> None:
    ours, theirs = _FORKS.Pipe()

    def hold() -> None:
        with _cache(cached).locked():
            theirs.send("locked")
            time.sleep(600)

    holder = _FORKS.Process(target=hold)
    holder.start()
    assert ours.recv() == "locked"
    holder.kill()
    holder.join(60)
    assert _bearer(cached).current()
