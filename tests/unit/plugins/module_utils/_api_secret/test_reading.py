# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Which API secrets the info module reads, and what it returns for each."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.endpoints import Row
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.match import Candidate
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.reading import Query, entry
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.builders import NUMBER, OLD_SECRET, an_entity, refused

ROW = Row(NUMBER, "Billing API", can_view=True, can_write=False, need_justify=False, need_approval=True)
RIGHTS = ("can_view", "can_write", "need_justify", "need_approval")


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, Query()),
        ({"identifier_code": None, "identifier": None, "tag": None}, Query()),
        ({"identifier_code": " billing api "}, Query(identifier_code="billing api")),
        ({"identifier": " 43 "}, Query(identifier="43")),
        ({"identifier": "0043"}, Query(identifier="43")),
        ({"identifier": "0"}, Query(identifier="0")),
        ({"tag": " two words "}, Query(tag="two words")),
        ({"details": False}, Query(details=False)),
    ],
)
def test_the_query_for_valid_options(options: dict[str, t.Any], query: Query) -> None:
    assert Query.from_params(options) == query


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"identifier_code": ""}, "option identifier_code"),
        ({"identifier_code": True}, "option identifier_code"),
        ({"identifier": " "}, "option identifier"),
        ({"tag": ""}, "option tag"),
        ({"identifier": "billing"}, "option identifier"),
        ({"identifier": "-1"}, "option identifier"),
        ({"identifier": "4.3"}, "option identifier"),
        ({"identifier": "٤٣"}, "option identifier"),
        ({"tag": "a,b"}, "option tag"),
        ({"identifier_code": "a", "tag": "b"}, "option identifier_code and tag"),
        ({"identifier_code": "a", "identifier": "1", "tag": "b"}, "option identifier_code and identifier and tag"),
    ],
)
def test_invalid_options_are_refused(options: dict[str, t.Any], named: str) -> None:
    with pytest.raises(MySafeError) as failure:
        Query.from_params(options)
    assert (failure.value.kind, f"The {named} cannot be used" == failure.value.message) == ("invalid_input", True)


def test_an_entry_has_the_entity_the_rights_and_no_error() -> None:
    shown = entry(Candidate(NUMBER, ROW, entity=an_entity()), reveal=True)
    rights = {"can_view": True, "can_write": False, "need_justify": False, "need_approval": True}
    assert shown == {**an_entity(), **rights, "error": None}


def test_an_entry_hides_the_client_secret() -> None:
    shown = entry(Candidate(NUMBER, ROW, entity=an_entity()), reveal=False)
    assert (shown["client_secret"], OLD_SECRET in repr(shown)) == ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", False)


@pytest.mark.parametrize("reveal", [True, False])
def test_an_entry_shows_an_empty_client_secret(reveal: bool) -> None:
    assert entry(Candidate(NUMBER, ROW, entity=an_entity(client_secret="")), reveal=reveal)["client_secret"] == ""


def test_an_entry_without_details_has_only_what_the_list_says() -> None:
    known = {name: value for name, value in entry(Candidate(NUMBER, ROW), reveal=True).items() if value is not None}
    listed = {"identifier": NUMBER, "name": "Billing API", "shared_error": []}
    assert known == {**listed, **{right: getattr(ROW, right) for right in RIGHTS}}


def test_an_entry_for_an_unreadable_one_says_why() -> None:
    shown = entry(Candidate(NUMBER, ROW, error=refused("inactive")), reveal=True)
    assert (shown["name"], shown["url"], shown["error"]["kind"]) == ("Billing API", None, "inactive")
    assert shown["error"]["msg"] == "Could not do it: inactive. Cause: inactive."


def test_an_entry_for_an_unlisted_one_has_no_rights() -> None:
    shown = entry(Candidate(NUMBER, error=refused("inactive")), reveal=True)
    assert [shown[right] for right in RIGHTS] == [None] * 4


@pytest.mark.parametrize(
    "read", [Candidate(NUMBER, ROW), Candidate(NUMBER, entity=an_entity()), Candidate(NUMBER, ROW, error=refused())]
)
def test_all_entries_have_the_same_fields(read: Candidate) -> None:
    assert list(entry(read, reveal=False)) == [*an_entity(), *RIGHTS, "error"]
