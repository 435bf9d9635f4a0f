# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Forks of one play that create the same API secret, or share one, at the same time."""

from __future__ import annotations

import typing as t
from collections import Counter

import pytest
from simulator.seed import GUESTS

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


def test_plays_that_add_different_users_at_once_find_them_all_at_the_end(
    controller: Controller, simulator: Simulator
) -> None:
    simulator.add_secret(
        owner="alice", name="n", url="https://n.org", client_id="c", identifier_code="shared", users={"bob": True}
    )
    sharing = {"identifier_code": "shared", "users_allowed": ["{{ inventory_hostname }}"], "sharing": "add"}
    hosts: dict[str, dict[str, t.Any]] = {guest: {} for guest in GUESTS}
    controller.play(task("share", sharing), hosts=hosts, arguments=["-f", str(len(GUESTS))]).succeeded()
    (stored,) = (one for one in simulator.secrets() if one["identifier_code"] == "shared")
    assert stored["users"] == {"bob": True, **dict.fromkeys(GUESTS, False)}
