# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The token endpoint: OAuth 2.0 client credentials as thephpleague/oauth2-server answers it (sections 2.1 to 2.3)."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import typing as t

from .envelope import Envelope
from .exchange import Answer, Call, form_fields, json_answer

if t.TYPE_CHECKING:
    from .access_keys import AccessKey
    from .switches import Switches
    from .tokens import Tokens

_UNSUPPORTED_GRANT = "The authorization grant type is not supported by the authorization server."
_INVALID_REQUEST = (
    "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more "
    "than once, or is otherwise malformed."
)
_AUTHENTICATION_FAILED = "Client authentication failed"


class TokenEndpoint:
    """Issues tokens to access keys."""

    def __init__(self, switches: Switches, keys: dict[str, AccessKey], tokens: Tokens, default_tenant: str) -> None:
        self._switches = switches
        self._keys = {key.client_id: key for key in keys.values()}
        self._tenants = {key.tenant for key in keys.values()}
        self._tokens = tokens
        self._default_tenant = default_tenant

    def accepts(self, method: str) -> bool:
        """Whether there is a route for the method."""
        return method == "POST" or (method == "GET" and self._switches.token_get_allowed)

    def answer(self, call: Call) -> Answer:
        """Answer with a token or an error. The checks come in the order of the library."""
        parameters = self._parameters(call)
        if parameters.get("grant_type") != "client_credentials":
            hint = "Check that all required parameters have been provided"
            return self._error(400, "unsupported_grant_type", _UNSUPPORTED_GRANT, hint)
        client_id, client_secret = self._credentials(call, parameters)
        if not client_id:
            return self._error(400, "invalid_request", _INVALID_REQUEST, "Check the `client_id` parameter")
        tenant = self._tenant(call, parameters)
        if not tenant:
            # Assumption: the error for a missing tenant is undocumented.
            return self._error(400, "invalid_request", _INVALID_REQUEST, "Check the `tenant` parameter")
        key = self._keys.get(client_id)
        good = key is not None and secrets.compare_digest(key.client_secret.encode(), client_secret.encode())
        # Assumption of section 2.4: an expired or revoked key gets the error of a wrong one.
        if key is None or not good or not key.usable or key.tenant != tenant:
            basic = {"www-authenticate": 'Basic realm="OAuth"'} if "authorization" in call.headers else {}
            return self._error(401, "invalid_client", _AUTHENTICATION_FAILED, "", basic)
        call.access_key = key.name
        lifetime = self._switches.token_lifetime
        content = {
            "token_type": self._switches.token_type_case,
            "expires_in": int(lifetime),
            "access_token": self._tokens.issue(key, lifetime),
        }
        return json_answer(
            200,
            content,
            {
                "content-type": "application/json; charset=UTF-8",
                "pragma": "no-cache",
                "cache-control": "no-store",
            },
        )

    def _parameters(self, call: Call) -> dict[str, str]:
        if call.method == "GET":
            return call.parameters
        if call.content_type == "application/x-www-form-urlencoded":
            return form_fields(call.body)
        if call.content_type == "application/json" and self._switches.token_json_allowed:
            try:
                content = json.loads(call.body)
            except ValueError:
                return {}
            if isinstance(content, dict):
                return {name: value for name, value in content.items() if isinstance(value, str)}
        return {}

    def _credentials(self, call: Call, parameters: dict[str, str]) -> tuple[str, str]:
        # The body comes first, Basic is the fallback.
        client_id, client_secret = parameters.get("client_id", ""), parameters.get("client_secret", "")
        if not (client_id and client_secret) and self._switches.token_basic_allowed:
            basic_id, basic_secret = _basic(call.headers.get("authorization", ""))
            client_id, client_secret = client_id or basic_id, client_secret or basic_secret
        return client_id, client_secret

    def _tenant(self, call: Call, parameters: dict[str, str]) -> str:
        if parameters.get("tenant"):
            return parameters["tenant"]
        subdomain = call.headers.get("host", "").partition(".")[0].lower()
        if subdomain in self._tenants:
            return subdomain
        return "" if self._switches.tenant_required else self._default_tenant

    def _error(
        self, status: int, error: str, description: str, hint: str, headers: dict[str, str] | None = None
    ) -> Answer:
        if self._switches.token_error == "envelope":
            answer = Envelope(self._switches, self._default_tenant).unauthorised(description + ".")
            content = json.loads(answer.body)
            content.update(code=status)
            content["response"]["status"] = status
            return json_answer(status, content, headers)
        content = {"error": error}
        if self._switches.token_error == "league":
            content["error_description"] = description
        if hint:
            content["hint"] = hint
        content["message"] = description
        return json_answer(status, content, headers)


def _basic(header: str) -> tuple[str, str]:
    scheme, _blank, credentials = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text: t.Any = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    client_id, _colon, client_secret = text.partition(":")
    return client_id, client_secret
