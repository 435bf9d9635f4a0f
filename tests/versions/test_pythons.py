# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
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
    from controller.stage import Controller, Outcome

_PYTHONS: dict[str, str] = json.loads(os.environ["MYSAFE_TEST_MODULE_PYTHONS"])
_IN_PLACE = "in_place"


@pytest.fixture(scope="module", name="outcomes")
def _outcomes(controller_of_module: Controller) -> dict[str, list[Outcome]]:
    """Run the tasks in place and then on one Python after the other, each time from the same state of the vault."""
    hosts: dict[str, dict[str, t.Any]] = {
        _IN_PLACE: {},
        **{
            name: {"ansible_python_interpreter": path, "mysafe_in_place": False}
            for name, path in sorted(_PYTHONS.items())
        },
    }
    facts = {"name": "facts", "ansible.builtin.setup": {"gather_subset": ["!all", "!min", "python"]}}
    run = controller_of_module.play({"name": "simulator", "simulator": {}}, facts, *TASKS, hosts=hosts, serial=1)
    run.succeeded()
    return {host: [outcome for outcome in run.outcomes if outcome.host == host] for host in hosts}


def test_there_are_pythons(outcomes: dict[str, list[Outcome]]) -> None:
    assert len(outcomes) > 1


@pytest.mark.parametrize("name", [_IN_PLACE, *_PYTHONS])
def test_tasks_do_what_they_say(outcomes: dict[str, list[Outcome]], name: str) -> None:
    assert_done(outcomes[name])


@pytest.mark.parametrize("name", _PYTHONS)
def test_modules_ran_on_this_python(outcomes: dict[str, list[Outcome]], name: str) -> None:
    [facts] = [outcome.result["ansible_facts"] for outcome in outcomes[name] if outcome.task == "facts"]
    version = facts["ansible_python"]["version"]
    assert name.startswith(f"python{version['major']}.{version['minor']}-")


@pytest.mark.parametrize("name", _PYTHONS)
def test_results_are_those_of_the_controller(outcomes: dict[str, list[Outcome]], name: str) -> None:
    assert _letters(outcomes[name]) == _letters(outcomes[_IN_PLACE])


def _letters(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(outcome.task, outcome.status, outcome.text) for outcome in outcomes if outcome.is_ours]
