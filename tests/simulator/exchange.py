# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""One request and its answer, free of any web framework."""

from __future__ import annotations

import dataclasses
import json
from typing import Any
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
    # Who called, found out on the way; for the request log.
    access_key: str | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The query string; of a name given twice the last value counts, as in PHP."""
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


def json_answer(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    """Make an answer with a JSON body."""
    return Answer(status, json.dumps(content).encode(), {"content-type": "application/json", **(headers or {})})


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form-encoded body."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
