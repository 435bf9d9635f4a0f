# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Faults on demand: which requests they hit, and what they do to them."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import typing as t

from .exchange import Answer, Call, json_answer

if t.TYPE_CHECKING:
    from .envelope import Envelope
    from .gateway import Gateway

_HTML = b"<!doctype html><html><head><title>Login</title></head><body><form><input name='user'></form></body></html>"
_TYPE_HTML = {"content-type": "text/html; charset=utf-8"}
_ACTIONS = (
    "status",
    "gateway",
    "reset",
    "close",
    "truncate",
    "delay",
    "html",
    "empty",
    "list",
    "truncated_json",
    "redirect",
    "lockdown",
    "echo",
    "two_lengths",
    "content_type",
    "encoding",
    "interim",
    "slow",
    "expire_tokens",
)
# These let the request be answered as usual. Before the request they still come with its own answer.
_ACCOMPANYING = ("delay", "interim", "slow", "expire_tokens")
# The keys allowed beside each action.
_DETAILS = {
    "status": ("body", "headers"),
    "gateway": ("message", "headers", "retry_after"),
    "html": ("status",),
    "empty": ("status",),
    "list": ("status",),
    "truncated_json": ("status",),
    "redirect": ("status",),
    "echo": ("status",),
}
_ECHOES = ("text", "html", "json", "envelope")
_PLACEHOLDER = b'{"code":200,"response":{"status":200,"message":"Success"}}'


class FaultError(ValueError):
    """An invalid fault."""


@dataclasses.dataclass
class Fault:
    """A planned fault: skips the first `skip` matching requests, then hits the next `times`."""

    action: str
    do: dict[str, t.Any]
    method: str = ""
    path: str = ""
    skip: int = 0
    times: int = 1
    when: str = "before"

    @property
    def cuts_connection(self) -> bool:
        """Whether it ends the connection instead of answering in full."""
        return self.action in ("reset", "close", "truncate")

    @property
    def accompanies(self) -> bool:
        """Whether the request is applied and answered as usual, whatever else happens."""
        return self.action in _ACCOMPANYING

    @property
    def delay(self) -> float:
        """Seconds to wait; 0 unless it is a delay."""
        return float(self.do["delay"]) if self.action == "delay" else 0.0

    def matches(self, method: str, path: str) -> bool:
        """Whether it is meant for this request."""
        return (not self.method or self.method == method) and bool(re.search(self.path, path))

    def answer(self, call: Call, real: Answer | None, gateway: Gateway, envelope: Envelope) -> Answer:
        """Make the answer that replaces the real one, which is None if the request was not applied."""
        status = int(self.do.get("status", 200))
        if self.action == "status":
            return self._own_answer(status)
        if self.action == "gateway":
            return self._gateway_answer(call, gateway)
        if self.action == "lockdown":
            return envelope.lockdown(str(self.do["lockdown"]))
        if self.action == "redirect":
            return Answer(int(self.do.get("status", 302)), b"", {"location": str(self.do["redirect"])})
        if self.action == "echo":
            return self._echo(status, call)
        if self.action in ("two_lengths", "content_type", "encoding"):
            return self._altered(real or Answer(200, _PLACEHOLDER, {"content-type": "application/json"}))
        return self._unreadable_answer(status, real)

    def _altered(self, real: Answer) -> Answer:
        """Return the real answer with one thing about it wrong, or unusual."""
        if self.action == "two_lengths":
            return dataclasses.replace(real, second_length=len(real.body) + 1)
        if self.action == "content_type":
            return dataclasses.replace(real, headers={**real.headers, "content-type": str(self.do["content_type"])})
        # Not escaped, so that it has the bytes of the encoding.
        text = json.dumps(json.loads(real.body), ensure_ascii=False)
        return dataclasses.replace(real, body=text.encode(str(self.do["encoding"]), "replace"))

    def _echo(self, status: int, call: Call) -> Answer:
        """Return an answer that repeats the request: its headers, and its body with all secrets in it."""
        text = "\n".join([*(f"{name}: {value}" for name, value in call.headers.items()), "", call.body.decode()])
        if self.do["echo"] == "html":
            return Answer(
                status, f"<html><body><pre>{html.escape(text)}</pre></body></html>".encode(), dict(_TYPE_HTML)
            )
        if self.do["echo"] == "json":
            return json_answer(status, {"message": text})
        if self.do["echo"] == "envelope":
            response = {"status": status, "message": text, "error": True, "error_code": 1, "detail": text}
            return json_answer(status, {"code": status, "response": response, "exception": {"message": text}})
        return Answer(status, text.encode(), {"content-type": "text/plain; charset=utf-8"})

    def _unreadable_answer(self, status: int, real: Answer | None) -> Answer:
        if self.action == "html":
            return Answer(status, _HTML, dict(_TYPE_HTML))
        if self.action == "list":
            return json_answer(status, [])
        if self.action == "truncated_json":
            body = real.body if real and real.body else _PLACEHOLDER
            return Answer(status, body[: len(body) // 2], {"content-type": "application/json"})
        return Answer(status, b"", {"content-type": "application/json"})

    def _own_answer(self, status: int) -> Answer:
        body = self.do.get("body", "")
        if isinstance(body, str):
            answer = Answer(status, body.encode(), {"content-type": "text/plain; charset=utf-8"})
        else:
            answer = json_answer(status, body)
        answer.headers.update(_headers(self.do))
        return answer

    def _gateway_answer(self, call: Call, gateway: Gateway) -> Answer:
        status = int(self.do["gateway"])
        if status == 429:
            answer = gateway.too_many(call, 100, int(self.do.get("retry_after", 1)))
        else:
            answer = gateway.page(call, status, str(self.do.get("message", "")))
        answer.headers.update(_headers(self.do))
        return answer


class Faults:
    """The pending faults; each request is hit by the first that matches."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, content: t.Any) -> None:
        """Plan faults: all of them, or none if one is invalid."""
        if not isinstance(content, list):
            raise FaultError("the faults must be a list")
        self._faults += [_read(entry) for entry in content]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request, if there is one, and count the request."""
        for fault in self._faults:
            if not fault.matches(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self._faults.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        """Drop all pending faults."""
        self._faults = []

    def content(self) -> list[dict[str, t.Any]]:
        """Return the pending faults in the form of the control route."""
        return [dataclasses.asdict(fault) for fault in self._faults]


def _headers(do: dict[str, t.Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in do.get("headers", {}).items()}


def _read(entry: t.Any) -> Fault:
    if not isinstance(entry, dict) or not isinstance(entry.get("do"), dict):
        raise FaultError(f"a fault must be an object with 'do': {json.dumps(entry)}")
    unknown = set(entry) - {"method", "path", "skip", "times", "when", "do"}
    if unknown:
        raise FaultError(f"unknown keys of a fault: {', '.join(sorted(unknown))}")
    do = entry["do"]
    # "status" is the action if no other is named; otherwise it is a detail of that one.
    named = [name for name in _ACTIONS if name in do and name != "status"] or [name for name in do if name == "status"]
    if len(named) != 1:
        raise FaultError(f"'do' must name exactly one of: {', '.join(_ACTIONS)}")
    unknown = set(do) - set(named) - set(_DETAILS.get(named[0], ()))
    if unknown:
        raise FaultError(f"unknown keys beside '{named[0]}': {', '.join(sorted(unknown))}")
    if entry.get("when", "before") not in ("before", "after"):
        raise FaultError("'when' must be before or after")
    try:
        fault = Fault(
            named[0],
            do,
            str(entry.get("method") or "").upper(),
            str(entry.get("path") or ""),
            int(entry.get("skip", 0)),
            int(entry.get("times", 1)),
            entry.get("when", "before"),
        )
        re.compile(fault.path)
        for number in ("delay", "status", "gateway", "retry_after", "slow", "interim"):
            float(do.get(number, 0))
        "".encode(str(do.get("encoding", "utf-8")))
    except (TypeError, ValueError, LookupError, re.error) as error:
        raise FaultError(f"invalid fault: {error}") from error
    if fault.action == "echo" and do["echo"] not in _ECHOES:
        raise FaultError(f"'echo' must be one of: {', '.join(_ECHOES)}")
    if fault.times < 1 or fault.skip < 0 or fault.delay < 0:
        raise FaultError("'times' must be at least 1, 'skip' and 'delay' at least 0")
    return fault
