# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Takes the measurements, in rounds in which the subjects take turns, and shows the progress."""

from __future__ import annotations

import dataclasses
import importlib
import subprocess
import sys
import time
import typing as t
from pathlib import Path

from . import bare_pool_script
from .playbooks import KINDS, BenchmarkError
from .subjects import FLOOR, IN_PLACE, LOOKUP, MITOGEN, SUBJECTS, code

if t.TYPE_CHECKING:
    from .figures import Figures
    from .playbooks import Playbooks
    from .scratch import Scratch
    from .subjects import Subject
    from .vault import Seen, Vault

SCRIPTS = ("core", "bare")
#: How they are run: inside this process, or as processes of their own.
ONE_PROCESS, PROCESSES = "one process", "processes"
#: Seconds by which the simulator delays each answer, where many secrets are measured.
ANSWER_TAKES = 0.05
#: The largest number of connections that a lookup uses, and a list by default.
CONNECTIONS = 8
_FULL_ROUNDS = 7


@dataclasses.dataclass(frozen=True)
class Plan:
    """The extent of the measurements."""

    rounds: int = _FULL_ROUNDS
    tasks: int = 21
    items: int = 100
    iterations: int = 200
    processes: int = 21
    pairs: int = 21
    paired_tasks: int = 61
    many: int = 500
    few: int = 40
    sizes: tuple[int, int] = (500, 2000)
    growth_rounds: int = 3

    def takes_part(self, share: int, index: int) -> bool:
        """Whether a subject that takes part in ``share`` of seven rounds, evenly spread, takes part in this one."""
        times = -(-share * self.rounds // _FULL_ROUNDS)
        return (index + 1) * times // self.rounds > index * times // self.rounds


QUICK = Plan(
    rounds=1,
    tasks=3,
    items=4,
    iterations=20,
    processes=3,
    pairs=1,
    paired_tasks=3,
    many=8,
    few=2,
    sizes=(4, 8),
    growth_rounds=1,
)


def measure_plays(plan: Plan, figures: Figures, playbooks: Playbooks) -> None:
    """Measure whole plays: first with one task or item, then with many."""
    schedule = _schedule(plan)
    say("One run of each to warm up, not counted")
    for subject in SUBJECTS:
        playbooks.time(subject, "single", 1)
    for position, (index, subject, kind) in enumerate(schedule, 1):
        cost = _cost(plan, playbooks, subject, kind)
        figures.costs.setdefault((subject.key, kind), {})[index] = cost.each
        if kind == "single":
            figures.plays.setdefault(subject.key, {})[index] = cost.shortest
        else:
            figures.seen[subject.key] = cost.seen
        say(f"{position}/{len(schedule)}, round {index + 1}: {subject.title}: {cost}")


def measure_floor(plan: Plan, figures: Figures, playbooks: Playbooks) -> None:
    """Measure our task, the floor in place, and items under Mitogen.

    They differ so little that they need more rounds and longer plays than the others.
    """
    plan = dataclasses.replace(plan, tasks=plan.paired_tasks)
    pair = (IN_PLACE, FLOOR)
    for subject in (FLOOR, MITOGEN):
        playbooks.time(subject, "single", 1)  # to warm up
    for index in range(plan.pairs):
        cost = _cost(plan, playbooks, MITOGEN, "loop")
        figures.floor.setdefault((MITOGEN.key, "loop"), {})[index] = cost.each
        say(f"Pair {index + 1}/{plan.pairs}: {MITOGEN.title}: {cost}")
        for subject in pair if index % 2 == 0 else pair[::-1]:
            single, loop = (_cost(plan, playbooks, subject, kind) for kind in KINDS)
            for what, seconds in (("start", single.shortest), ("single", single.each), ("loop", loop.each)):
                figures.floor.setdefault((subject.key, what), {})[index] = seconds
            say(f"Pair {index + 1}/{plan.pairs}: {subject.title}: {single}; {loop}")


@dataclasses.dataclass(frozen=True)
class _Cost:
    """The seconds for one more task or item, and what they were calculated from."""

    kind: str
    many: int
    shortest: float
    longest: float
    seen: Seen

    @property
    def each(self) -> float:
        return (self.longest - self.shortest) / (self.many - 1)

    def __str__(self) -> str:
        unit = "task" if self.kind == "single" else "item"
        return f"1 {unit} {self.shortest:.2f} s, {self.many} {unit}s {self.longest:.2f} s, so {self.each * 1000:.1f} ms each"


def _cost(plan: Plan, playbooks: Playbooks, subject: Subject, kind: str) -> _Cost:
    many = plan.tasks if kind == "single" else plan.items
    shortest, longest = (playbooks.time(subject, kind, count) for count in (1, many))
    return _Cost(kind, many, shortest.seconds, longest.seconds, longest.seen)


def _schedule(plan: Plan) -> list[tuple[int, Subject, str]]:
    schedule = []
    for index in range(plan.rounds):
        turns = [
            (index, subject, kind)
            for kind in KINDS
            for subject in SUBJECTS
            if plan.takes_part(subject.single_rounds if kind == "single" else subject.loop_rounds, index)
        ]
        # Every other round runs backwards, so that no subject always follows the same neighbour.
        schedule += turns if index % 2 == 0 else turns[::-1]
    return schedule


def measure_lookup(plan: Plan, figures: Figures, playbooks: Playbooks, vault: Vault) -> None:
    """Measure a lookup of many codes and the bare script for the same codes, with a vault that answers slowly."""
    codes = [code(number) for number in range(plan.items)]
    say(f"A lookup of {plan.items} codes, and a bare script, {plan.rounds} times each")
    with vault.taking(ANSWER_TAKES):
        for index in range(plan.rounds):
            whole = playbooks.time(LOOKUP, "single", plan.items).seconds
            without = playbooks.time(LOOKUP, "single", 0).seconds
            figures.lookups.setdefault("lookup", {})[index] = whole - without
            begin = time.perf_counter()
            bare_pool_script.run(vault.environment, codes, CONNECTIONS)
            figures.lookups.setdefault("bare", {})[index] = time.perf_counter() - begin


def measure_scripts(plan: Plan, figures: Figures, scratch: Scratch, vault: Vault) -> None:
    """Measure the core and the bare script, both inside this process and as separate processes."""
    runs = {name: importlib.import_module(f"benchmark.{name}_script").run for name in SCRIPTS}

    def in_process(name: str) -> None:
        runs[name](vault.environment)

    environment = scratch.script_environment(**vault.environment)

    def as_process(name: str) -> None:
        script = str(Path(__file__).with_name(f"{name}_script.py"))
        subprocess.run([sys.executable, script], env=environment, stdin=subprocess.DEVNULL, check=True)

    for way, run, times in ((ONE_PROCESS, in_process, plan.iterations), (PROCESSES, as_process, plan.processes)):
        say(f"The core and the bare script, {times} times each: {way}")
        vault.forget()
        for name in SCRIPTS:
            run(name)  # to warm up
        for index in range(times):
            for name in SCRIPTS if index % 2 == 0 else SCRIPTS[::-1]:
                begin = time.perf_counter()
                run(name)
                figures.scripts.setdefault((name, way), {})[index] = time.perf_counter() - begin
        seen = vault.seen()
        if set(seen[:3]) != {2 * (times + 1)} or seen.creates or seen.others:
            problem = f"the scripts sent unexpected requests: {seen}"
            raise BenchmarkError(problem)


def say(text: str) -> None:
    """Show the progress."""
    print(text, flush=True)
