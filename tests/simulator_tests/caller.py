# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A caller of the API, over HTTP."""

from __future__ import annotations

import typing as t

import requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

TOKEN = "/api/oauth2/token"
SECRETS = "/api/mysafe/secretapi"
COMPLETE = {"name": "GCP", "url": "https://gcp.com", "client_id": "client", "client_secret": "hidden"}


class Caller:
    """Calls the API with one access key, over one connection."""

    def __init__(self, simulator: Simulator, access_key: str | None = "alice", **credentials: str) -> None:
        self._simulator = simulator
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = simulator.ca_path or True
        self.session.cert = simulator.client_cert
        if access_key:
            token = self.ask_token(access_key, **credentials).json()["access_token"]
            self.session.headers["Authorization"] = "Bearer " + token

    def request(self, method: str, path: str, **options: t.Any) -> requests.Response:
        """Send a request."""
        options.setdefault("timeout", 30)
        return self.session.request(method, self._simulator.url + path, allow_redirects=False, **options)

    def ask_token(self, access_key: str, path: str = TOKEN, **overrides: str) -> requests.Response:
        """Request a token as the vendor's clients do."""
        return self.request("POST", path, data=self.token_request(access_key, **overrides))

    def token_request(self, access_key: str, **overrides: str) -> dict[str, str]:
        """Return the parameters of a token request."""
        key = self._simulator.access_keys[access_key]
        return {
            "grant_type": "client_credentials",
            "client_id": key["client_id"],
            "client_secret": key["client_secret"],
            **overrides,
        }

    def listing(self, **filters: str) -> requests.Response:
        """List API secrets."""
        return self.request("GET", SECRETS, params=filters)

    def listed(self, **filters: str) -> list[str]:
        """Return the identifiers of the listed API secrets."""
        return [row["identifier"] for row in self.listing(**filters).json()["api_secret_on_list"]]

    def get(self, identifier: str) -> requests.Response:
        """Get one API secret."""
        return self.request("GET", f"{SECRETS}/{identifier}")

    def create(self, **fields: t.Any) -> requests.Response:
        """Create an API secret. Required fields that are not given have a default."""
        return self.request("POST", SECRETS, json={**COMPLETE, **fields})

    def created(self, **fields: t.Any) -> str:
        """Create an API secret, and return its identifier."""
        return str(self.create(**fields).json()["api_entity"]["identifier"])

    def update(self, identifier: str, **fields: t.Any) -> requests.Response:
        """Update an API secret."""
        return self.request("PUT", f"{SECRETS}/update/{identifier}", json=fields)

    def activate(self, identifier: str) -> requests.Response:
        """Activate an API secret."""
        return self.request("POST", f"{SECRETS}/active/{identifier}")

    def deactivate(self, identifier: str) -> requests.Response:
        """Deactivate an API secret."""
        return self.request("POST", f"{SECRETS}/inactive/{identifier}")


def message(response: requests.Response) -> str:
    """Return the message of an envelope."""
    return str(response.json()["response"]["message"])
