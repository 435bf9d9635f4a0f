# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The token cache across the tasks and forks of a play."""

from __future__ import annotations

import typing as t

import pytest

from .stage import task, token_requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

_ON = {"SENHASEGURA_TOKEN_CACHE": "true"}
_FIFTY: dict[str, dict[str, t.Any]] = {f"host{number}": {} for number in range(50)}


_FIVE: dict[str, dict[str, t.Any]] = {f"host{number}": {} for number in range(5)}
_TEMPLATE = "{{ inventory_hostname }}: {{ lookup('senhasegura.mysafe.mysafe_api_secret', 'billing', field='name') }}\n"


class Seen(t.NamedTuple):
    """The number of token requests after each task, and the actions of the hosts."""

    counts: list[int]
    actions: list[set[str]]


def test_each_task_without_the_cache_logs_in(controller: Controller, simulator: Simulator) -> None:
    controller.play(task("one"), task("two")).succeeded()
    assert len(token_requests(simulator)) == 2


def test_tasks_without_the_cache_write_nothing(controller: Controller) -> None:
    controller.play(task("one"), task("as module", vars={"mysafe_in_place": False})).succeeded()
    assert list(controller.runtime.iterdir()) == []


def test_tasks_in_place_and_modules_share_a_token(controller: Controller, simulator: Simulator) -> None:
    controller.play(
        task("one"), task("two"), task("as module", vars={"mysafe_in_place": False}), environment=_ON
    ).succeeded()
    assert len(token_requests(simulator)) == 1


def test_two_plays_share_a_token(controller: Controller, simulator: Simulator) -> None:
    controller.play(task("one"), environment=_ON).succeeded()
    controller.play(task("two"), environment=_ON).succeeded()
    assert len(token_requests(simulator)) == 1


@pytest.fixture(scope="module", name="fifty")
def _fifty(controller_of_module: Controller, running: Simulator) -> Seen:
    """Run one task for 50 hosts in 50 forks: with an empty cache, with the token in it, and with a rejected token."""
    running.reset()
    counts: list[int] = []
    runs: list[Run] = []
    for _time in range(3):
        if len(runs) == 2:
            running.expire_tokens()
        runs.append(
            controller_of_module.play(task("one"), hosts=_FIFTY, arguments=["-f", "50"], environment=_ON).succeeded()
        )
        counts.append(len(token_requests(running)))
    return Seen(counts, [{outcome.result["action"] for outcome in run.outcomes} for run in runs])


def test_50_forks_with_an_empty_cache_ask_for_one_token(fifty: Seen) -> None:
    assert fifty.counts[0] == 1


def test_50_forks_with_a_token_in_the_cache_ask_for_none(fifty: Seen) -> None:
    assert fifty.counts[1] - fifty.counts[0] == 0


def test_50_forks_whose_token_is_rejected_ask_for_one(fifty: Seen) -> None:
    assert fifty.counts[2] - fifty.counts[1] == 1


def test_50_forks_all_succeed(fifty: Seen) -> None:
    assert fifty.actions == [{"none"}] * 3


@pytest.mark.parametrize("in_place", [True, False])
def test_unusable_cache_is_a_warning_of_the_result(controller: Controller, in_place: bool) -> None:
    controller.play(task("fills"), environment=_ON).succeeded()
    (directory,) = controller.runtime.iterdir()
    directory.chmod(0o755)
    run = controller.play(task("warns", vars={"mysafe_in_place": in_place}), environment=_ON).succeeded()
    assert run["warns"]["warnings"] == [
        f"The token cache is not used: {directory} is not private to the user with uid {directory.stat().st_uid}"
    ]


def _write_a_template(controller: Controller, simulator: Simulator, **environment: str) -> Run:
    """Write a file for each of several hosts from a template with a lookup."""
    simulator.add_secret(owner="alice", name="Billing API", identifier_code="billing")
    file = "playbook_dir ~ '/' ~ inventory_hostname"
    options = {"src": "hosts.j2", "dest": f"{{{{ {file} }}}}", "mode": "0600"}
    return controller.play(
        {"name": "write", "ansible.builtin.template": options},
        {"name": "show", "ansible.builtin.debug": {"msg": f"{{{{ lookup('file', {file}) }}}}"}},
        hosts=_FIVE,
        beside={"hosts.j2": _TEMPLATE},
        arguments=["-f", "5"],
        environment=environment,
    ).succeeded()


@pytest.fixture(scope="module", name="template")
def _template(controller_of_module: Controller, running: Simulator) -> tuple[Run, list[dict[str, t.Any]]]:
    """Return the run of a template for several hosts with the cache, and its token requests."""
    running.reset()
    run = _write_a_template(controller_of_module, running, **_ON)
    return run, token_requests(running)


def test_a_template_for_several_hosts_looks_up_with_one_login(
    template: tuple[Run, list[dict[str, t.Any]]],
) -> None:
    assert len(template[1]) == 1


def test_a_template_for_several_hosts_contains_the_lookup(template: tuple[Run, list[dict[str, t.Any]]]) -> None:
    written = {outcome.result["msg"] for outcome in template[0].outcomes if outcome.task == "show"}
    assert written == {f"{host}: Billing API" for host in _FIVE}


def test_a_template_for_several_hosts_logs_in_for_each_without_the_cache(
    controller: Controller, simulator: Simulator
) -> None:
    """Otherwise the test above would prove nothing."""
    _write_a_template(controller, simulator)
    assert len(token_requests(simulator)) == len(_FIVE)


def test_lookups_and_modules_share_a_token(controller: Controller, simulator: Simulator) -> None:
    simulator.add_secret(owner="alice", name="Billing API", identifier_code="billing")
    lookup = "{{ lookup('senhasegura.mysafe.mysafe_api_secret', 'billing', field='name') }}"
    controller.play(
        task("in place"),
        {"name": "lookup", "ansible.builtin.debug": {"msg": lookup}},
        task("as module", vars={"mysafe_in_place": False}),
        environment=_ON,
    ).succeeded()
    assert len(token_requests(simulator)) == 1


def test_unusable_cache_is_a_warning_of_the_lookup(controller: Controller, simulator: Simulator) -> None:
    simulator.add_secret(owner="alice", name="Billing API", identifier_code="billing")
    controller.runtime.joinpath(f"senhasegura-mysafe-{controller.runtime.stat().st_uid}").mkdir(mode=0o755)
    lookup = "{{ lookup('senhasegura.mysafe.mysafe_api_secret', 'billing', field='name') }}"
    run = controller.play({"name": "lookup", "ansible.builtin.debug": {"msg": lookup}}, environment=_ON).succeeded()
    assert "The token cache is not used:" in run.output
