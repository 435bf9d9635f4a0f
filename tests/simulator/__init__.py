# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A MySafe server for development, tests and the demo."""

from __future__ import annotations
