# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The endpoints: which requests are sent, and how the answers are read."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.endpoints import Row
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.answers import an_answer, envelope
from ansible_collections.senhasegura.mysafe.tests.unit.builders import FIELDS, NUMBER
from ansible_collections.senhasegura.mysafe.tests.unit.stub_api import CALLS, api_that_gets

ENTITY = {"identifier": NUMBER, **FIELDS}


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("list", ("GET", "/secretapi")),
        ("read", ("GET", "/secretapi/43")),
        ("create", ("POST", "/secretapi")),
        ("update", ("PUT", "/secretapi/update/43")),
        ("activate", ("POST", "/secretapi/active/43")),
        ("deactivate", ("POST", "/secretapi/inactive/43")),
    ],
)
def test_the_method_and_path_of_a_call(name: str, asked: tuple[str, str]) -> None:
    api = api_that_gets(an_answer(200, envelope(api_secret_entity=ENTITY, api_secret_on_list=[])))
    CALLS[name](api)
    assert t.cast(t.Any, api.client).called == [asked]


@pytest.mark.parametrize("name", ["list", "read", "update", "activate", "deactivate"])
def test_a_safe_call_can_be_repeated(name: str) -> None:
    api = api_that_gets(an_answer(200, envelope(api_secret_entity=ENTITY, api_secret_on_list=[])))
    CALLS[name](api)
    assert t.cast(t.Any, api.client).content.get("repeatable", True) is True


def test_a_create_must_not_be_repeated() -> None:
    api = api_that_gets(an_answer(201, envelope(201, api_entity=ENTITY)))
    CALLS["create"](api)
    assert t.cast(t.Any, api.client).content["repeatable"] is False


@pytest.mark.parametrize("key", ["api_entity", "api_secret_entity"])
@pytest.mark.parametrize("name", ["read", "create", "update"])
@pytest.mark.parametrize("status", [200, 201])
def test_the_entity_is_read_from_either_key(key: str, name: str, status: int) -> None:
    assert CALLS[name](api_that_gets(an_answer(status, {**envelope(status), key: ENTITY}))) == entity(ENTITY)


@pytest.mark.parametrize("name", ["read", "create", "update"])
@pytest.mark.parametrize(
    "payload", [{}, {"api_entity": None}, {"api_entity": []}, {"api_entity": {"name": "x"}}], ids=str
)
def test_an_answer_without_the_entity_is_unexpected(name: str, payload: dict[str, t.Any]) -> None:
    with pytest.raises(MySafeError, match="the answer lacks the API secret"):
        CALLS[name](api_that_gets(an_answer(200, envelope(**payload))))


@pytest.mark.parametrize("field", ["users_allowed", "groups_allowed"])
@pytest.mark.parametrize(
    "shares",
    [
        *(None, True, 5, "bob", {"bob": True}, ["bob"], [{"name": "bob", "can_edit": True}, None]),
        *(
            [{"name": "bob"}],
            [{"name": "bob", "can_edit": "maybe"}],
            [{"can_edit": True}],
            [{"name": ["bob"], "can_edit": 1}],
        ),
    ],
    ids=str,
)
def test_sharing_that_is_not_a_list_of_objects_is_unexpected(field: str, shares: t.Any) -> None:
    with pytest.raises(MySafeError, match=f"the answer lacks a list of objects in {field}"):
        CALLS["read"](api_that_gets(an_answer(200, envelope(api_secret_entity={**ENTITY, field: shares}))))


@pytest.mark.parametrize("field", ["users_allowed", "groups_allowed"])
def test_sharing_that_is_left_out_is_unexpected(field: str) -> None:
    """Taken for an empty list, it would be written back by an update that adds to it."""
    known = {name: value for name, value in ENTITY.items() if name != field}
    with pytest.raises(MySafeError, match=f"the answer lacks a list of objects in {field}"):
        CALLS["read"](api_that_gets(an_answer(200, envelope(api_secret_entity=known))))


@pytest.mark.parametrize("field", ["name", "client_secret", "identifier_code", "notes", "tags"])
@pytest.mark.parametrize("value", [True, 1.5, {"a": "b"}, [["a"]], [{"a": 1}]], ids=str)
def test_a_field_that_is_not_a_text_is_unexpected(field: str, value: t.Any) -> None:
    with pytest.raises(MySafeError, match=f"the answer lacks a text in {field}"):
        CALLS["read"](api_that_gets(an_answer(200, envelope(api_secret_entity={**ENTITY, field: value}))))


@pytest.mark.parametrize("identifier", [True, 1.5, ["43"], {"a": 1}, "43/../44", "4\u0663", -43, ""], ids=str)
@pytest.mark.parametrize("name", ["read", "create", "update"])
def test_an_identifier_that_is_no_number_is_unexpected(name: str, identifier: t.Any) -> None:
    with pytest.raises(MySafeError, match="the answer lacks the API secret"):
        CALLS[name](api_that_gets(an_answer(200, envelope(api_entity={**ENTITY, "identifier": identifier}))))


@pytest.mark.parametrize("flags", [{}, dict.fromkeys(["can_view", "can_write", "need_justify", "need_approval"], "0")])
def test_a_right_that_a_row_does_not_mention_is_denied(flags: dict[str, str]) -> None:
    api = api_that_gets(an_answer(200, envelope(api_secret_on_list=[{"identifier": 3, **flags}])))
    assert api.rows() == [Row("3", "", can_view=False, can_write=False, need_justify=False, need_approval=False)]


def test_a_row_of_the_list_has_the_rights_that_mysafe_reports() -> None:
    listed = {"identifier": "4", "name": "GCP", "need_justify": "1", "need_approval": "1", "can_view": True}
    api = api_that_gets(an_answer(200, envelope(api_secret_on_list=[{**listed, "can_write": True}])))
    assert api.rows() == [Row("4", "GCP", can_view=True, can_write=True, need_justify=True, need_approval=True)]


def test_an_entity_with_another_identifier_is_unexpected() -> None:
    with pytest.raises(MySafeError, match="the answer lacks the API secret that was asked for"):
        CALLS["read"](api_that_gets(an_answer(200, envelope(api_secret_entity={**ENTITY, "identifier": "44"}))))


@pytest.mark.parametrize("name", ["read", "create", "update"])
def test_a_returned_client_secret_is_remembered_as_a_secret(name: str) -> None:
    api = api_that_gets(an_answer(200, envelope(api_entity=ENTITY)))
    CALLS[name](api)
    assert FIELDS["client_secret"] in set(api.client.secrets)


@pytest.mark.parametrize(
    ("rows", "identifiers"),
    [
        ([], []),
        (None, []),
        ([{"identifier": "3", "name": "GCP1"}, {"identifier": "5", "name": "GCP1"}], ["3", "5"]),
        ([{"identifier": 3}], ["3"]),
    ],
    ids=["empty", "null", "texts", "numbers"],
)
def test_the_list_has_the_identifiers(rows: t.Any, identifiers: list[str]) -> None:
    assert CALLS["list"](api_that_gets(an_answer(200, envelope(api_secret_on_list=rows)))) == identifiers


def test_a_missing_list_is_empty() -> None:
    assert CALLS["list"](api_that_gets(an_answer(200, envelope()))) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "hello"},
        envelope(api_secret_on_list={}),
        envelope(api_secret_on_list="3"),
        envelope(api_secret_on_list=["3"]),
        envelope(api_secret_on_list=[{"name": "GCP1"}]),
        envelope(api_secret_on_list=[{"identifier": ""}]),
        envelope(api_secret_on_list=[{"identifier": True}]),
        envelope(api_secret_on_list=[{"identifier": "3/../4"}]),
        envelope(api_secret_on_list=[{"identifier": "3", "name": ["GCP1"]}]),
        envelope(api_secret_on_list=[{"identifier": "3", "can_write": "maybe"}]),
        envelope(api_secret_on_list=[{"identifier": "3", "can_view": [True]}]),
    ],
    ids=str,
)
def test_a_malformed_list_is_unexpected(body: dict[str, t.Any]) -> None:
    with pytest.raises(MySafeError, match="the answer lacks the list of API secrets"):
        CALLS["list"](api_that_gets(an_answer(200, body)))


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({}, "list the API secrets:"),
        ({"tag": "a"}, "list the API secrets with tag 'a':"),
        ({"identifier_code": "b"}, "list the API secrets with identifier code 'b':"),
    ],
    ids=["all", "tag", "code"],
)
def test_a_failed_list_request_names_the_filter(filters: dict[str, str], named: str) -> None:
    with pytest.raises(MySafeError, match=f"^Could not {named}"):
        api_that_gets(an_answer(500)).identifiers(**filters)


@pytest.mark.parametrize("name", ["activate", "deactivate"])
@pytest.mark.parametrize(
    ("message", "earlier", "changed"),
    [
        ("Api secret activated successfully", Fate.NOT_SENT, True),
        ("API secret  successfully deactivated", Fate.NOT_SENT, True),
        ("", Fate.NOT_SENT, True),
        ("Api secret has already been activated", Fate.REFUSED, False),
        ("Api secret has ALREADY BEEN deactivated", Fate.NOT_SENT, False),
        ("Api secret has already been activated", Fate.UNKNOWN, True),
    ],
    ids=["activated", "v3.32 deactivated", "silent", "already", "ALREADY", "already, after an unanswered try"],
)
def test_the_message_says_whether_a_switch_changed_anything(
    name: str, message: str, earlier: Fate, changed: bool
) -> None:
    assert CALLS[name](api_that_gets(an_answer(200, envelope(message=message), earlier=earlier))) is changed


@pytest.mark.parametrize("name", ["activate", "deactivate"])
def test_a_switch_that_mysafe_does_not_confirm_is_unexpected(name: str) -> None:
    with pytest.raises(MySafeError, match="the answer lacks the confirmation"):
        CALLS[name](api_that_gets(an_answer(200, {"status": "ok"})))
