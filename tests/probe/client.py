# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The plain HTTP client: sends one request, and returns the answer as it came.

It knows nothing of the collection, so that the probe does not share the collection's beliefs about MySafe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import time
import typing as t

import requests

from .failures import Inconclusive, ProbeError, Stop

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .interrupts import Interrupts
    from .settings import Settings

_TIMEOUT = 30
_LONGEST_WAIT = 120.0
_MOST_WAITS = 5
#: Requests that a limit must leave over, so that everything can still be deactivated.
_RESERVE = 12
_WINDOWS = {"second": 1, "minute": 60, "hour": 3600}


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer of the vault, or of the gateway in front of it."""

    status: int
    headers: Mapping[str, str]
    text: str
    content: t.Any

    @property
    def object(self) -> dict[str, t.Any]:
        """The JSON object that it is; empty if it is something else."""
        return self.content if isinstance(self.content, dict) else {}

    @property
    def response(self) -> dict[str, t.Any]:
        """The part of the envelope that every answer of the application has."""
        part = self.object.get("response")
        return part if isinstance(part, dict) else {}

    @property
    def message(self) -> str:
        """The message of the envelope, or that of the gateway."""
        message = self.response.get("message", self.object.get("message"))
        return message if isinstance(message, str) else ""

    @property
    def code(self) -> int:
        """The number of a documented failure, such as 1005; 0 if there is none."""
        exception = self.object.get("exception")
        code = exception.get("code") if isinstance(exception, dict) else None
        if isinstance(code, int):
            return code
        match = re.match(r"(\d{4})\b", self.message) if self.response else None
        return int(match[1]) if match else 0

    @property
    def succeeded(self) -> bool:
        """Whether the application did what was asked."""
        failed = self.response.get("error") is True or self.response.get("erro") is True
        return bool(self.response) and self.status < 400 and not failed

    @property
    def no_route(self) -> bool:
        """Whether the gateway knows no such route, or wants a token that it accepts."""
        return self.status == 404 and not self.response and "no route matched" in self.message.lower()

    @property
    def duplicate(self) -> bool:
        """Whether an identifier code is taken: the number alone can also mean a missing parameter."""
        return self.code == 1001 and "already found" in self.message.lower()

    @property
    def missing(self) -> str:
        """The name of the parameter that the vault misses."""
        match = re.search(r"'(\w+)' was not informed", self.message) if self.code == 1001 else None
        return match[1] if match else ""

    @property
    def outcome(self) -> str:
        """What it is, in a few words of our own."""
        if self.code:
            return f"{self.status} with the code {self.code}"
        if self.response:
            return f"{self.status}"
        return f"{self.status} from the gateway" if self.message else f"{self.status} without an envelope"

    def inconclusive(self, wanted: str) -> Inconclusive:
        """Return the reason for which it does not answer a question."""
        return Inconclusive(f"{wanted} got the answer {self.outcome}")


class Client:
    """Sends requests to the vault, one at a time, and waits when the vault asks for it."""

    def __init__(self, settings: Settings, interrupts: Interrupts, pause: float = 0.0) -> None:
        self._url = settings.url
        self._session = requests.Session()
        # The proxy and the CA of the environment count, as for the collection; a login in .netrc does not. Read once, since
        # requests reads them before each request.
        verify = settings.ca_path or None
        self._connection = self._session.merge_environment_settings(settings.url, {}, None, verify, None)
        self._session.trust_env = False
        self._interrupts = interrupts
        self._pause = pause
        self.sent = 0
        # What the headers of the last limited answer said: the limit, its window, what is left of it.
        self.limit: tuple[int, str] | None = None
        self.refused_by_limit = False
        self._left: int | None = None
        self._reset = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(self, method: str, path: str, token: str = "", **options: t.Any) -> Answer:
        """Send a request, with a token if there is one, and wait if a rate limit asks for it."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        if token:
            headers["Authorization"] = "Bearer " + token
        for _attempt in range(_MOST_WAITS):
            self._interrupts.check()
            answer = self._once(method, path, headers, options)
            if answer.status != 429:
                break
            self.refused_by_limit = True
            self._wait(_asked_wait(answer.headers))
            self._left = None
        else:
            raise Stop("the rate limit of the vault was still exceeded after several waits")
        if answer.status == 503 and answer.response.get("error_code") == 100:
            raise Lockdown(answer.message)
        return answer

    def leave_room(self) -> None:
        """Wait if a rate limit leaves too few requests to ask a question and then to deactivate everything."""
        if self._left is not None and self._left < _RESERVE and self.limit and self.limit[0] > 2 * _RESERVE:
            self._wait(max(0.0, self._reset - time.monotonic()))
            self._left = None

    def wait_until(self, moment: float) -> None:
        """Wait until a moment of the monotonic clock."""
        self._interrupts.wait(moment - time.monotonic())

    def _wait(self, seconds: float) -> None:
        if seconds > _LONGEST_WAIT:
            raise Stop(f"the rate limit of the vault asks to wait {seconds:.0f} seconds")
        self._interrupts.wait(seconds)

    def _once(self, method: str, path: str, headers: dict[str, str], options: dict[str, t.Any]) -> Answer:
        if self._pause:
            self._interrupts.wait(self._pause)
        self.sent += 1
        try:
            reply = self._session.request(
                method,
                self._url + path,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
                **self._connection,
                **options,
            )
        except (requests.RequestException, OSError) as error:
            raise ProbeError(_reason(error)) from error
        self._note_limit(reply.headers)
        # Not what the headers announce: JSON is UTF-8.
        text = reply.content.decode("utf-8-sig", "replace")
        content = None
        with contextlib.suppress(ValueError):
            content = json.loads(text)
        return Answer(reply.status_code, reply.headers, text, content)

    def _note_limit(self, headers: Mapping[str, str]) -> None:
        for window in _WINDOWS:
            limit = headers.get(f"X-RateLimit-Limit-{window}", "")
            left = headers.get(f"X-RateLimit-Remaining-{window}", "")
            if limit.isdigit() and left.isdigit():
                self.limit, self._left = (int(limit), window), int(left)
                reset = headers.get("RateLimit-Reset", "")
                self._reset = time.monotonic() + (int(reset) if reset.isdigit() else _WINDOWS[window])
                return


class Lockdown(Stop):
    """The vault is under lockdown."""

    def __init__(self, message: str) -> None:
        super().__init__("the vault is under lockdown")
        # Only a date, whatever else the message says.
        match = re.search(r"until (\d[\d:/.T+ -]{3,30}Z?)\s*$", message)
        self.until = match[1].strip() if match else ""


def _asked_wait(headers: Mapping[str, str]) -> float:
    for name in ("Retry-After", "RateLimit-Reset"):
        if headers.get(name, "").isdigit():
            return float(headers[name])
    return 5.0


def _reason(error: Exception) -> str:
    """Say in words of our own what failed: the library's words hold the address."""
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "No secure connection: the certificate of the vault could not be verified, or the server does not speak"
            " TLS. Set mysafe_ca_path to the CA of the vault."
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return "The proxy of the environment refused the connection. Check HTTPS_PROXY and NO_PROXY."
    if isinstance(error, requests.exceptions.Timeout):
        return f"The vault did not answer within {_TIMEOUT} seconds."
    if isinstance(error, requests.exceptions.ConnectionError):
        return "The vault cannot be reached, or closed the connection. Check mysafe_url."
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return "The CA cannot be read. Check mysafe_ca_path."
    return "The answer of the server is not valid HTTP."
