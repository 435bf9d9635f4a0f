# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The bearer token: obtained by the OAuth 2.0 client credentials grant, or given; renewed when it is rejected.

Source: the vendor's MySafe first steps page (v3.33, v4) and its A2A authentication pages for the method and the older
path. The parameters go into the form body; the answer is RFC 6749's, without MySafe's envelope.
"""

from __future__ import annotations

import math
import threading
import time
import typing as t

from . import _answers
from ._errors import MySafeError
from ._requests import AuthBase
from ._secrets import Secrets

if t.TYPE_CHECKING:
    from ._connection import Connection
    from ._http import Transport
    from ._token_cache import TokenCache

#: Where the Access Token URL is when the task does not say: v4's path, then that of older versions.
DEFAULT_PATHS = ("/api/oauth2/token", "/iso/oauth2/token")
#: A token is not used in its last seconds: a request under way must not see it expire.
_MARGIN = 60.0
_DOING = "get an access token"

_REFUSED = _answers.Documented(
    "authentication",
    "the client ID or the client secret is wrong, or the access key is expired or revoked, or does not accept this address",
    "compare mysafe_client_id and mysafe_client_secret with the access key in MySafe, and look at its expiration and"
    " authorized IPs; a vault with several tenants that is reached by IP address also needs mysafe_tenant",
)
_GIVEN_TOKEN_REJECTED = _answers.Documented(
    "authentication",
    "the token in mysafe_access_token has expired or is not one of this vault, or the address is wrong",
    "get a new token, or give mysafe_client_id and mysafe_client_secret instead so that it is renewed by itself",
)


class Token(t.NamedTuple):
    """An access token, and the moment (seconds, monotonic clock) from which on it is no longer used."""

    value: str
    usable_until: float = float("inf")


class Bearer(AuthBase):
    """Puts one token on requests."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: t.Any) -> t.Any:
        """Authorize one request (called by requests)."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class BearerToken:
    """Has a token, and gets one when it is first needed. May be shared between threads."""

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection = connection
        self._transport = transport
        self._lock = threading.Lock()
        self._token: Token | None = Token(connection.access_token) if connection.access_token else None
        self._rejected = ""
        self._cache: TokenCache | None = None
        if connection.token_cache and not connection.access_token:
            from ._token_cache import TokenCache

            self._cache = TokenCache(connection)

    def current(self) -> str:
        """Return a token that can be used now. Raises MySafeError where none can be had."""
        with self._lock:
            if self._token is None or time.monotonic() >= self._token.usable_until:
                self._token = self._obtain() if self._cache is None else self._shared(self._cache)
            return self._token.value

    def replace(self, rejected: str) -> None:
        """Forget a token that the server rejected, so that the next request gets a new one."""
        with self._lock:
            if self._token is not None and self._token.value == rejected:
                self._token = None
                self._rejected = rejected

    @property
    def is_renewable(self) -> bool:
        """Whether a rejected token can be replaced: one that the user gave cannot."""
        return not self._connection.access_token

    def rejection(self, answer: _answers.Answer, doing: str) -> MySafeError:
        """Make the failure for a token given by the user that the server rejects."""
        return _answers.failure(answer, doing, _GIVEN_TOKEN_REJECTED)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the token cache that was asked for is not used, if so."""
        return (self._cache.warning,) if self._cache is not None and self._cache.warning else ()

    def _shared(self, cache: TokenCache) -> Token:
        """Return the token that another task left in the cache, or leave one there."""
        with cache.locked():
            kept = cache.read()
            if kept is not None and kept[0] != self._rejected:
                return Token(kept[0], time.monotonic() + kept[1])
            token = self._obtain()
            usable_for = token.usable_until - time.monotonic()
            if usable_for < float("inf"):
                cache.write(token.value, usable_for)
            return token

    def _obtain(self) -> Token:
        try:
            return self._ask_for_one()
        except MySafeError as error:
            error.maybe_applied = False  # whatever became of this request, it writes nothing
            raise

    def _ask_for_one(self) -> Token:
        urls = (
            [self._connection.token_url]
            if self._connection.token_url
            else [self._connection.url + path for path in DEFAULT_PATHS]
        )
        form = {
            "grant_type": "client_credentials",
            "client_id": self._connection.client_id,
            "client_secret": self._connection.client_secret,
        }
        if self._connection.tenant:
            form["tenant"] = self._connection.tenant
        asked_at = time.monotonic()
        for url in urls:
            # No other authorization: requests would look into .netrc.
            answer = self._transport.send("POST", url, doing=_DOING, auth=lambda request: request, data=form)
            if answer.status != 404:
                break
        secrets = Secrets()
        secrets.add(self._connection.client_secret)
        return self._read(answer.without(secrets), asked_at)

    def _read(self, answer: _answers.Answer, asked_at: float) -> Token:
        if answer.status in (400, 401, 403):
            raise _answers.failure(answer, _DOING, _REFUSED)
        _answers.require_success(answer, _DOING)
        value = answer.body.get("access_token")
        if not isinstance(value, str) or not value:
            raise _answers.unexpected(answer, _DOING, "access_token")
        try:
            lifetime = float(answer.body.get("expires_in") or "inf")
        except (TypeError, ValueError, OverflowError):
            lifetime = float("inf")
        if math.isnan(lifetime):
            lifetime = float("inf")
        return Token(value, asked_at + lifetime - min(_MARGIN, lifetime / 10))
