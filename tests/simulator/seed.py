# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The state after a start or a reset: tenants, users, groups and access keys."""

from __future__ import annotations

import base64
import hashlib
import typing as t

from .access_keys import AccessKey
from .state import Group, Secret, Vault

if t.TYPE_CHECKING:
    from .switches import Switches

DEFAULT_TENANT = "main"
SECOND_TENANT = "second"
DEFAULT_KEY = "alice"
ALLOWED_REFERER = "https://allowed.example.com/"
# From a block reserved for documentation, so no caller has it.
_ALLOWED_IP = "192.0.2.1"
# Users without access keys, with whom secrets can be shared.
GUESTS = tuple(f"guest-{number}" for number in range(1, 9))
_LONG_AGO = 1577836800.0


def vaults(switches: Switches) -> dict[str, Vault]:
    """Return the vaults by tenant."""
    main = Vault(
        switches,
        ("alice", "bob", "carol", "dave", *GUESTS),
        (
            Group("Platform", frozenset(("alice", "bob"))),
            Group("Security", frozenset(("carol",))),
            Group("Hidden", frozenset(("carol",)), visible_to=frozenset(("carol",))),
        ),
    )
    # For the limited access key. Only dave sees them, so the other users start without secrets.
    for identifier in (1, 2):
        main.insert(
            Secret(
                identifier,
                "dave",
                name=f"Limited {identifier}",
                url="https://limited.example.com",
                client_id="limited-client",
                client_secret=_opaque(f"secret {identifier}", 32),
                identifier_code=f"limited-{identifier}",
            )
        )
    second = Vault(switches, ("erin",), (Group("Platform", frozenset(("erin",))),))
    return {DEFAULT_TENANT: main, SECOND_TENANT: second}


def access_keys(client_fingerprint: str = "") -> dict[str, AccessKey]:
    """Return the access keys by name. An unrestricted key has the name of its user."""
    keys = [
        _key("alice", "alice"),
        _key("bob", "bob"),
        _key("carol", "carol"),
        _key("expired", "alice", expires_at=_LONG_AGO),
        _key("revoked", "alice", revoked=True),
        _key("limited", "dave", items=frozenset((1,))),
        _key("encrypted", "alice", encrypted=True),
        _key("unauthorized", "alice", permitted=False),
        _key("referer", "alice", referers=(ALLOWED_REFERER,)),
        _key("ip", "alice", ips=(_ALLOWED_IP,)),
        _key("second_tenant", "erin", tenant=SECOND_TENANT),
    ]
    if client_fingerprint:
        keys.append(_key("certificate", "alice", fingerprint=client_fingerprint))
        keys.append(_key("other_certificate", "alice", fingerprint="00" * 32))
    return {key.name: key for key in keys}


def _key(name: str, user: str, tenant: str = DEFAULT_TENANT, **options: t.Any) -> AccessKey:
    return AccessKey(
        name, _opaque("client id " + name, 24), _opaque("client secret " + name, 48), user, tenant, **options
    )


def _opaque(purpose: str, length: int) -> str:
    # The same at each start, so that a test can search for leaks; computed, so that no secret is in the source.
    digest = hashlib.sha512(("mysafe simulator " + purpose).encode()).digest()
    return base64.b64encode(digest, altchars=b"xQ").decode()[:length]
