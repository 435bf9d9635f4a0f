# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Waiting and repeating, and what becomes of a request that gets no answer."""

from __future__ import annotations

import ssl
import time
import types
from email.utils import formatdate
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import pytest
import requests
import urllib3.exceptions as below
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection

from ansible_collections.senhasegura.mysafe.plugins.module_utils._connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http import LONGEST_WAIT, Backoff, Tries, _no_answer

NOW = 1_800_000_000.0


@pytest.fixture(name="clock", autouse=True)
def fixture_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it always be the same moment."""
    monkeypatch.setattr(time, "time", lambda: NOW)


def raw(status: int = 429, **headers: str) -> HTTPResponse:
    """Return a 429, or another, as urllib3 gives it; underscores in the names of headers stand for hyphens."""
    return HTTPResponse(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def response(**headers: str) -> requests.Response:
    """Return a 429 as requests gives it."""
    answered = requests.Response()
    answered.status_code = 429
    answered.raw = raw(**headers)
    return answered


# How long a server asks to wait.

ASKED: dict[str, tuple[dict[str, str], float | None]] = {
    "not at all": ({}, None),
    "seconds": ({"Retry_After": "7"}, 7),
    "seconds with blanks": ({"Retry_After": " 7 "}, 7),
    "no time": ({"Retry_After": "0"}, 0),
    "a date": ({"Retry_After": formatdate(NOW + 9, usegmt=True)}, 9),
    "a date that is over": ({"Retry_After": formatdate(NOW - 9, usegmt=True)}, 0),
    "seconds left in the window": ({"RateLimit_Reset": "5"}, 5),
    "seconds left, with blanks": ({"RateLimit_Reset": " 5 "}, 5),
    "a point in time": ({"X_RateLimit_Reset": str(int(NOW) + 8)}, 8),
    "a point in time that is over": ({"X_RateLimit_Reset": str(int(NOW) - 8)}, 0),
    "seconds where a point in time is usual": ({"X_RateLimit_Reset": "6"}, 6),
    "a point in time where seconds are usual": ({"RateLimit_Reset": str(int(NOW) + 4)}, 4),
    "both: Retry-After counts": ({"Retry_After": "7", "RateLimit_Reset": "5"}, 7),
    "both resets: RateLimit-Reset counts": ({"RateLimit_Reset": "5", "X_RateLimit_Reset": "6"}, 5),
    "an unreadable reset and a readable one": ({"RateLimit_Reset": "soon", "X_RateLimit_Reset": "6"}, 6),
    "an unreadable reset": ({"RateLimit_Reset": "-5"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), ASKED.values(), ids=ASKED)
def test_the_wait_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert Backoff().get_retry_after(raw(**headers)) == seconds


@pytest.mark.parametrize("header", ["Retry_After", "RateLimit_Reset", "X_RateLimit_Reset"])
@pytest.mark.parametrize(
    "value", ["soon", "-1", "1.5", "", "9" * 5000, "²", "Mon, 99 Jan 99999 00:00:00 GMT"], ids=lambda v: v[:9]
)
def test_a_wait_that_makes_no_sense_is_not_one(header: str, value: str, waits: list[float]) -> None:
    assert Tries(1).another(response(**{header: value}))


# How often, and with which waits.


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_request_is_repeated_as_often_as_is_said(retries: int, waits: list[float]) -> None:
    tries = Tries(retries)
    assert [tries.another() for _try in range(retries + 2)] == [True] * retries + [False, False]


def test_the_first_repetition_does_not_wait(waits: list[float]) -> None:
    Tries(1).another()
    assert sum(waits) == 0


def test_the_waits_grow_and_are_shortened_by_chance(waits: list[float]) -> None:
    tries = Tries(4)
    for _try in range(4):
        tries.another()
    assert [0.3 <= waits[0] <= 0.6, 0.6 <= waits[1] <= 1.2, 1.2 <= waits[2] <= 2.4, len(waits)] == [True, True, True, 3]


def test_two_forks_do_not_march_in_step(waits: list[float]) -> None:
    for _fork in range(20):
        tries = Tries(2)
        tries.another()
        tries.another()
    assert len(set(waits)) > 1


def test_the_wait_that_is_asked_for_is_waited(waits: list[float]) -> None:
    assert Tries(1).another(response(Retry_After="7"))
    assert waits == [7]


def test_the_reset_of_the_rate_limit_is_waited_for(waits: list[float]) -> None:
    assert Tries(1).another(response(RateLimit_Reset="5"))
    assert waits == [5]


def test_the_longest_wait_is_waited(waits: list[float]) -> None:
    assert Tries(1).another(response(Retry_After=str(LONGEST_WAIT)))
    assert waits == [LONGEST_WAIT]


@pytest.mark.parametrize("header", ["Retry_After", "RateLimit_Reset", "X_RateLimit_Reset"])
def test_too_long_a_wait_ends_the_tries_at_once(header: str, waits: list[float]) -> None:
    assert not Tries(3).another(response(**{header: str(LONGEST_WAIT + 1)}))
    assert waits == []


def test_when_the_tries_are_used_up_nothing_is_waited_for(waits: list[float]) -> None:
    assert not Tries(0).another(response(Retry_After="7"))
    assert waits == []


# Requests without an answer.

POOL = HTTPConnectionPool("vault.example.org")
PATH = "/api/mysafe/secretapi?identifier_code=x"


def wrapped(reason: Exception) -> below.MaxRetryError:
    """Return what urllib3 raises around a reason."""
    return below.MaxRetryError(POOL, PATH, reason)


def unconnected(text: str) -> below.NewConnectionError:
    """Return what urllib3 raises where there is no connection."""
    return below.NewConnectionError(HTTPConnection("vault.example.org"), text)


Case = tuple[Exception, str, bool, bool]
NO_ANSWER: dict[str, Case] = {
    # what is raised, kind, transient, maybe_applied
    "connecting takes too long": (
        requests.ConnectTimeout(wrapped(below.ConnectTimeoutError(None, "timed out"))),
        *("timeout", True, False),
    ),
    "the answer takes too long": (
        requests.ReadTimeout(below.ReadTimeoutError(POOL, PATH, "Read timed out.")),
        *("timeout", True, True),
    ),
    "refused": (
        requests.ConnectionError(wrapped(unconnected("[Errno 111] Connection refused"))),
        *("connection", True, False),
    ),
    "no such name": (
        requests.ConnectionError(wrapped(unconnected("[Errno -2] Name or service not known"))),
        *("connection", True, False),
    ),
    "closed without an answer": (
        requests.ConnectionError(below.ProtocolError("Connection aborted.", RemoteDisconnected("Remote end closed"))),
        *("connection", True, True),
    ),
    "reset": (
        requests.ConnectionError(
            below.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
        ),
        *("connection", True, True),
    ),
    "cut off": (
        requests.exceptions.ChunkedEncodingError(below.ProtocolError("Connection broken", IncompleteRead(b"x", 5))),
        *("connection", True, True),
    ),
    "refused by the proxy": (
        requests.exceptions.ProxyError(wrapped(below.ProxyError("Cannot connect to proxy.", OSError("403 Forbidden")))),
        *("connection", False, False),
    ),
    "an unknown certificate": (
        requests.exceptions.SSLError(
            wrapped(below.SSLError(ssl.SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")))
        ),
        *("tls", False, False),
    ),
    "another host name": (
        requests.exceptions.SSLError(wrapped(below.SSLError("hostname 'a' doesn't match 'b'"))),
        *("tls", False, False),
    ),
    "no client certificate": (
        requests.exceptions.SSLError(ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]")),
        *("tls", False, True),
    ),
    "TLS that ends": (
        requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")),
        *("tls", True, True),
    ),
    "an answer that cannot be decoded": (
        requests.exceptions.ContentDecodingError(below.DecodeError("not gzip", ValueError("bad"))),
        *("unexpected_answer", False, True),
    ),
    "a URL that requests refuses": (requests.exceptions.InvalidURL("no host"), *("configuration", False, False)),
    "a header that requests refuses": (requests.exceptions.InvalidHeader("bad"), *("configuration", False, False)),
    "no such CA": (OSError("Could not find a suitable TLS CA certificate bundle"), *("configuration", False, False)),
    "a host name that cannot be encoded": (UnicodeError("label too long"), *("configuration", False, False)),
}


def told(exc: Exception, url: str = f"https://vault.example.org{PATH}") -> MySafeError:
    """Return the failure that is made of an exception."""
    return _no_answer(exc, url, "do it", Connection(url="https://vault.example.org", timeout=5))


@pytest.mark.parametrize(("exc", "kind", "transient", "maybe_applied"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_has_its_kind(
    exc: Exception, kind: str, transient: bool, maybe_applied: bool
) -> None:
    error = told(exc)
    assert (error.kind, error.transient, error.maybe_applied) == (kind, transient, maybe_applied)


@pytest.mark.parametrize(("exc", "kind", "transient", "maybe_applied"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_names_the_server_and_not_the_query(
    exc: Exception, kind: str, transient: bool, maybe_applied: bool
) -> None:
    text = str(told(exc))
    assert ("vault.example.org" in text, "identifier_code" in text) == (True, False)


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        ("refused", "[Errno 111] Connection refused"),
        ("closed without an answer", "Remote end closed"),
        ("reset", "reset by peer"),
        ("refused by the proxy", "403 Forbidden"),
        ("an unknown certificate", "CERTIFICATE_VERIFY_FAILED"),
        ("a URL that requests refuses", "no host"),
        ("no such CA", "Could not find a suitable TLS CA certificate bundle"),
    ],
)
def test_the_cause_is_what_really_happened(case: str, cause: str) -> None:
    assert cause in told(NO_ANSWER[case][0]).cause


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("connecting takes too long", "vault.example.org did not accept a connection within 5 seconds"),
        ("the answer takes too long", "vault.example.org did not answer within 5 seconds"),
        ("refused", "no connection to vault.example.org"),
        ("reset", "the connection was lost to vault.example.org"),
        ("refused by the proxy", "the proxy does not connect to vault.example.org"),
        ("an unknown certificate", "no TLS connection to vault.example.org"),
        ("an answer that cannot be decoded", "the answer of vault.example.org cannot be decoded"),
        ("no such CA", "the request to vault.example.org could not be made"),
    ],
)
def test_the_message_says_what_happened(case: str, said: str) -> None:
    assert told(NO_ANSWER[case][0]).message == f"Could not do it: {said}"


@pytest.mark.parametrize(
    ("case", "option"),
    [("an unknown certificate", "ca_path"), ("another host name", "ca_path"), ("no client certificate", "client_cert")],
)
def test_the_solution_for_tls_names_the_option(case: str, option: str) -> None:
    assert option in told(NO_ANSWER[case][0]).solution


def test_the_port_is_named_where_it_is_not_the_usual_one() -> None:
    assert "vault.example.org:8443" in told(OSError(), "https://vault.example.org:8443/x").message


def _chunk(line: bytes) -> below.InvalidChunkLength:
    return below.InvalidChunkLength(types.SimpleNamespace(tell=lambda: 0, length_remaining=0), line)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reason",
    [BadStatusLine('{"client_secret": "unseen"'), _chunk(b'{"client_secret": "unseen"')],
    ids=["status", "chunk"],
)
@pytest.mark.parametrize("kind", [requests.ConnectionError, requests.exceptions.ChunkedEncodingError])
def test_an_error_that_quotes_the_answer_is_not_quoted(kind: type[Exception], reason: Exception) -> None:
    """What could not be read holds secrets that nobody has learnt."""
    exc = kind(below.ProtocolError(f"Connection broken: {reason!r}", reason))
    error = _no_answer(exc, "https://vault.example.org", "do it", Connection(url="https://vault.example.org"))
    assert ("unseen" in str(error), type(reason).__name__ in error.cause) == (False, True)


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("header", ["RateLimit_Reset", "X_RateLimit_Reset"])
def test_the_reset_of_a_rate_limit_that_was_not_reached_does_not_count(header: str, status: int) -> None:
    assert Backoff().get_retry_after(raw(status, **{header: "1800"})) is None
