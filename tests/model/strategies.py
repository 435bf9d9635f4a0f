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

#: Codes that are alike in all the ways in which a filter can take one for another, and two of digits.
CODES = ("pay-api", "Pay-API", "pay-api-2", "x-pay-api", "p", "4711", "47")
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
OTHERS = ("alice", "bob", "carol")

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


_SWITCHES = [(field.name, value) for field in dataclasses.fields(Switches) for value in _values(field)]

profiles = st.sampled_from(["v4", *PROFILES])
switches = st.lists(st.sampled_from(_SWITCHES), max_size=8, unique_by=lambda pair: pair[0]).map(dict)

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
callers = st.sampled_from((*CALLERS[:2] * 3, *CALLERS))
codes = st.sampled_from((*CODES[:1] * 3, *CODES))


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
fields = st.one_of(_whole, _whole, _part, _gone)

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
address = st.tuples(codes, st.none()) | st.tuples(st.none() | codes, st.integers(0, 9))
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
bad_options = st.sampled_from(
    [
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
)


class Trouble(t.NamedTuple):
    """Why MySafe refuses everything, and the kind of error for it. ``at_login``: it is the access key's."""

    kind: str
    values: dict[str, t.Any]
    at_login: bool = False


troubles = st.sampled_from(
    [
        Trouble("lockdown", {"lockdown": "2030-01-01"}),
        Trouble("authentication", {"api_paths": "iso"}),
        Trouble("authentication", {"revoked": True}, at_login=True),
    ]
)
