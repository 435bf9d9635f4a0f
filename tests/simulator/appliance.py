# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The whole appliance: gateway, token endpoint, authorization and API, with the state that a reset restores."""

from __future__ import annotations

import typing as t
from http import HTTPStatus

from . import messages, seed
from .api import Api
from .encryption import Encryption
from .entities import Entities
from .envelope import Envelope
from .exchange import Answer
from .gateway import Gateway
from .oauth import TokenEndpoint
from .switches import Switches, preset
from .tokens import Tokens, is_well_formed

if t.TYPE_CHECKING:
    from .access_keys import AccessKey
    from .exchange import Call
    from .state import Vault

_PREFIXES = ("api", "iso")
_TOKEN_PATH = "/oauth2/token"
_NO_JSON = "Bad token; invalid JSON"


class Appliance:
    """Answers calls, one at a time and without waiting."""

    def __init__(self, profile: str, switches: dict[str, t.Any], client_fingerprint: str = "") -> None:
        self.encryption = Encryption()
        self._profile = profile
        self._launch_switches = switches
        self._client_fingerprint = client_fingerprint
        self.switches: Switches
        self.keys: dict[str, AccessKey]
        self.vaults: dict[str, Vault]
        self.tokens: Tokens
        self.gateway: Gateway
        self._token_endpoint: TokenEndpoint
        self._apis: dict[str, Api]
        self.reset()

    def reset(self, profile: str | None = None, switches: dict[str, t.Any] | None = None) -> None:
        """Restore the seed state. The given switches override those of the command line, and those the profile's."""
        chosen = preset(profile or self._profile)
        chosen.update(self._launch_switches)
        chosen.update(switches or {})
        self.switches = chosen
        self.keys = seed.access_keys(self._client_fingerprint)
        self.vaults = seed.vaults(chosen)
        self.tokens = Tokens()
        self.gateway = Gateway(chosen)
        self._token_endpoint = TokenEndpoint(chosen, self.keys, self.tokens, seed.DEFAULT_TENANT)
        entities = Entities(chosen, self.encryption)
        self._apis = {
            tenant: Api(chosen, vault, entities, self.envelope(tenant)) for tenant, vault in self.vaults.items()
        }

    def envelope(self, tenant: str = seed.DEFAULT_TENANT) -> Envelope:
        """Return the envelope for answers of the application."""
        return Envelope(self.switches, tenant)

    @property
    def writes(self) -> int:
        """The number of writes so far, in the vaults of all tenants."""
        return sum(vault.writes for vault in self.vaults.values())

    def answer(self, call: Call) -> Answer:
        """Answer a call, through the pipeline of section 6."""
        prefix, path = _split(call.path)
        if path == _TOKEN_PATH and self._routed(prefix, self.switches.token_paths):
            if not self._token_endpoint.accepts(call.method):
                return self.gateway.no_route(call)
            return self._behind_limit(call, lambda: self._token_endpoint.answer(call))
        if path in ("", _TOKEN_PATH) or not self._routed(prefix, self.switches.api_paths):
            return self.gateway.no_route(call)
        key = self._authenticate(call)
        if isinstance(key, Answer):
            return key
        return self._behind_limit(call, lambda: self._application(call, path, key))

    def _application(self, call: Call, path: str, key: AccessKey) -> Answer:
        envelope = self.envelope(key.tenant)
        if self.switches.lockdown:
            return envelope.lockdown(self.switches.lockdown)
        if not key.permitted and self.switches.no_permission == "gateway":
            return self.gateway.no_route(call)
        for applies, message, error_code in _restrictions(call, key):
            if applies:
                return envelope.unauthorised(message, error_code)
        return self._apis[key.tenant].answer(call, path, key)

    def _authenticate(self, call: Call) -> AccessKey | Answer:
        scheme, _blank, text = call.headers.get("authorization", "").partition(" ")
        # Assumption: any other scheme counts as no token.
        if scheme.lower() != "bearer":
            return self.gateway.no_route(call)
        token = self.tokens.find(text.strip())
        if token is None:
            return self._rejection(call, "message", "Invalid signature" if is_well_formed(text.strip()) else _NO_JSON)
        call.access_key = token.key.name
        if token.expired:
            return self._rejection(call, self.switches.token_expired_body, "token expired")
        return token.key

    def _rejection(self, call: Call, form: str, text: str) -> Answer:
        if form == "404" or self.switches.auth_failure != HTTPStatus.UNAUTHORIZED:
            return self.gateway.no_route(call)
        return self.gateway.plugin(HTTPStatus.UNAUTHORIZED, {form: text})

    def _behind_limit(self, call: Call, proceed: t.Any) -> Answer:
        refusal, headers = self.gateway.limited(call)
        if refusal is not None:
            return refusal
        answer: Answer = proceed()
        if "server" not in answer.headers:
            self.gateway.passed_on(answer)
        answer.headers.update(headers)
        return answer

    @staticmethod
    def _routed(prefix: str, paths: str) -> bool:
        return prefix in _PREFIXES and paths in ("both", prefix)


def _restrictions(call: Call, key: AccessKey) -> t.Iterator[tuple[bool, str, int]]:
    referer = call.headers.get("referer", "")
    yield not key.permitted, messages.NOT_AUTHORIZED, 1
    yield not key.usable, messages.KEY_UNUSABLE, 1
    # Assumption: an allowed referer is a prefix.
    yield bool(key.referers) and not referer.startswith(key.referers), messages.REFERER_REFUSED, 1105
    yield bool(key.ips) and call.client_ip not in key.ips, messages.IP_REFUSED, 1
    yield bool(key.fingerprint) and key.fingerprint != call.client_fingerprint, messages.CERTIFICATE_REFUSED, 1


def _split(path: str) -> tuple[str, str]:
    _empty, _slash, rest = path.partition("/")
    prefix, slash, path = rest.partition("/")
    return prefix, slash + path
