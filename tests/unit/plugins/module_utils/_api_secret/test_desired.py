# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a task wants: the options, checked before anything is sent."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CODE,
    NEW_SECRET,
    group,
    user,
    wanted,
    wanted_by_number,
)

BAD: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "nothing addresses it": ({}, "identifier_code", "it is missing, and so is identifier"),
    "the code is empty": ({"identifier_code": ""}, "identifier_code", "it is empty"),
    "the code is blank": ({"identifier_code": " \n"}, "identifier_code", "it is empty"),
    "the code is blank, with a number": ({"identifier": "1", "identifier_code": " "}, "identifier_code", "it is empty"),
    "the number is empty": ({"identifier": ""}, "identifier", "it is not a number"),
    "the number is a name": ({"identifier": "billing"}, "identifier", "it is not a number"),
    "the number is negative": ({"identifier": "-1"}, "identifier", "it is not a number"),
    "the number is a path": ({"identifier": "1/../2"}, "identifier", "it is not a number"),
    "the number is in other digits": ({"identifier": "४३"}, "identifier", "it is not a number"),
    "the number is a superscript": ({"identifier": "²"}, "identifier", "it is not a number"),
    "the number is bad, the code good": (
        {"identifier": "x", "identifier_code": CODE},
        "identifier",
        "it is not a number",
    ),
    "the name is empty": ({"identifier_code": CODE, "name": ""}, "name", "it is empty, and MySafe requires a value"),
    "the name is blank": (
        {"identifier_code": CODE, "name": " "},
        "name",
        "it is empty, and MySafe requires a value",
    ),
    "the url is empty": ({"identifier_code": CODE, "url": ""}, "url", "it is empty, and MySafe requires a value"),
    "the client ID is empty": (
        {"identifier_code": CODE, "client_id": ""},
        "client_id",
        "it is empty, and MySafe requires a value",
    ),
    "a tag holds a comma": (
        {"identifier_code": CODE, "tags": ["a,b"]},
        "tags",
        "a tag contains a comma, with which MySafe separates tags",
    ),
    "a tag contains a line break": (
        {"identifier_code": CODE, "tags": ["a\nb"]},
        "tags",
        "a tag contains a line break",
    ),
    "a user has no name": (
        {"identifier_code": CODE, "users_allowed": [user(" ")]},
        "users_allowed",
        "entry 1 has no username",
    ),
    "a group has no name": (
        {"identifier_code": CODE, "groups_allowed": [group("")]},
        "groups_allowed",
        "entry 1 has no name",
    ),
    "a user has two rights": (
        {"identifier_code": CODE, "users_allowed": [user("bob"), user("bob ", True)]},
        "users_allowed",
        "entry 2 repeats an earlier username with another can_edit",
    ),
    "a group has two rights": (
        {"identifier_code": CODE, "groups_allowed": [group("Ops", True), group("Ops")]},
        "groups_allowed",
        "entry 2 repeats an earlier name with another can_edit",
    ),
}


@pytest.mark.parametrize(("options", "option", "cause"), BAD.values(), ids=BAD)
def test_a_bad_value_is_refused_with_the_option_and_the_reason(
    options: dict[str, t.Any], option: str, cause: str
) -> None:
    with pytest.raises(MySafeError) as failure:
        Desired.from_params(options)
    assert (failure.value.message, failure.value.cause) == (f"The option {option} cannot be used", cause)


@pytest.mark.parametrize(("options", "option", "cause"), BAD.values(), ids=BAD)
def test_a_bad_value_is_invalid_input_with_a_solution(options: dict[str, t.Any], option: str, cause: str) -> None:
    with pytest.raises(MySafeError) as failure:
        Desired.from_params(options)
    assert failure.value.kind == "invalid_input"
    assert failure.value.solution


@pytest.mark.parametrize(("options", "option", "cause"), BAD.values(), ids=BAD)
def test_a_refusal_does_not_show_the_client_secret(options: dict[str, t.Any], option: str, cause: str) -> None:
    with pytest.raises(MySafeError) as failure:
        Desired.from_params({**options, "client_secret": NEW_SECRET})
    assert NEW_SECRET not in str(failure.value) + repr(failure.value) + str(failure.value.details())


@pytest.mark.parametrize("option", FIELDS)
def test_an_option_that_is_not_given_is_not_desired(option: str) -> None:
    assert option not in wanted_by_number(**{option: None}).fields


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("identifier_code", f" {CODE}\n", CODE),
        ("name", " Billing ", " Billing "),
        ("client_secret", "", ""),
        ("client_secret", " s3cr3t\n", " s3cr3t\n"),
        ("method", "", ""),
        ("notes", "", ""),
        ("notes", "Two\nlines\n", "Two\nlines\n"),
        ("tags", [], ""),
        ("tags", ["a", " b "], "a, b"),
        ("tags", ["b", "a", "b", ""], "b, a"),
        ("users_allowed", [], []),
        ("users_allowed", [user(" bob ", True), user("bob", True)], [user("bob", True)]),
        ("groups_allowed", [group("Ops"), group("Audit", True)], [group("Ops"), group("Audit", True)]),
    ],
)
def test_an_option_is_desired_in_the_form_of_the_api(option: str, value: t.Any, field: t.Any) -> None:
    assert wanted_by_number(**{option: value}).fields == {option: field}


def test_the_code_is_trimmed() -> None:
    assert wanted(identifier_code=f"\t{CODE} ").identifier_code == CODE


def test_the_number_is_trimmed() -> None:
    assert wanted_by_number(identifier=" 43\n").identifier == "43"


@pytest.mark.parametrize(("state", "present"), [("present", True), ("absent", False)])
def test_the_state(state: str, present: bool) -> None:
    assert wanted(state=state).present is present


@pytest.mark.parametrize(("policy", "sent"), [("always", True), ("on_create", False)])
def test_the_update_policy_for_the_client_secret(policy: str, sent: bool) -> None:
    assert wanted(update_client_secret=policy).update_client_secret is sent


def test_an_option_that_is_not_given_has_the_documented_default() -> None:
    assert wanted() == Desired(identifier_code=CODE, fields={"identifier_code": CODE})


def test_update_can_be_false() -> None:
    assert wanted(update=False).update is False


@pytest.mark.parametrize(
    ("desired", "called"),
    [
        (wanted(), f"the API secret with identifier code '{CODE}'"),
        (wanted_by_number(), "the API secret with identifier 43"),
        (wanted_by_number(identifier_code="new-code"), "the API secret with identifier 43"),
    ],
    ids=["by code", "by number", "by both"],
)
def test_messages_name_it_by_the_option_that_addresses_it(desired: Desired, called: str) -> None:
    assert desired.called == called


def test_the_representation_does_not_show_the_client_secret() -> None:
    assert NEW_SECRET not in repr(wanted(client_secret=NEW_SECRET))


@pytest.mark.parametrize(("given", "number"), [(" 43\n", "43"), ("0043", "43"), ("000", "0")])
def test_the_number_is_written_as_mysafe_writes_it(given: str, number: str) -> None:
    assert wanted_by_number(identifier=given).identifier == number


@pytest.mark.parametrize(
    ("known", "header"),
    [
        (None, f"API secret '{CODE}'"),
        ({"identifier": "43", "identifier_code": CODE}, f"API secret '{CODE}' (43)"),
        ({"identifier": "43", "identifier_code": "new-code"}, "API secret 'new-code' (43)"),
        ({"identifier": "43", "identifier_code": None}, f"API secret '{CODE}' (43)"),
    ],
    ids=["nothing is known", "both", "another code", "inactive"],
)
def test_the_header_of_a_diff_names_what_is_known(known: dict[str, t.Any] | None, header: str) -> None:
    assert wanted().header(known) == header
