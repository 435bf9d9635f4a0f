# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The matrix: each operation at each of its requests under each fault. By default a sample, in full with MYSAFE_FULL."""

from __future__ import annotations

import os
import typing as t

import pytest

from .invariants import is_as_wanted
from .matrix import Cell, Matrix
from .operations import OPERATIONS
from .work import COUNTS, Report, Workers, run_here

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .memory import Memory

_IS_FULL = bool(os.environ.get("MYSAFE_FULL"))


@pytest.fixture(scope="session", name="workers")
def _workers(pytestconfig: pytest.Config) -> Iterator[Workers | None]:
    if not _IS_FULL:
        yield None
        return
    with Workers(pytestconfig.getoption("workers")) as workers:
        yield workers


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_under_every_fault(
    operation: str, memory: Memory, workers: Workers | None, pytestconfig: pytest.Config
) -> None:
    matrix = Matrix(memory)
    cells = list(matrix.cells(operation))
    if workers is not None:
        report = workers.run(cells)
    else:
        report = run_here(matrix, matrix.sample(cells, pytestconfig.getoption("seed")))
    so_far, count = pytestconfig.stash.get(COUNTS, (Report(), 0))
    pytestconfig.stash[COUNTS] = (so_far + report, count + len(cells))
    if report.failures:
        pytest.fail(f"{len(report.failures)} of {report.cells} cells failed\n{report}", pytrace=False)


_WRITING = [name for name, operation in OPERATIONS.items() if operation.writes and not operation.check]


@pytest.mark.parametrize("operation", _WRITING)
def test_without_a_fault_an_operation_does_what_is_wanted_and_check_mode_predicts_it(
    operation: str, memory: Memory
) -> None:
    matrix = Matrix(memory)
    course, predicted = matrix.faultless(operation), matrix.faultless(f"check-{operation}").done.values
    done = course.done.values
    assert "error" not in done
    for code, stored in OPERATIONS[operation].wanted.items():
        assert is_as_wanted(course.after, code, stored), code
    assert (predicted["changed"], predicted.get("summary")) == (done["changed"], done.get("summary"))
    # What an inactive secret holds, and so what an update of it will change, shows only once it is active.
    if "action" in done and not done["action"].startswith("activate"):
        told = [{name: values["diff"][name] for name in ("before", "after")} for values in (predicted, done)]
        assert (predicted["action"], told[0]) == (done["action"], told[1])


def test_a_cell_that_was_named(memory: Memory, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> None:
    cell = Cell.named(pytestconfig.getoption("cell"))
    matrix = Matrix(memory, is_thorough=True)
    with capsys.disabled():
        print(f"\n{matrix.told(cell)}")
    violated = matrix.violations(cell)
    if violated:
        pytest.fail("\n".join(violated), pytrace=False)
