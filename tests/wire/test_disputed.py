# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Undocumented behaviour: whatever the server does, the life of a secret gives the same results."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from simulator.switches import PROFILES, Switches, preset

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .support import (
    CHANGED,
    CODE,
    DESCRIBED,
    HIDDEN,
    STORED,
    STORED_CHANGED,
    TEXTS,
    add,
    calls,
    holds,
    vault,
    with_code,
)

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_PROFILES = ("v4", "v3_33", "v3_32", "v4_en_doc", "legacy_envelope")
assert set(_PROFILES) == set(PROFILES)
_each_profile = pytest.mark.parametrize("profile", _PROFILES)

#: Values of the switches that make no difference. list_inactive is on, so that the code is enough.
_SAME: dict[str, list[t.Any]] = {
    "kong": ["3.2", "3.4", "3.6"],
    "auth_failure": [401, 404],
    "token_expired_body": ["exp", "message", "404"],
    "api_paths": ["both", "api"],
    "token_paths": ["both", "api", "iso"],
    "rate_limit": [10_000],
    "rate_limit_window": ["second", "minute", "hour"],
    "rate_limit_headers": [True, False],
    "latency": [0.001],
    "token_get_allowed": [True, False],
    "token_json_allowed": [True, False],
    "token_basic_allowed": [True, False],
    "token_lifetime": [5.0, 86400.0],
    "token_type_case": ["Bearer", "bearer", "BEARER"],
    "token_error": ["league", "league_old", "envelope"],
    "tenant_required": [False],
    "lockdown": [""],
    "no_permission": ["envelope", "gateway"],
    "wording": ["v4", "v3_32"],
    "legacy_envelope": [True, False],
    "mensagem_key": ["mensagem", "Message", "both"],
    "tenant_in_answer": [True, False],
    "deactivate_code": [True, False],
    "identifier_type": ["str", "int"],
    "numeric_text": [True, False],
    "empty_fields": ["string", "null", "absent"],
    "get_entity_key": ["api_secret_entity", "api_entity"],
    "write_entity_key": ["api_entity", "api_secret_entity"],
    "get_users_key": ["name", "username"],
    "write_users_key": ["username", "name"],
    "masked_echo": [True, False],
    "encrypt_notes": [True, False],
    "list_inactive": [True],
    "list_key": ["documented", "absent_when_empty", "null_when_empty"],
    "identifier_code_filter": ["exact"],
    "tag_filter": ["exact", "case_sensitive", "contains", "ignored"],
    "non_numeric_identifier": [1010, 1005],
    "denied_code": [1006, 1005],
    "need_approval": ["ignored", "refused"],
    "client_secret_required": [True, False],
    "enforce_unique": [True, False],
    "duplicate_counts_inactive": [True, False],
    "self_collision": [True, False],
    "trim_text": [True, False],
    "null_on_update": ["keeps", "clears"],
    "update_status": [200, 201],
    "update_old_values": [True, False],
    "update_requires_base_fields": [True, False],
    "update_inactive": ["allowed", "refused"],
    "empty_array_clears_sharing": [True],
    "share_with_owner": ["kept", "dropped", "shared_error"],
    "shared_error_shape": ["object", "string", "username_only"],
    "shared_error_status": [0, 200, 201, 207],
    "already_message": [True, False],
}
#: Values that make a difference. Each is tested below, or in the file that is named.
_DIFFERENT: dict[str, list[t.Any]] = {
    "api_paths": ["iso"],
    "tenant_required": [True],  # test_authentication
    "list_inactive": [False],
    "identifier_code_filter": ["contains", "prefix", "suffix", "case_insensitive", "ignored"],
    "empty_array_clears_sharing": [False],
}
#: Each value that differs from the default of the profile. Those of the newest version are typical.
_VALUES = [
    pytest.param(
        profile,
        {name: value},
        id=f"{profile}-{name}={value}",
        marks=() if profile == "v4" else pytest.mark.exhaustive,
    )
    for profile in _PROFILES
    for name, values in _SAME.items()
    for value in values
    if value != getattr(preset(profile), name) and name != "list_inactive"
]
#: Many values at once, as one server might have them.
_TOGETHER: dict[str, dict[str, t.Any]] = {
    "all_of_the_form": {
        "mensagem_key": "Message",
        "tenant_in_answer": True,
        "deactivate_code": False,
        "identifier_type": "int",
        "numeric_text": True,
        "empty_fields": "absent",
        "get_entity_key": "api_entity",
        "write_entity_key": "api_secret_entity",
        "get_users_key": "username",
        "write_users_key": "name",
        "masked_echo": True,
        "list_key": "absent_when_empty",
        "already_message": False,
    },
    "all_of_the_rules": {
        "self_collision": True,
        "trim_text": True,
        "null_on_update": "clears",
        "update_status": 201,
        "update_old_values": True,
        "update_requires_base_fields": True,
        "update_inactive": "refused",
        "client_secret_required": True,
        "denied_code": 1005,
    },
}

_ENTITY = {
    **{field: DESCRIBED[field] for field in (*TEXTS, "users_allowed")},
    "identifier_code": CODE,
    "client_secret": HIDDEN,
    "tags": "billing, production",
    "groups_allowed": [{"name": "Security", "can_edit": False}],
    "shared_error": [],
}
_ENTITY_CHANGED = {
    **{field: CHANGED[field] for field in (*TEXTS, "groups_allowed")},
    "identifier_code": CODE,
    "client_secret": HIDDEN,
    "tags": "test",
    "users_allowed": [{"username": "carol", "can_edit": False}],
    "shared_error": [],
}
_GONE = {"state": "absent"}
#: The options of a task, the action it takes, what the vault then holds, what the task returns.
_Step = tuple[dict[str, t.Any], str, dict[str, t.Any], dict[str, t.Any]]
#: The life of a secret.
_LIFE: tuple[_Step, ...] = (
    (DESCRIBED, "create", {**STORED, "active": True}, _ENTITY),
    (DESCRIBED, "none", {**STORED, "active": True}, _ENTITY),
    (CHANGED, "update", {**STORED_CHANGED, "active": True}, _ENTITY_CHANGED),
    (CHANGED, "none", {**STORED_CHANGED, "active": True}, _ENTITY_CHANGED),
    (_GONE, "deactivate", {**STORED_CHANGED, "active": False}, _ENTITY_CHANGED),
    (_GONE, "none", {**STORED_CHANGED, "active": False}, {}),
    (CHANGED, "activate", {**STORED_CHANGED, "active": True}, _ENTITY_CHANGED),
    (CHANGED, "none", {**STORED_CHANGED, "active": True}, _ENTITY_CHANGED),
)


def _live(simulator: Simulator, task: Tasks, steps: t.Sequence[_Step] = _LIFE, *, expire: bool = False) -> None:
    """Take the secret through the steps, and check each of them."""
    sessions = Sessions()
    before = vault(simulator)
    for number, (options, action, stored, entity) in enumerate(steps, 1):
        result = task(identifier_code=CODE, sessions=sessions, **options)
        after = vault(simulator)
        assert "error" not in result.values, f"step {number}: {result.values['msg']}"
        assert (result.values["action"], result.values["changed"]) == (action, action != "none"), f"step {number}"
        assert (after == before) is (action == "none"), f"step {number} and the vault"
        found = [secret for secret in after.values() if secret["identifier_code"] == CODE]
        assert [holds(secret, stored) for secret in found] == [True], f"step {number} in the vault"
        returned = result.values["api_entity"]
        assert {field: returned[field] for field in entity} == entity, f"step {number} in the result"
        assert result.warnings == (), f"step {number} warns"
        before = after
        if expire:
            simulator.expire_tokens()


def test_every_value_of_every_switch_is_covered() -> None:
    fields = {field.name: field.metadata["choices"] for field in dataclasses.fields(Switches)}
    assert set(_SAME) == set(fields)
    for name, choices in fields.items():
        assert {str(choice) for choice in choices} <= {str(value) for value in _SAME[name] + _DIFFERENT.get(name, [])}


@_each_profile
def test_the_life_of_a_secret(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile, list_inactive=True)
    _live(simulator, task)


@pytest.mark.parametrize(("profile", "switches"), _VALUES)
def test_the_life_of_a_secret_is_the_same_with_each_switch(
    simulator: Simulator, task: Tasks, profile: str, switches: dict[str, t.Any]
) -> None:
    simulator.reset(profile, **{"list_inactive": True, **switches})
    _live(simulator, task, expire=switches.keys() & {"auth_failure", "token_expired_body", "kong"} != set())


@_each_profile
@pytest.mark.parametrize("switches", _TOGETHER.values(), ids=_TOGETHER)
def test_the_life_of_a_secret_is_the_same_with_many_switches(
    simulator: Simulator, task: Tasks, profile: str, switches: dict[str, t.Any]
) -> None:
    simulator.reset(profile, list_inactive=True, **switches)
    _live(simulator, task)


@_each_profile
def test_a_create_is_three_requests_in_every_version(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile)
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create"]


@_each_profile
def test_digits_stay_text(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile, numeric_text=True)
    options = {**DESCRIBED, "name": "1", "client_id": "4711", "client_secret": "12345", "notes": "42", "tags": ["7"]}
    created = task(identifier_code="20260101", **options).values
    again = task(identifier_code="20260101", **options).values
    assert (created["action"], again["action"]) == ("create", "none")
    assert again["api_entity"]["notes"] == "42"


@_each_profile
@pytest.mark.parametrize("trim_text", [True, False])
@pytest.mark.parametrize("field", ["name", "url", "client_id", "method", "notes"])
def test_white_space_around_a_text_is_not_a_difference(
    simulator: Simulator, task: Tasks, profile: str, trim_text: bool, field: str
) -> None:
    simulator.reset(profile, trim_text=trim_text)
    options = {**DESCRIBED, field: f"  {DESCRIBED[field]}\n"}
    task(identifier_code=CODE, **options)
    assert task(identifier_code=CODE, **options).values["action"] == "none"


_SPACED = f"{DESCRIBED['client_secret']}\n"
_each_echo = pytest.mark.parametrize("echo", [{}, {"masked_echo": True}, {"update_old_values": True}], ids=str)


@_each_echo
@pytest.mark.parametrize("is_lost", [False, True])
def test_white_space_around_a_client_secret_that_is_removed_changes_nothing(
    simulator: Simulator, task: Tasks, echo: dict[str, t.Any], is_lost: bool
) -> None:
    simulator.switch(trim_text=True, **echo)
    options = {**DESCRIBED, "client_secret": _SPACED}
    task(identifier_code=CODE, **options)
    before = vault(simulator)
    if is_lost:
        simulator.fault({"reset": True}, method="PUT", when="after", times=4)
    again = task(identifier_code=CODE, **options)
    assert (again.values.get("changed"), again.values.get("action"), vault(simulator)) == (False, "none", before)
    assert any("white space around it" in warning for warning in again.warnings)


@_each_echo
def test_white_space_around_a_client_secret_that_is_kept_is_a_change(
    simulator: Simulator, task: Tasks, echo: dict[str, t.Any]
) -> None:
    simulator.switch(**echo)
    add(simulator)
    done = task(identifier_code=CODE, client_secret=_SPACED).values
    again = task(identifier_code=CODE, client_secret=_SPACED).values
    assert (done["changed"], with_code(simulator)[0]["client_secret"], again["changed"]) == (True, _SPACED, False)


@_each_profile
@pytest.mark.parametrize("empty_fields", ["string", "null", "absent"])
def test_clearing_empty_fields_changes_nothing(
    simulator: Simulator, task: Tasks, profile: str, empty_fields: str
) -> None:
    simulator.reset(profile, empty_fields=empty_fields)
    add(simulator, notes="", tags="", method="", users={}, groups={})
    empty: dict[str, t.Any] = {"notes": "", "tags": [], "method": "", "users_allowed": [], "groups_allowed": []}
    assert (task(identifier_code=CODE, **empty).values["action"], simulator.writes()) == ("none", [])


# Values that make a difference


@_each_profile
def test_an_api_that_is_only_below_iso_is_reported(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile, api_paths="iso")
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], "address" in error["cause"]) == ("authentication", True)


@_each_profile
@pytest.mark.parametrize("rule", ["contains", "prefix", "case_insensitive", "ignored"])
def test_with_a_loose_filter_an_inactive_one_is_not_activated_by_code(
    simulator: Simulator, task: Tasks, profile: str, rule: str
) -> None:
    simulator.reset(profile, identifier_code_filter=rule, list_inactive=True)
    _live(simulator, task, _LIFE[:5])
    before = vault(simulator)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"], vault(simulator)) == ("ambiguous", False, before)


@_each_profile
def test_where_inactive_ones_are_not_listed_life_is_the_same_until_deactivation(
    simulator: Simulator, task: Tasks, profile: str
) -> None:
    simulator.reset(profile)
    _live(simulator, task, _LIFE[:5])


@_each_profile
def test_an_unlisted_inactive_one_counts_as_absent(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile)
    _live(simulator, task, _LIFE[:5])
    before = vault(simulator)
    values = task(identifier_code=CODE, state="absent").values
    assert (values["changed"], values["api_entity"], vault(simulator)) == (False, None, before)


@_each_profile
def test_the_code_of_an_unlisted_inactive_one_is_reported_as_taken(
    simulator: Simulator, task: Tasks, profile: str
) -> None:
    simulator.reset(profile)
    add(simulator, active=False)
    before = vault(simulator)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["error"]["code"], values["changed"]) == (
        "duplicate_identifier_code",
        1001,
        False,
    )
    assert ("inactive" in values["error"]["cause"], vault(simulator)) == (True, before)


@_each_profile
def test_an_unlisted_inactive_one_can_be_managed_by_identifier(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile)
    identifier = add(simulator, active=False)
    steps = [
        (DESCRIBED, "activate"),
        (DESCRIBED, "none"),
        (_GONE, "deactivate"),
        (_GONE, "none"),
        (CHANGED, "activate+update"),
    ]
    assert [task(identifier=identifier, **options).values["action"] for options, _action in steps] == [
        action for _options, action in steps
    ]


@_each_profile
@pytest.mark.parametrize(
    "switches",
    [{"duplicate_counts_inactive": False}, {"enforce_unique": False}],
    ids=["only_active_ones_count", "not_unique"],
)
def test_a_code_that_an_inactive_one_does_not_reserve_can_be_created_again(
    simulator: Simulator, task: Tasks, profile: str, switches: dict[str, t.Any]
) -> None:
    simulator.reset(profile, **switches)
    old = add(simulator, active=False)
    before = vault(simulator)[old]
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert (len(with_code(simulator)), vault(simulator)[old]) == (2, before)


@_each_profile
@pytest.mark.parametrize("rule", ["contains", "prefix", "ignored"])
def test_with_a_loose_filter_life_is_the_same_until_deactivation(
    simulator: Simulator, task: Tasks, profile: str, rule: str
) -> None:
    simulator.reset(profile, list_inactive=True, identifier_code_filter=rule)
    _live(simulator, task, _LIFE[:6])


@_each_profile
@pytest.mark.parametrize("rule", ["contains", "prefix", "ignored"])
def test_with_a_loose_filter_an_inactive_one_is_activated_by_identifier(
    simulator: Simulator, task: Tasks, profile: str, rule: str
) -> None:
    simulator.reset(profile, list_inactive=True, identifier_code_filter=rule)
    identifier = add(simulator, active=False)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], identifier in values["msg"]) == ("ambiguous", True)
    assert task(identifier=identifier, **DESCRIBED).values["action"] == "activate"


@_each_profile
@pytest.mark.parametrize("field", ["users_allowed", "groups_allowed"])
def test_sharing_that_cannot_be_cleared_is_reported_as_not_applied(
    simulator: Simulator, task: Tasks, profile: str, field: str
) -> None:
    simulator.reset(profile, empty_array_clears_sharing=False)
    add(simulator)
    before = vault(simulator)
    cleared: dict[str, t.Any] = {field: []}
    values = task(identifier_code=CODE, **cleared).values
    assert (values["error"]["kind"], field in values["msg"], values["changed"], vault(simulator)) == (
        "not_applied",
        True,
        False,
        before,
    )


@_each_profile
def test_a_create_without_a_required_client_secret_is_reported(simulator: Simulator, task: Tasks, profile: str) -> None:
    simulator.reset(profile, client_secret_required=True)
    options = {name: value for name, value in DESCRIBED.items() if name != "client_secret"}
    values = task(identifier_code=CODE, **options).values
    assert (values["error"]["kind"], "client_secret" in values["msg"], values["changed"]) == (
        "missing_parameter",
        True,
        False,
    )


@_each_profile
@pytest.mark.parametrize("update_old_values", [True, False])
def test_a_client_secret_alone_can_be_updated(
    simulator: Simulator, task: Tasks, profile: str, update_old_values: bool
) -> None:
    simulator.reset(profile, update_old_values=update_old_values)
    identifier = add(simulator)
    values = task(identifier_code=CODE, client_secret=CHANGED["client_secret"]).values
    assert (values["action"], vault(simulator)[identifier]["client_secret"]) == ("update", CHANGED["client_secret"])
