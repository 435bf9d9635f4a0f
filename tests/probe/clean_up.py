# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Deactivates every secret that the probe created, whatever happened before."""

from __future__ import annotations

import dataclasses
import typing as t

from .failures import Inconclusive, ProbeError, Stop

if t.TYPE_CHECKING:
    from .bench import Bench, Created

_ATTEMPTS = 3


@dataclasses.dataclass(frozen=True)
class Left:
    """A secret that is perhaps still active."""

    code: str
    identifier: str
    reason: str


def clean_up(bench: Bench, wait: t.Callable[[float], None]) -> list[Left]:
    """Deactivate everything, and return what could not be."""
    left = []
    for created in bench.created:
        reason = _deactivate(bench, created, wait)
        if reason:
            left.append(Left(created.code, created.identifier, reason))
    return left


def _deactivate(bench: Bench, created: Created, wait: t.Callable[[float], None]) -> str:
    reason = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            wait(float(attempt))
        try:
            if not created.identifier and not _look_up(created):
                # The answer to its create was lost, and it is not there.
                return ""
            if created.active:
                answer = bench.deactivate(created)
                if not answer.succeeded:
                    reason = f"deactivating got the answer {answer.outcome}"
                    continue
            if not created.caller.get(created.identifier).succeeded:
                return ""
            created.active, reason = True, "it can still be read"
        except (Inconclusive, ProbeError, Stop) as error:
            reason = str(error)
    return reason


def _look_up(created: Created) -> bool:
    """Find a secret whose identifier was not received by its name, which nothing else has."""
    for row in created.caller.listing(identifier_code=created.code):
        if str(row.get("name", "")).strip() == created.name and row.get("identifier"):
            created.identifier = str(row["identifier"])
            return True
    return False
