# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The token cache: private, used only with the same options, and never a reason to fail."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token_cache import TokenCache
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.client_calls import token
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Serve

KEY = Connection(url=URL, client_id="an-id", client_secret="s3cr3t", token_cache=True)


@pytest.fixture(name="below", autouse=True)
def fixture_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the cache into a directory of the test."""
    below = tmp_path / "below"
    below.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(below))
    return below


def the_file(below: Path) -> Path:
    """Return the only file with a token."""
    (path,) = (path for path in below.glob("*/*") if path.suffix != ".lock")
    return path


def kept(below: Path) -> Path:
    """Store a token, and return its file."""
    TokenCache(KEY).write("t0k3n", 100)
    return the_file(below)


def test_a_stored_token_is_found() -> None:
    TokenCache(KEY).write("t0k3n", 100)
    found = TokenCache(KEY).read()
    assert found is not None
    assert (found[0], 90 < found[1] <= 100) == ("t0k3n", True)


def test_a_token_that_was_not_stored_is_not_found() -> None:
    assert TokenCache(KEY).read() is None


def test_an_expired_token_is_not_found() -> None:
    TokenCache(KEY).write("t0k3n", -1)
    assert TokenCache(KEY).read() is None


def test_a_token_is_not_found_with_another_client_secret() -> None:
    TokenCache(KEY).write("t0k3n", 100)
    assert TokenCache(Connection(url=URL, client_id="an-id", client_secret="other", token_cache=True)).read() is None


def test_the_file_and_its_directory_are_private(below: Path) -> None:
    path = kept(below)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "5",
        "null",
        "{}",
        '{"access_token": "x"}',
        '{"access_token": "x", "usable_until": "soon"}',
        "\udcff",
    ],
    ids=["empty", "cut off", "list", "number", "null", "object", "no time", "bad time", "not UTF-8"],
)
def test_a_malformed_file_is_ignored(content: str, below: Path) -> None:
    kept(below).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert TokenCache(KEY).read() is None


def test_a_file_that_others_can_read_is_not_used(below: Path) -> None:
    kept(below).chmod(0o644)
    cache = TokenCache(KEY)
    assert (cache.read(), "is not private" in cache.warning) == (None, True)


def test_a_directory_that_others_can_read_is_not_used(below: Path) -> None:
    kept(below).parent.chmod(0o755)
    cache = TokenCache(KEY)
    cache.write("other", 100)
    assert (cache.read(), "is not private" in cache.warning) == (None, True)


def test_a_symlink_instead_of_the_file_is_not_followed(below: Path) -> None:
    path = kept(below)
    path.rename(below / "elsewhere")
    path.symlink_to(below / "elsewhere")
    cache = TokenCache(KEY)
    assert (cache.read(), bool(cache.warning)) == (None, True)


def test_a_symlink_instead_of_the_directory_is_not_followed(below: Path) -> None:
    directory = kept(below).parent
    directory.rename(below / "elsewhere")
    directory.symlink_to(below / "elsewhere")
    assert TokenCache(KEY).read() is None


def test_a_file_instead_of_the_directory_is_a_warning(below: Path) -> None:
    path = kept(below)
    (path.parent / f"{path.name}.lock").unlink(missing_ok=True)
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()
    assert TokenCache(KEY).warning


def test_a_lock_that_cannot_be_acquired_is_a_warning(below: Path) -> None:
    path = kept(below)
    (path.parent / f"{path.name}.lock").mkdir()
    cache = TokenCache(KEY)
    with cache.locked():
        assert cache.warning


def test_a_lock_that_another_task_holds_is_waited_for(below: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = TokenCache(KEY), TokenCache(KEY)
    other_task = first.locked()
    other_task.__enter__()
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(0 < seconds < 1)
        other_task.__exit__(None, None, None)

    monkeypatch.setattr(time, "sleep", sleep)
    with second.locked():
        assert (waits, second.warning) == ([True], "")


def test_a_file_that_cannot_be_written_is_a_warning(below: Path) -> None:
    path = kept(below)
    path.unlink()
    path.mkdir()
    cache = TokenCache(KEY)
    cache.write("t0k3n", 100)
    assert cache.warning


@pytest.mark.parametrize("base", ["", "/does/not/exist"])
def test_without_a_runtime_directory_the_temporary_directory_is_used(
    base: str, below: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", base)
    monkeypatch.setattr("os.path.isdir", lambda path: False)
    monkeypatch.setattr("tempfile.tempdir", str(below))
    assert kept(below).is_file()


# With the bearer token.


def test_the_second_task_uses_the_token_of_the_first(serve: Serve) -> None:
    server = serve(token("first"), token("second"))
    assert [Session(KEY).token.current() for _task in range(2)] == ["first", "first"]
    assert len(server.asked) == 1


def test_a_rejected_token_is_not_taken_from_the_cache_again(serve: Serve) -> None:
    serve(token("first"), token("second"))
    bearer = Session(KEY).token
    bearer.current()
    bearer.replace("first")
    assert [bearer.current(), Session(KEY).token.current()] == ["second", "second"]


def test_a_token_with_an_unknown_lifetime_is_not_stored(serve: Serve, below: Path) -> None:
    serve(token("first", expires_in=None))
    Session(KEY).token.current()
    assert [path for path in below.glob("*/*") if path.suffix != ".lock"] == []


def test_a_given_token_is_not_stored(below: Path) -> None:
    Session(Connection(url=URL, access_token="g1v3n", token_cache=True)).token.current()
    assert list(below.iterdir()) == []


def test_the_file_does_not_contain_the_client_secret(serve: Serve, below: Path) -> None:
    serve(token("first"))
    Session(KEY).token.current()
    assert set(json.loads(the_file(below).read_text(encoding="utf-8"))) == {"access_token", "usable_until"}


def test_an_unused_cache_is_a_warning(serve: Serve, below: Path) -> None:
    kept(below).parent.chmod(0o755)
    serve(token("first"))
    client = Client(KEY, Secrets())
    assert [warning[:28] for warning in client.warnings] == ["The token cache is not used:"]
