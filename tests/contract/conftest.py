# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Fixtures: one simulator for all tests, and the description of the API."""

from __future__ import annotations

import pathlib
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from simulator.process import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", name="simulator")
def _simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="session", name="description")
def _description() -> dict[str, Any]:
    description: dict[str, Any] = yaml.safe_load(
        pathlib.Path(__file__).with_name("openapi.yaml").read_text(encoding="utf-8")
    )
    return description
