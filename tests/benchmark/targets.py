# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The figures that have limits, and some to compare with them."""

from __future__ import annotations

import typing as t

from .figures import difference, ratio
from .measure import ONE_PROCESS, PROCESSES

if t.TYPE_CHECKING:
    from .figures import Figures, Summary


class Target(t.NamedTuple):
    """A figure, mostly a ratio, and its limit if it has one."""

    name: str
    found: Summary
    limit: float | None = None
    unit: str = ""
    #: What turns the figure into that unit.
    factor: int = 1
    digits: int = 3

    @property
    def met(self) -> bool:
        """Whether the figure is within its limit."""
        return self.limit is None or self.found.median * self.factor <= self.limit

    @property
    def bound(self) -> str:
        """The limit with its unit."""
        return f"{self.limit}{self.unit}"

    def __str__(self) -> str:
        verdict = "" if self.limit is None else f", at most {self.bound}: {'met' if self.met else 'MISSED'}"
        return f"{self.name}: {self.found.median * self.factor:.{self.digits}f}{self.unit}{verdict}"


def of(figures: Figures) -> list[Target]:
    """Return every figure that is compared."""
    costs = figures.costs
    in_place, module, uri, recipe = (costs[key, "single"] for key in ("in_place", "module", "uri", "recipe"))
    loops = {key: costs[key, "loop"] for key in ("in_place", "uri", "mitogen")}
    return [
        *_floor(figures),
        Target("our task / one `uri` GET", ratio(in_place, uri), 0.12),
        Target("our task / without us: `uri` three times", ratio(in_place, recipe), 0.05),
        Target("item of a loop: our task / one `uri` GET", ratio(loops["in_place"], loops["uri"]), 0.04),
        Target(
            "item of a loop: our task / one `uri` GET with mitogen_linear",
            ratio(loops["in_place"], loops["mitogen"]),
            0.5,
        ),
        Target("our task as a module / one `uri` GET", ratio(module, uri), 1.15),
        *_scripts(figures),
        Target("our task as a module / `ping`", ratio(module, costs["ping", "single"])),
        Target("our task with token cache / without", ratio(costs["cached", "single"], in_place)),
    ]


def _floor(figures: Figures) -> t.Iterable[Target]:
    ours, floor = (
        {what: figures.floor[key, what] for what in ("start", "single", "loop")} for key in ("in_place", "floor")
    )
    start = difference(ours["start"], floor["start"])
    yield Target("our task / the floor in place", ratio(ours["single"], floor["single"]), 1.05)
    yield Target("item of a loop: our task / the floor in place", ratio(ours["loop"], floor["loop"]), 1.12)
    yield Target("play with one task: our task over the floor in place", start, 40, " ms", 1000, 1)


def _scripts(figures: Figures) -> t.Iterable[Target]:
    core, bare = ({way: figures.scripts[name, way] for way in (ONE_PROCESS, PROCESSES)} for name in ("core", "bare"))
    yield Target("core / bare script, in one process", ratio(core[ONE_PROCESS], bare[ONE_PROCESS]), 1.15)
    yield Target("core / bare script, as processes", ratio(core[PROCESSES], bare[PROCESSES]), 1.15)
    yield Target(
        "lookup of many codes / bare script with as many connections",
        ratio(figures.lookups["lookup"], figures.lookups["bare"]),
        1.3,
    )
