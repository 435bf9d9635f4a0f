# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The figures of each round, and their summaries."""

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
    """The median and the spread: the extremes, or the quartiles if there are many values."""

    median: float
    low: float
    high: float
    number: int


@dataclasses.dataclass
class Growth:
    """What one list of new secrets takes, for each of them."""

    #: Seconds, without the play.
    seconds: Series = dataclasses.field(default_factory=dict)
    #: Seconds of processor time, without the play.
    processor: Series = dataclasses.field(default_factory=dict)
    #: Bytes of memory beyond those of the play alone, at the peak.
    memory: Series = dataclasses.field(default_factory=dict)
    #: Seconds for hiding the secrets in the result once.
    hiding: Series = dataclasses.field(default_factory=dict)
    #: Bytes of the result.
    result: float = 0.0


@dataclasses.dataclass
class Figures:
    """All measurements."""

    #: By subject: seconds for a play with one task.
    plays: dict[str, Series] = dataclasses.field(default_factory=dict)
    #: By subject and "single" or "loop": seconds for one more task, or one more item of a loop.
    costs: dict[tuple[str, str], Series] = dataclasses.field(default_factory=dict)
    #: By subject (our task, its floor, and `uri` under Mitogen, of which only "loop") and "start", "single" or "loop": seconds that they took in turns.
    floor: dict[tuple[str, str], Series] = dataclasses.field(default_factory=dict)
    #: By subject: the requests that the simulator saw during the longest loop.
    seen: dict[str, Seen] = dataclasses.field(default_factory=dict)
    #: "lookup": seconds that a lookup of many codes adds to a play; "bare": seconds of the bare script for the same codes.
    lookups: dict[str, Series] = dataclasses.field(default_factory=dict)
    #: By subject: seconds for many unchanged secrets, without the play; "bare": seconds of the bare script for the same.
    many: dict[str, Series] = dataclasses.field(default_factory=dict)
    #: By the number of secrets: what creating them in one list takes.
    growth: dict[int, Growth] = dataclasses.field(default_factory=dict)
    #: By script and way ("one process" or "processes"): seconds of the core, and of the bare script.
    scripts: dict[tuple[str, str], Series] = dataclasses.field(default_factory=dict)


def summary(values: t.Iterable[float]) -> Summary:
    """Summarise values."""
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    if len(ordered) >= _ENOUGH_FOR_QUARTILES:
        low, _middle, high = statistics.quantiles(ordered, n=4, method="inclusive")
    return Summary(statistics.median(ordered), low, high, len(ordered))


def ratio(one: Series, other: Series) -> Summary:
    """Divide round by round, so that a slow machine affects both values, and summarise."""
    return summary(one[index] / other[index] for index in one if index in other)


def difference(one: Series, other: Series) -> Summary:
    """Subtract round by round, and summarise."""
    return summary(one[index] - other[index] for index in one if index in other)
