# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Many processes that create the same code at the same time end with one secret, one change, and no failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from .racers import RACERS
from .support import CODE, DESCRIBED, login, with_code

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

    from .tasks import Tasks

_ROUNDS = 20


class Racers:
    """The processes, which are used in all rounds."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("racers.py")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, params: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        """Run one task in all processes at the same time; return the result of each."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(params) + "\n")
        self._process.stdin.flush()
        results: list[dict[str, t.Any]] = json.loads(self._process.stdout.readline())
        return results

    def close(self) -> None:
        """End the processes."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module", name="racers")
def _racers() -> Iterator[Racers]:
    racers = Racers()
    yield racers
    racers.close()


def _params(simulator: Simulator, **options: t.Any) -> dict[str, t.Any]:
    return {
        **login(simulator),
        "identifier_code": CODE,
        **DESCRIBED,
        "groups_allowed": [{"name": "Security", "can_edit": False}],
        **options,
    }


def _summary(simulator: Simulator, results: list[dict[str, t.Any]]) -> tuple[int, int, list[t.Any]]:
    """Return the number of secrets, the number of results with changed, and all failures."""
    changed = [values for values in results if values.get("changed")]
    return len(with_code(simulator)), len(changed), [values for values in results if "error" in values]


def test_one_creates_and_the_others_find_it(simulator: Simulator, racers: Racers) -> None:
    for _round in range(_ROUNDS):
        simulator.reset()
        results = racers.run(_params(simulator))
        assert _summary(simulator, results) == (1, 1, [])
        assert {values["api_entity"]["identifier"] for values in results} == {with_code(simulator)[0]["identifier"]}


@pytest.mark.parametrize("do", [{"gateway": 504}, {"reset": True}, {"html": True}], ids=["504", "reset", "html_200"])
def test_one_creates_even_if_its_answer_is_lost(simulator: Simulator, racers: Racers, do: dict[str, t.Any]) -> None:
    simulator.fault(do, method="POST", path="secretapi$", when="after")
    results = racers.run(_params(simulator))
    assert _summary(simulator, results) == (1, 1, [])


@pytest.mark.parametrize("do", [{"gateway": 504}, {"reset": True}], ids=["504", "reset"])
def test_a_lost_create_that_was_not_applied_makes_no_second_secret(
    simulator: Simulator, racers: Racers, do: dict[str, t.Any]
) -> None:
    simulator.fault(do, method="POST", path="secretapi$", when="before")
    secrets, _changed, failures = _summary(simulator, racers.run(_params(simulator)))
    assert (secrets, failures) == (1, [])


def test_if_all_answers_are_lost_there_is_still_one_secret(simulator: Simulator, racers: Racers) -> None:
    simulator.fault({"gateway": 504}, method="POST", path="secretapi$", when="after", times=RACERS)
    secrets, _changed, failures = _summary(simulator, racers.run(_params(simulator)))
    assert (secrets, failures) == (1, [])


def test_without_update_one_creates_and_the_others_succeed(simulator: Simulator, racers: Racers) -> None:
    results = racers.run(_params(simulator, update=False))
    assert _summary(simulator, results) == (1, 1, [])


def test_one_deactivates_and_the_others_find_it_done(simulator: Simulator, racers: Racers, task: Tasks) -> None:
    simulator.switch(list_inactive=True)
    task(identifier_code=CODE, **DESCRIBED)
    secrets, changed, failures = _summary(simulator, racers.run(_params(simulator, state="absent")))
    assert (secrets, changed, failures, with_code(simulator)[0]["active"]) == (1, 1, [], False)


def test_one_activates_and_the_others_find_it_done(simulator: Simulator, racers: Racers, task: Tasks) -> None:
    simulator.switch(list_inactive=True)
    task(identifier_code=CODE, **DESCRIBED)
    task(identifier_code=CODE, state="absent")
    secrets, changed, failures = _summary(simulator, racers.run(_params(simulator)))
    assert (secrets, changed, failures, with_code(simulator)[0]["active"]) == (1, 1, [], True)
