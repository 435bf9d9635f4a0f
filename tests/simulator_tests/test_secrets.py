# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""List, get, create, update, activate, deactivate (sections 3.1 to 3.6)."""

from __future__ import annotations

import typing as t

import pytest

from .caller import COMPLETE, SECRETS, Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator


def test_an_empty_vault_lists_nothing(alice: Caller) -> None:
    assert alice.listing().json() == {
        "code": 200,
        "response": {
            "status": 200,
            "message": "",
            "error": False,
            "error_code": 0,
            "detail": "",
            "mensagem": "",
            "erro": False,
            "cod_erro": 0,
        },
        "api_secret_on_list": [],
    }


def test_an_item_of_the_list_has_six_keys(simulator: Simulator, alice: Caller) -> None:
    identifier = simulator.add_secret(owner="alice", name="GCP", need_approval=True)
    assert alice.listing().json()["api_secret_on_list"] == [
        {
            "identifier": identifier,
            "name": "GCP",
            "need_justify": "0",
            "need_approval": "1",
            "can_view": True,
            "can_write": True,
        }
    ]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("exact", ["abc"]),
        ("contains", ["abc", "xabc", "abcd"]),
        ("prefix", ["abc", "abcd"]),
        ("suffix", ["abc", "xabc"]),
        ("case_insensitive", ["abc", "ABC"]),
        ("ignored", ["abc", "ABC", "xabc", "abcd", ""]),
    ],
)
def test_the_identifier_code_filter_matches_as_configured(
    simulator: Simulator, alice: Caller, rule: str, found: list[str]
) -> None:
    simulator.switch(identifier_code_filter=rule)
    codes = {
        simulator.add_secret(owner="alice", identifier_code=code): code for code in ("abc", "ABC", "xabc", "abcd", "")
    }
    assert [codes[identifier] for identifier in alice.listed(identifier_code="abc")] == found


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("exact", ["Cloud", "x, cloud"]),
        ("case_sensitive", ["Cloud"]),
        ("contains", ["Cloud", "x, cloud", "Clouds"]),
        ("ignored", ["Cloud", "x, cloud", "Clouds", ""]),
    ],
)
def test_the_tag_filter_matches_as_configured(simulator: Simulator, alice: Caller, rule: str, found: list[str]) -> None:
    simulator.switch(tag_filter=rule)
    tags = {simulator.add_secret(owner="alice", tags=tag): tag for tag in ("Cloud", "x, cloud", "Clouds", "")}
    assert [tags[identifier] for identifier in alice.listed(tag="Cloud")] == found


def test_filters_are_combined(simulator: Simulator, alice: Caller) -> None:
    wanted = simulator.add_secret(owner="alice", identifier_code="a", tags="t")
    simulator.add_secret(owner="alice", identifier_code="b", tags="t")
    assert alice.listed(identifier_code="a", tag="t") == [wanted]


def test_an_unknown_filter_is_ignored(alice: Caller) -> None:
    identifier = alice.created()
    assert alice.listed(name="other") == [identifier]


def test_secrets_with_the_same_name_are_all_listed(alice: Caller) -> None:
    assert alice.listed() == []
    assert [alice.created(), alice.created()] == alice.listed()


@pytest.mark.parametrize("listed", [False, True])
def test_inactive_secrets_are_listed_as_configured(simulator: Simulator, alice: Caller, listed: bool) -> None:
    simulator.switch(list_inactive=listed)
    identifier = alice.created()
    alice.deactivate(identifier)
    assert alice.listed() == [identifier] * listed


def test_an_empty_list_can_lack_its_key(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(list_key="absent_when_empty")
    assert "api_secret_on_list" not in alice.listing().json()


def test_an_empty_list_can_be_null(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(list_key="null_when_empty")
    assert alice.listing().json()["api_secret_on_list"] is None


FULL: dict[str, t.Any] = {
    "name": "GCP",
    "url": "https://gcp.com",
    "client_id": "id",
    "client_secret": "secret",
    "identifier_code": "code",
    "method": "get",
    "tags": "Cloud",
    "notes": "Notes",
}


def test_get_returns_all_fields(alice: Caller) -> None:
    identifier = alice.created(
        **FULL, users_allowed=[{"username": "bob", "can_edit": True}], groups_allowed=[{"name": "Security"}]
    )
    content = alice.get(identifier).json()
    assert content["response"]["message"] == "Success"
    assert content["api_secret_entity"] == {
        "identifier": identifier,
        **FULL,
        "users_allowed": [{"name": "bob", "can_edit": True}],
        "groups_allowed": [{"name": "Security", "can_edit": False}],
    }


def test_create_returns_all_fields(alice: Caller) -> None:
    answer = alice.create(**FULL, users_allowed=[{"username": "bob"}], groups_allowed=[])
    assert (answer.status_code, message(answer)) == (201, "Api secret successfully registered")
    entity = answer.json()["api_entity"]
    assert entity == {
        "identifier": entity["identifier"],
        **FULL,
        "users_allowed": [{"username": "bob", "can_edit": False}],
        "groups_allowed": [],
        "shared_error": [],
    }


def test_each_get_counts_as_a_view(simulator: Simulator, alice: Caller) -> None:
    identifier = alice.created()
    alice.get(identifier)
    alice.get(identifier)
    alice.listing()
    assert simulator.secrets()[-1]["views"] == 2


def test_the_caller_owns_the_created_secret(simulator: Simulator, bob: Caller) -> None:
    bob.create()
    assert simulator.secrets()[-1]["owner"] == "bob"


def test_unknown_keys_of_a_body_are_ignored(alice: Caller) -> None:
    assert alice.create(password="x", owner="bob").status_code == 201


def test_a_form_encoded_body_is_accepted(alice: Caller) -> None:
    assert alice.request("POST", SECRETS, data=COMPLETE).status_code == 201


def test_an_identifier_code_is_unique_per_owner_only(alice: Caller, bob: Caller) -> None:
    first = alice.created(identifier_code="same", users_allowed=[{"username": "bob"}])
    second = bob.created(identifier_code="same")
    assert bob.listed(identifier_code="same") == [first, second]


def test_secrets_without_an_identifier_code_do_not_collide(alice: Caller) -> None:
    assert [alice.create(identifier_code="").status_code for _time in range(2)] == [201, 201]


def test_uniqueness_can_be_turned_off(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(enforce_unique=False)
    assert [alice.create(identifier_code="same").status_code for _time in range(2)] == [201, 201]


@pytest.mark.parametrize(("counts", "status"), [(True, 400), (False, 201)])
def test_an_inactive_secret_keeps_its_code_as_configured(
    simulator: Simulator, alice: Caller, counts: bool, status: int
) -> None:
    simulator.switch(duplicate_counts_inactive=counts)
    alice.deactivate(alice.created(identifier_code="same"))
    assert alice.create(identifier_code="same").status_code == status


def test_client_secret_can_be_required(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(client_secret_required=True)
    assert message(alice.create(client_secret="")) == "1001: Parameter 'client_secret' was not informed!"


def test_an_update_keeps_omitted_fields(alice: Caller) -> None:
    identifier = alice.created(**FULL, users_allowed=[{"username": "bob"}], groups_allowed=[{"name": "Platform"}])
    before = alice.get(identifier).json()["api_secret_entity"]
    answer = alice.update(identifier, notes="New")
    assert (answer.status_code, message(answer)) == (200, "Api secret updated successfully")
    assert answer.json()["api_entity"]["notes"] == "New"
    assert alice.get(identifier).json()["api_secret_entity"] == {**before, "notes": "New"}


def test_an_empty_text_clears_a_field(alice: Caller) -> None:
    identifier = alice.created(**FULL)
    assert alice.update(identifier, tags="").json()["api_entity"]["tags"] == ""


@pytest.mark.parametrize(("rule", "left"), [("keeps", "Notes"), ("clears", "")])
def test_null_is_handled_as_configured(simulator: Simulator, alice: Caller, rule: str, left: str) -> None:
    simulator.switch(null_on_update=rule)
    assert alice.update(alice.created(**FULL), notes=None).json()["api_entity"]["notes"] == left


def test_a_required_field_cannot_be_cleared(alice: Caller) -> None:
    assert message(alice.update(alice.created(), url="")) == "1001: Parameter 'url' was not informed!"


def test_sharing_arrays_replace(alice: Caller) -> None:
    identifier = alice.created(users_allowed=[{"username": "bob"}], groups_allowed=[{"name": "Platform"}])
    entity = alice.update(identifier, users_allowed=[{"username": "carol", "can_edit": True}]).json()["api_entity"]
    assert entity["users_allowed"] == [{"username": "carol", "can_edit": True}]
    assert entity["groups_allowed"] == [{"name": "Platform", "can_edit": False}]


@pytest.mark.parametrize(("clears", "left"), [(True, []), (False, [{"username": "bob", "can_edit": False}])])
def test_an_empty_array_clears_sharing_as_configured(
    simulator: Simulator, alice: Caller, clears: bool, left: list[dict[str, t.Any]]
) -> None:
    simulator.switch(empty_array_clears_sharing=clears)
    identifier = alice.created(users_allowed=[{"username": "bob"}])
    assert alice.update(identifier, users_allowed=[]).json()["api_entity"]["users_allowed"] == left


@pytest.mark.parametrize(("collides", "status"), [(False, 200), (True, 400)])
def test_a_secrets_own_code_collides_as_configured(
    simulator: Simulator, alice: Caller, collides: bool, status: int
) -> None:
    simulator.switch(self_collision=collides)
    identifier = alice.created(identifier_code="own")
    assert alice.update(identifier, identifier_code="own").status_code == status


@pytest.mark.parametrize(("rule", "status"), [("allowed", 200), ("refused", 400)])
def test_an_inactive_secret_is_updated_as_configured(
    simulator: Simulator, alice: Caller, rule: str, status: int
) -> None:
    simulator.switch(update_inactive=rule)
    identifier = alice.created()
    alice.deactivate(identifier)
    assert alice.update(identifier, notes="x").status_code == status


BASE_FIELDS = {"name": "GCP1", "url": "https://gcp1.com", "client_id": "id1"}


@pytest.mark.parametrize("field", BASE_FIELDS)
@pytest.mark.parametrize("value", ["absent", "", None])
def test_an_update_without_a_base_field_can_be_refused(
    simulator: Simulator, alice: Caller, field: str, value: str | None
) -> None:
    identifier = alice.created(**FULL)
    before = simulator.secrets()
    simulator.switch(update_requires_base_fields=True)
    body: dict[str, t.Any] = {**BASE_FIELDS, "notes": "New", field: value}
    if value == "absent":
        del body[field]
    answer = alice.update(identifier, **body)
    assert (answer.status_code, message(answer)) == (400, f"1001: Parameter '{field}' was not informed!")
    assert simulator.secrets() == before


def test_an_update_with_the_base_fields_is_never_refused(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(update_requires_base_fields=True)
    identifier = alice.created(**FULL)
    assert alice.update(identifier, **BASE_FIELDS, notes="New").status_code == 200
    assert alice.get(identifier).json()["api_secret_entity"] == {
        **FULL,
        **BASE_FIELDS,
        "notes": "New",
        "identifier": identifier,
        "users_allowed": [],
        "groups_allowed": [],
    }


def test_an_update_can_get_201(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(update_status=201)
    answer = alice.update(alice.created(), notes="x")
    assert (answer.status_code, message(answer)) == (201, "Api secret successfully registered")


def test_an_update_can_return_the_old_values(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(update_old_values=True)
    identifier = alice.created(notes="old")
    assert alice.update(identifier, notes="new").json()["api_entity"]["notes"] == "old"
    assert alice.get(identifier).json()["api_secret_entity"]["notes"] == "new"


def test_a_refused_update_changes_nothing(alice: Caller) -> None:
    alice.create(identifier_code="taken")
    identifier = alice.created(notes="old")
    alice.update(identifier, notes="new", identifier_code="taken")
    assert alice.get(identifier).json()["api_secret_entity"]["notes"] == "old"


def test_deactivate_and_activate_tell_whether_they_changed_anything(alice: Caller) -> None:
    identifier = alice.created()
    answers = [
        alice.activate(identifier),
        alice.deactivate(identifier),
        alice.deactivate(identifier),
        alice.activate(identifier),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [message(answer) for answer in answers] == [
        "Api secret has already been activated",
        "Api secret successfully deactivated",
        "Api secret has already been deactivated",
        "Api secret activated successfully",
    ]
    assert set(answers[1].json()) == {"code", "response"}


def test_the_already_messages_can_be_turned_off(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(already_message=False)
    assert message(alice.activate(alice.created())) == "Api secret activated successfully"


def test_a_reactivated_secret_is_unchanged(alice: Caller) -> None:
    identifier = alice.created(**FULL)
    before = alice.get(identifier).json()
    alice.deactivate(identifier)
    alice.activate(identifier)
    assert alice.get(identifier).json() == before


@pytest.mark.parametrize(
    ("switches", "part"),
    [
        ({"identifier_type": "int"}, {"identifier": 3}),
        ({"numeric_text": True}, {"identifier_code": 123}),
        ({"empty_fields": "null"}, {"notes": None}),
        ({"get_users_key": "username"}, {"users_allowed": [{"username": "bob", "can_edit": False}]}),
    ],
)
def test_get_has_the_configured_form(
    simulator: Simulator, alice: Caller, switches: dict[str, t.Any], part: dict[str, t.Any]
) -> None:
    simulator.switch(**switches)
    simulator.add_secret(owner="alice", identifier_code="123", users={"bob": False})
    entity = alice.get("3").json()["api_secret_entity"]
    assert {name: entity[name] for name in part} == part


def test_unset_fields_can_be_absent(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(empty_fields="absent")
    assert "notes" not in alice.create().json()["api_entity"]


def test_payload_keys_can_be_swapped(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(get_entity_key="api_entity", write_entity_key="api_secret_entity", write_users_key="name")
    entity = alice.create(users_allowed=[{"username": "bob"}]).json()["api_secret_entity"]
    assert entity["users_allowed"] == [{"name": "bob", "can_edit": False}]
    assert alice.get(entity["identifier"]).json()["api_entity"]["name"] == "GCP"


def test_the_echo_can_be_masked(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(masked_echo=True)
    entity = alice.create(client_secret="hidden").json()["api_entity"]
    assert set(entity["client_secret"]) == {"*"}
    assert alice.get(entity["identifier"]).json()["api_secret_entity"]["client_secret"] == "hidden"


@pytest.mark.parametrize(("trims", "stored"), [(False, " x "), (True, "x")])
def test_texts_are_trimmed_as_configured(simulator: Simulator, alice: Caller, trims: bool, stored: str) -> None:
    simulator.switch(trim_text=trims)
    assert alice.create(notes=" x ").json()["api_entity"]["notes"] == stored


@pytest.mark.parametrize(
    ("key", "present"), [("mensagem", {"mensagem"}), ("Message", {"Message"}), ("both", {"mensagem", "Message"})]
)
def test_the_portuguese_message_has_the_configured_key(
    simulator: Simulator, alice: Caller, key: str, present: set[str]
) -> None:
    simulator.switch(mensagem_key=key)
    assert set(alice.listing().json()["response"]) & {"mensagem", "Message"} == present


def test_each_answer_can_name_the_tenant(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(tenant_in_answer=True)
    assert alice.listing().json()["tenant"] == "main"
