# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The documented outcomes of the API, and how to provoke each of them in the simulator (sections 3.3 to 3.7)."""

from __future__ import annotations

import dataclasses
import typing as t

import requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

_SECRETS = "/api/mysafe/secretapi"
_COMPLETE = {"name": "n", "url": "u", "client_id": "c", "client_secret": "s", "identifier_code": "two"}


class Vault:
    """A simulator with an active and an inactive secret of alice, and one of carol."""

    def __init__(self, simulator: Simulator, profile: str, **switches: t.Any) -> None:
        simulator.reset(profile, **switches)
        self.simulator = simulator
        self.own = simulator.add_secret(owner="alice", name="n", url="u", client_id="c", identifier_code="one")
        self.inactive = simulator.add_secret(owner="alice", name="n", url="u", client_id="c", active=False)
        self.foreign = simulator.add_secret(owner="carol", name="n", url="u", client_id="c")

    def token(self, access_key: str = "alice", **changes: str) -> requests.Response:
        """Request a token."""
        key = self.simulator.access_keys[access_key]
        parameters = {
            "grant_type": "client_credentials",
            **{name: key[name] for name in ("client_id", "client_secret")},
        }
        return self.ask("POST", "/api/oauth2/token", access_key="", data={**parameters, **changes})

    def ask(self, method: str, path: str, access_key: str = "alice", **options: t.Any) -> requests.Response:
        """Call the API."""
        headers = {"Accept": "application/json"}
        if access_key:
            headers["Authorization"] = "Bearer " + self.token(access_key).json()["access_token"]
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.simulator.url + path, verify=self.simulator.ca_path, headers=headers, timeout=30, **options
            )


@dataclasses.dataclass
class Outcome:
    """A documented outcome of an operation, and a way to provoke it."""

    operation: str
    status: int
    message: str
    provoke: t.Callable[[Vault], requests.Response]
    profile: str = "v4"
    switches: dict[str, t.Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.profile} {self.operation} {self.status} {self.message}"


def _list(vault: Vault) -> requests.Response:
    return vault.ask("GET", _SECRETS)


def _create(**changes: str) -> t.Callable[[Vault], requests.Response]:
    return lambda vault: vault.ask("POST", _SECRETS, json={**_COMPLETE, **changes})


def _one(operation: str, which: str) -> t.Callable[[Vault], requests.Response]:
    method, path, body = {
        "getApiSecret": ("GET", "/", None),
        "updateApiSecret": ("PUT", "/update/", {"notes": "x"}),
        "activateApiSecret": ("POST", "/active/", None),
        "deactivateApiSecret": ("POST", "/inactive/", None),
    }[operation]

    def provoke(vault: Vault) -> requests.Response:
        return vault.ask(method, _SECRETS + path + getattr(vault, which, which), json=body)

    return provoke


def _duplicate_by_update(vault: Vault) -> requests.Response:
    return vault.ask("PUT", f"{_SECRETS}/update/{vault.inactive}", json={"identifier_code": "one"})


def _update_without(name: str) -> t.Callable[[Vault], requests.Response]:
    body = {field: value for field, value in _COMPLETE.items() if field != name}
    return lambda vault: vault.ask("PUT", f"{_SECRETS}/update/{vault.own}", json=body)


def _gateway(status: int) -> t.Callable[[Vault], requests.Response]:
    def provoke(vault: Vault) -> requests.Response:
        vault.simulator.fault({"gateway": status}, path="secretapi$")
        return _list(vault)

    return provoke


def _expired(vault: Vault) -> requests.Response:
    token = vault.token().json()["access_token"]
    vault.simulator.expire_tokens()
    return vault.ask("GET", _SECRETS, access_key="", params={}, auth=_Bearer(token))


class _Bearer(requests.auth.AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Bearer " + self._token
        return request


_WITH_IDENTIFIER = ("getApiSecret", "updateApiSecret", "activateApiSecret", "deactivateApiSecret")
_DUPLICATE = "1001: Identifier already found in another API key of this user"
_DUPLICATE_V332 = "1001: 'Identifier' already found in another API key of this user"
_ALREADY = "Api secret has already been "

OUTCOMES = [
    Outcome(
        "getToken",
        400,
        "The authorization grant type is not supported by the authorization server.",
        lambda vault: vault.token(grant_type="password"),
    ),
    Outcome("getToken", 401, "Client authentication failed", lambda vault: vault.token(client_secret="wrong")),
    Outcome("listApiSecrets", 200, "", _list),
    Outcome("getApiSecret", 200, "Success", _one("getApiSecret", "own")),
    Outcome("createApiSecret", 201, "Api secret successfully registered", _create()),
    Outcome("updateApiSecret", 200, "Api secret updated successfully", _one("updateApiSecret", "own")),
    Outcome(
        "updateApiSecret",
        201,
        "Api secret successfully registered",
        _one("updateApiSecret", "own"),
        profile="v4_en_doc",
    ),
    Outcome("deactivateApiSecret", 200, "Api secret successfully deactivated", _one("deactivateApiSecret", "own")),
    Outcome(
        "deactivateApiSecret",
        200,
        "API secret  successfully deactivated",
        _one("deactivateApiSecret", "own"),
        profile="v3_32",
    ),
    Outcome("deactivateApiSecret", 200, _ALREADY + "deactivated", _one("deactivateApiSecret", "inactive")),
    Outcome("activateApiSecret", 200, "Api secret activated successfully", _one("activateApiSecret", "inactive")),
    Outcome("activateApiSecret", 200, _ALREADY + "activated", _one("activateApiSecret", "own")),
    *(
        Outcome("createApiSecret", 400, f"1001: Parameter '{name}' was not informed!", _create(**{name: ""}))
        for name in ("name", "url", "client_id")
    ),
    *(
        Outcome(
            "updateApiSecret",
            400,
            f"1001: Parameter '{name}' was not informed!",
            _update_without(name),
            switches={"update_requires_base_fields": True},
        )
        for name in ("name", "url", "client_id")
    ),
    Outcome("createApiSecret", 400, _DUPLICATE, _create(identifier_code="one")),
    Outcome("createApiSecret", 400, _DUPLICATE_V332, _create(identifier_code="one"), profile="v3_32"),
    Outcome("updateApiSecret", 400, _DUPLICATE, _duplicate_by_update),
    Outcome("updateApiSecret", 400, _DUPLICATE_V332, _duplicate_by_update, profile="v3_32"),
    *(Outcome(name, 400, "1005: Api secret not found", _one(name, "999")) for name in _WITH_IDENTIFIER),
    Outcome("getApiSecret", 400, "1005: API secret not found", _one("getApiSecret", "999"), profile="v3_32"),
    *(Outcome(name, 400, "1006: User does not have access", _one(name, "foreign")) for name in _WITH_IDENTIFIER),
    Outcome("getApiSecret", 400, "1009: Inactive Api secret", _one("getApiSecret", "inactive")),
    Outcome("getApiSecret", 400, "1009: Inactive api secret", _one("getApiSecret", "inactive"), profile="v3_32"),
    Outcome("getApiSecret", 400, "1010: Unexpected identifier type", _one("getApiSecret", "abc")),
    Outcome("createApiSecret", 500, "Unexpected error.", lambda vault: vault.ask("POST", _SECRETS, json={"tags": []})),
    Outcome(
        "createApiSecret",
        500,
        "Unexpected error",
        lambda vault: vault.ask("POST", _SECRETS, json={"tags": []}),
        profile="v3_32",
    ),
    Outcome(
        "listApiSecrets",
        500,
        "The http referer is not allowed",
        lambda vault: vault.ask("GET", _SECRETS, access_key="referer"),
    ),
    Outcome(
        "listApiSecrets",
        500,
        "You are not authorized to access this resource.",
        lambda vault: vault.ask("GET", _SECRETS, access_key="unauthorized"),
    ),
    Outcome(
        "listApiSecrets",
        503,
        "senhasegura is under Lockdown until 2030-01-01",
        _list,
        switches={"lockdown": "2030-01-01"},
    ),
    Outcome("listApiSecrets", 404, "Resource sub not found", lambda vault: vault.ask("GET", _SECRETS + "/")),
    Outcome(
        "listApiSecrets",
        404,
        "no Route matched with those values",
        lambda vault: vault.ask("GET", _SECRETS, access_key=""),
    ),
    Outcome(
        "listApiSecrets",
        401,
        "Invalid signature",
        lambda vault: vault.ask("GET", _SECRETS, access_key="", auth=_Bearer("e30.e30.AAAA")),
    ),
    Outcome("listApiSecrets", 401, "token expired", _expired),
    Outcome("listApiSecrets", 429, "API rate limit exceeded", _gateway(429)),
    Outcome("listApiSecrets", 500, "An unexpected error occurred", _gateway(500)),
    Outcome("listApiSecrets", 502, "An invalid response was received from the upstream server", _gateway(502)),
    Outcome("listApiSecrets", 503, "The upstream server is currently unavailable", _gateway(503)),
    Outcome("listApiSecrets", 504, "The upstream server is timing out", _gateway(504)),
]
