# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Measures many secrets that are unchanged, with a vault that answers slowly: as a list, in loops, and with a bare script."""

from __future__ import annotations

import time
import typing as t

from . import bare_pool_script
from .measure import ANSWER_TAKES, CONNECTIONS, say
from .subjects import Requests, Subject, Task, code, get, in_loop, ours, the_list

if t.TYPE_CHECKING:
    from .figures import Figures
    from .measure import Plan
    from .playbooks import Playbooks
    from .vault import Vault

_UNCHANGED = Requests(lookups=1, reads=1)


def nothing() -> list[Task]:
    """Return a play without requests, whose time is subtracted."""
    return [{"name": "Do nothing", "ansible.builtin.debug": {"msg": ""}}]


def _uris(count: int) -> list[Task]:
    return [
        *in_loop(lambda number: get(number, f"?identifier_code={code(number)}"))(count),
        *in_loop(get, "item")(count),
    ]


def _subject(
    key: str,
    title: str,
    tasks: t.Callable[[int], list[Task]],
    rounds: int,
    requests: Requests = _UNCHANGED,
    **more: t.Any,
) -> Subject:
    return Subject(key, title, lambda count: tasks(count) if count else nothing(), tasks, requests, rounds, 0, **more)


_AS_MODULE = {"mysafe_in_place": False}

LIST = _subject("list", "our list", lambda _count: [the_list()], 7)
#: Those that take so long per secret that they are measured over a few, and scaled.
_FEW = (
    _subject("many_module", "a loop of our task, as a module", in_loop(ours), 1, variables=_AS_MODULE),
    _subject("many_uri", "a loop of ansible.builtin.uri, twice", _uris, 1),
)
MANY = (
    LIST,
    _subject("list_module", "our list, as a module", lambda _count: [the_list()], 3, variables=_AS_MODULE),
    _subject("many_loop", "a loop of our task", in_loop(ours), 2),
    *_FEW,
)


def measure_many(plan: Plan, figures: Figures, playbooks: Playbooks, vault: Vault) -> None:
    """Measure the subjects and the bare script in turns."""
    codes = [code(number) for number in range(plan.many)]
    say(f"{plan.many} unchanged secrets, {plan.rounds} rounds")
    with vault.taking(ANSWER_TAKES):
        for index in range(plan.rounds):
            without = playbooks.time(LIST, "single", 0).seconds
            for subject in MANY:
                if plan.takes_part(subject.single_rounds, index):
                    count = measured_over(plan, subject)
                    seconds = (playbooks.time(subject, "single", count).seconds - without) * plan.many / count
                    figures.many.setdefault(subject.key, {})[index] = seconds
                    say(f"Round {index + 1}: {subject.title}: {seconds:.1f} s, measured over {count}")
            begin = time.perf_counter()
            bare_pool_script.run(vault.environment, codes, CONNECTIONS)
            figures.many.setdefault("bare", {})[index] = time.perf_counter() - begin


def measured_over(plan: Plan, subject: Subject) -> int:
    """Return over how many secrets a subject is measured."""
    return plan.few if subject in _FEW else plan.many
