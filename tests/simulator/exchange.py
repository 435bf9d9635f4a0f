# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A request and its answer, independent of any web framework."""

from __future__ import annotations

import dataclasses
import json
import typing as t
from urllib.parse import parse_qsl


@dataclasses.dataclass
class Call:
    """A request as the appliance sees it."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    client_ip: str = ""
    client_fingerprint: str = ""
    # Set once the caller is known, for the request log.
    access_key: str | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the query string. If a name is repeated, the last value counts, as in PHP."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclasses.dataclass
class Answer:
    """A complete answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    # Of a second Content-Length, which contradicts the first one.
    second_length: int | None = None


def json_answer(status: int, content: t.Any, headers: dict[str, str] | None = None) -> Answer:
    """Make an answer with a JSON body."""
    return Answer(status, json.dumps(content).encode(), {"content-type": "application/json", **(headers or {})})


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form-encoded body."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
