# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The OpenAPI description of the API is valid, and the simulator conforms to it."""

from __future__ import annotations

import itertools
import typing as t
from pathlib import Path

import hypothesis
import jsonschema
import openapi_spec_validator
import pytest
import schemathesis
from schemathesis.specs.openapi import checks
from simulator.state import TEXT_FIELDS

from .description import operations
from .documented import OUTCOMES, Outcome, Vault

if t.TYPE_CHECKING:
    from simulator.process import Simulator

_PATH = Path(__file__).with_name("openapi.yaml")
_CHECKS = [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]
_SCHEMA = schemathesis.openapi.from_path(_PATH)


def _resolve(description: dict[str, t.Any], node: t.Any) -> t.Any:
    while isinstance(node, dict) and "$ref" in node:
        target: t.Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _answers(description: dict[str, t.Any]) -> t.Iterator[tuple[str, int, dict[str, t.Any]]]:
    for operation in operations(description).values():
        for status, response in operation["responses"].items():
            yield operation["operationId"], int(status), _resolve(description, response)["content"]["application/json"]


def _examples(description: dict[str, t.Any], answer: dict[str, t.Any]) -> list[t.Any]:
    return [_resolve(description, example)["value"] for example in answer["examples"].values()]


def _message(content: dict[str, t.Any]) -> str:
    response = content.get("response")
    return str(response["message"] if response else content.get("message") or content["exp"])


def _validate(description: dict[str, t.Any], schema: dict[str, t.Any], content: t.Any) -> None:
    root = {"components": description["components"], **schema}
    jsonschema.validate(content, root, cls=jsonschema.Draft202012Validator)


def test_the_description_is_valid(description: dict[str, t.Any]) -> None:
    openapi_spec_validator.validate(description)


def test_each_example_matches_its_schema(description: dict[str, t.Any]) -> None:
    for _name, _status, answer in _answers(description):
        for example in _examples(description, answer):
            _validate(description, answer["schema"], example)


def test_each_answer_has_an_example(description: dict[str, t.Any]) -> None:
    assert [(name, status) for name, status, answer in _answers(description) if not answer.get("examples")] == []


def test_a_request_has_the_fields_that_the_simulator_stores(description: dict[str, t.Any]) -> None:
    fields = description["components"]["schemas"]["Fields"]["properties"]
    assert set(fields) == {*TEXT_FIELDS, "users_allowed", "groups_allowed"}


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_the_description_has_each_documented_outcome(description: dict[str, t.Any], outcome: Outcome) -> None:
    described = [
        _message(example)
        for name, status, answer in _answers(description)
        if (name, status) == (outcome.operation, outcome.status)
        for example in _examples(description, answer)
    ]
    assert outcome.message in described


@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_the_simulator_has_each_documented_outcome(
    description: dict[str, t.Any], simulator: Simulator, outcome: Outcome
) -> None:
    answer = outcome.provoke(Vault(simulator, outcome.profile, **outcome.switches))
    assert (answer.status_code, _message(answer.json())) == (outcome.status, outcome.message)
    assert answer.headers["Content-Type"].partition(";")[0] == "application/json"
    for name, status, described in _answers(description):
        if (name, status) == (outcome.operation, outcome.status):
            _validate(description, described["schema"], answer.json())


def test_each_message_of_the_description_is_documented(description: dict[str, t.Any]) -> None:
    described = {
        _message(example)
        for _name, _status, answer in _answers(description)
        for example in _examples(description, answer)
        if "access_token" not in example
    }
    # The one message of the token endpoint that is not in the table.
    described = {message for message in described if not message.startswith("The request is missing")}
    assert described == {outcome.message for outcome in OUTCOMES}


@pytest.fixture(name="vault", scope="module", params=["v4", "v3_32"])
def _vault(request: pytest.FixtureRequest, running: Simulator) -> Vault:
    return Vault(running, request.param)


_turn = itertools.count()


@_SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)
def test_answers_to_random_requests_conform_to_the_description(case: schemathesis.Case[t.Any], vault: Vault) -> None:
    # A random identifier hardly ever hits a secret, so three of five requests use an existing one.
    identifiers = (vault.own, vault.inactive, vault.foreign, None, None)
    identifier = identifiers[next(_turn) % len(identifiers)]
    if identifier and "identifier" in case.path_parameters:
        case.path_parameters["identifier"] = identifier
    headers = {"Accept": "application/json", "Authorization": "Bearer " + _token(vault)}
    case.call_and_validate(
        base_url=vault.simulator.url + "/api", headers=headers, verify=vault.simulator.ca_path, checks=_CHECKS
    )


_tokens: dict[Vault, str] = {}


def _token(vault: Vault) -> str:
    if vault not in _tokens:
        _tokens[vault] = vault.token().json()["access_token"]
    return _tokens[vault]
