# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Ensures that one API secret matches a task: match, plan, write, match again, until there is nothing left to do."""

from __future__ import annotations

import random
import time
import typing as t

from .._errors import Kind, MySafeError
from .._stop import pause
from .fields import SHARING
from .journal import Journal, Outcome
from .match import Candidate, ambiguous, find, read_candidate
from .plan import Action, Current, Step, plan

if t.TYPE_CHECKING:
    from .desired import Desired
    from .endpoints import ApiSecrets
    from .entity import Entity

#: How many writes a run may need. Only where others change the secret all the time there is always one more to do.
_MOST_WRITES = 5
#: The same where lists are changed in part, which several plays may do at the same time.
_MOST_MERGES = 12
#: For how long, in seconds, others are thought to take between reading and writing, at the least and at the most.
_OTHERS_TAKE = (0.2, 1.0)


def ensure(
    api: ApiSecrets,
    desired: Desired,
    *,
    check_mode: bool = False,
    current: Current | None = None,
    claim: t.Callable[[str], None] | None = None,
) -> Outcome:
    """Ensure that the API secret matches what is wanted, and return what was done; failures are in the outcome.

    ``current`` is what is there, where that is known already. ``claim`` is called with the number of the API secret that
    was found, before anything is written, and raises MySafeError where it must not be touched.
    """
    journal = Journal()
    try:
        current = current or find(api, desired)
        if claim is not None and current.identifier:
            claim(current.identifier)
        _ensure(api, desired, current, journal, check_mode=check_mode)
    except MySafeError as error:
        return journal.outcome(error)
    return journal.outcome()


def _ensure(api: ApiSecrets, desired: Desired, current: Current, journal: Journal, *, check_mode: bool) -> None:
    writes, seen_at = 0, time.monotonic()
    while (step := plan(current, desired)).action is not Action.NONE and not check_mode:
        if writes == (_MOST_MERGES if step.merges else _MOST_WRITES):
            raise _never_ending(desired, step, writes)
        writes += 1
        current = _written(api, desired, step, journal)
        if step.merges:
            current = _seen_later(api, current, journal, (time.monotonic() - seen_at) * writes)
        seen_at = time.monotonic()
        if step.action is Action.ACTIVATE:
            _require_the_right_one(api, desired, current, journal)
    journal.ends_with(step)


def _written(api: ApiSecrets, desired: Desired, step: Step, journal: Journal) -> Current:
    """Write a step, and return what is there afterwards."""
    from .write import Write, carry_out  # most runs find nothing to do, and a module compiles all that it loads

    return carry_out(Write(api, desired, step, journal))


def _seen_later(api: ApiSecrets, current: Current, journal: Journal, took: float) -> Current:
    """Return what is there a moment after a list was changed in part.

    MySafe only takes whole lists, so whoever read the old one just before this write replaces the new one just after it.
    Such a write comes within the time that reading and writing ``took``, and is seen then. The wait grows with each try.
    """
    least, most = _OTHERS_TAKE
    pause(max(least, min(took, most)) * random.uniform(1, 3))  # noqa: S311 - it only keeps several from marching in step
    found = read_candidate(api, Candidate(current.identifier)).entity
    if found is None:
        return current  # it can no longer be read: the last answer has to do
    journal.saw(found)
    return current._replace(entity={**t.cast("Entity", current.entity), **{name: found[name] for name in SHARING}})


def _never_ending(desired: Desired, step: Step, writes: int) -> MySafeError:
    names = ", ".join(f"'{name}'" for shares in step.shares.values() for name in shares)
    lacking = f": the sharing with {names} is not as wanted" if names else ""
    return MySafeError(
        Kind.NOT_APPLIED,
        f"Could not make {desired.called} match the task: it still differs after {writes} writes{lacking}",
        cause="something else changes it at the same time",
        solution="find out who else manages the API secret, and run the task again",
    )


def _require_the_right_one(api: ApiSecrets, desired: Desired, current: Current, journal: Journal) -> None:
    """Raise MySafeError where an activated secret turns out to have another code, after deactivating it again."""
    found = current.entity
    if desired.identifier or found is None or found["identifier_code"].strip() == desired.identifier_code:
        return
    done = ""
    if journal.has_written:
        _written(api, desired, Step(Action.DEACTIVATE, found, entity=found), journal)
        journal.took_back()
        done = "; it was activated to see its code, and deactivated again"
    raise ambiguous(
        desired.called,
        [Candidate(current.identifier, entity=found)],
        f"MySafe lists it for the code although it has another one, which shows only while it is active{done}",
    )
