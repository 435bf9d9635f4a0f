# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks do the same under mitogen_linear as under Ansible's own strategy."""

from __future__ import annotations

import typing as t
from pathlib import Path

import ansible_mitogen
import pytest
from controller.story import TASKS, assert_done

if t.TYPE_CHECKING:
    from controller.stage import Controller, Run

_STRATEGIES = Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"


def _play(controller: Controller, strategy: str, variables: dict[str, t.Any]) -> Run:
    environment = {"ANSIBLE_STRATEGY_PLUGINS": str(_STRATEGIES)}
    return controller.play(*TASKS, strategy=strategy, vars=variables, environment=environment).succeeded()


@pytest.fixture(
    name="variables",
    params=[
        pytest.param({}, id="in place"),
        pytest.param({"mysafe_in_place": False}, id="as a module"),
    ],
)
def _variables(request: pytest.FixtureRequest) -> dict[str, t.Any]:
    variables: dict[str, t.Any] = request.param
    return variables


def test_tasks_do_what_they_say(controller: Controller, variables: dict[str, t.Any]) -> None:
    assert_done(_play(controller, "mitogen_linear", variables).outcomes)


def test_results_are_those_of_the_strategy_linear(
    controller: Controller, simulator: t.Any, variables: dict[str, t.Any]
) -> None:
    with_mitogen = _play(controller, "mitogen_linear", variables)
    simulator.reset()
    assert with_mitogen.letters() == _play(controller, "linear", variables).letters()
