# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Finds the one API secret that a task means, and makes sure that it is that one."""

from __future__ import annotations

import typing as t

from ._errors import MySafeError
from ._parallel import each
from ._plan import Current

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets
    from ._desired import Desired
    from ._entity import Entity

#: Failures of a read that mean: it is there, but it may not be read (no access; approval or justification wanted).
UNREADABLE = ("access_denied", "not_found", "not_authorized", "bad_request")


def find(api: ApiSecrets, desired: Desired) -> Current:
    """Return what is there of the secret that the task means. Reads only.

    Raises MySafeError (kind ``not_found``) where an ``identifier`` does not exist.
    """
    if desired.identifier:
        return _by_identifier(api, desired.identifier)
    return _by_code(api, desired)


def _by_identifier(api: ApiSecrets, identifier: str) -> Current:
    try:
        return Current(identifier, entity=api.read(identifier))
    except MySafeError as error:
        if error.kind == "inactive":
            return Current(identifier, active=False)
        if error.kind == "not_found" or error.kind not in UNREADABLE:
            raise
        return Current(identifier, obstacle=error)


class Hits(t.NamedTuple):
    """What the list filter found for a code. Of those that cannot be read the code is not known."""

    bearing: list[Entity]
    inactive: list[str]
    denied: dict[str, MySafeError]

    @classmethod
    def of(cls, code: str, reads: t.Mapping[str, Entity | MySafeError]) -> Hits:
        """Tell apart what was read because a filter, which may be looser than the code, listed it."""
        hits = cls([], [], {})
        for identifier, read in reads.items():
            if not isinstance(read, MySafeError):
                if read["identifier_code"].strip() == code:
                    hits.bearing.append(read)
            elif read.kind == "inactive":
                hits.inactive.append(identifier)
            else:
                hits.denied[identifier] = read
        return hits


def read_or_reason(api: ApiSecrets, identifier: str) -> Entity | MySafeError:
    """Read one secret, or return why just this one cannot be read. Raises MySafeError for every other failure."""
    try:
        return api.read(identifier)
    except MySafeError as error:
        if error.kind == "inactive" or error.kind in UNREADABLE:
            return error
        raise


def _by_code(api: ApiSecrets, desired: Desired) -> Current:
    code = desired.identifier_code
    identifiers = api.identifiers(identifier_code=code)
    reads = each(lambda identifier: read_or_reason(api, identifier), identifiers)
    bearing, inactive, denied = Hits.of(code, dict(zip(identifiers, reads)))
    # Without their fields, only the filter itself can tell whether inactive and denied ones bear the code.
    unread = [*inactive, *denied]
    surely = surely_bearing(api, code, unread)

    candidates = [Current(read["identifier"], entity=read) for read in bearing]
    candidates += [Current(identifier, active=False) for identifier in surely if identifier in inactive]
    candidates += [Current(identifier, obstacle=denied[identifier]) for identifier in surely if identifier in denied]
    if len(candidates) == 1:
        return candidates[0]
    if not bearing and not denied and not desired.present:
        return Current()  # whichever of them bears the code: it is inactive, and that is what is wanted
    if candidates:
        named, cause = [candidate.identifier for candidate in candidates], "more than one API secret bears it"
    elif unread:
        named, cause = unread, "MySafe lists more than the code, and these cannot be read to see which code they bear"
    else:
        return Current()
    return Current(obstacle=ambiguous(desired.called, named, cause))


def surely_bearing(api: ApiSecrets, code: str, identifiers: t.Sequence[str]) -> list[str]:
    """Return which of the listed, but unread, identifiers surely bear the code.

    This is judged by what the filter lists for another code. A filter that is ignored, or matches a part or the
    beginning, also lists a secret for the code without its last character; a filter that matches exactly does not.
    """
    if not identifiers:
        return []
    loosely = set(api.identifiers(identifier_code=code[:-1] or f"{code}~"))
    return [identifier for identifier in identifiers if identifier not in loosely]


def ambiguous(called: str, identifiers: t.Sequence[str], cause: str) -> MySafeError:
    """Make the failure for a code that may be that of several API secrets."""
    return MySafeError(
        "ambiguous",
        f"Could not tell which is {called}: it may be any of the identifiers {', '.join(identifiers)}",
        cause=cause,
        solution="address the API secret by its number with the option identifier",
    )
