# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""What several test files share: an API secret in its three forms, the faults, and looks at the vault."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from simulator.process import Simulator

CODE = "billing-api"
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
CLIENT_SECRET = "kept/secret of+billing"
OTHER_CLIENT_SECRET = 'new "secret" of & billing'
OTHERS_SECRET = "secret-of-somebody-else"

#: What a task gives of a secret; what the vault holds of the same one; what a task returns of it.
DESCRIBED: dict[str, t.Any] = {
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
    **{field: DESCRIBED[field] for field in ("name", "url", "client_id", "client_secret", "method", "notes")},
    "identifier_code": CODE,
    "tags": "billing, production",
    "users": {"bob": True},
    "groups": {"Security": False},
}
#: A description of the same secret in which each field differs, and what the vault then holds.
CHANGED: dict[str, t.Any] = {
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
    **{field: CHANGED[field] for field in ("name", "url", "client_id", "client_secret", "method", "notes")},
    "identifier_code": CODE,
    "tags": "test",
    "users": {"carol": False},
    "groups": {},
}

#: A wait that no test lives to see: what is delayed by it before it is applied is never applied.
_FOR_EVER = 3600.0
#: What can happen to a request or to its answer, besides a time-out.
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
TIMEOUT: dict[str, t.Any] = {"delay": _FOR_EVER}


def add(simulator: Simulator, **changes: t.Any) -> str:
    """Put the secret into the vault past all rules, as alice's; return its identifier."""
    return simulator.add_secret(**{"owner": "alice", **STORED, **changes})


def end_of_faults(simulator: Simulator) -> None:
    """Forget the faults that are still to come."""
    simulator._ask("DELETE", "faults")


def vault(simulator: Simulator, *, without: t.Container[str] = ()) -> dict[str, dict[str, t.Any]]:
    """Return all secrets by identifier. What was only looked at is as it was."""
    return {
        secret["identifier"]: {field: value for field, value in secret.items() if field != "views"}
        for secret in simulator.secrets()
        if secret["identifier"] not in without
    }


def bearing(simulator: Simulator, code: str = CODE) -> list[dict[str, t.Any]]:
    """Return the stored secrets that bear the code."""
    return [secret for secret in vault(simulator).values() if secret["identifier_code"] == code]


def holds(secret: t.Mapping[str, t.Any], wanted: t.Mapping[str, t.Any]) -> bool:
    """Whether a stored secret has all of these values."""
    return all(secret[field] == value for field, value in wanted.items())


def calls(simulator: Simulator) -> list[str]:
    """Return the requests of the log in short: token, list, get, create, update, active, inactive."""
    return [_name(row["method"], row["path"]) for row in simulator.requests()]


def _name(method: str, path: str) -> str:
    if path.endswith("/oauth2/token"):
        return "token"
    rest = path.partition("/secretapi")[2]
    if not rest:
        return {"GET": "list", "POST": "create"}[method]
    return "get" if method == "GET" else rest.split("/")[1]
