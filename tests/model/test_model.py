# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs the machine, for as many steps as the run is to have."""

from __future__ import annotations

import itertools
import os
import typing as t

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .conftest import COUNTS, SEED
from .machine import Machine
from .stage import Stage

if t.TYPE_CHECKING:
    from simulator.process import Simulator

_STEPS = 20_000 if os.environ.get("MYSAFE_FULL") else 2_000
#: The most steps of an example, the first of which only chooses the switches.
_LENGTH = 30


def test_tasks_do_what_the_model_says(
    plain: Simulator, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    counts = pytestconfig.stash[COUNTS]
    machine = type("Machine", (Machine,), {"stage": Stage(plain, monkeypatch), "counts": counts})
    # Examples can be shorter, so it takes a few rounds to get all steps.
    for number in itertools.count(pytestconfig.stash[SEED]):
        missing = _STEPS - counts["steps"]
        if missing <= 0:
            break
        run = settings(
            max_examples=missing // _LENGTH + 1,
            stateful_step_count=_LENGTH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        run_state_machine_as_test(seed(number)(machine), settings=run)
