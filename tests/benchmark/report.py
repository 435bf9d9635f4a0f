# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The figures as a page in Markdown."""

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

A task that runs as a module costs a new Python process, for every task and every item of a loop. With a local
connection the tasks of this collection run inside ansible-playbook instead, and a loop logs in once.
Everything below was measured in one run, side by side, against the project's simulator of MySafe over TLS.

![Time per task and per item of a loop](benchmark.svg)
"""

_SUBJECTS = """\
- "Our task" is `senhasegura.mysafe.mysafe_api_secret` for a secret that is as described: three requests (token,
  look-up, read), the token once per loop.
- "With token cache" is the same with `mysafe_token_cache: true`.
- "As a module" is the same with the variable `mysafe_in_place: false`: what happens on a remote host or with `become`.
- "uri, one GET" reads one secret with a token that is already there.
- "Without us" is what a playbook needs without the collection: `ansible.builtin.uri` for the token, for the look-up by
  identifier code, and to create what is missing. In a loop the token is asked for once, so an item is two requests.
  It compares and updates nothing.
"""

_CORE = """\
The core of the collection for one unchanged secret, and a script that sends the same three requests with the library
requests and does nothing else.
"""

_LOOKUP = """\
One lookup of {items} identifier codes, and a script that looks the same codes up and reads them with the library requests,
over {connections} connections too. The simulator waits {milliseconds} ms before every answer.
"""

_METHOD = """\
Whole `ansible-playbook` processes were timed: connection local, no facts, pipelining on, 5 forks. A task costs what
{tasks} tasks take longer than one, divided by {more_tasks}; an item of a loop costs what a loop of {items} takes longer
than a loop of one, divided by {more_items}. The subjects took turns in {rounds} rounds, the slow ones in fewer of them.
Each play was checked by Ansible's recap and by the simulator's log. The core and the bare script took turns {iterations}
times inside one process, with a new session (so a new TLS connection and a new token) each time, and {processes} times
as processes of their own.

Figures are medians with the spread in brackets: smallest to largest, or from 20 values on the quartiles. Ratios are
taken round by round, and the median of these is shown; it need not be the ratio of the two medians.

To repeat it, run `make bench`: it takes about a quarter of an hour on two cores, on which nothing else should run.
"""


def page(figures: Figures, plan: Plan, facts: t.Mapping[str, str], *, quick: bool) -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        *(["**This was a smoke run: the figures mean nothing.**\n"] if quick else []),
        "## What it must reach\n",
        _table(("Ratio", "Measured", "At most", "Reached"), _targets(figures)),
        "## Tasks and loops\n",
        _table(
            ("", "Play with 1 task", "One more task", "to uri", f"Item of a loop of {plan.items}", "to uri"),
            _plays(figures),
        ),
        _SUBJECTS,
        f"What reached the simulator in a loop of {plan.items}:\n",
        _table(("", "Token requests", "Other requests", "TLS connections"), _requests(figures)),
        "## The core and its limit\n",
        _CORE,
        _table(("", "In one process", "As a process"), _scripts(figures)),
        "## Reading many\n",
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
    """Return the ratios, and for those that must be reached how large they may be."""
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
    for key, title in (("lookup", "our lookup, beyond the play around it"), ("bare", "the bare script")):
        yield title, _number(summary(figures.lookups[key].values()), 1, " s", 2)


def _milliseconds(series: Series) -> str:
    return _number(summary(series.values()), 1000, " ms", 1)


def _number(found: Summary, factor: float, unit: str, digits: int) -> str:
    median, low, high = (f"{value * factor:.{digits}f}" for value in found[:3])
    return f"{median}{unit}" if found.number == 1 else f"{median}{unit} ({low} to {high}; n={found.number})"


def _table(head: tuple[str, ...], rows: t.Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _cell in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
