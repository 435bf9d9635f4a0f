# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Each row of the error table (section 3.7), in the wording of each version."""

from __future__ import annotations

import typing as t

import pytest

from .caller import COMPLETE, SECRETS, Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator


def _refused(answer: t.Any, code: int, text: str) -> None:
    expected = f"{code}: {text}"
    content = answer.json()
    assert answer.status_code == 400
    assert content["exception"] == {"code": code, "message": expected, "detail": None}
    assert content["response"] == {
        "status": 400,
        "message": expected,
        "error": True,
        "error_code": 1,
        "detail": "",
        "mensagem": expected,
        "erro": True,
        "cod_erro": 1,
    }
    assert content["code"] == 400


@pytest.mark.parametrize("parameter", ["name", "url", "client_id"])
@pytest.mark.parametrize("value", [None, "", "absent"])
def test_create_without_a_required_parameter_gets_1001(alice: Caller, parameter: str, value: str | None) -> None:
    body: dict[str, t.Any] = {**COMPLETE, parameter: value}
    if value == "absent":
        del body[parameter]
    _refused(alice.request("POST", SECRETS, json=body), 1001, f"Parameter '{parameter}' was not informed!")


def test_create_reports_the_first_missing_parameter(alice: Caller) -> None:
    _refused(alice.request("POST", SECRETS, json={}), 1001, "Parameter 'name' was not informed!")


@pytest.mark.parametrize(
    ("profile", "text"),
    [
        ("v4", "Identifier already found in another API key of this user"),
        ("v3_33", "Identifier already found in another API key of this user"),
        ("v3_32", "'Identifier' already found in another API key of this user"),
    ],
)
def test_a_duplicate_identifier_code_gets_1001(simulator: Simulator, profile: str, text: str) -> None:
    simulator.reset(profile)
    alice = Caller(simulator)
    alice.create(identifier_code="one")
    second = alice.created(identifier_code="two")
    _refused(alice.create(identifier_code="one"), 1001, text)
    _refused(alice.update(second, identifier_code="one"), 1001, text)


@pytest.mark.parametrize(("profile", "on_get"), [("v4", "Api secret not found"), ("v3_32", "API secret not found")])
def test_an_unknown_identifier_gets_1005(simulator: Simulator, profile: str, on_get: str) -> None:
    simulator.reset(profile)
    alice = Caller(simulator)
    _refused(alice.get("999"), 1005, on_get)
    for answer in (alice.update("999", name="x"), alice.activate("999"), alice.deactivate("999")):
        _refused(answer, 1005, "Api secret not found")


def test_an_overlong_identifier_gets_1005(alice: Caller) -> None:
    _refused(alice.get("9" * 5000), 1005, "Api secret not found")


def test_a_secret_of_another_user_gets_1006(alice: Caller, carol: Caller) -> None:
    identifier = alice.created()
    for answer in (
        carol.get(identifier),
        carol.update(identifier, name="x"),
        carol.activate(identifier),
        carol.deactivate(identifier),
    ):
        _refused(answer, 1006, "User does not have access")


def test_a_secret_of_another_user_can_get_1005(simulator: Simulator, alice: Caller, bob: Caller) -> None:
    simulator.switch(denied_code=1005)
    _refused(bob.get(alice.created()), 1005, "Api secret not found")


@pytest.mark.parametrize(("profile", "text"), [("v4", "Inactive Api secret"), ("v3_32", "Inactive api secret")])
def test_reading_an_inactive_secret_gets_1009(simulator: Simulator, profile: str, text: str) -> None:
    simulator.reset(profile)
    alice = Caller(simulator)
    identifier = alice.created()
    alice.deactivate(identifier)
    _refused(alice.get(identifier), 1009, text)


@pytest.mark.parametrize(
    ("profile", "code", "text"),
    [
        ("v4", 1010, "Unexpected identifier type"),
        ("v3_32", 1005, "API secret not found"),
    ],
)
@pytest.mark.parametrize("identifier", ["abc", "1a", "-1", "1.0", "%D9%A3"])
def test_an_identifier_that_is_not_a_number_gets_1010(
    simulator: Simulator, profile: str, code: int, text: str, identifier: str
) -> None:
    simulator.reset(profile)
    _refused(Caller(simulator).get(identifier), code, text)


@pytest.mark.parametrize(("profile", "text"), [("v4", "Unexpected error."), ("v3_32", "Unexpected error")])
def test_a_value_of_the_wrong_type_gets_500(simulator: Simulator, profile: str, text: str) -> None:
    simulator.reset(profile)
    answer = Caller(simulator).create(tags=["a", "b"])
    assert (answer.status_code, message(answer)) == (500, text)


@pytest.mark.parametrize(
    "fields",
    [
        {"users_allowed": "bob"},
        {"users_allowed": ["bob"]},
        {"groups_allowed": [{"username": "x"}]},
    ],
)
def test_sharing_of_the_wrong_type_gets_500(alice: Caller, fields: dict[str, t.Any]) -> None:
    assert alice.create(**fields).status_code == 500
    assert alice.listed() == []


def test_a_referer_that_is_not_allowed_gets_500(simulator: Simulator) -> None:
    answer = Caller(simulator, "referer").listing()
    assert answer.status_code == 500
    assert answer.json() == {
        "code": 500,
        "response": {
            "status": 500,
            "message": "The http referer is not allowed",
            "error": True,
            "error_code": 1105,
            "detail": "",
            "mensagem": "The http referer is not allowed",
            "erro": True,
            "cod_erro": 1105,
        },
        "tenant": "main",
    }


def test_an_access_key_without_permission_gets_500(simulator: Simulator) -> None:
    answer = Caller(simulator, "unauthorized").listing()
    assert (answer.status_code, message(answer)) == (500, "You are not authorized to access this resource.")
    assert "exception" not in answer.json()


def test_an_access_key_without_permission_can_get_the_404_of_the_gateway(simulator: Simulator) -> None:
    simulator.switch(no_permission="gateway")
    assert Caller(simulator, "unauthorized").listing().json()["message"].startswith("no Route matched")


def test_lockdown(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(lockdown="2030-01-01 00:00")
    answer = alice.listing()
    content = answer.json()
    assert (answer.status_code, content["response"]["error_code"]) == (503, 100)
    assert message(answer) == "senhasegura is under Lockdown until 2030-01-01 00:00"
    assert set(content) == {"response"}
    assert "detail" not in content["response"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ("", "application/json"),
        ('{"name": "x"}', "text/plain"),
    ],
)
def test_an_unreadable_body_counts_as_one_without_parameters(alice: Caller, body: str, content_type: str) -> None:
    answer = alice.request("POST", SECRETS, data=body, headers={"Content-Type": content_type})
    _refused(answer, 1001, "Parameter 'name' was not informed!")
