# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: a simulator without TLS, which this folder has no use for; the seed, and the counts at the end of the run."""

from __future__ import annotations

import os
import random
import typing as t
from collections import Counter

import pytest
from simulator.process import Simulator

pytest_plugins = ["simulator.pytest_plugin"]

COUNTS: pytest.StashKey[Counter[str]] = pytest.StashKey()
SEED: pytest.StashKey[int] = pytest.StashKey()
#: What "make test" runs with, so that it draws the same each time.
_FIXED_SEED = 20260101


def pytest_configure(config: pytest.Config) -> None:
    """Decide the seed: the one that is asked for, a fixed one, or in full a new one."""
    given = config.getoption("hypothesis_seed", None)
    new = random.SystemRandom().randrange(2**32) if os.environ.get("MYSAFE_FULL") else _FIXED_SEED
    config.stash[SEED] = new if given in (None, "random") else int(given)
    config.stash[COUNTS] = Counter()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the counts, and how to run the same again."""
    counted = ", ".join(f"{number} {what}" for what, number in config.stash[COUNTS].items())
    terminalreporter.write_line(f"model: {counted or 'no steps'}; drawn with --hypothesis-seed={config.stash[SEED]}")


@pytest.fixture(scope="session", name="plain")
def _plain() -> t.Iterator[Simulator]:
    with Simulator("v4", "--no-tls") as simulator:
        yield simulator
