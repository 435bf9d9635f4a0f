# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The behaviours that the round trip sets, and which switches each of them hides."""

from __future__ import annotations

import dataclasses
import random
import typing as t

from simulator.switches import PROFILES, Switches, preset

#: Values of switches that have no list of choices.
_OPEN: dict[str, tuple[t.Any, ...]] = {
    "rate_limit": (0, 1000),
    "latency": (0.0, 0.001),
    "token_lifetime": (3600.0, 300.0, 86400.0),
    "lockdown": ("", "2030-01-01"),
}
_SEED = 15


def values() -> dict[str, tuple[t.Any, ...]]:
    """Return the values of each switch."""
    return {
        field.name: field.metadata["choices"] or ((False, True) if field.type == "bool" else _OPEN[field.name])
        for field in dataclasses.fields(Switches)
    }


def single() -> list[tuple[str, dict[str, t.Any]]]:
    """Return each profile with each value that is not its own."""
    return [
        (profile, {name: value})
        for profile in PROFILES
        for name, choices in values().items()
        for value in choices
        if value != getattr(preset(profile), name)
    ]


def mixed(count: int) -> list[dict[str, t.Any]]:
    """Return mixtures of all switches, in which each value is as frequent as the others of its switch.

    They are the same in every run. Two values of two switches mostly meet in at least one of some dozen.
    """
    shuffle = random.Random(_SEED).shuffle
    columns: dict[str, list[t.Any]] = {}
    for name, choices in values().items():
        # Under lockdown, nothing else can be observed.
        column = [choices[number % len(choices)] for number in range(count)] if name != "lockdown" else [""] * count
        shuffle(column)
        columns[name] = column
    return [{name: column[number] for name, column in columns.items()} for number in range(count)]


def pairs(mixtures: list[dict[str, t.Any]]) -> tuple[int, int]:
    """Return how many pairs of values of two switches meet in a mixture, and how many there are."""
    choices = {name: options for name, options in values().items() if name != "lockdown"}
    names = list(choices)
    meet = {
        (one, str(mixture[one]), other, str(mixture[other]))
        for mixture in mixtures
        for number, one in enumerate(names)
        for other in names[number + 1 :]
    }
    there = sum(
        len(choices[one]) * len(choices[other]) for number, one in enumerate(names) for other in names[number + 1 :]
    )
    return len(meet), there


def hidden(switches: Switches) -> set[str]:
    """Return the switches that cannot be observed under these switches, even with everything configured."""
    every = {field.name for field in dataclasses.fields(Switches)}
    if switches.lockdown:
        return every - {"lockdown"}
    conditions = {
        "latency": True,
        "need_approval": True,
        **dict.fromkeys(
            ("rate_limit", "rate_limit_window", "rate_limit_headers"),
            not (switches.rate_limit and switches.rate_limit_headers),
        ),
        # Every rejected token gets the 404.
        "token_expired_body": switches.auth_failure == 404,
        "deactivate_code": switches.legacy_envelope,
        "self_collision": not switches.enforce_unique,
        "duplicate_counts_inactive": not switches.enforce_unique,
        "list_key": switches.identifier_code_filter == switches.tag_filter == "ignored",
        # Each create and update is answered with 201 anyway.
        "shared_error_status": switches.update_status == 201 and switches.shared_error_status in (0, 201),
    }
    return {name for name, applies in conditions.items() if applies}
