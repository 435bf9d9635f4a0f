# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The question about access keys with encryption of sensitive data."""

from __future__ import annotations

import typing as t

from .bench import Caller, is_encrypted
from .failures import Inconclusive
from .question import Area, Findings

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Encryption")


@AREA.question("What an access key with encryption gets", "encrypt_notes")
def fields(bench: Bench) -> Findings:
    """Read a secret with notes that such a key created."""
    key = bench.settings.own if bench.encrypted else bench.settings.encrypted
    if key is None:
        raise Inconclusive("it needs an access key with encryption")
    caller = bench.own if bench.encrypted else Caller(bench.client, bench.login, key)
    new, answer = bench.create(caller, "Encrypted", notes="mysafe-probe")
    if not answer.succeeded:
        raise answer.inconclusive("the create")
    stored = bench.read(new)
    bench.deactivate(new)
    if not is_encrypted(stored.get("client_secret")):
        raise Inconclusive("the client secret came back in clear, so the access key does not encrypt")
    return {"encrypt_notes": is_encrypted(stored.get("notes"))}
