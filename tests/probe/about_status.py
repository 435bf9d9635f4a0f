# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about activating and deactivating."""

from __future__ import annotations

import typing as t

from .failures import Inconclusive
from .question import Area, Findings, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Status")
#: Asked when nothing else needs the first secret to be inactive.
LATE = Area("Status")


@AREA.question("How a deactivation is answered, the second time too", "deactivate_code", "already_message")
def deactivate(bench: Bench) -> Findings:
    """Deactivate the first secret twice."""
    once = bench.deactivate(bench.first)
    if not once.succeeded:
        raise once.inconclusive("deactivating")
    bench.remember("deactivated", once)
    twice = bench.deactivate(bench.first)
    if not twice.succeeded:
        raise twice.inconclusive("deactivating again")
    code: t.Any = "code" in once.object
    if bench.findings.get("legacy_envelope") is True:
        code = Unknown("no envelope has it (legacy_envelope)")
    return {"deactivate_code": code, "already_message": "already been" in twice.message.lower()}


@AREA.question("What reading an inactive secret gets")
def read(bench: Bench) -> Findings:
    """Read the first secret, now inactive."""
    answer = bench.own.get(bench.inactive_first().identifier)
    bench.note(f"An inactive secret: {answer.outcome}.")
    if answer.code == 1009:
        bench.remember("inactive", answer)
    return {}


@LATE.question("How an activation is answered")
def activate(bench: Bench) -> Findings:
    """Activate the first secret again."""
    first = bench.inactive_first()
    first.active = True
    answer = first.caller.call("POST", "/active/" + first.identifier)
    if not answer.succeeded:
        raise Inconclusive(f"activating got the answer {answer.outcome}")
    documented = "activated successfully" in answer.message.lower()
    bench.note(
        f"An activation: {answer.outcome}, {'with the documented message' if documented else 'with another message'}."
    )
    return {}
