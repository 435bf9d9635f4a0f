# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The plan for one API secret, for every field and every state."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Action, Current, Step, plan
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CIPHERTEXT,
    CODE,
    FIELDS,
    NEW_SECRET,
    NUMBER,
    OLD_SECRET,
    REQUIRED,
    an_entity,
    group,
    refused,
    user,
    wanted,
    wanted_by_number,
)


def there(**changes: t.Any) -> Current:
    """Return an active API secret that could be read."""
    return Current(NUMBER, entity=an_entity(**changes))


MISSING = Current()
INACTIVE = Current(NUMBER, active=False)
IN_THE_WAY = Current(obstacle=refused("ambiguous"))

#: Option, its value, and what is sent and shown for it.
DIFFERING: list[tuple[str, t.Any, t.Any]] = [
    ("name", "Invoice API", "Invoice API"),
    ("url", "https://invoice.example.org", "https://invoice.example.org"),
    ("client_id", "invoice-robot", "invoice-robot"),
    ("identifier_code", "invoice-api", "invoice-api"),
    ("method", "get", "get"),
    ("method", "", ""),
    ("tags", ["billing"], "billing"),
    ("tags", ["billing", "Production"], "billing, Production"),
    ("tags", [], ""),
    ("notes", "Owned by nobody.", "Owned by nobody."),
    ("notes", "", ""),
    ("users_allowed", [user("bob", True)], [user("bob", True)]),
    ("users_allowed", [user("bob", True), user("carol", True)], [user("bob", True), user("carol", True)]),
    ("users_allowed", [], []),
    ("groups_allowed", [group("Auditors")], [group("Auditors")]),
    ("groups_allowed", [group("Operations", True)], [group("Operations", True)]),
    ("groups_allowed", [], []),
]
differing = pytest.mark.parametrize(
    ("option", "value", "sent"), DIFFERING, ids=[f"{option}={value}" for option, value, _sent in DIFFERING]
)


@differing
def test_a_different_field_is_sent_with_name_url_and_client_id(option: str, value: t.Any, sent: t.Any) -> None:
    assert plan(there(), wanted_by_number(**{option: value})).body == {**REQUIRED, option: sent}


@differing
def test_the_diff_shows_only_the_different_field(option: str, value: t.Any, sent: t.Any) -> None:
    planned = plan(there(), wanted_by_number(**{option: value}))
    assert (planned.before, planned.after) == ({option: FIELDS[option]}, {option: sent})


@differing
def test_the_entity_after_an_update_is_predicted(option: str, value: t.Any, sent: t.Any) -> None:
    assert plan(there(), wanted_by_number(**{option: value})).entity == {**an_entity(), option: sent}


@differing
def test_without_update_a_different_field_is_left_alone(option: str, value: t.Any, sent: t.Any) -> None:
    assert plan(there(), wanted_by_number(update=False, **{option: value})).action == "none"


@pytest.mark.parametrize(
    ("option", "value", "kept"),
    [
        ("name", "Billing API", " Billing API "),
        ("name", " Billing API ", "Billing API"),
        ("url", "https://billing.example.org\n", "https://billing.example.org"),
        ("client_id", "billing-robot", "billing-robot "),
        ("client_id", "1234", 1234),
        ("client_secret", OLD_SECRET, OLD_SECRET),
        ("client_secret", "", None),
        ("identifier_code", CODE, CODE),
        ("method", "", None),
        ("tags", ["production", "billing"], "billing, production"),
        ("tags", [" billing ", "production", "billing"], "billing,production"),
        ("tags", [], None),
        ("tags", ["", " "], ""),
        ("notes", "Two\nlines", "Two\nlines\n"),
        ("notes", "", None),
        ("users_allowed", [user("carol"), user("bob", True)], [user("bob", True), user("carol")]),
        ("users_allowed", [user("bob"), user(" bob ")], [{"name": "bob"}]),
        ("users_allowed", [user("bob", True)], [{"name": "bob", "can_edit": "1"}]),
        ("users_allowed", [], None),
        ("groups_allowed", [group("B"), group("A")], [group("A"), group("B")]),
        ("groups_allowed", [], None),
    ],
)
def test_a_value_that_means_the_same_is_not_sent(option: str, value: t.Any, kept: t.Any) -> None:
    assert plan(there(**{option: kept}), wanted(**{option: value})).action == "none"


def test_nothing_is_planned_if_the_secret_matches_the_task() -> None:
    planned = plan(there(), wanted(**REQUIRED))
    assert planned == Step(Action.NONE, an_entity(), entity=an_entity())


def test_several_different_fields_are_sent_at_once() -> None:
    body = plan(there(), wanted(name="Invoice API", notes="", method="post", tags=["billing"])).body
    assert body == {**REQUIRED, "name": "Invoice API", "notes": "", "tags": "billing"}


def test_a_required_field_that_is_empty_in_the_vault_is_not_sent() -> None:
    """MySafe would refuse an empty field, and the task does not ask for that field."""
    assert plan(there(url=None), wanted(notes="New")).body == {
        "name": FIELDS["name"],
        "client_id": FIELDS["client_id"],
        "notes": "New",
    }


def test_an_unchanged_code_is_not_sent() -> None:
    assert "identifier_code" not in plan(there(), wanted(notes="New")).body


# Every state of the vault, both states of the task, with and without update.

STATES = {
    "missing": MISSING,
    "the same": there(),
    "different": there(notes="Different"),
    "inactive": INACTIVE,
    "in the way": IN_THE_WAY,
}
NOTES = FIELDS["notes"]


@pytest.mark.parametrize(
    ("what_is_there", "state", "update", "action", "warnings"),
    [
        ("missing", "present", True, "create", 0),
        ("missing", "present", False, "create", 0),
        ("missing", "absent", True, "none", 0),
        ("missing", "absent", False, "none", 0),
        ("the same", "present", True, "none", 0),
        ("the same", "present", False, "none", 0),
        ("the same", "absent", True, "deactivate", 0),
        ("the same", "absent", False, "none", 1),
        ("different", "present", True, "update", 0),
        ("different", "present", False, "none", 0),
        ("different", "absent", True, "deactivate", 0),
        ("different", "absent", False, "none", 1),
        ("inactive", "present", True, "activate", 0),
        ("inactive", "present", False, "none", 1),
        ("inactive", "absent", True, "none", 0),
        ("inactive", "absent", False, "none", 0),
        ("in the way", "present", False, "none", 1),
        ("in the way", "absent", False, "none", 1),
    ],
)
def test_each_state_has_its_action(what_is_there: str, state: str, update: bool, action: str, warnings: int) -> None:
    planned = plan(STATES[what_is_there], wanted(state=state, update=update, notes=NOTES, **REQUIRED))
    assert (planned.action, len(planned.warnings)) == (action, warnings)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_obstacle_is_raised_unchanged(state: str) -> None:
    with pytest.raises(MySafeError) as failure:
        plan(IN_THE_WAY, wanted(state=state))
    assert failure.value is IN_THE_WAY.obstacle


@pytest.mark.parametrize(
    ("current", "options", "warning"),
    [
        (INACTIVE, {}, f"The API secret with identifier code '{CODE}' was left inactive, as update is false"),
        (
            there(),
            {"state": "absent"},
            f"The API secret with identifier code '{CODE}' was left active, as update is false",
        ),
        (IN_THE_WAY, {}, f"Nothing was done, as update is false: {IN_THE_WAY.obstacle}"),
    ],
    ids=["inactive", "active", "in the way"],
)
def test_a_warning_says_what_was_left_alone(current: Current, options: t.Any, warning: str) -> None:
    assert plan(current, wanted(update=False, **options)).warnings == (warning,)


def test_absent_ignores_the_fields() -> None:
    assert plan(there(), wanted(state="absent", name="Another")).changes == {}


def test_the_entity_after_a_deactivation_is_the_one_before() -> None:
    assert plan(there(), wanted(state="absent")).entity == an_entity()


@pytest.mark.parametrize(
    ("current", "options", "before", "after"),
    [
        (there(), {"state": "absent"}, {"active": True}, {"active": False}),
        (INACTIVE, {}, {"active": False}, {"active": True}),
        (MISSING, {"state": "absent"}, {}, {}),
        (there(), {}, {}, {}),
        (INACTIVE, {"state": "absent"}, {}, {}),
        (there(), {"state": "absent", "update": False}, {}, {}),
    ],
    ids=["deactivate", "activate", "missing", "the same", "already inactive", "left active"],
)
def test_the_diff_of_the_state(current: Current, options: t.Any, before: t.Any, after: t.Any) -> None:
    planned = plan(current, wanted(**options))
    assert (planned.before, planned.after) == (before, after)


def test_a_missing_secret_has_no_entity() -> None:
    assert plan(MISSING, wanted(state="absent")).entity is None


#: What is known of an inactive secret: its identifier, and the code by which it was looked up.
UNREAD: Entity = {
    **dict.fromkeys(an_entity()),
    "identifier": NUMBER,
    "shared_error": [],
}


@pytest.mark.parametrize(
    ("desired", "code"),
    [(wanted(state="absent"), CODE), (wanted_by_number(state="absent"), None)],
    ids=["looked up by code", "addressed by number"],
)
def test_the_unknown_fields_of_an_inactive_secret_are_none(desired: Desired, code: str | None) -> None:
    assert plan(INACTIVE, desired).entity == {**UNREAD, "identifier_code": code}


def test_the_entity_after_an_activation_has_the_fields_of_the_task() -> None:
    planned = plan(INACTIVE, wanted(notes="New", tags=["a", "b"]))
    assert planned.entity == {**UNREAD, "identifier_code": CODE, "notes": "New", "tags": "a, b"}


def test_the_entity_after_an_activation_has_no_client_secret_that_will_not_be_sent() -> None:
    step = plan(INACTIVE, wanted(client_secret=NEW_SECRET, update_client_secret="on_create"))
    assert step.entity == {**UNREAD, "identifier_code": CODE}


# Create.


def test_every_given_field_is_sent_in_a_create() -> None:
    planned = plan(MISSING, wanted(**{**FIELDS, "tags": ["billing", "production"]}))
    assert planned.body == FIELDS


def test_empty_fields_are_not_sent_in_a_create() -> None:
    planned = plan(MISSING, wanted(client_secret="", method="", notes="", tags=[], users_allowed=[], **REQUIRED))
    assert planned.body == {"identifier_code": CODE, **REQUIRED}


def test_the_diff_of_a_create_shows_what_is_sent() -> None:
    planned = plan(MISSING, wanted(client_secret=NEW_SECRET, **REQUIRED))
    expected = {"identifier_code": CODE, **REQUIRED, "client_secret": HIDDEN}
    assert (planned.before, planned.after) == ({}, expected)


def test_the_entity_after_a_create_has_every_field_and_no_identifier_yet() -> None:
    assert plan(MISSING, wanted(**REQUIRED)).entity == entity({"identifier_code": CODE, **REQUIRED})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), "name, url, client_id missing"),
        (("name",), "url, client_id missing"),
        (("url",), "name, client_id missing"),
        (("client_id",), "name, url missing"),
        (("name", "url"), "client_id missing"),
        (("name", "client_id"), "url missing"),
        (("url", "client_id"), "name missing"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("update", [True, False])
def test_the_fields_that_a_create_lacks_are_named(given: tuple[str, ...], named: str, update: bool) -> None:
    with pytest.raises(MySafeError, match=rf"'{CODE}': {named}\.") as failure:
        plan(MISSING, wanted(update=update, **{field: FIELDS[field] for field in given}))
    assert failure.value.kind == "invalid_input"


# The client secret.


@pytest.mark.parametrize(
    ("current", "policy", "action", "is_sent"),
    [
        (MISSING, "always", "create", True),
        (MISSING, "on_create", "create", True),
        (there(), "always", "update", True),
        (there(), "on_create", "none", False),
        (there(client_secret=NEW_SECRET), "always", "none", False),
        (there(client_secret=NEW_SECRET), "on_create", "none", False),
        (there(client_secret=f"{NEW_SECRET} "), "always", "update", True),
        (there(client_secret=None), "always", "update", True),
        (there(client_secret=None), "on_create", "none", False),
        (there(client_secret="****"), "always", "update", True),
        (there(client_secret="****"), "on_create", "none", False),
        (there(name="Another"), "on_create", "update", False),
    ],
    ids=[
        *("create", "create, on_create", "different", "different, on_create", "the same", "the same, on_create"),
        *("blank at the end", "empty", "empty, on_create", "masked", "masked, on_create", "another field, on_create"),
    ],
)
def test_the_client_secret_is_sent_only_to_change_it(current: Current, policy: str, action: str, is_sent: bool) -> None:
    planned = plan(current, wanted(client_secret=NEW_SECRET, update_client_secret=policy, **REQUIRED))
    assert (planned.action, planned.body.get("client_secret")) == (action, NEW_SECRET if is_sent else None)


@pytest.mark.parametrize(
    ("kept", "given", "before", "after"),
    [
        (OLD_SECRET, NEW_SECRET, HIDDEN, f"{HIDDEN} (changed)"),
        ("", NEW_SECRET, "", HIDDEN),
        (OLD_SECRET, "", HIDDEN, ""),
    ],
    ids=["another", "the first", "none any more"],
)
def test_the_diff_shows_only_that_the_client_secret_changes(kept: str, given: str, before: str, after: str) -> None:
    planned = plan(there(client_secret=kept), wanted(client_secret=given))
    assert (planned.before, planned.after) == ({"client_secret": before}, {"client_secret": after})


@pytest.mark.parametrize("unreadable", ["********", CIPHERTEXT])
def test_a_warning_says_that_an_unreadable_client_secret_is_sent_every_time(unreadable: str) -> None:
    (warning,) = plan(there(client_secret=unreadable), wanted(client_secret=NEW_SECRET)).warnings
    assert "update_client_secret: on_create" in warning


def test_a_warning_says_that_unreadable_notes_are_sent_every_time() -> None:
    (warning,) = plan(there(notes=CIPHERTEXT), wanted(notes="New")).warnings
    assert "Leave notes out of the task" in warning


def test_a_warning_says_that_mysafe_trims_the_client_secret() -> None:
    (warning,) = plan(there(client_secret=NEW_SECRET), wanted(client_secret=f"{NEW_SECRET}\n")).warnings
    assert ("white space" in warning, NEW_SECRET in warning) == (True, False)


@pytest.mark.parametrize(
    "options",
    [{"name": "Another"}, {"client_secret": NEW_SECRET, "update_client_secret": "on_create", "name": "Another"}],
    ids=["not given", "on_create"],
)
def test_no_warning_about_an_unreadable_client_secret_that_is_not_sent(options: t.Any) -> None:
    assert plan(there(client_secret="****"), wanted(**options)).warnings == ()
