# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about updates: what they require, keep and answer, and what becomes of white space and length."""

from __future__ import annotations

import typing as t

from .bench import entity
from .failures import Inconclusive
from .question import Area, Findings, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Updates")
#: Asked about an inactive secret.
LATE = Area("Updates")
_LONG_NAME = 300
_LONG_NOTES = 1000


@AREA.question("What an update answers", "update_status", "update_old_values")
def change(bench: Bench) -> Findings:
    """Change the name of the first secret."""
    first, old = bench.first, bench.first.name
    answer = bench.update(first, name=old + "-renamed", notes="mysafe-probe")
    stored = bench.read(first)
    bench.note(
        f"An update: {answer.outcome}, with the message of {'a create' if 'registered' in answer.message else 'an update'}."
    )
    if stored.get("name") != old + "-renamed":
        raise Inconclusive("the update succeeded, but changed nothing")
    first.name = old + "-renamed"
    shown = entity(answer).get("name")
    known = shown in (old, first.name)
    return {
        "update_status": answer.status,
        "update_old_values": shown == old if known else Unknown("the answer shows neither the old nor the new name"),
    }


@AREA.question("Whether an update can be partial", "update_requires_base_fields")
def partial(bench: Bench) -> Findings:
    """Change one field, and send no other."""
    first = bench.first
    answer = first.caller.update(first.identifier, {"method": "get"})
    if answer.missing:
        return {"update_requires_base_fields": True}
    if not answer.succeeded:
        raise answer.inconclusive("the update")
    stored = bench.read(first)
    kept = stored.get("name") == first.name and bench.tag in str(stored.get("tags"))
    bench.note(f"Fields that an update leaves out are {'kept' if kept else 'cleared'}.")
    return {"update_requires_base_fields": False}


@AREA.question("What null does to a field, and what an empty text does", "null_on_update")
def null(bench: Bench) -> Findings:
    """Send null for the notes, and an empty text for the tags."""
    before = bench.read(bench.first)
    if not before.get("notes"):
        raise Inconclusive("the first secret has no notes")
    bench.update(bench.first, notes=None, tags="")
    stored = bench.read(bench.first)
    bench.note(f"An empty text {'is ignored' if stored.get('tags') else 'clears a field'}.")
    return {"null_on_update": "keeps" if stored.get("notes") else "clears"}


@AREA.question("What becomes of white space around a text", "trim_text")
def white_space(bench: Bench) -> Findings:
    """Create a secret with blanks around two of its texts."""
    new, answer = bench.create(bench.own, "Third", name=f" {bench.code('Third')} ", method=" get ")
    if not answer.succeeded:
        raise answer.inconclusive("the create")
    stored = bench.read(new)
    trimmed = (stored.get("name") == new.name, stored.get("method") == "get")
    if len(set(trimmed)) > 1:
        raise Inconclusive("it is removed from some fields only")
    return {"trim_text": trimmed[0]}


@AREA.question("Whether a code that differs in case only is another one")
def other_case(bench: Bench) -> Findings:
    """Give another secret the code of the first in the other case."""
    if not bench.findings.get("enforce_unique"):
        raise Inconclusive("identifier codes are not unique (enforce_unique)")
    third = bench.third
    answer = third.caller.update(third.identifier, {**third.base, "identifier_code": bench.first.code.swapcase()})
    if not answer.duplicate and not answer.succeeded:
        raise answer.inconclusive("the update")
    bench.note(f"A code that differs in case only {'counts as the same' if answer.duplicate else 'is another one'}.")
    return {}


@AREA.question("What becomes of unknown keys and of long texts")
def oddities(bench: Bench) -> Findings:
    """Update with a key that does not exist, with a long name, and with long notes."""
    third = bench.third
    answer = third.caller.update(third.identifier, {**third.base, "mysafe_probe": "mysafe_probe"})
    bench.note(f"An update with an unknown key: {answer.outcome}.")
    for field, length in (("name", _LONG_NAME), ("notes", _LONG_NOTES)):
        # Should the run end here, the name still tells whose secret this is.
        answer = third.caller.update(third.identifier, {**third.base, field: third.name.ljust(length, "x")})
        if not answer.succeeded:
            bench.note(f"A text of {length} characters as {field}: {answer.outcome}.")
            continue
        stored = bench.read(third).get(field)
        kept = len(stored) if isinstance(stored, str) else 0
        encrypted = field == "notes" and bench.encrypted
        result = "encrypted" if encrypted else "kept" if kept == length else f"cut to {kept}"
        bench.note(f"A text of {length} characters as {field} is {result}.")
    return {}


@LATE.question("Whether an inactive secret can be updated", "update_inactive")
def inactive(bench: Bench) -> Findings:
    """Update the first secret, now inactive."""
    first = bench.inactive_first()
    answer = first.caller.update(first.identifier, first.base)
    if answer.code == 1009:
        return {"update_inactive": "refused"}
    if not answer.succeeded:
        raise answer.inconclusive("the update")
    return {"update_inactive": "allowed"}
