# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Decides which listed API secret has a code, for modules and lookups alike.

MySafe's list can be filtered by the identifier code but does not show it, and how the filter matches is not documented
(API pages, "List API secrets"). So what is listed is read, and only an equal code counts. Of a secret that cannot be
read, the filter itself has to tell: if it also lists the secret for codes that are nearly the same, it is loose.
"""

from __future__ import annotations

import typing as t

from .._errors import Kind, MySafeError
from .plan import Current

if t.TYPE_CHECKING:
    from .desired import Desired
    from .endpoints import ApiSecrets, Row
    from .entity import Entity

#: Failures of a read that mean: it is there, but it may not be read (no access, or it needs approval or justification).
#: Only MySafe itself answers so. ``not_authorized`` is none of them: it concerns the access key, or comes from a gateway.
_DENIALS = (Kind.ACCESS_DENIED, Kind.NOT_FOUND, Kind.BAD_REQUEST)


class Candidate(t.NamedTuple):
    """One listed API secret: its ``entity``, or the ``error`` for which it could not be read (None: was not read)."""

    identifier: str
    row: Row | None = None
    entity: Entity | None = None
    error: MySafeError | None = None

    @property
    def is_inactive(self) -> bool:
        """Whether it could not be read because it is inactive."""
        return self.error is not None and self.error.kind is Kind.INACTIVE

    def __repr__(self) -> str:
        """Name it. No secret of the entity may end in a log."""
        return f"<Candidate {self.identifier}>"


class Match(t.NamedTuple):
    """What is listed for a code: which secrets have it for sure, and which may have it as they cannot be read."""

    certain: tuple[Candidate, ...] = ()
    unclear: tuple[Candidate, ...] = ()
    lookalikes: tuple[Entity, ...] = ()


def match(code: str, candidates: t.Iterable[Candidate], loosely: t.Container[str]) -> Match:
    """Sort what was listed for a code. ``loosely``: identifiers that the filter also lists for other codes."""
    certain: list[Candidate] = []
    unclear: list[Candidate] = []
    lookalikes: list[Entity] = []
    for candidate in candidates:
        if candidate.entity is None:
            (unclear if candidate.identifier in loosely else certain).append(candidate)
            continue
        found = candidate.entity["identifier_code"].strip()
        if found == code:
            certain.append(candidate)
        elif found.casefold() == code.casefold():
            lookalikes.append(candidate.entity)
    return Match(tuple(certain), tuple(unclear), tuple(lookalikes))


def match_code(api: ApiSecrets, code: str, candidates: t.Sequence[Candidate]) -> Match:
    """Sort what was listed for a code, after asking the list for nearly equal codes where something is unreadable."""
    unread = {candidate.identifier for candidate in candidates if candidate.entity is None}
    return match(code, candidates, _loosely_listed(api, code, unread))


def _loosely_listed(api: ApiSecrets, code: str, identifiers: set[str]) -> set[str]:
    """Return which of the identifiers the filter also lists for codes that are nearly the same.

    A filter that matches exactly lists none of them. One that is ignored, or that matches a part, the beginning or the
    end of a code, or without regard to case, does.
    """
    if len(code) < 2:
        return identifiers  # nothing is nearly the same as a single character
    loosely: set[str] = set()
    for probe in dict.fromkeys((code[:-1], code[1:], code.swapcase(), *_wildcards(code))):
        if loosely == identifiers:
            break
        if probe.strip() and probe != code:
            loosely |= identifiers.intersection(api.identifiers(identifier_code=probe))
    return loosely


def _wildcards(code: str) -> t.Iterator[str]:
    """Return the code with a wildcard of SQL in it, where it has one itself that a filter may take for one."""
    if not {"_", "%"}.isdisjoint(code):
        yield f"_{code[1:]}"


def read_candidate(api: ApiSecrets, candidate: Candidate) -> Candidate:
    """Read one listed secret; a failure that concerns only this one is kept. Raises MySafeError for every other."""
    try:
        return candidate._replace(entity=api.read(candidate.identifier))
    except MySafeError as error:
        if error.kind is Kind.INACTIVE or error.kind in _DENIALS:
            return candidate._replace(error=error)
        raise


def find(api: ApiSecrets, desired: Desired) -> Current:
    """Return what is there of the secret that a task means. Reads only.

    Raises MySafeError (kind ``not_found``) where an ``identifier`` does not exist.
    """
    return _by_number(api, desired.identifier) if desired.identifier else _by_code(api, desired)


def _by_number(api: ApiSecrets, identifier: str) -> Current:
    candidate = read_candidate(api, Candidate(identifier))
    if candidate.error is not None and candidate.error.kind is Kind.NOT_FOUND:
        raise candidate.error
    return _current(candidate)


def _by_code(api: ApiSecrets, desired: Desired) -> Current:
    code = desired.identifier_code
    listed = [Candidate(identifier) for identifier in api.identifiers(identifier_code=code)]
    candidates = _read(api, listed)
    found = match_code(api, code, candidates)
    if len(found.certain) == 1:
        return _current(found.certain[0])
    possible = [*found.certain, *found.unclear]
    if not desired.present and all(candidate.is_inactive for candidate in possible):
        return Current(lookalikes=found.lookalikes)  # whichever has the code is inactive, as wanted
    if found.certain:
        return Current(obstacle=ambiguous(desired.called, found.certain, "more than one API secret has it"))
    if found.unclear:
        cause = "MySafe lists more than exact matches, and these cannot be read to see which code they have"
        return Current(obstacle=ambiguous(desired.called, found.unclear, cause))
    return Current(lookalikes=found.lookalikes)


def _read(api: ApiSecrets, listed: list[Candidate]) -> list[Candidate]:
    if len(listed) < 2:
        return [read_candidate(api, candidate) for candidate in listed]
    from .._parallel import each  # usually one is listed, and a module compiles all that it loads

    return each(lambda candidate: read_candidate(api, candidate), listed)


def _current(candidate: Candidate) -> Current:
    if candidate.entity is not None:
        return Current(candidate.identifier, entity=candidate.entity)
    if candidate.is_inactive:
        return Current(candidate.identifier, active=False)
    return Current(candidate.identifier, obstacle=candidate.error)


def ambiguous(called: str, candidates: t.Sequence[Candidate], cause: str, solution: str = "") -> MySafeError:
    """Make the failure for a code that several API secrets have, or may have."""
    numbers = ", ".join(candidate.identifier for candidate in candidates)
    return MySafeError(
        Kind.AMBIGUOUS,
        f"Could not tell which is {called}: it may be any of the identifiers {numbers}",
        cause=cause,
        solution=solution or "address the API secret by its number with the option identifier",
    )
