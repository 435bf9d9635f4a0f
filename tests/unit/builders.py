# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Builders of entities, of what a task wants, and of failures."""

from __future__ import annotations

import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS as TABLE
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError

NUMBER = "43"
CODE = "billing-api"
OLD_SECRET = "0ld-s3cr3t"
NEW_SECRET = "n3w-s3cr3t"
CIPHERTEXT = "QUJD" * 85 + "QQ=="  # as long as the ciphertext of a 2048 bit RSA key

_VALUES: dict[str, t.Any] = {
    "name": "Billing API",
    "url": "https://billing.example.org",
    "client_secret": OLD_SECRET,
    "client_id": "billing-robot",
    "identifier_code": CODE,
    "method": "post",
    "tags": "billing, production",
    "notes": "Owned by the platform team.",
    "users_allowed": [{"username": "bob", "can_edit": True}, {"username": "carol", "can_edit": False}],
    "groups_allowed": [{"name": "Operations", "can_edit": False}],
}
#: Every field of an API secret except its identifier, in the form of the API.
FIELDS = {name: _VALUES.get(name, f"A value for {name}") for name in TABLE}
#: The fields that a create requires.
REQUIRED = {field: FIELDS[field] for field in ("name", "url", "client_id")}


def an_entity(**changes: t.Any) -> Entity:
    """Return an API secret with a value in every field, apart from the changes."""
    return entity({"identifier": NUMBER, **FIELDS, **changes})


def wanted(**options: t.Any) -> Desired:
    """Return what a task wants if it addresses the API secret by its code."""
    return Desired.from_params({"identifier_code": CODE, **options})


def wanted_by_number(**options: t.Any) -> Desired:
    """Return what a task wants if it addresses the API secret by its identifier."""
    return Desired.from_params({"identifier": NUMBER, **options})


def user(username: str, can_edit: bool = False) -> dict[str, t.Any]:
    """Return an entry of users_allowed, as Ansible passes it."""
    return {"username": username, "can_edit": can_edit}


def group(name: str, can_edit: bool = False) -> dict[str, t.Any]:
    """Return an entry of groups_allowed, as Ansible passes it."""
    return {"name": name, "can_edit": can_edit}


def lost() -> MySafeError:
    """Return the failure of a request that may have been applied: a 502 from the gateway."""
    return MySafeError(
        Kind.UNAVAILABLE, "Could not do it: 502", cause="502", http_status=502, fate=Fate.UNKNOWN, transient=True
    )


def refused(kind: str = "access_denied") -> MySafeError:
    """Return the failure of a request that was certainly not applied."""
    member = Kind[kind.upper()]
    return MySafeError(
        member, f"Could not do it: {member.value}", cause=member.value, http_status=400, fate=Fate.REFUSED
    )
