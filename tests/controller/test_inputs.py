# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a task may give, and what it may not: texts stay texts, and a refusal names the option and repeats no value."""

from __future__ import annotations

import functools
import json
import typing as t

import pytest
from ansible.release import __version__ as ansible_version

from .stage import MODULE

if t.TYPE_CHECKING:
    import concurrent.futures

    from .stage import Aside, Both, Controller, Run

INFO = f"{MODULE}_info"
SECRET = "Tr0ub4dor-secret"
KEY_SECRET = "acc3ss-key-secret"
_FILE = json.dumps({"type": "service_account", "active": True, "quota": None, "private_key": SECRET})
_READ = "lookup('ansible.builtin.file', 'sa.json')"
_REST = {"name": "n", "url": "u", "client_id": "c"}
#: A text with a byte that is no UTF-8, as a variable of the environment brings it in.
_LATIN1 = "{{ lookup('ansible.builtin.env', 'LATIN1') }}"
_OMIT = "{{ nope | default(omit) }}"

#: Name of a task -> its options, and the texts that its stored client_secret, or another field, must have.
_TAKEN: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "JSON that stays a text": ({"client_secret": f"{{{{ {_READ} | string }}}}"}, {"client_secret": _FILE}),
    "JSON that is made a text again": (
        {"client_secret": f"{{{{ {_READ} | from_json | to_json }}}}"},
        {"client_secret": _FILE},
    ),
    "digits in quotes": (
        {"client_secret": "007", "notes": "1234567890.10"},
        {"client_secret": "007", "notes": "1234567890.10"},
    ),
    "a word that YAML reads as false": ({"client_secret": "no"}, {"client_secret": "no"}),
    "a whole number as a name": ({"name": 42}, {"name": "42"}),
    "a plain name in a sharing list": ({"users_allowed": ["bob"]}, {"users": {"bob": False}}),
    "an empty text for a sharing list": ({"users_allowed": ""}, {"users": {}}),
    "tags as one text": ({"tags": "prod,billing"}, {"tags": "prod, billing"}),
    "omit as a whole": ({"notes": _OMIT, "tags": _OMIT}, {"notes": ""}),
}
#: Name of a task -> its options, and the option that its failure names.
_REFUSED: dict[str, tuple[dict[str, t.Any], str]] = {
    "JSON that became a mapping": ({"client_secret": f"{{{{ {_READ} | from_json }}}}"}, "client_secret"),
    "a list as a client secret": ({"client_secret": [SECRET, "b"]}, "client_secret"),
    "a mapping as a client secret": ({"client_secret": {"inner": SECRET}}, "client_secret"),
    "a number as a client secret": ({"client_secret": 42798}, "client_secret"),
    "a boolean as a client secret": ({"client_secret": False}, "client_secret"),
    "a decimal number as a client secret": ({"client_secret": 1234567890.1}, "client_secret"),
    "a decimal number as a name": ({"name": 1.10}, "name"),
    "a boolean as notes": ({"notes": True}, "notes"),
    "a mapping as a url": ({"url": {"a": "b"}}, "url"),
    "a list as a code": ({"identifier_code": ["a"]}, "identifier_code"),
    "a boolean as a number": ({"identifier": True}, "identifier"),
    "the placeholder of no_log": ({"client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}, "client_secret"),
    "asterisks": ({"client_secret": "********"}, "client_secret"),
    "asterisks in a text": ({"client_secret": "abc********def"}, "client_secret"),
    "a byte that is no UTF-8 in the secret": ({"client_secret": _LATIN1}, "client_secret"),
    "a byte that is no UTF-8 in the code": ({"identifier_code": _LATIN1}, "identifier_code"),
    "a byte that is no UTF-8 in the access key": ({"mysafe_client_secret": _LATIN1}, "mysafe_client_secret"),
    "a line break in a tag": ({"tags": "prod\nbilling\n"}, "tags"),
    "a line break in a tag of a list": ({"tags": ["prod\nbilling"]}, "tags"),
    "a mapping as tags": ({"tags": {"a": "b"}}, "tags"),
    "a number as users": ({"users_allowed": 5}, "users_allowed"),
    "a text as users": ({"users_allowed": "bob"}, "users_allowed"),
    "a mapping as users": ({"users_allowed": {"username": "bob"}}, "users_allowed"),
    "a list in users": ({"users_allowed": [["bob"]]}, "users_allowed"),
    "an unknown key in users": ({"users_allowed": [{"username": "bob", "client_secrt": SECRET}]}, "users_allowed"),
    "a right that is none": ({"users_allowed": [{"username": "bob", "can_edit": "maybe"}]}, "users_allowed"),
    "a number as groups": ({"groups_allowed": 5}, "groups_allowed"),
    "a state that is none": ({"state": SECRET}, "state"),
    "a list as the state": ({"state": ["present"]}, "state"),
    "an update that is no boolean": ({"update": SECRET}, "update"),
    "a policy that is none": ({"update_client_secret": SECRET}, "update_client_secret"),
    "a list as the access key": ({"mysafe_client_secret": [KEY_SECRET]}, "mysafe_client_secret"),
    "a mapping as the token": ({"mysafe_access_token": {"a": KEY_SECRET}}, "mysafe_access_token"),
    "a number as the access key": ({"mysafe_client_secret": 12345}, "mysafe_client_secret"),
    "a list as the address": ({"mysafe_url": ["https://vault"]}, "mysafe_url"),
    "a text as the timeout": ({"timeout": "soon"}, "timeout"),
    "a list as the timeout": ({"timeout": [1]}, "timeout"),
    "a text as validate_certs": ({"validate_certs": "maybe"}, "validate_certs"),
    "a mapping as ca_path": ({"ca_path": {"a": 1}}, "ca_path"),
    "a password in the address": ({"mysafe_url": f"https://joe:{KEY_SECRET}@vault"}, "mysafe_url"),
    "the placeholder of no_log as the access key": (
        {"mysafe_client_secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"},
        "mysafe_client_secret",
    ),
    "infinity as the timeout": ({"timeout": float("inf")}, "timeout"),
    "true as the number of retries": ({"retries": True}, "retries"),
    "a part of a second as the timeout": ({"timeout": 1.5}, "timeout"),
    "a misspelt option": ({"client_secrt": SECRET}, "client_secrt"),
    "a misspelt option with a mapping": ({"client_secrt": {"deep": [SECRET]}}, "client_secrt"),
}
#: What templates make of a value has changed in ansible-core 2.19: JSON stays a text, and nothing is left of omit.
_TEMPLATES: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "JSON without a filter": ({"client_secret": f"{{{{ {_READ} }}}}"}, "client_secret", _FILE),
    "omit in a list": ({"tags": ["prod", _OMIT]}, "tags", "prod"),
    "omit in a text": ({"notes": f"owner: {_OMIT}"}, "notes", "owner: "),
}
for _name, (_options, _field, _stored) in _TEMPLATES.items():
    if tuple(map(int, ansible_version.split(".")[:2])) < (2, 19):
        _REFUSED[_name] = (_options, _field)
    else:
        _TAKEN[_name] = (_options, {_field: _stored})
_ALSO_GIVEN = {"client_secret": SECRET, "mysafe_client_secret": KEY_SECRET}


def _task(name: str, options: dict[str, t.Any], **keywords: t.Any) -> dict[str, t.Any]:
    return {"name": name, MODULE: {"identifier_code": name, **_REST, **options}, "ignore_errors": True, **keywords}


_TASKS = [_task(name, options) for name, (options, _stored) in _TAKEN.items()] + [
    _task(name, {**_ALSO_GIVEN, **options}) for name, (options, _named) in _REFUSED.items()
]


@pytest.fixture(scope="session", name="both")
def _both(aside: Aside) -> Both:
    """Run all tasks both ways."""

    def prepare(_controller: Controller) -> dict[str, t.Any]:
        return {
            "text": json.dumps([{"hosts": "all", "gather_facts": False, "tasks": _TASKS}]),
            "arguments": ["-vvv"],
            "beside": {"sa.json": _FILE},
            "environment": {"LATIN1": "caf\udce9"},
        }

    started: concurrent.futures.Future[Both] = aside.start(functools.partial(prepare))
    return started.result()


_each_way = pytest.mark.parametrize("way", ["in_place", "as_module"])


@_each_way
@pytest.mark.parametrize("name", _TAKEN)
def test_a_value_is_stored_as_it_was_written(both: Both, way: str, name: str) -> None:
    run: Run = getattr(both, way)
    assert (run[name].get("msg"), run[name].get("action")) == (None, "create")


@_each_way
@pytest.mark.parametrize("name", _REFUSED)
def test_a_value_that_cannot_be_meant_is_refused_with_the_name_of_the_option(both: Both, way: str, name: str) -> None:
    result = getattr(both, way)[name]
    named = _REFUSED[name][1]
    connection = ("mysafe_", "timeout", "retries", "validate_certs", "ca_path")
    kind = "configuration" if named.startswith(connection) else "invalid_input"
    assert (result["changed"], result["error"]["kind"]) == (False, kind)
    assert named in result["msg"]


@_each_way
@pytest.mark.parametrize("secret", [SECRET, KEY_SECRET, "caf"])
def test_no_value_is_repeated_at_any_verbosity(both: Both, way: str, secret: str) -> None:
    run: Run = getattr(both, way)
    refused = [outcome for outcome in run.outcomes if outcome.task in _REFUSED]
    assert len(refused) == len(_REFUSED)
    assert not any(secret in json.dumps(outcome.result, ensure_ascii=True) for outcome in refused)
    assert secret not in run.output


def test_both_ways_say_the_same_to_the_letter(both: Both) -> None:
    assert both.in_place.letters() == both.as_module.letters()


def test_a_refused_task_starts_no_module(both: Both) -> None:
    assert both.as_module.handed_over == set(_TAKEN)


@pytest.mark.parametrize("in_place", [True, False])
def test_what_is_wrong_in_the_environment_of_a_task_is_not_repeated(controller: Controller, in_place: bool) -> None:
    wrong = _task("wrong", {}, environment={"SENHASEGURA_TIMEOUT": SECRET})
    run = controller.play(wrong, vars={"mysafe_in_place": in_place})
    assert "the environment variable SENHASEGURA_TIMEOUT" in run["wrong"]["msg"]
    assert SECRET not in json.dumps(run["wrong"]) + run.output


def test_a_misspelt_option_is_told_with_the_one_that_was_meant(both: Both) -> None:
    assert "did you mean client_secret?" in both.in_place["a misspelt option"]["msg"]


def test_what_is_stored_is_the_text_to_the_letter(controller: Controller, simulator: t.Any) -> None:
    tasks = [_task(name, options) for name, (options, _stored) in _TAKEN.items()]
    controller.play(*tasks, beside={"sa.json": _FILE}).succeeded()
    held = {secret["identifier_code"]: secret for secret in simulator.secrets()}
    for name, (_options, stored) in _TAKEN.items():
        assert {field: held[name][field] for field in stored} == stored, name


@pytest.mark.parametrize("code", [83, 45045])
def test_a_code_that_is_a_number_is_taken_with_a_warning(controller: Controller, simulator: t.Any, code: int) -> None:
    run = controller.play(_task("a number", {"identifier_code": code, "client_id": 7})).succeeded()
    (held,) = [secret for secret in simulator.secrets() if secret["name"] == "n"]
    assert (held["identifier_code"], held["client_id"]) == (str(code), "7")
    assert [word in str(run["a number"]["warnings"]) for word in ("identifier_code", "client_id")] == [True, True]


_ITEMS = [{"code": "one", "secret": SECRET}, {"code": "two", "secret": f"{SECRET}-2"}]
_LOOP = {"identifier_code": "{{ item.code }}", "client_secret": "{{ item.secret }}"}


@pytest.mark.parametrize("in_place", [True, False])
def test_a_loop_over_items_that_hold_the_secret_warns_once(controller: Controller, in_place: bool) -> None:
    run = controller.play(_task("loop", _LOOP, loop=_ITEMS), vars={"mysafe_in_place": in_place}).succeeded()
    warned = ["Keep the secrets in a variable" in str(item.result.get("warnings")) for item in run.items("loop")]
    assert warned == [True, False]


@pytest.mark.parametrize("template", ["{{ item.secret | trim }}", "{{ {'key': item.secret} | to_json }}"])
def test_a_loop_over_items_from_which_the_secret_is_made_warns(controller: Controller, template: str) -> None:
    run = controller.play(_task("loop", {**_LOOP, "client_secret": template}, loop=_ITEMS)).succeeded()
    assert "Keep the secrets in a variable" in str(run.items("loop")[0].result.get("warnings"))


@pytest.mark.parametrize(
    ("options", "keywords"),
    [
        (_LOOP, {"no_log": True}),
        ({"identifier_code": "{{ item.code }}", "client_secret": "{{ kept[item.code] }}"}, {}),
    ],
    ids=["no_log", "secrets in another variable"],
)
def test_a_loop_that_shows_no_secret_does_not_warn(
    controller: Controller, options: dict[str, t.Any], keywords: dict[str, t.Any]
) -> None:
    items = _ITEMS if options is _LOOP else [{"code": item["code"]} for item in _ITEMS]
    kept = {item["code"]: item["secret"] for item in _ITEMS}
    run = controller.play(_task("loop", options, loop=items, **keywords), vars={"kept": kept}).succeeded()
    assert "Keep the secrets" not in json.dumps([outcome.result for outcome in run.outcomes]) + run.output


def test_the_info_module_refuses_other_types_too(controller: Controller) -> None:
    wrong: dict[str, t.Any] = {"identifier_code": ["a"], "tag": {"a": 1}, "identifier": 1.5, "details": "maybe"}
    tasks = [{"name": name, INFO: {name: value}, "ignore_errors": True} for name, value in wrong.items()]
    run = controller.play(*tasks)
    assert {name: run[name]["error"]["kind"] for name in wrong} == dict.fromkeys(wrong, "invalid_input")
    assert all(name in run[name]["msg"] for name in wrong)
