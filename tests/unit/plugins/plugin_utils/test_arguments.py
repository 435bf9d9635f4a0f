# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The arguments of a task as they were given: what is taken, what is refused, and what may be shown of it."""

from __future__ import annotations

import datetime
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.options import OPTIONS
from ansible_collections.senhasegura.mysafe.plugins.plugin_utils import _arguments

SPEC = api_secret.argument_spec()
KEY = "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n"
TEXTS = [option.name for option in OPTIONS if option.type in ("str", "path")]
SECRETS = [option.name for option in OPTIONS if option.no_log]
BOOLEANS = [name for name, spec in SPEC.items() if spec["type"] == "bool"]
NUMBERS = [option.name for option in OPTIONS if option.type == "int"]


def checked(**arguments: t.Any) -> dict[str, t.Any]:
    """Return the arguments of mysafe_api_secret, checked."""
    return _arguments.checked(arguments, SPEC, api_secret.normal)


def shown(**arguments: t.Any) -> dict[str, t.Any]:
    """Return what may be shown of arguments of mysafe_api_secret."""
    return _arguments.shown(arguments, SPEC, api_secret.normal)


def refused(**arguments: t.Any) -> MySafeError:
    """Return the failure of arguments of mysafe_api_secret."""
    with pytest.raises(MySafeError) as failure:
        checked(**arguments)
    return failure.value


# Options that do not exist.


def test_an_unknown_option_is_refused_with_the_one_that_was_meant() -> None:
    failure = refused(client_secrt="hush")
    assert (failure.kind, failure.message) == (Kind.INVALID_INPUT, "There is no option client_secrt")
    assert "did you mean client_secret?" in failure.solution
    assert "hush" not in str(failure)


def test_several_unknown_options_are_told_at_once() -> None:
    failure = refused(client_secrt="a", stat="b")
    assert failure.message == "There are no options client_secrt, stat"
    assert "did you mean client_secret and state?" in failure.solution


def test_an_unknown_option_that_is_like_none_has_no_suggestion() -> None:
    assert refused(zzz="a").solution == "ansible-doc lists the options"


def test_an_unknown_option_is_refused_even_if_it_is_null() -> None:
    assert "zzz" in refused(zzz=None).message


# Values.


@pytest.mark.parametrize("name", SPEC)
def test_null_is_as_if_the_option_was_left_out(name: str) -> None:
    assert checked(**{name: None}) == {}


@pytest.mark.parametrize("name", BOOLEANS)
@pytest.mark.parametrize(("given", "value"), [(True, True), ("no", False), ("1", True), (0, False)])
def test_a_boolean_is_taken_in_the_words_of_ansible(name: str, given: t.Any, value: bool) -> None:
    assert checked(**{name: given}) == {name: value}


@pytest.mark.parametrize("name", BOOLEANS)
@pytest.mark.parametrize("given", ["hush", 7, 0.5, ["yes"], {"a": True}])
def test_what_is_neither_true_nor_false_is_refused(name: str, given: t.Any) -> None:
    failure = refused(**{name: given})
    assert (name in failure.message, "true" in failure.cause, "hush" in str(failure)) == (True, True, False)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(("given", "value"), [(5, 5), ("5", 5), (5.0, 5)])
def test_a_number_is_taken_as_a_number(name: str, given: t.Any, value: int) -> None:
    assert checked(**{name: given}) == {name: value}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("given", ["hush", True, 1.5, float("inf"), float("nan"), [1], {"a": 1}])
def test_what_is_no_whole_number_is_refused(name: str, given: t.Any) -> None:
    failure = refused(**{name: given})
    assert (failure.kind, failure.cause) == (Kind.CONFIGURATION, "its value is not a whole number")
    assert name in failure.message


@pytest.mark.parametrize(("name", "value"), [("state", "absent"), ("update_client_secret", "on_create")])
def test_a_choice_is_taken(name: str, value: str) -> None:
    assert checked(**{name: value}) == {name: value}


@pytest.mark.parametrize("value", ["hush", "", 1, True, ["present"], {"present": 1}])
def test_what_is_no_choice_is_refused_with_the_choices(value: t.Any) -> None:
    failure = refused(state=value)
    assert (failure.kind, failure.solution) == (Kind.INVALID_INPUT, "give one of: present, absent")
    assert "hush" not in str(failure)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_connection_option_is_left_to_the_core(name: str, blank: str) -> None:
    assert checked(**{name: blank}) == {name: blank}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", [["hush"], {"a": "hush"}, True, 1.5, datetime.date(2026, 1, 2)])
def test_a_connection_option_that_is_no_text_is_refused(name: str, value: t.Any) -> None:
    failure = refused(**{name: value})
    assert (failure.kind, name in failure.message, "not a text" in failure.cause) == (Kind.CONFIGURATION, True, True)
    assert "hush" not in str(failure)


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in SECRETS])
def test_a_number_is_a_text_for_a_connection_option(name: str) -> None:
    assert checked(**{name: 42}) == {name: "42"}


@pytest.mark.parametrize("name", SECRETS)
def test_a_number_is_no_text_for_a_secret(name: str) -> None:
    assert refused(**{name: 42}).cause == "it is a whole number, not a text"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "value", ["caf\udce9", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "https://__omit_place_holder__5f2a"]
)
def test_a_connection_option_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    failure = refused(**{name: value})
    assert (failure.kind, name in failure.message, value in str(failure)) == (Kind.CONFIGURATION, True, False)


@pytest.mark.parametrize("name", [option.name for option in OPTIONS if option.is_path])
def test_a_path_with_a_nul_is_refused(name: str) -> None:
    """Ansible itself would fail with a traceback."""
    assert refused(**{name: "~a\0b"}).kind == Kind.CONFIGURATION


@pytest.mark.parametrize(
    "name", sorted({"identifier_code", "notes", "tags", "client_secret", "timeout", *TEXTS} & {*SPEC})
)
def test_a_number_that_cannot_be_written_is_refused(name: str) -> None:
    assert name in refused(**_arguments.plain({name: 10**5000})).message


# What describes an API secret.


def test_tags_are_a_list_of_texts() -> None:
    assert checked(tags=["a", 7]) == {"tags": ["a", "7"]}


def test_tags_may_be_one_text() -> None:
    assert checked(tags="a,b") == {"tags": ["a", "b"]}


@pytest.mark.parametrize(
    "value", [5, True, {"a": "b"}, [["a"]], [{"a": 1}], ["a\nb"], "a\nb", ["__omit_place_holder__5f"]]
)
def test_other_tags_are_refused(value: t.Any) -> None:
    assert "option tags" in refused(tags=value).message


@pytest.mark.parametrize(("name", "key"), [("users_allowed", "username"), ("groups_allowed", "name")])
class TestSharing:
    """The lists of users and groups."""

    def test_a_name_may_only_view(self, name: str, key: str) -> None:
        assert checked(**{name: ["bob", 7]})[name] == [
            {key: "bob", "can_edit": False},
            {key: "7", "can_edit": False},
        ]

    @pytest.mark.parametrize(
        ("right", "value"), [("yes", True), (True, True), ("off", False), (None, False), (0, False)]
    )
    def test_a_right_is_a_boolean(self, name: str, key: str, right: t.Any, value: bool) -> None:
        assert checked(**{name: [{key: "bob", "can_edit": right}]})[name] == [{key: "bob", "can_edit": value}]

    @pytest.mark.parametrize("blank", ["", " ", []])
    def test_a_blank_text_is_an_empty_list(self, name: str, key: str, blank: t.Any) -> None:
        assert checked(**{name: blank}) == {name: []}

    @pytest.mark.parametrize("value", [5, True, "bob", {"a": "b"}, [["bob"]], [True], [None], [{}]])
    def test_another_type_is_refused(self, name: str, key: str, value: t.Any) -> None:
        assert name in refused(**{name: value}).message

    @pytest.mark.parametrize("wrong", [{"can_edit": "hush"}, {"can_edit": ["hush"]}, {"colour": "hush"}])
    def test_a_wrong_part_of_an_entry_is_refused_with_its_place(self, name: str, key: str, wrong: t.Any) -> None:
        failure = refused(**{name: ["bob", {key: "eve", **wrong}]})
        assert ("entry 2" in str(failure), "hush" in str(failure)) == (True, False)


# Warnings.


@pytest.mark.parametrize("name", ["identifier_code", "client_id"])
def test_a_number_as_a_code_is_doubted(name: str) -> None:
    (doubt,) = _arguments.doubts({name: 83})
    assert name in doubt


@pytest.mark.parametrize("arguments", [{"identifier_code": "83"}, {"name": 83}, {"identifier_code": True}, {}])
def test_nothing_else_is_doubted(arguments: dict[str, t.Any]) -> None:
    assert _arguments.doubts(arguments) == []


# What must not be shown.


def test_the_right_arguments_are_shown() -> None:
    right = {"name": "n", "tags": ["a"], "users_allowed": [{"username": "bob", "can_edit": True}], "timeout": 5}
    assert shown(**right) == right


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_secret": "hush"},
        {"client_secrt": "hush"},
        {"state": "hush"},
        {"timeout": "hush"},
        {"name": {"a": "hush"}},
        {"users_allowed": "hush"},
        {"name": "caf\udce9"},
    ],
)
def test_secrets_and_what_was_refused_are_not_shown(wrong: dict[str, t.Any]) -> None:
    assert shown(url="u", **wrong) == {"url": "u"}


# What Ansible hands over.


class Tagged(str):
    """A text with tags, as ansible-core has them from 2.19 on."""


class Vaulted:
    """A text that is decrypted when it is used, as in ansible-core before 2.19."""

    __ENCRYPTED__ = True

    def __str__(self) -> str:
        return "decrypted"


def test_texts_become_plain_at_any_depth() -> None:
    found = _arguments.plain({Tagged("a"): [Tagged("b"), (Vaulted(),)]})
    assert (found, type(found["a"][0])) == ({"a": ["b", ["decrypted"]]}, str)


@pytest.mark.parametrize("value", [None, True, 5, 1.5, datetime.date(2026, 1, 2)])
def test_other_types_stay_what_they_are(value: t.Any) -> None:
    assert _arguments.plain(value) is value
