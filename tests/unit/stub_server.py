# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A replacement for the network: gives canned answers to requests, and records the requests."""

from __future__ import annotations

import io
import json
import typing as t

import requests
from urllib3 import HTTPResponse

URL = "https://vault.example.org"


class Canned(t.NamedTuple):
    """An answer. A body other than bytes is sent as JSON."""

    status: int = 200
    body: t.Any = b""
    headers: t.Mapping[str, str] = {}


class StubServer:
    """Gives one answer after the other, and then always the last one. Raises an answer that is an exception."""

    def __init__(self, *answers: Canned | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[requests.PreparedRequest] = []
        self.settings: list[dict[str, t.Any]] = []
        self.closed = False

    @property
    def urls(self) -> list[str]:
        """Method and URL of each request, in order."""
        return [f"{request.method} {str(request.url).replace(URL, '')}" for request in self.asked]

    def answer(self, request: requests.PreparedRequest, **settings: t.Any) -> HTTPResponse:
        """Answer one request."""
        self.asked.append(request)
        self.settings.append(settings)
        canned = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(canned, Exception):
            raise canned
        content = canned.body if isinstance(canned.body, bytes) else json.dumps(canned.body).encode()
        return HTTPResponse(
            io.BytesIO(content), headers=dict(canned.headers), status=canned.status, preload_content=False
        )

    def close(self) -> None:
        """Record that the connections were closed."""
        self.closed = True


#: The fixture ``serve``: lets a stub server give these responses, in place of the network.
Serve = t.Callable[..., StubServer]
