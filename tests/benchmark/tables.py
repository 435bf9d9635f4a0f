# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Writes numbers, headings and tables in reStructuredText."""

from __future__ import annotations

import typing as t

from .figures import summary

if t.TYPE_CHECKING:
    from .figures import Series, Summary


def milliseconds(series: Series, digits: int = 1) -> str:
    """Write seconds as milliseconds, with their spread."""
    return number(summary(series.values()), 1000, " ms", digits)


def kilobytes(series: Series) -> str:
    """Write bytes as kilobytes, with their spread."""
    return number(summary(series.values()), 1e-3, " kB", 1)


def number(found: Summary, factor: float, unit: str, digits: int) -> str:
    """Write a median with its spread, both multiplied by a factor."""
    median, low, high = (f"{value * factor:.{digits}f}" for value in found[:3])
    return f"{median}{unit}" if found.number == 1 else f"{median}{unit} ({low} to {high}; n={found.number})"


def heading(title: str) -> str:
    """Write the heading of a section."""
    return f"{title}\n{'-' * len(title)}\n"


def table(head: tuple[str, ...], rows: t.Iterable[tuple[str, ...]]) -> str:
    """Write a table."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (head, *rows):
        lines += [f"   {'  ' if number else '* '}- {cell}".rstrip() for number, cell in enumerate(row)]
    return "\n".join([*lines, ""])
