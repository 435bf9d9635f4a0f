# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about what a create requires, and whether identifier codes are unique."""

from __future__ import annotations

import typing as t

from .failures import Inconclusive
from .question import Area, Findings

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Create")
#: Asked about an inactive secret.
LATE = Area("Create")
_NOT_UNIQUE = "identifier codes are not unique (enforce_unique)"


@AREA.question("Whether a create needs a client secret", "client_secret_required")
def without_client_secret(bench: Bench) -> Findings:
    """Create a secret without one."""
    new, answer = bench.create(bench.own, "Second", client_secret=None)
    if answer.missing == "client_secret":
        return {"client_secret_required": True}
    if not answer.succeeded:
        raise answer.inconclusive("the create")
    bench.deactivate(new)
    return {"client_secret_required": False}


@AREA.question("Whether a code can be used twice", "enforce_unique")
def twice(bench: Bench) -> Findings:
    """Create another secret with the code of the first."""
    new, answer = bench.create(bench.own, "Again", code=bench.first.code)
    if answer.duplicate:
        bench.remember("duplicate", answer)
        return {"enforce_unique": True}
    if not answer.succeeded:
        raise answer.inconclusive("the create")
    bench.deactivate(new)
    return {"enforce_unique": False}


@AREA.question("Whether an update can send the secret's own code", "self_collision")
def own_code(bench: Bench) -> Findings:
    """Send the code of the first secret to itself."""
    first = bench.first
    answer = first.caller.update(first.identifier, {**first.base, "identifier_code": first.code})
    if answer.duplicate:
        return {"self_collision": True}
    if not answer.succeeded:
        raise answer.inconclusive("the update")
    if not bench.findings.get("enforce_unique"):
        raise Inconclusive(_NOT_UNIQUE)
    return {"self_collision": False}


@LATE.question("Whether an inactive secret keeps its code", "duplicate_counts_inactive")
def taken_by_inactive(bench: Bench) -> Findings:
    """Create another secret with the code of the first, now inactive."""
    if not bench.findings.get("enforce_unique"):
        raise Inconclusive(_NOT_UNIQUE)
    new, answer = bench.create(bench.own, "Anew", code=bench.inactive_first().code)
    if answer.duplicate:
        return {"duplicate_counts_inactive": True}
    if not answer.succeeded:
        raise answer.inconclusive("the create")
    bench.deactivate(new)
    return {"duplicate_counts_inactive": False}
