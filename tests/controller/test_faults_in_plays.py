# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Faults that only a whole play can show: two vaults, the keyword timeout, texts on the terminal."""

from __future__ import annotations

import typing as t

import pytest

from .stage import MODULE, TIMED_OUT, as_options, secret, task

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller

INFO = f"{MODULE}_info"
#: A vault where nobody listens, and what belongs to it.
_ANOTHER = {
    "SENHASEGURA_URL": "https://localhost:1",
    "SENHASEGURA_TOKEN_URL": "https://localhost:1/token",
    "SENHASEGURA_TENANT": "another",
}
_each_way = pytest.mark.parametrize("in_place", [True, False], ids=["in place", "as a module"])


@_each_way
def test_what_belongs_to_another_vault_does_not_count(controller: Controller, in_place: bool) -> None:
    named = as_options(controller.login)
    run = controller.play(
        task("named", {**secret("named"), **named}), environment=_ANOTHER, vars={"mysafe_in_place": in_place}
    ).succeeded()
    assert run["named"]["action"] == "create"


def test_what_belongs_to_another_vault_does_not_count_for_a_lookup(controller: Controller) -> None:
    named = ", ".join(f"{name}={value!r}" for name, value in as_options(controller.login).items())
    looked_up = {"msg": f"{{{{ lookup('{MODULE}', 'named', field='name', {named}) }}}}"}
    run = controller.play(
        task("create", {**secret("named"), **as_options(controller.login)}),
        {"name": "look up", "ansible.builtin.debug": looked_up},
        environment=_ANOTHER,
    ).succeeded()
    assert run["look up"]["msg"] == "named"


def test_the_keyword_timeout_ends_a_task_that_reads_several(controller: Controller, simulator: Simulator) -> None:
    for number in range(12):
        simulator.add_secret(owner="alice", identifier_code=f"code-{number}", tags="many")
    simulator.fault({"delay": 3600}, path=r"secretapi/\d+$", times=100)
    reading = {"name": "read", INFO: {"tag": "many"}, "timeout": 2, "ignore_errors": True}
    run = controller.play(reading)
    assert TIMED_OUT.search(run["read"]["msg"])
    # What was under way at once, and nothing after it.
    assert len([row for row in simulator.requests() if row["fault"]]) <= 8


@pytest.mark.parametrize(("arguments", "told"), [(["-v"], True), ([], False)], ids=["-v", "without"])
def test_repeated_requests_are_told_at_v(
    controller: Controller, simulator: Simulator, arguments: list[str], told: bool
) -> None:
    simulator.fault({"gateway": 503}, path="secretapi")
    run = controller.play(task("read"), arguments=arguments, environment={"SENHASEGURA_RETRIES": "1"}).succeeded()
    assert ("HTTP 503; it was tried again" in run.output) is told


@_each_way
def test_a_left_over_placeholder_of_omit_is_refused(controller: Controller, in_place: bool) -> None:
    left_over = "__omit_place_holder__3c5b9f1a"
    options: dict[str, dict[str, t.Any]] = {
        "tags": {"tags": ["prod", left_over]},
        "notes": {"notes": f"owner: {left_over}"},
    }
    tasks = [task(name, {**secret(name), **given}, ignore_errors=True) for name, given in options.items()]
    run = controller.play(*tasks, vars={"mysafe_in_place": in_place})
    for name in options:
        assert (run[name]["error"]["kind"], f"option {name} " in run[name]["msg"]) == ("invalid_input", True)
