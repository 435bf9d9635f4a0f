# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reads the OpenAPI description of the API."""

from __future__ import annotations

import typing as t


def operations(description: dict[str, t.Any]) -> dict[tuple[str, str], dict[str, t.Any]]:
    """Return the operations by method, in capitals, and path."""
    return {
        (method.upper(), path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    }
