# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Finds the active API secrets that carry a tag and are not in a list, and deactivates them where that is wanted.

Nothing is done by the list's filter alone, as its match is not documented: each one is read, and its tags are compared.
"""

from __future__ import annotations

import typing as t

from .._errors import MySafeError
from .._parallel import each
from .desired import Desired
from .ensure import ensure
from .fields import FIELDS
from .match import Candidate
from .plan import Current

if t.TYPE_CHECKING:
    from .desired_list import DesiredList
    from .endpoints import ApiSecrets
    from .ensure_list import Item
    from .journal import Outcome


class Unlisted(t.NamedTuple):
    """One API secret that carries the tag and is not in the list, and what became of it (None: nothing was tried)."""

    candidate: Candidate
    outcome: Outcome | None = None

    @property
    def can_write(self) -> bool:
        """Whether the user of the access key may deactivate it, by MySafe's list."""
        return self.candidate.row is not None and self.candidate.row.can_write


def unlisted(api: ApiSecrets, wanted: DesiredList, items: t.Sequence[Item], *, check_mode: bool) -> list[Unlisted]:
    """Return what carries the tag and is not in the list, after deactivating it where that is wanted.

    Nothing is deactivated that cannot be read, that the user may not write, and nothing at all if an item failed. Raises
    MySafeError where they cannot be listed.
    """
    codes = {item.desired.identifier_code for item in items if item.desired.identifier_code}
    numbers = {item.identifier for item in items if item.identifier}
    listed = [Candidate(row.identifier, row) for row in api.rows(tag=wanted.tag) if row.identifier not in numbers]
    read = each(lambda candidate: _read(api, candidate), listed, connections=wanted.concurrency)
    found = [Unlisted(candidate) for candidate in read if _counts(candidate, wanted.tag, codes)]
    if wanted.unlisted != "deactivate" or not wanted.update or any(item.outcome.error for item in items):
        return found

    def work(one: Unlisted) -> Unlisted:
        return one._replace(outcome=_deactivate(api, one.candidate, check_mode=check_mode)) if _may_go(one) else one

    return each(work, found, connections=wanted.concurrency)


def _read(api: ApiSecrets, candidate: Candidate) -> Candidate:
    """Read one; whatever keeps it from being read, it is left alone, and fails nothing."""
    api.client.begin_item()
    try:
        return candidate._replace(entity=api.read(candidate.identifier))
    except MySafeError as error:
        return candidate._replace(error=error)


def _counts(candidate: Candidate, tag: str, codes: t.Container[str]) -> bool:
    if candidate.entity is None:
        return not candidate.is_inactive
    has_tag = tag in FIELDS["tags"].comparable(candidate.entity["tags"])
    return has_tag and candidate.entity["identifier_code"].strip() not in codes


def _may_go(one: Unlisted) -> bool:
    return one.can_write and one.candidate.entity is not None


def _deactivate(api: ApiSecrets, candidate: Candidate, *, check_mode: bool) -> Outcome:
    desired = Desired(identifier=candidate.identifier, present=False)
    return ensure(api, desired, check_mode=check_mode, current=Current(candidate.identifier, entity=candidate.entity))
