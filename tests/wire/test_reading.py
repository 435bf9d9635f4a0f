# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reading for the info module and the lookup: which secrets, in which order, with which requests and errors."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from simulator.process import Simulator

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.reading import Fetched
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret_info, lookup
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop

from .support import (
    CLIENT_SECRET,
    CODE,
    EXPIRED_TOKEN,
    HIDDEN,
    NEIGHBOURS,
    OTHER_CLIENT_SECRET,
    OTHERS_SECRET,
    STORED,
    add,
    calls,
    each_filter,
    login,
    vault,
)

_SPEC = api_secret_info.argument_spec()
Info = t.Callable[..., Result]
Listed = t.Callable[..., list[dict[str, t.Any]]]
Fetch = t.Callable[..., list[Fetched]]
Failure = t.Callable[..., MySafeError]
Unreadable = t.Callable[[Simulator], None]
_RIGHTS = ("can_view", "can_write", "need_justify", "need_approval")
_loose = pytest.mark.parametrize("rule", ["contains", "prefix", "ignored"])


def _params(simulator: Simulator, key: str, options: dict[str, t.Any]) -> dict[str, t.Any]:
    checked = ArgumentSpecValidator(_SPEC).validate({**login(simulator, key), "retries": 0, **options})
    assert not checked.error_messages
    params: dict[str, t.Any] = checked.validated_parameters
    return params


@pytest.fixture(name="info")
def _info(simulator: Simulator) -> Info:
    """Return a function that runs the info module."""

    def info(key: str = "alice", sessions: Sessions | None = None, **options: t.Any) -> Result:
        return api_secret_info.run(_params(simulator, key, options), check_mode=False, diff=False, sessions=sessions)

    return info


@pytest.fixture(name="listed")
def _listed(info: Info) -> Listed:
    """Return a function that runs the info module and returns the API secrets."""

    def listed(**options: t.Any) -> list[dict[str, t.Any]]:
        values = info(**options).values
        assert values["changed"] is False
        entries: list[dict[str, t.Any]] = values["api_secrets"]
        return entries

    return listed


@pytest.fixture(name="fetch")
def _fetch(simulator: Simulator) -> Fetch:
    """Return a function that runs the lookup."""
    sessions = Sessions()

    def fetch(*codes: str, key: str = "alice", **options: t.Any) -> list[Fetched]:
        return lookup.run(_params(simulator, key, options), codes, sessions)[0]

    return fetch


@pytest.fixture(name="failure")
def _failure(fetch: Fetch) -> Failure:
    """Return a function that runs a failing lookup and returns the failure."""

    def failure(*codes: str, **options: t.Any) -> MySafeError:
        with pytest.raises(MySafeError) as caught:
            fetch(*codes, **options)
        return caught.value

    return failure


def _entities(fetched: list[Fetched]) -> list[dict[str, t.Any]]:
    """Return the API secrets for the terms, and check that all were found."""
    found = [one.entity for one in fetched if one.entity is not None]
    assert len(found) == len(fetched)
    return found


def _identifiers(entries: list[dict[str, t.Any]]) -> list[str]:
    return [entry["identifier"] for entry in entries]


def _views(simulator: Simulator) -> dict[str, int]:
    return {secret["identifier"]: secret["views"] for secret in simulator.secrets() if secret["owner"] != "dave"}


def _many(simulator: Simulator, count: int, **changes: t.Any) -> list[str]:
    return [add(simulator, identifier_code=f"{CODE}-{number}", **changes) for number in range(count)]


def _held_up(simulator: Simulator, *identifiers: str) -> None:
    """Delay the answers to some reads, so that they arrive last."""
    for identifier in identifiers:
        simulator.fault({"delay": 0.2}, path=f"secretapi/{identifier}$")


# The info module: which secrets


def test_without_a_filter_everything_the_user_can_see_is_listed(simulator: Simulator, listed: Listed) -> None:
    mine = [add(simulator), add(simulator, identifier_code="other")]
    shared = add(simulator, owner="bob", users={"alice": False})
    by_group = add(simulator, owner="bob", users={}, groups={"Platform": True})
    add(simulator, owner="bob", users={}, groups={})
    assert _identifiers(listed()) == [*mine, shared, by_group]


@pytest.mark.parametrize("options", [{}, {"identifier_code": CODE}, {"identifier": "7"}, {"tag": "billing"}])
@pytest.mark.parametrize("details", [True, False])
@pytest.mark.parametrize("list_key", ["documented", "absent_when_empty", "null_when_empty"])
def test_nothing_found_is_an_empty_list(
    simulator: Simulator, listed: Listed, options: dict[str, t.Any], details: bool, list_key: str
) -> None:
    simulator.switch(list_key=list_key)
    assert listed(details=details, **options) == []


@pytest.mark.parametrize("details", [True, False])
def test_one_is_found_by_its_code(simulator: Simulator, listed: Listed, details: bool) -> None:
    add(simulator, identifier_code="other")
    right = add(simulator)
    assert _identifiers(listed(identifier_code=CODE, details=details)) == [right]


@pytest.mark.parametrize("identifier_type", ["str", "int"])
@pytest.mark.parametrize("details", [True, False])
@pytest.mark.parametrize("given", ["text", "number", "text with zeros"])
def test_one_is_found_by_its_identifier(
    simulator: Simulator, listed: Listed, identifier_type: str, details: bool, given: str
) -> None:
    simulator.switch(identifier_type=identifier_type)
    add(simulator)
    identifier = add(simulator, identifier_code="other")
    asked = {"text": identifier, "number": int(identifier), "text with zeros": f"00{identifier}"}[given]
    assert _identifiers(listed(identifier=asked, details=details)) == [identifier]


@pytest.mark.parametrize("tag", ["billing", "BILLING", " production "])
def test_those_with_the_tag_are_found(simulator: Simulator, listed: Listed, tag: str) -> None:
    right = [add(simulator), add(simulator, identifier_code="other")]
    add(simulator, identifier_code="another", tags="test, billing-2")
    assert _identifiers(listed(tag=tag)) == right


@pytest.mark.parametrize("tag", ["two words", "a&b=c", "ä€𝄞", "100%", "#1", "a+b"])
def test_any_text_without_a_comma_can_be_a_tag(simulator: Simulator, listed: Listed, tag: str) -> None:
    right = add(simulator, tags=f"first, {tag}")
    add(simulator, identifier_code="other")
    assert _identifiers(listed(tag=tag)) == [right]


@pytest.mark.parametrize("code", ["a b", "a&b=c", "ä€𝄞", "100%", "a/b", "a#b", "a+b", "*", "'", "a,b", "12534"])
def test_any_text_can_be_a_code(simulator: Simulator, listed: Listed, fetch: Fetch, code: str) -> None:
    right = add(simulator, identifier_code=code)
    add(simulator)
    assert _identifiers(listed(identifier_code=code)) == [right]
    assert _entities(fetch(code))[0]["identifier"] == right


def test_two_with_the_same_code_are_both_returned(simulator: Simulator, listed: Listed) -> None:
    both = [add(simulator), add(simulator, owner="bob", users={"alice": False})]
    assert _identifiers(listed(identifier_code=CODE)) == both


_NOT_AUTHORIZED = "You are not authorized to access this resource"
_OF_OTHERS: dict[str, tuple[dict[str, t.Any], str]] = {
    "a page with status 403": ({"status": 403, "body": "<html>Forbidden</html>"}, "not_authorized"),
    "a referer": ({"status": 404, "body": {"message": "HTTP referer is not allowed"}}, "not_authorized"),
    "a permission": ({"status": 500, "body": {"message": _NOT_AUTHORIZED}}, "not_authorized"),
    "a number of four digits": ({"status": 400, "body": {"message": "1006 blocked by proxy"}}, "unexpected_answer"),
    "a number with a colon": ({"status": 404, "body": {"message": "1005: no such cluster"}}, "unexpected_answer"),
}


@pytest.mark.parametrize(("answer", "kind"), _OF_OTHERS.values(), ids=_OF_OTHERS)
def test_an_answer_of_a_gateway_or_a_proxy_is_not_a_denial(
    simulator: Simulator, failure: Failure, answer: dict[str, t.Any], kind: str
) -> None:
    add(simulator)
    simulator.fault(answer, path=r"secretapi/\d+$", times=10)
    assert failure(CODE).kind == kind


def test_two_with_the_same_name_are_both_returned(simulator: Simulator, listed: Listed) -> None:
    both = [add(simulator), add(simulator, identifier_code="other")]
    assert _identifiers(listed()) == both


@each_filter
@pytest.mark.parametrize("list_inactive", [False, True])
@pytest.mark.parametrize("active", [True, False], ids=["others_active", "others_inactive"])
def test_with_a_loose_code_filter_only_the_right_one_is_returned(
    simulator: Simulator, listed: Listed, rule: str, list_inactive: bool, active: bool
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=list_inactive)
    for code in NEIGHBOURS:
        add(simulator, identifier_code=code, active=active)
    right = add(simulator)
    assert _identifiers(listed(identifier_code=CODE)) == [right]


@pytest.mark.parametrize("rule", ["exact", "case_sensitive", "contains", "ignored"])
def test_with_a_loose_tag_filter_only_the_right_ones_are_returned(
    simulator: Simulator, listed: Listed, rule: str
) -> None:
    simulator.switch(tag_filter=rule)
    right = [add(simulator, identifier_code=f"{number}") for number in range(2)]
    for number, tags in enumerate(("billing-2", "x billing", "", "test")):
        add(simulator, identifier_code=f"other-{number}", tags=tags)
    assert _identifiers(listed(tag="billing")) == right


# The info module: the content of an entry


@pytest.mark.parametrize("options", [{}, {"identifier_code": CODE}, {"tag": "billing"}, {"identifier": None}])
def test_an_entry_is_the_entity_with_the_users_rights(
    simulator: Simulator, listed: Listed, options: dict[str, t.Any]
) -> None:
    identifier = add(simulator)
    if "identifier" in options:
        options = {"identifier": identifier}
    assert listed(**options) == [
        {
            **{field: value for field, value in STORED.items() if field not in ("users", "groups")},
            "identifier": identifier,
            "client_secret": HIDDEN,
            "users_allowed": [{"username": "bob", "can_edit": True}],
            "groups_allowed": [{"name": "Security", "can_edit": False}],
            "shared_error": [],
            "can_view": True,
            "can_write": True,
            "need_justify": False,
            "need_approval": False,
            "error": None,
        }
    ]


@pytest.mark.parametrize("details", [True, False])
@pytest.mark.parametrize(
    ("changes", "rights"),
    [
        ({}, (True, True, False, False)),
        ({"owner": "bob", "users": {"alice": False}}, (True, False, False, False)),
        ({"owner": "bob", "users": {"alice": True}}, (True, True, False, False)),
        ({"need_justify": True}, (True, True, True, False)),
        ({"need_approval": True}, (True, True, False, True)),
        ({"can_view": False}, (False, True, False, False)),
    ],
)
def test_the_rights_are_booleans(
    simulator: Simulator, listed: Listed, details: bool, changes: dict[str, t.Any], rights: tuple[bool, ...]
) -> None:
    identifier = add(simulator, **changes)
    for options in ({}, {"identifier": identifier}):
        [entry] = listed(details=details, **options)
        assert [entry[right] for right in _RIGHTS] == list(rights)


@pytest.mark.parametrize("profile", ["v3_32", "v3_33", "v4", "v4_en_doc", "legacy_envelope"])
def test_every_version_gives_the_same_result(simulator: Simulator, info: Info, profile: str) -> None:
    add(simulator)
    expected = info().values
    simulator.reset(profile)
    add(simulator)
    assert info().values == expected


@pytest.mark.parametrize(
    "switches",
    [
        {"identifier_type": "int"},
        {"get_users_key": "username"},
        {"get_entity_key": "api_entity"},
        {"tenant_in_answer": True},
        {"mensagem_key": "Message"},
    ],
    ids=str,
)
def test_every_form_of_the_answer_gives_the_same_result(
    simulator: Simulator, info: Info, switches: dict[str, t.Any]
) -> None:
    add(simulator)
    expected = info().values
    simulator.switch(**switches)
    assert info().values == expected


@pytest.mark.parametrize("empty_fields", ["string", "null", "absent"])
def test_a_field_that_was_never_set_is_an_empty_text(simulator: Simulator, listed: Listed, empty_fields: str) -> None:
    simulator.switch(empty_fields=empty_fields)
    simulator.add_secret(owner="alice", name="Bare", url="u", client_id="c")
    [entry] = listed()
    assert [entry[field] for field in ("client_secret", "identifier_code", "method", "tags", "notes")] == [""] * 5


# The info module: unreadable secrets


def _denied(simulator: Simulator) -> None:
    add(simulator, identifier_code="denied", can_view=False)


def _denied_as_missing(simulator: Simulator) -> None:
    simulator.switch(denied_code=1005)
    _denied(simulator)


def _wants_approval(simulator: Simulator) -> None:
    simulator.switch(need_approval="refused")
    add(simulator, identifier_code="denied", need_approval=True)


def _inactive(simulator: Simulator) -> None:
    simulator.switch(list_inactive=True)
    add(simulator, identifier_code="denied", active=False)


_unreadable = pytest.mark.parametrize(
    ("unreadable", "kind", "code"),
    [
        (_denied, "access_denied", 1006),
        (_denied_as_missing, "not_found", 1005),
        (_wants_approval, "access_denied", 1006),
        (_inactive, "inactive", 1009),
    ],
    ids=["denied", "denied_as_missing", "wants_approval", "inactive"],
)


@_unreadable
@pytest.mark.parametrize("options", [{}, {"tag": "billing"}])
def test_an_unreadable_one_does_not_affect_the_others(
    simulator: Simulator, listed: Listed, unreadable: Unreadable, kind: str, code: int, options: dict[str, t.Any]
) -> None:
    first = add(simulator)
    unreadable(simulator)
    last = add(simulator, identifier_code="last")
    entries = listed(**options)
    assert [entry["error"] and entry["error"]["kind"] for entry in entries] == [None, kind, None]
    assert (entries[0]["identifier"], entries[2]["identifier"]) == (first, last)


@_unreadable
@pytest.mark.parametrize("way", ["all", "identifier_code", "identifier", "tag"])
def test_an_unreadable_one_says_why(
    simulator: Simulator, listed: Listed, unreadable: Unreadable, kind: str, code: int, way: str
) -> None:
    unreadable(simulator)
    identifier = simulator.secrets()[-1]["identifier"]
    asked = {"all": {}, "identifier_code": {way: "denied"}, "identifier": {way: identifier}, "tag": {way: "billing"}}
    [entry] = listed(**asked[way])
    assert (entry["identifier"], entry["name"], entry["url"], entry["client_secret"]) == (
        *(identifier, "Billing API"),
        *(None, None),
    )
    error = entry["error"]
    assert (error["kind"], error["code"], error["http_status"]) == (kind, code, 400)
    assert all(error[part] for part in ("msg", "cause", "solution"))


def test_an_unlisted_inactive_one_is_found_by_identifier(simulator: Simulator, listed: Listed) -> None:
    identifier = add(simulator, active=False)
    [entry] = listed(identifier=identifier)
    assert (entry["identifier"], entry["error"]["kind"], entry["can_view"]) == (identifier, "inactive", None)


def test_another_users_secret_is_denied_by_identifier(simulator: Simulator, listed: Listed) -> None:
    identifier = add(simulator, owner="bob", users={}, groups={})
    [entry] = listed(identifier=identifier)
    assert (entry["identifier"], entry["error"]["kind"], entry["can_view"]) == (identifier, "access_denied", None)


@pytest.mark.parametrize("profile", ["v3_32", "v4"])
def test_an_absurdly_long_identifier_is_not_found(simulator: Simulator, listed: Listed, profile: str) -> None:
    simulator.reset(profile)
    assert listed(identifier="9" * 400) == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("1009: Inactive Api secret", "inactive"),
        ("1006: User does not have access", "access_denied"),
        ("1005: Api secret not found", "not_found"),
        ("Approval is pending", "bad_request"),
    ],
)
def test_one_that_becomes_unreadable_after_listing_says_why(
    simulator: Simulator, listed: Listed, message: str, kind: str
) -> None:
    refusal = {"code": 400, "response": {"status": 400, "message": message, "error": True, "error_code": 1}}
    identifiers = [add(simulator), add(simulator, identifier_code="other")]
    simulator.fault({"status": 400, "body": refusal}, path=f"secretapi/{identifiers[0]}$")
    entries = listed()
    assert _identifiers(entries) == identifiers
    assert [entry["error"] and entry["error"]["kind"] for entry in entries] == [kind, None]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"gateway": 502}, "unavailable"),
        ({"gateway": 500}, "server_error"),
        ({"lockdown": "2099-01-01"}, "lockdown"),
        ({"html": True}, "unexpected_answer"),
        ({"close": True}, "connection"),
        ({"redirect": "https://elsewhere.example.org/"}, "redirect"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
@pytest.mark.parametrize("path", ["secretapi$", r"secretapi/\d+$"], ids=["list", "get"])
def test_a_failure_not_specific_to_one_secret_fails_the_task(
    simulator: Simulator, info: Info, path: str, fault: dict[str, t.Any], kind: str
) -> None:
    _many(simulator, 3)
    simulator.fault(fault, path=path, times=1000)
    values = info().values
    assert (values["error"]["kind"], values["changed"], "api_secrets" in values) == (kind, False, False)


def test_a_locked_down_vault_is_not_asked_for_every_secret(simulator: Simulator, info: Info) -> None:
    _many(simulator, 100)
    simulator.fault({"lockdown": "2099-01-01"}, path=r"secretapi/\d+$", times=1000)
    info()
    # At worst, all eight connections were in use when the first read failed.
    assert calls(simulator).count("get") <= 8


# The info module: requests


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, ["token", "list", "get"]),
        ({"identifier_code": CODE}, ["token", "list", "get"]),
        ({"tag": "billing"}, ["token", "list", "get"]),
        ({"identifier": "3"}, ["token", "list", "get"]),
        ({"identifier": "4"}, ["token", "list", "get"]),
        ({"identifier_code": "missing"}, ["token", "list"]),
        ({"details": False}, ["token", "list"]),
        ({"details": False, "identifier_code": CODE}, ["token", "list"]),
        ({"details": False, "identifier": "3"}, ["token", "list"]),
        ({"details": False, "reveal": True}, ["token", "list"]),
    ],
    ids=str,
)
def test_the_info_module_sends_no_unnecessary_request(
    simulator: Simulator, info: Info, options: dict[str, t.Any], sent: list[str]
) -> None:
    assert add(simulator) == "3"
    info(**options)
    assert (calls(simulator), simulator.connections()) == (sent, 1)


@pytest.mark.parametrize("options", [{}, {"identifier_code": CODE}, {"identifier": "3"}, {"tag": "billing"}])
def test_without_details_no_view_is_counted(simulator: Simulator, info: Info, options: dict[str, t.Any]) -> None:
    assert add(simulator) == "3"
    info(details=False, **options)
    assert _views(simulator) == {"3": 0}


def test_with_details_each_is_viewed_once(simulator: Simulator, info: Info) -> None:
    identifiers = _many(simulator, 20)
    info()
    assert _views(simulator) == dict.fromkeys(identifiers, 1)


@pytest.mark.parametrize("options", [{}, {"reveal": True}, {"details": False}], ids=str)
def test_reading_writes_nothing(simulator: Simulator, info: Info, options: dict[str, t.Any]) -> None:
    _many(simulator, 3)
    before = vault(simulator)
    info(**options)
    assert (simulator.writes(), vault(simulator)) == ([], before)


def test_many_are_returned_in_the_order_of_the_list(simulator: Simulator, listed: Listed) -> None:
    identifiers = _many(simulator, 20)
    _held_up(simulator, *identifiers[:3])
    assert _identifiers(listed()) == identifiers


def test_many_take_one_token_and_at_most_eight_connections(simulator: Simulator, info: Info) -> None:
    identifiers = _many(simulator, 60)
    # Without a limit, the other reads would open connections of their own meanwhile.
    _held_up(simulator, *identifiers[:8])
    info()
    assert (calls(simulator).count("token"), 1 < simulator.connections() <= 8) == (1, True)


def test_a_token_that_expires_midway_is_replaced_once(simulator: Simulator, listed: Listed) -> None:
    identifiers = _many(simulator, 30)
    simulator.fault(EXPIRED_TOKEN, path=rf"secretapi/{identifiers[3]}$")
    assert [entry["error"] for entry in listed()] == [None] * 30
    assert calls(simulator).count("token") == 2


def test_a_rate_limit_of_one_read_is_waited_for(
    simulator: Simulator, info: Info, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Stop, "wait", lambda _self, seconds: waits.append(seconds))
    identifiers = _many(simulator, 2)
    simulator.fault({"gateway": 429, "retry_after": 7}, path=f"secretapi/{identifiers[1]}$")
    info(retries=1)
    assert 7 in waits  # the other reads may have to wait too


def test_items_in_one_session_share_token_and_connection(simulator: Simulator, info: Info) -> None:
    add(simulator)
    sessions = Sessions()
    for _time in range(5):
        info(sessions=sessions, identifier_code=CODE)
    assert (calls(simulator).count("token"), simulator.connections()) == (1, 1)


# The info module: client secrets


def test_client_secrets_are_hidden_and_registered_for_ansible_to_censor(simulator: Simulator, info: Info) -> None:
    add(simulator)
    add(simulator, identifier_code="other", client_secret=OTHER_CLIENT_SECRET, notes=f"Not {CLIENT_SECRET}.")
    result = info()
    assert {CLIENT_SECRET, OTHER_CLIENT_SECRET} <= set(result.secrets)
    assert [entry["client_secret"] for entry in result.values["api_secrets"]] == [HIDDEN, HIDDEN]


def test_reveal_returns_client_secrets(simulator: Simulator, info: Info) -> None:
    add(simulator)
    add(simulator, identifier_code="other", client_secret=OTHER_CLIENT_SECRET)
    result = info(reveal=True)
    assert [entry["client_secret"] for entry in result.values["api_secrets"]] == [CLIENT_SECRET, OTHER_CLIENT_SECRET]
    assert not {CLIENT_SECRET, OTHER_CLIENT_SECRET} & set(result.secrets)


@pytest.mark.parametrize("reveal", [True, False])
def test_the_access_key_is_always_registered_for_ansible_to_censor(
    simulator: Simulator, info: Info, reveal: bool
) -> None:
    add(simulator)
    assert simulator.access_keys["alice"]["client_secret"] in info(reveal=reveal).secrets


def test_the_error_of_one_entry_contains_no_secret_of_another(simulator: Simulator, info: Info) -> None:
    add(simulator)
    identifier = add(simulator, identifier_code="other")
    said = {"response": {"status": 400, "message": f"Not as {CLIENT_SECRET}", "error": True}}
    simulator.fault({"status": 400, "body": said}, path=f"secretapi/{identifier}$")
    result = info()
    [_first, second] = result.values["api_secrets"]
    assert ('"Not as ********"' in second["error"]["msg"], CLIENT_SECRET in json.dumps(result.values)) == (True, False)


def test_a_failure_contains_no_secret_that_was_read_before_it(simulator: Simulator, info: Info) -> None:
    simulator.switch(identifier_code_filter="contains")
    add(simulator)
    add(simulator, identifier_code=f"{CODE}-2", can_view=False)
    # The second list request checks whether the unreadable one has the code.
    simulator.fault({"status": 500, "body": {"message": f"As {CLIENT_SECRET}"}}, path="secretapi$", skip=1)
    values = info(identifier_code=CODE).values
    assert ('"As ********"' in values["msg"], CLIENT_SECRET in json.dumps(values)) == (True, False)


# The lookup: which secret


def test_terms_are_returned_in_order(simulator: Simulator, fetch: Fetch) -> None:
    identifiers = _many(simulator, 20)
    _held_up(simulator, identifiers[7], identifiers[19])
    codes = [f"{CODE}-{number}" for number in reversed(range(20))]
    assert [entity["identifier_code"] for entity in _entities(fetch(*codes))] == codes


def test_the_client_secret_is_fetched(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    assert _entities(fetch(CODE))[0]["client_secret"] == CLIENT_SECRET


@each_filter
@pytest.mark.parametrize("list_inactive", [False, True])
@pytest.mark.parametrize("active", [True, False], ids=["others_active", "others_inactive"])
def test_a_loose_filter_does_not_hide_the_right_one_from_the_lookup(
    simulator: Simulator, fetch: Fetch, rule: str, list_inactive: bool, active: bool
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=list_inactive)
    for code in NEIGHBOURS:
        add(simulator, identifier_code=code, active=active, client_secret=OTHERS_SECRET)
    right = add(simulator)
    assert _entities(fetch(CODE))[0]["identifier"] == right


@each_filter
@pytest.mark.parametrize("list_inactive", [False, True])
@pytest.mark.parametrize("state", [{}, {"active": False}, {"can_view": False}], ids=str)
def test_no_other_is_fetched_if_the_right_one_is_missing(
    simulator: Simulator, fetch: Fetch, rule: str, list_inactive: bool, state: dict[str, t.Any]
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=list_inactive)
    for code in NEIGHBOURS:
        add(simulator, identifier_code=code, client_secret=OTHERS_SECRET, **state)
    assert fetch(CODE)[0].entity is None


@pytest.mark.parametrize(
    "two",
    [
        [{}, {"owner": "bob", "users": {"alice": False}}],
        [{"owner": "bob", "users": {"alice": False}}, {"owner": "carol", "users": {"alice": False}}],
        # An unreadable own one: another user's shared one must not be mistaken for it.
        [{"can_view": False}, {"owner": "bob", "users": {"alice": False}}],
    ],
    ids=["both_read", "both_shared", "own_denied"],
)
def test_two_with_the_same_code_fail_with_the_term_and_both_identifiers(
    simulator: Simulator, failure: Failure, two: list[dict[str, t.Any]]
) -> None:
    simulator.switch(enforce_unique=False)
    identifiers = [add(simulator, **changes) for changes in two]
    add(simulator, identifier_code="first")
    error = failure("first", CODE)
    assert (error.kind, f"The term '{CODE}' could not" in str(error)) == ("ambiguous", True)
    assert all(text in str(error) for text in [*identifiers, "or read it by its number"])


def test_an_inactive_one_with_the_same_code_does_not_make_it_ambiguous(simulator: Simulator, fetch: Fetch) -> None:
    simulator.switch(enforce_unique=False, list_inactive=True)
    right = add(simulator)
    add(simulator, active=False)
    assert _entities(fetch(CODE))[0]["identifier"] == right


# The lookup: terms that cannot be fetched


def test_a_missing_one_is_left_to_on_missing(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    one, there = fetch("missing", CODE)
    assert (one.entity, one.option, _entities([there])[0]["identifier_code"]) == (None, "on_missing", CODE)
    assert one.reason.startswith("The term 'missing' could not be looked up. There is no API secret")


@pytest.mark.parametrize("list_inactive", [False, True])
def test_an_inactive_one_is_left_to_on_missing(simulator: Simulator, fetch: Fetch, list_inactive: bool) -> None:
    simulator.switch(list_inactive=list_inactive)
    add(simulator, active=False)
    [one] = fetch(CODE)
    assert (one.entity, one.option, "it is inactive" in one.reason) == (None, "on_missing", list_inactive)


@pytest.mark.parametrize("denied_code", [1006, 1005])
def test_a_denied_one_is_left_to_on_denied(simulator: Simulator, fetch: Fetch, denied_code: int) -> None:
    simulator.switch(denied_code=denied_code)
    identifier = add(simulator, can_view=False)
    [one] = fetch(CODE)
    assert (one.entity, one.option, f"identifier {identifier}" in one.reason) == (None, "on_denied", True)


def test_one_that_requires_approval_is_left_to_on_denied(simulator: Simulator, fetch: Fetch) -> None:
    simulator.switch(need_approval="refused")
    add(simulator, need_approval=True)
    assert fetch(CODE)[0].option == "on_denied"


@_loose
@pytest.mark.parametrize("state", [{"active": False}, {"can_view": False}], ids=str)
def test_an_unreadable_one_that_may_have_the_code_is_named(
    simulator: Simulator, fetch: Fetch, rule: str, state: dict[str, t.Any]
) -> None:
    simulator.switch(identifier_code_filter=rule, list_inactive=True)
    identifier = add(simulator, **state)
    [one] = fetch(CODE)
    assert (one.option, f"identifiers {identifier}." in one.reason) == ("on_missing", True)


@pytest.mark.parametrize("key", ["unauthorized", "expired"])
def test_a_refused_access_key_fails_the_lookup_as_a_whole(simulator: Simulator, failure: Failure, key: str) -> None:
    add(simulator)
    error = failure(CODE, key=key)
    assert error.kind == {"unauthorized": "not_authorized", "expired": "authentication"}[key]


@pytest.mark.parametrize("path", ["oauth2/token$", "secretapi$", r"secretapi/\d+$"], ids=["token", "list", "get"])
@pytest.mark.parametrize("fault", [{"gateway": 502}, {"lockdown": "2099-01-01"}, {"close": True}], ids=str)
def test_every_other_failure_names_a_term(
    simulator: Simulator, failure: Failure, path: str, fault: dict[str, t.Any]
) -> None:
    add(simulator)
    simulator.fault(fault, path=path, times=1000)
    assert str(failure(CODE)).startswith(f"The term '{CODE}' could not be looked up. Could not ")


def test_the_failure_names_the_term_that_failed(simulator: Simulator, failure: Failure) -> None:
    _many(simulator, 3)
    simulator.fault({"gateway": 500}, path=r"secretapi/4$")
    assert str(failure(*(f"{CODE}-{number}" for number in range(3)))).startswith(f"The term '{CODE}-1' could not")


@pytest.mark.parametrize("codes", [[CODE], [CODE, "other"]])
def test_a_failed_lookup_contains_no_secret(simulator: Simulator, failure: Failure, codes: list[str]) -> None:
    key = simulator.access_keys["alice"]["client_secret"]
    add(simulator)
    simulator.fault({"status": 500, "body": {"message": f"client_secret={key}"}}, path="secretapi$", times=9)
    assert (key in str(failure(*codes)), "client_secret=********" in str(failure(*codes))) == (False, True)


def test_the_reason_for_one_term_contains_no_secret_of_another(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    identifier = add(simulator, identifier_code="other")
    said = {"response": {"status": 400, "message": f"1006: Not with {CLIENT_SECRET}", "error": True}}
    simulator.fault({"status": 400, "body": said}, path=f"secretapi/{identifier}$")
    _there, other = fetch(CODE, "other")
    assert (other.option, "Not with ********" in other.reason) == ("on_denied", True)


# The lookup: requests


@pytest.mark.parametrize(
    ("codes", "sent"),
    [
        ([], []),
        ([CODE], ["token", "list", "get"]),
        ([CODE, CODE], ["token", "list", "get"]),
        (["missing"], ["token", "list"]),
        ([CODE, "missing"], ["get", "list", "list", "token"]),
    ],
    ids=str,
)
def test_the_lookup_sends_no_unnecessary_request(
    simulator: Simulator, fetch: Fetch, codes: list[str], sent: list[str]
) -> None:
    add(simulator)
    fetch(*codes)
    assert sorted(calls(simulator)) == sorted(sent)


def test_a_repeated_code_is_returned_twice(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    assert [entity["identifier_code"] for entity in _entities(fetch(CODE, CODE))] == [CODE, CODE]


@pytest.mark.parametrize("rule", ["exact", "ignored"])
def test_a_lookup_of_many_terms_views_each_once(simulator: Simulator, fetch: Fetch, rule: str) -> None:
    simulator.switch(identifier_code_filter=rule)
    identifiers = _many(simulator, 20)
    fetch(*(f"{CODE}-{number}" for number in range(20)))
    assert _views(simulator) == dict.fromkeys(identifiers, 1)


@pytest.mark.parametrize("rule", ["exact", "ignored"])
def test_a_lookup_of_many_terms_takes_one_token_and_at_most_eight_connections(
    simulator: Simulator, fetch: Fetch, rule: str
) -> None:
    simulator.switch(identifier_code_filter=rule)
    identifiers = _many(simulator, 40)
    # Without a limit, the other reads would open connections of their own meanwhile.
    _held_up(simulator, *identifiers[:8])
    fetch(*(f"{CODE}-{number}" for number in range(40)))
    assert (calls(simulator).count("token"), 1 < simulator.connections() <= 8) == (1, True)


def test_consecutive_lookups_share_token_and_connection(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    for _time in range(5):
        fetch(CODE)
    assert (calls(simulator).count("token"), simulator.connections()) == (1, 1)


def test_lookups_of_two_users_share_neither_token_nor_connection(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator, users={"bob": True})
    assert [_entities(fetch(CODE, key=key))[0]["identifier_code"] for key in ("alice", "bob")] == [CODE, CODE]
    assert (calls(simulator).count("token"), simulator.connections()) == (2, 2)


def test_a_lookup_writes_nothing(simulator: Simulator, fetch: Fetch) -> None:
    add(simulator)
    before = vault(simulator)
    fetch(CODE, "missing")
    assert (simulator.writes(), vault(simulator)) == ([], before)


def test_a_lookup_works_after_a_failed_one(simulator: Simulator, fetch: Fetch, failure: Failure) -> None:
    add(simulator)
    simulator.fault({"close": True}, path="secretapi$")
    failure(CODE)
    simulator.clear_faults()
    assert _entities(fetch(CODE))[0]["identifier_code"] == CODE
