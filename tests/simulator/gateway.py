# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The Kong gateway in front of the API: its own answers, and the headers it adds to others (sections 2.4 and 2.5)."""

from __future__ import annotations

import json
import time
import typing as t
import uuid

from .exchange import Answer, Call

if t.TYPE_CHECKING:
    from .switches import Switches

NO_ROUTE = "no Route matched with those values"
# The first text of section 2.5 for each status.
TEXTS = {
    400: "Bad request",
    404: NO_ROUTE,
    405: "Method not allowed",
    408: "Request timeout",
    413: "Payload too large",
    414: "URI too long",
    429: "API rate limit exceeded",
    500: "An unexpected error occurred",
    502: "An invalid response was received from the upstream server",
    503: "The upstream server is currently unavailable",
    504: "The upstream server is timing out",
}
_RELEASES = {"3.2": "3.2.2", "3.4": "3.4.2", "3.6": "3.6.1"}
_WINDOWS = {"second": 1, "minute": 60, "hour": 3600}


class Gateway:
    """Answers like the gateway version of the switch `kong`."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._window = 0
        self._used = 0

    def page(self, call: Call, status: int, message: str = "") -> Answer:
        """Make an answer of the gateway itself, in the format that the request's headers select."""
        message = message or TEXTS.get(status, "An unexpected error occurred")
        request_id = uuid.uuid4().hex
        body, content_type = self._body(call, status, message, request_id)
        return Answer(status, body.encode(), {"content-type": content_type, **self._own_headers(request_id)})

    def no_route(self, call: Call) -> Answer:
        """Make the 404 for an unknown route, which a call without a token gets too."""
        return self.page(call, 404)

    def plugin(self, status: int, content: dict[str, str]) -> Answer:
        """Make an answer of a gateway plugin: compact JSON, whatever the request accepts.

        Assumption: from version 3.5 on, it has a request_id too.
        """
        request_id = uuid.uuid4().hex
        if self._has_request_id and "message" in content:
            content = {**content, "request_id": request_id}
        body = json.dumps(content, separators=(",", ":")).encode()
        headers = {"content-type": "application/json; charset=utf-8", **self._own_headers(request_id)}
        return Answer(status, body, headers)

    def passed_on(self, answer: Answer) -> Answer:
        """Add the gateway's headers to an answer of the application."""
        answer.headers.update(
            {
                "via": "1.1 kong/" + _RELEASES[self._switches.kong],
                "x-kong-upstream-latency": "2",
                "x-kong-proxy-latency": "1",
            }
        )
        if self._has_request_id:
            answer.headers["x-kong-request-id"] = uuid.uuid4().hex
        return answer

    def limited(self, call: Call) -> tuple[Answer | None, dict[str, str]]:
        """Count a request. Return the 429 if it exceeds the limit, and otherwise the headers for its answer."""
        limit = self._switches.rate_limit
        if not limit:
            return None, {}
        length = _WINDOWS[self._switches.rate_limit_window]
        now = time.time()
        if int(now // length) != self._window:
            self._window, self._used = int(now // length), 0
        reset = max(1, length - int(now) % length)
        if self._used >= limit:
            return self.too_many(call, limit, reset), {}
        self._used += 1
        headers = self._limit_headers(limit, limit - self._used, reset) if self._switches.rate_limit_headers else {}
        return None, headers

    def too_many(self, call: Call, limit: int, reset: int) -> Answer:
        """Make the 429 of the rate-limiting plugin."""
        answer = self.page(call, 429)
        if self._switches.rate_limit_headers:
            answer.headers.update(self._limit_headers(limit, 0, reset), **{"retry-after": str(reset)})
        return answer

    @property
    def _has_request_id(self) -> bool:
        return self._switches.kong == "3.6"

    def _limit_headers(self, limit: int, remaining: int, reset: int) -> dict[str, str]:
        window = self._switches.rate_limit_window
        return {
            "ratelimit-limit": str(limit),
            "ratelimit-remaining": str(remaining),
            "ratelimit-reset": str(reset),
            "x-ratelimit-limit-" + window: str(limit),
            "x-ratelimit-remaining-" + window: str(remaining),
        }

    def _own_headers(self, request_id: str) -> dict[str, str]:
        headers = {"server": "kong/" + _RELEASES[self._switches.kong], "x-kong-response-latency": "0"}
        if self._has_request_id:
            headers["x-kong-request-id"] = request_id
        return headers

    def _body(self, call: Call, status: int, message: str, request_id: str) -> tuple[str, str]:
        if status < 500 and self._switches.kong == "3.2":
            return json.dumps({"message": message}, separators=(",", ":")), "application/json; charset=utf-8"
        form = _form(call, status)
        if form == "html":
            rows = f"<p>{message}.</p>" + (f"<p>request_id: {request_id}</p>" if self._has_request_id else "")
            head = "<!doctype html><html><head><title>Error</title></head>"
            return f"{head}<body><h1>Error</h1>{rows}</body></html>\n", "text/html; charset=utf-8"
        if form == "plain":
            extra = f"request_id: {request_id}\n" if self._has_request_id else ""
            return f"{message}\n{extra}", "text/plain; charset=utf-8"
        extra = f',\n  "request_id":"{request_id}"' if self._has_request_id else ""
        return f'{{\n  "message":{json.dumps(message)}{extra}\n}}', "application/json; charset=utf-8"


def _form(call: Call, status: int) -> str:
    accept = call.headers.get("accept", "").lower()
    if status < 500 and (not accept or "*/*" in accept):
        return "json"
    # A 5xx page falls back to the content type of the request, then to the gateway's error_default_type.
    wanted = accept if accept and accept != "*/*" else call.content_type
    for mark, form in (("json", "json"), ("html", "html"), ("plain", "plain")):
        if mark in wanted:
            return form
    return "json" if status < 500 else "plain"
