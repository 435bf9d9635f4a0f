# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""An HTTP response as it was received: read as a whole within bounds, and decoded as the UTF-8 JSON that the API speaks."""

from __future__ import annotations

import json
import re
import typing as t
import zlib

from . import libraries
from .bounded import LARGEST_BODY, TooLargeError

#: How much of a body is read at once, in bytes.
_PART = 64 * 1024
#: Content coding -> the window bits with which zlib decompresses it. No other is asked for.
_CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
ACCEPTED = "gzip, deflate"
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
        """Read the body of a response of urllib3. Raises TooLargeError, and what urllib3 raises."""
        parts: list[bytes] = []
        size = 0
        # Versions of urllib3 before 2.6 decompress each part as a whole, however large it becomes.
        for part in received.stream(_PART, decode_content=False):
            size += len(part)
            if size > LARGEST_BODY:
                raise TooLargeError
            parts.append(part)
        content = b"".join(parts)
        parts.clear()  # as large again
        content = _decompressed(content, received.headers.get("Content-Encoding", ""))
        body = _parsed(content)
        return cls(received.status, received.headers, "" if body is not None else _shown(content), body)


def _decompressed(content: bytes, codings: str) -> bytes:
    """Return the content without its compression, of which a header tells. What is compressed otherwise is left alone.

    Raises DecodeError, and TooLargeError before more than the largest body is decompressed.
    """
    named = [coding for coding in codings.lower().replace(" ", "").split(",") if coding in _CODINGS]
    if not named or not content:
        return content
    bits = _CODINGS[named[0]]
    if named[0] == "deflate" and not _has_zlib_header(content):
        bits = -bits  # some servers leave out what zlib puts around it
    unpacker = zlib.decompressobj(bits)
    try:
        unpacked = unpacker.decompress(content, LARGEST_BODY + 1)
    except zlib.error as exc:
        raise libraries.DecodeError from exc
    if len(unpacked) > LARGEST_BODY:
        raise TooLargeError
    if len(named) > 1 or not unpacker.eof or unpacker.unused_data:
        raise libraries.DecodeError
    return unpacked


def _has_zlib_header(content: bytes) -> bool:
    return content[0] & 0x0F == 8 and int.from_bytes(content[:2], "big") % 31 == 0


def _parsed(content: bytes) -> t.Any:
    """Return the JSON value, None where the content is not JSON in UTF-8, whatever the Content-Type says.

    An object that has a key twice says two things at once, and what Python reads beyond JSON (NaN) says nothing.
    """
    try:
        text = _without_mark(content.decode())
        body = json.loads(text, object_pairs_hook=_object, parse_constant=_no_json)
        if _SURROGATE.search(text):
            json.dumps(body, ensure_ascii=False).encode()  # half of a pair is no character
    except (ValueError, RecursionError):
        return None
    return body


def _object(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_json(_constant: str) -> t.NoReturn:
    raise ValueError


def _shown(content: bytes) -> str:
    """Return content that is not JSON as a text, in which every known secret can still be found."""
    try:
        return _without_mark(content.decode())
    except ValueError:
        return content.decode("latin-1")


def _without_mark(text: str) -> str:
    """Return a text without a byte order mark. The codec that drops it would be imported for every task anew."""
    return text[1:] if text.startswith("\ufeff") else text
