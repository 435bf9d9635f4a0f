# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A loop in place shares one login and one connection between its items, and nothing else."""

from __future__ import annotations

import typing as t

import pytest

from .stage import as_options, login, secret, task, token_requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller

_ITEM = secret("{{ item }}")


class Seen(t.NamedTuple):
    """The requests of a play, and the owners of the API secrets after it."""

    requests: list[dict[str, t.Any]]
    token_requests: list[dict[str, t.Any]]
    owners: dict[str, str]


def _see(controller: Controller, simulator: Simulator, *tasks: dict[str, t.Any]) -> Seen:
    simulator.reset()
    controller.play(*tasks).succeeded()
    owners = {stored["identifier_code"]: stored["owner"] for stored in simulator.secrets() if stored["owner"] != "dave"}
    return Seen(simulator.requests(), token_requests(simulator), owners)


@pytest.fixture(scope="module", name="many")
def _many(controller_of_module: Controller, running: Simulator) -> Seen:
    """Create 100 secrets in a loop."""
    return _see(controller_of_module, running, task("many", _ITEM, loop=[f"code{n}" for n in range(100)]))


def test_a_loop_of_100_items_takes_one_token_request(many: Seen) -> None:
    assert len(many.token_requests) == 1


def test_a_loop_of_100_items_takes_one_connection(many: Seen) -> None:
    assert len({row["connection"] for row in many.requests}) == 1


def test_a_loop_of_100_items_sends_only_the_necessary_requests(many: Seen) -> None:
    # The token, and for each item a search and a creation.
    assert len(many.requests) == 1 + 2 * 100


@pytest.fixture(scope="module", name="mixed")
def _mixed(controller_of_module: Controller, running: Simulator) -> Seen:
    """Create secrets with the access keys of alice and bob in turn."""
    options = {key: as_options(login(running, key)) for key in ("alice", "bob")}
    loop = [{"key": key, "code": f"code{n}"} for n, key in enumerate(["alice", "bob", "alice", "bob", "alice"])]
    credentials = {name: f"{{{{ options[item.key].{name} }}}}" for name in ("mysafe_client_id", "mysafe_client_secret")}
    mixed = task("mixed", {**secret("{{ item.code }}"), **credentials}, loop=loop, vars={"options": options})
    return _see(controller_of_module, running, mixed)


def test_items_with_different_access_keys_act_as_different_users(mixed: Seen) -> None:
    assert mixed.owners == {"code0": "alice", "code1": "bob", "code2": "alice", "code3": "bob", "code4": "alice"}


def test_items_with_different_access_keys_share_no_connection(mixed: Seen) -> None:
    keys: dict[int, set[str]] = {}
    for row in mixed.requests:
        keys.setdefault(row["connection"], set()).add(row["access_key"])
    assert list(keys.values()) == [{"alice"}, {"bob"}]


def test_items_with_the_same_access_key_share_a_token(mixed: Seen) -> None:
    assert [row["access_key"] for row in mixed.token_requests] == ["alice", "bob"]


def test_a_wrong_client_secret_does_not_use_the_login_of_the_previous_item(
    controller: Controller, simulator: Simulator
) -> None:
    options = {"identifier_code": "missing", "state": "absent", "mysafe_client_secret": "{{ item }}"}
    loop = [simulator.access_keys["alice"]["client_secret"], "another-s3cret"]
    run = controller.play(task("two secrets", options, loop=loop, no_log=False))
    assert [item.status for item in run.items("two secrets")] == ["item ok", "item failed"]


@pytest.fixture(scope="module", name="expiring")
def _expiring(controller_of_module: Controller, running: Simulator) -> Seen:
    """Create secrets in a loop, and let all tokens expire before the sixth."""
    notes = "{{ lookup('simulator', 'POST', 'expire-tokens') if item == 5 else '' }}"
    expiring = task("expiring", secret("code{{ item }}", notes=notes), loop=list(range(10)))
    return _see(controller_of_module, running, expiring)


def test_tokens_that_expire_during_a_loop_cost_one_more_request(expiring: Seen) -> None:
    assert len(expiring.token_requests) == 2


def test_all_items_succeed_if_tokens_expire_during_a_loop(expiring: Seen) -> None:
    assert list(expiring.owners) == [f"code{n}" for n in range(10)]


_FAULTS = {
    "an error of the server": {"status": 500, "body": "broken"},
    "a reset connection": {"reset": True},
    "a closed connection": {"close": True},
    "a truncated answer": {"truncate": True},
    "a page instead of an answer": {"html": True},
    "a lockdown": {"lockdown": "2030-01-31"},
    "a redirect": {"redirect": "https://elsewhere.example.org/"},
}


@pytest.fixture(scope="module", name="faulty")
def _faulty(controller_of_module: Controller) -> dict[str, list[str]]:
    """Run loops in which the second of three items meets a fault."""
    tasks: list[dict[str, t.Any]] = []
    for name, do in _FAULTS.items():
        # The search for the second item is the third call of the API.
        tasks.append({"simulator": {"faults": [{"path": "secretapi", "skip": 2, "do": do}]}})
        tasks.append(task(name, _ITEM, loop=["one", "two", "three"], ignore_errors=True))
    run = controller_of_module.play(*tasks)
    return {name: [item.status for item in run.items(name)] for name in _FAULTS}


@pytest.mark.parametrize("fault", _FAULTS)
def test_the_item_after_a_failed_one_succeeds(faulty: dict[str, list[str]], fault: str) -> None:
    assert faulty[fault] == ["item ok", "item failed", "item ok"]


def test_a_failed_item_does_not_cost_the_next_one_a_login(controller: Controller, simulator: Simulator) -> None:
    simulator.fault({"status": 500, "body": "broken"}, path="secretapi", skip=2)
    controller.play(task("faulty", _ITEM, loop=["one", "two", "three"]))
    assert len(token_requests(simulator)) == 1


def test_the_secret_of_one_item_is_not_hidden_in_the_result_of_another(controller: Controller) -> None:
    loop = [
        {"code": "one", "secret": "billing", "notes": ""},
        {"code": "two", "secret": "other", "notes": "of billing"},
    ]
    options = secret("{{ item.code }}", client_secret="{{ item.secret }}", notes="{{ item.notes }}")
    run = controller.play(task("secrets", options, loop=loop)).succeeded()
    assert run.items("secrets")[1].result["api_entity"]["notes"] == "of billing"


def test_the_secret_of_one_item_is_hidden_in_its_own_result(controller: Controller) -> None:
    options = secret("{{ item }}", client_secret="billing-{{ item }}", notes="of billing-{{ item }}")
    run = controller.play(task("secrets", options, loop=["one", "two"])).succeeded()
    assert [item.result["api_entity"]["notes"] for item in run.items("secrets")] == ["of ********"] * 2


def test_warnings_of_one_item_are_not_repeated_by_another(controller: Controller, simulator: Simulator) -> None:
    simulator.add_secret(owner="alice", name="One", identifier_code="one")
    options = {"identifier_code": "{{ item }}", "state": "absent", "update": False}
    run = controller.play(task("warning", options, loop=["one", "two"])).succeeded()
    assert ["warnings" in item.result for item in run.items("warning")] == [True, False]
