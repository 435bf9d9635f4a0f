# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Draws the figures as an SVG chart. The same figures always make the same file."""

from __future__ import annotations

import io
import os
import typing as t

from .figures import summary
from .subjects import SUBJECTS

if t.TYPE_CHECKING:
    from pathlib import Path

    from .figures import Figures

_OURS, _OTHERS = "#1f6f8b", "#a9b4bb"
_INK = "#333333"
#: The smallest value shown, since a logarithmic scale has no zero.
_LEAST = 0.1


def draw(figures: Figures, items: int, path: Path, scratch: Path) -> None:
    """Write the chart."""
    # matplotlib keeps a list of fonts, by default in the user's home.
    os.environ.setdefault("MPLCONFIGDIR", str(scratch / "matplotlib"))
    import matplotlib as mpl  # type: ignore[import-not-found,unused-ignore]
    from matplotlib.figure import Figure  # type: ignore[import-not-found,unused-ignore]

    settings = {
        "svg.hashsalt": "senhasegura.mysafe",
        "svg.fonttype": "path",
        "font.size": 10,
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(10, 3.6), facecolor="white", layout="constrained")
        panels = figure.subplots(1, 2, sharex=True, sharey=True)
        for panel, kind, title in zip(panels, ("single", "loop"), ("one more task", f"item of a loop of {items}")):
            _fill(panel, figures, kind, title)
        panels[0].invert_yaxis()
        figure.suptitle("Time for one secret: shorter is better")
        drawing = io.StringIO()
        figure.savefig(drawing, format="svg", metadata={"Date": None})
    # matplotlib leaves trailing blanks, which this repository does not allow.
    path.write_text("".join(f"{line.rstrip()}\n" for line in drawing.getvalue().splitlines()), encoding="utf-8")


def _fill(panel: t.Any, figures: Figures, kind: str, title: str) -> None:
    found = [summary(figures.costs[subject.key, kind].values()) for subject in SUBJECTS]
    medians, lows, highs = ([max(value * 1000, _LEAST) for value in values] for values in list(zip(*found))[:3])
    positions = range(len(SUBJECTS))
    colours = [_OURS if subject.title.startswith("our") else _OTHERS for subject in SUBJECTS]
    spread = [
        [median - low for median, low in zip(medians, lows)],
        [high - median for median, high in zip(medians, highs)],
    ]
    panel.barh(positions, medians, xerr=spread, color=colours, height=0.65, error_kw={"elinewidth": 1, "ecolor": _INK})
    for position, median, high in zip(positions, medians, highs):
        text = f"{float(f'{median:.2g}'):g} ms"  # more digits would suggest more precision than there is
        panel.annotate(text, (high, position), xytext=(5, 0), textcoords="offset points", va="center")
    panel.set_yticks(positions, [subject.title for subject in SUBJECTS])
    panel.set_xscale("log")
    panel.set_xlim(1, 10000)
    panel.xaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    panel.set_xlabel("milliseconds, logarithmic")
    panel.set_title(title, fontsize=10)
    panel.grid(axis="x", color="#dddddd", linewidth=0.6)
    panel.set_axisbelow(True)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)
    panel.tick_params(axis="y", length=0)
