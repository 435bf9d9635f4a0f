# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The bearer token of a session: obtained when first needed, or given; renewed when it expires or is rejected."""

from __future__ import annotations

import threading
import time
import typing as t

from .._errors import Fate, MySafeError
from .libraries import AuthBase

if t.TYPE_CHECKING:
    from .connection import Connection
    from .token_cache import TokenCache

#: A token is not used in its last seconds: it must not expire while a request is under way.
_MARGIN = 60.0


class Token(t.NamedTuple):
    """An access token, and the moment (seconds, monotonic clock) from which on it is no longer used."""

    value: str
    usable_until: float = float("inf")

    @classmethod
    def lasting(cls, value: str, lifetime: float, since: float) -> Token:
        """Return a token that the server issued at a moment (monotonic clock), with its lifetime in seconds."""
        return cls(value, since + lifetime - min(_MARGIN, lifetime / 10))


class Bearer(AuthBase):
    """Puts one token on requests."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: t.Any) -> t.Any:
        """Authorize one request (called by requests)."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class BearerToken:
    """Holds a token, and calls ``obtain`` for one when it is first needed. May be shared between threads."""

    def __init__(self, connection: Connection, obtain: t.Callable[[], Token]) -> None:
        self._obtain_one = obtain
        self._lock = threading.Lock()
        self._token: Token | None = Token(connection.access_token) if connection.access_token else None
        self._rejected: set[str] = set()
        self._cache: TokenCache | None = None
        self._failure: MySafeError | None = None
        self._failures = 0
        #: How often a token was obtained.
        self.logins = 0
        #: Whether a rejected token can be replaced: one that the user gave cannot.
        self.is_renewable = not connection.access_token
        if connection.token_cache and self.is_renewable:
            from .token_cache import TokenCache

            self._cache = TokenCache(connection)

    def current(self) -> str:
        """Return a token that can be used now. Raises MySafeError where none can be had."""
        failed_before = self._failures
        with self._lock:
            if self._token is None or time.monotonic() >= self._token.usable_until:
                if self._failures != failed_before:
                    raise t.cast("MySafeError", self._failure).but()  # this thread waited for that very login
                self._token = self._obtain() if self._cache is None else self._shared(self._cache)
            return self._token.value

    def replace(self, rejected: str) -> None:
        """Forget a token that the server rejected, so that the next request gets a new one."""
        with self._lock:
            if self._token is not None and self._token.value == rejected:
                self._token = None
            self._rejected.add(rejected)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the token cache is not used although the task asks for it, if so."""
        return (self._cache.warning,) if self._cache is not None and self._cache.warning else ()

    def _shared(self, cache: TokenCache) -> Token:
        """Return the token that another task left in the cache, or leave one there."""
        with cache.locked():
            kept = cache.read()
            if kept is not None and kept[0] not in self._rejected:
                return Token(kept[0], time.monotonic() + kept[1])
            token = self._obtain()
            usable_for = token.usable_until - time.monotonic()
            if usable_for < float("inf"):
                cache.write(token.value, usable_for)
            return token

    def _obtain(self) -> Token:
        try:
            token = self._obtain_one()
        except MySafeError as error:
            # Whatever became of this request, it writes nothing.
            self._failure = error.but(fate=Fate.NOT_SENT)
            self._failures += 1
            raise self._failure from None
        self.logins += 1
        self._rejected.discard(token.value)
        return token
