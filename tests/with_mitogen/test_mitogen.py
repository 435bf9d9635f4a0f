# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Tasks do the same under mitogen_linear as under Ansible's own strategy."""

from __future__ import annotations

import typing as t
from pathlib import Path

import ansible_mitogen
import pytest
from controller.stage import MODULE, secret

if t.TYPE_CHECKING:
    from controller.stage import Controller, Run

_STRATEGIES = Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"
_SECRET = "m1togen-s3cret"
_WISH = secret("robot", client_secret=_SECRET)
_TASKS: list[dict[str, t.Any]] = [
    {"name": "create", MODULE: _WISH},
    {"name": "unchanged", MODULE: _WISH},
    {"name": "update", MODULE: {**_WISH, "notes": "new"}},
    {"name": "refuse", MODULE: {**_WISH, "client_secret": [_SECRET]}, "ignore_errors": True},
    {"name": "fail", MODULE: secret("other", url=""), "ignore_errors": True},
    {
        "name": "list",
        f"{MODULE}s": {"api_secrets": [secret("robot"), secret("listed")], "client_secrets": {"listed": _SECRET}},
    },
    {"name": "refuse a list", f"{MODULE}s": {"api_secrets": [{"client_secrt": _SECRET}]}, "ignore_errors": True},
    {"name": "read", f"{MODULE}_info": {"identifier_code": "robot"}},
    {"name": "fetch", "ansible.builtin.debug": {"msg": f"{{{{ query('{MODULE}', 'robot', field='client_secret') }}}}"}},
    {"name": "deactivate", MODULE: {"identifier_code": "robot", "state": "absent"}},
]
#: What a task of _TASKS is to do: changed, and its action.
_DONE = {
    "create": (True, "create"),
    "unchanged": (False, "none"),
    "update": (True, "update"),
    "deactivate": (True, "deactivate"),
}


def _play(controller: Controller, strategy: str, variables: dict[str, t.Any]) -> Run:
    environment = {"ANSIBLE_STRATEGY_PLUGINS": str(_STRATEGIES)}
    return controller.play(*_TASKS, strategy=strategy, vars=variables, environment=environment).succeeded()


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
    run = _play(controller, "mitogen_linear", variables)
    assert {name: (run[name]["changed"], run[name]["action"]) for name in _DONE} == _DONE
    assert [run[name]["error"]["kind"] for name in ("refuse", "fail", "refuse a list")] == ["invalid_input"] * 3
    assert [result["action"] for result in run["list"]["results"]] == ["none", "create"]
    assert [one["notes"] for one in run["read"]["api_secrets"]] == ["new"]
    assert run["fetch"]["msg"] == [_SECRET]


def test_results_are_those_of_the_strategy_linear(
    controller: Controller, simulator: t.Any, variables: dict[str, t.Any]
) -> None:
    with_mitogen = _play(controller, "mitogen_linear", variables)
    simulator.reset()
    assert with_mitogen.letters() == _play(controller, "linear", variables).letters()
