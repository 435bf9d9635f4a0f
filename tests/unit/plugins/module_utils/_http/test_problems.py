# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Requests without an answer: kind, fate and advice for each exception of requests and urllib3."""

from __future__ import annotations

import socket
import ssl
import types
import typing as t
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected

import pytest
import requests
import urllib3.exceptions as below
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.bounded import (
    InvalidResponseError,
    TooLargeError,
    unsent,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.problems import problem
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.proxies import Proxy
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.transport import Route
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.trust import Trust

POOL = HTTPConnectionPool("vault.example.org")
PATH = "/api/mysafe/secretapi?identifier_code=x"


def wrapped(reason: Exception) -> below.MaxRetryError:
    """Return the exception that urllib3 wraps around a reason."""
    return below.MaxRetryError(POOL, PATH, reason)


def unconnected(text: str) -> below.NewConnectionError:
    """Return the exception of urllib3 for a failed connection."""
    return below.NewConnectionError(HTTPConnection("vault.example.org"), text)


Case = tuple[Exception, str, bool, Fate]
NO_ANSWER: dict[str, Case] = {
    # exception, kind, transient, fate
    "connecting takes too long": (
        requests.ConnectTimeout(wrapped(below.ConnectTimeoutError(None, "timed out"))),
        *("timeout", True, Fate.NOT_SENT),
    ),
    "the answer takes too long": (
        requests.ReadTimeout(below.ReadTimeoutError(POOL, PATH, "Read timed out.")),
        *("timeout", True, Fate.UNKNOWN),
    ),
    "the body takes too long": (
        below.ReadTimeoutError(POOL, PATH, "Read timed out."),
        *("timeout", True, Fate.UNKNOWN),
    ),
    "the body takes too long, as requests tells it": (
        requests.ConnectionError(below.ReadTimeoutError(POOL, PATH, "Read timed out.")),
        *("timeout", True, Fate.UNKNOWN),
    ),
    "the request is not taken in time": (
        requests.ConnectionError(below.ProtocolError("Connection aborted.", socket.timeout("timed out"))),
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
    "reset while connecting": (
        requests.ConnectionError(
            below.ProtocolError("Connection aborted.", unsent(ConnectionResetError(104, "reset by peer")))
        ),
        *("connection", True, Fate.NOT_SENT),
    ),
    "cut off": (
        below.ProtocolError("Connection broken", IncompleteRead(b"x", 5)),
        *("connection", True, Fate.UNKNOWN),
    ),
    "an interim response": (
        requests.ConnectionError(
            below.ProtocolError("Connection aborted.", InvalidResponseError("an interim response"))
        ),
        *("connection", True, Fate.UNKNOWN),
    ),
    "a header that cannot be read": (below.InvalidHeader("Content-Length"), *("connection", True, Fate.UNKNOWN)),
    "a response that makes no sense": (ValueError("bad"), *("connection", True, Fate.UNKNOWN)),
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
    "TLS that ends while connecting": (
        requests.exceptions.SSLError(unsent(ssl.SSLEOFError(8, "EOF occurred in violation of protocol"))),
        *("tls", True, Fate.NOT_SENT),
    ),
    "no descriptor left": (
        requests.exceptions.SSLError(wrapped(below.SSLError(OSError(24, "Too many open files")))),
        *("connection", True, Fate.NOT_SENT),
    ),
    "an answer that cannot be decompressed": (
        below.DecodeError("not gzip", ValueError("bad")),
        *("unexpected_answer", False, Fate.UNKNOWN),
    ),
    "an answer without end": (TooLargeError(), *("unexpected_answer", False, Fate.UNKNOWN)),
    "a URL that requests refuses": (
        unsent(requests.exceptions.InvalidURL("no host")),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "a header that requests refuses": (
        unsent(requests.exceptions.InvalidHeader("bad")),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "no such CA": (
        OSError("Could not find a suitable TLS CA certificate bundle"),
        *("configuration", False, Fate.NOT_SENT),
    ),
    "a host name that cannot be encoded": (
        unsent(UnicodeError("label too long")),
        *("configuration", False, Fate.NOT_SENT),
    ),
}


def route(**changes: t.Any) -> Route:
    """Return the usual route to the vault."""
    return Route("https://vault.example.org", timeout=5, trust=Trust(), proxy=None)._replace(**changes)


def failure_for(exc: Exception, **changes: t.Any) -> MySafeError:
    """Return the failure for an exception."""
    return problem(exc, "do it", route(**changes))


@pytest.mark.parametrize(("exc", "kind", "transient", "fate"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_has_its_kind(exc: Exception, kind: str, transient: bool, fate: Fate) -> None:
    error = failure_for(exc)
    assert (error.kind, error.transient, error.fate) == (kind, transient, fate)


@pytest.mark.parametrize(("exc", "kind", "transient", "fate"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_a_request_without_an_answer_names_the_server_without_the_query(
    exc: Exception, kind: str, transient: bool, fate: Fate
) -> None:
    text = str(failure_for(exc))
    assert ("vault.example.org" in text, "identifier_code" in text) == (True, False)


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        ("refused", "[Errno 111] Connection refused"),
        ("closed without an answer", "Remote end closed"),
        ("reset", "reset by peer"),
        ("refused by the proxy", "403 Forbidden"),
        ("an unknown certificate", "CERTIFICATE_VERIFY_FAILED"),
        ("a URL that requests refuses", "InvalidURL"),
        ("no such CA", "Could not find a suitable TLS CA certificate bundle"),
    ],
)
def test_the_cause_is_the_underlying_error(case: str, cause: str) -> None:
    assert cause in failure_for(NO_ANSWER[case][0]).cause


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("connecting takes too long", "vault.example.org did not accept a connection within 5 seconds"),
        ("the answer takes too long", "vault.example.org did not answer within 5 seconds"),
        ("refused", "no connection to vault.example.org"),
        ("the body takes too long", "vault.example.org did not answer within 5 seconds"),
        ("reset", "the connection was lost to vault.example.org"),
        ("reset while connecting", "no connection to vault.example.org"),
        (
            "refused by the proxy",
            "the proxy in the environment variable HTTPS_PROXY does not connect to vault.example.org",
        ),
        ("an unknown certificate", "the certificate of vault.example.org is not accepted"),
        ("no client certificate", "no TLS connection to vault.example.org"),
        ("an answer that cannot be decompressed", "the answer of vault.example.org cannot be decompressed"),
        ("an answer without end", "the answer of vault.example.org has more than 16 MiB"),
        ("no such CA", "the request to vault.example.org could not be made"),
    ],
)
def test_the_message_says_what_happened(case: str, said: str) -> None:
    assert failure_for(NO_ANSWER[case][0]).message == f"Could not do it: {said}"


VERIFICATION = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
BUNDLE = Trust("/ca.pem", "ca_path (SENHASEGURA_CA_PATH)")
#: The message of OpenSSL, the trusted certificates, and a part of the solution.
TLS_ADVICE: dict[str, tuple[str, Trust, str]] = {
    "unknown CA": (VERIFICATION + "unable to get local issuer certificate (_ssl.c:1000)", Trust(), "give the CA"),
    "self-signed": (
        VERIFICATION + "self-signed certificate in certificate chain (_ssl.c:1000)",
        Trust(),
        "give the CA",
    ),
    "another CA": (VERIFICATION + "unable to get local issuer certificate", BUNDLE, "the file that ca_path"),
    "another CA of the environment": (
        *(VERIFICATION + "self-signed certificate", Trust("/ca.pem", "REQUESTS_CA_BUNDLE")),
        "the file that REQUESTS_CA_BUNDLE names",
    ),
    "a directory": (
        *(VERIFICATION + "unable to get local issuer certificate", Trust("/", "ca_path (SENHASEGURA_CA_PATH)")),
        "run openssl rehash",
    ),
    "an incomplete chain": (
        *(VERIFICATION + "unable to get local issuer certificate", BUNDLE),
        "have the vault send its intermediate certificates too",
    ),
    "expired": (VERIFICATION + "certificate has expired (_ssl.c:1000)", BUNDLE, "renewed"),
    "too early": (VERIFICATION + "certificate is not yet valid", BUNDLE, "check the clock"),
    "another name": (
        *(VERIFICATION + "Hostname mismatch, certificate is not valid for 'vault.example.org'.", BUNDLE),
        "use a host name in mysafe_url",
    ),
    "another address": (
        *(VERIFICATION + "IP address mismatch, certificate is not valid for '127.0.0.1'.", BUNDLE),
        "use a host name in mysafe_url",
    ),
    "revoked": (VERIFICATION + "certificate revoked", BUNDLE, "have the vault's certificate replaced"),
    "weak": (VERIFICATION + "EE certificate key too weak", BUNDLE, "stronger key"),
    "strict: no AKI": (VERIFICATION + "Missing Authority Key Identifier", BUNDLE, "Python 3.13"),
    "strict: no SKI": (VERIFICATION + "Missing Subject Key Identifier", BUNDLE, "Python 3.13"),
    "strict: no key usage": (VERIFICATION + "CA cert does not include key usage extension", BUNDLE, "Python 3.13"),
    "strict: not critical": (VERIFICATION + "Basic Constraints of CA cert not marked critical", BUNDLE, "Python 3.13"),
    "no TLS": ("[SSL: WRONG_VERSION_NUMBER] wrong version number", BUNDLE, "does not speak TLS"),
    "no TLS, OpenSSL 3.2": ("[SSL: RECORD_LAYER_FAILURE] record layer failure", BUNDLE, "does not speak TLS"),
    "no client certificate": ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert", BUNDLE, "or another one"),
    "another client certificate": ("[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca", BUNDLE, "or another one"),
    "no common version": (
        "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version",
        BUNDLE,
        "TLS 1.2 or newer",
    ),
    "an old version": ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol", BUNDLE, "TLS 1.2 or newer"),
    "no common cipher": ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure", BUNDLE, "no cipher"),
    "no client certificate, TLS 1.2": ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert", BUNDLE, "client_cert"),
    "an end in the middle": (
        *("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol", BUNDLE),
        "check mysafe_url, and client_cert",
    ),
    "no certificates in the file": ("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate", BUNDLE, "that ca_path"),
    "no certificates in the bundle": (
        *("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate", Trust("/ca.pem", "REQUESTS_CA_BUNDLE")),
        "that REQUESTS_CA_BUNDLE",
    ),
}


@pytest.mark.parametrize(("text", "trust", "advice"), TLS_ADVICE.values(), ids=TLS_ADVICE)
def test_the_advice_about_tls_is_for_the_cause(text: str, trust: Trust, advice: str) -> None:
    exc = requests.exceptions.SSLError(wrapped(below.SSLError(ssl.SSLError(1, text))))
    solution = failure_for(exc, trust=trust).solution
    assert (advice in solution, solution[0].islower()) == (True, True)  # it continues "What to do: "


def test_the_cause_is_the_text_of_openssl_without_a_line_of_python() -> None:
    text, trust, _advice = TLS_ADVICE["expired"]
    exc = requests.exceptions.SSLError(wrapped(below.SSLError(ssl.SSLError(1, text))))
    assert failure_for(exc, trust=trust).cause == VERIFICATION + "certificate has expired"


@pytest.mark.parametrize("case", ["refused", "closed without an answer", "reset"])
def test_a_missing_scheme_is_not_blamed_where_there_is_one(case: str) -> None:
    assert "must begin with https" not in failure_for(NO_ANSWER[case][0]).solution


def test_only_an_unknown_ca_suggests_giving_the_ca() -> None:
    causes = [text for text, _trust, advice in TLS_ADVICE.values() if advice not in ("give the CA", "that ca_path")]
    exceptions = [requests.exceptions.SSLError(below.SSLError(ssl.SSLError(1, text))) for text in causes]
    advised = [failure_for(exc, trust=BUNDLE).solution for exc in exceptions]
    assert [advice for advice in advised if advice.startswith("give the CA")] == []


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_variable_that_requests_does_not_use_is_mentioned(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/somewhere")
    solution = Trust().advice(VERIFICATION + "unable to get local issuer certificate")
    assert solution.endswith(f"requests does not use {variable}")


#: What the proxy answers, its URL, and a part of the solution.
PROXY_ADVICE = {
    "login missing": ("407 Proxy Authentication Required", "http://proxy:3128", "the proxy requires a login"),
    "login wrong": ("407 Authenticate", "http://user:s3cr3t@proxy:3128", "correct the user name and the password in"),
    "not allowed": ("403 Forbidden", "http://proxy:3128", "have the proxy allow connections to vault.example.org"),
    "not reached": ("503 Service Unavailable", "http://proxy:3128", "whether the proxy can reach vault.example.org"),
    "anything else": ("404 Not Found", "http://proxy:3128", "check the variables HTTPS_PROXY and NO_PROXY"),
}


@pytest.mark.parametrize(("answer", "url", "advice"), PROXY_ADVICE.values(), ids=PROXY_ADVICE)
def test_the_advice_about_a_proxy_is_for_its_answer(answer: str, url: str, advice: str) -> None:
    exc = below.ProxyError("Unable to connect to proxy", OSError(f"Tunnel connection failed: {answer}"))
    solution = failure_for(exc, proxy=Proxy(url, "HTTPS_PROXY")).solution
    assert (advice in solution, "s3cr3t" in solution) == (True, False)


def test_a_lost_connection_without_tls_suggests_https() -> None:
    exc = NO_ANSWER["closed without an answer"][0]
    assert "https://" in failure_for(exc, url="http://localhost:8443").solution


class SocksError(OSError):
    """Is to PySocks what its GeneralProxyError is: an error that names the proxy, and the error itself."""

    def __init__(self, text: str, error: OSError) -> None:
        super().__init__(f"{text}: {error}")
        self.socket_err = error


def refused_by_socks(text: str) -> below.NewConnectionError:
    """Return the exception of urllib3 for a SOCKS proxy that does not connect."""
    failed = unconnected(text)
    failed.__context__ = SocksError("Error connecting to SOCKS5 proxy proxy.example.org:1080", OSError(text))
    return failed


PROXY = Proxy("http://user:s3cr3t@proxy.example.org", "ALL_PROXY")
PROXIED = {
    "silent": requests.ConnectTimeout(wrapped(below.ConnectTimeoutError(None, "timed out"))),
    "not there": requests.exceptions.ProxyError(wrapped(below.ProxyError("Cannot connect.", unconnected("refused")))),
    "refuses as SOCKS": requests.ConnectionError(wrapped(refused_by_socks("0x05: Connection refused"))),
    "not there, as SOCKS": requests.ConnectionError(wrapped(refused_by_socks("[Errno 111] Connection refused"))),
    "a name that cannot be encoded": unsent(UnicodeError("label empty or too long")),
    "no proxy": requests.ConnectionError(below.ProtocolError("Connection aborted.", unsent(BadStatusLine("SSH-2.0")))),
}


@pytest.mark.parametrize("exc", PROXIED.values(), ids=PROXIED)
def test_a_proxy_that_does_not_work_is_reported_by_variable_and_never_by_value(exc: Exception) -> None:
    text = str(failure_for(exc, proxy=PROXY))
    assert ("ALL_PROXY" in text, "s3cr3t" in text, "proxy.example.org" in text) == (True, False, False)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("refuses as SOCKS", "0x05: Connection refused"),
        ("not there, as SOCKS", "[Errno 111] Connection refused"),
    ],
)
def test_a_socks_proxy_says_why_it_does_not_connect(case: str, said: str) -> None:
    error = failure_for(PROXIED[case], proxy=PROXY)
    assert (error.kind, error.fate, error.cause) == ("connection", Fate.NOT_SENT, said)
    assert "the proxy in the environment variable ALL_PROXY does not connect to vault.example.org" in error.message


def test_what_answers_where_a_proxy_should_be_is_told() -> None:
    cause = failure_for(PROXIED["no proxy"], proxy=PROXY).cause
    assert cause == "what was received is not a valid HTTP response (BadStatusLine)"


def test_a_silent_proxy_is_a_timeout() -> None:
    assert failure_for(PROXIED["silent"], proxy=PROXY).kind == "timeout"


def test_a_non_standard_port_is_named() -> None:
    assert "vault.example.org:8443" in failure_for(OSError(), url="https://vault.example.org:8443").message


def _chunk(line: bytes) -> below.InvalidChunkLength:
    return below.InvalidChunkLength(types.SimpleNamespace(tell=lambda: 0, length_remaining=0), line)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reason",
    [BadStatusLine('{"client_secret": "unseen"'), _chunk(b'{"client_secret": "unseen"')],
    ids=["status", "chunk"],
)
@pytest.mark.parametrize("kind", [requests.ConnectionError, requests.exceptions.ChunkedEncodingError])
def test_an_error_that_quotes_the_answer_is_not_quoted(kind: type[Exception], reason: Exception) -> None:
    """An unreadable answer can contain secrets that are not registered yet."""
    exc = kind(below.ProtocolError(f"Connection broken: {reason!r}", reason))
    error = failure_for(exc)
    assert ("unseen" in str(error), type(reason).__name__ in error.cause) == (False, True)
