# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What is drawn: the switches of a vault, the options of tasks, what somebody else does, and faults."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import strategies as st
from simulator.switches import PROFILES, Switches

from .expected import Caller
from .faults import faults

#: Codes that are alike in all the ways in which a filter can take one for another, two of digits, and some others.
CODES = ("pay-api", "Pay-API", "pay-api-2", "x-pay-api", "p", "4711", "47", "mail", "web", "jobs")
CLIENT_SECRETS = ("first/secret of+pay", 'second "secret" & more', "thïrd-secret-of-pay", " spaced secret of pay\n")
_NAMES = ("Pay API", "Pay API 2", " Spaced name ", "4711")
_URLS = ("https://pay.example.org", "https://pay2.example.org/?a=b&c")
_IDS = ("pay-robot", "pay-robot-2", "815")
_METHODS = ("", "get", "post")
_NOTES = ("", "Owned by the team.", " Zwei\nZeilen: ü ", "15")
TAGS = ("prod", "Prod", "pay", "a tag")
_USERS = ("alice", "bob", "carol", "dave", "ghost")
_GROUPS = ("Platform", "Security", "Hidden", "Nobody")

#: The access keys of tasks: of two users who share things, and a second one of the first user, with encryption.
CALLERS = (
    Caller("alice", "alice"),
    Caller("bob", "bob"),
    Caller("encrypted", "alice"),
    Caller("encrypted", "alice", sees_secrets=False),
)
_OTHERS = ("alice", "bob", "carol")

#: Values of switches that have no choices, and those that would only stop everything.
_NUMBERS: dict[str, tuple[t.Any, ...]] = {
    "rate_limit": (10_000,),
    "latency": (0.0005,),
    "token_lifetime": (600.0, 86400.0),
    "lockdown": (),
    "api_paths": ("api",),
}


def _values(field: dataclasses.Field[t.Any]) -> tuple[t.Any, ...]:
    if field.name in _NUMBERS:
        return _NUMBERS[field.name]
    choices: tuple[t.Any, ...] = field.metadata["choices"] or (True, False)
    return tuple(value for value in choices if value != field.default)


#: Switches that change how a task ends, or what is stored, with how much more often than the others they are drawn.
_WEIGHTS = {
    "client_secret_required": 4,
    "denied_code": 4,
    "duplicate_counts_inactive": 4,
    "empty_array_clears_sharing": 4,
    "identifier_code_filter": 4,
    "masked_echo": 4,
    "need_approval": 8,
    "share_with_owner": 4,
    "tag_filter": 4,
    "trim_text": 8,
    "update_old_values": 8,
}
_SWITCHES = [
    (field.name, value)
    for field in dataclasses.fields(Switches)
    for value in _values(field)
    for _time in range(_WEIGHTS.get(field.name, 1))
]

profiles = st.sampled_from(["v4", *PROFILES])
#: Two that matter most are drawn by themselves: whether inactive ones are found by their code, and whether MySafe itself
#: keeps everybody from creating a second one with a code.
switches = st.builds(
    lambda some, two: {**dict(some), **two},
    st.lists(st.sampled_from(_SWITCHES), max_size=8, unique_by=lambda pair: pair[0]),
    st.fixed_dictionaries(
        {"list_inactive": st.sampled_from((False, True)), "enforce_unique": st.sampled_from((True, False))}
    ),
)

rarely = st.sampled_from((False, False, False, True))
retries = st.sampled_from((0, 1, 3))
#: API secrets of the start that are shared, but may not be read: the API cannot make such ones.
_SEALED = [
    {"owner": owner, "name": "Sealed", "url": "https://sealed.example.org", "client_id": "sealed-robot", **values}
    for owner, values in (
        ("carol", {"identifier_code": "pay-api", "tags": "prod", "users": {"alice": True}, "can_view": False}),
        ("carol", {"identifier_code": "47", "groups": {"Platform": False}, "need_approval": True}),
        ("alice", {"identifier_code": "Pay-API", "tags": "pay, prod", "need_approval": True}),
    )
]
sealed = st.lists(st.sampled_from(_SEALED), max_size=2)
places = st.integers(0, 6)
callers = st.sampled_from((*CALLERS[:2] * 3, *CALLERS))
codes = st.sampled_from((*CODES[:1] * 2, *CODES))


def _shares(key: str, names: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, t.Any]]]:
    # The last name is unknown to MySafe: rarely.
    some = st.sampled_from((*names[:-1] * 4, names[-1]))
    entry = st.fixed_dictionaries({key: some, "can_edit": st.booleans()})
    return st.lists(entry, max_size=3, unique_by=lambda share: t.cast("str", share[key]))


_BASE = {"name": st.sampled_from(_NAMES), "url": st.sampled_from(_URLS), "client_id": st.sampled_from(_IDS)}
_OTHER = {
    "client_secret": st.sampled_from(("", *CLIENT_SECRETS)),
    "method": st.sampled_from(_METHODS),
    "tags": st.lists(st.sampled_from(TAGS), max_size=3),
    "notes": st.sampled_from(_NOTES),
    "users_allowed": _shares("username", _USERS),
    "groups_allowed": _shares("name", _GROUPS),
}
#: The fields of a task: all that a create needs and some others, or only some.
_whole = st.fixed_dictionaries(_BASE, optional=_OTHER)
_part = st.fixed_dictionaries({}, optional={**_BASE, **_OTHER})
_gone = st.just({"state": "absent"})
fields = st.one_of(_whole, _whole, _whole, _part, _gone)

policies = st.fixed_dictionaries(
    {},
    optional={
        "update": st.sampled_from((True, True, True, False)),
        "update_client_secret": st.sampled_from(("always", "on_create")),
        "sharing": st.sampled_from(("replace", "add", "remove")),
    },
)

Address = tuple[t.Optional[str], t.Optional[int]]
#: How a task names an API secret: by its code, or by its place among those that exist, perhaps with a (new) code.
address = st.one_of(st.tuples(codes, st.none()), st.tuples(codes, st.none()), st.tuples(st.none() | codes, places))
items = st.tuples(address, fields)
lists = st.fixed_dictionaries(
    {},
    optional={
        "tag": st.sampled_from(TAGS),
        "unlisted": st.sampled_from(("ignore", "report", "deactivate")),
        "on_error": st.sampled_from(("continue", "stop")),
        "concurrency": st.sampled_from((1, 1, 3)),
    },
)

#: What somebody else does: whose access key, the request, its place or code, and its fields or the wanted state.
Change = tuple[str, str, t.Any, t.Any]
changes = st.one_of(
    st.tuples(st.sampled_from(_OTHERS), st.just("create"), codes, fields),
    st.tuples(st.sampled_from(_OTHERS), st.just("update"), places, fields),
    st.tuples(st.sampled_from(_OTHERS), st.just("set_active"), places, st.booleans()),
)

#: What the info module is asked for; the identifier stands for the number of one that exists.
queries = st.one_of(
    st.builds(lambda code: {"identifier_code": code}, codes),
    st.builds(lambda tag: {"tag": tag}, st.sampled_from(TAGS)),
    st.just({"identifier": ""}),
    st.just({}),
)
readings = st.fixed_dictionaries({"details": st.sampled_from((True, True, False)), "reveal": st.booleans()})
rarely_faults: st.SearchStrategy[list[dict[str, t.Any]]] = st.just([]) | st.just([]) | faults

#: Options that cannot be used, whatever is stored.
_NONSENSE: list[dict[str, t.Any]] = [
    {"identifier_code": " "},
    {"identifier": "pay-api"},
    {"name": ""},
    {"client_id": " "},
    {"tags": ["a,b"]},
    {"tags": ["a\nb"]},
    {"client_secret": "********"},
    {"users_allowed": [{"username": ""}]},
    {"groups_allowed": [{"name": "Platform"}, {"name": "Platform", "can_edit": True}]},
]


class Trouble(t.NamedTuple):
    """Why MySafe refuses everything, the kind of error for it, and options that the plugin refuses.

    ``at_login``: it is a trouble of the access key.
    """

    kind: str
    values: dict[str, t.Any]
    at_login: bool
    nonsense: dict[str, t.Any]


_TROUBLES = [
    Trouble("lockdown", {"lockdown": "2030-01-01"}, at_login=False, nonsense={}),
    Trouble("authentication", {"api_paths": "iso"}, at_login=False, nonsense={}),
    Trouble("authentication", {"revoked": True}, at_login=True, nonsense={}),
]
troubles = st.builds(
    lambda trouble, nonsense: trouble._replace(nonsense=nonsense),
    st.sampled_from(_TROUBLES),
    st.sampled_from(_NONSENSE),
)
