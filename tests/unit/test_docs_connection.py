# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Guide, doc fragment, AWX credential type and argument spec have the same connection options, variables and defaults."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import argument_spec
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES
from ansible_collections.senhasegura.mysafe.tests.unit.documents import (
    GUIDES,
    ROOT,
    plugin_texts,
    quoted,
    shared_options,
    sources,
    table,
)

#: A credential does not set these: a token expires too early, and the others are not credentials.
NOT_IN_A_CREDENTIAL = {"mysafe_access_token", "timeout", "retries"}
ROWS = table("docs/docsite/rst/connection.rst", "option")
FOR_AWX = sorted(path for path in (ROOT / "docs" / "awx").rglob("*") if path.is_file())


def injected() -> dict[str, str]:
    """Return the environment variables that a credential in AWX sets."""
    text = (ROOT / "docs" / "awx" / "credential_type" / "injectors.yml").read_text(encoding="utf-8")
    variables: dict[str, str] = yaml.safe_load(text)["env"]
    return variables


def in_words(default: t.Any) -> str:
    """Return a default as the guide writes it."""
    return {True: "on", False: "off"}[default] if isinstance(default, bool) else str(default)


def test_the_guide_has_every_option_and_its_variable() -> None:
    stated = {option: variable for row in ROWS for option, variable in zip(quoted(row[0]), quoted(row[2]))}
    assert stated == VARIABLES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_guide_states_the_default(row: list[str]) -> None:
    defaults = {
        in_words(spec["default"])
        for name, spec in argument_spec().items()
        if name in quoted(row[0]) and "default" in spec
    }
    assert set(re.findall(r"(\w+) by default", row[1])) == defaults


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_guide_states_where_a_lookup_finds_the_option(row: list[str]) -> None:
    [option] = quoted(row[0])
    places = sources()[option]
    assert quoted(row[3]) == [place["key"] for place in places.get("ini", ())]
    assert quoted(row[4]) == [place["name"] for place in places["vars"]]


def test_the_doc_fragment_has_every_option() -> None:
    assert list(shared_options()) == list(argument_spec()) == list(sources()) == list(VARIABLES)


@pytest.mark.parametrize("option", argument_spec())
def test_the_doc_fragment_names_the_one_variable_of_an_option(option: str) -> None:
    stated = re.findall(r"E\((SENHASEGURA_\w+)\)", " ".join(shared_options()[option]["description"]))
    assert stated[:1] == [VARIABLES[option]] == argument_spec()[option]["fallback"][1]


@pytest.mark.parametrize("option", VARIABLES)
def test_a_lookup_reads_an_option_from_the_same_environment_variable(option: str) -> None:
    assert sources()[option]["env"] == [{"name": VARIABLES[option]}]


@pytest.mark.parametrize("option", VARIABLES)
def test_a_lookup_reads_an_option_from_the_variable_of_its_name(option: str) -> None:
    name = option if option.startswith("mysafe_") else f"mysafe_{option}"
    assert sources()[option]["vars"] == [{"name": name}]


def test_a_lookup_reads_everything_but_secrets_from_ansible_cfg() -> None:
    secrets = {option for option, spec in argument_spec().items() if spec.get("no_log")}
    assert {option for option, places in sources().items() if "ini" not in places} == secrets


def test_a_credential_in_awx_sets_the_variables_of_options() -> None:
    assert set(injected()) == {variable for option, variable in VARIABLES.items() if option not in NOT_IN_A_CREDENTIAL}


@pytest.mark.parametrize("path", FOR_AWX, ids=lambda path: path.name)
def test_a_file_for_awx_names_no_other_variables(path: t.Any) -> None:
    assert set(re.findall(r"SENHASEGURA_\w+", path.read_text(encoding="utf-8"))) <= set(VARIABLES.values())


@pytest.mark.parametrize(("path", "text"), {**GUIDES, **plugin_texts()}.items(), ids=[*GUIDES, *plugin_texts()])
def test_a_text_names_no_other_variables(path: str, text: str) -> None:
    assert set(re.findall(r"SENHASEGURA_\w+", text)) <= set(VARIABLES.values())
