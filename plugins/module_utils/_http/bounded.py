# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Connections of urllib3 that keep to one deadline, can be cut from another thread, and accept nothing but valid responses.

urllib3 bounds each address, each step of connecting and each single read by the timeout, so a server that sends a byte a
second is never given up. Here all of it together is bounded; only the resolution of names is left to the system.
"""

from __future__ import annotations

import email.errors
import functools
import http.client
import io
import socket
import time
import typing as t

from .._stop import Stop
from . import libraries

#: The largest body that is read, in bytes. A list of ten thousand API secrets is a tenth of it.
LARGEST_BODY = 16 * 1024 * 1024
#: What may be received besides: the head, and the frames of chunks.
_BESIDES = 1024 * 1024
#: What the parser of a head misses where there is a body of several parts.
_OF_A_BODY = (email.errors.StartBoundaryNotFoundDefect, email.errors.MultipartInvariantViolationDefect)


class TooLargeError(http.client.HTTPException):
    """A response is larger than any that is read."""


class InvalidResponseError(http.client.HTTPException):
    """What was received is not a valid HTTP response. The text never quotes it."""


Failure = t.TypeVar("Failure", bound=BaseException)


def unsent(exc: Failure) -> Failure:
    """Mark an exception as one before which nothing of the request was sent."""
    exc.is_unsent = True  # type: ignore[attr-defined]
    return exc


def is_unsent(exc: BaseException) -> bool:
    """Whether an exception is marked as one before which nothing of the request was sent."""
    return getattr(exc, "is_unsent", False)


class _Reader(io.RawIOBase):
    """Reads from a socket until a deadline, and not without end."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._left_to_read = LARGEST_BODY + _BESIDES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        self._sock.settimeout(_left(self._deadline))
        count = t.cast("int | None", self._raw.readinto(buffer))
        self._left_to_read -= count or 0
        if self._left_to_read < 0:
            raise TooLargeError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """A response that is read as a whole within the timeout that its socket has at the beginning."""

    def __init__(self, sock: socket.socket, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout = sock.gettimeout()
        if timeout is not None:
            reader = _Reader(self.fp.detach(), sock, time.monotonic() + timeout)
            self.fp = io.BufferedReader(reader)

    def begin(self) -> None:
        """Read the head, and refuse one after which it is unclear where the response ends."""
        super().begin()
        if self.status < 200:
            # The response that it announces would be taken for that of the next request.
            raise InvalidResponseError(f"an interim response with status {self.status}")
        if any(not isinstance(defect, _OF_A_BODY) for defect in self.headers.defects):
            raise InvalidResponseError("a head with a line that is no header")
        lengths = {part.strip() for value in self.headers.get_all("Content-Length", ()) for part in value.split(",")}
        if len(lengths) > 1 or (lengths and self.chunked):
            raise InvalidResponseError("headers that contradict each other about the length of the response")

    def read(self, amt: int | None = None) -> bytes:
        """Read a part of the body, and refuse to take a connection that was cut off for the end of it."""
        data = super().read(amt)
        if amt and not data and self.length:
            raise http.client.IncompleteRead(b"", self.length)
        return data


class _BoundedConnection:
    """What is put in front of a connection class of urllib3."""

    response_class = BoundedResponse
    sock: socket.socket
    host: str
    _dns_host: str  # where host= keeps it, with the final dot that a name may have
    port: int
    timeout: float
    #: Whether the connection was opened for the request under way, whose deadline it then set.
    _is_fresh = False

    def connect(self) -> None:
        """Connect within the timeout: TCP, proxy and TLS together. What fails here was not sent."""
        self._deadline = time.monotonic() + self.timeout
        self._is_fresh = True
        try:
            super().connect()  # type: ignore[misc]
            self.sock.settimeout(_left(self._deadline))
        except socket.timeout as exc:
            raise libraries.ConnectTimeoutError(self, "timed out") from exc
        except (OSError, ValueError, libraries.HTTPError, http.client.HTTPException) as exc:
            unsent(exc)
            raise

    def _new_conn(self) -> socket.socket:
        sock = self._opened()
        sock.settimeout(_left(self._deadline))
        self._let_cut(sock)
        return sock

    def _opened(self) -> socket.socket:
        """Return a socket that is connected to one of the addresses of the host, each of which gets a share of the time."""
        if hasattr(self, "_socks_options"):  # the proxy resolves the host
            return t.cast("socket.socket", super()._new_conn())  # type: ignore[misc]
        name, timeout = self._dns_host, self.timeout
        try:
            found = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as exc:
            raise libraries.NewConnectionError(self, "the name cannot be resolved") from exc  # type: ignore[arg-type]
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        try:
            while True:
                self.host = addresses.pop(0)
                self.timeout = _left(self._deadline) / (len(addresses) + 1)
                try:
                    return t.cast("socket.socket", super()._new_conn())  # type: ignore[misc]
                except (libraries.NewConnectionError, libraries.ConnectTimeoutError):
                    if not addresses:
                        raise
        finally:
            self.host, self.timeout = name, timeout

    def _tunnel(self) -> None:
        super()._tunnel()  # type: ignore[misc]
        self.sock.settimeout(_left(self._deadline))

    def request(self, *args: t.Any, **kwargs: t.Any) -> None:
        """Send a request."""
        if self.sock is not None:
            if not self._is_fresh:
                self._deadline = time.monotonic() + self.timeout
                self.sock.settimeout(self.timeout)
            self._let_cut(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]
        self._is_fresh = False

    def getresponse(self) -> t.Any:
        """Receive the response to the request, until its deadline."""
        self.timeout = _left(self._deadline)
        self.sock.settimeout(self.timeout)
        return super().getresponse()  # type: ignore[misc]

    def _let_cut(self, sock: socket.socket) -> None:
        stop = Stop.of_this_thread()
        if stop is not None:
            stop.may_cut(self, sock)


class Adapter(libraries.HTTPAdapter):
    """The adapter of requests, with such connections, also through proxies."""

    def __init__(self, *, pool_maxsize: int) -> None:
        super().__init__(pool_maxsize=pool_maxsize)
        self._pools: dict[str, t.Any] = {}

    def exchange(self, request: t.Any, server: str, *, timeout: float, **settings: t.Any) -> t.Any:
        """Send a request that requests has prepared, and return the response of urllib3, whose body is not read yet.

        ``settings`` are what requests takes besides: verify, cert and proxies. They must be the same for all requests to a
        server, since the pool of connections is looked up once. (The ``send`` of requests does it for every request.)
        """
        if server not in self._pools:
            self._pools[server] = self._pool(request, **settings)
        return self._pools[server].request(
            request.method,
            self.request_url(request, {}),
            body=request.body,
            headers=request.headers,
            timeout=libraries.Timeout(total=timeout),
            retries=self.max_retries,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
        )

    def _pool(self, request: t.Any, verify: bool | str, cert: tuple[str, str] | None, proxies: dict[str, str]) -> t.Any:
        if hasattr(libraries.HTTPAdapter, "get_connection_with_tls_context"):
            pool = self.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        else:  # requests before 2.32
            pool = self.get_connection(request.url, proxies)
        self.cert_verify(pool, request.url, verify, cert)  # type: ignore[no-untyped-call]
        return pool

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        """Make the pools for connections without a proxy (called by requests)."""
        super().init_poolmanager(*args, **kwargs)
        _bound(self.poolmanager)

    def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Return the pools for connections through a proxy (called by requests)."""
        manager = super().proxy_manager_for(*args, **kwargs)
        _bound(manager)
        return manager


def _bound(manager: t.Any) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _bounded_pool(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


@functools.cache
def _bounded_pool(pool: t.Any) -> t.Any:
    if issubclass(pool.ConnectionCls, _BoundedConnection):
        return pool
    connection = type(pool.ConnectionCls.__name__, (_BoundedConnection, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


# Made here, and not in every process that Ansible forks for a task.
for _pool in libraries.pool_classes_by_scheme.values():
    _bounded_pool(_pool)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left
