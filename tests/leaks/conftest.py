# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Fixtures: the simulator."""

from __future__ import annotations

pytest_plugins = ["simulator.pytest_plugin"]
