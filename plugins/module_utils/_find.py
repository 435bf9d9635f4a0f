# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Finds the one API secret that a task means, and makes sure that it is that one."""

from __future__ import annotations

import typing as t

from ._errors import MySafeError
from ._plan import Current

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets
    from ._desired import Desired

#: Failures of a read that mean: it is there, but it may not be read (no access; approval or justification wanted).
_UNREADABLE = ("access_denied", "not_found", "not_authorized", "bad_request")


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
        if error.kind == "not_found" or error.kind not in _UNREADABLE:
            raise
        return Current(identifier, obstacle=error)


def _by_code(api: ApiSecrets, desired: Desired) -> Current:
    """Look the code up by the list filter, which may be looser than the code, and read every hit to see its code."""
    code = desired.identifier_code
    bearing: list[Current] = []
    inactive: list[str] = []
    denied: dict[str, MySafeError] = {}
    for identifier in api.identifiers(identifier_code=code):
        try:
            read = api.read(identifier)
        except MySafeError as error:
            if error.kind == "inactive":
                inactive.append(identifier)
            elif error.kind in _UNREADABLE:
                denied[identifier] = error
            else:
                raise
        else:
            if read["identifier_code"].strip() == code:
                bearing.append(Current(identifier, entity=read))

    if not bearing and not denied and not desired.present:
        # Whichever of them bears the code: it is inactive, and that is what is wanted.
        return Current(inactive[0], active=False) if len(inactive) == 1 else Current()
    # Without their fields, only the filter itself can tell whether inactive and denied ones bear the code.
    unread = [*inactive, *(denied if not bearing else ())]
    surely = _surely_filtered(api, code, unread) if unread else []

    candidates = [*bearing, *(Current(identifier, active=False) for identifier in surely if identifier in inactive)]
    candidates += [Current(identifier, obstacle=denied[identifier]) for identifier in surely if identifier in denied]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        return _ambiguous(
            desired, [candidate.identifier for candidate in candidates], "more than one API secret bears it"
        )
    if unread:
        return _ambiguous(
            desired, unread, "MySafe lists more than the code, and these cannot be read to see which code they bear"
        )
    return Current()


def _surely_filtered(api: ApiSecrets, code: str, identifiers: t.Sequence[str]) -> list[str]:
    """Return which of the listed identifiers surely bear the code, judged by what the filter lists for another code.

    A filter that is ignored, or matches a part or the beginning, also lists a secret for the code without its last
    character; a filter that matches exactly does not.
    """
    loosely = set(api.identifiers(identifier_code=code[:-1] or f"{code}~"))
    return [identifier for identifier in identifiers if identifier not in loosely]


def _ambiguous(desired: Desired, identifiers: t.Sequence[str], cause: str) -> Current:
    named = ", ".join(identifiers)
    return Current(
        obstacle=MySafeError(
            "ambiguous",
            f"Could not tell which is {desired.called}: it may be any of the identifiers {named}",
            cause=cause,
            solution="address the API secret by its number with the option identifier",
        )
    )
