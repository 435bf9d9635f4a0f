# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The simulator inside this process: the collection's own sockets lead to it, and waiting takes no time.

Everything above the socket is real: requests, urllib3, http.client and the whole simulator. A request is served while it
is sent, by the thread that sends it. What the server does later is done when the clock gets there. So a run always takes
the same course, time-outs and late writes included, and tens of thousands of runs are possible.
"""

from __future__ import annotations

import collections
import contextlib
import importlib
import io
import json
import random
import socket
import threading
import typing as t
from unittest import mock

import urllib3.util.connection
import urllib3.util.retry
from simulator import tokens
from simulator.appliance import Appliance
from simulator.application import CONNECTION, Application
from simulator.journal import Journal
from simulator.process import Simulator, SimulatorError
from simulator.server import Connection

from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop

from .clock import Clock

_CORE = "ansible_collections.senhasegura.mysafe.plugins.module_utils."
#: What looks at the clock while a task runs.
_CLOCKED = (
    "_stop",
    "_http.bounded",
    "_http.retry",
    "_http.token",
    "_http.transport",
    "_mysafe.login",
    "_mysafe.sessions",
    "_api_secret.ensure",
)
_ADDRESS = ("127.0.0.1", 8080)
#: Ends a connection: without an answer, or by a reset.
_END, _RESET = b"", None
_REASONS = {200: "OK"}


class Memory(Simulator):
    """A simulator without a process. Inside ``with``, all connections of this process go to it, and its clock counts."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.lock = threading.RLock()
        self.url = f"http://{_ADDRESS[0]}:{_ADDRESS[1]}"
        self._appliance = Appliance("v4", {})
        self._journal = Journal()
        self._application = Application(self._appliance, self._journal, sleep=_sleep)
        self.access_keys = {
            key.name: {"client_id": key.client_id, "client_secret": key.client_secret}
            for key in self._appliance.keys.values()
        }
        self._patches = contextlib.ExitStack()
        #: When each request was received, in seconds of the clock.
        self.arrivals: list[float] = []
        self.connected = 0

    def start(self) -> Memory:
        """Take over the connections and the clock."""
        patch = self._patches.enter_context
        for name in _CLOCKED:
            patch(mock.patch.object(importlib.import_module(_CORE + name), "time", self.clock))
        for module in (urllib3.util.retry, tokens):
            patch(mock.patch.object(module, "time", self.clock))
        patch(mock.patch.object(urllib3.util.connection, "create_connection", self._connect))
        patch(mock.patch.object(Stop, "wait", self._waiting()))
        # One after the other, so that each run takes the same course.
        patch(mock.patch.object(importlib.import_module(_CORE + "_parallel"), "CONNECTIONS", 1))
        return self

    def stop(self) -> None:
        """Give both back."""
        self._patches.close()

    def begin(self, seed: int = 0, **switches: t.Any) -> None:
        """Begin with the seed state, and with nothing under way."""
        self.clock.forget()
        self._appliance.reset(switches=switches)
        self.clear_faults()
        self.clear_log()
        self.arrivals.clear()
        random.seed(seed)

    def secrets(self) -> list[dict[str, t.Any]]:
        """Return all secrets as stored. The control route does the same, but this is asked often."""
        return [
            {
                **vars(secret),
                "identifier": str(secret.identifier),
                "users": {**secret.users},
                "groups": {**secret.groups},
                "tenant": tenant,
            }
            for tenant, vault in self._appliance.vaults.items()
            for secret in vault.secrets.values()
        ]

    def requests(self) -> list[dict[str, t.Any]]:
        """Return the rows of the request log."""
        rows: list[dict[str, t.Any]] = self._journal.content()["requests"]
        return rows

    def clear_log(self) -> None:
        """Clear the request log."""
        self._journal.clear()

    def clear_faults(self) -> None:
        """Drop the pending faults."""
        self._application.faults.clear()

    def settle(self, seconds: float) -> None:
        """Let time pass, until everything that is late has happened."""
        self.clock.advance(seconds)

    def run(self, line: Line, work: t.Coroutine[t.Any, None, None]) -> None:
        """Let the server work until it waits, and go on when that moment has come."""
        with self.lock:
            try:
                seconds = work.send(None)
                while seconds <= 0:
                    seconds = work.send(None)
            except StopIteration:
                line.answer_at = None
                return
            line.answer_at = self.clock.monotonic() + seconds
            self.clock.call_at(line.answer_at, lambda: self.run(line, work))

    def serve(self, line: Line, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Serve one request."""
        with self.lock:
            self.arrivals.append(self.clock.monotonic())
        self.run(
            line, self._application(_scope(method, target, headers, line.connection), _receiver(body), line.send_answer)
        )

    def _waiting(self) -> t.Callable[[Stop, float], None]:
        def wait(stop: Stop, seconds: float) -> None:
            if not stop.is_set():
                self.clock.sleep(seconds)

        return wait

    def _connect(self, address: tuple[str, int], *_arguments: t.Any, **_options: t.Any) -> Line:
        assert address == _ADDRESS, f"a connection to {address}"
        self.connected += 1
        return Line(self, self.connected)

    def _ask(self, method: str, route: str, content: t.Any = None) -> t.Any:
        sent: list[t.Any] = []

        async def send(message: t.Any) -> None:
            sent.append(message)

        body = b"" if content is None else json.dumps(content).encode()
        work = self._application(_scope(method, f"/_simulator/{route}", [], None), _receiver(body), send)
        with self.lock, contextlib.suppress(StopIteration):
            work.send(None)
        answer = b"".join(message.get("body", b"") for message in sent)
        if sent[0]["status"] != 200:
            raise SimulatorError(f"{method} {route}: {answer!r}")
        return json.loads(answer)


class Line(socket.socket):
    """The client's end of a connection. What is sent is served at once; what is received was put there by the server."""

    def __init__(self, memory: Memory, number: int) -> None:
        # The pair is there so that urllib3 can see whether the server has closed the connection.
        ours, self._theirs = socket.socketpair()
        super().__init__(fileno=ours.detach())
        self._memory = memory
        self.connection = Connection(number, Transport(self), "")
        self._request = b""
        self.incoming: collections.deque[bytes | None] = collections.deque()
        #: When the server goes on with its answer; None where it does nothing more.
        self.answer_at: float | None = None

    def sendall(self, data: t.Any, _flags: int = 0) -> None:
        """Send bytes, and serve the request if it is complete."""
        self._request += bytes(data)
        head, end, body = self._request.partition(b"\r\n\r\n")
        if not end:
            return
        first, *lines = head.split(b"\r\n")
        headers = [(name.lower(), value.strip()) for name, _colon, value in (line.partition(b":") for line in lines)]
        if len(body) < int(dict(headers).get(b"content-length", b"0")):
            return
        self._request = b""
        method, target, _version = first.decode().split(" ")
        self._memory.serve(self, method, target, headers, body)

    def makefile(self, *_arguments: t.Any, **_options: t.Any) -> t.Any:
        """Return what the client reads from."""
        return io.BufferedReader(_Incoming(self))

    def receive_into(self, buffer: t.Any) -> int:
        """Receive bytes, after the wait that the server makes of it."""
        clock = self._memory.clock
        while not self.incoming:
            timeout = self.gettimeout()
            left = timeout if timeout is not None else float("inf")
            if self.answer_at is None or self.answer_at - clock.monotonic() > left:
                assert timeout is not None, "a read that never ends"
                clock.advance(timeout)
                raise socket.timeout("timed out")
            clock.advance(self.answer_at - clock.monotonic())
        part = self.incoming.popleft()
        if part is _RESET:
            raise ConnectionResetError(104, "Connection reset by peer")
        if not part:
            return 0
        count = min(len(buffer), len(part))
        buffer[:count] = part[:count]
        if part[count:]:
            self.incoming.appendleft(part[count:])
        return count

    async def send_answer(self, message: t.Any) -> None:
        """Take a part of the answer from the application, as ASGI has it."""
        if message["type"] == "http.response.start":
            lines = [f"HTTP/1.1 {message['status']} {_REASONS.get(message['status'], 'Other')}".encode()]
            lines += [name + b": " + value for name, value in message["headers"]]
            self.incoming.append(b"\r\n".join([*lines, b"", b""]))
        elif message["body"]:
            self.incoming.append(message["body"])

    def end(self, how: bytes | None) -> None:
        """End the connection from the server's side."""
        self.incoming.append(how)
        self._theirs.close()

    def close(self) -> None:
        """Close both ends."""
        self._theirs.close()
        super().close()


class _Incoming(io.RawIOBase):
    """What a line receives."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def readable(self) -> bool:
        """Return true."""
        return True

    def readinto(self, buffer: t.Any) -> int:
        """Receive bytes."""
        return self._line.receive_into(buffer)


class Transport:
    """The server's end, as the application sees it where it bypasses the server."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def get_extra_info(self, _name: str) -> Transport:
        """Return the socket."""
        return self

    def setsockopt(self, *_option: t.Any) -> None:
        """Do nothing: only a reset sets one."""

    def abort(self) -> None:
        """Reset the connection."""
        self._line.end(_RESET)

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._line.incoming.append(data)

    def close(self) -> None:
        """Close the connection."""
        self._line.end(_END)


class _Pause:
    """Hands the seconds to wait to whoever runs the coroutine."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __await__(self) -> t.Generator[float, None, None]:
        yield self._seconds


async def _sleep(seconds: float) -> None:
    await _Pause(seconds)


def _scope(
    method: str, target: str, headers: list[tuple[bytes, bytes]], connection: Connection | None
) -> dict[str, t.Any]:
    path, _mark, query = target.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 0),
        CONNECTION: connection,
    }


def _receiver(body: bytes) -> t.Callable[[], t.Awaitable[dict[str, t.Any]]]:
    messages = iter([{"type": "http.request", "body": body}])

    async def receive() -> dict[str, t.Any]:
        return next(messages, {"type": "http.disconnect"})

    return receive
