# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The ASGI application: logs each request, applies its fault and lets the appliance answer; or calls a control route."""

from __future__ import annotations

import asyncio
import socket
import struct
import typing as t

from .admin import PREFIX, Admin
from .exchange import Answer, Call
from .faults import Fault, Faults

if t.TYPE_CHECKING:
    from .appliance import Appliance
    from .journal import Journal, Row

Receive = t.Callable[[], t.Awaitable[dict[str, t.Any]]]
Send = t.Callable[[dict[str, t.Any]], t.Awaitable[None]]

Sleep = t.Callable[[float], t.Awaitable[None]]

# The key of the ASGI scope under which the server stores the connection.
CONNECTION = "simulator.connection"
# SO_LINGER with zero seconds: closing the socket then resets the connection.
_LINGER_RESET = struct.pack("ii", 1, 0)


class Application:
    """Connects HTTP to the simulator."""

    def __init__(self, appliance: Appliance, journal: Journal, sleep: Sleep = asyncio.sleep) -> None:
        self._appliance = appliance
        self._journal = journal
        self._sleep = sleep
        self.faults = Faults()
        self._admin = Admin(appliance, self.faults, journal).application()

    async def __call__(self, scope: dict[str, t.Any], receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            await self._admin(scope, receive, send)  # type: ignore[arg-type]
            return
        call = await _read(scope, receive)
        connection = scope[CONNECTION]
        row = self._journal.open(call.method, call.path, call.query, connection.number)
        fault = self.faults.take(call.method, call.path)
        if fault is not None:
            row.fault = fault.action
        try:
            answer = await self._answer(call, fault, row)
            if fault is not None and fault.cuts_connection:
                _cut(connection.transport, fault, answer)
                await _disconnected(receive)
                return
            if answer is not None:
                row.status = answer.status
                if fault is not None and fault.action == "interim":
                    connection.transport.write(f"HTTP/1.1 {fault.do['interim']} Wait\r\n\r\n".encode())
                await self._send(answer, send, float(fault.do["slow"]) if fault and fault.action == "slow" else 0.0)
        finally:
            self._journal.close(row)

    async def _answer(self, call: Call, fault: Fault | None, row: Row) -> Answer | None:
        if self._appliance.switches.latency:
            await self._sleep(self._appliance.switches.latency)
        if fault is not None and fault.when == "before":
            if not fault.accompanies:
                return None if fault.cuts_connection else self._replaced(call, fault, None)
            await self._accompany(fault)
        appliance = self._appliance
        writes = appliance.writes
        answer = appliance.answer(call)
        row.wrote = appliance.writes != writes
        row.access_key = call.access_key
        if fault is not None and fault.when == "after":
            await self._accompany(fault)
            if not fault.cuts_connection and not fault.accompanies:
                return self._replaced(call, fault, answer)
        return answer

    async def _accompany(self, fault: Fault) -> None:
        if fault.action == "expire_tokens":
            self._appliance.tokens.expire_all()
        await self._sleep(fault.delay)

    async def _send(self, answer: Answer, send: Send, pause: float) -> None:
        """Send an answer as a whole; with a pause, byte by byte."""
        headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        if answer.second_length is not None:
            headers.append(("content-length", str(answer.second_length)))
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        for number in range(len(answer.body) if pause else 0):
            await send({"type": "http.response.body", "body": answer.body[number : number + 1], "more_body": True})
            await self._sleep(pause)
        await send({"type": "http.response.body", "body": b"" if pause else answer.body})

    def _replaced(self, call: Call, fault: Fault, real: Answer | None) -> Answer:
        return fault.answer(call, real, self._appliance.gateway, self._appliance.envelope())


async def _read(scope: dict[str, t.Any], receive: Receive) -> Call:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return Call(
        scope["method"],
        scope["path"],
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body,
        (scope.get("client") or ("",))[0],
        scope[CONNECTION].fingerprint,
    )


def _cut(transport: t.Any, fault: Fault, answer: Answer | None) -> None:
    if fault.action == "reset":
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        transport.abort()
        return
    if fault.action == "truncate":
        # Written past the server, which refuses to send less than announced.
        body = answer.body if answer else b'{"code":200,"response":{'
        status = answer.status if answer else 200
        head = f"HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {len(body) + 100}\r\n\r\n"
        transport.write(head.encode() + body)
    transport.close()


async def _disconnected(receive: Receive) -> None:
    # The server reports a missing answer as a bug unless the connection is already gone.
    while (await receive())["type"] != "http.disconnect":
        pass
