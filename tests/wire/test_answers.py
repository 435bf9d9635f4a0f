# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Undocumented answers: each becomes a failure with a message, never a traceback."""

from __future__ import annotations

import json
import re
import typing as t

import pytest

from .support import CODE, DESCRIBED, add, new_token, vault

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_OK = {"status": 200, "message": "", "error": False}
_SHARED: dict[str, list[t.Any]] = {"users_allowed": [], "groups_allowed": []}
_ENTITY = {"identifier": "3", "name": "n", "url": "u", "client_id": "c", "identifier_code": CODE, **_SHARED}


def _raw(text: str) -> dict[str, t.Any]:
    return {"status": 200, "body": text, "headers": {"Content-Type": "application/json"}}


_ANYWHERE = {
    "a_text": _raw("hello"),
    "a_number": {"status": 200, "body": 7},
    "a_string": {"status": 200, "body": "hello"},
    "null": _raw("null"),
    "true": _raw("true"),
    "an_empty_object": {"status": 200, "body": {}},
    "an_envelope_that_is_a_list": {"status": 200, "body": {"response": []}},
    "an_envelope_that_is_a_text": {"status": 200, "body": {"response": "error"}},
    "an_error_in_a_200": {"status": 200, "body": {"response": {"status": 400, "message": "no", "error": True}}},
    "an_error_in_portuguese": {"status": 200, "body": {"response": {"mensagem": "não", "erro": True}}},
    "a_message_that_is_an_object": {"status": 400, "body": {"response": {"message": {"a": 1}, "error": True}}},
    "an_exception_that_is_a_list": {"status": 400, "body": {"response": {"message": "x"}, "exception": [1]}},
    "a_code_that_is_a_text": {"status": 400, "body": {"response": {"message": "x"}, "exception": {"code": "many"}}},
    "a_code_that_is_infinite": {
        "status": 400,
        "body": '{"response": {"message": "x", "error": true, "error_code": 1e999}}',
    },
    "deeply_nested_json": _raw("[" * 100_000),
    "a_very_long_number": _raw("9" * 10_000),
    "bytes_that_are_no_text": {"status": 200, "body": "\u0000\ufffd"},
    "a_body_that_is_not_compressed": {"status": 200, "body": "no gzip", "headers": {"Content-Encoding": "gzip"}},
    "no_such_encoding": {"status": 502, "body": "caf\u00e9", "headers": {"Content-Type": "text/html; charset=nosuch"}},
    "html_of_a_proxy": {"status": 403, "body": "<html><script>evil()</script><h1>Forbidden</h1></html>"},
    "a_teapot": {"status": 418, "body": ""},
    "an_empty_500": {"status": 500, "body": ""},
    "a_204": {"status": 204, "body": ""},
}
_GET = {
    "sharing_that_is_a_number": {
        "status": 200,
        "body": {"response": _OK, "api_secret_entity": {**_ENTITY, "users_allowed": 5}},
    },
    "sharing_that_is_true": {
        "status": 200,
        "body": {"response": _OK, "api_secret_entity": {**_ENTITY, "groups_allowed": True}},
    },
    "another_secret": {
        "status": 200,
        "body": {"response": _OK, "api_secret_entity": {**_ENTITY, "identifier": "4711"}},
    },
    "an_entity_that_is_a_list": {"status": 200, "body": {"response": _OK, "api_secret_entity": [_ENTITY]}},
    "an_entity_without_identifier": {"status": 200, "body": {"response": _OK, "api_secret_entity": {"name": "n"}}},
    "no_entity": {"status": 200, "body": {"response": _OK}},
}
_LIST = {
    "rows_that_are_texts": {"status": 200, "body": {"response": _OK, "api_secret_on_list": ["3"]}},
    "a_row_without_identifier": {"status": 200, "body": {"response": _OK, "api_secret_on_list": [{"name": "n"}]}},
    "rows_that_are_an_object": {"status": 200, "body": {"response": _OK, "api_secret_on_list": {"3": {}}}},
}
_TOKEN = {
    "no_access_token": {"status": 200, "body": {"token_type": "Bearer"}},
    "an_empty_access_token": {"status": 200, "body": {"access_token": ""}},
    "an_access_token_that_is_a_number": {"status": 200, "body": {"access_token": 5}},
}


def _cases() -> t.Iterator[t.Any]:
    for path, faults in (
        ("oauth2/token$", {**_ANYWHERE, **_TOKEN}),
        ("secretapi$", {**_ANYWHERE, **_LIST}),
        (r"secretapi/\d+$", {**_ANYWHERE, **_GET}),
    ):
        for name, fault in faults.items():
            yield pytest.param(path, fault, id=f"{name}-{path.strip('$').rpartition('/')[2]}")


@pytest.mark.parametrize(("path", "fault"), list(_cases()))
def test_a_strange_answer_is_a_failure_and_changes_nothing(
    simulator: Simulator, task: Tasks, path: str, fault: dict[str, t.Any]
) -> None:
    add(simulator)
    before = vault(simulator)
    simulator.fault(fault, path=path, times=1000)
    values = task(identifier_code=CODE, **{**DESCRIBED, "notes": "Other."}).values
    assert ("error" in values, values["changed"], vault(simulator)) == (True, False, before)


# Before the answer to a create, the identifier of the new secret is unknown: no other one is unexpected.
_ON_CREATE = {**_ANYWHERE, **{name: fault for name, fault in _GET.items() if name != "another_secret"}}


@pytest.mark.parametrize("fault", _ON_CREATE.values(), ids=_ON_CREATE)
@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_strange_answer_to_a_create_the_vault_is_checked(
    simulator: Simulator, task: Tasks, fault: dict[str, t.Any], when: str
) -> None:
    before = vault(simulator)
    simulator.fault(fault, path="secretapi$", method="POST", when=when, times=1000)
    values = task(identifier_code=CODE, **DESCRIBED).values
    refused = fault["status"] in (400, 403, 418) or bool(re.search('"error?": true', json.dumps(fault)))
    written = vault(simulator) != before
    uncertain = "error" in values and values["error"]["kind"] == "write_uncertain"
    assert refused or (values["changed"], uncertain) == (True, not written)


@pytest.mark.parametrize("lifetime", [None, 0, -1, "3600", "soon", 1e9, {}, [], True])
def test_a_strange_token_lifetime_does_no_harm(simulator: Simulator, task: Tasks, lifetime: t.Any) -> None:
    token = new_token(simulator)
    simulator.fault(
        {"status": 200, "body": {"access_token": token, "expires_in": lifetime}}, path="oauth2/token$", times=1000
    )
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"


_SAID: dict[str, dict[str, t.Any]] = {
    "MySafe": {"response": {"message": "It is full.", "error": True}},
    "MySafe in Portuguese": {"response": {"mensagem": "It is full.", "erro": True}},
    "the gateway": {"message": "It is full."},
    "OAuth": {"error": "server_error", "error_description": "It is full."},
    "OAuth without a description": {"error": "It is full."},
}


@pytest.mark.parametrize("body", _SAID.values(), ids=_SAID)
def test_the_message_of_an_answer_is_shown_whichever_component_wrote_it(
    simulator: Simulator, task: Tasks, body: dict[str, t.Any]
) -> None:
    simulator.fault({"status": 500, "body": body}, path="secretapi$")
    assert '"It is full." (HTTP 500)' in task(identifier_code=CODE, **DESCRIBED).values["msg"]


def test_markup_is_removed_from_messages(simulator: Simulator, task: Tasks) -> None:
    simulator.fault(_ANYWHERE["html_of_a_proxy"], path="secretapi")
    msg = task(identifier_code=CODE, **DESCRIBED).values["msg"]
    assert ("Forbidden" in msg, "<" in msg, "evil" in msg) == (True, False, False)


_SHAPES = {
    "a page in a success": (200, "<html><h1>Please log in</h1></html>", 'is not JSON and begins with "Please log in"'),
    "a text in a success": (200, "client_secret: secret-of-somebody-else", "is not JSON"),
    "nothing in a success": (200, "", "is empty"),
    "a text in a failure": (502, "upstream is down", 'is not JSON and begins with "upstream is down"'),
}


@pytest.mark.parametrize(("status", "body", "shape"), _SHAPES.values(), ids=_SHAPES)
def test_an_answer_that_is_not_json_is_quoted_unless_it_may_hold_secrets(
    simulator: Simulator, task: Tasks, status: int, body: str, shape: str
) -> None:
    simulator.fault({"status": status, "body": body}, path="secretapi$")
    msg = task(identifier_code=CODE, retries=0, **DESCRIBED).values["msg"]
    assert f"'{CODE}': the answer {shape} (HTTP {status})." in msg


def test_a_secret_in_an_error_message_is_hidden(simulator: Simulator, task: Tasks) -> None:
    body = {"response": {"message": f"1005: {DESCRIBED['client_secret']} is not allowed", "error": True}}
    simulator.fault({"status": 400, "body": body}, path="secretapi$", method="POST")
    assert "********" in task(identifier_code=CODE, **DESCRIBED).values["msg"]
