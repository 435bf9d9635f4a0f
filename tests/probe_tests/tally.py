# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Counts what the round trips recovered."""

from __future__ import annotations

import dataclasses
import typing as t

from simulator.switches import Switches


class Tally:
    """The values of each switch that were set and recovered, over all runs."""

    def __init__(self) -> None:
        self.runs = 0
        self._recovered: dict[str, set[str]] = {}
        self._hidden: dict[str, set[str]] = {}

    def count(self, were: Switches, found: dict[str, t.Any], reasons: dict[str, str]) -> None:
        """Count one run."""
        self.runs += 1
        for name, value in found.items():
            if value is not None:
                self._recovered.setdefault(name, set()).add(str(getattr(were, name)))
            elif name in reasons:
                self._hidden.setdefault(name, set()).add(reasons[name])

    def lines(self) -> list[str]:
        """Return what to print."""
        if not self.runs:
            return []
        names = [field.name for field in dataclasses.fields(Switches)]
        values = sum(len(values) for values in self._recovered.values())
        never = [name for name in names if name not in self._recovered]
        recovered = f"{len(names) - len(never)} of {len(names)} switches recovered, with {values} different values"
        return [
            f"Round trip: {self.runs} runs of the probe; {recovered}.",
            *(f"  never observed: {name}: {'; '.join(sorted(self._hidden.get(name, ())))}" for name in never),
            *(
                f"  sometimes hidden: {name}: {'; '.join(sorted(reasons))}"
                for name, reasons in sorted(self._hidden.items())
                if name not in never
            ),
        ]


TALLY = Tally()
