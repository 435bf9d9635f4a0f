# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Logging in: how a token is requested, how long it is used, and how a failed login is reported."""

from __future__ import annotations

import time
import typing as t
from urllib.parse import parse_qs

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.client_calls import (
    CALL,
    GET_TOKEN,
    KEY,
    NO_ROUTE,
    OK,
    call,
    failure_of,
    token,
)
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve

pytestmark = pytest.mark.usefixtures("waits")


def test_the_access_key_is_sent_only_in_the_form(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    asked = server.asked[0]
    assert parse_qs(str(asked.body)) == {
        "grant_type": ["client_credentials"],
        "client_id": ["an-id"],
        "client_secret": ["s3cr3t"],
    }
    assert ("Authorization" in asked.headers, "s3cr3t" in str(asked.url)) == (False, False)


def test_a_given_tenant_is_sent(serve: Serve) -> None:
    server = serve(token(), OK)
    call(Connection(url=URL, client_id="an-id", client_secret="s3cr3t", tenant="test"))
    assert parse_qs(str(server.asked[0].body))["tenant"] == ["test"]


@pytest.mark.parametrize(
    "missing",
    [NO_ROUTE, Canned(404, envelope(404, "Resource sub not found")), Canned(404, b"")],
    ids=["gateway", "app", "empty"],
)
def test_the_older_path_is_tried_if_the_newer_one_is_missing(missing: Canned, serve: Serve) -> None:
    server = serve(missing, token(), OK)
    call()
    assert server.urls == [GET_TOKEN, "POST /iso/oauth2/token", CALL]


def test_only_a_given_token_url_is_used(serve: Serve) -> None:
    server = serve(NO_ROUTE)
    failure_of(Connection(url=URL, client_id="an-id", client_secret="s3cr3t", token_url=f"{URL}/token"))
    assert server.urls == ["POST /token"]


REFUSALS = {
    "league": Canned(
        401, {"error": "invalid_client", "error_description": "x", "message": "Client authentication failed"}
    ),
    "league 6": Canned(
        400, {"error": "unsupported_grant_type", "message": "Client authentication failed", "hint": "x"}
    ),
    "description only": Canned(401, {"error": "invalid_client", "error_description": "Client authentication failed"}),
    "envelope": Canned(400, envelope(400, "Client authentication failed")),
    "forbidden": Canned(403, {"message": "Client authentication failed"}),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refused_access_key_is_reported_with_the_reason(refusal: Canned, serve: Serve) -> None:
    serve(refusal)
    error = failure_of()
    assert (error.kind, error.http_status) == ("authentication", refusal.status)
    assert error.message.startswith('Could not get an access token: "Client authentication failed"')


def test_a_missing_client_certificate_is_not_taken_for_a_wrong_access_key(serve: Serve) -> None:
    serve(Canned(400, b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"))
    assert failure_of().kind == "tls"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NO_ROUTE, "authentication"),
        (Canned(200, b"<html>Log in</html>"), "unexpected_answer"),
        (Canned(200, []), "unexpected_answer"),
        (Canned(200, {"token_type": "Bearer"}), "unexpected_answer"),
        (token(""), "unexpected_answer"),
        (Canned(200, {"access_token": 5}), "unexpected_answer"),
        (Canned(200, envelope(400, "1006: User does not have access", 1006)), "access_denied"),
        (Canned(302, b"", {"Location": "/login"}), "redirect"),
        (Canned(429, {"message": "API rate limit exceeded"}), "rate_limited"),
        (Canned(500, envelope(500, "Unexpected error")), "server_error"),
        (Canned(503, envelope(503, "senhasegura is under Lockdown until tomorrow")), "lockdown"),
    ],
    ids=[
        "no route",
        "HTML",
        "list",
        "no token",
        "empty token",
        "number",
        "envelope",
        "redirect",
        "429",
        "500",
        "lockdown",
    ],
)
def test_without_a_token_nothing_is_called(answer: Canned, kind: str, serve: Serve) -> None:
    server = serve(answer)
    assert (failure_of().kind, CALL in server.urls) == (kind, False)


# How long a token is used.

LIFETIMES: dict[str, tuple[t.Any, float]] = {
    "an hour": (3600, 3540),
    "an hour as text": ("3600", 3540),
    "a minute": (60, 54),
    "not said": (None, float("inf")),
    "no time": (0, float("inf")),
    "nonsense": ("soon", float("inf")),
    "a list": ([3600], float("inf")),
    "not a number": ("nan", float("inf")),
    "longer than a number can say": (10**400, float("inf")),
}


@pytest.mark.parametrize(("expires_in", "usable_for"), LIFETIMES.values(), ids=LIFETIMES)
def test_a_token_is_used_until_shortly_before_it_expires(
    expires_in: t.Any, usable_for: float, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(token(expires_in=expires_in), OK)
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    bearer = Session(KEY).token
    bearer.current()
    now[0] += min(usable_for, 1e9) - 0.001
    assert (bearer.current(), len(server.asked)) == ("t0k3n", 1)


@pytest.mark.parametrize(("expires_in", "usable_for"), [(3600, 3540), (60, 54), (-5, 0)])
def test_a_token_that_expires_soon_is_replaced(
    expires_in: int, usable_for: float, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(token("first", expires_in=expires_in), token("second"))
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    bearer = Session(KEY).token
    bearer.current()
    now[0] += usable_for
    assert bearer.current() == "second"


# Answers with an unusable token.


@pytest.mark.parametrize(
    "value",
    [
        "s3cr3t\nX-Header: x",
        "s3cr3t\r\n",
        "s3cr3t ",
        "s3cr3t s3cr3t",
        "s3cr3tö",
        "s3cr3t\0",
        "s3cr3t\x7f",
        "\ud83ds3cr3t",
    ],
    ids=ascii,
)
def test_a_token_that_cannot_be_sent_is_unexpected_and_not_shown(value: str, serve: Serve) -> None:
    server = serve(token(value), OK)
    error = failure_of()
    assert (error.kind, "s3cr3t" in repr(error) + str(error.details())) == ("unexpected_answer", False)
    assert server.urls == [GET_TOKEN]


def test_an_answer_without_a_usable_token_says_what_it_lacks(serve: Serve) -> None:
    serve(token("s3cr3t s3cr3t"))
    assert "the answer lacks a usable access_token" in failure_of().message


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "access_denied"])
def test_an_oauth_error_with_status_200_is_a_refusal(error: str, serve: Serve) -> None:
    serve(Canned(200, {"error": error, "error_description": "Client authentication failed"}))
    failure = failure_of()
    assert (failure.kind, '"Client authentication failed"' in failure.message) == ("authentication", True)
