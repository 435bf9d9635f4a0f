# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Forks of one play that create the same API secret at the same time."""

from __future__ import annotations

import typing as t
from collections import Counter

import pytest

from .stage import secret, task

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Outcome

_FORKS = 24
_CODES = [f"code{number}" for number in range(5)]


class Seen(t.NamedTuple):
    """The outcomes of all forks, and the codes of the stored API secrets."""

    outcomes: list[Outcome]
    stored: list[str]


@pytest.fixture(scope="module", name="seen")
def _seen(controller_of_module: Controller, running: Simulator) -> Seen:
    """Let 24 forks create the same code at once, one code after the other."""
    running.reset()
    hosts: dict[str, dict[str, t.Any]] = {f"host{number}": {} for number in range(_FORKS)}
    run = controller_of_module.play(*[task(code, secret(code)) for code in _CODES], hosts=hosts, arguments=["-f", "24"])
    stored = [one["identifier_code"] for one in running.secrets() if one["owner"] == "alice"]
    return Seen(run.outcomes, stored)


def test_every_fork_ran_every_task(seen: Seen) -> None:
    assert Counter(outcome.task for outcome in seen.outcomes) == Counter(dict.fromkeys(_CODES, _FORKS))


def test_no_fork_failed(seen: Seen) -> None:
    assert {outcome.status for outcome in seen.outcomes} == {"ok"}


def test_there_is_one_secret_of_each_code(seen: Seen) -> None:
    assert sorted(seen.stored) == sorted(_CODES)


def test_exactly_one_fork_changed_something(seen: Seen) -> None:
    changed = Counter(outcome.task for outcome in seen.outcomes if outcome.result["changed"])
    assert changed == Counter(_CODES)
