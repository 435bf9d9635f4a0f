# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The operations of the matrix: what is in the vault, what the task says, and what the vault is to hold afterwards."""

from __future__ import annotations

import typing as t

from wire.support import CHANGED as _CHANGED
from wire.support import CLIENT_SECRET, CODE, OTHER_CLIENT_SECRET, OTHERS_SECRET
from wire.support import DESCRIBED as _DESCRIBED
from wire.support import STORED as _STORED
from wire.support import STORED_CHANGED as _STORED_CHANGED

Fields = dict[str, t.Any]
#: Which entry point runs: of the module for one, of the module for a list, of the info module, or of the lookup.
ONE, LIST, INFO, LOOKUP = "api_secret", "api_secrets", "api_secret_info", "lookup"

#: Not ASCII, so that an answer in another encoding is another answer.
_NAME = {"name": "Rechnungen für alle"}
DESCRIBED: Fields = {"identifier_code": CODE, **_DESCRIBED, **_NAME}
STORED: Fields = {**_STORED, **_NAME}
CHANGED: Fields = {"identifier_code": CODE, **_CHANGED}
_BRIEF: Fields = {"url": "https://service.example.org", "client_id": "robot"}

#: Secrets that no task may touch. The first two have similar codes.
STRANGERS: tuple[Fields, ...] = (
    {"owner": "alice", **STORED, "identifier_code": f"{CODE}-2", "tags": "others", "client_secret": OTHERS_SECRET},
    {"owner": "alice", **STORED, "identifier_code": f"x-{CODE}", "tags": "others", "active": False},
    {"owner": "bob", **STORED, "identifier_code": "of-bob", "tags": "others", "users": {"alice": False}},
)
#: The numbers of the first secrets that an operation begins with; 1 and 2 are the simulator's own.
NUMBER, NEXT, THIRD, FOURTH = (str(3 + len(STRANGERS) + place) for place in range(4))


class Operation(t.NamedTuple):
    """One operation.

    ``start`` are the secrets at the beginning besides those of others. ``wanted`` maps the codes that the task is about
    to what is stored under them at the end, None for nothing. ``reads`` are the terms of the lookup.
    """

    options: Fields
    start: tuple[Fields, ...] = ()
    wanted: dict[str, Fields | None] = {}  # noqa: RUF012 - never changed
    entry: str = ONE
    switches: Fields = {}  # noqa: RUF012 - never changed
    check: bool = False
    terms: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it is one of the operations that write, or predict what they would."""
        return self.entry in (ONE, LIST)


def _one(options: Fields, stored: Fields | None = None, wanted: Fields | None = None, **switches: t.Any) -> Operation:
    """Return an operation on the secret with CODE: ``stored`` before (None: it is not there), ``wanted`` afterwards."""
    start = () if stored is None else ({"owner": "alice", **stored},)
    return Operation(options, start, {CODE: wanted}, switches=switches)


_ACTIVE, _INACTIVE = {"active": True}, {"active": False}
_CODE = {"identifier_code": CODE}
_ONE: dict[str, Operation] = {
    "create": _one(DESCRIBED, None, {**STORED, **_ACTIVE}),
    "create-among-similar": _one(DESCRIBED, None, STORED, identifier_code_filter="contains"),
    "unchanged": _one(DESCRIBED, STORED, STORED),
    "update-text": _one({**_CODE, "notes": "Später."}, STORED, {**STORED, "notes": "Später."}),
    "update-secret": _one(
        {**_CODE, "client_secret": OTHER_CLIENT_SECRET}, STORED, {**STORED, "client_secret": OTHER_CLIENT_SECRET}
    ),
    "update-all": _one(CHANGED, STORED, _STORED_CHANGED),
    "update-shows-old-values": _one(CHANGED, STORED, _STORED_CHANGED, update_old_values=True, update_status=201),
    "clear-tags": _one({**_CODE, "tags": []}, STORED, {**STORED, "tags": ""}),
    "clear-secret": _one({**_CODE, "client_secret": ""}, STORED, {**STORED, "client_secret": ""}),
    "share": _one(
        {**_CODE, "users_allowed": [{"username": "carol"}], "groups_allowed": []},
        STORED,
        {**STORED, "users": {"carol": False}, "groups": {}},
    ),
    "share-add": _one(
        {**_CODE, "users_allowed": [{"username": "carol", "can_edit": True}], "sharing": "add"},
        STORED,
        {**STORED, "users": {"bob": True, "carol": True}},
    ),
    "share-remove": _one(
        {**_CODE, "users_allowed": [{"username": "bob"}], "sharing": "remove"}, STORED, {**STORED, "users": {}}
    ),
    "change-code": Operation(
        {"identifier": NUMBER, "identifier_code": "billing-2", "notes": ""},
        ({"owner": "alice", **STORED},),
        {"billing-2": {**STORED, "identifier_code": "billing-2", "notes": ""}, CODE: None},
    ),
    "number-unchanged": _one({**DESCRIBED, "identifier": NUMBER}, STORED, STORED),
    "number-update": _one({**CHANGED, "identifier": NUMBER}, STORED, _STORED_CHANGED),
    "activate": _one(DESCRIBED, {**STORED, **_INACTIVE}, {**STORED, **_ACTIVE}, list_inactive=True),
    "activate-update": _one(CHANGED, {**STORED, **_INACTIVE}, {**_STORED_CHANGED, **_ACTIVE}, list_inactive=True),
    "activate-number": _one({"identifier": NUMBER}, {**STORED, **_INACTIVE}, {**STORED, **_ACTIVE}),
    "deactivate": _one({**_CODE, "state": "absent"}, STORED, {**STORED, **_INACTIVE}),
    "deactivate-number": _one({"identifier": NUMBER, "state": "absent"}, STORED, {**STORED, **_INACTIVE}),
    "absent": _one({**_CODE, "state": "absent"}),
    "absent-inactive": _one(
        {**_CODE, "state": "absent"}, {**STORED, **_INACTIVE}, {**STORED, **_INACTIVE}, list_inactive=True
    ),
}

_SERVICE: Fields = {**_BRIEF, **_NAME}
_MIXED = Operation(
    {
        "api_secrets": [
            {"identifier_code": "new", **_SERVICE},
            {"identifier_code": "other", **_SERVICE, "notes": "Später."},
            {"identifier_code": "same", **_SERVICE},
            {"identifier_code": "gone", "state": "absent"},
            {"identifier": FOURTH, "notes": "Wach."},
        ],
        "client_secrets": {"new": CLIENT_SECRET, "other": OTHER_CLIENT_SECRET},
        "concurrency": 1,
    },
    (
        {"owner": "alice", **_SERVICE, "identifier_code": "other", "client_secret": CLIENT_SECRET},
        {"owner": "alice", **_SERVICE, "identifier_code": "same"},
        {"owner": "alice", **_SERVICE, "identifier_code": "gone"},
        {"owner": "alice", **_SERVICE, "identifier_code": "asleep", **_INACTIVE},
    ),
    {
        "new": {**_SERVICE, **_ACTIVE, "client_secret": CLIENT_SECRET},
        "other": {**_SERVICE, "notes": "Später.", "client_secret": OTHER_CLIENT_SECRET},
        "same": {**_SERVICE, **_ACTIVE},
        "gone": {**_SERVICE, **_INACTIVE},
        "asleep": {**_SERVICE, **_ACTIVE, "notes": "Wach."},
    },
    LIST,
)
_TAGGED: Fields = {"owner": "alice", **_SERVICE, "tags": "ours"}


def _unlisted(unlisted: str, items: list[Fields], wanted: dict[str, Fields | None]) -> Operation:
    start = (
        {**_TAGGED, "identifier_code": "listed"},
        {**_TAGGED, "identifier_code": "left-1"},
        {**_TAGGED, "identifier_code": "left-2", "owner": "bob", "users": {"alice": True}},
        {**_TAGGED, "identifier_code": "view", "owner": "bob", "users": {"alice": False}},
    )
    options = {"api_secrets": items, "tag": "ours", "unlisted": unlisted, "concurrency": 1}
    return Operation(options, start, wanted, LIST)


_LIST: dict[str, Operation] = {
    "list": _MIXED,
    "list-stop": _MIXED._replace(
        options={**_MIXED.options, "api_secrets": _MIXED.options["api_secrets"][:2], "on_error": "stop"},
        start=_MIXED.start[:1],
        wanted={code: _MIXED.wanted[code] for code in ("new", "other")},
    ),
    "list-report": _unlisted(
        "report",
        [{"identifier_code": "listed", "notes": "Da."}],
        {"listed": {"notes": "Da."}, "left-1": _ACTIVE, "left-2": _ACTIVE, "view": _ACTIVE},
    ),
    "list-deactivate": _unlisted(
        "deactivate",
        [{"identifier_code": "listed"}],
        {"listed": _ACTIVE, "left-1": _INACTIVE, "left-2": _INACTIVE, "view": _ACTIVE},
    ),
}

_READ_START: tuple[Fields, ...] = (
    {"owner": "alice", **STORED},
    {**_TAGGED, "identifier_code": "other", "client_secret": OTHER_CLIENT_SECRET},
)
_READ: dict[str, Operation] = {
    "info-code": Operation(_CODE, _READ_START, entry=INFO),
    "info-number": Operation({"identifier": NUMBER}, _READ_START, entry=INFO),
    "info-tag": Operation({"tag": "billing"}, _READ_START, entry=INFO),
    "info-all": Operation({"reveal": True}, _READ_START, entry=INFO),
    "info-list": Operation({"details": False}, _READ_START, entry=INFO),
    "lookup-one": Operation({}, _READ_START, entry=LOOKUP, terms=(CODE,)),
    "lookup-many": Operation({}, _READ_START, entry=LOOKUP, terms=("other", CODE, "nothing")),
}

_WRITING = {**_ONE, **_LIST}
OPERATIONS: dict[str, Operation] = {
    **_WRITING,
    **{f"check-{name}": operation._replace(check=True) for name, operation in _WRITING.items()},
    **_READ,
}
