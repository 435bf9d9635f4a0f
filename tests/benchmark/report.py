# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Writes the figures as a page in Markdown."""

from __future__ import annotations

import typing as t

from .figures import Figures, Series, Summary, ratio, summary
from .measure import ANSWER_TAKES, CONNECTIONS
from .subjects import SUBJECTS

if t.TYPE_CHECKING:
    from .measure import Plan

_ONE, _PROCESSES = "one process", "processes"

_HEAD = """\
# How fast the collection is

<!-- Written by "make bench". Do not edit: the next run overwrites it. -->

A module starts a new Python process for every task and for every item of a loop. With a local connection, the tasks of this
collection run inside ansible-playbook instead, and a loop logs in only once. All figures below were measured in one run,
side by side, against the project's MySafe simulator over TLS.

![Time per task and per item of a loop](benchmark.svg)
"""

_SUBJECTS = """\
- "Our task" is `senhasegura.mysafe.mysafe_api_secret` for a secret that already matches the task: three requests (token,
  lookup, read), with one token request per loop.
- "With token cache" is the same with `mysafe_token_cache: true`.
- "As a module" is the same with the variable `mysafe_in_place: false`, as on a remote host or with `become`.
- "uri, one GET" reads one secret with an existing token.
- "Without us" is what a playbook needs without the collection: `ansible.builtin.uri` to get a token, to look up the
  identifier code, and to create a missing secret. A loop gets one token, so each item takes two requests. It does not
  compare or update anything.
"""

_CORE = """\
The core of the collection for one unchanged secret, compared with a script that only sends the same three requests with the
Python library requests.
"""

_LOOKUP = """\
One lookup of {items} identifier codes, compared with a script that looks up and reads the same codes with the Python library
requests, also over {connections} connections. The simulator waits {milliseconds} ms before each answer.
"""

_METHOD = """\
Whole `ansible-playbook` processes were timed, with a local connection, no facts, pipelining and 5 forks. The cost of a task
is the extra time of {tasks} tasks over one task, divided by {more_tasks}. The cost of an item is the extra time of a loop of
{items} over a loop of one, divided by {more_items}. The subjects took turns in {rounds} rounds; slow ones took part in fewer.
Each play was verified by Ansible's recap and by the simulator's log. The core and the bare script took turns {iterations}
times inside one process, each time with a new session (a new TLS connection and a new token), and {processes} times as
separate processes.

Figures are medians with the spread in brackets: minimum to maximum, or the quartiles if there are at least 20 values. Ratios
are calculated for each round, and their median is shown. It may differ from the ratio of the two medians.

To repeat the benchmark, run `make bench`. It takes about a quarter of an hour on two cores; run nothing else meanwhile.
"""


def page(figures: Figures, plan: Plan, facts: t.Mapping[str, str], *, quick: bool) -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        *(["**This was a smoke run; its figures are meaningless.**\n"] if quick else []),
        "## Targets\n",
        _table(("Ratio", "Measured", "Limit", "Met"), _targets(figures)),
        "## Tasks and loops\n",
        _table(
            ("", "Play with 1 task", "Each further task", "vs. uri", f"Item of a loop of {plan.items}", "vs. uri"),
            _plays(figures),
        ),
        _SUBJECTS,
        f"Requests that reached the simulator in a loop of {plan.items}:\n",
        _table(("", "Token requests", "Other requests", "TLS connections"), _requests(figures)),
        "## The core and its limit\n",
        _CORE,
        _table(("", "In one process", "As a process"), _scripts(figures)),
        "## Reading many secrets\n",
        _LOOKUP.format(items=plan.items, connections=CONNECTIONS, milliseconds=round(ANSWER_TAKES * 1000)),
        _table(("", "Time"), _lookups(figures)),
        "## How it was measured\n",
        _METHOD.format(
            tasks=plan.tasks,
            more_tasks=plan.tasks - 1,
            items=plan.items,
            more_items=plan.items - 1,
            rounds=plan.rounds,
            iterations=plan.iterations,
            processes=plan.processes,
        ),
        _table(("Measured on", ""), facts.items()).rstrip("\n"),
    ]
    return "\n".join(parts) + "\n"


def targets(figures: Figures) -> list[tuple[str, Summary, float | None]]:
    """Return every ratio, with its limit if it has one."""
    costs, scripts = figures.costs, figures.scripts
    in_place, module, uri, recipe = (costs[key, "single"] for key in ("in_place", "module", "uri", "recipe"))
    return [
        ("our task / one `uri` GET", ratio(in_place, uri), 0.12),
        ("our task / without us: `uri` three times", ratio(in_place, recipe), 0.05),
        ("item of a loop: our task / one `uri` GET", ratio(costs["in_place", "loop"], costs["uri", "loop"]), 0.04),
        ("our task as a module / one `uri` GET", ratio(module, uri), 1.15),
        ("core / bare script, in one process", ratio(scripts["core", _ONE], scripts["bare", _ONE]), 1.15),
        ("core / bare script, as processes", ratio(scripts["core", _PROCESSES], scripts["bare", _PROCESSES]), 1.15),
        (
            "lookup of many codes / bare script with as many connections",
            ratio(figures.lookups["lookup"], figures.lookups["bare"]),
            1.3,
        ),
        ("our task as a module / `ping`", ratio(module, costs["ping", "single"]), None),
        ("our task with token cache / without", ratio(costs["cached", "single"], in_place), None),
    ]


def _targets(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for name, found, limit in targets(figures):
        reached = "" if limit is None else "yes" if found.median <= limit else "**no**"
        yield name, _number(found, 1, "", 3), "" if limit is None else str(limit), reached
    loop = figures.seen["in_place"]
    for name, count in (("token requests", loop.tokens), ("TLS connections", loop.connections)):
        yield f"{name} in a loop of our task", str(count), "1", "yes" if count <= 1 else "**no**"


def _plays(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for subject in SUBJECTS:
        row = [subject.title, _number(summary(figures.plays[subject.key].values()), 1, " s", 2)]
        for kind in ("single", "loop"):
            cost = figures.costs[subject.key, kind]
            row += [_milliseconds(cost), f"{ratio(cost, figures.costs['uri', kind]).median:.3f}"]
        yield tuple(row)


def _requests(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for subject in SUBJECTS:
        seen = figures.seen[subject.key]
        others = seen.lookups + seen.reads + seen.creates
        yield subject.title, str(seen.tokens), str(others), str(seen.connections)


def _scripts(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for key, title in (("core", "the core"), ("bare", "the bare script")):
        yield title, _milliseconds(figures.scripts[key, _ONE]), _milliseconds(figures.scripts[key, _PROCESSES])


def _lookups(figures: Figures) -> t.Iterable[tuple[str, ...]]:
    for key, title in (("lookup", "our lookup, without the time of the play"), ("bare", "the bare script")):
        yield title, _number(summary(figures.lookups[key].values()), 1, " s", 2)


def _milliseconds(series: Series) -> str:
    return _number(summary(series.values()), 1000, " ms", 1)


def _number(found: Summary, factor: float, unit: str, digits: int) -> str:
    median, low, high = (f"{value * factor:.{digits}f}" for value in found[:3])
    return f"{median}{unit}" if found.number == 1 else f"{median}{unit} ({low} to {high}; n={found.number})"


def _table(head: tuple[str, ...], rows: t.Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _cell in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
