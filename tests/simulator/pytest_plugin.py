# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The pytest plugin of the simulator: the fixtures that every test folder uses to reach it.

A conftest.py loads it with ``pytest_plugins = ["simulator.pytest_plugin"]``.
"""

from __future__ import annotations

import os
import typing as t

import pytest

from .process import Simulator

if t.TYPE_CHECKING:
    from pathlib import Path

#: Environment variables that configure the collection, Ansible, AWX or a connection: by prefix, suffix and name.
_PREFIXES = ("SENHASEGURA_", "ANSIBLE_", "CONTROLLER_", "TOWER_", "REQUESTS_", "CURL_", "SSL_")
_SUFFIX = "_PROXY"
_NAMES = ("NETRC",)


@pytest.fixture(scope="session", name="running")
def _running() -> t.Iterator[Simulator]:
    """Return the simulator of the test run, in whatever state the last test left it."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(name="simulator")
def _simulator(running: Simulator) -> Simulator:
    """Return the simulator of the test run, reset."""
    running.reset()
    return running


@pytest.fixture(autouse=True, name="fresh_machine")
def _fresh_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's settings out of the test, and the test out of the developer's home."""
    for name in list(os.environ):
        upper = name.upper()
        if upper.startswith(_PREFIXES) or upper.endswith(_SUFFIX) or upper in _NAMES:
            monkeypatch.delenv(name)
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
