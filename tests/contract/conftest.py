# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: the OpenAPI description of the API."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

pytest_plugins = ["simulator.pytest_plugin"]


@pytest.fixture(scope="session", name="description")
def _description() -> dict[str, t.Any]:
    text = Path(__file__).with_name("openapi.yaml").read_text(encoding="utf-8")
    return t.cast("dict[str, t.Any]", yaml.safe_load(text))
