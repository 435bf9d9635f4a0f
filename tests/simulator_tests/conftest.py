# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: callers of the API, one per user, and one without an access key."""

from __future__ import annotations

import typing as t

import pytest

from .caller import Caller

if t.TYPE_CHECKING:
    from simulator.process import Simulator

pytest_plugins = ["simulator.pytest_plugin"]


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
