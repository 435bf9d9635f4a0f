# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: a vault in this process, nothing waits, and the run ends with its counts."""

from __future__ import annotations

import typing as t

import pytest
import wire.conftest  # noqa: F401  # pylint: disable=unused-import  # with it, the collection can be imported

from . import probes
from .vault import Vault

if t.TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["simulator.pytest_plugin"]


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """Print the counts."""
    for line in probes.summary():
        terminalreporter.write_line(line)


@pytest.fixture(scope="module", name="vault")
def _vault() -> Iterator[Vault]:
    with Vault() as vault:
        yield vault


@pytest.fixture(scope="module", name="waits")
def _waits() -> Iterator[list[float]]:
    """Note the waits instead of waiting."""
    with probes.noted_waits() as waits:
        yield waits
