# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A list of API secrets is checked as a whole: every fault is named by place and code, and no secret is shown."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired_list import DesiredList, normal
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError

SECRET = "hush-hush"


def wanted(*api_secrets: t.Any, **options: t.Any) -> DesiredList:
    return DesiredList.from_params({"api_secrets": list(api_secrets), **options})


def faults(*api_secrets: t.Any, **options: t.Any) -> str:
    """Return what is wrong with a list that is refused."""
    with pytest.raises(MySafeError) as caught:
        wanted(*api_secrets, **options)
    assert (caught.value.kind, "nothing was sent" in caught.value.message) == (Kind.INVALID_INPUT, True)
    assert SECRET not in str(caught.value)
    return caught.value.cause


def test_items_are_what_one_task_would_want() -> None:
    options = {"identifier_code": " a ", "name": "A", "tags": ["x", "y"], "users_allowed": ["bob"], "state": "absent"}
    assert wanted(options).items == (Desired.from_params(options),)


@pytest.mark.parametrize("policy", [{"update": False}, {"update_client_secret": "on_create"}, {}])
def test_the_policy_of_the_task_is_that_of_each_item(policy: dict[str, t.Any]) -> None:
    assert wanted({"identifier_code": "a"}, **policy).items == (
        Desired.from_params({"identifier_code": "a", **policy}),
    )


def test_defaults_are_those_of_the_documentation() -> None:
    assert wanted() == DesiredList((), "", "ignore", update=True, concurrency=8, stops_on_error=False)


def test_a_secret_beside_the_list_is_that_of_the_item() -> None:
    assert wanted({"identifier_code": "a"}, client_secrets={"a": SECRET}).items[0].fields["client_secret"] == SECRET


@pytest.mark.parametrize(("key", "code"), [(83, "83"), ("83", 83), (" 83", "83 ")])
def test_a_whole_number_and_blanks_make_no_other_code(key: t.Any, code: t.Any) -> None:
    assert wanted({"identifier_code": code}, client_secrets={key: SECRET}).items[0].fields == {
        "identifier_code": "83",
        "client_secret": SECRET,
    }


def test_a_secret_may_be_given_for_an_item_that_is_to_be_absent() -> None:
    assert wanted({"identifier_code": "a", "state": "absent"}, client_secrets={"a": SECRET}).items[0].present is False


def test_null_beside_the_list_leaves_the_secret_alone() -> None:
    assert "client_secret" not in wanted({"identifier_code": "a"}, client_secrets={"a": None}).items[0].fields


def test_all_faults_are_named_at_once() -> None:
    cause = faults(
        {"identifier_code": "a", "name": ["x"]},
        "no mapping",
        {"identifier_code": "c", "state": "gone"},
        {"identifier_code": "a"},
        client_secrets={"z": SECRET},
        concurrency="many",
        tag=["x"],
    )
    places = ["item 1 ('a')", "item 2", "item 3 ('c')", "item 4 ('a')", "entry 1 of client_secrets:"]
    assert [place for place in [*places, "concurrency", "tag"] if place not in cause] == []


@pytest.mark.parametrize("value", [None, {}, "a,b", 5, True])
def test_what_is_no_list_is_refused(value: t.Any) -> None:
    with pytest.raises(MySafeError, match="the option api_secrets: it is"):
        DesiredList.from_params({"api_secrets": value})


@pytest.mark.parametrize("value", [None, [], "a", 5, True])
def test_what_is_no_mapping_is_refused_as_an_item(value: t.Any) -> None:
    assert "item 2: it is" in faults({"identifier_code": "a"}, value)


def test_an_unknown_option_is_named_with_the_one_that_may_be_meant() -> None:
    cause = faults({"identifier_code": "a", "client_secrt": {"deep": SECRET}})
    assert "item 1 ('a'): there is no option client_secrt" in cause
    assert "did you mean client_secret?" in cause


@pytest.mark.parametrize("value", [{"x": SECRET}, [SECRET], 7, True, 1.5])
@pytest.mark.parametrize("place", ["item 1", "entry 1 of client_secrets"])
def test_a_secret_that_is_no_text_is_refused(value: t.Any, place: str) -> None:
    own, beside = ({"client_secret": value}, {}) if place == "item 1" else ({}, {"a": value})
    cause = faults({"identifier_code": "a", **own}, client_secrets=beside)
    assert cause.startswith(f"{place} ('a'): the option client_secret cannot be used: it is")


@pytest.mark.parametrize("value", [SECRET, [SECRET], 7, True])
def test_secrets_that_are_no_mapping_are_refused(value: t.Any) -> None:
    assert "the option client_secrets: it is" in faults({"identifier_code": "a"}, client_secrets=value)


@pytest.mark.parametrize("value", ["a", "z", None])
def test_the_secrets_of_a_mapping_that_is_the_wrong_way_round_are_not_shown(value: str | None) -> None:
    assert faults({"identifier_code": "a"}, client_secrets={SECRET: value}).startswith("entry 1 of client_secrets: ")


def test_a_mistyped_code_of_a_secret_is_answered_with_the_one_that_may_be_meant() -> None:
    assert "did you mean 'billing-api'?" in faults(
        {"identifier_code": "billing-api"}, client_secrets={"biling-api": SECRET}
    )


def test_faults_are_named_in_the_order_of_the_items() -> None:
    cause = faults({"identifier_code": "a", "nmae": "x"}, "no mapping", {"identifier_code": "a"}, tag=["x"])
    places = [cause.index(text) for text in ("item 1 ('a'): there is", "item 2:", "item 3 ('a'):", "the option tag")]
    assert places == sorted(places)


def test_the_tenth_item_is_named_after_the_second() -> None:
    cause = faults(*["no mapping"] * 10)
    assert cause.index("item 2:") < cause.index("item 10:")


def test_a_secret_in_place_of_a_code_or_number_is_not_shown_where_it_is_none() -> None:
    assert "item 1: the option identifier_code" in faults({"identifier_code": [SECRET]})


@pytest.mark.parametrize("options", [{}, {"name": "x"}, {"identifier_code": None}, {"identifier_code": " "}])
def test_an_item_needs_a_code_or_a_number(options: dict[str, t.Any]) -> None:
    assert "item 1: the option identifier_code" in faults(options)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"identifier": "7"}, {"identifier": 7}),
        ({"identifier": "7"}, {"identifier": " 007"}),
        ({"identifier": "7", "nmae": "wrong in another way"}, {"identifier": "7"}),
    ],
)
def test_a_number_that_comes_twice_is_refused(first: dict[str, t.Any], second: dict[str, t.Any]) -> None:
    assert "item 2: item 1 has the same identifier" in faults(first, second)


def test_a_new_code_counts_as_a_code() -> None:
    cause = faults({"identifier": "7", "identifier_code": "a"}, {"identifier_code": "a"})
    assert "item 2 ('a'): item 1 ('a') has the same identifier_code" in cause


@pytest.mark.parametrize("value", [1, 64, "8"])
def test_connections_that_are_possible_are_accepted(value: t.Any) -> None:
    assert wanted(concurrency=value).concurrency == int(value)


@pytest.mark.parametrize("value", [0, 65, -1, 1.5, "x", True, [8]])
def test_connections_that_are_not_possible_are_refused(value: t.Any) -> None:
    assert "concurrency cannot be used: it is not a whole number from 1 to 64" in faults(concurrency=value)


@pytest.mark.parametrize("unlisted", ["report", "deactivate"])
@pytest.mark.parametrize("tag", [None, "", "  "])
def test_unlisted_needs_a_tag(unlisted: str, tag: str | None) -> None:
    assert "the option tag: it is missing or empty" in faults({"identifier_code": "a"}, unlisted=unlisted, tag=tag)


def test_an_empty_list_may_report_but_not_deactivate() -> None:
    assert wanted(unlisted="report", tag="x").unlisted == "report"
    assert "the option api_secrets: it is empty" in faults(unlisted="deactivate", tag="x")


# What is handed to a module.


def test_options_are_handed_on_in_their_types() -> None:
    params = {
        "api_secrets": [{"identifier_code": 83, "tags": "a, b", "notes": None, "users_allowed": ["bob"]}],
        "client_secrets": {83: SECRET, "b": None},
        "tag": "x",
    }
    assert normal(params) == {
        "api_secrets": [
            {
                "identifier_code": "83",
                "tags": ["a", " b"],
                "users_allowed": [{"username": "bob", "can_edit": False}],
            }
        ],
        "client_secrets": {"83": SECRET, "b": None},
        "tag": "x",
    }
