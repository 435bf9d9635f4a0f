# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The figures: what was measured in which round, and how it is summed up."""

from __future__ import annotations

import dataclasses
import statistics
import typing as t

if t.TYPE_CHECKING:
    from .vault import Seen

#: Seconds by the round in which they were measured.
Series = dict[int, float]

_ENOUGH_FOR_QUARTILES = 20


class Summary(t.NamedTuple):
    """The median and the spread: the smallest and the largest, or the quartiles where there are many values."""

    median: float
    low: float
    high: float
    number: int


@dataclasses.dataclass
class Figures:
    """All that was measured. The keys of the plays are a subject's key and single or loop."""

    #: Seconds of the play with one task.
    plays: dict[str, Series] = dataclasses.field(default_factory=dict)
    #: Seconds for one more task, and for one more item of a loop.
    costs: dict[tuple[str, str], Series] = dataclasses.field(default_factory=dict)
    #: What the simulator saw of the longest loop.
    seen: dict[str, Seen] = dataclasses.field(default_factory=dict)
    #: Seconds of a lookup of many codes, beyond the play around it; and of the bare script that does the same.
    lookups: dict[str, Series] = dataclasses.field(default_factory=dict)
    #: The core and the bare script, in one process and as processes: the keys are a script's name and that.
    scripts: dict[tuple[str, str], Series] = dataclasses.field(default_factory=dict)


def summary(values: t.Iterable[float]) -> Summary:
    """Sum values up."""
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    if len(ordered) >= _ENOUGH_FOR_QUARTILES:
        low, _middle, high = statistics.quantiles(ordered, n=4, method="inclusive")
    return Summary(statistics.median(ordered), low, high, len(ordered))


def ratio(one: Series, other: Series) -> Summary:
    """Divide round by round, as what slows the machine down for a while then slows both, and sum up."""
    return summary(one[index] / other[index] for index in one if index in other)
