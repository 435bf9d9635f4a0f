# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: tasks that run the core against the simulator, and a search for leaked secrets after each test."""

from __future__ import annotations

import sys
import tempfile
import time
import types
import typing as t
from pathlib import Path

import pytest
import urllib3.util.retry

if t.TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKOUT = Path(__file__).resolve().parents[2]


def _collection_root() -> Path:
    """Return the directory that holds ansible_collections: the checkout's own, or a new one that points to it."""
    if _CHECKOUT.parts[-3:] == ("ansible_collections", "senhasegura", "mysafe"):
        return _CHECKOUT.parents[2]
    namespace = Path(_TREE.name, "ansible_collections", "senhasegura")
    namespace.mkdir(parents=True)
    (namespace / "mysafe").symlink_to(_CHECKOUT)
    return Path(_TREE.name)


_TREE = tempfile.TemporaryDirectory(prefix="mysafe-wire-")
sys.path[:0] = [str(_collection_root()), str(_CHECKOUT / "tests")]

from ansible_collections.senhasegura.mysafe.tests.unit.wording import Wording  # noqa: E402

from .leaks import require_none  # noqa: E402
from .raw_server import CA  # noqa: E402
from .tasks import Tasks  # noqa: E402

if t.TYPE_CHECKING:
    from simulator.process import Simulator

pytest_plugins = ["simulator.pytest_plugin"]


@pytest.fixture(name="task")
def _task_fixture(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    tasks = Tasks(simulator)
    # Record the waits between attempts instead of waiting.
    clock = types.SimpleNamespace(sleep=tasks.sleeps.append, time=time.time)
    monkeypatch.setattr(urllib3.util.retry, "time", clock)
    return tasks


@pytest.fixture(name="ca_path", scope="session")
def _ca_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    CA.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(autouse=True)
def _failures_are_well_worded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After each test, check the texts of every failure that the core made in it."""
    wording = Wording(monkeypatch)
    yield
    assert wording.faults() == []


@pytest.fixture(autouse=True)
def _nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test, check that no result contains a secret that the test passed or that the vault stores."""
    if "task" not in request.fixturenames:
        yield
        return
    task, simulator = request.getfixturevalue("task"), request.getfixturevalue("simulator")
    before = {secret["client_secret"] for secret in simulator.secrets()}
    yield
    if not task.results:
        return
    stored = {secret["client_secret"] for secret in simulator.secrets()}
    keys = {login["client_secret"] for login in simulator.access_keys.values()}
    for result in task.results:
        require_none(result, task.passed | before | stored | keys)
    if not any(result.values.get("error", {}).get("kind") == "configuration" for result in task.results):
        named = frozenset().union(*(result.secrets for result in task.results))
        assert task.passed <= named, "a secret is not registered for Ansible to censor"
