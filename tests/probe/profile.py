# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The profile: what was found out, in the terms of the simulator's switches."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from simulator import switches

from .question import Unknown

if t.TYPE_CHECKING:
    from .question import Findings


def settle(findings: Findings) -> Findings:
    """Return the findings, where a value that a switch does not have is unknown.

    So every text in a profile is one that the simulator knows, except for the date of a lockdown.
    """
    settled = {}
    for name, value in findings.items():
        settled[name] = value if isinstance(value, Unknown) else _settled(name, value)
    return settled


def as_switches(findings: Findings) -> dict[str, t.Any]:
    """Return all switches in their order; those that are unknown are null."""
    values = settle(findings)
    names = [field.name for field in dataclasses.fields(switches.Switches)]
    return {name: None if isinstance(values[name], Unknown) else values[name] for name in names}


def text(findings: Findings) -> str:
    """Return the content of a profile file."""
    return json.dumps({"switches": as_switches(findings)}, indent=2) + "\n"


def _settled(name: str, value: t.Any) -> t.Any:
    try:
        switches.Switches().update({name: value})
    except switches.SwitchError:
        # Not the value itself: it comes from the vault.
        return Unknown("the vault does something for which the switch has no value")
    return value
