# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Writes the figures as a guide in reStructuredText."""

from __future__ import annotations

import typing as t

from . import targets
from .figures import ratio, summary
from .many import MANY
from .measure import ANSWER_TAKES, CONNECTIONS, ONE_PROCESS, PROCESSES
from .subjects import FLOOR, IN_PLACE, SUBJECTS
from .tables import heading, kilobytes, milliseconds, number, table

if t.TYPE_CHECKING:
    from .figures import Figures
    from .measure import Plan


_HEAD = """\
..
  SPDX-License-Identifier: GPL-3.0-or-later
  SPDX-FileCopyrightText: the senhasegura.mysafe authors
  Written by "make bench". Do not edit: the next run overwrites it.

.. _ansible_collections.senhasegura.mysafe.docsite.performance:

Performance
===========

A module starts a new Python process for every task and for every item of a loop. With a local connection, the tasks of this
collection run inside ansible-playbook instead, and a loop logs in only once. All figures below were measured in one run,
side by side, against the project's MySafe simulator over TLS.

.. image:: benchmark.svg
   :alt: Time per task and per item of a loop
"""

_SUBJECTS = """\
- "Our task" is ``senhasegura.mysafe.mysafe_api_secret`` for a secret that already matches the task: three requests (token,
  lookup, read), with one token request per loop.
- "With token cache" is the same with ``mysafe_token_cache: true``.
- "As a module" is the same with the variable ``mysafe_in_place: false``, as on a remote host or with ``become``.
- "uri, one GET" reads one secret with an existing token.
- "The same with mitogen_linear" is the same read under `Mitogen <https://mitogen.networkgenomics.com/ansible_detailed.html>`__,
  which runs modules without a new Python process for each.
- "Without us" is what a playbook needs without the collection: ``ansible.builtin.uri`` to get a token, to look up the
  identifier code, and to create a missing secret. A loop gets one token, so each item takes two requests. It does not
  compare or update anything.
"""

_FLOOR = """\
The floor is an action plugin that only sends the same three requests with the Python library requests, and keeps its
connection and token for all items of a loop, as our task does. It checks no options, compares nothing and handles no
failures. Both took turns {pairs} times, with plays of {paired_tasks} tasks, and so did a loop of ``uri`` under Mitogen, for the
ratio above.
"""

_CORE = """\
The core of the collection for one unchanged secret, compared with a script that only sends the same three requests with the
Python library requests.
"""

_LOOKUP = """\
One lookup of {items} identifier codes, compared with a script that looks up and reads the same codes with the Python library
requests, also over {connections} connections. The simulator waits {milliseconds} ms before each answer.
"""

_MANY = """\
{many} secrets that already match, one task with ``senhasegura.mysafe.mysafe_api_secrets`` (``concurrency: {connections}``), compared with
other ways to check the same secrets. The simulator waits {milliseconds} ms before each answer. All times are without the time of the
play, and those of a loop as a module and of ``uri`` were measured over {few} secrets and scaled. The loop of ``uri`` starts with a
token, looks each code up, and reads its secret.
"""

_GROWTH = """\
What one task takes to create many secrets, in place, for each of them. The simulator answers at once.
"""

_METHOD = """\
Whole ``ansible-playbook`` processes were timed, with a local connection, no facts, pipelining and 5 forks. The cost of a task
is the extra time of {tasks} tasks over one task, divided by {more_tasks}. The cost of an item is the extra time of a loop of
{items} over a loop of one, divided by {more_items}. The subjects took turns in {rounds} rounds; slow ones took part in fewer.
Each play was verified by Ansible's recap and by the simulator's log. The core and the bare script took turns {iterations}
times inside one process, each time with a new session (a new TLS connection and a new token), and {processes} times as
separate processes. Memory is the largest resident set of ansible-playbook and its worker processes, less that of the same
play without the list. The size of the result, and how long it takes to hide secrets in it, were measured with the core
inside the benchmark's process. As in every play but the first, Python had compiled the code of the collection before.

Figures are medians with the spread in brackets: minimum to maximum, or the quartiles if there are at least 20 values. Ratios
are calculated for each round, and their median is shown. It may differ from the ratio of the two medians.

To repeat the benchmark, run ``make bench``. It takes about 25 minutes on two cores; run nothing else meanwhile.
"""


def page(figures: Figures, plan: Plan, facts: t.Mapping[str, str], *, quick: bool) -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        *(["**This was a smoke run; its figures are meaningless.**\n"] if quick else []),
        heading("Targets"),
        table(("Figure", "Measured", "Limit", "Met"), _targets(figures)),
        heading("Tasks and loops"),
        table(
            ("", "Play with 1 task", "Each further task", "vs. uri", f"Item of a loop of {plan.items}", "vs. uri"),
            _plays(figures),
        ),
        _SUBJECTS,
        f"Requests that reached the simulator in a loop of {plan.items}:\n",
        table(("", "Token requests", "Other requests", "TLS connections"), _requests(figures)),
        heading("Our task and its floor"),
        _FLOOR.format(pairs=plan.pairs, paired_tasks=plan.paired_tasks),
        table(("", "Play with 1 task", "Each further task", f"Item of a loop of {plan.items}"), _floor(figures)),
        heading("The core and its limit"),
        _CORE,
        table(("", "In one process", "As a process"), _scripts(figures)),
        heading("Reading many secrets"),
        _LOOKUP.format(items=plan.items, connections=CONNECTIONS, milliseconds=round(ANSWER_TAKES * 1000)),
        table(("", "Time"), _lookups(figures)),
        heading("Many secrets in one task"),
        _MANY.format(many=plan.many, few=plan.few, connections=CONNECTIONS, milliseconds=round(ANSWER_TAKES * 1000)),
        table(("", "Time", "vs. our list"), _many(figures)),
        _GROWTH,
        table(("", *(f"{size} secrets" for size in plan.sizes)), _growth(figures, plan)),
        heading("How it was measured"),
        _METHOD.format(
            tasks=plan.tasks,
            more_tasks=plan.tasks - 1,
            items=plan.items,
            more_items=plan.items - 1,
            rounds=plan.rounds,
            iterations=plan.iterations,
            processes=plan.processes,
        ),
        table(("Measured on", ""), facts.items()).rstrip("\n"),
    ]
    return "\n".join(parts) + "\n"


def _targets(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for target in targets.of(figures):
        limit, reached = ("", "") if target.limit is None else (target.bound, "yes" if target.met else "**no**")
        yield target.name, number(target.found, target.factor, target.unit, target.digits), limit, reached
    loop = figures.seen["in_place"]
    for name, count in (("token requests", loop.tokens), ("TLS connections", loop.connections)):
        yield f"{name} in a loop of our task", str(count), "1", "yes" if count <= 1 else "**no**"


def _floor(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for subject in (IN_PLACE, FLOOR):
        start, single, loop = (figures.floor[subject.key, what] for what in ("start", "single", "loop"))
        yield subject.title, milliseconds(start), milliseconds(single), milliseconds(loop)


def _plays(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for subject in SUBJECTS:
        row = [subject.title, number(summary(figures.plays[subject.key].values()), 1, " s", 2)]
        for kind in ("single", "loop"):
            cost = figures.costs[subject.key, kind]
            row += [milliseconds(cost), f"{ratio(cost, figures.costs['uri', kind]).median:.3f}"]
        yield tuple(row)


def _requests(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for subject in SUBJECTS:
        seen = figures.seen[subject.key]
        others = seen.lookups + seen.reads + seen.creates
        yield subject.title, str(seen.tokens), str(others), str(seen.connections)


def _scripts(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for key, title in (("core", "the core"), ("bare", "the bare script")):
        yield title, milliseconds(figures.scripts[key, ONE_PROCESS]), milliseconds(figures.scripts[key, PROCESSES])


def _many(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    rows = [(subject.key, subject.title) for subject in MANY]
    for key, title in (*rows[:1], ("bare", "the bare script"), *rows[1:]):
        seconds = figures.many[key]
        factor = ratio(seconds, figures.many["list"]).median
        yield title, number(summary(seconds.values()), 1, " s", 1), f"{factor:.2f}"


def _growth(figures: Figures, plan: Plan) -> t.Iterable[tuple[str, ...]]:
    columns = [figures.growth[size] for size in plan.sizes]
    yield "time for each secret, without the play", *(milliseconds(one.seconds) for one in columns)
    yield "processor time of ansible-playbook for each secret", *(milliseconds(one.processor) for one in columns)
    yield "memory for each secret, at the peak", *(kilobytes(one.memory) for one in columns)
    yield "result for each secret", *(f"{one.result:.0f} bytes" for one in columns)
    yield "hiding secrets in the result, for each secret", *(milliseconds(one.hiding, digits=3) for one in columns)


def _lookups(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for key, title in (("lookup", "our lookup, without the time of the play"), ("bare", "the bare script")):
        yield title, number(summary(figures.lookups[key].values()), 1, " s", 2)
