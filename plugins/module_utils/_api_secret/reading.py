# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads API secrets for the info module and the lookup: by code, identifier or tag, or all. Writes nothing."""

from __future__ import annotations

import typing as t

from .._errors import Kind, MySafeError
from .._parallel import each
from .entity import Entity, hidden, unread
from .fields import FIELDS
from .match import Candidate, ambiguous, match_code, read_candidate
from .options import checked_identifier, invalid
from .texts import as_text, require_one_tag

if t.TYPE_CHECKING:
    from .endpoints import ApiSecrets

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


#: The options that say which API secrets to read.
_BY = ("identifier_code", "identifier", "tag")


def normal(option: str, value: t.Any) -> t.Any:
    """Return an option that says what to read in its type, and any other as it is.

    Raises MySafeError (kind ``invalid_input``).
    """
    return as_text(option, value) if option in _BY else value


class Query(t.NamedTuple):
    """Which API secrets to read: by one of the three, or all. Without ``details`` only the list is asked."""

    identifier_code: str = ""
    identifier: str = ""
    tag: str = ""
    details: bool = True

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Query:
        """Check the options of the info module. Raises MySafeError (kind ``invalid_input``)."""
        given = {name: as_text(name, params[name]) for name in _BY if params.get(name) is not None}
        if len(given) > 1:
            raise invalid(" and ".join(given), "they exclude each other", "give only one of them")
        for name, value in given.items():
            if not value.strip():
                raise invalid(name, "it is empty", "give a value, or leave the option out to read all API secrets")
        if "tag" in given:
            require_one_tag(given["tag"])
        query = {name: value.strip() for name, value in given.items()}
        if "identifier" in query:
            query["identifier"] = checked_identifier(query["identifier"])
        return cls(details=params.get("details", True), **query)


def read(api: ApiSecrets, query: Query) -> list[Candidate]:
    """Return the API secrets that a query means; an empty list where there are none.

    A secret that may not be read is among them with the reason. Raises MySafeError where nothing could be asked at all.
    """
    filters = {name: value for name in ("identifier_code", "tag") if (value := getattr(query, name))}
    listed = [Candidate(row.identifier, row) for row in api.rows(**filters)]
    if query.identifier:
        listed = [candidate for candidate in listed if candidate.identifier == query.identifier]
        if query.details and not listed:
            # Inactive ones may not be listed, but answer that they are inactive.
            found = read_candidate(api, Candidate(query.identifier))
            return [] if found.error is not None and found.error.kind is Kind.NOT_FOUND else [found]
    if not query.details:
        return listed
    candidates = each(lambda candidate: read_candidate(api, candidate), listed)
    if query.identifier_code:
        return list(match_code(api, query.identifier_code, candidates).certain)
    if query.tag:
        return [
            candidate for candidate in candidates if candidate.entity is None or _has_tag(candidate.entity, query.tag)
        ]
    return candidates


def entry(candidate: Candidate, *, reveal: bool) -> dict[str, t.Any]:
    """Return what the info module returns of a secret: every field of the one shape, None for what is not known."""
    row = {} if candidate.row is None else candidate.row._asdict()
    known = candidate.entity if reveal else hidden(candidate.entity)
    return {
        **(known or unread(candidate.identifier, name=row.get("name"))),
        **{flag: row.get(flag) for flag in ("can_view", "can_write", "need_justify", "need_approval")},
        "error": None if candidate.error is None else candidate.error.entry(),
    }


def _has_tag(found: Entity, tag: str) -> bool:
    """Whether it has the tag. Whether the case of a tag counts is not documented: the filter decides that."""
    return tag.lower() in {one.lower() for one in FIELDS["tags"].comparable(found["tags"])}


class Fetched(t.NamedTuple):
    """The result for one code: the secret, or why there is none and which option of the lookup decides what to do."""

    entity: Entity | None = None
    reason: str = ""
    option: str = ""

    def __repr__(self) -> str:
        """Say only whether it was found. No secret of the entity may end in a log."""
        return f"<Fetched {self.reason or 'an API secret'}>"


def fetch(api: ApiSecrets, codes: t.Sequence[str]) -> list[Fetched]:
    """Return for every code the one API secret that has it. All that MySafe lists for them is read once.

    Raises MySafeError, which names the code, where more than one secret has it, and for every failure that is not
    specific to one API secret.
    """
    unique = list(dict.fromkeys(codes))
    if unique:
        _naming(unique[0], api.client.log_in)
    listed = each(lambda code: _naming(code, lambda: api.identifiers(identifier_code=code)), unique)
    asked_for: dict[str, str] = {}
    for code, identifiers in zip(unique, listed):
        for identifier in identifiers:
            asked_for.setdefault(identifier, code)
    answers = each(
        lambda item: _naming(item[1], lambda: read_candidate(api, Candidate(item[0]))), list(asked_for.items())
    )
    candidates = dict(zip(asked_for, answers))

    def the_one(code: str, identifiers: t.Sequence[str]) -> Fetched:
        return _naming(code, lambda: _the_one(api, code, [candidates[identifier] for identifier in identifiers]))

    fetched = dict(zip(unique, each(lambda item: the_one(*item), list(zip(unique, listed)))))
    return [fetched[code] for code in codes]


def _the_one(api: ApiSecrets, code: str, candidates: t.Sequence[Candidate]) -> Fetched:
    called = f"API secret with identifier code '{code}'"
    if any(_has_code(candidate, code) for candidate in candidates):
        # Beside one that can be read, an inactive one is not meant.
        candidates = [candidate for candidate in candidates if not candidate.is_inactive]
    found = match_code(api, code, candidates)
    readable = [candidate for candidate in found.certain if candidate.entity is not None]
    denied = [candidate for candidate in found.certain if candidate.error and not candidate.is_inactive]
    if readable and len(readable) + len(denied) > 1:
        raise ambiguous(
            f"the {called}",
            [*readable, *denied],
            "more than one API secret has it",
            solution="change one of the codes, or read it by its number with mysafe_api_secret_info",
        )
    if readable:
        return Fetched(readable[0].entity)
    if denied:
        return Fetched(reason=_about(code, denied[0].error), option="on_denied")
    if found.certain:
        error = MySafeError(
            Kind.INACTIVE,
            f"Could not read the {called}: it is inactive",
            cause="an inactive API secret cannot be read",
            solution="activate it, for instance with state: present",
        )
    else:
        cause = "no API secret that the user of the access key can see has this code; inactive ones may not be listed"
        if found.unclear:
            unclear = ", ".join(candidate.identifier for candidate in found.unclear)
            cause = (
                "no API secret that can be read has this code; it may belong to one of these, which could not be read:"
                f" identifiers {unclear}"
            )
        error = MySafeError(
            Kind.NOT_FOUND,
            f"There is no {called}",
            cause=cause,
            solution="check the code and whose access key is used; codes are case-sensitive",
        )
    return Fetched(reason=_about(code, error), option="on_missing")


def _has_code(candidate: Candidate, code: str) -> bool:
    return candidate.entity is not None and candidate.entity["identifier_code"].strip() == code


def _naming(code: str, call: t.Callable[[], Value]) -> Value:
    """Call it; a failure names the code that could not be fetched."""
    try:
        return call()
    except MySafeError as error:
        raise error.but(message=_about(code, error.message)) from error


def _about(code: str, failure: object) -> str:
    return f"The term '{code}' could not be looked up. {failure}"
