# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The first contact: where the token endpoint and the API are, and a token for an access key."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from . import documented
from .failures import ProbeError

if t.TYPE_CHECKING:
    from .client import Answer, Client
    from .settings import Key, Settings

_MARGIN = 60.0


@dataclasses.dataclass(frozen=True)
class Token:
    """A token, and the answer that it came in."""

    text: str
    answer: Answer
    lifetime: float
    expires_at: float
    renew_at: float


class Login:
    """Logs in where the vault lets it."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._tenant = settings.tenant
        self._key = settings.own
        self.token_prefix = ""
        self.prefix = ""
        # Whether the token request must name the tenant.
        self.needs_tenant = False
        self.first: Token

    def begin(self) -> None:
        """Find the token endpoint and the API; fail with a clear word if there is none, or no access."""
        self.first = self._read(self._find_token_endpoint())
        for prefix in documented.PREFIXES:
            # An identifier that is not a number reaches the application, and reads nothing.
            answer = self._client.send("GET", f"/{prefix}{documented.SECRETS}/mysafe-probe", self.first.text)
            if answer.response:
                self.prefix = prefix
                break
        else:
            raise ProbeError(
                f"The vault issued a token, but its API answered with {answer.outcome}: the access key has no access to"
                " MySafe, or mysafe_url is not the address of the vault."
            )
        if answer.status >= 500:
            raise ProbeError(
                "The vault refuses this access key: it lacks permission, or is restricted to other IP addresses,"
                " referers or client certificates. Check it in MySafe, Integrations, Access keys."
            )

    def form(self, key: Key) -> dict[str, str]:
        """Return the parameters of a token request."""
        tenant = {"tenant": self._tenant} if self.needs_tenant else {}
        return {
            "grant_type": "client_credentials",
            "client_id": key.client_id,
            "client_secret": key.client_secret,
            **tenant,
        }

    @property
    def token_path(self) -> str:
        """The path of the token endpoint."""
        return f"/{self.token_prefix}{documented.TOKEN}"

    def token(self, key: Key) -> Token:
        """Return a new token for an access key."""
        return self._read(self._client.send("POST", self.token_path, data=self.form(key)))

    def _find_token_endpoint(self) -> Answer:
        for prefix in documented.PREFIXES:
            self.token_prefix = prefix
            answer = self._client.send("POST", self.token_path, data=self.form(self._key))
            if not answer.no_route:
                break
        else:
            raise ProbeError("The gateway has no token endpoint: mysafe_url is not the address of a MySafe.")
        if not _token_in(answer) and self._tenant and answer.status in (400, 401):
            self.needs_tenant = True
            answer = self._client.send("POST", self.token_path, data=self.form(self._key))
        return answer

    def _read(self, answer: Answer) -> Token:
        text = _token_in(answer)
        if not text:
            raise ProbeError(_refusal(answer))
        lifetime = answer.object.get("expires_in")
        seconds = float(lifetime) if isinstance(lifetime, (int, float)) and not isinstance(lifetime, bool) else 3600.0
        now = time.monotonic()
        return Token(text, answer, seconds, now + seconds, now + max(seconds / 2, seconds - _MARGIN))


def _token_in(answer: Answer) -> str:
    text = answer.object.get("access_token")
    # Nothing else can be a header.
    return text if answer.status < 300 and isinstance(text, str) and text.isascii() and text.isprintable() else ""


def _refusal(answer: Answer) -> str:
    if answer.status in (400, 401, 403) and answer.object:
        return (
            f"The vault refused the access key (status {answer.status}). Check client_id and client_secret, whether the"
            " key is expired or revoked, and whether a vault with several tenants needs mysafe_tenant."
        )
    if not answer.object:
        return (
            f"The server answered with status {answer.status} and no JSON, perhaps a web page: mysafe_url is not the"
            " address of a MySafe API."
        )
    return (
        f"The token request got an answer with status {answer.status} and no token: this is not a MySafe, or it fails."
    )
