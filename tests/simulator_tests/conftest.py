# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Fixtures: one simulator for all tests, reset before each."""

from __future__ import annotations

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from typing import TYPE_CHECKING

from simulator.process import Simulator

from .caller import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", name="running")
def _running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(name="simulator")
def _simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture(name="alice")
def _alice(simulator: Simulator) -> Caller:
    return Caller(simulator, "alice")


@pytest.fixture(name="bob")
def _bob(simulator: Simulator) -> Caller:
    return Caller(simulator, "bob")


@pytest.fixture(name="carol")
def _carol(simulator: Simulator) -> Caller:
    return Caller(simulator, "carol")


@pytest.fixture(name="nobody")
def _nobody(simulator: Simulator) -> Caller:
    return Caller(simulator, None)
