# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The control routes: log, reset, switches, secrets."""

from __future__ import annotations

import json
import typing as t

import pytest
from simulator.process import Simulator, SimulatorError

from .caller import SECRETS, TOKEN, Caller


def test_the_log_has_a_row_per_request(simulator: Simulator, alice: Caller) -> None:
    alice.listing(tag="x")
    rows = simulator.requests()
    assert [(row["n"], row["method"], row["path"], row["query"], row["status"], row["access_key"]) for row in rows] == [
        (1, "POST", TOKEN, "", 200, "alice"),
        (2, "GET", SECRETS, "tag=x", 200, "alice"),
    ]


def test_the_log_marks_requests_that_wrote(simulator: Simulator, alice: Caller) -> None:
    identifier = alice.created()
    alice.create(name="")
    alice.get(identifier)
    alice.update(identifier, notes="x")
    alice.deactivate(identifier)
    alice.deactivate(identifier)
    assert [row["wrote"] for row in simulator.requests()] == [False, True, False, False, True, True, False]
    assert len(simulator.writes()) == 3


def test_the_log_distinguishes_connections(simulator: Simulator, alice: Caller) -> None:
    alice.listing()
    Caller(simulator, "bob").listing()
    assert simulator.connections() == 2
    assert len({row["connection"] for row in simulator.requests() if row["access_key"] == "alice"}) == 1


def test_control_requests_are_not_logged(simulator: Simulator) -> None:
    simulator.secrets()
    assert simulator.log() == {"requests": [], "connections": 0}


def test_the_log_can_be_cleared(simulator: Simulator, alice: Caller) -> None:
    alice.listing()
    simulator.clear_log()
    assert simulator.log() == {"requests": [], "connections": 0}


def test_the_log_contains_no_secret(simulator: Simulator, alice: Caller) -> None:
    alice.create(client_secret="a-very-hidden-one")
    text = json.dumps(simulator.log())
    assert "a-very-hidden-one" not in text
    assert simulator.access_keys["alice"]["client_secret"] not in text


def test_a_reset_restores_the_seed(simulator: Simulator, alice: Caller) -> None:
    alice.create()
    simulator.switch(list_inactive=True)
    simulator.reset()
    assert [secret["owner"] for secret in simulator.secrets()] == ["dave", "dave"]
    assert simulator.switch()["list_inactive"] is False
    assert simulator.requests() == []


def test_a_reset_restarts_the_identifiers(simulator: Simulator, alice: Caller) -> None:
    first = alice.created()
    simulator.reset()
    assert Caller(simulator).created() == first


def test_adding_a_secret_bypasses_the_rules(simulator: Simulator, alice: Caller) -> None:
    identifiers = [simulator.add_secret(owner="alice", name="n", identifier_code="same") for _time in range(2)]
    assert alice.listed(identifier_code="same") == identifiers


def test_an_added_secret_has_the_given_values(simulator: Simulator, bob: Caller) -> None:
    identifier = simulator.add_secret(
        owner="alice",
        name="n",
        url="u",
        client_secret="s",
        users={"bob": True},
        groups={"Security": False},
        active=False,
    )
    assert next(secret for secret in simulator.secrets() if secret["identifier"] == identifier)["active"] is False
    assert bob.activate(identifier).status_code == 200


@pytest.mark.parametrize("values", [{}, {"owner": "nobody"}, {"owner": "alice", "colour": "red"}])
def test_an_invalid_secret_is_refused(simulator: Simulator, values: dict[str, t.Any]) -> None:
    with pytest.raises(SimulatorError):
        simulator.add_secret(**values)


@pytest.mark.parametrize(
    ("switches", "reason"),
    [
        ({"colour": "red"}, "unknown switch 'colour'"),
        ({"kong": "1.0"}, "'kong' must be one of 3.2, 3.4, 3.6"),
        ({"list_inactive": "yes"}, "'list_inactive' must be of type bool"),
        ({"rate_limit": True}, "'rate_limit' must be of type int"),
        ({"auth_failure": "404"}, "'auth_failure' must be one of 401, 404"),
    ],
)
def test_an_invalid_switch_is_refused(simulator: Simulator, switches: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(SimulatorError, match=reason):
        simulator.switch(**switches)


def test_switches_are_set_together_or_not_at_all(simulator: Simulator) -> None:
    with pytest.raises(SimulatorError):
        simulator.switch(list_inactive=True, colour="red")
    assert simulator.switch()["list_inactive"] is False


def test_an_unknown_profile_is_refused(simulator: Simulator) -> None:
    with pytest.raises(SimulatorError, match="unknown profile 'v9'"):
        simulator.reset("v9")


def test_a_refused_reset_changes_nothing(simulator: Simulator, alice: Caller) -> None:
    alice.create()
    with pytest.raises(SimulatorError):
        simulator.reset(colour="red")
    assert len(alice.listed()) == 1
