# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The HTTP server: uvicorn, with connections that the application can tell apart and cut."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import socket
import typing as t

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .application import CONNECTION
from .certificates import fingerprint

if t.TYPE_CHECKING:
    import ssl

_numbers = itertools.count(1)
# The default of nginx, which the gateway is built on. A shorter one would look like a fault to a client that pauses.
_KEEP_ALIVE = 75


@dataclasses.dataclass
class Connection:
    """One TCP connection."""

    number: int
    transport: t.Any
    fingerprint: str


class _Protocol(HttpToolsProtocol):
    connection: Connection

    def connection_made(self, transport: t.Any) -> None:
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(True) if tls else None
        self.connection = Connection(next(_numbers), transport, fingerprint(certificate) if certificate else "")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[CONNECTION] = self.connection  # type: ignore[literal-required]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: t.Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Wait neither for clients that keep their connections open, nor for delays that are running.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Bind a socket, so that the port is known and taken before the server starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    application: t.Any, listener: socket.socket, context: ssl.SSLContext | None, ready: t.Callable[[], None]
) -> None:
    """Serve until a signal arrives. Call `ready` once connections are accepted."""
    config = uvicorn.Config(
        application,
        http=_Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=0,
    )
    config.load()
    # uvicorn would read the certificates from files.
    config.ssl = context
    server = _Server(config, ready)
    factory = config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(server.serve([listener]))
