# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A server, or a proxy, that sends exactly the bytes that a test specifies, including invalid HTTP."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import typing as t

import trustme

#: The CA of the certificates in these tests. The fixture ca_path is its file.
CA = trustme.CA()
#: A step of a script: bytes to send, or a number of seconds to wait, which ends early when the server is closed.
Step = t.Union[bytes, float]
#: A last step that closes the connection.
CLOSE = b""
#: Longer than any timeout in these tests: a client that waits this long has exceeded its timeout.
LONG = 30.0


def success(**payload: t.Any) -> dict[str, t.Any]:
    """Return the body of a success."""
    return {"response": {"status": 200, "message": "Success", "error": False}, **payload}


def answer(body: t.Any = None, status: str = "200 OK", **headers: str) -> bytes:
    """Return a complete response. A body other than bytes is sent as JSON; underscores in header names stand for hyphens."""
    content = body if isinstance(body, bytes) else json.dumps(success() if body is None else body).encode()
    lines = [f"HTTP/1.1 {status}"]
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def slowly(content: bytes, pause: float = 0.2) -> list[Step]:
    """Return a script that sends one byte after the other."""
    return [step for byte in content for step in (bytes([byte]), pause)]


def endlessly(content: bytes) -> list[Step]:
    """Return a script that sends the same again and again, for longer than any of these tests waits."""
    return [content, 0.2] * 200


def tls_with(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return the TLS settings of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


class RawServer:
    """Answers each request with the next script, and every further request with the last one.

    ``requests`` are the heads of the requests, ``connections`` is the number of connections. Without ``greets`` it accepts
    connections and does nothing else. With ``tunnel`` it is a proxy that answers CONNECT with this script, and then acts
    as the server itself. The first ``hang_ups`` connections are closed after the first bytes of the client.
    """

    def __init__(
        self,
        *scripts: t.Sequence[Step],
        tls: ssl.SSLContext | None = None,
        greets: bool = True,
        tunnel: t.Sequence[Step] = (),
        hang_ups: int = 0,
    ) -> None:
        self._scripts = list(scripts)
        self._tls = tls
        self._greets = greets
        self._tunnel = tunnel
        self._hang_ups = hang_ups
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None or tunnel else 'https'}://localhost:{self.port}"
        self._start(self._accept)

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_exception: object) -> None:
        """End all threads, and only then close their sockets.

        A thread that is about to read from a socket while another closes it would read from whatever gets the same file
        descriptor next: the connection of another test.
        """
        self._closed.set()
        self._cut(self._listener)
        self._threads[0].join(LONG)
        for connection in self._open:
            self._cut(connection)
        for thread in self._threads:
            thread.join(LONG)
        for connection in (self._listener, *self._open):
            connection.close()

    @staticmethod
    def _cut(connection: socket.socket) -> None:
        # Past ssl, which would first forget the session that a thread is using. The other side may be gone already.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _start(self, target: t.Callable[..., None], *arguments: t.Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self.connections += 1
                    self._open.append(connection)
                    serve = self._hang_up if self.connections <= self._hang_ups else self._serve
                self._start(serve, connection)

    def _hang_up(self, connection: socket.socket) -> None:
        # With data that is not received, the client would see a reset instead of the end.
        with contextlib.suppress(OSError), connection:
            connection.recv(65536)

    def _serve(self, connection: socket.socket) -> None:
        # The client may disconnect at any time, and closing the server aborts what is in progress.
        with contextlib.suppress(OSError, ValueError):
            if not self._greets:
                self._closed.wait(LONG)
            if self._tunnel:
                self._receive(connection)
                self._send(connection, self._tunnel)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._open.append(connection)
                connection.do_handshake()
            with connection:
                while (request := self._receive(connection)) is not None:
                    script = self._next(*request)
                    self._send(connection, script)
                    if CLOSE in script:
                        return

    def _send(self, connection: socket.socket, script: t.Sequence[Step]) -> None:
        for step in script:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif self._closed.wait(step):
                raise ConnectionAbortedError

    def _next(self, head: bytes, body: bytes) -> t.Sequence[Step]:
        """Return the script that answers a request."""
        with self._lock:
            return self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]

    def _receive(self, connection: socket.socket) -> tuple[bytes, bytes] | None:
        """Receive a request, and return its head and its body; None where there is none."""
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return None
            head += received
        head, _end, body = head.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        with self._lock:
            self.requests.append(head)
        return head, body
