# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Access keys: who calls, as which user, and with which restrictions (section 2.6)."""

from __future__ import annotations

import dataclasses
import time


@dataclasses.dataclass
class AccessKey:
    """An access key of the screen MySafe > Integrations > Access keys."""

    name: str
    client_id: str
    client_secret: str
    user: str
    tenant: str
    expires_at: float | None = None
    revoked: bool = False
    # The identifiers that the key is limited to; None means full access.
    items: frozenset[int] | None = None
    encrypted: bool = False
    # For each of these three, empty means no restriction.
    referers: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    fingerprint: str = ""
    permitted: bool = True

    @property
    def usable(self) -> bool:
        """Whether the key is neither revoked nor expired."""
        return not self.revoked and (self.expires_at is None or time.time() < self.expires_at)
