# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The documentation of the plugins matches their code: options, defaults, return values, action group.

The connection options that all plugins share are compared in test_docs_connection.py.
"""

from __future__ import annotations

import importlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _run_module
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import SECRET, SHARING
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.journal import Outcome
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.match import Candidate
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.reading import entry
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.documents import (
    LOOKUPS,
    MODULES,
    ROOT,
    Options,
    documented,
    in_lookup,
    in_module,
)

COLLECTION = "ansible_collections.senhasegura.mysafe"
every_module = pytest.mark.parametrize("module", MODULES)
every_lookup = pytest.mark.parametrize("lookup", LOOKUPS)


def undescribed(values: Options, prefix: str = "") -> set[str]:
    """Return the return values, and what they contain, that have no description or no type."""
    found = {prefix + name for name, parts in values.items() if not parts.get("description") or not parts.get("type")}
    return found.union(*(undescribed(parts.get("contains", {}), f"{name}.") for name, parts in values.items()))


class Asked(Exception):  # noqa: N818
    """Takes the place of AnsibleModule, to see which options a module asks for."""

    def __init__(self, argument_spec: Options, **settings: t.Any) -> None:
        super().__init__()
        self.argument_spec = argument_spec
        self.settings = settings


@pytest.fixture(name="asked")
def fixture_asked(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[str], Asked]:
    """Return what a module asks AnsibleModule for."""

    def stop(*arguments: t.Any, **settings: t.Any) -> t.NoReturn:
        raise Asked(*arguments, **settings)

    def ask(module: str) -> Asked:
        monkeypatch.setattr(_run_module, "AnsibleModule", stop)
        with pytest.raises(Asked) as caught:
            importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").main()
        return caught.value

    return ask


def flat(options: Options, below: str, prefix: str = "") -> dict[str, dict[str, t.Any]]:
    """Return options and suboptions in one map, with what must agree of each."""
    found = {}
    for name, option in options.items():
        found[prefix + name] = {
            "type": option["type"],
            "elements": option.get("elements"),
            "choices": option.get("choices"),
            "default": option.get("default"),
            "required": option.get("required", False),
            "aliases": option.get("aliases", []),
        }
        found.update(flat(option.get(below) or {}, below, f"{prefix}{name}."))
    return found


@every_module
def test_the_options_match_the_argument_spec(module: str, asked: t.Callable[[str], Asked]) -> None:
    assert flat(documented(module), "suboptions") == flat(asked(module).argument_spec, "options")


@every_module
def test_a_module_that_documents_check_mode_supports_it(module: str, asked: t.Callable[[str], Asked]) -> None:
    support = in_module(module, "DOCUMENTATION")["attributes"]["check_mode"]["support"]
    assert asked(module).settings["supports_check_mode"] is (support == "full")


SECRET_OPTIONS = {*SECRET, "client_secrets", "mysafe_client_secret", "mysafe_access_token"}


@every_module
def test_secret_options_and_no_others_have_no_log(module: str, asked: t.Callable[[str], Asked]) -> None:
    spec = asked(module).argument_spec
    assert {option for option in spec if spec[option].get("no_log")} == SECRET_OPTIONS & set(spec)


@every_module
def test_options_that_sound_like_secrets_set_no_log(module: str, asked: t.Callable[[str], Asked]) -> None:
    spec = asked(module).argument_spec
    sounding = {option for option in spec if re.search("secret|token|passw", option)}
    assert {option for option in sounding if "no_log" not in spec[option]} == set()


@every_module
def test_every_option_has_a_description(module: str) -> None:
    assert {option for option, parts in documented(module).items() if not parts.get("description")} == set()


@every_module
def test_every_return_value_has_a_description(module: str) -> None:
    assert undescribed(in_module(module, "RETURN")) == set()


@every_lookup
def test_every_return_value_of_a_lookup_has_a_description(lookup: str) -> None:
    assert undescribed(in_lookup(lookup, "RETURN")) == set()


@every_lookup
def test_every_option_of_a_lookup_has_a_description(lookup: str) -> None:
    own = in_lookup(lookup, "DOCUMENTATION")["options"]
    assert {option for option, parts in own.items() if not parts.get("description")} == set()


@every_lookup
def test_the_documentation_of_a_lookup_extends_the_fragments(lookup: str) -> None:
    assert in_lookup(lookup, "DOCUMENTATION")["extends_documentation_fragment"] == [
        "senhasegura.mysafe.connection",
        "senhasegura.mysafe.connection.plugins",
    ]


@every_lookup
def test_the_file_has_the_name_of_the_lookup(lookup: str) -> None:
    assert in_lookup(lookup, "DOCUMENTATION")["name"] == lookup


@every_module
def test_the_documentation_extends_the_fragments(module: str) -> None:
    assert {"senhasegura.mysafe.connection", "senhasegura.mysafe.attributes"} <= set(
        in_module(module, "DOCUMENTATION")["extends_documentation_fragment"]
    )


@every_module
def test_the_file_has_the_name_of_the_module(module: str) -> None:
    assert in_module(module, "DOCUMENTATION")["module"] == module


def test_the_fields_of_the_lookup_are_those_of_the_entity() -> None:
    fields = in_lookup("mysafe_api_secret", "DOCUMENTATION")["options"]["field"]["choices"]
    assert {*fields, "shared_error"} == {*entity({})}


def test_the_documented_entry_is_the_returned_entry() -> None:
    contains = in_module("mysafe_api_secret_info", "RETURN")["api_secrets"]["contains"]
    assert list(contains) == list(entry(Candidate("1"), reveal=False))


@pytest.mark.parametrize("field", [*entity({}), "error"])
def test_a_return_value_of_both_modules_has_the_same_parts(field: str) -> None:
    one = {
        **in_module("mysafe_api_secret", "RETURN"),
        **in_module("mysafe_api_secret", "RETURN")["api_entity"]["contains"],
    }
    other = in_module("mysafe_api_secret_info", "RETURN")["api_secrets"]["contains"][field]
    kept = [name for name in other.get("contains", {}) if name != "msg"]
    assert (other["type"], kept) == (one[field]["type"], list(one[field].get("contains", {})))


def test_the_sample_of_the_info_module_is_an_entry() -> None:
    [sample] = in_module("mysafe_api_secret_info", "RETURN")["api_secrets"]["sample"]
    assert list(sample) == list(entry(Candidate("1"), reveal=False))


def test_the_sample_of_the_lookup_is_an_entity() -> None:
    [sample] = in_lookup("mysafe_api_secret", "RETURN")["_raw"]["sample"]
    assert entity(sample) == sample


def test_the_documented_entity_is_the_returned_entity() -> None:
    assert list(in_module("mysafe_api_secret", "RETURN")["api_entity"]["contains"]) == list(entity({}))


def test_the_sample_entity_is_an_entity() -> None:
    sample = in_module("mysafe_api_secret", "RETURN")["api_entity"]["sample"]
    assert entity(sample) == sample


def test_the_sample_of_a_list_holds_an_entity() -> None:
    [sample] = in_module("mysafe_api_secrets", "RETURN")["results"]["sample"]
    assert entity(sample["api_entity"]) == sample["api_entity"]


def test_the_sample_of_the_note_is_the_note() -> None:
    done = Outcome(changed=True, action="deactivate", api_entity=entity({"identifier": "43"}), diff={})
    assert done.note == in_module("mysafe_api_secret", "RETURN")["note"]["sample"]


@pytest.mark.parametrize("field", SHARING)
def test_the_documented_shares_are_the_returned_shares(field: str) -> None:
    contains = in_module("mysafe_api_secret", "RETURN")["api_entity"]["contains"][field]["contains"]
    assert list(contains) == list(entity({field: [{}]})[field][0])


def test_the_documented_error_is_the_returned_error() -> None:
    assert list(in_module("mysafe_api_secret", "RETURN")["error"]["contains"]) == list(
        MySafeError(Kind.CONNECTION, "").details()
    )


def test_all_actions_are_documented() -> None:
    actions = ["none", "create", "update", "activate", "deactivate", "activate+update"]
    assert in_module("mysafe_api_secret", "RETURN")["action"]["choices"] == actions


def test_the_action_group_has_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["mysafe"]) == MODULES
