# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The report for people, in Markdown.

It has no text from the vault: what is said of an answer is in words of the probe, and values are those of switches.
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t

from simulator import switches

from .meanings import meaning
from .profile import settle
from .question import Unknown

if t.TYPE_CHECKING:
    from .question import Findings
    from .run import Result


def text(result: Result, version: str, date: str) -> str:
    """Return the report."""
    findings = settle(result.findings)
    known = {name: value for name, value in findings.items() if not isinstance(value, Unknown)}
    lines = [
        "# How this MySafe behaves",
        "",
        f"Found out by the probe of senhasegura.mysafe {version} on {date}, with {', '.join(result.used)}.",
        f"It sent {result.requests} requests and created {result.created} API secrets. {_left(result)}",
        "",
        f"**{len(known)} of {len(findings)} points of behaviour were found out.** {_nearest(known)}",
        "",
        *([f"The run stopped early: {result.stopped}.", ""] if result.stopped else []),
        *_for_you(known),
        *_table("What the vault does", _observed(known)),
        *_table("What was not found out", _unobserved(findings)),
        *_beyond(result),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _left(result: Result) -> str:
    if result.left:
        return f"{len(result.left)} of them could not be deactivated."
    return "All of them are inactive now."


def _nearest(known: Findings) -> str:
    if not known:
        return ""
    different = {
        profile: [name for name, value in known.items() if value != getattr(switches.preset(profile), name)]
        for profile in switches.PROFILES
    }
    nearest = min(different, key=lambda profile: len(different[profile]))
    names = different[nearest]
    if not names:
        return f"They are those of the simulator's profile `{nearest}`."
    listed = ", ".join(f"`{name}`" for name in sorted(names))
    return f"The simulator's profile `{nearest}` is nearest. It differs in: {listed}."


def _for_you(known: Findings) -> list[str]:
    lines = [
        f"- {meaning(name, known[name])} (`{name}`)"
        for name in _names()
        if name in known and meaning(name, known[name])
    ]
    rest = sum(1 for name in known if not meaning(name, known[name]))
    return [
        "## What it means for you",
        "",
        *lines,
        f"- The collection copes with the other {rest} points that were found out. You notice no difference.",
        "",
    ]


def _observed(known: Findings) -> list[tuple[str, ...]]:
    fields = {field.name: field for field in dataclasses.fields(switches.Switches)}
    rows: list[tuple[str, ...]] = [("switch", "meaning", "value", "default of the simulator")]
    for name in _names():
        if name in known:
            default = json.dumps(fields[name].default)
            value = json.dumps(known[name])
            changed = value if known[name] == fields[name].default else f"**{value}**"
            rows.append((f"`{name}`", _plain(fields[name].metadata["meaning"]), changed, default))
    return rows


def _unobserved(findings: Findings) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("switch", "reason")]
    rows += [(f"`{name}`", findings[name].reason) for name in _names() if isinstance(findings[name], Unknown)]
    return rows


def _beyond(result: Result) -> list[str]:
    areas: dict[str, list[str]] = {}
    for area, _question, notes in result.notes:
        if notes:
            areas.setdefault(area, []).extend(f"- {note}" for note in notes)
    lines = ["## What was seen besides", ""]
    for area, notes in areas.items():
        lines += [f"### {area}", "", *notes, ""]
    return lines


def _table(title: str, rows: list[tuple[str, ...]]) -> list[str]:
    head, *body = rows
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in body]
    return [f"## {title}", "", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines, ""]


def _plain(described: str) -> str:
    """Leave out what points into the API reference."""
    return re.sub(r" \[A\]| \((?:[^()]*section[^()]*|V[^()]*)\)", "", described)


def _cell(content: str) -> str:
    return re.sub(r"\s+", " ", content).replace("|", "\\|")


def _names() -> list[str]:
    return [field.name for field in dataclasses.fields(switches.Switches)]
