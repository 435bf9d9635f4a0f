# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Damaged answers: recipes that hypothesis draws, which turn a real answer of the vault into the bytes that are sent."""

from __future__ import annotations

import copy
import dataclasses
import functools
import gzip
import json
import typing as t
import zlib

from hypothesis import strategies as st
from simulator.exchange import Answer
from wire.raw_server import CLOSE, Step

from .vault import OTHER_CODE, encoded

MEBI = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Raw:
    """A JSON text that Python would not write."""

    text: str


#: What stands where the API documents something else.
SCALARS: list[t.Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        43,
        10**40,
        1.5,
        "",
        " ",
        "0",
        "1",
        "true",
        "false",
        "null",
        "maybe",
        "4",
        "٤",
        "4/../3",
    ),
    *("3?x=1", "a\u0000b", "\u202e\u2028", "x" * 5000, OTHER_CODE, "1005: Api secret not found", "has already been"),
    *(Raw("NaN"), Raw("Infinity"), Raw("1e999"), Raw("-0"), Raw("9" * 5000), Raw('"\\ud800"'), Raw("3.0"), Raw("tru")),
]
values: st.SearchStrategy[t.Any] = (
    st.sampled_from(SCALARS)
    | st.sampled_from([[], {}, [[]], [None], [{}], [3], {"3": {}}, Raw("[" * 3000 + "]" * 3000), Raw("[" * 100_000)])
    | st.text(max_size=8)
    | st.integers()
)
_OPERATIONS = (
    "replace",
    "replace",
    "replace",
    "delete",
    "wrap",
    "unwrap",
    "add",
    "double",
    "double",
    "rename",
    "other",
)


@dataclasses.dataclass(frozen=True)
class Structural:
    """Changes one place of the JSON in an answer. ``place`` is counted over all that the answer has."""

    operation: str
    place: int
    value: t.Any

    def body(self, answer: Answer) -> bytes:
        """Return the body that is sent."""
        try:
            root = [json.loads(answer.body)]
        except ValueError:
            return answer.body
        places = list(_places(root))
        holder, key = places[self.place % len(places)]
        self._change(holder, key, root)
        return _dumped(root[0])

    def _change(self, holder: t.Any, key: t.Any, root: list[t.Any]) -> None:
        found = holder[key]
        if self.operation == "delete":
            del holder[key]
            root[:] = root or [None]
        elif self.operation == "wrap":
            holder[key] = [found] if self.place % 2 else {"data": found}
        elif self.operation == "unwrap" and isinstance(found, (dict, list)) and found:
            holder[key] = next(iter(found.values() if isinstance(found, dict) else found))
        elif self.operation == "add" and isinstance(found, dict):
            found["response" if self.place % 2 else "api_secret_entity"] = self.value
        elif self.operation == "double" and isinstance(holder, dict):
            # The same key twice, with another value first or last.
            rest = dict(holder)
            holder.clear()
            doubled = {Raw(json.dumps(key)): self.value}
            holder.update({**rest, **doubled} if self.place % 2 else {**doubled, **rest})
        elif self.operation == "rename" and isinstance(holder, dict):
            holder[key.upper() if self.place % 2 else f"{key} "] = holder.pop(key)
        elif self.operation == "other":
            _swap(root[0])
        else:
            holder[key] = self.value


def _swap(body: t.Any) -> None:
    """Make an answer one about another secret: the vault has 3 and 4."""
    for holder, key in list(_places([body])):
        if key == "identifier":
            holder[key] = "4" if str(holder[key]) == "3" else "3"


def _places(value: t.Any) -> t.Iterator[tuple[t.Any, t.Any]]:
    for key in list(range(len(value)) if isinstance(value, list) else value):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def _dumped(value: t.Any) -> bytes:
    if isinstance(value, Raw):
        return value.text.encode()
    if isinstance(value, dict):
        pairs = [
            (key.text if isinstance(key, Raw) else json.dumps(key)).encode() + b":" + _dumped(inner)
            for key, inner in value.items()
        ]
        return b"{" + b",".join(pairs) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_dumped, value)) + b"]"
    return json.dumps(value).encode()


structural = st.builds(Structural, st.sampled_from(_OPERATIONS), st.integers(0, 200), values)


# Bytes and HTTP.


@dataclasses.dataclass(frozen=True)
class Bytes:
    """Changes the bytes of a body; the rest of the answer is right."""

    operation: str
    place: int
    value: bytes

    def body(self, answer: Answer) -> bytes:
        """Return the body that is sent."""
        content = answer.body
        at = self.place % (len(content) + 1)
        if self.operation in ("utf-16", "utf-32-le", "utf-7"):
            return content.decode().encode(self.operation)
        left, right = content[:at], content[at:]
        changed: dict[str, bytes] = {
            "cut": left,
            "flip": left + bytes(byte ^ (1 << self.place % 8) for byte in right[:1]) + right[1:],
            "insert": left + self.value + right,
            "replace": left + self.value + right[len(self.value) :],
            "mark": b"\xef\xbb\xbf" + content,
            "marks": b"\xef\xbb\xbf" * 2 + content,
            "twice": content + content,
            "empty": b"",
        }
        return changed[self.operation]


_BYTES = [
    *["cut"] * 2,
    *["flip"] * 3,
    *["insert"] * 2,
    "replace",
    "mark",
    "marks",
    "twice",
    "utf-16",
    "utf-32-le",
    "utf-7",
    "empty",
]
_PIECES = [
    b"\xff",
    b"\xc3",
    b"\xe9",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\x00",
    b'"',
    b"}",
    b"\\",
    b"\\u",
    b",",
    b"\x1f\x8b",
    b"\n",
    b"0" * 30,
]
in_bytes = st.builds(
    Bytes, st.sampled_from(_BYTES), st.integers(0, 5000), st.sampled_from(_PIECES) | st.binary(max_size=3)
)


def bomb(size: int) -> bytes:
    """Return a gzip file of zeros, about a thousandth of the size that it has decompressed. Its end is missing."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MEBI)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (size // MEBI)


@functools.cache
def bombs() -> dict[str, tuple[str, bytes]]:
    """Return what explodes: the header Content-Encoding, and the body."""
    large = bomb(10 * 1024 * MEBI)
    return {
        "gzip": ("gzip", large),
        "deflate": ("deflate", zlib.compress(bytes(32 * MEBI))),
        "gzip in gzip": ("gzip, gzip", gzip.compress(large, 1)),
        "gzip in deflate in gzip": ("gzip, deflate, gzip", gzip.compress(zlib.compress(gzip.compress(large, 1)))),
        "a thousand codings": (", ".join(["gzip"] * 1000), large[: 64 * 1024]),
        "x-gzip": ("x-gzip", large),
    }


def _head(answer: Answer, **headers: t.Any) -> bytes:
    """Return the head of an answer with other headers; None leaves one out, and a list has it several times."""
    fields: dict[str, t.Any] = {**answer.headers, "content-length": len(answer.body)}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"HTTP/1.1 {answer.status} X"]
    for name, value in fields.items():
        lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value]) if one is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _chunked(answer: Answer, chunks: bytes) -> bytes:
    return _head(answer, content_length=None, transfer_encoding="chunked") + chunks


def _coded(answer: Answer, coding: str, content: bytes) -> bytes:
    return _head(answer, content_encoding=coding, content_length=len(content)) + content


#: Name -> the bytes that are sent instead. The number is any.
HTTP: dict[str, t.Callable[[Answer, int], bytes]] = {
    "nothing": lambda a, n: b"",
    "half of the head": lambda a, n: encoded(a)[: n % 60],
    "cut off": lambda a, n: encoded(a)[: -1 - n % max(1, len(a.body))],
    "a flipped bit in the head": lambda a, n: _flipped(_head(a), n) + a.body,
    "a body only": lambda a, n: a.body,
    "HTTP/0.9": lambda a, n: b"<html>" + a.body,
    "HTTP/1.0": lambda a, n: encoded(a).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP/2": lambda a, n: encoded(a).replace(b"HTTP/1.1", b"HTTP/2"),
    "another status": lambda a, n: encoded(a).replace(b" %d " % a.status, b" %d " % (100 + n % 500), 1),
    "no status": lambda a, n: encoded(a).replace(b" %d " % a.status, b" ", 1),
    "a status of words": lambda a, n: encoded(a).replace(b" %d " % a.status, b" two hundred ", 1),
    "a large status": lambda a, n: encoded(a).replace(b" %d " % a.status, b" 2%s00 " % (b"0" * (n % 5000)), 1),
    "a negative status": lambda a, n: encoded(a).replace(b" %d " % a.status, b" -200 ", 1),
    "a long status line": lambda a, n: encoded(a).replace(b" OK\r\n", b" " + b"O" * (60_000 + n * 10) + b"\r\n", 1),
    "headers without end": lambda a, n: _head(a, x=["a"] * (90 + n % 500)) + a.body,
    "a long header": lambda a, n: _head(a, x_long="a" * (60_000 + n * 10)) + a.body,
    "a folded header": lambda a, n: _head(a, x_folded="a\r\n b\r\n\tcontent-length: 3") + a.body,
    "a folded length": lambda a, n: _head(a, content_length=f"{len(a.body)}\r\n 0") + a.body,
    "a header without a name": lambda a, n: _head(a, **{"": "x"}) + a.body,
    "a line that is no header": lambda a, n: _head(a, x="a\r\nno header") + a.body,
    "a NUL in a header": lambda a, n: _head(a, x="a\0b") + a.body,
    "a header in Latin-1": lambda a, n: _head(a, x_request_id="caf\xe9 \x85 \xa0") + a.body,
    "line feeds only": lambda a, n: encoded(a).replace(b"\r\n", b"\n"),
    "100 Continue, often": lambda a, n: b"HTTP/1.1 100 Continue\r\n\r\n" * (n % 300) + encoded(a),
    "103 Early Hints, often": lambda a, n: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * (1 + n % 300) + encoded(a),
    "102 and another": lambda a, n: b"HTTP/1.1 102 Processing\r\n\r\n" + encoded(a),
    "101": lambda a, n: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + encoded(a),
    "a longer length": lambda a, n: _head(a, content_length=len(a.body) + 1 + n) + a.body,
    "a shorter length": lambda a, n: _head(a, content_length=max(0, len(a.body) - 1 - n)) + a.body,
    "a huge length": lambda a, n: _head(a, content_length=10**15) + a.body,
    "a length beyond all numbers": lambda a, n: _head(a, content_length="9" * 5000) + a.body,
    "a negative length": lambda a, n: _head(a, content_length=-1) + a.body,
    "a length with a sign": lambda a, n: _head(a, content_length=f"+{len(a.body)}") + a.body,
    "a length of words": lambda a, n: _head(a, content_length="many") + a.body,
    "a length in hexadecimal": lambda a, n: _head(a, content_length=hex(len(a.body))) + a.body,
    "the length twice": lambda a, n: _head(a, content_length=[len(a.body)] * 2) + a.body,
    "two lengths": lambda a, n: _head(a, content_length=[len(a.body), n]) + a.body,
    "two lengths in one": lambda a, n: _head(a, content_length=f"{n}, {len(a.body)}") + a.body,
    "no length": lambda a, n: _head(a, content_length=None) + a.body,
    "no length, and cut off": lambda a, n: _head(a, content_length=None) + a.body[: n % (len(a.body) + 1)],
    "a length and chunks": lambda a, n: _head(a, transfer_encoding="chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(a.body), a.body),
    "chunks": lambda a, n: _chunked(a, b"%x\r\n%b\r\n0\r\n\r\n" % (len(a.body), a.body)),
    "chunks of a byte": lambda a, n: _chunked(a, b"".join(b"1\r\n%c\r\n" % byte for byte in a.body) + b"0\r\n\r\n"),
    "a chunk with an extension": lambda a, n: _chunked(a, b"%x;%b\r\n%b\r\n0\r\n\r\n" % (len(a.body), b"x" * n, a.body)),
    "a chunk cut off": lambda a, n: _chunked(a, b"%x\r\n%b" % (len(a.body) + 1 + n, a.body)),
    "chunks without the last": lambda a, n: _chunked(a, b"%x\r\n%b\r\n" % (len(a.body), a.body)),
    "a chunk of a huge size": lambda a, n: _chunked(a, b"%b\r\n%b" % (b"f" * (8 + n % 60), a.body)),
    "a chunk of a negative size": lambda a, n: _chunked(a, b"-%x\r\n%b\r\n0\r\n\r\n" % (len(a.body), a.body)),
    "a chunk of no size": lambda a, n: _chunked(a, b"xyz\r\n%b\r\n0\r\n\r\n" % a.body),
    "a chunk of an odd size": lambda a, n: _chunked(a, b"0x%x\r\n%b\r\n0\r\n\r\n" % (len(a.body), a.body)),
    "a chunk that is longer": lambda a, n: _chunked(a, b"%x\r\n%b\r\n0\r\n\r\n" % (max(1, len(a.body) // 2), a.body)),
    "chunks with trailers": lambda a, n: _chunked(a, b"%x\r\n%b\r\n0\r\n" % (len(a.body), a.body) + b"X: a\r\n" * (n % 3000) + b"\r\n"),
    "chunked twice": lambda a, n: _head(a, content_length=None, transfer_encoding="chunked, chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(a.body), a.body),
    "an unknown transfer": lambda a, n: _head(a, transfer_encoding="gzip") + a.body,
    "something after the body": lambda a, n: encoded(a) + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "gzip": lambda a, n: _coded(a, "gzip", gzip.compress(a.body)),
    "deflate": lambda a, n: _coded(a, "deflate", zlib.compress(a.body)),
    "raw deflate": lambda a, n: _coded(a, "deflate", zlib.compress(a.body)[2:-4]),
    "gzip in parts": lambda a, n: _coded(a, "gzip", gzip.compress(a.body[:n]) + gzip.compress(a.body[n:])),
    "gzip cut off": lambda a, n: _coded(a, "gzip", gzip.compress(a.body)[: -1 - n % 30]),
    "gzip with something after": lambda a, n: _coded(a, "gzip", gzip.compress(a.body) + b"}" * (n % 20)),
    "gzip in gzip": lambda a, n: _coded(a, "gzip, gzip", gzip.compress(gzip.compress(a.body))),
    "a flipped bit in gzip": lambda a, n: _coded(a, "gzip", _flipped(gzip.compress(a.body), n)),
    "said to be gzip": lambda a, n: _coded(a, "gzip", a.body),
    "said to be br": lambda a, n: _coded(a, "br", a.body),
    "said to be zstd": lambda a, n: _coded(a, "zstd", b"\x28\xb5\x2f\xfd" + a.body),
    "said to be anything": lambda a, n: _coded(a, "x-custom", a.body),
    "said to be identity": lambda a, n: _coded(a, "identity", a.body),
    "gzip that nobody says": lambda a, n: _head(a, content_length=len(gzip.compress(a.body))) + gzip.compress(a.body),
    "another charset": lambda a, n: _head(a, content_type="application/json; charset=utf-16") + a.body,
    "no charset": lambda a, n: _head(a, content_type="text/html; charset=\x00undefined") + a.body,
    "a redirect": lambda a, n: _head(dataclasses.replace(a, status=302), location="https://[") + a.body,
    "a wait": lambda a, n: _head(dataclasses.replace(a, status=503), retry_after="9" * (1 + n % 400)) + a.body,
    "a wait with a date": lambda a, n: _head(dataclasses.replace(a, status=429), retry_after="Sun, 06 Nov 99999 08:49:37 GMT") + a.body,
    "a limit": lambda a, n: _head(dataclasses.replace(a, status=429), ratelimit_reset="\u00b2", x_ratelimit_reset="-1") + a.body,
}  # fmt: skip


def _flipped(content: bytes, place: int) -> bytes:
    at = place % len(content)
    return content[:at] + bytes([content[at] ^ (1 << place % 8)]) + content[at + 1 :]


@dataclasses.dataclass(frozen=True)
class Http:
    """Sends the right body in damaged HTTP."""

    operation: str
    number: int

    def body(self, answer: Answer) -> bytes:
        """Return what the bytes stand for, as far as anything can be believed of them."""
        return answer.body

    def script(self, answer: Answer) -> bytes:
        """Return the bytes that are sent."""
        return HTTP[self.operation](answer, self.number)


in_http = st.builds(Http, st.sampled_from(list(HTTP)), st.integers(0, 1000))
Mutation = t.Union[Structural, Bytes, Http]
mutations: st.SearchStrategy[Mutation] = st.one_of(structural, structural, in_bytes, in_http)


def script(mutation: Mutation, answer: Answer) -> t.Sequence[Step]:
    """Return what is sent instead of an answer. The connection ends with it, so that nobody waits for more."""
    if isinstance(mutation, Http):
        return [mutation.script(answer), CLOSE]
    sent = copy.copy(answer)
    sent.body = mutation.body(answer)
    return [encoded(sent), CLOSE]
