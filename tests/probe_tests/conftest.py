# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: the probe, and the tally of the round trips, which is printed at the end."""

from __future__ import annotations

import typing as t

import pytest

from .prober import Prober
from .tally import TALLY

if t.TYPE_CHECKING:
    from pathlib import Path

    from simulator.process import Simulator

pytest_plugins = ["controller.conftest"]


@pytest.fixture(name="prober")
def _prober(simulator: Simulator, tmp_path: Path) -> Prober:
    return Prober(simulator, tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many switches were recovered."""
    for line in TALLY.lines():
        terminalreporter.write_line(line)
