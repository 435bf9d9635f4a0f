# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads API secrets for the info module and the lookup: by code, identifier or tag, or all. Writes nothing."""

from __future__ import annotations

import typing as t

from ._entity import SHARING_FIELDS, TEXT_FIELDS, Entity, comparable
from ._errors import MySafeError
from ._find import Hits, ambiguous, read_or_reason, surely_bearing
from ._options import checked_identifier, invalid
from ._parallel import each
from ._secrets import hidden_entity

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets, Row

Value = t.TypeVar("Value")


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of what to read; the documentation is in the module ``mysafe_api_secret_info``."""
    return {
        "identifier_code": {"type": "str"},
        "identifier": {"type": "str"},
        "tag": {"type": "str"},
        "details": {"type": "bool", "default": True},
        "reveal": {"type": "bool", "default": False},
    }


class Query(t.NamedTuple):
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
            raise invalid(" and ".join(given), "they exclude each other", "give only one of them")
        for name, value in given.items():
            if not value.strip():
                raise invalid(name, "it is empty", "give a value, or leave the option out to read all API secrets")
        if "," in given.get("tag", ""):
            raise invalid("tag", "it holds a comma, by which MySafe separates tags", "give one tag")
        query = {name: value.strip() for name, value in given.items()}
        if "identifier" in query:
            query["identifier"] = checked_identifier(query["identifier"])
        return cls(details=params.get("details", True), **query)


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
    filters = {name: value for name in ("identifier_code", "tag") if (value := getattr(query, name))}
    listed = [Read(row.identifier, row) for row in api.rows(**filters)]
    if query.identifier:
        listed = [item for item in listed if item.identifier == query.identifier]
        if query.details and not listed:
            # Inactive ones may not be listed, but answer that they are inactive.
            return [item for item in _details(api, [Read(query.identifier)]) if not _is_unknown(item)]
    if not query.details:
        return listed
    return _meant(api, query, _details(api, listed))


class Fetched(t.NamedTuple):
    """What became of a code: the entity, or why there is none and which option of the lookup decides what that means."""

    entity: Entity | None = None
    reason: str = ""
    option: str = ""


def fetch(api: ApiSecrets, codes: t.Sequence[str]) -> list[Fetched]:
    """Return for every code the one API secret that bears it. All that MySafe lists for them is read once.

    Raises MySafeError, which names the code, where more than one bears it, and for every failure that is not the
    matter of a single secret.
    """
    unique = list(dict.fromkeys(codes))
    if unique:
        _naming(unique[0], api.client.log_in)
    listed = each(lambda code: _naming(code, lambda: api.identifiers(identifier_code=code)), unique)
    asked_for: dict[str, str] = {}
    for code, identifiers in zip(unique, listed):
        for identifier in identifiers:
            asked_for.setdefault(identifier, code)
    reads = dict(
        zip(
            asked_for,
            each(lambda item: _naming(item[1], lambda: read_or_reason(api, item[0])), list(asked_for.items())),
        )
    )
    hits = [
        (code, Hits.of(code, {identifier: reads[identifier] for identifier in identifiers}))
        for code, identifiers in zip(unique, listed)
    ]
    fetched = dict(zip(unique, each(lambda item: _naming(item[0], lambda: _the_one(api, *item)), hits)))
    return [fetched[code] for code in codes]


def _the_one(api: ApiSecrets, code: str, hits: Hits) -> Fetched:
    called = f"the API secret with identifier code '{code}'"
    bearing, inactive, denied = hits
    # Where one was found, one that is inactive is none that could be meant as well, but one that is denied is.
    surely = surely_bearing(api, code, [*denied, *inactive]) if denied or not bearing else []
    if bearing:
        may_be = [
            *(entity["identifier"] for entity in bearing),
            *(identifier for identifier in surely if identifier in denied),
        ]
        if len(may_be) > 1:
            error = ambiguous(called, may_be, "more than one API secret bears it")
            error.solution = "change one of the codes, or read it by its number with mysafe_api_secret_info"
            raise error
        return Fetched(bearing[0])
    for identifier in surely:
        if identifier in denied:
            return Fetched(reason=_about(code, denied[identifier]), option="on_denied")
        error = MySafeError(
            "inactive",
            f"Could not read {called}: it is inactive",
            cause="an inactive API secret cannot be read",
            solution="activate it, for instance with state: present",
        )
        return Fetched(reason=_about(code, error), option="on_missing")
    cause = "no API secret that the user of the access key can see has this code; inactive ones may not be listed"
    if denied or inactive:
        cause = (
            "none that can be read has this code; whether it is that of one that cannot be read does not show:"
            f" identifiers {', '.join([*denied, *inactive])}"
        )
    error = MySafeError(
        "not_found",
        f"There is no {called[4:]}",
        cause=cause,
        solution="check the code and whose access key is used; codes are case-sensitive",
    )
    return Fetched(reason=_about(code, error), option="on_missing")


def _naming(code: str, call: t.Callable[[], Value]) -> Value:
    """Call it; a failure says which code could not be fetched for it."""
    try:
        return call()
    except MySafeError as error:
        error.message = _about(code, error.message)
        raise


def _about(code: str, failure: object) -> str:
    return f"The term '{code}' could not be looked up. {failure}"


def _details(api: ApiSecrets, listed: t.Sequence[Read]) -> list[Read]:
    """Read the secrets, each of which MySafe's audit records as a view."""
    answers = each(lambda item: read_or_reason(api, item.identifier), listed)
    return [
        item._replace(error=answer) if isinstance(answer, MySafeError) else item._replace(entity=answer)
        for item, answer in zip(listed, answers)
    ]


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
