# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Each request has one timeout, whatever the server does, and an invalid response does no harm."""

from __future__ import annotations

import gzip
import json
import signal
import ssl
import threading
import tracemalloc
import typing as t
import zlib

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _parallel
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.bounded import LARGEST_BODY
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.transport import Sent, Transport
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import judge

from .raw_server import CA, CLOSE, LONG, RawServer, Step, answer, endlessly, slowly, success, tls_with

if t.TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(name="tls", scope="module")
def _tls() -> ssl.SSLContext:
    return tls_with(CA.issue_cert("localhost"))


@pytest.fixture(name="transport_to")
def _transport_to(ca_path: str) -> Iterator[t.Callable[..., Transport]]:
    made: list[Transport] = []

    def transport_to(server: RawServer, **options: t.Any) -> Transport:
        options = {"timeout": 0.5, "retries": 0, "ca_path": ca_path, **options}
        made.append(Transport(Connection(url=server.url, **options), judge))
        return made[-1]

    yield transport_to
    for transport in made:
        transport.close()


TransportTo = t.Callable[..., Transport]


def send(transport: Transport, server: RawServer, **options: t.Any) -> Sent:
    """Send one request."""
    return transport.send("GET", f"{server.url}/x", doing="do it", auth=lambda request: request, **options)


def failure_of(transport: Transport, server: RawServer, **options: t.Any) -> MySafeError:
    """Return the failure of one request."""
    with pytest.raises(MySafeError) as caught:
        send(transport, server, **options)
    return caught.value


# Slow answers. Each of them lasts longer than the test waits.

SLOW: dict[str, list[Step]] = {
    "nothing": [LONG],
    "the head, a byte at a time": slowly(answer()),
    "one header after the other": [b"HTTP/1.1 200 OK\r\n", *endlessly(b"X-A: a\r\n")],
    "100 Continue, without end": endlessly(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the body, a byte at a time": [answer(b" " * 200)[:-200], *slowly(b" " * 200)],
    "half of the body": [answer()[:-10], LONG],
    "chunks without end": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *endlessly(b"1\r\n \r\n")],
    "the size of a chunk, without end": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        *endlessly(b"0"),
    ],
    "trailers without end": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        *endlessly(b"X-A: a\r\n"),
    ],
    "a body until the connection ends": [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *endlessly(b" ")],
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_the_timeout_bounds_the_whole_request(script: list[Step], transport_to: TransportTo) -> None:
    with RawServer(script) as server:
        error = failure_of(transport_to(server), server)
    assert (error.kind, error.fate, error.transient) == ("timeout", Fate.UNKNOWN, True)


@pytest.mark.parametrize("case", ["nothing", "the head, a byte at a time", "the body, a byte at a time"])
def test_the_timeout_bounds_the_whole_request_over_tls(
    case: str, tls: ssl.SSLContext, transport_to: TransportTo
) -> None:
    with RawServer(SLOW[case], tls=tls) as server:
        error = failure_of(transport_to(server), server)
    assert (error.kind, error.fate) == ("timeout", Fate.UNKNOWN)


def test_a_slow_answer_within_the_timeout_is_accepted(transport_to: TransportTo) -> None:
    with RawServer(slowly(answer(), pause=0.001)) as server:
        assert send(transport_to(server, timeout=LONG), server).response.body == success()


def test_the_timeout_applies_to_each_request_and_not_to_the_connection(transport_to: TransportTo) -> None:
    with RawServer([0.2, answer()]) as server:
        transport = transport_to(server)
        assert [send(transport, server).response.status for _request in range(4)] == [200] * 4
        assert server.connections == 1


def test_a_request_is_not_sent_if_the_handshake_does_not_end(tls: ssl.SSLContext, transport_to: TransportTo) -> None:
    with RawServer([answer()], tls=tls, greets=False) as server:
        error = failure_of(transport_to(server), server)
    assert (error.kind, error.fate) == ("timeout", Fate.NOT_SENT)


# Invalid responses.

NO_RESPONSE: dict[str, list[Step]] = {
    "early hints": [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 0.3, answer({"late": 1})],
    "another protocol": [b"HTTP/1.1 101 Switching Protocols\r\n\r\n", answer({"late": 1})],
    "two lengths": [answer(Content_length="5")],
    "two lengths in one header": [answer(b"     ", **{"Content-Length": "5, 6"})],
    "two lengths in one header, without a blank": [answer(b"     ", **{"Content-Length": "5,6"})],
    "a length and chunks": [answer(b"1\r\n \r\n0\r\n\r\n", Transfer_Encoding="chunked")],
    "cut off": [answer()[:-10], CLOSE],
    "cut off in a chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{", CLOSE],
    "a chunk without a size": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n", CLOSE],
    "no HTTP": [b"SSH-2.0-OpenSSH_9.2\r\n", CLOSE],
    "no status": [b"HTTP/1.1 OK\r\n\r\n", CLOSE],
    "nothing at all": [CLOSE],
    "a line that is no header": [b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\n{}", CLOSE],
    "too many headers": [b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 1000 + b"\r\n", CLOSE],
}


@pytest.mark.parametrize("script", NO_RESPONSE.values(), ids=NO_RESPONSE)
def test_after_an_invalid_response_the_fate_of_a_write_is_unknown(
    script: list[Step], transport_to: TransportTo
) -> None:
    with RawServer(script) as server:
        error = failure_of(transport_to(server), server, repeatable=False)
    assert (error.kind, error.fate) == ("connection", Fate.UNKNOWN)


@pytest.mark.parametrize("script", NO_RESPONSE.values(), ids=NO_RESPONSE)
def test_an_invalid_response_does_not_shift_the_next_ones(script: list[Step], transport_to: TransportTo) -> None:
    with RawServer(script, [answer({"second": 2})], [answer({"third": 3})]) as server:
        transport = transport_to(server)
        failure_of(transport, server)
        assert [send(transport, server).response.body for _request in range(2)] == [{"second": 2}, {"third": 3}]
        assert server.connections == 2


WITHOUT_LENGTH = {
    "the end of the connection": [b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(success()).encode(), CLOSE],
    "chunks": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b'2\r\n{"\r\n5;x=y\r\na": 1\r\n1\r\n}\r\n0\r\n\r\n',
    ],
    "the same length twice": [answer(content_length=str(len(json.dumps(success()))))],
    "nothing, with 100 Continue before": [b"HTTP/1.1 100 Continue\r\n\r\n" * 3, answer()],
}


@pytest.mark.parametrize("script", WITHOUT_LENGTH.values(), ids=WITHOUT_LENGTH)
def test_a_valid_response_may_end_without_a_length(script: list[Step], transport_to: TransportTo) -> None:
    with RawServer(script) as server:
        transport = transport_to(server, timeout=LONG)
        assert [send(transport, server).response.body in (success(), {"a": 1}) for _request in range(2)] == [True] * 2


QUOTED = "secret-of-the-vault"
QUOTABLE = {
    "no HTTP": f"{QUOTED}\r\n",
    "no status": f"HTTP/1.1 {QUOTED}\r\n\r\n",
    "a chunk without a size": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{QUOTED}\r\n",
}


@pytest.mark.parametrize("response", QUOTABLE.values(), ids=QUOTABLE)
def test_an_invalid_response_is_not_quoted(response: str, transport_to: TransportTo) -> None:
    with RawServer([response.encode(), CLOSE]) as server:
        error = failure_of(transport_to(server), server)
    assert QUOTED not in repr(error) + str(error.details())


def test_a_read_is_repeated_after_an_invalid_response(transport_to: TransportTo) -> None:
    with RawServer(NO_RESPONSE["early hints"], [answer({"second": 2})]) as server:
        sent = send(transport_to(server, retries=1), server)
    assert (sent.response.body, sent.earlier) == ({"second": 2}, Fate.UNKNOWN)


# The body of an answer.

UMLAUT = "Schlüssel für Zürich"
DECLARED = {
    "JSON": "application/json",
    "UTF-8": "application/json; charset=utf-8",
    "HTML": "text/html",
    "text": "text/plain",
    "Latin-1": "application/json; charset=ISO-8859-1",
    "an unknown encoding": "application/json; charset=undefined",
    "an encoding that is none": "application/json; charset=base64",
    "nothing": "",
}


@pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "byte order mark"])
def test_json_is_read_as_utf_8_whatever_is_declared(declared: str, mark: bytes, transport_to: TransportTo) -> None:
    content = mark + json.dumps({"notes": UMLAUT}, ensure_ascii=False).encode()
    with RawServer([answer(content, Content_Type=declared)]) as server:
        assert send(transport_to(server), server).response.body == {"notes": UMLAUT}


NO_UTF_8 = {
    "Latin-1": json.dumps({"notes": UMLAUT}, ensure_ascii=False).encode("latin-1"),
    "UTF-16": json.dumps({"notes": UMLAUT}, ensure_ascii=False).encode("utf-16"),
    "cut off in a character": '{"notes": "ü'.encode()[:-1],
    "half of a pair": b'{"notes": "\\ud83d"}',
}


@pytest.mark.parametrize("content", NO_UTF_8.values(), ids=NO_UTF_8)
def test_an_answer_that_is_not_utf_8_has_no_body(content: bytes, transport_to: TransportTo) -> None:
    with RawServer([answer(content)]) as server:
        assert send(transport_to(server), server).response.body is None


def test_a_surrogate_pair_is_one_character(transport_to: TransportTo) -> None:
    with RawServer([answer({"notes": "🔑"})]) as server:
        assert send(transport_to(server), server).response.body == {"notes": "🔑"}


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda content: zlib.compress(content)[2:-4]),
        ("identity", bytes),
        ("unheard-of", bytes),
    ],
    ids=["gzip", "x-gzip", "deflate", "raw deflate", "identity", "unknown"],
)
def test_a_compressed_answer_is_decompressed(
    coding: str, compress: t.Callable[[bytes], bytes], transport_to: TransportTo
) -> None:
    content = compress(json.dumps(success()).encode())
    with RawServer([answer(content, Content_Encoding=coding)]) as server:
        assert send(transport_to(server), server).response.body == success()


def test_no_other_compression_is_asked_for(transport_to: TransportTo) -> None:
    with RawServer([answer()]) as server:
        send(transport_to(server), server)
        assert b"Accept-Encoding: gzip, deflate\r\n" in server.requests[0] + b"\r\n"


PACKED = gzip.compress(b"{}")


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", b"{}"),
        ("deflate", b"{}"),
        ("gzip", PACKED[:-1]),
        ("gzip", PACKED + b"{}"),
        ("gzip", PACKED + PACKED),
        ("gzip, gzip", gzip.compress(PACKED)),
    ],
    ids=["no gzip", "no deflate", "cut off", "something after it", "two files", "twice"],
)
def test_an_answer_that_cannot_be_decompressed_is_reported(
    coding: str, content: bytes, transport_to: TransportTo
) -> None:
    with RawServer([answer(content, Content_Encoding=coding)]) as server:
        error = failure_of(transport_to(server), server)
    assert (error.kind, error.fate) == ("unexpected_answer", Fate.UNKNOWN)


LARGE = {
    "declared": [answer(b"[" + b" " * LARGEST_BODY + b"]")],
    "in chunks": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        *[b"100000\r\n" + b" " * 0x100000 + b"\r\n"] * 17,
        b"0\r\n\r\n",
    ],
    "compressed": [answer(gzip.compress(b"[" + b" " * LARGEST_BODY + b"]"), Content_Encoding="gzip")],
    "in 100 Continue": [b"HTTP/1.1 100 Continue\r\nX-A: " + b"a" * 60_000 + b"\r\n\r\n"] * 300,
}


@pytest.mark.parametrize("script", LARGE.values(), ids=LARGE)
def test_an_answer_has_a_maximum_size(script: list[Step], transport_to: TransportTo) -> None:
    with RawServer(script) as server:
        error = failure_of(transport_to(server, timeout=LONG), server)
    assert (error.kind, error.fate, error.transient) == ("unexpected_answer", Fate.UNKNOWN, False)


def test_a_compressed_answer_is_not_decompressed_far_beyond_the_maximum_size(transport_to: TransportTo) -> None:
    with RawServer([answer(gzip.compress(b" " * 2**28), Content_Encoding="gzip")]) as server:
        tracemalloc.start()
        try:
            failure_of(transport_to(server, timeout=LONG), server)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 3 * LARGEST_BODY


NO_JSON = {
    "a key twice": b'{"identifier": "3", "identifier": "4"}',
    "a key twice, further in": b'[{"a": {"b": 1, "b": 1}}]',
    "not a number": b'{"a": NaN}',
    "infinite": b"[-Infinity]",
}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_clear_json_has_no_body(content: bytes, transport_to: TransportTo) -> None:
    with RawServer([answer(content)]) as server:
        assert send(transport_to(server), server).response.body is None


def test_an_answer_of_the_maximum_size_is_read(transport_to: TransportTo) -> None:
    with RawServer([answer(b"[" + b" " * (LARGEST_BODY - 2) + b"]")]) as server:
        assert send(transport_to(server, timeout=LONG), server).response.body == []


# Many requests at once, and an aborted task.


Alarm = t.Callable[[float], object]


class EndOfTask(BaseException):
    """Stands for the exception that Ansible raises in the main thread when the timeout keyword of a task expires."""


@pytest.fixture(name="alarm")
def _alarm() -> Iterator[Alarm]:
    """Raise EndOfTask in the main thread after a number of seconds, as Ansible does."""

    def end(_signal: int, _frame: t.Any) -> None:
        raise EndOfTask

    before = signal.signal(signal.SIGALRM, end)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


WAITING: dict[str, list[Step]] = {
    "no answer": [LONG],
    "half an answer": [answer()[:-10], LONG],
    "503": [answer(status="503 X")],
}


@pytest.mark.parametrize("script", WAITING.values(), ids=WAITING)
@pytest.mark.parametrize("with_tls", [False, True], ids=["plain", "TLS"])
def test_no_thread_outlives_a_task_that_is_aborted(
    script: list[Step], with_tls: bool, tls: ssl.SSLContext, transport_to: TransportTo, alarm: Alarm
) -> None:
    with RawServer(script, tls=tls if with_tls else None) as server:
        transport = transport_to(server, timeout=LONG, retries=100)
        alarm(0.5)
        with pytest.raises(EndOfTask):
            _parallel.each(lambda _item: send(transport, server), range(20))
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("mysafe-")] == []


def test_no_thread_outlives_a_task_that_is_aborted_during_the_handshake(
    tls: ssl.SSLContext, transport_to: TransportTo, alarm: Alarm
) -> None:
    with RawServer([answer()], tls=tls, greets=False) as server:
        transport = transport_to(server, timeout=LONG, retries=100)
        alarm(0.5)
        with pytest.raises(EndOfTask):
            _parallel.each(lambda _item: send(transport, server), range(20))
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("mysafe-")] == []


def test_a_session_can_be_used_after_an_aborted_task(transport_to: TransportTo, alarm: Alarm) -> None:
    with RawServer(*[[LONG]] * 8, [answer()]) as server:
        transport = transport_to(server, timeout=LONG)
        alarm(0.5)
        with pytest.raises(EndOfTask):
            _parallel.each(lambda _item: send(transport, server), range(8))
        assert send(transport, server).response.status == 200


def test_after_a_failure_the_others_do_not_retry(transport_to: TransportTo) -> None:
    with RawServer([answer(status="503 X")]) as server:
        transport = transport_to(server, retries=50, timeout=LONG)  # the retries would take hours

        def call(item: int) -> None:
            if item == 0:
                raise MySafeError(Kind.NOT_FOUND, "It failed")
            send(transport, server)

        with pytest.raises(MySafeError):
            _parallel.each(call, [1, 2, 3, 0])
