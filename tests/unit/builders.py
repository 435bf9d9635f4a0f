# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Shared by the unit tests: what is there, what is wanted, answers and failures, each made in one line."""

from __future__ import annotations

import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError

NUMBER = "43"
CODE = "billing-api"
OLD_SECRET = "0ld-s3cr3t"
NEW_SECRET = "n3w-s3cr3t"
CIPHERTEXT = "QUJD" * 85 + "QUI="  # as long as what a 2048 bit RSA key gives

#: Every field of an API secret but its number, in the form that the API gives.
FIELDS: dict[str, t.Any] = {
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
#: What a create needs.
REQUIRED = {field: FIELDS[field] for field in ("name", "url", "client_id")}


def an_entity(**changes: t.Any) -> Entity:
    """Return an API secret with something in every field, but for the changes."""
    return entity({"identifier": NUMBER, **FIELDS, **changes})


def wanted(**options: t.Any) -> Desired:
    """Return what a task wants that addresses the API secret by its code."""
    return Desired.from_params({"identifier_code": CODE, **options})


def wanted_by_number(**options: t.Any) -> Desired:
    """Return what a task wants that addresses the API secret by its number."""
    return Desired.from_params({"identifier": NUMBER, **options})


def user(username: str, can_edit: bool = False) -> dict[str, t.Any]:
    """Return an entry of users_allowed, as Ansible hands it over."""
    return {"username": username, "can_edit": can_edit}


def group(name: str, can_edit: bool = False) -> dict[str, t.Any]:
    """Return an entry of groups_allowed, as Ansible hands it over."""
    return {"name": name, "can_edit": can_edit}


def lost() -> MySafeError:
    """Return the failure of a request that may have been applied: a 502 of the gateway."""
    return MySafeError(
        Kind.UNAVAILABLE, "Could not do it: 502", cause="502", http_status=502, fate=Fate.UNKNOWN, transient=True
    )


def refused(kind: str = "access_denied") -> MySafeError:
    """Return the failure of a request that was certainly not applied."""
    member = Kind[kind.upper()]
    return MySafeError(
        member, f"Could not do it: {member.value}", cause=member.value, http_status=400, fate=Fate.REFUSED
    )
