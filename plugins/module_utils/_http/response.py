# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""An HTTP response as it was received: read as a whole within bounds, and decoded as the UTF-8 JSON that the API speaks."""

from __future__ import annotations

import json
import re
import typing as t

from .bounded import LARGEST_BODY, TooLargeError

#: How much of a body is read at once, in bytes.
_PART = 64 * 1024
#: What may be one half of a surrogate pair in JSON, such as \\ud83d.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Response(t.NamedTuple):
    """One HTTP response. ``text`` is empty where ``body`` holds the parsed JSON."""

    status: int
    headers: t.Mapping[str, str]
    text: str
    body: t.Any

    @classmethod
    def of(cls, received: t.Any) -> Response:
        """Read the body of a response of the library requests. Raises TooLargeError, and what urllib3 raises."""
        parts: list[bytes] = []
        size = 0
        for part in received.raw.stream(_PART, decode_content=True):
            size += len(part)
            if size > LARGEST_BODY:
                raise TooLargeError
            parts.append(part)
        content = b"".join(parts)
        body = _parsed(content)
        return cls(received.status_code, received.headers, "" if body is not None else _shown(content), body)


def _parsed(content: bytes) -> t.Any:
    """Return the JSON value, None where the content is not JSON in UTF-8, whatever the Content-Type says."""
    try:
        text = _without_mark(content.decode())
        body = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(body, ensure_ascii=False).encode()  # half of a pair is no character
    except (ValueError, RecursionError):
        return None
    return body


def _shown(content: bytes) -> str:
    """Return content that is not JSON as a text, in which every known secret can still be found."""
    try:
        return _without_mark(content.decode())
    except ValueError:
        return content.decode("latin-1")


def _without_mark(text: str) -> str:
    """Return a text without a byte order mark. The codec that drops it would be imported for every task anew."""
    return text[1:] if text.startswith("\ufeff") else text
