# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: a controller that runs plays against the simulator."""

from __future__ import annotations

import sys
import tempfile
import typing as t
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKOUT = Path(__file__).resolve().parents[2]


def _collection_root() -> Path:
    """Return the directory that contains ansible_collections: the checkout's own, or a new one that links to it."""
    if _CHECKOUT.parts[-3:] == ("ansible_collections", "senhasegura", "mysafe"):
        return _CHECKOUT.parents[2]
    namespace = Path(_TREE.name, "ansible_collections", "senhasegura")
    namespace.mkdir(parents=True)
    (namespace / "mysafe").symlink_to(_CHECKOUT)
    return Path(_TREE.name)


_TREE = tempfile.TemporaryDirectory(prefix="mysafe-controller-")
_ROOT = _collection_root()
sys.path[:0] = [str(_ROOT), str(_CHECKOUT / "tests")]

from simulator.process import Simulator  # noqa: E402

from .stage import Aside, Controller, connect  # noqa: E402

if t.TYPE_CHECKING:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

pytest_plugins = ["simulator.pytest_plugin"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that start long background plays first, and those that wait for these plays last."""

    def turn(item: pytest.Item) -> int:
        fixtures = item.fixturenames if isinstance(item, pytest.Function) else []
        return 2 if "both" in fixtures else 0 if "aside" in fixtures else 1

    items.sort(key=turn)


@pytest.fixture(scope="session", name="ansible_home")
def _ansible_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ansible_home")


@pytest.fixture(name="controller")
def _controller(simulator: Simulator, ansible_home: Path, tmp_path: Path) -> Controller:
    return Controller(simulator, _ROOT, ansible_home, tmp_path)


@pytest.fixture(scope="session", name="aside")
def _aside(ansible_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aside]:
    """Return a runner of background plays, on two controllers with their own simulators."""
    with Simulator() as one, Simulator() as other:
        controllers = [
            Controller(simulator, _ROOT, ansible_home, tmp_path_factory.mktemp("aside")) for simulator in (one, other)
        ]
        with Aside(controllers) as aside:
            yield aside


@pytest.fixture(name="controller_of_module", scope="module")
def _controller_of_module(
    running: Simulator, ansible_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Controller:
    """Return a controller for a play whose results several tests check."""
    running.reset()
    return Controller(running, _ROOT, ansible_home, tmp_path_factory.mktemp("module"))


@pytest.fixture(name="connection")
def _connection(simulator: Simulator) -> Connection:
    """Return alice's connection to the simulator."""
    return connect(simulator)
