# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""One conversation with MySafe: the token is got, sent along, renewed once, and never shown."""

from __future__ import annotations

import time
import typing as t
from urllib.parse import parse_qs

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session, Sessions
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, StubServer

pytestmark = pytest.mark.usefixtures("waits")

Serve = t.Callable[..., StubServer]
KEY = Connection(url=URL, client_id="an-id", client_secret="s3cr3t")
GIVEN = Connection(url=URL, access_token="g1v3n")
OK = Canned(200, envelope())
NO_ROUTE = Canned(404, {"message": "no Route matched with those values"})
EXPIRED = Canned(401, {"exp": "token expired"})
GET_TOKEN = "POST /api/oauth2/token"
CALL = "GET /api/mysafe/secretapi"


def token(value: str = "t0k3n", **body: t.Any) -> Canned:
    """Return the answer that carries a token."""
    return Canned(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": value, **body})


def call(connection: Connection = KEY, secrets: Secrets | None = None) -> Answer:
    """Call the API once."""
    with Client(connection, secrets or Secrets()) as client:
        return client.call("GET", "/secretapi", doing="do it")


def failure_of(connection: Connection = KEY) -> MySafeError:
    """Return the failure of a call."""
    with pytest.raises(MySafeError) as failure:
        call(connection)
    return failure.value


# Getting a token.


def test_a_token_is_got_before_the_first_call(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.urls == [GET_TOKEN, CALL]


def test_the_token_is_sent_along(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.asked[1].headers["Authorization"] == "Bearer t0k3n"


def test_the_access_key_goes_into_the_form_and_nowhere_else(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    asked = server.asked[0]
    assert parse_qs(str(asked.body)) == {
        "grant_type": ["client_credentials"],
        "client_id": ["an-id"],
        "client_secret": ["s3cr3t"],
    }
    assert ("Authorization" in asked.headers, "s3cr3t" in str(asked.url)) == (False, False)


def test_the_tenant_is_sent_where_it_is_given(serve: Serve) -> None:
    server = serve(token(), OK)
    call(Connection(url=URL, client_id="an-id", client_secret="s3cr3t", tenant="test"))
    assert parse_qs(str(server.asked[0].body))["tenant"] == ["test"]


@pytest.mark.parametrize(
    "missing",
    [NO_ROUTE, Canned(404, envelope(404, "Resource sub not found")), Canned(404, b"")],
    ids=["gateway", "app", "empty"],
)
def test_the_older_path_is_tried_where_the_newer_one_is_not_there(missing: Canned, serve: Serve) -> None:
    server = serve(missing, token(), OK)
    call()
    assert server.urls == [GET_TOKEN, "POST /iso/oauth2/token", CALL]


def test_a_given_token_url_is_the_only_one_that_is_asked(serve: Serve) -> None:
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
def test_an_access_key_that_is_refused_is_told_with_the_reason(refusal: Canned, serve: Serve) -> None:
    serve(refusal)
    error = failure_of()
    assert (error.kind, error.http_status) == ("authentication", refusal.status)
    assert error.message.startswith('Could not get an access token: "Client authentication failed"')


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
def test_without_a_token_there_is_no_call(answer: Canned, kind: str, serve: Serve) -> None:
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
    "not a number": (float("nan"), float("inf")),
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


# A token that is rejected.


@pytest.mark.parametrize("rejection", [NO_ROUTE, EXPIRED], ids=["404", "401"])
def test_a_rejected_token_is_replaced_and_the_call_repeated(rejection: Canned, serve: Serve) -> None:
    server = serve(token("first"), rejection, token("second"), OK)
    call()
    assert server.urls == [GET_TOKEN, CALL, GET_TOKEN, CALL]
    assert server.asked[3].headers["Authorization"] == "Bearer second"


@pytest.mark.parametrize("rejection", [NO_ROUTE, EXPIRED], ids=["404", "401"])
def test_a_second_rejection_is_a_failure(rejection: Canned, serve: Serve) -> None:
    server = serve(token("first"), rejection, token("second"), rejection)
    assert (failure_of().kind, len(server.asked)) == ("authentication", 4)


def test_a_try_that_was_lost_before_the_token_was_rejected_is_not_forgotten(serve: Serve) -> None:
    """The lost one may have been carried out: "already" may then be our own doing."""
    serve(token("first"), Canned(502, {}), EXPIRED, token("second"), OK)
    assert call().earlier is Fate.UNKNOWN


def test_an_unknown_path_of_mysafe_does_not_cost_a_token(serve: Serve) -> None:
    server = serve(token(), Canned(404, envelope(404, "Resource sub not found")))
    assert (failure_of().kind, server.urls) == ("wrong_path", [GET_TOKEN, CALL])


def test_a_token_that_was_replaced_in_the_meantime_is_kept(serve: Serve) -> None:
    serve(token("first"), token("second"))
    bearer = Session(KEY).token
    bearer.current()
    bearer.replace("another")
    assert bearer.current() == "first"


def test_a_given_token_is_used_without_asking_for_one(serve: Serve) -> None:
    server = serve(OK)
    call(GIVEN)
    assert (server.urls, server.asked[0].headers["Authorization"]) == ([CALL], "Bearer g1v3n")


@pytest.mark.parametrize("rejection", [NO_ROUTE, EXPIRED], ids=["404", "401"])
def test_a_given_token_that_is_rejected_is_a_failure_that_says_so(rejection: Canned, serve: Serve) -> None:
    server = serve(rejection)
    error = failure_of(GIVEN)
    assert (error.kind, "mysafe_access_token" in error.cause, len(server.asked)) == ("authentication", True, 1)


# The call itself.


def test_filters_go_into_the_query_encoded(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets()) as client:
        client.call("GET", "/secretapi", doing="do it", params={"tag": "a b&c=d/ü"})
    assert server.urls[1] == "GET /api/mysafe/secretapi?tag=a+b%26c%3Dd%2F%C3%BC"


def test_a_body_goes_as_json(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets()) as client:
        client.call("POST", "/secretapi", doing="do it", json={"tags": ""}, repeatable=False)
    asked = server.asked[1]
    assert (asked.body, asked.headers["Content-Type"]) == (b'{"tags": ""}', "application/json")


def test_every_token_is_remembered_as_a_secret(serve: Serve) -> None:
    serve(token("first"), EXPIRED, token("second"), OK)
    secrets = Secrets()
    call(secrets=secrets)
    assert {"first", "second"} <= secrets.values


#: What taking the tags out and cutting would change before anybody could find it.
BREAKABLE = "s3cr3t <b>of</b> {the}  robot"


def test_a_secret_is_not_broken_up_in_what_is_shown_of_an_unreadable_answer(serve: Serve) -> None:
    serve(token(), Canned(500, f"Failed for {BREAKABLE}.".encode()))
    secrets = Secrets()
    secrets.add(BREAKABLE)
    with pytest.raises(MySafeError) as failure:
        call(secrets=secrets)
    assert 'begins with "Failed for ********."' in failure.value.message


def test_the_access_key_is_not_broken_up_either_where_no_token_can_be_had(serve: Serve) -> None:
    serve(Canned(500, f"Failed for {BREAKABLE}.".encode()))
    connection = Connection(url=URL, client_id="an-id", client_secret=BREAKABLE)
    assert 'begins with "Failed for ********."' in failure_of(connection).message


# What outlives a task.


def test_the_connections_of_a_task_are_closed_at_its_end(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.closed


def test_connections_that_are_shared_stay_open(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets(), Sessions().get(KEY)) as client:
        client.call("GET", "/secretapi", doing="do it")
    assert not server.closed


def test_tasks_that_share_a_session_share_the_token(serve: Serve) -> None:
    server = serve(token(), OK)
    sessions = Sessions()
    for _task in range(2):
        with Client(KEY, Secrets(), sessions.get(KEY)) as client:
            client.call("GET", "/secretapi", doing="do it")
    assert server.urls == [GET_TOKEN, CALL, CALL]


@pytest.mark.parametrize("other", [GIVEN, Connection(url=URL, client_id="an-id", client_secret="other")])
def test_tasks_with_other_options_share_nothing(other: Connection) -> None:
    sessions = Sessions()
    assert sessions.get(KEY) is not sessions.get(other)


def test_nothing_is_shared_across_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions()
    before = sessions.get(KEY)
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert sessions.get(KEY) is not before


def test_without_a_token_cache_there_is_nothing_to_warn_about() -> None:
    assert Client(KEY, Secrets()).warnings == ()
