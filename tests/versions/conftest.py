# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: the controller and the simulator of tests/controller."""

from __future__ import annotations

pytest_plugins = ["controller.conftest"]
