# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""What becomes of a request that gets no answer: kind, fate and advice, by what requests or urllib3 raised."""

from __future__ import annotations

import ssl
import types
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import pytest
import requests
import urllib3.exceptions as below
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.problems import problem

POOL = HTTPConnectionPool("vault.example.org")
PATH = "/api/mysafe/secretapi?identifier_code=x"


def wrapped(reason: Exception) -> below.MaxRetryError:
    """Return what urllib3 raises around a reason."""
    return below.MaxRetryError(POOL, PATH, reason)


def unconnected(text: str) -> below.NewConnectionError:
    """Return what urllib3 raises where there is no connection."""
    return below.NewConnectionError(HTTPConnection("vault.example.org"), text)


Case = tuple[Exception, str, bool, Fate]
NO_ANSWER: dict[str, Case] = {
    # what is raised, kind, transient, fate
    "connecting takes too long": (
        requests.ConnectTimeout(wrapped(below.ConnectTimeoutError(None, "timed out"))),
        *("timeout", True, Fate.NOT_SENT),
    ),
    "the answer takes too long": (
        requests.ReadTimeout(below.ReadTimeoutError(POOL, PATH, "Read timed out.")),
        *("timeout", True, Fate.UNKNOWN),
    ),
    "refused": (
        requests.ConnectionError(wrapped(unconnected("[Errno 111] Connection refused"))),
        *("connection", True, Fate.NOT_SENT),
    ),
    "no such name": (
        requests.ConnectionError(wrapped(unconnected("[Errno -2] Name or service not known"))),
        *("connection", True, Fate.NOT_SENT),
    ),
    "closed without an answer": (
        requests.ConnectionError(below.ProtocolError("Connection aborted.", RemoteDisconnected("Remote end closed"))),
        *("connection", True, Fate.UNKNOWN),
    ),
    "reset": (
        requests.ConnectionError(
            below.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
        ),
        *("connection", True, Fate.UNKNOWN),
    ),
    "cut off": (
        requests.exceptions.ChunkedEncodingError(below.ProtocolError("Connection broken", IncompleteRead(b"x", 5))),
        *("connection", True, Fate.UNKNOWN),
    ),
    "refused by the proxy": (
        requests.exceptions.ProxyError(wrapped(below.ProxyError("Cannot connect to proxy.", OSError("403 Forbidden")))),
        *("connection", False, Fate.NOT_SENT),
    ),
    "an unknown certificate": (
        requests.exceptions.SSLError(
            wrapped(below.SSLError(ssl.SSLError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")))
        ),
        *("tls", False, Fate.NOT_SENT),
    ),
    "another host name": (
        requests.exceptions.SSLError(wrapped(below.SSLError("hostname 'a' doesn't match 'b'"))),
        *("tls", False, Fate.NOT_SENT),
    ),
    "no client certificate": (
        requests.exceptions.SSLError(ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]")),
        *("tls", False, Fate.UNKNOWN),
    ),
    "TLS that ends": (
        requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")),
        *("tls", True, Fate.UNKNOWN),
    ),
    "an answer that cannot be decoded": (
        requests.exceptions.ContentDecodingError(below.DecodeError("not gzip", ValueError("bad"))),
        *("unexpected_answer", False, Fate.UNKNOWN),
    ),
    "a URL that requests refuses": (
        requests.exceptions.InvalidURL("no host"),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "a header that requests refuses": (
        requests.exceptions.InvalidHeader("bad"),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "no such CA": (
        OSError("Could not find a suitable TLS CA certificate bundle"),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "a host name that cannot be encoded": (UnicodeError("label too long"), *("configuration", False, Fate.NOT_SENT)),
}


def told(exc: Exception, url: str = f"https://vault.example.org{PATH}") -> MySafeError:
    """Return the failure that is made of an exception."""
    return problem(exc, url, "do it", Connection(url="https://vault.example.org", timeout=5))


@pytest.mark.parametrize(("exc", "kind", "transient", "fate"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_has_its_kind(exc: Exception, kind: str, transient: bool, fate: Fate) -> None:
    error = told(exc)
    assert (error.kind, error.transient, error.fate) == (kind, transient, fate)


@pytest.mark.parametrize(("exc", "kind", "transient", "fate"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_names_the_server_and_not_the_query(
    exc: Exception, kind: str, transient: bool, fate: Fate
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
    error = problem(exc, "https://vault.example.org", "do it", Connection(url="https://vault.example.org"))
    assert ("unseen" in str(error), type(reason).__name__ in error.cause) == (False, True)
