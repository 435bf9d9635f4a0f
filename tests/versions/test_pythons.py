# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Modules return exactly the same on every Python and with all libraries as in the controller's process.

MYSAFE_TEST_MODULE_PYTHONS holds the interpreters: a JSON object from a name that starts with "python3.9" to a path.
"""

from __future__ import annotations

import json
import os
import typing as t

import pytest
from controller.story import TASKS, assert_done

if t.TYPE_CHECKING:
    from controller.stage import Controller, Run
    from simulator.process import Simulator

_PYTHONS: dict[str, str] = json.loads(os.environ["MYSAFE_TEST_MODULE_PYTHONS"])
_FACTS = {"name": "facts", "ansible.builtin.setup": {"gather_subset": ["!all", "!min", "python"]}}


@pytest.fixture(scope="module", name="in_place")
def _in_place(controller_of_module: Controller, running: Simulator) -> Run:
    running.reset()
    return controller_of_module.play(*TASKS).succeeded()


@pytest.fixture(scope="module", name="as_module", params=_PYTHONS)
def _as_module(request: pytest.FixtureRequest, controller_of_module: Controller, running: Simulator) -> Run:
    """Run the tasks as modules on one of the Pythons, from the same state of the vault."""
    running.reset()
    variables = {"ansible_python_interpreter": _PYTHONS[request.param], "mysafe_in_place": False}
    return controller_of_module.play(_FACTS, *TASKS, hosts={"here": variables}).succeeded()


@pytest.fixture(name="name")
def _name(request: pytest.FixtureRequest) -> str:
    name: str = request.node.callspec.params["as_module"]
    return name


def test_there_are_pythons() -> None:
    assert _PYTHONS


def test_tasks_do_what_they_say_in_place(in_place: Run) -> None:
    assert_done(in_place.outcomes)


def test_tasks_do_what_they_say(as_module: Run) -> None:
    assert_done(as_module.outcomes)


def test_modules_ran_on_this_python(as_module: Run, name: str) -> None:
    version = as_module["facts"]["ansible_facts"]["ansible_python"]["version"]
    assert name.startswith(f"python{version['major']}.{version['minor']}-")


def test_results_are_those_of_the_controller(as_module: Run, in_place: Run) -> None:
    assert as_module.letters() == in_place.letters()
