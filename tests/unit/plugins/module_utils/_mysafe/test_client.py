# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""One conversation with MySafe: the token is requested, sent, renewed once, and never shown."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token_cache import TokenCache
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session, Sessions
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.client_calls import (
    CALL,
    EXPIRED,
    GET_TOKEN,
    GIVEN,
    KEY,
    NO_ROUTE,
    OK,
    OLD_GET_TOKEN,
    call,
    failure_of,
    token,
)
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve

pytestmark = pytest.mark.usefixtures("waits")

NOT_ALLOWED = envelope(500, "You are not authorized to access this resource.")


# The token.


def test_a_token_is_requested_before_the_first_call(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.urls == [GET_TOKEN, CALL]


def test_the_token_is_sent_with_the_call(serve: Serve) -> None:
    server = serve(token(), OK)
    call()
    assert server.asked[1].headers["Authorization"] == "Bearer t0k3n"


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


def test_a_cached_token_that_is_rejected_too_is_replaced_by_a_new_one(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The session has a revoked token, and another task has left another revoked token in the cache."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    cached = KEY._replace(token_cache=True)
    server = serve(token("first"), OK, EXPIRED, EXPIRED, token("third"), OK)
    client = Client(cached, Secrets(), Session(cached))
    client.call("GET", "/secretapi", doing="do it")
    TokenCache(cached).write("second", 100)
    client.call("GET", "/secretapi", doing="do it")
    sent = [str(asked.headers.get("Authorization")) for asked in server.asked]
    assert sent == ["None", "Bearer first", "Bearer first", "Bearer second", "None", "Bearer third"]


def test_an_attempt_that_was_lost_before_the_token_was_rejected_is_remembered(serve: Serve) -> None:
    """The lost attempt may have been applied, so the "already" of the next answer may be due to it."""
    serve(token("first"), Canned(502, {}), EXPIRED, token("second"), OK)
    assert call().earlier is Fate.UNKNOWN


def test_an_unknown_path_does_not_replace_the_token(serve: Serve) -> None:
    server = serve(token(), Canned(404, envelope(404, "Resource sub not found")))
    assert (failure_of().kind, server.urls) == ("wrong_path", [GET_TOKEN, CALL])


def test_a_token_that_was_replaced_in_the_meantime_is_kept(serve: Serve) -> None:
    serve(token("first"), token("second"))
    bearer = Session(KEY).token
    bearer.current()
    bearer.replace("another")
    assert bearer.current() == "first"


def test_a_given_token_is_used_without_a_token_request(serve: Serve) -> None:
    server = serve(OK)
    call(GIVEN)
    assert (server.urls, server.asked[0].headers["Authorization"]) == ([CALL], "Bearer g1v3n")


@pytest.mark.parametrize("rejection", [NO_ROUTE, EXPIRED], ids=["404", "401"])
def test_a_given_token_that_is_rejected_is_a_failure_that_says_so(rejection: Canned, serve: Serve) -> None:
    server = serve(rejection)
    error = failure_of(GIVEN)
    assert (error.kind, "mysafe_access_token" in error.cause, len(server.asked)) == ("authentication", True, 1)


# A rejected login in a loop.


def items(connection: Connection, sessions: Sessions, count: int = 4) -> list[MySafeError]:
    """Return the failures of the items of a loop."""
    failures = []
    for _item in range(count):
        with Client(connection, Secrets(), sessions.get(connection)) as client, pytest.raises(MySafeError) as failure:
            client.call("GET", "/secretapi", doing="do it")
        failures.append(failure.value)
    return failures


REJECTED: dict[str, tuple[Connection, list[Canned], list[str]]] = {
    # the login, the answers, the requests of all items together
    "a wrong access key": (KEY, [Canned(401, {"message": "Client authentication failed"})], [GET_TOKEN]),
    "an access key of another network": (KEY, [Canned(500, NOT_ALLOWED)], [GET_TOKEN]),
    "a wrong address": (KEY, [NO_ROUTE], [GET_TOKEN, OLD_GET_TOKEN]),
    "a token that is not accepted": (
        KEY,
        [token("t0k3n-1"), EXPIRED, token("t0k3n-2"), EXPIRED],
        [GET_TOKEN, CALL] * 2,
    ),
    "no route with a token": (KEY, [token("t0k3n-1"), NO_ROUTE, token("t0k3n-2"), NO_ROUTE], [GET_TOKEN, CALL] * 2),
    "a given token": (GIVEN, [EXPIRED], [CALL]),
    "a given token and no route": (GIVEN, [NO_ROUTE], [CALL]),
}


@pytest.mark.parametrize(("connection", "answers", "requests"), REJECTED.values(), ids=REJECTED)
def test_a_rejected_login_fails_the_other_items_at_once(
    connection: Connection, answers: list[Canned], requests: list[str], serve: Serve
) -> None:
    server = serve(*answers)
    failures = items(connection, Sessions())
    assert server.urls == requests
    assert {failure.kind for failure in failures} == {failures[0].kind}


@pytest.mark.parametrize(("connection", "answers", "requests"), REJECTED.values(), ids=REJECTED)
def test_an_item_that_fails_at_once_says_why_and_was_not_sent(
    connection: Connection, answers: list[Canned], requests: list[str], serve: Serve
) -> None:
    serve(*answers)
    first, second, *_others = items(connection, Sessions())
    why = first.message.replace("Could not do it", "Could not log in")
    assert second.message == f"{why}; a rejected login is not tried again within 60 seconds"
    assert (second.fate, second.transient, second.solution) == (Fate.NOT_SENT, False, first.solution)


@pytest.mark.parametrize(
    ("connection", "answers"),
    [
        (KEY, [Canned(401, {"message": "denied: first-s3cr3t"})]),
        (KEY, [token("t0k3n-1"), Canned(401, {"message": "denied: first-s3cr3t"})]),
        (GIVEN, [Canned(401, {"message": "denied: first-s3cr3t", "request_id": "first-s3cr3t"})]),
    ],
    ids=["access key", "token", "given token"],
)
def test_a_secret_of_one_item_is_not_in_the_failures_of_the_others(
    connection: Connection, answers: list[Canned], serve: Serve
) -> None:
    """The answer to the first item quotes its request, whose secret the second item does not know."""
    serve(*answers)
    session, secrets = Session(connection), Secrets()
    secrets.add("first-s3cr3t")
    failures = []
    for known in (secrets, Secrets()):
        with Client(connection, known, session) as client, pytest.raises(MySafeError) as failure:
            client.call("GET", "/secretapi", doing="do it")
        failures.append(failure.value)
    first, second = failures
    assert ("first-s3cr3t" in str(first), "first-s3cr3t" in f"{second}{second.details()}") == (True, False)


def test_a_rejected_login_is_tried_again_later(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(Canned(401, {"message": "Client authentication failed"}))
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    sessions = Sessions()
    items(KEY, sessions)
    now[0] += 60
    items(KEY, sessions)
    assert server.urls == [GET_TOKEN] * 2


def test_a_rejected_login_says_nothing_about_another_access_key(serve: Serve) -> None:
    server = serve(Canned(401, {"message": "Client authentication failed"}))
    sessions = Sessions()
    items(KEY, sessions)
    items(KEY._replace(client_secret="other"), sessions)
    assert server.urls == [GET_TOKEN] * 2


def test_a_login_that_fails_for_another_reason_is_tried_by_each_item(serve: Serve) -> None:
    server = serve(Canned(500, envelope(500, "Unexpected error")))
    items(KEY, Sessions())
    assert server.urls == [GET_TOKEN] * 4


def test_a_missing_route_says_nothing_about_a_login_that_was_accepted(serve: Serve) -> None:
    server = serve(token(), OK, NO_ROUTE, token(), NO_ROUTE, OK)
    session = Session(KEY)
    client = Client(KEY, Secrets(), session)
    client.call("GET", "/secretapi", doing="do it")
    with pytest.raises(MySafeError):
        client.call("GET", "/other", doing="do it")
    client.call("GET", "/secretapi", doing="do it")
    assert server.urls[-1] == CALL


# The call itself.


def test_filters_are_encoded_in_the_query(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets()) as client:
        client.call("GET", "/secretapi", doing="do it", params={"tag": "a b&c=d/ü"})
    assert server.urls[1] == "GET /api/mysafe/secretapi?tag=a+b%26c%3Dd%2F%C3%BC"


def test_a_body_is_sent_as_json(serve: Serve) -> None:
    server = serve(token(), OK)
    with Client(KEY, Secrets()) as client:
        client.call("POST", "/secretapi", doing="do it", json={"tags": ""}, repeatable=False)
    asked = server.asked[1]
    assert (asked.body, asked.headers["Content-Type"]) == (b'{"tags": ""}', "application/json")


def test_every_token_is_remembered_as_a_secret(serve: Serve) -> None:
    serve(token("first"), EXPIRED, token("second"), OK)
    secrets = Secrets()
    call(secrets=secrets)
    assert {"first", "second"} <= set(secrets)


#: A secret that removing tags and truncating would change, so that it could no longer be found.
BREAKABLE = "s3cr3t <b>of</b> {the}  robot"


def test_a_secret_is_hidden_whole_in_an_unreadable_answer(serve: Serve) -> None:
    serve(token(), Canned(500, f"Failed for {BREAKABLE}.".encode()))
    secrets = Secrets()
    secrets.add(BREAKABLE)
    with pytest.raises(MySafeError) as failure:
        call(secrets=secrets)
    assert 'begins with "Failed for ********."' in failure.value.message


def test_the_access_key_is_hidden_whole_in_an_unreadable_token_response(serve: Serve) -> None:
    serve(Canned(500, f"Failed for {BREAKABLE}.".encode()))
    connection = Connection(url=URL, client_id="an-id", client_secret=BREAKABLE)
    assert 'begins with "Failed for ********."' in failure_of(connection).message


def test_a_login_that_is_rejected_after_it_was_accepted_fails_the_next_item_at_once(serve: Serve) -> None:
    server = serve(OK, EXPIRED)
    sessions = Sessions()
    for _item in range(3):
        with contextlib.suppress(MySafeError):
            Client(GIVEN, Secrets(), sessions.get(GIVEN)).call("GET", "/secretapi", doing="do it")
    assert len(server.asked) == 2


def test_an_item_does_not_tell_of_the_repeats_of_an_earlier_one(serve: Serve) -> None:
    serve(Canned(503, {"message": "failure to get a peer"}), OK)
    sessions = Sessions()
    repeats = []
    for _item in range(2):
        client = Client(GIVEN, Secrets(), sessions.get(GIVEN))
        client.call("GET", "/secretapi", doing="do it")
        repeats.append(len(client.repeats))
    assert repeats == [1, 0]
