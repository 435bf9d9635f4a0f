# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What only a whole play shows of the list module: warnings, loops, and what its failures say."""

from __future__ import annotations

import json
import typing as t

import pytest

from .stage import MODULE, secret, token_requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller

LIST = f"{MODULE}s"
_SECRET = "Tr0ub4dor-secret"
_each_way = pytest.mark.parametrize("in_place", [True, False], ids=["in place", "as a module"])


def _task(name: str, *items: t.Any, **options: t.Any) -> dict[str, t.Any]:
    return {"name": name, LIST: {"api_secrets": list(items), **options}, "ignore_errors": True}


@_each_way
def test_a_loop_over_lists_that_hold_secrets_warns_once(controller: Controller, in_place: bool) -> None:
    teams = [[secret("one", client_secret=_SECRET)], [secret("two", client_secret=f"{_SECRET}-2")]]
    task = {**_task("teams"), "loop": [{"items": items} for items in teams]}
    task[LIST] = {"api_secrets": "{{ item['items'] }}"}
    run = controller.play(task, vars={"mysafe_in_place": in_place}).succeeded()
    warned = ["Keep the secrets in a variable" in str(item.result.get("warnings")) for item in run.items("teams")]
    assert warned == [True, False]


def test_a_loop_over_lists_beside_their_secrets_does_not_warn(controller: Controller) -> None:
    task = {**_task("teams", secret("{{ item }}"), client_secrets="{{ kept[item] }}"), "loop": ["one", "two"]}
    kept = {name: {name: _SECRET} for name in ("one", "two")}
    run = controller.play(task, vars={"kept": kept}, arguments=["-vvv"]).succeeded()
    assert [item.result["summary"]["created"] for item in run.items("teams")] == [1, 1]
    assert not any("warnings" in item.result for item in run.items("teams"))
    assert _SECRET not in run.output


def test_lists_in_a_loop_share_a_login(controller: Controller, simulator: Simulator) -> None:
    task = {**_task("many", secret("{{ item }}-1"), secret("{{ item }}-2")), "loop": ["a", "b", "c"]}
    controller.play(task).succeeded()
    assert len(token_requests(simulator)) == 1


def test_forks_with_the_same_list_end_with_one_of_each(controller: Controller, simulator: Simulator) -> None:
    codes = [f"code-{number}" for number in range(20)]
    hosts: dict[str, dict[str, t.Any]] = {f"host{number}": {} for number in range(5)}
    run = controller.play(_task("list", *map(secret, codes)), hosts=hosts, arguments=["-f", "5"]).succeeded()
    assert sorted(one["identifier_code"] for one in simulator.secrets() if one["owner"] == "alice") == sorted(codes)
    created = [outcome.result["summary"]["created"] for outcome in run.outcomes]
    assert (len(created), sum(created)) == (5, len(codes))


def test_the_number_of_items_is_on_the_terminal_when_some_fail(controller: Controller) -> None:
    run = controller.play(_task("list", *[{"identifier_code": f"code-{number}", "name": "n"} for number in range(9)]))
    assert "9 of 9 items of the list failed" in run.output
    assert all(f"item {number} ('code-{number - 1}')" in run["list"]["msg"] for number in range(1, 10))


def test_client_secrets_the_wrong_way_round_are_not_shown_if_no_item_has_the_code(controller: Controller) -> None:
    wrong_way_round = "{{ {secret: 'billing'} }}"
    tasks = [
        _task("the code is misspelt", {"identifier_code": "Billing"}, client_secrets=wrong_way_round),
        _task("the option is misspelt", {"identifer_code": "billing"}, client_secrets=wrong_way_round),
    ]
    run = controller.play(*tasks, vars={"secret": _SECRET}, arguments=["-vvv"])
    assert {outcome.result["error"]["kind"] for outcome in run.outcomes} == {"invalid_input"}
    assert _SECRET not in run.output + json.dumps([outcome.result for outcome in run.outcomes])


def test_an_item_that_was_not_tried_is_named_by_its_number(controller: Controller) -> None:
    run = controller.play(_task("list", {"identifier_code": "new"}, {"identifier": 7}, on_error="stop"))
    assert [(one["identifier"], one["error"]["kind"]) for one in run["list"]["results"]] == [
        (None, "invalid_input"),
        ("7", "not_tried"),
    ]


@pytest.mark.exhaustive
def test_a_code_that_is_a_number_warns_under_async(controller: Controller) -> None:
    run = controller.play({**_task("list", secret("code", identifier_code=4711)), "async": 60, "poll": 1}).succeeded()
    assert "The option identifier_code is a number" in run.output
