# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Bearer tokens: issuing, recognising and expiring them (sections 2.2 and 2.4)."""

from __future__ import annotations

import base64
import dataclasses
import json
import secrets
import time
import typing as t

if t.TYPE_CHECKING:
    from .access_keys import AccessKey


@dataclasses.dataclass
class Token:
    """A token that was issued."""

    key: AccessKey
    expires_at: float

    @property
    def expired(self) -> bool:
        """Whether it has expired."""
        return time.time() >= self.expires_at


class Tokens:
    """The tokens issued since the last reset. Expired ones are kept, to tell them from unknown ones."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def issue(self, key: AccessKey, lifetime: float) -> str:
        """Issue a token: a JWT with the header and the claims of the documented sample.

        Its signature is random: a client cannot verify it without the server's key, and this server remembers the
        tokens that it issued.
        """
        now = time.time()
        jti = secrets.token_hex(40)
        header = {"typ": "JWT", "alg": "RS256", "jti": jti}
        claims = {
            "aud": key.client_id,
            "jti": jti,
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now + lifetime),
            "sub": base64.b64encode(key.user.encode()).decode(),
            "scopes": [],
        }
        text = ".".join([_encode_json(header), _encode_json(claims), _encode(secrets.token_bytes(256))])
        self._tokens[text] = Token(key, now + lifetime)
        return text

    def find(self, text: str) -> Token | None:
        """Return the token with this text, expired or not."""
        return self._tokens.get(text)

    def expire_all(self) -> int:
        """Expire all tokens, and return their number."""
        for token in self._tokens.values():
            token.expires_at = 0.0
        return len(self._tokens)


def is_well_formed(text: str) -> bool:
    """Whether a text has the form of a JWT."""
    parts = text.split(".")
    if len(parts) != 3:
        return False
    try:
        return all(isinstance(json.loads(base64.urlsafe_b64decode(part + "===")), dict) for part in parts[:2])
    except ValueError:
        return False


def _encode_json(content: dict[str, t.Any]) -> str:
    return _encode(json.dumps(content, separators=(",", ":")).encode())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
