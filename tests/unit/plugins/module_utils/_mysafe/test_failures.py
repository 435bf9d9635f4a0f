# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every known answer of MySafe and its gateway, in every form, and the failure that it becomes."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.response import Response
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe import failures
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer, judge
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.failures import (
    Documented,
    failure,
    unexpected,
)
from ansible_collections.senhasegura.mysafe.tests.unit.answers import an_answer, envelope

DOING = "do it"


def failed(answer: Answer) -> MySafeError:
    """Return the failure that an answer stands for."""
    with pytest.raises(MySafeError) as caught:
        answer.require_success(DOING)
    return caught.value


# Failures of MySafe itself (section 3.7 of the API reference), in the envelopes of all versions.


def newest(message: str, code: int) -> dict[str, t.Any]:
    """Return the envelope of v3.32 and later."""
    return envelope(400, f"{code}: {message}", code)


def oldest(message: str, code: int) -> dict[str, t.Any]:
    """Return the envelope of older samples: no code, no detail, error_code 0 although there is an error."""
    return {
        "response": {"status": 400, "message": f"{code}: {message}", "error": True, "error_code": 0},
        "exception": {"code": code, "message": f"{code}: {message}", "detail": ""},
    }


def portuguese(message: str, code: int) -> dict[str, t.Any]:
    """Return an envelope with only the Portuguese half."""
    return {
        "response": {"status": 400, "mensagem": f"{code}: {message}", "erro": True, "cod_erro": 1},
        "exception": {"code": code},
    }


def without_exception(message: str, code: int) -> dict[str, t.Any]:
    """Return an envelope with the code only in the message."""
    return envelope(400, f"{code}: {message}")


def without_colon(message: str, code: int) -> dict[str, t.Any]:
    """Return the message as one of the vendor's pages prints it."""
    return envelope(400, f"{code} {message}")


def code_as_text(message: str, code: int) -> dict[str, t.Any]:
    """Return an envelope whose exception code is a text, and whose message has no code."""
    return {**envelope(400, message), "exception": {"code": str(code), "message": message}}


FORMS = (newest, oldest, portuguese, without_exception, without_colon, code_as_text)
BUSINESS = [
    (1001, "Parameter 'name' was not informed!", "missing_parameter"),
    (1001, "Parameter 'url' was not informed!", "missing_parameter"),
    (1001, "Parameter 'client_id' was not informed!", "missing_parameter"),
    (1001, "Parameter 'client_secret' was not informed!", "missing_parameter"),
    (1001, "Identifier already found in another API key of this user", "duplicate_identifier_code"),
    (1001, "'Identifier' already found in another API key of this user", "duplicate_identifier_code"),
    (1005, "Api secret not found", "not_found"),
    (1005, "API secret not found", "not_found"),
    (1006, "User does not have access", "access_denied"),
    (1009, "Inactive api secret", "inactive"),
    (1009, "Inactive Api secret", "inactive"),
    (1010, "Unexpected identifier type", "invalid_identifier"),
    (1053, "Something that is documented for other items", "bad_request"),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize(("code", "message", "kind"), BUSINESS)
def test_a_refusal_by_mysafe_has_its_kind_and_code(
    form: t.Callable[[str, int], dict[str, t.Any]], code: int, message: str, kind: str
) -> None:
    error = failed(an_answer(400, form(message, code)))
    assert (error.kind, error.code) == (kind, code)


def test_every_number_that_has_a_meaning_is_tested() -> None:
    assert {code for code, _message, _kind in BUSINESS} >= {1001, *failures._BY_CODE}


@pytest.mark.parametrize(("code", "message", "kind"), BUSINESS)
def test_a_refusal_by_mysafe_was_not_applied_and_is_not_repeated(code: int, message: str, kind: str) -> None:
    error = failed(an_answer(400, newest(message, code)))
    assert (error.fate, error.transient) == (Fate.REFUSED, False)


def test_a_refusal_quotes_the_message_of_mysafe() -> None:
    error = failed(an_answer(400, newest("Api secret not found", 1005)))
    assert error.message == 'Could not do it: "1005: Api secret not found" (HTTP 400)'


def test_a_refusal_with_status_200_is_a_failure() -> None:
    assert failed(an_answer(200, newest("Api secret not found", 1005))).kind == "not_found"


@pytest.mark.parametrize("flag", ["error", "erro"])
def test_either_error_flag_alone_is_a_failure(flag: str) -> None:
    body = {"response": {"message": "1006: User does not have access", flag: True}}
    assert failed(an_answer(200, body)).kind == "access_denied"


def test_a_refusal_with_status_200_was_not_applied() -> None:
    assert failed(an_answer(200, newest("User does not have access", 1006))).fate is Fate.REFUSED


def from_the_system_api(status: int, message: str, code: int) -> dict[str, t.Any]:
    """Return an envelope without an exception, as in authorization and lockdown failures."""
    body = envelope(status, message)
    body["response"].update(error_code=code, cod_erro=code)
    return body


SERVER: dict[str, tuple[int, t.Any, str, int | None]] = {
    "unexpected": (500, envelope(500, "Unexpected error"), "server_error", None),
    "unexpected, with a dot": (500, envelope(500, "Unexpected error."), "server_error", None),
    "encryption": (500, envelope(500, "Ocorreu um erro ao criptografar o texto", 400), "server_error", 400),
    "referer": (
        500,
        from_the_system_api(500, "The http referer is not allowed", 1105),
        "not_authorized",
        1105,
    ),
    "authorization": (
        500,
        envelope(500, "You are not authorized to access this resource."),
        "not_authorized",
        None,
    ),
    "authorization, from the gateway": (
        403,
        {"message": "You are not authorized to access this resource."},
        "not_authorized",
        None,
    ),
    "lockdown": (
        503,
        from_the_system_api(503, "senhasegura is under Lockdown until 2026-01-01", 100),
        "lockdown",
        100,
    ),
    "lockdown, by its text": (503, envelope(503, "Segura is under lockdown"), "lockdown", None),
    "lockdown, by its code": (503, from_the_system_api(503, "Bloqueado", 100), "lockdown", 100),
    "no such path": (404, from_the_system_api(404, "Resource sub not found", 4), "wrong_path", None),
}


@pytest.mark.parametrize(("status", "body", "kind", "code"), SERVER.values(), ids=SERVER)
def test_a_failure_of_the_server_has_its_kind_and_code(status: int, body: t.Any, kind: str, code: int | None) -> None:
    error = failed(an_answer(status, body))
    assert (error.kind, error.code, error.http_status) == (kind, code, status)


@pytest.mark.parametrize("message", ["Ocorreu um erro ao criptografar o texto", "Unexpected error"])
def test_a_failed_encryption_is_explained(message: str) -> None:
    """According to the vendor's documentation, only the exception says so; the message is unspecific."""
    exception = {"code": 400, "message": "Ocorreu um erro ao criptografar o texto", "detail": None}
    error = failed(an_answer(500, {**envelope(500, message), "exception": exception}))
    assert "shorten client_secret or notes" in error.solution


# Failures of the gateway (sections 2.4 and 2.5).

JSON, JSON_WITH_ID, TEXT, HTML = "JSON", "JSON with request id", "text", "HTML"


def from_the_gateway(status: int, message: str, form: str) -> Answer:
    """Return an answer of Kong."""
    if form == JSON:
        return an_answer(status, {"message": message})
    if form == JSON_WITH_ID:
        return an_answer(status, {"message": message, "request_id": "0123abcd"})
    if form == TEXT:
        return an_answer(status, text=f"{message}\n")
    return an_answer(status, text=f"<!doctype html>\n<html><body><h1>Error</h1><p>{message}.</p></body></html>")


GATEWAY = [
    # status, message, kind, transient, fate
    (401, "Invalid signature", "authentication", False, Fate.REFUSED),
    (401, "Unauthorized", "authentication", False, Fate.REFUSED),
    (401, "Bad token; invalid JSON", "authentication", False, Fate.REFUSED),
    (403, "Forbidden", "not_authorized", False, Fate.REFUSED),
    (400, "Bad request", "unexpected_answer", False, Fate.REFUSED),
    (405, "Method not allowed", "unexpected_answer", False, Fate.REFUSED),
    (408, "Request timeout", "unexpected_answer", True, Fate.REFUSED),
    (413, "Payload too large", "unexpected_answer", False, Fate.REFUSED),
    (414, "URI too long", "unexpected_answer", False, Fate.REFUSED),
    (429, "API rate limit exceeded", "rate_limited", True, Fate.REFUSED),
    (500, "An unexpected error occurred", "server_error", False, Fate.UNKNOWN),
    (502, "An invalid response was received from the upstream server", "unavailable", True, Fate.UNKNOWN),
    (503, "The upstream server is currently unavailable", "unavailable", True, Fate.UNKNOWN),
    (503, "failure to get a peer from the ring-balancer", "unavailable", True, Fate.REFUSED),
    (503, "name resolution failed", "unavailable", True, Fate.REFUSED),
    (504, "The upstream server is timing out", "unavailable", True, Fate.UNKNOWN),
]


@pytest.mark.parametrize("form", [JSON, JSON_WITH_ID, TEXT, HTML])
@pytest.mark.parametrize(("status", "message", "kind", "transient", "fate"), GATEWAY)
def test_a_failure_of_the_gateway_is_recognised_in_every_form(
    status: int, message: str, kind: str, transient: bool, fate: Fate, form: str
) -> None:
    error = failed(from_the_gateway(status, message, form))
    assert (error.kind, error.transient, error.fate) == (kind, transient, fate)


@pytest.mark.parametrize("form", [JSON, JSON_WITH_ID, TEXT, HTML])
@pytest.mark.parametrize(("status", "message", "kind", "transient", "fate"), GATEWAY)
def test_a_failure_of_the_gateway_is_quoted_in_every_form(
    status: int, message: str, kind: str, transient: bool, fate: Fate, form: str
) -> None:
    assert message in failed(from_the_gateway(status, message, form)).message


@pytest.mark.parametrize("message", ["no Route matched with those values", "No route matched with those values."])
@pytest.mark.parametrize("form", [JSON, JSON_WITH_ID])
def test_no_route_means_not_authenticated(message: str, form: str) -> None:
    answer = from_the_gateway(404, message, form)
    assert (answer.is_rejected_login, failed(answer).kind) == (True, "authentication")


def test_an_expired_token_means_not_authenticated() -> None:
    answer = an_answer(401, {"exp": "token expired"})
    assert (answer.is_rejected_login, failed(answer).kind) == (True, "authentication")


@pytest.mark.parametrize("message", ["Resource sub not found", "No route matched with those values."])
def test_a_path_unknown_to_mysafe_itself_is_not_a_rejected_login(message: str) -> None:
    assert not an_answer(404, envelope(404, message)).is_rejected_login


@pytest.mark.parametrize(
    ("status", "kind"), [(401, "authentication"), (429, "rate_limited")], ids=["not authenticated", "rate limit"]
)
def test_an_unambiguous_status_counts_in_an_envelope_too(status: int, kind: str) -> None:
    """The body is undocumented, and a read must not mistake it for a denied secret."""
    assert failed(an_answer(status, envelope(status, "Unauthorized or too many"))).kind == kind


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        *({"message": f"{code}: {message}"} for code, message, _kind in BUSINESS),
        {"message": "1006 blocked by proxy"},
        {"error": "1005: no such cluster"},
        {"message": "Blocked", "exception": {"code": 1006}},
        {"message": "1009", "response": "1009: closed for inventory"},
    ],
    ids=str,
)
def test_what_mysafe_documents_counts_only_in_its_envelope(status: int, body: dict[str, t.Any]) -> None:
    """A gateway or a proxy cannot say of an API secret that it is missing, inactive, taken or not to be read."""
    error = failed(an_answer(status, body))
    assert (error.kind in {kind for _code, _message, kind in BUSINESS}, error.code) == (False, None)


def test_a_404_from_another_server_is_an_unexpected_answer() -> None:
    assert failed(an_answer(404, text="<html><title>Not Found</title></html>")).kind == "unexpected_answer"


#: Pages of nginx and what is built on it: status, text, kind, and a part of the solution.
PAGES = {
    "no client certificate": (400, "No required SSL certificate was sent", "tls", "set client_cert and client_key"),
    "another client certificate": (400, "The SSL certificate error", "tls", "check client_cert and client_key"),
    "plain http": (400, "The plain HTTP request was sent to HTTPS port", "connection", "begin with https://"),
    "too large": (413, "Request Entity Too Large", "unexpected_answer", "shorten client_secret or notes"),
}


@pytest.mark.parametrize("form", [JSON, JSON_WITH_ID, TEXT, HTML])
@pytest.mark.parametrize(("status", "text", "kind", "advice"), PAGES.values(), ids=PAGES)
def test_a_refusal_in_front_of_mysafe_is_explained(status: int, text: str, kind: str, advice: str, form: str) -> None:
    error = failed(from_the_gateway(status, text, form))
    assert (error.kind, error.fate, advice in error.solution) == (kind, Fate.REFUSED, True)


@pytest.mark.parametrize(("status", "text", "kind", "advice"), PAGES.values(), ids=PAGES)
def test_a_refusal_by_mysafe_itself_is_not_taken_for_one_in_front(
    status: int, text: str, kind: str, advice: str
) -> None:
    assert advice not in failed(an_answer(status, envelope(status, text))).solution


# Whether a failure is transient, and whether a write may have been applied.


def test_a_lockdown_is_not_transient_and_nothing_was_applied() -> None:
    error = failed(an_answer(*SERVER["lockdown"][:2]))
    assert (error.transient, error.fate) == (False, Fate.REFUSED)


@pytest.mark.parametrize("case", ["referer", "authorization", "no such path"])
def test_a_call_that_is_not_allowed_was_not_applied(case: str) -> None:
    assert failed(an_answer(*SERVER[case][:2])).fate is Fate.REFUSED


@pytest.mark.parametrize("case", ["unexpected", "encryption"])
def test_after_a_server_error_a_write_may_have_been_partly_applied(case: str) -> None:
    assert failed(an_answer(*SERVER[case][:2])).fate is Fate.FAILED


def test_after_an_unreadable_success_a_write_may_have_been_applied() -> None:
    assert failed(an_answer(200, text="Connection est")).fate is Fate.UNKNOWN


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
@pytest.mark.parametrize(("wait", "transient"), [("60", True), ("61", False), ("soon", True)])
def test_after_too_long_a_wait_a_request_is_not_worth_another_try(status: int, wait: str, transient: bool) -> None:
    answer = an_answer(status, text="later", headers={"Retry-After": wait})
    assert (failed(answer).transient, judge(Response(*answer[:4]))[1]) == (transient, transient)


def test_too_long_a_wait_is_named() -> None:
    error = failed(an_answer(429, {"message": "API rate limit exceeded"}, headers={"Retry-After": "3600"}))
    assert "3600" in error.message


# Successes.


@pytest.mark.parametrize(
    "body",
    [
        envelope(),
        envelope(message=""),
        {"response": {"status": 200, "message": "Success", "error": False}},
        {"response": {"status": 200, "Message": "Success", "erro": False}},
        {"token_type": "Bearer", "expires_in": 3600, "access_token": "jwt"},
        {"response": None},
        {"response": "text"},
        {},
    ],
)
@pytest.mark.parametrize("status", [200, 201])
def test_a_success_is_a_json_object_that_does_not_say_error(body: t.Any, status: int) -> None:
    an_answer(status, body).require_success(DOING)


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure(status: int) -> None:
    error = failed(an_answer(status, headers={"Location": "https://sso.example.org/login"}))
    assert (error.kind, error.transient, error.fate) == ("redirect", False, Fate.REFUSED)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://sso.example.org/login", "https://sso.example.org/login"),
        ("https://sso.example.org/login?token=s3cr3t#s3cr3t", "https://sso.example.org/login"),
        ("https://user:s3cr3t@sso.example.org/", "https://sso.example.org/"),
        ("https://sso.example.org:8443/login", "https://sso.example.org:8443/login"),
        ("/login?token=s3cr3t", "/login"),
        ("", "nowhere"),
        ("?token=s3cr3t", "nowhere"),
    ],
)
def test_the_target_of_a_redirect_is_shown_without_secrets(location: str, shown: str) -> None:
    error = failed(an_answer(302, headers={"Location": location}))
    assert error.message == f"Could not do it: the server redirects to {shown} (HTTP 302)"


def test_a_redirect_without_location_goes_nowhere() -> None:
    assert "redirects to nowhere" in failed(an_answer(304)).message


@pytest.mark.parametrize("location", ["https://[", "https://[::1", "https://[x]/", "http://[v1.x", "//[$"])
def test_a_redirect_to_an_invalid_url_is_a_redirect(location: str) -> None:
    assert failed(an_answer(302, headers={"Location": location})).kind == "redirect"


# Answers of other servers, and malformed answers.


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, ""),
        (None, "null"),
        (None, "<html>Log in</html>"),
        ([], ""),
        ([envelope()], ""),
        ("Success", ""),
        (200, ""),
        (0.5, ""),
        (True, ""),
        (False, ""),
    ],
)
def test_an_answer_that_is_not_a_json_object_is_unexpected(body: t.Any, text: str) -> None:
    assert failed(an_answer(200, body, text)).kind == "unexpected_answer"


@pytest.mark.parametrize(
    ("body", "text", "said"),
    [
        (None, "", "the answer is empty"),
        (None, " \n", "the answer is empty"),
        (None, "<br/>", "the answer is empty"),
        (None, "Please log in", 'the answer is not JSON and begins with "Please log in"'),
        ([], "", "the answer is JSON, but not the object that the API documents"),
        ({"exp": "token expired"}, "", "the answer is JSON, but not the object that the API documents"),
    ],
)
def test_an_answer_without_a_message_is_described(body: t.Any, text: str, said: str) -> None:
    assert failed(an_answer(401, body, text)).message == f"Could not do it: {said} (HTTP 401)"


@pytest.mark.parametrize(
    "body",
    [
        {"response": []},
        {"response": {"message": {"a": ["b"]}, "error": "true"}},
        {"response": {"message": None, "error_code": {}}, "exception": []},
        {"response": {"error_code": None}, "exception": {"code": None}},
        {"exception": {"code": [1005]}},
        {"message": ["a"]},
        {"message": 5, "request_id": {"a": 1}},
        {"error": {"a": 1}},
    ],
    ids=str,
)
def test_a_malformed_answer_is_an_ordinary_failure(body: t.Any) -> None:
    assert str(failed(an_answer(400, body)))


@pytest.mark.parametrize("code", [float("inf"), float("-inf"), float("nan"), 1e300, "9" * 5000], ids=str)
def test_an_absurd_code_is_an_ordinary_failure(code: t.Any) -> None:
    """Python's JSON parser accepts Infinity, and reads 1e999 as the same."""
    assert failed(an_answer(400, {**envelope(400, "Oops"), "exception": {"code": code}})).kind == "bad_request"


@pytest.mark.parametrize(
    ("headers", "body", "request_id"),
    [
        ({"X-Kong-Request-Id": "kong"}, {"request_id": "body"}, "kong"),
        ({"X-Request-Id": "other"}, {"request_id": "body"}, "other"),
        ({"X-Kong-Request-Id": "kong", "X-Request-Id": "other"}, None, "kong"),
        ({}, {"request_id": "body"}, "body"),
        ({}, {"request_id": 5}, "5"),
        ({}, {"request_id": ""}, None),
        ({}, {}, None),
        ({}, ["request_id"], None),
        ({}, None, None),
    ],
)
def test_the_request_id_of_an_answer(headers: t.Any, body: t.Any, request_id: str | None) -> None:
    assert failed(an_answer(502, body, headers=headers)).request_id == request_id


def test_a_redirect_has_its_request_id() -> None:
    assert failed(an_answer(302, headers={"X-Kong-Request-Id": "kong"})).request_id == "kong"


@pytest.mark.parametrize(
    "text",
    [
        '{"api_secret_entity":{"identifier":"40","client_secret":"s3cr3t","client_id":"x',
        '\n{"token_type":"Bearer","access_token":"s3cr3t',
        '<br/><b>Notice</b>: x in y on line 5<br/>{"api_entity":{"client_secret":"s3cr3t"}}',
        'Notice: 5 < 6 {"api_entity":{"name":"a > b","client_secret":"s3cr3t"}}',
    ],
    ids=[
        "an entity that is cut off",
        "a token that is cut off",
        "an entity after a notice of PHP",
        "an entity after a <",
    ],
)
def test_an_unreadable_answer_shows_no_json(text: str) -> None:
    """An unparsed answer can contain secrets that are not registered, so they cannot be hidden later."""
    assert "s3cr3t" not in str(failed(an_answer(200, text=text)))


def test_a_failure_has_the_documented_cause_and_solution() -> None:
    error = failure(an_answer(400, envelope(400, "No")), DOING, Documented(Kind.BAD_REQUEST, "a cause", "a solution"))
    assert (error.kind, error.cause, error.solution) == (Kind.BAD_REQUEST, "a cause", "a solution")


def test_an_incomplete_answer_says_what_is_missing() -> None:
    error = unexpected(an_answer(201, envelope(201)), DOING, "the API secret")
    assert (error.kind, error.message) == (
        "unexpected_answer",
        "Could not do it: the answer lacks the API secret (HTTP 201)",
    )


def test_after_an_incomplete_answer_a_write_may_have_been_applied() -> None:
    assert unexpected(an_answer(201, envelope(201)), DOING, "the API secret").fate is Fate.UNKNOWN


# What a user reads


def texts() -> t.Iterator[str]:
    """Return the causes and the solutions of everything that is documented."""
    tables = (table.values() for table in vars(failures).values() if isinstance(table, dict))
    values = [*vars(failures).values(), *(value for table in tables for value in table)]
    for documented in values:
        if isinstance(documented, Documented):
            yield from documented[1:]


def test_causes_and_solutions_are_sentences_with_names_as_the_vendor_writes_them() -> None:
    for text in texts():
        assert re.match(r"[a-z]|MySafe", text), text
        shouted = {*re.findall(r"\b[A-Z]{2,}\w*", text)} - {"API", "HTTP", "ID", "IP", "IPs", "URL"}
        misspelt = re.findall(r"(?<!/)\b(?:mysafe|api|http|url)\b", text)
        assert (shouted, misspelt) == (set(), []), text
