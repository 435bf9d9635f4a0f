# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The lookup: its terms and options, where they come from, and what it does when it cannot fetch a term."""

from __future__ import annotations

import json
import os
import typing as t

import pytest
import yaml
from ansible import constants as C  # noqa: N812 - as everybody calls it
from ansible.config.manager import ConfigManager
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.senhasegura.mysafe.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.senhasegura.mysafe.plugins.lookup import mysafe_api_secret as lookup
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.reading import Fetched
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import lookup as entry_point
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.lookup import Lookup
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES

if t.TYPE_CHECKING:
    from pathlib import Path

NAME = "senhasegura.mysafe.mysafe_api_secret"
URL = "https://vault.example.org"
#: Option -> a value other than the default, as a text, and as the core gets it.
VALUES: dict[str, tuple[str, t.Any]] = {
    "mysafe_url": (URL, URL),
    "mysafe_client_id": ("robot", "robot"),
    "mysafe_client_secret": ("s3cret", "s3cret"),
    "mysafe_access_token": ("t0ken", "t0ken"),
    "mysafe_token_url": ("https://login.example.org", "https://login.example.org"),
    "mysafe_tenant": ("second", "second"),
    "mysafe_token_cache": ("yes", True),
    "validate_certs": ("no", False),
    "ca_path": ("/somewhere/ca.pem", "/somewhere/ca.pem"),
    "client_cert": ("/somewhere/cert.pem", "/somewhere/cert.pem"),
    "client_key": ("/somewhere/key.pem", "/somewhere/key.pem"),
    "timeout": ("7", 7),
    "retries": ("5", 5),
    "decryption_key": ("/somewhere/access.key", "/somewhere/access.key"),
}
FIELDS = [field for field in entity({}) if field != "shared_error"]
DEFAULTS = {**dict.fromkeys(VALUES), "mysafe_token_cache": False, "validate_certs": True, "timeout": 30, "retries": 3}
IN_INI = [option for option in VALUES if option not in ("mysafe_client_secret", "mysafe_access_token")]
every_option = pytest.mark.parametrize("option", VALUES)


def variable(option: str) -> str:
    """Return the name of the variable for an option."""
    return option if option.startswith("mysafe_") else f"mysafe_{option}"


def documented_options() -> dict[str, t.Any]:
    """Return the options as Ansible reads them: the lookup's own, and those of both parts of the doc fragment."""
    options: dict[str, t.Any] = {}
    for text in (ModuleDocFragment.DOCUMENTATION, ModuleDocFragment.PLUGINS, lookup.DOCUMENTATION):
        for name, parts in yaml.safe_load(text)["options"].items():
            options[name] = {**options.get(name, {}), **parts}
    del options["_terms"]
    return options


def stored(code: str) -> dict[str, t.Any]:
    """Return the API secret with a code; all its fields are unique."""
    texts = {field: f"{field} of {code}" for field in FIELDS}
    shares = {"users_allowed": [{"username": code}], "groups_allowed": [{"name": code, "can_edit": True}]}
    return entity({**texts, **shares, "identifier_code": code})


class Core:
    """Replaces the core: returns what the test sets, and records what it was called with."""

    def __init__(self) -> None:
        self.params: dict[str, t.Any] = {}
        self.codes: list[str] = []
        self.left: dict[str, Fetched] = {}
        self.warnings: tuple[str, ...] = ()
        self.repeats: tuple[str, ...] = ()
        self.failure: MySafeError | None = None

    def __call__(self, params: dict[str, t.Any], codes: list[str], sessions: t.Any) -> t.Any:
        self.params, self.codes = params, codes
        if self.failure is not None:
            raise self.failure
        return Lookup([self.left.get(code, Fetched(stored(code))) for code in codes], self.warnings, self.repeats)


class Warned:
    """Replaces Display."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self) -> Warned:
        return self

    def v(self, text: str) -> None:
        """Record a text that is shown at -v."""
        self.texts.append(f"-v: {text}")

    def warning(self, text: str) -> None:
        """Record a warning."""
        self.texts.append(text)


@pytest.fixture(name="core", autouse=True)
def fixture_core(monkeypatch: pytest.MonkeyPatch) -> Core:
    """Start without our environment variables, and with a core that finds every code."""
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    core = Core()
    monkeypatch.setattr(entry_point, "run", core)
    return core


@pytest.fixture(name="warned")
def fixture_warned(monkeypatch: pytest.MonkeyPatch) -> Warned:
    """Record the warnings."""
    warned = Warned()
    monkeypatch.setattr(lookup, "Display", warned)
    return warned


def run(*terms: t.Any, variables: t.Any = None, **options: t.Any) -> list[t.Any]:
    """Run the lookup as Ansible does."""
    C.config.initialize_plugin_configuration_definitions("lookup", NAME, documented_options())
    plugin = lookup.LookupModule(templar=Templar(loader=DataLoader(), variables=variables or {}))
    plugin._load_name = NAME
    return plugin.run(list(terms), variables=variables or {}, **options)


# Terms.


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ([], []),
        ([[]], []),
        (["a", "b"], ["a", "b"]),
        ([["a", "b"], "c"], ["a", "b", "c"]),
        ([["a", ["b", ("c",)]]], ["a", "b", "c"]),
        ([{"a": 1, "b": 2}.keys()], ["a", "b"]),
        ([map(str, (1, 2))], ["1", "2"]),
        ([12534], ["12534"]),
        ([" a "], ["a"]),
        (["a,b", "ä€𝄞"], ["a,b", "ä€𝄞"]),
        (["b", "a", "b"], ["b", "a", "b"]),
    ],
)
def test_terms_are_codes_in_order(terms: list[t.Any], codes: list[str], core: Core) -> None:
    assert ([entity["identifier_code"] for entity in run(*terms)], core.codes) == (codes, codes)


@pytest.mark.parametrize("term", [None, True, 1.5, {"client_secret": "hush"}, object()])
def test_a_term_that_cannot_be_a_code_is_refused_and_not_shown(term: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match="Term 2 is neither a text nor a whole number") as failure:
        run("a", term)
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize("terms", [["a", ""], ["a", " \n"], [["a", ""]]])
def test_an_empty_term_is_refused(terms: list[t.Any]) -> None:
    with pytest.raises(AnsibleLookupError, match="Term 2 is empty"):
        run(*terms)


# What is returned.


def test_whole_api_secrets_are_returned() -> None:
    assert run("a") == [stored("a")]


@pytest.mark.parametrize("field", FIELDS)
def test_one_field_of_each_is_returned(field: str) -> None:
    assert run("a", "b", field=field) == [stored("a")[field], stored("b")[field]]


@pytest.mark.parametrize(
    "options", [{"field": "colour"}, {"field": "shared_error"}, {"on_missing": "ignore"}, {"on_denied": "ignore"}]
)
def test_an_unknown_choice_is_refused(options: dict[str, str], core: Core) -> None:
    with pytest.raises(AnsibleError, match="|".join(options)) as failure:
        run("a", **options)
    assert not any(value in str(failure.value) for value in options.values())
    assert core.codes == []


def test_an_unknown_option_is_refused_and_its_value_not_shown(core: Core) -> None:
    with pytest.raises(AnsibleLookupError, match=r"no options feild, client_secret.*did you mean field") as failure:
        run("a", feild="name", client_secret="hush")
    assert (core.codes, "hush" in str(failure.value)) == ([], False)


def test_wantlist_which_ansible_passes_in_loops_is_accepted() -> None:
    assert len(run("a", wantlist=True)) == 1


# What cannot be fetched.


@pytest.mark.parametrize("option", ["on_missing", "on_denied"])
class TestLeft:
    """A term without an API secret, which an option decides how to handle."""

    @pytest.fixture(autouse=True)
    def fixture_left(self, core: Core, option: str) -> None:
        core.left["b"] = Fetched(reason="The term 'b' could not be looked up.", option=option)

    def test_is_an_error_by_default(self) -> None:
        with pytest.raises(AnsibleLookupError, match=r"^The term 'b' could not be looked up\.$"):
            run("a", "b", "c")

    def test_is_an_error_if_chosen(self, option: str) -> None:
        with pytest.raises(AnsibleLookupError, match=r"^The term 'b' could not be looked up\.$"):
            run("a", "b", "c", **{option: "error"})

    @pytest.mark.parametrize(("says", "warnings"), [("warn", ["The term 'b' could not be looked up."]), ("skip", [])])
    def test_is_left_out(self, option: str, says: str, warnings: list[str], warned: Warned) -> None:
        assert (run("a", "b", "c", field="identifier_code", **{option: says}), warned.texts) == (["a", "c"], warnings)

    def test_is_an_error_if_only_the_other_option_is_lenient(self, option: str) -> None:
        other = {"on_missing": "on_denied", "on_denied": "on_missing"}[option]
        with pytest.raises(AnsibleLookupError):
            run("b", **{other: "skip"})


def test_any_other_failure_is_an_error_regardless_of_the_options(core: Core) -> None:
    core.failure = MySafeError(Kind.LOCKDOWN, "The vault is locked down", cause="somebody did it")
    with pytest.raises(AnsibleLookupError, match=r"^The vault is locked down\. Cause: somebody did it\.$"):
        run("a", on_missing="skip", on_denied="skip")


def test_a_failure_has_no_chained_exception(core: Core) -> None:
    """Ansible would print the chained exceptions, which are not for users."""
    core.failure = MySafeError(Kind.LOCKDOWN, "The vault is locked down")
    with pytest.raises(AnsibleLookupError) as failure:
        run("a")
    assert failure.value.__suppress_context__


def test_warnings_of_the_core_are_passed_on(core: Core, warned: Warned) -> None:
    core.warnings = ("The token cache is not used",)
    run("a")
    assert warned.texts == ["The token cache is not used"]


def test_repeated_requests_are_told_at_v(core: Core, warned: Warned) -> None:
    core.repeats = ("Could not list: HTTP 503; it was tried again",)
    run("a")
    assert warned.texts == ["-v: Could not list: HTTP 503; it was tried again"]


def test_a_misspelt_option_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(AnsibleLookupError, match=r"There is no option feild\..*did you mean field\?"):
        run("a", feild="name")


@pytest.mark.parametrize("term", ["caf\udce9", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "__omit_place_holder__1"])
def test_a_term_that_cannot_be_meant_is_refused_and_not_repeated(term: str) -> None:
    with pytest.raises(AnsibleLookupError, match=r"_terms \(2\)") as failure:
        run("a", term)
    assert term not in str(failure.value)


def test_a_variable_of_the_environment_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENHASEGURA_TIMEOUT", "soon")
    with pytest.raises(AnsibleLookupError, match="SENHASEGURA_TIMEOUT") as failure:
        run("a")
    assert "soon" not in str(failure.value)


# Where options come from.


def test_every_shared_option_is_tested_here() -> None:
    assert set(VALUES) == set(VARIABLES)


def test_without_options_the_core_gets_the_defaults(core: Core) -> None:
    run("a")
    assert core.params == DEFAULTS


@every_option
def test_an_argument_is_used(option: str, core: Core) -> None:
    text, value = VALUES[option]
    run("a", **{option: text})
    assert core.params == {**DEFAULTS, option: value}


@every_option
def test_a_variable_is_used(option: str, core: Core) -> None:
    text, value = VALUES[option]
    run("a", variables={variable(option): text})
    assert core.params == {**DEFAULTS, option: value}


@every_option
def test_the_environment_is_used(option: str, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = VALUES[option]
    monkeypatch.setenv(VARIABLES[option], text)
    run("a")
    assert core.params == {**DEFAULTS, option: value}


@pytest.mark.parametrize("blank", ["", " "])
@every_option
def test_an_empty_variable_of_the_environment_counts_as_not_set(
    option: str, blank: str, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLES[option], blank)
    run("a")
    assert core.params == DEFAULTS


@pytest.mark.parametrize("blank", ["", " "])
@every_option
def test_an_empty_variable_counts_as_not_set(option: str, blank: str, core: Core) -> None:
    """Otherwise validate_certs would be off, and ca_path would be the working directory."""
    run("a", variables={variable(option): blank})
    assert core.params == DEFAULTS


@pytest.mark.parametrize("blank", ["", " ", None])
@every_option
def test_an_empty_argument_counts_as_not_set(option: str, blank: str | None, core: Core) -> None:
    run("a", **{option: blank})
    assert core.params == DEFAULTS


def test_an_empty_field_is_refused(core: Core) -> None:
    with pytest.raises(AnsibleError, match="field"):
        run("a", field="")
    assert core.codes == []


def test_other_empty_variables_of_the_environment_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENHASEGURA_COLOUR", "")
    run("a")
    assert os.environ["SENHASEGURA_COLOUR"] == ""


@pytest.fixture(name="ini")
def fixture_ini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[dict[str, str]], None]:
    """Let Ansible read an ansible.cfg with these keys in the section of the collection."""

    def write(keys: dict[str, str]) -> None:
        path = tmp_path / "ansible.cfg"
        lines = [f"{key} = {value}" for key, value in keys.items()]
        path.write_text("\n".join(["[senhasegura_mysafe]", *lines, ""]), encoding="utf-8")
        monkeypatch.setattr(C, "config", ConfigManager(str(path)))

    return write


@pytest.mark.parametrize("option", IN_INI)
def test_ansible_cfg_is_used(option: str, core: Core, ini: t.Callable[[dict[str, str]], None]) -> None:
    text, value = VALUES[option]
    ini({option.replace("mysafe_", ""): text})
    run("a")
    assert core.params == {**DEFAULTS, option: value}


def test_secrets_are_not_taken_from_ansible_cfg(core: Core, ini: t.Callable[[dict[str, str]], None]) -> None:
    ini(dict.fromkeys(("client_secret", "mysafe_client_secret", "access_token", "mysafe_access_token"), "s3cret"))
    run("a")
    assert core.params == DEFAULTS


def test_the_order_is_argument_variable_environment_ansible_cfg(
    core: Core, ini: t.Callable[[dict[str, str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ini(dict.fromkeys(("url", "client_id", "token_url", "tenant"), "ini"))
    for option in ("mysafe_tenant", "mysafe_client_id", "mysafe_token_url"):
        monkeypatch.setenv(VARIABLES[option], "environment")
    run("a", variables={"mysafe_tenant": "variable", "mysafe_client_id": "variable"}, mysafe_tenant="argument")
    used = [core.params[name] for name in ("mysafe_tenant", "mysafe_client_id", "mysafe_token_url", "mysafe_url")]
    assert used == ["argument", "variable", "environment", "ini"]


@pytest.mark.parametrize("option", ["mysafe_client_secret", "mysafe_access_token"])
@pytest.mark.parametrize("value", [{"inner": "hush"}, ["hush"]])
@pytest.mark.parametrize("place", ["argument", "variable"])
def test_a_secret_that_is_not_a_text_is_refused_and_not_shown(option: str, value: t.Any, place: str) -> None:
    given = {"variables": {option: value}} if place == "variable" else {option: value}
    with pytest.raises(AnsibleError, match=option) as failure:
        run("a", **given)
    assert "hush" not in str(failure.value)


def test_the_core_gets_options_that_json_can_represent(core: Core) -> None:
    """Sessions and cached tokens are found by a digest of that JSON."""
    run("a", **{option: text for option, (text, _value) in VALUES.items()})
    assert json.loads(json.dumps(core.params)) == {option: value for option, (_text, value) in VALUES.items()}
