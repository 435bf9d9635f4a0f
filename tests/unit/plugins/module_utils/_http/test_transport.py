# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Sending requests: how often, with which settings, and how the answers are read."""

from __future__ import annotations

import contextlib
import threading
import typing as t
from pathlib import Path

import pytest
import requests

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http import libraries
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.transport import Sent, Transport
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import judge
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve, StubServer

pytestmark = pytest.mark.usefixtures("waits")

OK = Canned(200, envelope())
BUSY = Canned(429, {"message": "API rate limit exceeded"})
GONE = Canned(502, {"message": "An invalid response was received from the upstream server"})
NO_PEER = Canned(503, {"message": "failure to get a peer from the ring-balancer"})
LOCKED = Canned(503, envelope(503, "senhasegura is under Lockdown until tomorrow"))


def send(repeatable: bool = True, checked: bool = False, **options: t.Any) -> Sent:
    """Send one request."""
    connection = Connection(url=URL, **options)
    return Transport(connection, judge).send(
        "GET", f"{URL}/x", doing="do it", auth=lambda request: request, repeatable=repeatable, checked=checked
    )


TIMED_OUT = requests.ReadTimeout("timed out")
UNCONNECTED = requests.ConnectTimeout("timed out")


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("first", [BUSY, NO_PEER, UNCONNECTED], ids=["429", "no peer", "no connection"])
def test_a_request_that_was_certainly_not_applied_is_always_repeated(
    first: t.Any, repeatable: bool, serve: Serve
) -> None:
    server = serve(first, OK)
    sent = send(repeatable)
    assert (sent.response.status, sent.earlier is Fate.UNKNOWN, len(server.asked)) == (200, False, 2)


@pytest.mark.parametrize("first", [GONE, Canned(504, b""), TIMED_OUT], ids=["502", "504", "timeout"])
def test_a_request_that_may_have_been_applied_is_repeated_if_that_is_safe(first: t.Any, serve: Serve) -> None:
    server = serve(first, OK)
    sent = send()
    assert (sent.response.status, sent.earlier, len(server.asked)) == (200, Fate.UNKNOWN, 2)


def test_an_earlier_attempt_that_may_have_been_applied_is_remembered(serve: Serve) -> None:
    serve(GONE, BUSY, OK)
    assert send().earlier is Fate.UNKNOWN


@pytest.mark.parametrize("last", [requests.ConnectTimeout("timed out"), requests.exceptions.ProxyError("no")], ids=type)
def test_an_earlier_attempt_is_remembered_if_the_last_one_fails(last: Exception, serve: Serve) -> None:
    serve(GONE, last)
    with pytest.raises(MySafeError) as failure:
        send()
    assert failure.value.fate is Fate.UNKNOWN


def test_a_502_is_not_repeated_if_that_is_unsafe(serve: Serve) -> None:
    server = serve(GONE, OK)
    assert (send(repeatable=False).response.status, len(server.asked)) == (502, 1)


def test_a_timeout_is_not_repeated_if_that_is_unsafe(serve: Serve) -> None:
    server = serve(TIMED_OUT, OK)
    with pytest.raises(MySafeError) as failure:
        send(repeatable=False)
    assert (failure.value.kind, len(server.asked)) == ("timeout", 1)


@pytest.mark.parametrize(
    "answer",
    [OK, LOCKED, Canned(400, b""), Canned(401, b""), Canned(404, b""), Canned(500, b"")],
    ids=lambda a: str(a.status),
)
def test_a_final_answer_is_not_requested_again(answer: Canned, serve: Serve) -> None:
    server = serve(answer)
    assert (send().response.status, len(server.asked)) == (answer.status, 1)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_request_is_repeated_as_often_as_the_option_says(retries: int, serve: Serve) -> None:
    server = serve(GONE)
    assert (send(retries=retries).response.status, len(server.asked)) == (502, 1 + retries)


def test_if_no_attempt_gets_an_answer_the_failure_is_raised(serve: Serve) -> None:
    server = serve(UNCONNECTED)
    with pytest.raises(MySafeError) as failure:
        send(retries=2)
    assert (failure.value.kind, len(server.asked)) == ("timeout", 3)


def test_a_requested_wait_is_honoured(serve: Serve, waits: list[float]) -> None:
    serve(Canned(429, {}, {"Retry-After": "7"}), OK)
    send()
    assert waits == [7]


def test_too_long_a_wait_is_not_honoured(serve: Serve, waits: list[float]) -> None:
    serve(Canned(429, {}, {"Retry-After": "3600"}), OK)
    assert (send().response.status, waits) == (429, [])


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_wait_is_honoured_before_the_caller_checks(status: int, serve: Serve, waits: list[float]) -> None:
    server = serve(Canned(status, b"", {"Retry-After": "30"}))
    send(repeatable=False, checked=True)
    assert (waits, len(server.asked)) == ([30], 1)


@pytest.mark.parametrize("retries", [0, 1])
def test_the_last_wait_is_honoured_too_before_the_caller_checks(retries: int, serve: Serve, waits: list[float]) -> None:
    server = serve(Canned(504, b"", {"Retry-After": "30"}))
    send(checked=True, retries=retries)
    assert (waits, len(server.asked)) == ([30, 30][: 2 * retries], 1 + retries)


def test_a_failure_that_nobody_checks_is_told_at_once(serve: Serve, waits: list[float]) -> None:
    serve(Canned(504, b"", {"Retry-After": "30"}))
    send(retries=1)
    assert waits == [30]


# An unreachable vault.

UNREACHED = [UNCONNECTED, TIMED_OUT, GONE, Canned(503, b""), Canned(504, b"")]
UNREACHED_IDS = ["no connection", "timeout", "502", "503", "504"]


def tries_of_items(transport: Transport, server: StubServer, count: int) -> list[int]:
    """Return the number of requests that each item sent for one call."""
    tries = []
    for _item in range(count):
        transport.begin()
        before = len(server.asked)
        with contextlib.suppress(MySafeError):
            transport.send("GET", f"{URL}/x", doing="do it", auth=lambda request: request)
        tries.append(len(server.asked) - before)
    return tries


@pytest.mark.parametrize("unreached", UNREACHED, ids=UNREACHED_IDS)
def test_an_unreachable_vault_is_tried_once_by_each_further_item(unreached: t.Any, serve: Serve) -> None:
    server = serve(unreached)
    assert tries_of_items(Transport(Connection(url=URL, retries=2), judge), server, 4) == [3, 1, 1, 1]


@pytest.mark.parametrize("unreached", UNREACHED, ids=UNREACHED_IDS)
@pytest.mark.parametrize("answer", [OK, Canned(400, b""), Canned(500, b"")], ids=["200", "400", "500"])
def test_a_vault_that_answers_again_is_tried_as_before(unreached: t.Any, answer: Canned, serve: Serve) -> None:
    server = serve(*[unreached] * 4, answer, unreached)
    assert tries_of_items(Transport(Connection(url=URL, retries=2), judge), server, 5) == [3, 1, 1, 3, 1]


def test_the_first_item_keeps_its_retries(serve: Serve) -> None:
    """It may be a lost write, which is checked next."""
    server = serve(*[GONE] * 4, OK)
    transport = Transport(Connection(url=URL, retries=2), judge)
    transport.begin()
    for _request in range(2):
        transport.send("GET", f"{URL}/x", doing="do it", auth=lambda request: request)
    assert len(server.asked) == 5


def test_a_rate_limit_counts_as_an_answer(serve: Serve) -> None:
    server = serve(BUSY)
    assert tries_of_items(Transport(Connection(url=URL, retries=1), judge), server, 3) == [2, 2, 2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, serve: Serve) -> None:
    server = serve(Canned(status, b"", {"Location": "https://elsewhere.example.org"}), OK)
    assert (send().response.status, len(server.asked)) == (status, 1)


# Settings of a request.


@pytest.mark.parametrize(
    ("options", "verify"),
    [
        ({}, True),
        ({"ca_path": "/ca.pem"}, "/ca.pem"),
        ({"validate_certs": False}, False),
        ({"validate_certs": False, "ca_path": "/ca.pem"}, False),
    ],
    ids=["as usual", "by one's own CA", "not at all", "not at all, although there is a CA"],
)
@pytest.mark.parametrize("variable", ["", __file__], ids=["alone", "next to REQUESTS_CA_BUNDLE"])
def test_certificates_are_verified_as_the_options_say(
    options: dict[str, t.Any], verify: t.Any, variable: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", variable)
    server = serve(OK)
    send(**options)
    expected = variable if verify is True and variable else verify
    assert server.settings[0]["verify"] == expected


@pytest.mark.parametrize(
    ("options", "cert"),
    [
        ({}, None),
        ({"client_cert": "/both.pem"}, ("/both.pem", "/both.pem")),
        ({"client_cert": "/cert.pem", "client_key": "/key.pem"}, ("/cert.pem", "/key.pem")),
    ],
    ids=["none", "with the key inside", "and a key"],
)
def test_the_client_certificate_is_presented(options: dict[str, t.Any], cert: t.Any, serve: Serve) -> None:
    server = serve(OK)
    send(**options)
    assert server.settings[0]["cert"] == cert


def test_the_timeout_is_that_of_the_option(serve: Serve) -> None:
    server = serve(OK)
    send(timeout=7)
    assert server.settings[0]["timeout"] == 7


def test_json_is_requested(serve: Serve) -> None:
    server = serve(OK)
    send()
    assert server.asked[0].headers["Accept"] == "application/json"


def test_a_login_in_netrc_is_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine vault.example.org login somebody password s3cr3t")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(OK)
    send()
    assert "Authorization" not in server.asked[0].headers


# Answers.


@pytest.mark.parametrize(
    ("content", "body", "text"),
    [
        (b'{"a": 1}', {"a": 1}, ""),
        (b"[]", [], ""),
        (b"0", 0, ""),
        (b"", None, ""),
        (b"<html>", None, "<html>"),
        (b'{"a": ', None, '{"a": '),
        (b'{"a": "\xff"}', None, None),
        (b"[" * 100_000, None, None),
        (b"9" * 5_000, None, None),
    ],
    ids=["object", "list", "number", "empty", "HTML", "cut off", "not UTF-8", "deep", "huge number"],
)
def test_an_answer_has_a_body_or_a_text(content: bytes, body: t.Any, text: str | None, serve: Serve) -> None:
    serve(Canned(200, content))
    answer = send().response
    assert answer.body == body or text is None
    assert answer.text == text or text is None


def test_headers_are_found_in_any_case(serve: Serve) -> None:
    serve(Canned(200, {}, {"x-request-id": "a"}))
    assert send().response.headers["X-Request-Id"] == "a"


def test_closing_closes_the_connections(serve: Serve) -> None:
    server = serve(OK)
    Transport(Connection(url=URL), judge).close()
    assert server.closed


# The library.


def test_a_missing_library_is_a_failure_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "IMPORT_ERROR", ImportError("No module named 'requests'"))
    with pytest.raises(MySafeError) as failure:
        Transport(Connection(url=URL), judge)
    assert (failure.value.kind, "pip install requests" in failure.value.solution) == ("missing_library", True)


@pytest.mark.parametrize("validate_certs", [True, False])
def test_urllib3_warns_of_unverified_requests_unless_that_is_wanted(
    validate_certs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    disabled: list[object] = []
    monkeypatch.setattr(libraries, "disable_warnings", disabled.append)
    Transport(Connection(url=URL, validate_certs=validate_certs), judge)
    assert bool(disabled) is not validate_certs


@pytest.mark.parametrize("escaped", [b"\\ud800", b"\\uDFFF"])
def test_json_with_half_of_a_surrogate_pair_is_not_taken(escaped: bytes, serve: Serve) -> None:
    serve(Canned(200, b'{"message": "' + escaped + b'"}'))
    assert send().response.body is None


def test_json_with_a_whole_surrogate_pair_is_taken(serve: Serve) -> None:
    serve(Canned(200, b'{"message": "\\ud834\\udd1e"}'))
    assert send().response.body == {"message": "\U0001d11e"}


# Threads that wait together.


class Recorder(Stop):
    """Records the waits, in seconds, instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


def waits_of_the_next(answer: Canned, serve: Serve) -> list[float]:
    """Return how long a second thread waits before its first request, after the first thread got an answer and OK."""
    server = serve(answer, OK, OK)
    transport = Transport(Connection(url=URL, retries=1), judge)
    second = Recorder()
    for stop in (Recorder(), second):
        thread = threading.Thread(target=_send_obeying, args=(transport, stop), daemon=True)
        thread.start()
        thread.join(20)
    assert len(server.asked) == 3
    return second.waits


def _send_obeying(transport: Transport, stop: Stop) -> None:
    stop.obeyed_here()
    transport.send("GET", f"{URL}/x", doing="do it", auth=lambda request: request)


def test_a_wait_that_a_server_asks_for_holds_for_all_threads(serve: Serve) -> None:
    (wait,) = waits_of_the_next(BUSY._replace(headers={"Retry-After": "40"}), serve)
    assert 30 < wait <= 40


@pytest.mark.parametrize("answer", [BUSY, GONE], ids=["429", "502"])
def test_without_such_a_wait_no_other_thread_waits(answer: Canned, serve: Serve) -> None:
    assert waits_of_the_next(answer, serve) == []


def test_a_task_of_one_thread_does_not_wait_for_an_earlier_one(serve: Serve, waits: list[float]) -> None:
    serve(BUSY._replace(headers={"Retry-After": "40"}), OK, OK)
    transport = Transport(Connection(url=URL, retries=1), judge)
    for _request in range(2):
        transport.send("GET", f"{URL}/x", doing="do it", auth=lambda request: request)
    assert waits == [40]
