# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Which tasks run in place, in the controller's own process, and which run as modules."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from .stage import task

if t.TYPE_CHECKING:
    from .stage import Controller, Run

_VARIABLE = {"COLOUR": "red"}

_IN_PLACE: dict[str, dict[str, t.Any]] = {
    "nothing special": {},
    "the local connection by its full name": {"vars": {"ansible_connection": "ansible.builtin.local"}},
    "the local connection as a keyword": {"connection": "local", "vars": {"ansible_connection": None}},
    "an empty environment": {"environment": {}},
    "an environment that a template leaves empty": {"environment": "{{ nothing }}", "vars": {"nothing": {}}},
    "several empty environments": {"environment": [{}, "{{ {} }}"]},
    "become switched off": {"become": False, "become_method": "pretended"},
    "check mode": {"check_mode": True},
    "a loop": {"loop": [1, 2]},
    "the switch on": {"vars": {"mysafe_in_place": True}},
    "the switch on as a text": {"vars": {"mysafe_in_place": "yes"}},
    "the switch on by a template": {"vars": {"mysafe_in_place": "{{ 1 == 1 }}"}},
    "async with no time": {"async": 0},
}
_HANDED_OVER: dict[str, dict[str, t.Any]] = {
    "another connection": {"vars": {"ansible_connection": "elsewhere"}},
    "another connection as a keyword": {"connection": "elsewhere", "vars": {"ansible_connection": None}},
    "become": {"become": True, "become_method": "pretended"},
    "become as a variable": {"vars": {"ansible_become": True, "ansible_become_method": "pretended"}},
    "async with poll": {"async": 60, "poll": 1},
    "an environment": {"environment": _VARIABLE},
    "an environment from a template": {"environment": "{{ variables }}", "vars": {"variables": _VARIABLE}},
    "an environment with an empty value": {"environment": {"COLOUR": ""}},
    "an environment among empty ones": {"environment": [{}, _VARIABLE, {}]},
    "the switch off": {"vars": {"mysafe_in_place": False}},
    "the switch off as a text": {"vars": {"mysafe_in_place": "false"}},
    "the switch off as a number": {"vars": {"mysafe_in_place": 0}},
    "the switch off by a template": {"vars": {"mysafe_in_place": "{{ 1 == 2 }}"}},
    "a loop with an environment": {"environment": _VARIABLE, "loop": [1, 2]},
    "delegated to another machine": {"delegate_to": "there"},
}
_ELSEWHERE_IN_PLACE: dict[str, dict[str, t.Any]] = {"delegated to localhost": {"delegate_to": "localhost"}}
_ELSEWHERE_HANDED_OVER: dict[str, dict[str, t.Any]] = {
    "on another machine": {},
    "delegated to localhost with an environment": {"delegate_to": "localhost", "environment": _VARIABLE},
    "delegated to localhost with the switch off": {"delegate_to": "localhost", "vars": {"mysafe_in_place": False}},
}


@pytest.fixture(scope="module", name="run")
def _run(controller_of_module: Controller) -> Run:
    """Run all these tasks, which look up an API secret that does not exist."""

    def tasks(ways: dict[str, dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        return [task(name, **keywords) for name, keywords in ways.items()]

    common = {"hosts": "here", "gather_facts": False}
    plays = [
        {
            **common,
            "tasks": [
                *tasks(_IN_PLACE),
                *tasks(_HANDED_OVER),
                {"environment": _VARIABLE, "block": [task("an environment on the block")]},
                {
                    "become": True,
                    "become_method": "pretended",
                    "block": [task("become on the block"), task("become taken back by the task", become=False)],
                },
                task("async without poll", None, **{"async": 60, "poll": 0}, register="job"),
                {
                    "name": "the end of async without poll",
                    "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
                    "register": "ended",
                    "until": "ended.finished",
                    "retries": 100,
                    "delay": 0,
                },
            ],
        },
        {**common, "environment": _VARIABLE, "tasks": [task("an environment on the play")]},
        {**common, "become": True, "become_method": "pretended", "tasks": [task("become on the play")]},
        {**common, "hosts": "off", "tasks": [task("the switch off for the host")]},
        {**common, "hosts": "there", "tasks": tasks({**_ELSEWHERE_IN_PLACE, **_ELSEWHERE_HANDED_OVER})},
    ]
    hosts: dict[str, dict[str, t.Any]] = {
        "here": {},
        "localhost": {},
        "off": {"mysafe_in_place": False},
        "there": {"ansible_connection": "elsewhere"},
    }
    return controller_of_module.play(text=json.dumps(plays), hosts=hosts)


@pytest.mark.parametrize("name", [*_IN_PLACE, *_ELSEWHERE_IN_PLACE, "become taken back by the task"])
def test_runs_in_place_with(run: Run, name: str) -> None:
    run.succeeded()
    assert name not in run.handed_over


@pytest.mark.parametrize(
    "name",
    [
        *_HANDED_OVER,
        *_ELSEWHERE_HANDED_OVER,
        "an environment on the block",
        "an environment on the play",
        "become on the block",
        "become on the play",
        "async without poll",
        "the switch off for the host",
    ],
)
def test_is_handed_over_with(run: Run, name: str) -> None:
    run.succeeded()
    assert name in run.handed_over


def test_async_without_poll_gives_the_result_of_the_module(run: Run) -> None:
    last = [outcome.result for outcome in run.outcomes if outcome.task == "the end of async without poll"][-1]
    assert last["action"] == "none"


def test_the_command_line_overrides_the_host(controller: Controller) -> None:
    run = controller.play(
        task("switched off"), hosts={"here": {"mysafe_in_place": True}}, arguments=["-e", "mysafe_in_place=false"]
    )
    assert run.succeeded().handed_over == {"switched off"}


@pytest.fixture(name="without_requests")
def _without_requests(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a Python that cannot import requests."""
    package = tmp_path / "without_requests" / "requests"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('no such library here')\n", encoding="utf-8")
    return {"PYTHONPATH": str(package.parent)}


def test_is_handed_over_where_the_controller_has_no_requests(
    controller: Controller, without_requests: dict[str, str]
) -> None:
    run = controller.play(task("handed over"), environment=without_requests, python_without=["PYTHONPATH"])
    assert run.succeeded().handed_over == {"handed over"}


def test_a_missing_requests_library_is_named(controller: Controller, without_requests: dict[str, str]) -> None:
    error = controller.play(task("missing"), environment=without_requests)["missing"]["error"]
    assert (error["kind"], error["cause"]) == ("missing_library", "no such library here")
