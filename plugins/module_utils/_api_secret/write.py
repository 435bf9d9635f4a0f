# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The write protocol: send a step, and know what became of it.

A write is sent. If its answer is lost, cannot be read, or says that the server failed, the vault is asked. If that does
not show the write, it is unknown whether the write was or will be applied, and the run says so (kind ``write_uncertain``),
unless the server said that it failed and nothing of the write shows. ``RULES`` says for each action what to send, where to
look, what shows that it was applied, and how its answer is checked. Creating has two rules of its own, as it is not
idempotent: it is sent again only after looking, and a code that is taken means looking as well.
"""

from __future__ import annotations

import typing as t

from .._errors import Fate, Kind, MySafeError
from .._http.retry import Tries
from .endpoints import require_decrypted
from .match import find
from .plan import Action, Current
from .verify import (
    described_refusals,
    has_moved,
    has_old_values,
    lacking_shares,
    may_be_trimmed,
    mismatches,
    overtaken,
    unreadable,
    with_left_out,
    without_sharing,
)

if t.TYPE_CHECKING:
    from .desired import Desired
    from .endpoints import ApiSecrets
    from .entity import Entity
    from .journal import Journal
    from .plan import Step

#: How often a code that is taken is looked up again: the other play's write may take a moment to show.
_LOOKS_FOR_THE_WINNER = 2


class Write(t.NamedTuple):
    """One write: where it goes, what is wanted, the step, and where it is recorded."""

    api: ApiSecrets
    desired: Desired
    step: Step
    journal: Journal

    def look(self) -> Current:
        """Return what the vault shows of the secret now: found by its number, or before it has one by its code."""
        desired = self.desired.by_number(self.step.identifier) if self.step.identifier else self.desired
        return find(self.api, desired)


class Rule(t.NamedTuple):
    """How one action is written.

    ``send`` returns the answer, and ``settle`` checks it. Where the answer is lost, ``shows`` tells from a look whether
    the write was applied, and ``adopt`` takes it as applied. ``settle`` and ``adopt`` record the write and return what is
    there now. ``is_repeated``: sent again here, after looking; the transport repeats the others by itself.
    """

    send: t.Callable[[Write], t.Any]
    settle: t.Callable[[Write, t.Any], Current]
    shows: t.Callable[[Step, Current], bool]
    adopt: t.Callable[[Write, Current], Current]
    is_repeated: bool = False


def carry_out(write: Write) -> Current:
    """Write a step, record it in the journal, and return what is there afterwards.

    Raises MySafeError: the refusal where the write was certainly not applied, ``write_uncertain`` where that is unknown,
    ``not_applied`` or ``sharing_incomplete`` where the vault does not hold what was written.
    """
    rule = RULES[write.step.action]
    tries = Tries(write.api.client.retries)
    lost: MySafeError | None = None  # the failure that leaves open whether the write was applied
    while True:
        try:
            answer = rule.send(write)
        except MySafeError as error:
            if error.kind is Kind.DUPLICATE_IDENTIFIER_CODE and rule.is_repeated:
                return _take_over(write, error, lost)
            if lost is None and not error.fate.is_open:
                raise
            if lost is None or error.fate is Fate.UNKNOWN:
                lost = error
            current = _look_after(write, lost)
            if rule.shows(write.step, current):
                return rule.adopt(write, current)
            if not (rule.is_repeated and error.transient and tries.another()):
                if lost.fate is Fate.FAILED and not _may_have_moved(write.step, current):
                    raise
                raise _uncertain(write, lost, _doubt(write.step, current), current.entity) from error
            write.api.client.note_repeat(error)
        else:
            return rule.settle(write, answer)


# The answer arrived


def _settle_entity(write: Write, answered: Entity) -> Current:
    """Check what the vault holds after a create or an update that it accepted."""
    step, refused = write.step, answered["shared_error"]
    wrong = mismatches(step, answered, was_read=False)
    found = answered = with_left_out(step, answered, wrong)
    if wrong or may_be_trimmed(step):
        # Documented answers to an update show the old values (v3.33 and v4, English): the vault has the last word.
        # Until it was asked, the values of these fields are not known.
        write.journal.wrote(step, {**answered, **dict.fromkeys(wrong)}, changed=True)
        found, wrong = _read_back(write, answered, wrong)
    wrong = without_sharing(wrong) if refused else [name for name in wrong if name not in overtaken(step, found, wrong)]
    moved = has_moved(step, found, wrong)
    write.journal.wrote(step, found, changed=moved)
    require_decrypted(found)
    _require_all(write.desired, refused, wrong, moved=moved)
    return _as_written(found, step)


def _read_back(write: Write, answered: Entity, wrong: list[str]) -> tuple[Entity, list[str]]:
    """Return what the vault holds, and which of the written fields do not hold what was written."""
    step = write.step
    try:
        found = write.api.read(answered["identifier"])
    except MySafeError as error:
        if error.kind not in (Kind.ACCESS_DENIED, Kind.NOT_FOUND):
            raise
        # The access key may not read what it wrote: it is limited to other items, or its user just gave up the access.
        if has_old_values(step, answered, wrong):
            return {**answered, **{name: step.body[name] for name in wrong}}, []
        return answered, wrong
    found["shared_error"] = answered["shared_error"]
    return found, mismatches(step, found, was_read=True)


def _as_written(found: Entity, step: Step) -> Current:
    """Return what is there after a write that was checked.

    The written values count also where they do not show: a secret that is left out, encrypted or trimmed. A list that was
    changed in part is what was found: others may have changed it too.
    """
    written = {name: value for name, value in step.body.items() if name not in step.merges}
    return Current(found["identifier"], entity={**found, **written})


def _settle_activation(write: Write, switched: bool) -> Current:
    write.journal.wrote(write.step, write.step.known, changed=switched)
    current = write.look()
    write.journal.saw(current.entity or write.step.known)
    return current


def _settle_deactivation(write: Write, switched: bool) -> Current:
    write.journal.wrote(write.step, write.step.known, changed=switched)
    return Current(write.step.identifier, active=False)


# The answer was lost


def _look_after(write: Write, lost: MySafeError) -> Current:
    try:
        return write.look()
    except MySafeError as error:
        raise _uncertain(write, lost, f"checking failed too: {error.message}") from error


def _adopt(write: Write, current: Current) -> Current:
    """Take what the vault shows as the result of the write."""
    write.journal.wrote(write.step, current.entity or write.step.known, changed=True)
    return current


def _adopt_create(write: Write, current: Current) -> Current:
    """Take what the vault shows as created here.

    With update set to false, no update follows whose answer would say with whom it could not be shared. So what was found has
    to hold all that was sent.
    """
    _adopt(write, current)
    if current.entity is not None and not write.desired.update:
        wrong = mismatches(write.step, current.entity, was_read=True)
        lacking = lacking_shares(write.step, current.entity)
        _require_all(write.desired, lacking, without_sharing(wrong) if lacking else wrong, moved=True)
    return current


def _adopt_update(write: Write, current: Current) -> Current:
    found = t.cast("Entity", current.entity)
    moved = has_moved(write.step, found, ())
    write.journal.wrote(write.step, found, changed=moved)
    return _as_written(found, write.step)


def _take_over(write: Write, refusal: MySafeError, lost: MySafeError | None) -> Current:
    """Go on with the secret that has the code: of another play, or of an earlier try of ours whose answer was lost."""
    tries = Tries(min(_LOOKS_FOR_THE_WINNER, write.api.client.retries))
    while True:
        current = write.look() if lost is None else _look_after(write, lost)
        if current.identifier or current.obstacle:
            return current if lost is None else _adopt_create(write, current)
        if not tries.another():
            break
    if lost is not None:
        raise _uncertain(
            write,
            refusal.but(
                cause="the answer to an earlier try was lost, and MySafe does not list the API secret for this access key,"
                " which may be limited to other items"
            ),
            "it may be the API secret that has the code",
            solution="look it up in MySafe, and address it by its number with the option identifier",
        )
    if current.lookalikes:
        listed = ", ".join(f"{one['identifier']} ('{one['identifier_code']}')" for one in current.lookalikes)
        raise refusal.but(
            cause=f"MySafe takes the code for that of an API secret whose code differs only in case: identifier {listed}",
            solution="use the code as it is written there, or choose another",
        )
    raise refusal.but(
        cause="the code is taken by an API secret that MySafe does not list for this access key: most likely an inactive one",
        solution="look it up in MySafe (with disabled items shown) and give its number as identifier, or choose another code",
    )


# Failures


def _require_all(desired: Desired, refused: list[t.Any], wrong: list[str], *, moved: bool) -> None:
    """Raise MySafeError where users or groups were refused, or fields do not hold what was written."""
    if refused:
        raise _sharing_incomplete(desired, refused, wrong, moved=moved)
    if wrong:
        raise _not_applied(desired, wrong)


def _uncertain(
    write: Write, lost: MySafeError, doubt: str, seen: Entity | None = None, *, solution: str = ""
) -> MySafeError:
    """Record that it is unknown whether the write was applied, and return the failure that says so."""
    known = write.step.known and {**write.step.known, **dict.fromkeys(write.step.changes)}
    write.journal.wrote(write.step, seen or known, changed=True)
    return lost.but(
        kind=Kind.WRITE_UNCERTAIN,
        message=f"{lost.message}; it may still have been applied: {doubt}",
        solution=solution or "run the task again: it finds what is there and does the rest",
    )


def _may_have_moved(step: Step, current: Current) -> bool:
    """Whether a look leaves open that an update was applied, or a part of it."""
    found = current.entity
    if step.action is not Action.UPDATE or found is None:
        return False
    return has_moved(step, found, mismatches(step, found, was_read=True))


def _doubt(step: Step, current: Current) -> str:
    if step.action is Action.CREATE:
        return "the API secret was not found afterwards"
    unknown = unreadable(step, current.entity) if current.entity else []
    if unknown:
        return f"a check cannot tell, as MySafe returns {' and '.join(unknown)} encrypted or masked"
    if _may_have_moved(step, current):
        return "a check afterwards showed a part of it"
    return "a check afterwards did not show it"


def _sharing_incomplete(desired: Desired, refused: list[t.Any], wrong: list[str], *, moved: bool) -> MySafeError:
    names = described_refusals(refused)
    return MySafeError(
        Kind.SHARING_INCOMPLETE,
        f"Saved {desired.called}, but could not share it with {names}"
        if moved
        else f"Could not share {desired.called} with {names}",
        cause="MySafe has no such user or group, or the user of the access key may not see it",
        solution=(
            f"correct users_allowed and groups_allowed; these fields differ from the task too: {', '.join(wrong)}"
            if wrong
            else "correct users_allowed and groups_allowed; the other fields are as described"
        ),
        fate=Fate.APPLIED,
    )


def _not_applied(desired: Desired, wrong: list[str]) -> MySafeError:
    return MySafeError(
        Kind.NOT_APPLIED,
        f"MySafe accepted the write, but {desired.called} now differs from the task in: {', '.join(wrong)}",
        cause="this version of MySafe ignores or rewrites what was sent in these fields",
        solution="compare the task with api_entity, and describe these fields as MySafe keeps them, or leave them out",
        fate=Fate.APPLIED,
    )


# The table


def _shows_update(step: Step, current: Current) -> bool:
    found = current.entity
    return found is not None and not unreadable(step, found) and not mismatches(step, found, was_read=True)


RULES: dict[Action, Rule] = {
    Action.CREATE: Rule(
        send=lambda write: write.api.create(write.step.body, write.desired.called),
        settle=_settle_entity,
        shows=lambda _step, current: bool(current.identifier or current.obstacle),
        adopt=_adopt_create,
        is_repeated=True,
    ),
    Action.UPDATE: Rule(
        send=lambda write: write.api.update(write.step.identifier, write.step.body),
        settle=_settle_entity,
        shows=_shows_update,
        adopt=_adopt_update,
    ),
    Action.ACTIVATE: Rule(
        send=lambda write: write.api.activate(write.step.identifier),
        settle=_settle_activation,
        shows=lambda _step, current: current.active and current.obstacle is None,
        adopt=_adopt,
    ),
    Action.DEACTIVATE: Rule(
        send=lambda write: write.api.deactivate(write.step.identifier),
        settle=_settle_deactivation,
        shows=lambda _step, current: not current.active,
        adopt=_adopt,
    ),
}
