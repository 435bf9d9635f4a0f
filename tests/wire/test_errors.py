# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every documented failure: its kind, MySafe's code, the HTTP status, cause and solution, and the request ID."""

from __future__ import annotations

import re
import typing as t

import pytest

from .support import CODE, DESCRIBED, EXPIRED_TOKEN, add, vault

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

#: Method and path, as a regular expression.
Request = tuple[str, str]

_LIST, _GET, _CREATE = ("GET", "secretapi$"), ("GET", r"secretapi/\d+$"), ("POST", "secretapi$")
_UPDATE, _ACTIVATE, _DEACTIVATE = ("PUT", "update"), ("POST", "/active/"), ("POST", "/inactive/")
_WRITES = (_UPDATE, _ACTIVATE, _DEACTIVATE)


def _business(code: int, message: str) -> dict[str, t.Any]:
    """Return the envelope of a business error: section 1.2 of the API reference."""
    text = f"{code}: {message}"
    return {
        "code": 400,
        "response": {
            "status": 400,
            "message": text,
            "error": True,
            "error_code": 1,
            "detail": "",
            "mensagem": text,
            "erro": True,
        },
        "exception": {"code": code, "message": text, "detail": None},
    }


def _legacy(code: int, message: str) -> dict[str, t.Any]:
    """Return the envelope of the older samples: no top-level code, error_code 0."""
    text = f"{code}: {message}"
    return {
        "response": {"status": 400, "message": text, "error": True, "error_code": 0, "mensagem": text, "erro": True},
        "exception": {"code": code, "message": text, "detail": ""},
    }


def _without_exception(code: int, message: str) -> dict[str, t.Any]:
    return {"response": _business(code, message)["response"]}


def _portuguese(code: int, message: str) -> dict[str, t.Any]:
    text = f"{code} {message}"  # one page of the documentation has no colon
    return {"response": {"status": 400, "mensagem": text, "erro": True}}


Form = t.Callable[[int, str], dict[str, t.Any]]
#: Request, code, message, kind, a part of the cause, a part of the solution.
_BUSINESS = {
    "missing_name": (_CREATE, 1001, "Parameter 'name' was not informed!", "missing_parameter", "requires", "give"),
    "missing_url": (_CREATE, 1001, "Parameter 'url' was not informed!", "missing_parameter", "requires", "give"),
    "missing_client_id": (
        _CREATE,
        1001,
        "Parameter 'client_id' was not informed!",
        "missing_parameter",
        "requires",
        "give",
    ),
    "missing_client_secret": (
        _CREATE,
        1001,
        "Parameter 'client_secret' was not informed!",
        "missing_parameter",
        "3.32",
        "give",
    ),
    "missing_name_on_update": (
        _UPDATE,
        1001,
        "Parameter 'name' was not informed!",
        "missing_parameter",
        "requires",
        "give",
    ),
    "duplicate_v4": (
        _UPDATE,
        1001,
        "Identifier already found in another API key of this user",
        "duplicate_identifier_code",
        "same user",
        "another identifier code",
    ),
    "duplicate_v3_32": (
        _UPDATE,
        1001,
        "'Identifier' already found in another API key of this user",
        "duplicate_identifier_code",
        "same user",
        "another identifier code",
    ),
    **{
        f"not_found_{path}": (
            (method, path),
            1005,
            "Api secret not found",
            "not_found",
            "no API secret",
            "check the identifier",
        )
        for method, path in _WRITES
    },
    **{
        f"access_{path}": ((method, path), 1006, "User does not have access", "access_denied", "neither owns", "share")
        for method, path in _WRITES
    },
    "inactive_on_update": (_UPDATE, 1009, "Inactive Api secret", "inactive", "cannot be read", "activate"),
    "unexpected_type": (_GET, 1010, "Unexpected identifier type", "invalid_identifier", "not a number", "ID column"),
}
_FORMS = {"v4": _business, "legacy": _legacy, "no_exception": _without_exception, "portuguese": _portuguese}


def _meet(simulator: Simulator, task: Tasks, request: Request, do: dict[str, t.Any]) -> dict[str, t.Any]:
    """Run a task whose request gets this answer; return the values of the result."""
    method, path = request
    simulator.fault(do, method=method, path=path, times=1000)
    simulator.switch(list_inactive=True)
    if request == _CREATE:
        return task(identifier_code=CODE, retries=0, **DESCRIBED).values
    add(simulator, active=request != _ACTIVATE)
    options = {**DESCRIBED, "state": "absent"} if request == _DEACTIVATE else {**DESCRIBED, "notes": "Other."}
    return task(identifier_code=CODE, retries=0, **options).values


@pytest.mark.parametrize("form", _FORMS.values(), ids=_FORMS)
@pytest.mark.parametrize(
    ("request_", "code", "message", "kind", "cause", "solution"), _BUSINESS.values(), ids=_BUSINESS
)
def test_a_business_error_has_its_kind_cause_and_solution(
    simulator: Simulator,
    task: Tasks,
    request_: Request,
    code: int,
    message: str,
    kind: str,
    cause: str,
    solution: str,
    form: Form,
) -> None:
    error = _meet(simulator, task, request_, {"status": 400, "body": form(code, message)})["error"]
    assert (error["kind"], error["code"], error["http_status"]) == (kind, code, 400)
    assert (cause in error["cause"], solution in error["solution"]) == (True, True)


@pytest.mark.parametrize(("request_", "code", "message"), [case[:3] for case in _BUSINESS.values()], ids=_BUSINESS)
def test_a_business_error_shows_its_message_and_changes_nothing(
    simulator: Simulator, task: Tasks, request_: Request, code: int, message: str
) -> None:
    values = _meet(simulator, task, request_, {"status": 400, "body": _business(code, message)})
    assert (message in values["msg"], values["changed"]) == (True, False)


def test_a_missing_parameter_is_recognised_without_its_code(simulator: Simulator, task: Tasks) -> None:
    body = {"response": {"status": 400, "message": "Parameter 'name' was not informed!", "error": True}}
    error = _meet(simulator, task, _CREATE, {"status": 400, "body": body})["error"]
    assert (error["kind"], error["code"]) == ("missing_parameter", None)


def _server(message: str, error_code: int = 1, **more: t.Any) -> dict[str, t.Any]:
    response = {"status": 500, "error": True, "erro": True, "message": message, "error_code": error_code}
    return {"status": 500, "body": {"code": 500, "response": response, **more}}


_TOO_LONG = {"code": 400, "message": "Ocorreu um erro ao criptografar o texto", "detail": None}
#: The answer, kind, code, status, a part of the cause.
_OTHERS = {
    "unexpected_v4": (_server("Unexpected error."), "server_error", None, 500, "unexpected error"),
    "unexpected_v3_32": (_server("Unexpected error"), "server_error", None, 500, "unexpected error"),
    "encryption": (_server("Unexpected error.", exception=_TOO_LONG), "server_error", 400, 500, "encrypt"),
    "referer": (_server("The http referer is not allowed", 1105), "not_authorized", 1105, 500, "settings"),
    "not_authorized": (
        _server("You are not authorized to access this resource."),
        "not_authorized",
        None,
        500,
        "settings",
    ),
    "lockdown": ({"lockdown": "2030-01-01"}, "lockdown", 100, 503, "locked"),
    "wrong_path": (
        {
            "status": 404,
            "body": {"response": {"status": 404, "message": "Resource sub not found", "error": True, "error_code": 4}},
        },
        "wrong_path",
        None,
        404,
        "no such API path",
    ),
    "no_route": ({"gateway": 404}, "authentication", None, 404, "token"),
    "invalid_signature": (
        {"status": 401, "body": {"message": "Invalid signature"}},
        "authentication",
        None,
        401,
        "token",
    ),
    "token_expired": (EXPIRED_TOKEN, "authentication", None, 401, "token"),
    "rate_limit": ({"gateway": 429}, "rate_limited", None, 429, "limit"),
    "gateway_500": ({"gateway": 500}, "server_error", None, 500, ""),
    "gateway_502": ({"gateway": 502}, "unavailable", None, 502, "no valid answer"),
    "gateway_503": ({"gateway": 503}, "unavailable", None, 503, "no MySafe backend"),
    "gateway_503_no_peer": (
        {"gateway": 503, "message": "failure to get a peer from the ring-balancer"},
        "unavailable",
        None,
        503,
        "no MySafe backend",
    ),
    "gateway_503_no_name": (
        {"gateway": 503, "message": "name resolution failed"},
        "unavailable",
        None,
        503,
        "no MySafe backend",
    ),
    "gateway_504": ({"gateway": 504}, "unavailable", None, 504, "longer"),
    "gateway_413": ({"gateway": 413}, "unexpected_answer", None, 413, ""),
    "gateway_405": ({"gateway": 405}, "unexpected_answer", None, 405, ""),
    "gateway_408": ({"gateway": 408}, "unexpected_answer", None, 408, ""),
}
_each_other = pytest.mark.parametrize(("do", "kind", "code", "status", "cause"), _OTHERS.values(), ids=_OTHERS)
_each_request = pytest.mark.parametrize("request_", [_LIST, _CREATE, _UPDATE], ids=["list", "create", "update"])


#: Gateway answers after which a write may still be applied.
_OPEN = ("gateway_500", "gateway_502", "gateway_503", "gateway_504")


@_each_other
@_each_request
def test_any_other_documented_failure_has_its_kind_and_cause(
    simulator: Simulator,
    task: Tasks,
    request_: Request,
    do: dict[str, t.Any],
    kind: str,
    code: int | None,
    status: int,
    cause: str,
) -> None:
    error = _meet(simulator, task, request_, do)["error"]
    uncertain = request_ != _LIST and do in [_OTHERS[name][0] for name in _OPEN]
    assert (error["kind"], error["code"], error["http_status"]) == (
        "write_uncertain" if uncertain else kind,
        code,
        status,
    )
    assert (cause in error["cause"], bool(error["solution"])) == (True, True)


@_each_other
@_each_request
def test_any_other_documented_failure_changes_nothing(
    simulator: Simulator,
    task: Tasks,
    request_: Request,
    do: dict[str, t.Any],
    kind: str,
    code: int | None,
    status: int,
    cause: str,
) -> None:
    values = _meet(simulator, task, request_, do)
    stored = [secret for secret in vault(simulator).values() if secret["identifier_code"] == CODE]
    assert [secret["notes"] for secret in stored] == [DESCRIBED["notes"]] * (request_ != _CREATE)
    assert values["changed"] is (values["error"]["kind"] == "write_uncertain")


@pytest.mark.parametrize(("kong", "named"), [("3.6", True), ("3.4", False), ("3.2", False)])
@pytest.mark.parametrize("do", [None, {"gateway": 502}], ids=["business", "gateway"])
def test_the_gateways_request_id_is_returned(
    simulator: Simulator, task: Tasks, kong: str, named: bool, do: dict[str, t.Any] | None
) -> None:
    simulator.switch(kong=kong)
    if do:
        simulator.fault(do, path="secretapi", times=1000)
    request_id = task(identifier="4711", **DESCRIBED).values["error"]["request_id"]
    assert bool(re.fullmatch("[0-9a-f]{32}", request_id or "")) is named


@pytest.mark.parametrize(
    "answer",
    [{"body": {"message": "x", "request_id": "ab12"}}, {"headers": {"X-Request-Id": "ab12"}}],
    ids=["body", "header"],
)
def test_a_request_id_in_another_place_is_returned(simulator: Simulator, task: Tasks, answer: dict[str, t.Any]) -> None:
    simulator.switch(kong="3.4")  # it names none itself
    simulator.fault({"status": 502, **answer}, path="secretapi", times=1000)
    assert task(identifier_code=CODE, **DESCRIBED).values["error"]["request_id"] == "ab12"


@pytest.mark.parametrize("kong", ["3.2", "3.4", "3.6"])
@pytest.mark.parametrize("status", [404, 429, 500, 502, 503, 504])
def test_the_error_page_of_each_gateway_is_read(simulator: Simulator, task: Tasks, kong: str, status: int) -> None:
    simulator.switch(kong=kong)
    simulator.fault({"gateway": status}, path="secretapi", times=1000)
    assert task(identifier_code=CODE, **DESCRIBED).values["error"]["http_status"] == status


def test_a_failure_has_every_detail(simulator: Simulator, task: Tasks) -> None:
    error = task(identifier="4711", **DESCRIBED).values["error"]
    assert set(error) == {"kind", "code", "http_status", "cause", "solution", "request_id"}


def test_a_failure_that_wrote_nothing_returns_no_entity(task: Tasks) -> None:
    assert "api_entity" not in task(identifier="4711", **DESCRIBED).values


@pytest.mark.parametrize("profile", ["v4", "v3_33", "v3_32", "legacy_envelope"])
def test_the_failures_of_each_version_are_distinguished(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile)
    denied = add(simulator, can_view=False, identifier_code="denied")
    kinds = [task(identifier=identifier, **DESCRIBED).values["error"]["kind"] for identifier in ("4711", denied)]
    assert kinds == ["not_found", "access_denied"]


_INVALID: dict[str, dict[str, t.Any]] = {
    "an identifier that is not a number": {"identifier": CODE},
    "an empty code": {"identifier_code": " "},
    "an empty name": {"identifier_code": CODE, "name": " "},
    "a tag of two lines": {"identifier_code": CODE, "tags": ["billing\nproduction"]},
    "a tag with a comma": {"identifier_code": CODE, "tags": ["billing, production"]},
}


@pytest.mark.parametrize("options", _INVALID.values(), ids=_INVALID)
def test_what_mysafe_cannot_store_is_refused_before_anything_is_sent(
    simulator: Simulator, task: Tasks, options: dict[str, t.Any]
) -> None:
    values = task(**{**DESCRIBED, **options}).values
    assert (values["error"]["kind"], simulator.requests()) == ("invalid_input", [])


def test_changing_a_code_to_one_that_is_taken_is_reported(simulator: Simulator, task: Tasks) -> None:
    add(simulator, identifier_code="taken")
    identifier = add(simulator)
    before = vault(simulator)
    values = task(identifier=identifier, identifier_code="taken").values
    assert (values["error"]["kind"], values["changed"], vault(simulator)) == (
        "duplicate_identifier_code",
        False,
        before,
    )
