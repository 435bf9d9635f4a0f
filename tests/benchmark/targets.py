# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
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
    #: Whether the figure must reach the limit, and not stay within it.
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure keeps to its limit."""
        if self.limit is None:
            return True
        found = self.found.median * self.factor
        return found >= self.limit if self.at_least else found <= self.limit

    @property
    def bound(self) -> str:
        """The limit in words."""
        return f"at {'least' if self.at_least else 'most'} {self.limit}{self.unit}"

    def __str__(self) -> str:
        verdict = "" if self.limit is None else f", {self.bound}: {'met' if self.met else 'MISSED'}"
        return f"{self.name}: {self.found.median * self.factor:.{self.digits}f}{self.unit}{verdict}"


def of(figures: Figures) -> list[Target]:
    """Return every figure that is compared."""
    costs = figures.costs
    in_place, module, uri, recipe = (costs[key, "single"] for key in ("in_place", "module", "uri", "recipe"))
    loops = {key: costs[key, "loop"] for key in ("in_place", "uri")}
    return [
        *_floor(figures),
        Target("our task / one ``uri`` GET", ratio(in_place, uri), 0.12),
        Target("our task / without us: ``uri`` three times", ratio(in_place, recipe), 0.05),
        Target("item of a loop: our task / one ``uri`` GET", ratio(loops["in_place"], loops["uri"]), 0.04),
        Target(
            "item of a loop: our task / one ``uri`` GET with mitogen_linear",
            ratio(figures.floor["in_place", "loop"], figures.floor["mitogen", "loop"]),
            0.5,
        ),
        Target("our task as a module / one ``uri`` GET", ratio(module, uri), 1.15),
        *_scripts(figures),
        *_many(figures),
        Target("our task as a module / ``ping``", ratio(module, costs["ping", "single"])),
        Target("our task with token cache / without", ratio(costs["cached", "single"], in_place)),
    ]


def _floor(figures: Figures) -> t.Iterable[Target]:
    ours, floor = (
        {what: figures.floor[key, what] for what in ("start", "single", "loop")} for key in ("in_place", "floor")
    )
    start = difference(ours["start"], floor["start"])
    yield Target("our task / the floor in place", ratio(ours["single"], floor["single"]), 1.05)
    yield Target("item of a loop: our task / the floor in place", ratio(ours["loop"], floor["loop"]), 1.12)
    yield Target("play with one task: our task over the floor in place", start, 40, " ms", factor=1000, digits=1)


def _scripts(figures: Figures) -> t.Iterable[Target]:
    core, bare = ({way: figures.scripts[name, way] for way in (ONE_PROCESS, PROCESSES)} for name in ("core", "bare"))
    yield Target("core / bare script, in one process", ratio(core[ONE_PROCESS], bare[ONE_PROCESS]), 1.15)
    yield Target("core / bare script, as processes", ratio(core[PROCESSES], bare[PROCESSES]), 1.15)
    yield Target(
        "lookup of many codes / bare script with as many connections",
        ratio(figures.lookups["lookup"], figures.lookups["bare"]),
        1.3,
    )


def _many(figures: Figures) -> t.Iterable[Target]:
    many = figures.many
    small, large = (figures.growth[size].seconds for size in sorted(figures.growth))
    yield Target("list of many secrets / bare script with as many connections", ratio(many["list"], many["bare"]), 1.15)
    yield Target(
        "loop of our task / list of the same secrets",
        ratio(many["many_loop"], many["list"]),
        6,
        " x",
        digits=1,
        at_least=True,
    )
    sizes = " / ".join(map(str, sorted(figures.growth, reverse=True)))
    yield Target(f"time for each secret of a new list, {sizes} secrets", ratio(large, small), 1.15)
