# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What AWX's injector code makes of the credential type, and the rules for the type and the surveys."""

from __future__ import annotations

import copy
import json
import typing as t
from pathlib import Path

import pytest

from .job import AWX, CredentialType, is_private
from .rules import broken_by_answers, broken_by_credential, broken_by_survey, broken_by_type

VENDOR = {
    "senhasegura_url": "https://vault.example.org",
    "senhasegura_client_id": "id",
    "senhasegura_client_secret": "s3cret{{ 7 * 7 }}",
}
#: Of an example of a type that breaks no rule, what one change makes of it.
GOOD: dict[str, t.Any] = {
    "kind": "cloud",
    "inputs": {
        "fields": [
            {"id": "url", "type": "string", "label": "URL", "format": "url"},
            {"id": "skip", "type": "boolean", "label": "Skip"},
        ],
        "required": ["url"],
    },
    "injectors": {"env": {"URL": "{{ url }}"}},
}
GOOD_SURVEY: dict[str, t.Any] = {
    "name": "",
    "description": "",
    "spec": [{"type": "text", "variable": "code", "question_name": "Code", "required": True, "min": 1, "max": 9}],
}


def changed(example: dict[str, t.Any], *path: t.Any) -> dict[str, t.Any]:
    """Return a copy of the example with the last of the path set where the others lead to."""
    *way, last, value = path
    example = copy.deepcopy(example)
    node: t.Any = example
    for step in way:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return example


FIRST, SECOND = ("inputs", "fields", 0), ("inputs", "fields", 1)
BAD_TYPES = [
    ("the kind of a custom type is cloud or net", ("kind", "ssh")),
    ("inputs hold fields and required only", ("inputs", "dependencies", {})),
    ("inputs hold fields and required only", ("inputs", "metadata", [])),
    ("a field has an id and a label", (*SECOND, "label", None)),
    ("a field has an id and a label", (*SECOND, "id", None)),
    ("a custom type cannot ask at run time", (*FIRST, "ask_at_runtime", True)),
    ("a field has no other keys", (*FIRST, "placeholder", "https://")),
    ("an id is a variable name", (*SECOND, "id", "1skip")),
    ("tower is reserved", (*SECOND, "id", "tower")),
    ("ids are unique", (*SECOND, "id", "url")),
    ("the format is url or ssh_private_key", (*FIRST, "format", "email")),
    ("a field says its type", (*FIRST, "type", None)),
    ("only a required field can be a URL", ("inputs", "required", [])),
    ("a type is string or boolean", (*SECOND, "type", "integer")),
    ("a default has the type of its field", (*FIRST, "default", 1)),
    ("a default has the type of its field", (*SECOND, "default", "")),
    ("only texts have choices, lines, a format or a secret", (*SECOND, "secret", True)),
    ("only texts have choices, lines, a format or a secret", (*SECOND, "multiline", True)),
    ("only texts have choices, lines, a format or a secret", (*SECOND, "choices", ["yes"])),
    ("a boolean is false by default", (*SECOND, "default", True)),
    ("what is required is a field", ("inputs", "required", ["url", "uri"])),
    ("injectors are env, file and extra_vars", ("injectors", "vars", {})),
    ("a file is template or template.<name>", ("injectors", "file", {"ca": ""})),
    ("one file or named files, not both", ("injectors", "file", {"template": "", "template.ca": ""})),
    ("an environment variable has the name of a variable", ("injectors", "env", "MY-URL", "")),
    ("a credential cannot change Ansible's settings", ("injectors", "env", "ANSIBLE_HOME", "")),
    ("the variable belongs to AWX", ("injectors", "env", "PATH", "")),
    ("the value of a variable is a text", ("injectors", "env", "SKIP", True)),
    ("the value of a variable is ASCII", ("injectors", "env", "SKIP", "só um teste")),
    ("an extra variable has the name of one", ("injectors", "extra_vars", {"my-url": ""})),
    ("an extra variable is text, list or dictionary", ("injectors", "extra_vars", {"skip": True})),
    ("a template renders with the fields alone", ("injectors", "env", "URL", "{{ uri }}")),
    ("a template renders with the fields alone", ("injectors", "env", "URL", "{{ skip | bool }}")),
    ("a template renders with the fields alone", ("injectors", "env", "URL", "{{ url")),
    ("a template renders with the fields alone", ("injectors", "env", "CA", "{{ tower.filename.ca }}")),
    ("a template renders with the fields alone", ("injectors", "extra_vars", {"deep": [{"url": "{{ uri }}"}]})),
]
QUESTION = ("spec", 0)
BAD_SURVEYS: list[tuple[str, tuple[t.Any, ...]]] = [
    ("name, description, spec", ("name", None)),
    ("name, description, spec", ("description", 1)),
    ("a survey has questions", ("spec", [])),
    ("type, question_name, variable, required", (*QUESTION, "required", "yes")),
    ("type, question_name, variable, required", (*QUESTION, "question_name", None)),
    ("variables are unique", ("spec", GOOD_SURVEY["spec"] * 2)),
    ("the type of a question is known", (*QUESTION, "type", "boolean")),
    ("a default has the type of its question", (*QUESTION, "default", 5)),
    ("limits are whole numbers", (*QUESTION, "max", "9")),
    ("a choice has choices", (*QUESTION, "type", "multiplechoice")),
    ("$encrypted$ is no default", (*QUESTION, "default", "$encrypted$")),
]


def test_the_type_follows_the_rules_of_awx(credential_type: CredentialType) -> None:
    assert broken_by_type("cloud", credential_type.inputs, credential_type.injectors) == []


def test_the_base_of_the_invalid_examples_is_valid() -> None:
    assert broken_by_type(**GOOD) == []
    assert broken_by_survey(GOOD_SURVEY) == []


@pytest.mark.parametrize(("rule", "change"), BAD_TYPES)
def test_a_type_that_breaks_a_rule_is_found(rule: str, change: tuple[t.Any, ...]) -> None:
    assert set(broken_by_type(**changed(GOOD, *change))) == {rule}


@pytest.mark.parametrize("survey", sorted((AWX / "surveys").glob("*.json")), ids=lambda path: path.stem)
def test_the_surveys_follow_the_rules_of_awx(survey: Path) -> None:
    assert broken_by_survey(json.loads(survey.read_text("utf-8"))) == []


@pytest.mark.parametrize(("rule", "change"), BAD_SURVEYS)
def test_a_survey_that_breaks_a_rule_is_found(rule: str, change: tuple[t.Any, ...]) -> None:
    assert set(broken_by_survey(changed(GOOD_SURVEY, *change))) == {rule}


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("an answer belongs to a question", {"code": "a", "other": "b"}),
        ("what is required is answered", {}),
        ("an answer is a text", {"code": ["a"]}),
        ("an answer is as long as it may be", {"code": ""}),
        ("an answer is as long as it may be", {"code": "0123456789"}),
    ],
)
def test_answers_that_break_a_rule_are_found(rule: str, answers: dict[str, t.Any]) -> None:
    assert broken_by_answers(GOOD_SURVEY, answers) == [rule]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("a credential has no other fields than its type", {"port": "443"}),
        ("a value has the type of its field", {"senhasegura_skip_tls_verification": "False"}),
        ("a URL has scheme and host", {"senhasegura_url": "vault.example.org"}),
        ("a URL has scheme and host", {"senhasegura_url": ""}),
        ("$encrypted$ is no secret", {"senhasegura_client_secret": "$encrypted$"}),
    ],
)
def test_a_credential_that_breaks_a_rule_is_found(
    credential_type: CredentialType, rule: str, values: dict[str, t.Any]
) -> None:
    assert broken_by_credential(credential_type.inputs, {**VENDOR, **values}) == [rule]


def test_every_secret_goes_into_a_field_that_awx_encrypts(credential_type: CredentialType) -> None:
    secret = {field["id"] for field in credential_type.inputs["fields"] if field.get("secret")}

    assert secret == {"senhasegura_client_secret", "senhasegura_client_key", "senhasegura_decryption_key"}


def test_secrets_in_surveys_are_passwords_without_a_default() -> None:
    questions = [
        question
        for path in (AWX / "surveys").glob("*.json")
        for question in json.loads(path.read_text("utf-8"))["spec"]
        if "secret" in question["variable"].replace("api_secret", "")
    ]

    assert [(question["type"], question.get("default")) for question in questions] == [("password", None)] * 2


def test_the_three_fields_of_the_vendors_type_give_its_three_variables(
    credential_type: CredentialType, tmp_path: Path
) -> None:
    env = credential_type.inject(VENDOR, tmp_path).env

    assert {name: value for name, value in env.items() if value} == {
        "SENHASEGURA_URL": "https://vault.example.org",
        "SENHASEGURA_CLIENT_ID": "id",
        "SENHASEGURA_CLIENT_SECRET": "s3cret{{ 7 * 7 }}",
        "SENHASEGURA_TOKEN_CACHE": "False",
        "SENHASEGURA_VALIDATE_CERTS": "True",
    }


def test_the_vendors_type_gives_the_same_three_variables(credential_type: CredentialType, tmp_path: Path) -> None:
    ours = credential_type.inject(VENDOR, tmp_path).env
    vendors = CredentialType.of_the_vendor().inject(VENDOR, tmp_path).env

    assert set(vendors) == {"SENHASEGURA_URL", "SENHASEGURA_CLIENT_ID", "SENHASEGURA_CLIENT_SECRET"}
    assert vendors.items() <= ours.items()


BLANK = {
    field["id"]: ""
    for field in CredentialType.from_files().inputs["fields"]
    if field["type"] == "string" and field["id"] not in VENDOR
}


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_field_gives_an_empty_variable(credential_type: CredentialType, tmp_path: Path, blank: str) -> None:
    env = credential_type.inject({**VENDOR, **dict.fromkeys(BLANK, blank)}, tmp_path).env

    assert {name: value for name, value in env.items() if not value.strip()}.keys() == {
        "SENHASEGURA_TENANT",
        "SENHASEGURA_TOKEN_URL",
        "SENHASEGURA_CA_PATH",
        "SENHASEGURA_CLIENT_CERT",
        "SENHASEGURA_CLIENT_KEY",
        "SENHASEGURA_DECRYPTION_KEY",
    }


@pytest.mark.parametrize(
    ("values", "validate_certs"),
    [
        ({}, "True"),
        ({"senhasegura_skip_tls_verification": False}, "True"),
        ({"senhasegura_skip_tls_verification": True}, "False"),
    ],
)
def test_only_true_disables_verification(
    credential_type: CredentialType, tmp_path: Path, values: dict[str, t.Any], validate_certs: str
) -> None:
    env = credential_type.inject({**VENDOR, **values}, tmp_path).env

    assert env["SENHASEGURA_VALIDATE_CERTS"] == validate_certs


@pytest.mark.parametrize("given", ["True", "False", "on", "1", None, 1])
def test_a_value_that_is_not_a_boolean_does_not_disable_verification(
    credential_type: CredentialType, given: object
) -> None:
    """AWX refuses such a value, but a later version might not."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    template = credential_type.injectors["env"]["SENHASEGURA_VALIDATE_CERTS"]

    assert (
        ImmutableSandboxedEnvironment().from_string(template).render(senhasegura_skip_tls_verification=given) == "True"
    )


@pytest.mark.parametrize(
    ("field", "variable"),
    [
        ("senhasegura_ca_certificate", "SENHASEGURA_CA_PATH"),
        ("senhasegura_client_certificate", "SENHASEGURA_CLIENT_CERT"),
        ("senhasegura_client_key", "SENHASEGURA_CLIENT_KEY"),
        ("senhasegura_decryption_key", "SENHASEGURA_DECRYPTION_KEY"),
    ],
)
def test_pasted_text_becomes_a_private_file(
    credential_type: CredentialType, tmp_path: Path, field: str, variable: str
) -> None:
    text = "-----BEGIN SOMETHING-----\n{{ as }} it {% is %}\n-----END SOMETHING-----\n"

    file = credential_type.inject({**VENDOR, field: text}, tmp_path).file(variable)

    assert file.read_text("utf-8") == text
    assert is_private(file)


def test_the_environment_that_awx_shows_contains_no_secret(credential_type: CredentialType, tmp_path: Path) -> None:
    keys = {"senhasegura_client_key": "k3y", "senhasegura_decryption_key": "k3y"}
    shown = credential_type.inject({**VENDOR, **keys}, tmp_path).safe_env

    assert shown["SENHASEGURA_CLIENT_SECRET"] == "**********"
    assert "k3y" not in json.dumps(shown)


def test_nothing_becomes_an_extra_variable(credential_type: CredentialType, tmp_path: Path) -> None:
    assert credential_type.inject(VENDOR, tmp_path).args == []
