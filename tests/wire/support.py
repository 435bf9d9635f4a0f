# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Shared by the test files: an API secret in its three forms, the faults, and helpers that read the vault."""

from __future__ import annotations

import typing as t

import pytest
import requests

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, Sharing, Tags

if t.TYPE_CHECKING:
    from simulator.process import Simulator

CODE = "billing-api"
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
CLIENT_SECRET = "kept/secret of+billing"
OTHER_CLIENT_SECRET = 'new "secret" of & billing'
OTHERS_SECRET = "secret-of-somebody-else"

#: The fields that are a text, in a task as in the vault.
TEXTS = [name for name, field in FIELDS.items() if not isinstance(field, (Tags, Sharing)) and name != "identifier_code"]
#: The API secret as a task describes it, and as the vault stores it.
DESCRIBED: dict[str, t.Any] = {
    **{name: f"A value for {name}" for name in TEXTS},
    "name": "Billing API",
    "url": "https://billing.example.org",
    "client_id": "billing-robot",
    "client_secret": CLIENT_SECRET,
    "method": "post",
    "tags": ["billing", "production"],
    "notes": "Owned by the platform team.",
    "users_allowed": [{"username": "bob", "can_edit": True}],
    "groups_allowed": [{"name": "Security"}],
}
STORED: dict[str, t.Any] = {
    **{name: DESCRIBED[name] for name in TEXTS},
    "identifier_code": CODE,
    "tags": "billing, production",
    "users": {"bob": True},
    "groups": {"Security": False},
}
#: The same with another value in each field.
CHANGED: dict[str, t.Any] = {
    **{name: f"Another value for {name}" for name in TEXTS},
    "name": "Billing API 2",
    "url": "https://billing2.example.org",
    "client_id": "billing-robot-2",
    "client_secret": OTHER_CLIENT_SECRET,
    "method": "get",
    "tags": ["test"],
    "notes": "",
    "users_allowed": [{"username": "carol"}],
    "groups_allowed": [],
}
STORED_CHANGED: dict[str, t.Any] = {
    **{name: CHANGED[name] for name in TEXTS},
    "identifier_code": CODE,
    "tags": "test",
    "users": {"carol": False},
    "groups": {},
}

#: Longer than any test runs: a request that is delayed this long before it is applied is never applied.
_FOREVER = 3600.0
#: What can happen to a request or to its answer, besides a timeout.
FAULTS: dict[str, dict[str, t.Any]] = {
    "502": {"gateway": 502},
    "503": {"gateway": 503},
    "504": {"gateway": 504},
    "reset": {"reset": True},
    "close": {"close": True},
    "truncated": {"truncate": True},
    "html_200": {"html": True},
    "empty_200": {"empty": True},
    "truncated_json": {"truncated_json": True},
    "list": {"list": True},
}
TIMEOUT: dict[str, t.Any] = {"delay": _FOREVER}
EXPIRED_TOKEN: dict[str, t.Any] = {"status": 401, "body": {"exp": "token expired"}}
#: The answer to a list request while the vault does not list anything (yet).
NOTHING_LISTED: dict[str, t.Any] = {
    "status": 200,
    "body": {"response": {"status": 200, "error": False}, "api_secret_on_list": []},
}
ACCESS_DENIED: dict[str, t.Any] = {
    "status": 400,
    "body": {"response": {"status": 400, "message": "1006: User does not have access", "error": True}},
}

#: Codes that a loose filter lists along with CODE.
NEIGHBOURS = (f"{CODE}-2", f"x-{CODE}", CODE.upper(), "something-else", "")
each_filter = pytest.mark.parametrize("rule", ["exact", "contains", "prefix", "suffix", "case_insensitive", "ignored"])


def add(simulator: Simulator, **changes: t.Any) -> str:
    """Store the secret as owned by alice, bypassing the rules of the API; return its identifier."""
    return simulator.add_secret(**{"owner": "alice", **STORED, **changes})


def login(simulator: Simulator, key: str = "alice") -> dict[str, t.Any]:
    """Return the connection options for one of the simulator's access keys."""
    return {
        "mysafe_url": simulator.url,
        "ca_path": simulator.ca_path,
        "mysafe_client_id": simulator.access_keys[key]["client_id"],
        "mysafe_client_secret": simulator.access_keys[key]["client_secret"],
    }


def new_token(simulator: Simulator, key: str = "alice") -> str:
    """Return a new access token, and clear the request log."""
    form = {
        "grant_type": "client_credentials",
        "client_id": simulator.access_keys[key]["client_id"],
        "client_secret": simulator.access_keys[key]["client_secret"],
    }
    answer = requests.post(f"{simulator.url}/api/oauth2/token", data=form, verify=simulator.ca_path, timeout=10)
    simulator.clear_log()
    return str(answer.json()["access_token"])


def vault(simulator: Simulator, *, without: t.Container[str] = ()) -> dict[str, dict[str, t.Any]]:
    """Return all secrets by identifier, without their number of views."""
    return {
        secret["identifier"]: {field: value for field, value in secret.items() if field != "views"}
        for secret in simulator.secrets()
        if secret["identifier"] not in without
    }


def with_code(simulator: Simulator, code: str = CODE) -> list[dict[str, t.Any]]:
    """Return the stored secrets with this identifier code."""
    return [secret for secret in vault(simulator).values() if secret["identifier_code"] == code]


def holds(secret: t.Mapping[str, t.Any], wanted: t.Mapping[str, t.Any]) -> bool:
    """Whether a stored secret has all of these values."""
    return all(secret[field] == value for field, value in wanted.items())


def calls(simulator: Simulator) -> list[str]:
    """Return the logged requests in short: token, list, get, create, update, active, inactive."""
    return [call_name(row["method"], row["path"]) for row in simulator.requests()]


def call_name(method: str, path: str) -> str:
    """Return a request in short."""
    if path.endswith("/oauth2/token"):
        return "token"
    rest = path.partition("/secretapi")[2]
    if not rest:
        return {"GET": "list", "POST": "create"}[method]
    return "get" if method == "GET" else rest.split("/")[1]
