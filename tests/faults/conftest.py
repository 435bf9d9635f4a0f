# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The options of the matrix, and the simulator inside this process."""

from __future__ import annotations

import os
import typing as t

import pytest
import wire.conftest  # noqa: F401  # pylint: disable=unused-import  # it makes the collection importable

from .faults import FAULTS
from .memory import Memory
from .operations import OPERATIONS
from .work import COUNTS

if t.TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["simulator.pytest_plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a cell be run again by its name, and the sample be another one."""
    parser.addoption("--cell", help="run this cell only, and show its requests: OPERATION/POSITION/FAULT/SCOPE/RETRIES")
    parser.addoption("--seed", type=int, default=0, help="seed of the sample")
    parser.addoption(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes that run the whole matrix (default: one a core)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose between the test of a cell that was named and all others."""
    wanted = config.getoption("--cell") is not None
    chosen = [item for item in items if (item.name == "test_a_cell_that_was_named") is wanted]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell how many cells were run."""
    if COUNTS in config.stash:
        report, count = config.stash[COUNTS]
        terminalreporter.write_line(
            f"Fault matrix: {report.cells} of {count} cells ({len(OPERATIONS)} operations, {len(FAULTS)} faults), "
            f"{len(report.failures)} failed, {report.seconds:.0f} seconds of a processor"
        )


@pytest.fixture(scope="session", name="made")
def _made() -> Memory:
    return Memory()


@pytest.fixture(name="memory")
def _memory(made: Memory) -> Iterator[Memory]:
    """Return the simulator inside this process, which all connections go to during the test."""
    with made:
        yield made
