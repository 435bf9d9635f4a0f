# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""How a request gets to the vault: which proxy, which certificates, and how a failure on the way is reported."""

from __future__ import annotations

import datetime
import socket
import ssl
import typing as t

import pytest
import trustme
from simulator import certificates

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.transport import Transport
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import judge

from .raw_server import CA, CLOSE, LONG, RawServer, Step, answer, endlessly, slowly, tls_with

if t.TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "password-of-the-proxy"


TLS = tls_with(CA.issue_cert("localhost", "127.0.0.1"))


def get(url: str, *, times: int = 1, **options: t.Any) -> int:
    """Send one request, or several in one session, and return the status of the last answer."""
    transport = Transport(Connection(url=url, **{"timeout": LONG, "retries": 0, **options}), judge)
    try:
        for _request in range(times):
            sent = transport.send("GET", f"{url}/x", doing="do it", auth=lambda request: request)
    finally:
        transport.close()
    return sent.response.status


def failure_of(url: str, **options: t.Any) -> MySafeError:
    """Return the failure of one request."""
    with pytest.raises(MySafeError) as caught:
        get(url, **options)
    return caught.value


# Proxies

VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_plain_http_never_goes_through_a_proxy(variable: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([answer()]) as server, RawServer([answer(status="502 Proxy")]) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert (get(server.url.replace("localhost", host)), proxy.connections) == (200, 0)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_https_goes_through_the_proxy_in_the_environment(
    variable: str, ca_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer([b"HTTP/1.1 403 No\r\n\r\n", CLOSE]) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        error = failure_of("https://vault.example.org", ca_path=ca_path)
    assert proxy.requests[0].startswith(b"CONNECT vault.example.org:443 ")
    assert (error.kind, error.fate, variable in error.message) == ("connection", Fate.NOT_SENT, True)


@pytest.mark.parametrize(
    "exceptions", ["localhost", "*", "example.org,localhost", "localhost:{port}", ".localhost, localhost"]
)
def test_no_proxy_is_respected(exceptions: str, ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([answer()], tls=TLS) as server, RawServer([CLOSE]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", exceptions.format(port=server.port))
        assert (get(server.url, ca_path=ca_path), proxy.connections) == (200, 0)


def test_a_network_can_bypass_the_proxy(ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([answer()], tls=TLS) as server, RawServer([CLOSE]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        assert (get(server.url.replace("localhost", "127.0.0.1"), ca_path=ca_path), proxy.connections) == (200, 0)


UNUSABLE = {
    "number sign in the password": f"http://user:1#{PASSWORD}@localhost:3128",
    "slash in the password": f"http://user:1/{PASSWORD}@localhost:3128",
    "question mark in the password": f"http://user:1?{PASSWORD}@localhost:3128",
    "slash after no number": f"http://user:{PASSWORD}/x@localhost:3128",
    "bracket in the password": f"http://user:[{PASSWORD}@localhost:3128",
    "brackets in the password": f"http://user:[{PASSWORD}]@localhost:3128",
    "percent sign that stands for no Latin-1": f"http://user:%E2%82%AC{PASSWORD}@localhost:3128",
    "misspelt scheme": f"htps://user:{PASSWORD}@localhost:3128",
    "no scheme but a name": f"{PASSWORD}://localhost:3128",
    "port that is no number": f"http://localhost:{PASSWORD}",
    "port out of range": f"http://user:{PASSWORD}@localhost:99999",
    "port 0": f"http://user:{PASSWORD}@localhost:0",
    "name with an empty part": f"http://user:{PASSWORD}@a..b:3128",
    "path": f"http://localhost:3128/{PASSWORD}",
    "query": f"http://localhost:3128?{PASSWORD}",
    "no scheme and a path": f"localhost:3128/{PASSWORD}",
    "no host": f"http://user:{PASSWORD}@:3128",
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("value", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_proxy_is_reported_by_variable_and_never_by_value(
    value: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    error = failure_of("https://vault.example.org")
    assert (error.kind, error.fate, variable in error.solution) == ("configuration", Fate.NOT_SENT, True)
    assert PASSWORD not in repr(error) + str(error.details())


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("http://localhost:3128/path", "nothing may follow the host and the port in its URL"),
        ("localhost:3128/path", "nothing may follow the host and the port in its URL"),
        ("http://user:password@localhost:3128?query", "nothing may follow the host and the port in its URL"),
        ("http://a..b:3128", "it is not a valid URL"),
    ],
)
def test_a_proxy_is_not_blamed_on_its_password_without_reason(
    value: str, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    assert failure_of("https://vault.example.org").cause == cause


@pytest.mark.parametrize(
    "form",
    [
        *("127.0.0.1:{port}", "localhost:{port}", "//localhost:{port}", "user:word@localhost:{port}"),
        *("localhost:{port}/", "http://localhost:{port}//"),
    ],
)
def test_a_proxy_needs_no_scheme_and_may_end_with_slashes(
    form: str, ca_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer([answer()], tls=TLS, tunnel=[ESTABLISHED]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", form.format(port=proxy.port))
        assert get("https://localhost:1", ca_path=ca_path) == 200


def test_a_socks_proxy_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.adapters.SOCKSProxyManager", _without_pysocks)
    monkeypatch.setenv("ALL_PROXY", f"socks5h://user:{PASSWORD}@localhost:1080")
    error = failure_of("https://vault.example.org")
    assert (error.kind, "PySocks" in error.cause, PASSWORD in repr(error)) == ("configuration", True, False)


def _without_pysocks(*_arguments: t.Any, **_keywords: t.Any) -> None:
    from requests.exceptions import InvalidSchema

    raise InvalidSchema("Missing dependencies for SOCKS support.")


def _failure_through_proxy(script: list[Step], monkeypatch: pytest.MonkeyPatch, **options: t.Any) -> MySafeError:
    """Return the failure of a request through a proxy that follows the script."""
    with RawServer(script) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@localhost:{proxy.port}")
        return failure_of("https://vault.example.org", **options)


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
SILENT: dict[str, list[Step]] = {
    "nothing": [LONG],
    "a byte at a time": slowly(b"HTTP/1.1 200 Connection established\r\n\r\n"),
    "headers without end": [b"HTTP/1.1 200 OK\r\n", *endlessly(b"X-A: a\r\n")],
    "nothing in the tunnel": [b"HTTP/1.1 200 OK\r\n\r\n", LONG],
}


@pytest.mark.parametrize("script", SILENT.values(), ids=SILENT)
def test_a_silent_proxy_is_a_timeout_that_names_the_variable(
    script: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _failure_through_proxy(script, monkeypatch, timeout=0.5)
    assert (error.kind, error.fate, "HTTPS_PROXY" in error.message) == ("timeout", Fate.NOT_SENT, True)
    assert PASSWORD not in repr(error)


BROKEN: dict[str, list[Step]] = {
    "closes": [CLOSE],
    "refuses": [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", CLOSE],
    "speaks something else": [b"SSH-2.0-OpenSSH_9.2\r\n", CLOSE],
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_a_proxy_that_does_not_connect_is_reported_by_variable(
    script: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _failure_through_proxy(script, monkeypatch)
    assert (error.kind, error.fate, "HTTPS_PROXY" in error.message) == ("connection", Fate.NOT_SENT, True)
    assert PASSWORD not in repr(error)


def test_an_answer_through_a_proxy_is_accepted(ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([answer()], tls=TLS, tunnel=[ESTABLISHED]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://user:p%40ss@"))
        assert get("https://localhost:1", ca_path=ca_path) == 200
        assert b"Proxy-Authorization: Basic dXNlcjpwQHNz" in proxy.requests[0]
        assert b"Proxy-Authorization" not in proxy.requests[1]


def test_the_timeout_covers_proxy_and_answer_together(ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([0.6, answer()], tls=TLS, tunnel=[0.6, ESTABLISHED]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failure_of("https://localhost:1", ca_path=ca_path, timeout=1)
    assert (error.kind, error.fate) == ("timeout", Fate.UNKNOWN)


def test_the_other_addresses_of_a_host_are_tried_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer([answer()]) as server:
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, server.port)) for host in ("127.0.0.3", "127.0.0.1")
        ]
        before = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **more: found if host == "localhost" else before(host, *rest, **more),
        )
        assert get(server.url) == 200
        assert f"Host: localhost:{server.port}".encode() in server.requests[0]


def test_the_system_is_not_asked_for_proxies(ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS, these functions ask the system, which crashes a forked process."""

    def ask(*_arguments: t.Any) -> t.NoReturn:
        raise AssertionError("the system was asked")

    for name in ("requests.utils.getproxies", "requests.utils.proxy_bypass", "urllib.request.getproxies"):
        monkeypatch.setattr(name, ask)
    with RawServer([answer()], tls=TLS) as server:
        assert get(server.url, ca_path=ca_path) == 200


# Certificates

NOW = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
DAY = datetime.timedelta(days=1)
CERTIFICATES = {
    "expired": (CA.issue_cert("localhost", not_before=NOW - 9 * DAY, not_after=NOW - DAY), "renewed"),
    "too early": (CA.issue_cert("localhost", not_before=NOW + DAY, not_after=NOW + 9 * DAY), "check the clock"),
    "another name": (CA.issue_cert("vault.example.org"), "use a host name in mysafe_url"),
    "another CA": (trustme.CA().issue_cert("localhost"), "the file that ca_path (SENHASEGURA_CA_PATH) names"),
}


@pytest.mark.parametrize(("certificate", "advice"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_a_rejected_certificate_is_reported_with_the_cause(
    certificate: trustme.LeafCert, advice: str, ca_path: str
) -> None:
    with RawServer([answer()], tls=tls_with(certificate)) as server:
        error = failure_of(server.url, ca_path=ca_path)
    assert (error.kind, error.fate, advice in error.solution) == ("tls", Fate.NOT_SENT, True), error


def test_a_rejected_certificate_is_reported_with_the_request(ca_path: str) -> None:
    certificate, _advice = CERTIFICATES["another name"]
    with RawServer([answer()], tls=tls_with(certificate)) as server:
        error = failure_of(server.url, ca_path=ca_path)
    assert error.message == f"Could not do it: the certificate of localhost:{server.port} is not accepted"


def test_a_request_is_repeated_if_the_connection_ends_during_the_handshake(ca_path: str) -> None:
    with RawServer([answer()], tls=TLS, hang_ups=1) as server:
        assert (get(server.url, ca_path=ca_path, retries=1), server.connections) == (200, 2)


@pytest.mark.skipif(not hasattr(ssl, "VERIFY_X509_STRICT"), reason="this Python has no strict checks")
def test_a_certificate_that_strict_checks_reject_is_reported_with_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.13 and newer are strict by default; this test makes every Python strict."""
    before = ssl.SSLContext.load_verify_locations

    def strict(self: ssl.SSLContext, *arguments: t.Any, **keywords: t.Any) -> None:
        self.verify_flags |= ssl.VERIFY_X509_STRICT
        before(self, *arguments, **keywords)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", strict)
    ca_path, leaf = certificates.make_loose(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf)
    with RawServer([answer()], tls=context) as server:
        error = failure_of(server.url, ca_path=str(ca_path))
    assert (error.kind, "RFC 5280" in error.solution) == ("tls", True), error


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_bundle_in_the_environment_is_used(variable: str, ca_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, ca_path)
    with RawServer([answer()], tls=TLS) as server:
        assert get(server.url) == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_missing_bundle_in_the_environment_is_reported_by_variable(
    variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    error = failure_of("https://vault.example.org")
    assert (error.kind, variable in error.message) == ("configuration", True)


@pytest.mark.parametrize("options", [{"validate_certs": False}, {"ca_path": True}], ids=["no validation", "ca_path"])
def test_options_override_a_missing_bundle_in_the_environment(
    options: dict[str, t.Any], ca_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/missing.pem")
    options = {"ca_path": ca_path} if "ca_path" in options else options
    with RawServer([answer()], tls=TLS) as server:
        assert get(server.url, **options) == 200


def test_a_directory_that_was_not_rehashed_is_reported(tmp_path: Path, ca_path: str) -> None:
    with RawServer([answer()], tls=TLS) as server:
        error = failure_of(server.url, ca_path=str(tmp_path))
    assert (error.kind, "openssl rehash" in error.solution) == ("tls", True)


# The wrong port

SPEAKS_TLS: dict[str, t.Any] = {"closes": [CLOSE], "sends an alert": [b"\x15\x03\x03\x00\x02\x02\x46", CLOSE]}


@pytest.mark.parametrize("script", SPEAKS_TLS.values(), ids=SPEAKS_TLS)
def test_a_port_that_may_expect_tls_is_reported(script: list[Step]) -> None:
    with RawServer(script) as server:
        error = failure_of(server.url)
    assert (error.kind, "https://" in error.solution) == ("connection", True)


# A login in .netrc


def test_a_login_in_netrc_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine localhost login somebody password {PASSWORD}")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer([answer()]) as server:
        get(server.url)
        assert b"authorization" not in server.requests[0].lower()


# Cookies


def test_a_cookie_is_sent_until_the_server_takes_it_back() -> None:
    """A load balancer may ask with it to be led to the same server again."""
    route = [answer(Set_Cookie="route=7; Path=/")]
    with RawServer(route, [answer()], [answer(Set_Cookie="route=; Max-Age=0; Path=/")], [answer()]) as server:
        get(server.url, times=4)
    assert [b"\r\nCookie: route=7" in head for head in server.requests] == [False, True, True, False]
