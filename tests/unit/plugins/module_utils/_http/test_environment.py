# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Where a connection option comes from: what is named, what the environment adds, and what is ignored."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import (
    VARIABLES,
    complete,
    from_environment,
    is_blank,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.options import OPTIONS

A, B = "https://a.example.org", "https://b.example.org"
BLANK = [None, "", " ", "\r\n"]
#: A value for each variable.
SET = {
    option.variable: {"int": "7", "bool": "yes"}.get(option.type, f"value of {option.variable}") for option in OPTIONS
}


@pytest.mark.parametrize("value", BLANK, ids=repr)
def test_nothing_and_white_space_are_blank(value: str | None) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, [], {}, "0", "no", " x "], ids=repr)
def test_every_other_value_is_not_blank(value: t.Any) -> None:
    assert not is_blank(value)


@pytest.mark.parametrize("option", VARIABLES)
def test_a_variable_sets_its_option(option: str) -> None:
    assert complete({}, {VARIABLES[option]: f" {SET[VARIABLES[option]]}\n"}) == {option: SET[VARIABLES[option]]}


@pytest.mark.parametrize("option", VARIABLES)
def test_a_named_option_overrides_its_variable(option: str) -> None:
    assert complete({option: "named"}, SET)[option] == "named"


@pytest.mark.parametrize("option", VARIABLES)
@pytest.mark.parametrize("blank", BLANK, ids=repr)
def test_a_blank_option_counts_as_not_named(option: str, blank: str | None) -> None:
    assert complete({option: blank}, {}) == {}
    assert complete({option: blank}, SET) == complete({}, SET)


@pytest.mark.parametrize("value", [False, 0], ids=repr)
def test_a_false_value_counts_as_named(value: t.Any) -> None:
    assert complete({"validate_certs": value}, {"SENHASEGURA_VALIDATE_CERTS": "yes"}) == {"validate_certs": value}


@pytest.mark.parametrize("blank", BLANK[1:], ids=repr)
def test_a_blank_variable_counts_as_not_set(blank: str) -> None:
    assert complete({}, dict.fromkeys(SET, blank)) == {}


def test_options_other_than_the_connections_are_unchanged() -> None:
    assert complete({"notes": "", "name": None, "tags": []}, SET).items() >= {"notes": "", "name": None}.items()


def test_neither_the_named_options_nor_the_environment_are_changed() -> None:
    named, environ = {"mysafe_client_id": "an-id", "mysafe_url": ""}, {**SET, "SENHASEGURA_TENANT": ""}
    before = dict(named), dict(environ)
    complete(named, environ)
    assert (named, environ) == before


@pytest.mark.parametrize("option", VARIABLES)
def test_a_variable_in_the_environment_of_the_task_is_left_to_the_module(option: str) -> None:
    assert option not in complete({}, SET, {VARIABLES[option]: "elsewhere"})


# A named access key overrides a token in the environment.


@pytest.mark.parametrize("key", ["mysafe_client_id", "mysafe_client_secret"])
@pytest.mark.parametrize("token", [{}, {"mysafe_access_token": None}, {"mysafe_access_token": " "}], ids=repr)
def test_a_token_in_the_environment_is_ignored_if_an_access_key_is_named(
    key: str, token: dict[str, str | None]
) -> None:
    assert complete({key: "named", **token}, SET)["mysafe_access_token"] == ""


@pytest.mark.parametrize("key", ["mysafe_client_id", "mysafe_client_secret"])
def test_a_module_ignores_a_token_in_its_own_environment_too(key: str) -> None:
    completed = complete({key: "named"}, {}, {"SENHASEGURA_ACCESS_TOKEN": "t0k3n"})
    assert completed["mysafe_access_token"] == ""


def test_a_named_token_is_used_even_if_an_access_key_is_named() -> None:
    assert complete({"mysafe_client_id": "x", "mysafe_access_token": "t"}, SET)["mysafe_access_token"] == "t"


@pytest.mark.parametrize("blank", BLANK, ids=repr)
def test_a_blank_access_key_counts_as_not_named(blank: str | None) -> None:
    completed = complete({"mysafe_client_id": blank, "mysafe_client_secret": blank}, SET)
    assert completed["mysafe_access_token"] == SET["SENHASEGURA_ACCESS_TOKEN"]


# Variables for another vault are ignored.

OF_VAULT_A = {"SENHASEGURA_URL": A, "SENHASEGURA_TOKEN_URL": f"{A}/token", "SENHASEGURA_TENANT": "a"}


@pytest.mark.parametrize("option", ["mysafe_token_url", "mysafe_tenant"])
def test_variables_for_another_vault_are_ignored(option: str) -> None:
    assert complete({"mysafe_url": B}, OF_VAULT_A)[option] == ""


@pytest.mark.parametrize("option", ["mysafe_token_url", "mysafe_tenant"])
def test_options_named_for_another_vault_are_used(option: str) -> None:
    assert complete({"mysafe_url": B, option: "named"}, OF_VAULT_A)[option] == "named"


@pytest.mark.parametrize("url", [A, f"{A}/", f" {A}\n", A.upper()])
def test_the_same_vault_can_be_named_in_any_form(url: str) -> None:
    assert complete({"mysafe_url": url}, OF_VAULT_A)["mysafe_tenant"] == "a"


@pytest.mark.parametrize("environ", [{}, {"SENHASEGURA_URL": ""}], ids=repr)
def test_without_a_vault_in_the_environment_the_tenant_is_used(environ: dict[str, str]) -> None:
    assert complete({"mysafe_url": B}, {**environ, "SENHASEGURA_TENANT": "b"})["mysafe_tenant"] == "b"


def test_the_environment_of_the_task_takes_part_in_the_comparison() -> None:
    assert complete({"mysafe_url": B}, {}, OF_VAULT_A)["mysafe_tenant"] == ""
    assert "mysafe_tenant" not in complete({"mysafe_url": A}, {"SENHASEGURA_URL": B}, OF_VAULT_A)


@pytest.mark.parametrize("option", ["mysafe_token_url", "mysafe_tenant"])
def test_what_a_task_sets_in_its_own_environment_is_meant_for_the_vault_that_it_names(option: str) -> None:
    completed = complete({"mysafe_url": B}, OF_VAULT_A, {VARIABLES[option]: "of vault b"})
    blank = {"mysafe_token_url", "mysafe_tenant"} - {option}
    assert completed == {"mysafe_url": B, **dict.fromkeys(blank, "")}


# Values that cannot be converted.

BAD = [(option.name, option.variable) for option in OPTIONS if option.type in ("int", "bool")]


@pytest.mark.parametrize(("option", "variable"), BAD)
def test_a_malformed_variable_is_named_without_its_value(option: str, variable: str) -> None:
    with pytest.raises(MySafeError) as failure:
        complete({}, {variable: "s3cr3t"})
    error = failure.value
    assert (error.kind, option in error.message, variable in error.solution) == ("configuration", True, True)
    assert "s3cr3t" not in repr(error)
    assert error.__suppress_context__


@pytest.mark.parametrize(("option", "variable"), BAD)
def test_an_overridden_malformed_variable_is_ignored(option: str, variable: str) -> None:
    assert complete({option: "named"}, {variable: "s3cr3t"})[option] == "named"


@pytest.mark.parametrize("value", ["True", "False", "yes", "no", "on", "off", "1", "0", "t", "f", " true\n"])
def test_booleans_can_be_written_in_every_form_that_ansible_accepts(value: str) -> None:
    assert complete({}, {"SENHASEGURA_VALIDATE_CERTS": value}) == {"validate_certs": value.strip()}


# The fallback of the argument spec.


@pytest.fixture(name="environment")
def fixture_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Unset the variables."""
    for name in ("FIRST", "SECOND"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_white_space_around_a_variable_is_removed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FIRST", " value\r\n")
    assert from_environment("FIRST") == "value"


def test_the_first_variable_that_is_set_is_used(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FIRST", "one")
    environment.setenv("SECOND", "two")
    assert from_environment("FIRST", "SECOND") == "one"


def test_an_empty_variable_is_skipped(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FIRST", " \n")
    environment.setenv("SECOND", "two")
    assert from_environment("FIRST", "SECOND") == "two"


@pytest.mark.parametrize("value", [None, "", " ", "\n"], ids=repr)
def test_an_empty_variable_counts_as_not_set(environment: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        environment.setenv("FIRST", value)
    with pytest.raises(AnsibleFallbackNotFound):
        from_environment("FIRST")
