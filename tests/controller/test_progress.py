# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A long list shows on the terminal how far it has come, in place and without any name or secret."""

from __future__ import annotations

import re
import typing as t

import pytest

from .stage import MODULE, secret

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

_LINE = re.compile(r"^mysafe_api_secrets: (\d+) of (\d+) done, (\d+) created, (\d+) failed$", re.MULTILINE)
#: Lines come after a fifth of a second, and not after five.
_IN_A_HURRY = {"ANSIBLE_CALLBACKS_ENABLED": "record,hurry"}


def _play(controller: Controller, codes: int, **how: t.Any) -> Run:
    items = [secret(f"code-{number}", url="u" if number % 4 else None) for number in range(codes)]
    return controller.play({"name": "list", f"{MODULE}s": {"api_secrets": items, "concurrency": 2}}, **how)


def _lines(run: Run) -> list[tuple[int, ...]]:
    return [tuple(map(int, numbers)) for numbers in _LINE.findall(run.output)]


def test_a_long_list_shows_its_progress(controller: Controller, simulator: Simulator) -> None:
    simulator.switch(latency=0.02)
    run = _play(controller, 80, environment=_IN_A_HURRY)
    lines = _lines(run)
    assert 1 < len(lines) < 40
    assert lines == sorted(set(lines))
    assert {total for _done, total, _created, _failed in lines} == {80}
    # One in four lacks a field.
    assert all(done == created + failed and failed for done, _total, created, failed in lines)
    assert run["list"]["summary"]["failed"] == 20


def test_a_quick_list_shows_no_progress(controller: Controller) -> None:
    assert "mysafe_api_secrets: " not in _play(controller, 80).output


def test_a_list_that_runs_as_a_module_shows_no_progress(controller: Controller, simulator: Simulator) -> None:
    simulator.switch(latency=0.02)
    run = _play(controller, 40, environment=_IN_A_HURRY, vars={"mysafe_in_place": False})
    assert (run.handed_over, _lines(run)) == ({"list"}, [])


@pytest.mark.exhaustive
def test_the_first_line_comes_after_five_seconds(controller: Controller, simulator: Simulator) -> None:
    simulator.switch(latency=0.3)
    # Forty answers, two at a time, of 0.3 seconds each.
    run = _play(controller, 23)
    done, *_numbers = _lines(run)[0]
    assert 10 < done < 23
