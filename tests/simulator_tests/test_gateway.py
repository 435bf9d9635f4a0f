# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The gateway's own answers (sections 2.4 and 2.5)."""

from __future__ import annotations

import re
import typing as t

import pytest

from .caller import SECRETS, Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator

NO_ROUTE = "no Route matched with those values"
_ID = "[0-9a-f]{32}"


@pytest.mark.parametrize(
    "path", ["/", "/api", "/mysafe/secretapi", "//api/mysafe/secretapi", "/other/mysafe/secretapi"]
)
def test_an_unknown_path_has_no_route(alice: Caller, path: str) -> None:
    answer = alice.request("GET", path)
    assert (answer.status_code, answer.json()["message"]) == (404, NO_ROUTE)


def test_a_request_without_a_token_has_no_route(nobody: Caller) -> None:
    answer = nobody.listing()
    assert (answer.status_code, answer.json()["message"]) == (404, NO_ROUTE)


def test_a_request_with_another_scheme_has_no_route(nobody: Caller) -> None:
    assert nobody.request("GET", SECRETS, auth=("a", "b")).json()["message"] == NO_ROUTE


def test_a_garbage_token_gets_401(nobody: Caller) -> None:
    answer = nobody.request("GET", SECRETS, headers={"Authorization": "Bearer garbage"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad token; invalid JSON")


def test_an_unknown_token_has_an_invalid_signature(alice: Caller) -> None:
    token = str(alice.session.headers["Authorization"])[:-4] + "AAAA"
    answer = alice.request("GET", SECRETS, headers={"Authorization": token})
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid signature")


def test_the_scheme_is_case_insensitive(alice: Caller) -> None:
    token = str(alice.session.headers["Authorization"]).replace("Bearer", "bearer")
    assert alice.request("GET", SECRETS, headers={"Authorization": token}).status_code == 200


@pytest.mark.parametrize("switches", [{"auth_failure": 404}, {"token_expired_body": "404"}])
def test_an_expired_token_can_get_the_404_of_a_missing_one(
    simulator: Simulator, alice: Caller, switches: dict[str, object]
) -> None:
    simulator.switch(**switches)
    simulator.expire_tokens()
    answer = alice.listing()
    assert (answer.status_code, answer.json()["message"]) == (404, NO_ROUTE)


def test_an_expired_token_can_get_a_message(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(token_expired_body="message")
    simulator.expire_tokens()
    answer = alice.listing()
    assert (answer.status_code, answer.json()["message"]) == (401, "token expired")


def test_the_api_has_both_prefixes(alice: Caller) -> None:
    assert alice.request("GET", "/iso/mysafe/secretapi").status_code == 200


def test_the_api_can_have_one_prefix_only(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(api_paths="api")
    assert alice.listing().status_code == 200
    assert alice.request("GET", "/iso/mysafe/secretapi").json()["message"] == NO_ROUTE


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/other"),
        ("DELETE", SECRETS + "/1"),
        ("GET", SECRETS + "/"),
        ("POST", SECRETS + "/update/1"),
        ("GET", "/api/mysafe/password"),
        ("PATCH", SECRETS),
    ],
)
def test_an_unknown_resource_gets_the_404_of_the_application(alice: Caller, method: str, path: str) -> None:
    answer = alice.request(method, path)
    assert (answer.status_code, message(answer)) == (404, "Resource sub not found")
    assert answer.json()["response"]["error_code"] == 4
    assert "exception" not in answer.json()


@pytest.mark.parametrize(
    ("kong", "accept", "form"),
    [
        ("3.2", "text/html", rf'\{{"message":"{NO_ROUTE}"\}}'),
        ("3.4", "application/json", rf'\{{\n  "message":"{NO_ROUTE}"\n\}}'),
        ("3.6", "*/*", rf'\{{\n  "message":"{NO_ROUTE}",\n  "request_id":"{_ID}"\n\}}'),
        ("3.4", "text/plain", rf"{NO_ROUTE}\n"),
        ("3.6", "text/html", rf"<!doctype html>.*{NO_ROUTE}.*\n"),
    ],
)
def test_a_404_has_the_format_of_the_gateway_version(
    simulator: Simulator, nobody: Caller, kong: str, accept: str, form: str
) -> None:
    simulator.switch(kong=kong)
    assert re.fullmatch(form, nobody.request("GET", SECRETS, headers={"Accept": accept}).text)


@pytest.mark.parametrize(
    ("kong", "headers", "form"),
    [
        ("3.4", {"Accept": None}, r"An invalid response was received from the upstream server\n"),
        ("3.6", {"Accept": "*/*"}, rf"An invalid response was received from the upstream server\nrequest_id: {_ID}\n"),
        ("3.2", {"Accept": "application/json"}, r'\{\n  "message":"An invalid response [^"]*"\n\}'),
        (
            "3.4",
            {"Accept": None, "Content-Type": "application/json"},
            r'\{\n  "message":"An invalid response [^"]*"\n\}',
        ),
        ("3.4", {"Accept": "text/html"}, r"<!doctype html>.*An invalid response.*\n"),
    ],
)
def test_a_5xx_is_plain_text_unless_a_header_asks_for_another_format(
    simulator: Simulator, alice: Caller, kong: str, headers: dict[str, str], form: str
) -> None:
    simulator.switch(kong=kong)
    simulator.fault({"gateway": 502})
    assert re.fullmatch(form, alice.request("GET", SECRETS, headers=headers).text)


def test_the_headers_show_whether_the_gateway_answered(alice: Caller, nobody: Caller) -> None:
    own, passed_on = nobody.listing().headers, alice.listing().headers
    assert own["server"] == "kong/3.6.1"
    assert "via" not in own
    assert passed_on["via"].endswith("kong/3.6.1")
    assert "server" not in passed_on


def test_the_rate_limit_answers_429_with_its_headers(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(rate_limit=2, rate_limit_window="hour")
    answers = [alice.listing() for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["Retry-After"] == answers[2].headers["RateLimit-Reset"]
    assert answers[2].headers["X-RateLimit-Limit-Hour"] == "2"
    assert answers[2].json()["message"] == "API rate limit exceeded"


def test_the_rate_limit_headers_can_be_hidden(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(rate_limit=1, rate_limit_window="hour", rate_limit_headers=False)
    headers = [name.lower() for _time in range(2) for name in alice.listing().headers]
    assert not [name for name in headers if "ratelimit" in name or name == "retry-after"]


def test_a_new_window_resets_the_rate_limit(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(rate_limit=1, rate_limit_window="hour")
    assert [alice.listing().status_code for _time in range(2)] == [200, 429]
    simulator.switch(rate_limit_window="second")
    assert alice.listing().status_code == 200
