# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The faults of the matrix: what happens to a request or to its answer, and for how many requests."""

from __future__ import annotations

import typing as t
from email.utils import formatdate

from wire.support import EXPIRED_TOKEN, TIMEOUT

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .clock import Clock

#: The option timeout in every cell, in seconds.
TIMEOUT_OPTION = 5
#: For how long, in seconds, a server asks to wait: a while, or longer than anybody waits.
_WAIT, _LONG_WAIT = 7, 300
_ENVELOPE = {"status": 500, "message": "Unexpected error.", "error": True, "error_code": 1, "detail": ""}
_NO_RESOURCE = {"status": 404, "message": "Resource sub not found", "error": True, "error_code": 4, "detail": ""}
_PAGE = "<!doctype html><html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>"
#: A success, in whose payload nothing is what it should be.
_WRONG_PAYLOAD = {
    "response": {"status": 200, "message": "Success", "error": False},
    "api_secret_on_list": {"1": None},
    "api_entity": ["1"],
    "access_token": {"a": 1},
}


#: The actions whose answer does not depend on the usual one.
_BLIND = {"status", "html", "empty", "list", "reset", "close", "echo"}


#: The actions that may leave a connection or a token in a state of its own.
_SPOILING = {"truncate", "two_lengths", "interim", "slow", "delay", "expire_tokens"}


class Fault(t.NamedTuple):
    """A fault of the simulator. ``asks``: for how many seconds the answer asks to wait.

    ``is_survived``: with retries, a task that meets it once succeeds, whichever request it hits.
    """

    do: dict[str, t.Any]
    when: str = "before"
    asks: int = 0
    is_survived: bool = False

    @property
    def may_spoil(self) -> bool:
        """Whether what comes next in the same session may suffer from it, if the client takes no care."""
        return not _SPOILING.isdisjoint(self.do)

    @property
    def names_a_date(self) -> bool:
        """Whether it asks to wait until a moment, which is calculated when it is planned."""
        return bool(self.do.get("headers", {}).get("Retry-After") == "date")

    def planned(self, clock: Clock) -> dict[str, t.Any]:
        """Return what the simulator is to do; a date is calculated now."""
        if not self.names_a_date:
            return self.do
        date = formatdate(clock.time() + self.asks, usegmt=True)
        return {**self.do, "headers": {**self.do["headers"], "Retry-After": date}}


def _both(name: str, do: dict[str, t.Any], **options: t.Any) -> Iterator[tuple[str, Fault]]:
    """Before the request is applied, and after it."""
    for when in ("before", "after"):
        yield f"{name}-{when}", Fault(do, when, **options)


def _limits() -> Iterator[tuple[str, Fault]]:
    limited = {"status": 429, "body": {"message": "API rate limit exceeded"}}
    yield "429-seconds", Fault({**limited, "headers": {"Retry-After": str(_WAIT)}}, asks=_WAIT, is_survived=True)
    yield "429-date", Fault({**limited, "headers": {"Retry-After": "date"}}, asks=_WAIT, is_survived=True)
    yield "429-none", Fault(limited, is_survived=True)
    yield "429-long", Fault({**limited, "headers": {"Retry-After": str(_LONG_WAIT)}}, asks=_LONG_WAIT)


def _gateway() -> Iterator[tuple[str, Fault]]:
    for status in (502, 503, 504):
        for form, body, content_type in (
            ("json", {"message": "The upstream server is failing"}, "application/json"),
            ("text", "The upstream server is failing", "text/plain"),
            ("html", _PAGE, "text/html"),
        ):
            headers = {"Content-Type": content_type}
            do = {"status": status, "body": body, "headers": headers}
            yield from _both(f"{status}-{form}", do, is_survived=True)
            waiting = {**do, "headers": {**headers, "Retry-After": str(_WAIT)}}
            yield from _both(f"{status}-{form}-wait", waiting, asks=_WAIT, is_survived=True)


def _answers() -> Iterator[tuple[str, Fault]]:
    yield "lockdown", Fault({"lockdown": "2030-01-01"})
    yield from _both("500-envelope", {"status": 500, "body": {"code": 500, "response": _ENVELOPE}})
    yield "401", Fault(EXPIRED_TOKEN)
    yield "gateway-404", Fault({"gateway": 404})
    yield "app-404", Fault({"status": 404, "body": {"code": 404, "response": _NO_RESOURCE}})
    yield "redirect", Fault({"redirect": "https://login.example.org/"})
    yield from _both("token-expires", {"expire_tokens": True}, is_survived=True)
    yield "echo-400-envelope", Fault({"echo": "envelope", "status": 400})
    yield from _both("echo-500-envelope", {"echo": "envelope", "status": 500})
    yield from _both("echo-502-html", {"echo": "html", "status": 502}, is_survived=True)
    yield from _both("echo-500-text", {"echo": "text", "status": 500})
    yield "echo-403-json", Fault({"echo": "json", "status": 403})
    yield "echo-200-text-after", Fault({"echo": "text", "status": 200}, "after")
    yield "echo-200-json-after", Fault({"echo": "json", "status": 200}, "after")


def _connections() -> Iterator[tuple[str, Fault]]:
    for name, do in {"reset": {"reset": True}, "close": {"close": True}, "cut": {"truncate": True}}.items():
        yield from _both(name, do, is_survived=True)
    yield from _both("two-lengths", {"two_lengths": True}, is_survived=True)
    yield "interim-103", Fault({"interim": 103}, is_survived=True)
    yield "slow-in-time", Fault({"slow": 0.001}, is_survived=True)
    yield "slow-too-long", Fault({"slow": TIMEOUT_OPTION / 2}, is_survived=True)
    yield from _both("timeout", TIMEOUT, is_survived=True)
    # It is applied while the task still looks for it, or when the task has long ended.
    yield "lands-soon", Fault({"delay": TIMEOUT_OPTION + 0.2}, is_survived=True)
    yield "lands-late", Fault({"delay": TIMEOUT_OPTION * 20}, is_survived=True)


def _bodies() -> Iterator[tuple[str, Fault]]:
    yield "bad-charset", Fault({"content_type": "application/json; charset=undefined"}, "after", is_survived=True)
    yield "wrong-type", Fault({"content_type": "text/html; charset=iso-8859-1"}, "after", is_survived=True)
    yield "byte-order-mark", Fault({"encoding": "utf-8-sig"}, "after", is_survived=True)
    yield "latin-1", Fault({"encoding": "latin-1"}, "after")
    shapes: dict[str, dict[str, t.Any]] = {
        "page": {"html": True},
        "empty": {"empty": True},
        "half-json": {"truncated_json": True},
        "list": {"list": True},
        "null": {"status": 200, "body": None},
        "number": {"status": 200, "body": 5},
        "object": {"status": 200, "body": {}},
    }
    for name, do in shapes.items():
        yield from _both(name, do)
    yield "wrong-payload", Fault({"status": 200, "body": _WRONG_PAYLOAD}, "after")


FAULTS: dict[str, Fault] = dict(
    fault for group in (_limits, _gateway, _answers, _connections, _bodies) for fault in group()
)
#: The faults after a request whose answer is the same as that of a fault before it.
TWINS = {
    name
    for name, fault in FAULTS.items()
    if fault.when == "after" and not _BLIND.isdisjoint(fault.do) and fault._replace(when="before") in FAULTS.values()
}
#: How long the fault lasts: for the one request, for it and the next one, for the same request each time, or for
#: everything from it on.
ONCE, TWICE, ALWAYS, FOREVER = "once", "twice", "always", "forever"
SCOPES = (ONCE, TWICE, ALWAYS, FOREVER)
RETRIES = (0, 3)
