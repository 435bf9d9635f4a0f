# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The cells of the matrix, and running one: the task under a fault, then the same task again without."""

from __future__ import annotations

import itertools
import random
import re
import typing as t
import zlib

from wire.support import vault

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .faults import ALWAYS, FAULTS, ONCE, RETRIES, SCOPES, TWICE, TWINS, Fault
from .invariants import INVARIANTS, forms, plain
from .operations import OPERATIONS, Operation
from .tasks import Course, Vault, prepare, run

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .memory import Memory

#: For how long, in seconds, to wait for what is late, before the task is run again.
_UNTIL_ALL_IS_QUIET = 600
_ENDLESS = 10**6
#: Of the faults that should leave the session as it is, every so many cells run the task again all the same.
_EVERY = 8


class Cell(t.NamedTuple):
    """A cell: an operation, which of its requests is hit (counted from 1), the fault, for how long, and retries."""

    operation: str
    position: int
    fault: str
    scope: str
    retries: int

    def __str__(self) -> str:
        """Return the name, by which the cell can be run again."""
        return "/".join(map(str, self))

    @classmethod
    def named(cls, name: str) -> Cell:
        """Return the cell with a name."""
        operation, position, fault, scope, retries = name.split("/")
        cell = cls(operation, int(position), fault, scope, int(retries))
        if operation not in OPERATIONS or fault not in FAULTS or scope not in SCOPES:
            raise ValueError(f"there is no cell {name}")
        return cell


class Seen(t.NamedTuple):
    """All that a cell showed. ``later`` is the vault when everything late has happened, ``rows`` are all requests until then.

    ``secrets`` are the texts that nobody may see, each in all its forms.
    """

    cell: Cell
    faultless: Course
    faulted: Course
    later: Vault
    rows: list[dict[str, t.Any]]
    again: list[Course]
    secrets: list[tuple[str, ...]]

    @property
    def operation(self) -> Operation:
        """The operation of the cell."""
        return OPERATIONS[self.cell.operation]

    @property
    def fault(self) -> Fault:
        """The fault of the cell."""
        return FAULTS[self.cell.fault]


class Matrix:
    """Runs cells, all on one simulator."""

    def __init__(self, memory: Memory, *, is_thorough: bool = False) -> None:
        self._memory = memory
        self.is_thorough = is_thorough
        self._left_behind: set[t.Any] = set()
        self._faultless: dict[str, Course] = {}

    def faultless(self, name: str) -> Course:
        """Return how an operation goes without a fault."""
        if name not in self._faultless:
            self._begin(OPERATIONS[name])
            self._faultless[name] = self._run(name, RETRIES[-1], Sessions())
        return self._faultless[name]

    def cells(self, name: str) -> Iterator[Cell]:
        """Return all cells of an operation."""
        for position in range(1, len(self.faultless(name).rows) + 1):
            for fault in FAULTS:
                for scope in SCOPES:
                    if not self._is_same_as_before(name, position, fault, scope):
                        yield from (Cell(name, position, fault, scope, retries) for retries in RETRIES)

    def _is_same_as_before(self, name: str, position: int, fault: str, scope: str) -> bool:
        """Whether a fault after a request is the same as before it: it hits nothing that writes, so another cell is this one."""
        if fault not in TWINS:
            return False
        operation, rows = OPERATIONS[name], self.faultless(name).rows
        if operation.check or not operation.writes:
            return True
        row = rows[position - 1]
        return scope in (ONCE, ALWAYS) and (row["method"] == "GET" or row["path"].endswith("/oauth2/token"))

    @staticmethod
    def sample(cells: list[Cell], seed: int) -> list[Cell]:
        """Return some of all cells of an operation: a quarter of the faults, and every position.

        So each fault meets many operations. A task in check mode only reads, as every other does before it writes: an
        eighth of the faults is enough for it.
        """
        name = cells[0].operation
        chance = random.Random(zlib.crc32(f"{seed}/{name}".encode()))
        by_fault: dict[str, list[Cell]] = {}
        for cell in cells:
            by_fault.setdefault(cell.fault, []).append(cell)
        positions = sorted({cell.position for cell in cells})
        chance.shuffle(positions)
        number = max(len(positions), len(by_fault) // (8 if OPERATIONS[name].check else 4))
        faults = chance.sample(list(by_fault), number)
        return [
            chance.choice([cell for cell in by_fault[fault] if cell.position == position])
            for fault, position in zip(faults, itertools.cycle(positions))
        ]

    def see(self, cell: Cell) -> Seen:
        """Run a cell."""
        faultless = self.faultless(cell.operation)
        operation = OPERATIONS[cell.operation]
        memory = self._memory
        self._begin(operation, zlib.crc32(str(cell).encode()))
        self._plan(cell, faultless.rows)
        sessions = Sessions()
        faulted = self._run(cell.operation, cell.retries, sessions)
        memory.clear_faults()
        memory.settle(_UNTIL_ALL_IS_QUIET)
        later, rows = vault(memory), memory.requests()
        again: list[Course] = []
        is_partial = any("error" in part for part in [faulted.done.values, *faulted.done.parts])
        if self._is_run_again(cell, is_partial, later):
            again.append(self._run(cell.operation, RETRIES[-1], sessions))
            if is_partial and not again[0].done.failed and operation.writes and not operation.check:
                again.append(self._run(cell.operation, RETRIES[-1], sessions))
        return Seen(cell, faultless, faulted, later, rows, again, self._secrets(operation, later))

    def _is_run_again(self, cell: Cell, is_partial: bool, later: Vault) -> bool:
        """Whether to run a task again: for each vault that a fault can leave behind, and for what it does to the session."""
        found = (cell.operation, is_partial, zlib.crc32(repr(list(map(plain, later.values()))).encode()))
        is_new = found not in self._left_behind
        self._left_behind.add(found)
        may_matter = is_new or FAULTS[cell.fault].may_spoil
        return self.is_thorough or may_matter or zlib.crc32(str(cell).encode()) % _EVERY == 0

    def violations(self, cell: Cell) -> list[str]:
        """Run a cell, and return which invariants do not hold, and how."""
        seen = self.see(cell)
        if not any(row["fault"] for row in seen.rows):
            return ["the fault hit no request"]
        return [f"{invariant.__name__}: {told}" for invariant in INVARIANTS for told in invariant(seen)]

    def told(self, cell: Cell) -> str:
        """Run a cell, and return its course in words."""
        seen = self.see(cell)
        lines = []
        for name, course in (("under the fault", seen.faulted), *(("run again", course) for course in seen.again)):
            lines.append(f"{name}:")
            for row, at in zip(course.rows, course.arrivals):
                marks = [f"fault {row['fault']}"] * bool(row["fault"]) + ["wrote"] * row["wrote"]
                lines.append(
                    f"  {at - course.arrivals[0]:6.1f} s {row['method']} {row['path']} {row['status']} {' '.join(marks)}"
                )
            lines.append(f"  waits: {', '.join(f'{wait:.1f} s' for wait in course.waits) or 'none'}")
            lines.append(f"  {course.done.crash or course.done.values}")
        return "\n".join(lines)

    def _begin(self, operation: Operation, seed: int = 0) -> None:
        self._memory.begin(seed, **operation.switches)
        prepare(self._memory, operation)

    def _plan(self, cell: Cell, rows: list[dict[str, t.Any]]) -> None:
        fault = FAULTS[cell.fault]
        row = rows[cell.position - 1]
        path, method, skip = "", None, cell.position - 1
        if cell.scope == ALWAYS:
            path, method = f"^{re.escape(row['path'])}$", row["method"]
            skip = sum((one["path"], one["method"]) == (row["path"], method) for one in rows[:skip])
        times = {ONCE: 1, TWICE: 2}.get(cell.scope, _ENDLESS)
        do = fault.planned(self._memory.clock)
        self._memory.fault(do, method=method, path=path, when=fault.when, times=times, skip=skip)

    def _run(self, name: str, retries: int, sessions: Sessions) -> Course:
        memory = self._memory
        memory.clock.waits.clear()
        memory.arrivals.clear()
        course = run(memory, name, retries, sessions)
        return course._replace(arrivals=list(memory.arrivals), waits=list(memory.clock.waits))

    def _secrets(self, operation: Operation, stored: Vault) -> list[tuple[str, ...]]:
        texts = {secret["client_secret"] for secret in stored.values()}
        texts |= {login["client_secret"] for login in self._memory.access_keys.values()}
        texts.add(str(operation.options.get("client_secret") or ""))
        texts.update(operation.options.get("client_secrets", {}).values())
        return [forms(text) for text in sorted(texts) if text]
