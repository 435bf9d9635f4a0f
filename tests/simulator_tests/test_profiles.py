# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The differences between the profiles (section 6)."""

from __future__ import annotations

import typing as t

import pytest

from .caller import Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator


def _caller(simulator: Simulator, profile: str) -> Caller:
    simulator.reset(profile)
    return Caller(simulator)


@pytest.mark.parametrize("profile", ["v4", "v3_33", "v3_32", "v4_en_doc", "legacy_envelope"])
def test_the_life_cycle_of_a_secret_succeeds(simulator: Simulator, profile: str) -> None:
    alice = _caller(simulator, profile)
    identifier = alice.created(identifier_code="one")
    answers = [
        alice.get(identifier),
        alice.update(identifier, notes="x"),
        alice.deactivate(identifier),
        alice.activate(identifier),
        alice.listing(),
    ]
    assert not any(answer.json()["response"]["error"] for answer in answers)


@pytest.mark.parametrize(("profile", "version"), [("v4", "3.6.1"), ("v3_33", "3.4.2"), ("v3_32", "3.2.2")])
def test_the_gateway_has_its_version(simulator: Simulator, profile: str, version: str) -> None:
    assert _caller(simulator, profile).listing().headers["Via"] == "1.1 kong/" + version


def test_v3_32_deactivates_with_a_double_space_and_without_code(simulator: Simulator) -> None:
    alice = _caller(simulator, "v3_32")
    answer = alice.deactivate(alice.created())
    assert message(answer) == "API secret  successfully deactivated"
    assert "code" not in answer.json()


@pytest.mark.parametrize(("profile", "status"), [("v4", 201), ("v3_33", 201), ("v3_32", 400)])
def test_only_v3_32_requires_client_secret(simulator: Simulator, profile: str, status: int) -> None:
    assert _caller(simulator, profile).create(client_secret="").status_code == status


def test_v4_en_doc_answers_an_update_as_the_english_pages_print_it(simulator: Simulator) -> None:
    alice = _caller(simulator, "v4_en_doc")
    answer = alice.update(alice.created(notes="old"), notes="new")
    assert (answer.status_code, message(answer)) == (201, "Api secret successfully registered")
    assert answer.json()["api_entity"]["notes"] == "old"


def test_the_legacy_envelope_has_fewer_fields(simulator: Simulator) -> None:
    content = _caller(simulator, "legacy_envelope").get("999").json()
    assert content["response"] == {
        "status": 400,
        "message": "1005: API secret not found",
        "error": True,
        "error_code": 0,
        "mensagem": "1005: API secret not found",
        "erro": True,
        "cod_erro": 0,
    }
    assert content["exception"]["detail"] == ""
    assert "code" not in content


def test_switches_can_change_a_profile(simulator: Simulator) -> None:
    simulator.reset("v3_32", client_secret_required=False)
    assert Caller(simulator).create(client_secret="").status_code == 201
