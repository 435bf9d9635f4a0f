# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs many cells, in several processes, and keeps count."""

from __future__ import annotations

import concurrent.futures
import itertools
import multiprocessing
import time
import typing as t

import pytest

from .matrix import Cell, Matrix
from .memory import Memory

#: How many cells a process is given at a time.
_BATCH = 100


class Report(t.NamedTuple):
    """What became of some cells: how many there were, how many seconds they took a processor, and which failed, and how."""

    cells: int = 0
    seconds: float = 0.0
    failures: tuple[tuple[Cell, tuple[str, ...]], ...] = ()

    def __add__(self, other: t.Any) -> Report:
        """Return both reports as one."""
        return Report(self.cells + other.cells, self.seconds + other.seconds, self.failures + other.failures)

    def __str__(self) -> str:
        """Return which cells failed, and how to run each of them again."""
        lines = []
        for cell, violated in self.failures:
            lines += [f"make faults ARGS='--cell {cell}'", *(f"    {one}" for one in violated)]
        return "\n".join(lines)


#: The report on all cells so far, and how many cells there are.
COUNTS = pytest.StashKey[tuple[Report, int]]()


def run_here(matrix: Matrix, cells: t.Iterable[Cell]) -> Report:
    """Run cells in this process."""
    begin, count, failures = time.process_time(), 0, []
    for cell in cells:
        count += 1
        violated = matrix.violations(cell)
        if violated:
            failures.append((cell, tuple(violated)))
    return Report(count, time.process_time() - begin, tuple(failures))


class Workers:
    """Processes that run cells, each with a simulator of its own."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = concurrent.futures.ProcessPoolExecutor(count, context, _begin)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def run(self, cells: t.Iterable[Cell]) -> Report:
        """Run cells."""
        remaining = iter(cells)
        batches = list(iter(lambda: list(itertools.islice(remaining, _BATCH)), []))
        return sum(self._pool.map(_run, batches), Report())


_matrix: Matrix


def _begin() -> None:
    global _matrix
    _matrix = Matrix(Memory().start())


def _run(cells: list[Cell]) -> Report:
    return run_here(_matrix, cells)
