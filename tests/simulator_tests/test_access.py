# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Who may do what: sharing, groups, and the restrictions of access keys (sections 2.6, 3.3, 3.8 and 5)."""

from __future__ import annotations

import typing as t

import pytest

from .caller import Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator


@pytest.mark.parametrize(
    "sharing",
    [
        {"users_allowed": [{"username": "bob"}]},
        {"groups_allowed": [{"name": "Platform"}]},
    ],
)
def test_a_share_without_can_edit_is_view_only(alice: Caller, bob: Caller, sharing: dict[str, t.Any]) -> None:
    identifier = alice.created(**sharing)
    row = bob.listing().json()["api_secret_on_list"][0]
    assert (row["identifier"], row["can_view"], row["can_write"]) == (identifier, True, False)
    assert bob.get(identifier).status_code == 200
    for answer in (bob.update(identifier, notes="x"), bob.deactivate(identifier), bob.activate(identifier)):
        assert message(answer) == "1006: User does not have access"


@pytest.mark.parametrize(
    "sharing",
    [
        {"users_allowed": [{"username": "bob", "can_edit": True}]},
        {"groups_allowed": [{"name": "Platform", "can_edit": True}]},
        {"users_allowed": [{"username": "bob"}], "groups_allowed": [{"name": "Platform", "can_edit": True}]},
    ],
)
def test_a_share_with_can_edit_allows_everything(alice: Caller, bob: Caller, sharing: dict[str, t.Any]) -> None:
    identifier = alice.created(**sharing)
    assert bob.listing().json()["api_secret_on_list"][0]["can_write"] is True
    for answer in (bob.update(identifier, notes="x"), bob.deactivate(identifier), bob.activate(identifier)):
        assert answer.status_code == 200


def test_a_group_share_reaches_members_only(alice: Caller, carol: Caller) -> None:
    alice.created(groups_allowed=[{"name": "Platform"}])
    assert carol.listed() == []


def test_removing_a_share_removes_the_access(alice: Caller, bob: Caller) -> None:
    identifier = alice.created(users_allowed=[{"username": "bob"}])
    alice.update(identifier, users_allowed=[])
    assert message(bob.get(identifier)) == "1006: User does not have access"


def test_an_editor_cannot_reuse_an_identifier_code_of_the_owner(alice: Caller, bob: Caller) -> None:
    alice.create(identifier_code="taken")
    identifier = alice.created(users_allowed=[{"username": "bob", "can_edit": True}])
    assert bob.update(identifier, identifier_code="taken").json()["exception"]["code"] == 1001


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (
            "object",
            [{"username": "ghost", "message": "User not found"}, {"name": "None", "message": "Group not found"}],
        ),
        ("string", ["User not found: ghost", "Group not found: None"]),
        ("username_only", ["ghost", "None"]),
    ],
)
def test_unknown_users_and_groups_are_listed_in_shared_error(
    simulator: Simulator, alice: Caller, shape: str, expected: list[t.Any]
) -> None:
    simulator.switch(shared_error_shape=shape)
    answer = alice.create(users_allowed=[{"username": "bob"}, {"username": "ghost"}], groups_allowed=[{"name": "None"}])
    assert answer.status_code == 201
    assert answer.json()["api_entity"]["shared_error"] == expected
    assert answer.json()["api_entity"]["users_allowed"] == [{"username": "bob", "can_edit": False}]


@pytest.mark.parametrize("status", [200, 201, 207])
def test_a_failed_share_has_the_configured_status(simulator: Simulator, alice: Caller, status: int) -> None:
    simulator.switch(shared_error_status=status)
    identifier = alice.created()
    assert alice.create(users_allowed=[{"username": "ghost"}]).status_code == status
    assert alice.update(identifier, users_allowed=[{"username": "ghost"}]).status_code == status
    assert alice.create().status_code == 201


def test_a_hidden_group_is_unknown_to_non_members(alice: Caller, carol: Caller) -> None:
    sharing = [{"name": "Hidden"}]
    assert alice.create(groups_allowed=sharing).json()["api_entity"]["shared_error"] != []
    assert carol.create(groups_allowed=sharing).json()["api_entity"]["shared_error"] == []


@pytest.mark.parametrize(("rule", "users", "errors"), [("kept", 1, 0), ("dropped", 0, 0), ("shared_error", 0, 1)])
def test_sharing_with_the_owner_is_handled_as_configured(
    simulator: Simulator, alice: Caller, rule: str, users: int, errors: int
) -> None:
    simulator.switch(share_with_owner=rule)
    entity = alice.create(users_allowed=[{"username": "alice"}]).json()["api_entity"]
    assert (len(entity["users_allowed"]), len(entity["shared_error"])) == (users, errors)


def test_share_notices_are_counted(simulator: Simulator, alice: Caller) -> None:
    identifier = alice.created(users_allowed=[{"username": "bob"}])
    alice.update(identifier, notes="x")
    assert simulator.secrets()[-1]["share_notices"] == 1
    alice.update(identifier, users_allowed=[{"username": "bob"}])
    assert simulator.secrets()[-1]["share_notices"] == 2


def test_a_secret_that_cannot_be_viewed_is_listed_but_not_readable(simulator: Simulator, alice: Caller) -> None:
    identifier = simulator.add_secret(owner="alice", can_view=False)
    assert alice.listing().json()["api_secret_on_list"][0]["can_view"] is False
    assert message(alice.get(identifier)) == "1006: User does not have access"


@pytest.mark.parametrize(("rule", "status"), [("ignored", 200), ("refused", 400)])
def test_a_secret_that_needs_approval_is_handled_as_configured(
    simulator: Simulator, alice: Caller, rule: str, status: int
) -> None:
    simulator.switch(need_approval=rule)
    assert alice.get(simulator.add_secret(owner="alice", need_approval=True)).status_code == status


def test_a_limited_key_sees_only_its_items(simulator: Simulator) -> None:
    limited = Caller(simulator, "limited")
    assert limited.listed() == ["1"]
    assert limited.get("1").status_code == 200
    assert message(limited.get("2")) == "1006: User does not have access"


def test_a_limited_key_does_not_see_the_secrets_it_creates(simulator: Simulator) -> None:
    limited = Caller(simulator, "limited")
    assert message(limited.get(limited.created())) == "1006: User does not have access"


def test_an_allowed_referer_is_accepted(simulator: Simulator) -> None:
    caller = Caller(simulator, "referer")
    caller.session.headers["Referer"] = simulator.access_keys["referer"]["referer"] + "page"
    assert caller.listing().status_code == 200


def test_an_ip_address_that_is_not_allowed_is_refused(simulator: Simulator) -> None:
    answer = Caller(simulator, "ip").listing()
    assert (answer.status_code, message(answer)) == (500, "The IP address is not allowed")


def test_an_allowed_ip_address_is_accepted(simulator: Simulator) -> None:
    simulator.change_access_key("ip", ips=["127.0.0.1"])
    assert Caller(simulator, "ip").listing().status_code == 200


@pytest.mark.parametrize("option", [{"revoked": True}, {"expires_at": 1}])
def test_the_tokens_of_an_ended_key_are_refused(simulator: Simulator, alice: Caller, option: dict[str, t.Any]) -> None:
    simulator.change_access_key("alice", **option)
    answer = alice.listing()
    assert (answer.status_code, message(answer)) == (500, "The authorization is expired or revoked")


def test_a_reset_restores_the_access_keys(simulator: Simulator) -> None:
    simulator.change_access_key("alice", revoked=True)
    simulator.reset()
    assert Caller(simulator, "alice").listing().status_code == 200
