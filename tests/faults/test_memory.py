# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The simulator inside this process is no other server: over real sockets and TLS, a cell takes the same course."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .faults import FAULTS, RETRIES
from .matrix import Cell, Matrix
from .operations import OPERATIONS
from .tasks import Course, prepare, run

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .memory import Memory

#: One fault of each kind that keeps nobody waiting, at a request that writes.
_FAULTS = (
    "401",
    "502-html-after",
    "bad-charset",
    "byte-order-mark",
    "close-before",
    "cut-after",
    "echo-500-text-before",
    "interim-103",
    "latin-1",
    "reset-after",
    "token-expires-before",
    "two-lengths-after",
)
_CELLS = [
    *(Cell("create", 3, fault, "once", RETRIES[-1]) for fault in _FAULTS),
    Cell("list", 13, "reset-after", "once", 3),
]


@pytest.mark.parametrize("cell", _CELLS, ids=str)
def test_a_cell_takes_the_same_course_over_real_sockets(simulator: Simulator, memory: Memory, cell: Cell) -> None:
    here = Matrix(memory).see(cell).faulted
    memory.stop()
    operation, fault = OPERATIONS[cell.operation], FAULTS[cell.fault]
    simulator.switch(**operation.switches)
    prepare(simulator, operation)
    simulator.fault(fault.do, skip=cell.position - 1, when=fault.when)
    there = run(simulator, cell.operation, cell.retries, Sessions())
    assert _course(there) == _course(here)


def _course(course: Course) -> tuple[t.Any, ...]:
    """Return what is the same at each run: not which connection it was, and not the names of requests."""
    rows = [(row["method"], row["path"], row["status"], row["wrote"], row["fault"]) for row in course.rows]
    values = {name: value for name, value in course.done.values.items() if name not in ("msg", "error")}
    kind = course.done.values.get("error", {}).get("kind")
    return rows, values, kind, course.after
