# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads API secrets for the info module and the lookup: by code, identifier or tag, or all. Writes nothing."""

from __future__ import annotations

import dataclasses
import typing as t

from ._entity import SHARING_FIELDS, TEXT_FIELDS, Entity, comparable
from ._errors import MySafeError
from ._find import UNREADABLE, ambiguous, look_up, surely_bearing
from ._parallel import each
from ._secrets import hidden_entity

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets, Row


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of what to read; the documentation is in the module ``mysafe_api_secret_info``."""
    return {
        "identifier_code": {"type": "str"},
        "identifier": {"type": "str"},
        "tag": {"type": "str"},
        "details": {"type": "bool", "default": True},
        "reveal": {"type": "bool", "default": False},
    }


@dataclasses.dataclass(frozen=True)
class Query:
    """Which API secrets to read: by one of the three, or all. Without ``details`` only the list is asked."""

    identifier_code: str = ""
    identifier: str = ""
    tag: str = ""
    details: bool = True

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Query:
        """Check the options of the info module. Raises MySafeError (kind ``invalid_input``)."""
        given = {
            name: params[name] for name in ("identifier_code", "identifier", "tag") if params.get(name) is not None
        }
        if len(given) > 1:
            raise _invalid(" and ".join(given), "they exclude each other", "give only one of them")
        for name, value in given.items():
            if not value.strip():
                raise _invalid(name, "it is empty", "give a value, or leave the option out to read all API secrets")
        if "identifier" in given and not (
            given["identifier"].strip().isascii() and given["identifier"].strip().isdigit()
        ):
            raise _invalid("identifier", "it is not a number", "give the number from the ID column of MySafe")
        return cls(details=params.get("details", True), **{name: value.strip() for name, value in given.items()})


class Read(t.NamedTuple):
    """One API secret: the ``entity``, or the ``error`` for which it could not be read (both None without details)."""

    identifier: str
    row: Row | None = None
    entity: Entity | None = None
    error: MySafeError | None = None

    def entry(self, *, reveal: bool) -> dict[str, t.Any]:
        """Return what the info module returns of it: every field of the one shape, None for what is not known."""
        unknown: Entity = dict.fromkeys(["identifier", *TEXT_FIELDS, *SHARING_FIELDS])
        entity = self.entity if reveal else hidden_entity(self.entity)
        row = {} if self.row is None else self.row._asdict()
        flags = {name: row.get(name) for name in ("can_view", "can_write", "need_justify", "need_approval")}
        listed = {"identifier": self.identifier, "name": row.get("name")}
        error = None if self.error is None else {"msg": str(self.error), **self.error.details()}
        return {**unknown, **listed, **(entity or {"shared_error": []}), **flags, "error": error}


def read(api: ApiSecrets, query: Query) -> list[Read]:
    """Return the API secrets that a query means; an empty list where there are none.

    One that may not be read is among them with the reason. Raises MySafeError where nothing could be asked at all.
    """
    if query.identifier and query.details:
        return [item for item in _details(api, [Read(query.identifier)]) if not _is_unknown(item)]
    filters = {name: value for name in ("identifier_code", "tag") if (value := getattr(query, name))}
    listed = [Read(row.identifier, row) for row in api.rows(**filters)]
    if query.identifier:
        return [item for item in listed if item.identifier == query.identifier]
    if not query.details:
        return listed
    return _meant(api, query, _details(api, listed))


def fetch(api: ApiSecrets, code: str) -> Entity:
    """Return the one API secret that bears a code.

    Raises MySafeError: ``not_found``, ``inactive``, ``ambiguous``, or what kept it from being read.
    """
    called = f"the API secret with identifier code '{code}'"
    bearing, inactive, denied = look_up(api, code)
    if len(bearing) == 1:
        return bearing[0]
    if bearing:
        raise ambiguous(called, [entity["identifier"] for entity in bearing], "more than one API secret bears it")
    for identifier in surely_bearing(api, code, [*denied, *inactive]):
        if identifier in denied:
            raise denied[identifier]
        raise MySafeError(
            "inactive",
            f"Could not read {called}: it is inactive",
            cause="an inactive API secret cannot be read",
            solution="activate it, for instance with state: present",
        )
    raise MySafeError(
        "not_found",
        f"There is no {called[4:]}",
        cause="no API secret that the user of the access key can see has this code; inactive ones may not be listed",
        solution="check the code and whose access key is used; codes are case-sensitive",
    )


def _details(api: ApiSecrets, listed: t.Sequence[Read]) -> list[Read]:
    """Read the secrets, each of which MySafe's audit records as a view."""
    answers = each(api.read, [item.identifier for item in listed])
    details = []
    for item, answer in zip(listed, answers):
        if not isinstance(answer, MySafeError):
            details.append(item._replace(entity=answer))
        elif answer.kind == "inactive" or answer.kind in UNREADABLE:
            details.append(item._replace(error=answer))
        else:
            raise answer
    return details


def _meant(api: ApiSecrets, query: Query, items: t.Sequence[Read]) -> list[Read]:
    """Leave out what a loose filter listed, but the query does not mean."""
    if query.tag:
        # Whether the case of a tag counts is not documented: the filter decides that.
        wanted = query.tag.lower()
        return [item for item in items if item.entity is None or wanted in _lower_tags(item.entity)]
    if query.identifier_code:
        surely = surely_bearing(api, query.identifier_code, [item.identifier for item in items if item.entity is None])
        return [
            item
            for item in items
            if (item.identifier in surely if item.entity is None else _bears(item.entity, query.identifier_code))
        ]
    return list(items)


def _bears(entity: Entity, code: str) -> bool:
    return bool(entity["identifier_code"].strip() == code)


def _lower_tags(entity: Entity) -> set[str]:
    return {tag.lower() for tag in comparable("tags", entity["tags"])}


def _is_unknown(item: Read) -> bool:
    return item.error is not None and item.error.kind == "not_found"


def _invalid(options: str, cause: str, solution: str) -> MySafeError:
    return MySafeError("invalid_input", f"The option {options} cannot be used", cause=cause, solution=solution)
