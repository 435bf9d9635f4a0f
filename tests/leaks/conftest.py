# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: the simulator, and a place where a play runs; and the counts at the end of the run."""

from __future__ import annotations

import sys
import tempfile
import typing as t
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[2]


def _collection_root() -> Path:
    """Return the directory that contains ansible_collections: the checkout's own, or a new one that links to it."""
    if _CHECKOUT.parts[-3:] == ("ansible_collections", "senhasegura", "mysafe"):
        return _CHECKOUT.parents[2]
    namespace = Path(_TREE.name, "ansible_collections", "senhasegura")
    namespace.mkdir(parents=True)
    (namespace / "mysafe").symlink_to(_CHECKOUT)
    return Path(_TREE.name)


_TREE = tempfile.TemporaryDirectory(prefix="mysafe-leaks-")
ROOT = _collection_root()
sys.path[:0] = [str(ROOT), str(_CHECKOUT / "tests")]

from .play import Stage  # noqa: E402
from .search import COUNTS  # noqa: E402

if t.TYPE_CHECKING:
    from simulator.process import Simulator

pytest_plugins = ["simulator.pytest_plugin"]


@pytest.fixture(name="stage")
def _stage(simulator: Simulator, tmp_path: Path) -> Stage:
    return Stage(simulator, ROOT, tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much was searched."""
    terminalreporter.write_line(str(COUNTS))
