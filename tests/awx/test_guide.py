# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The tables of the guide match the files of docs/awx, for users who fill in AWX's forms by hand."""

from __future__ import annotations

import json
import re
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml

from .job import AWX, ROOT, CredentialType

GUIDE = (ROOT / "docs" / "docsite" / "rst" / "awx.rst").read_text("utf-8")
ANSWER_TYPES = {
    "text": "Text",
    "textarea": "Textarea",
    "password": "Password",
    "multiplechoice": "Multiple Choice (single select)",
}


def table(first_column: str, after: str = "") -> list[list[str]]:
    """Return the rows of the first table with this heading after a text."""
    lines = GUIDE[GUIDE.index(after) :].splitlines()
    start = lines.index(f"   * - {first_column}")
    rows: list[list[str]] = []
    for line in lines[start:]:
        if line and not line.startswith("   "):
            break
        if line.startswith("   * -"):
            rows.append([])
        if line.startswith(("   * -", "     -")):
            rows[-1].append(line[6:].strip())
        elif line.strip():
            rows[-1][-1] += f" {line.strip()}"
    return rows[1:]


def block(after: str, language: str) -> str:
    """Return the first block of code in a language after a text."""
    text = GUIDE[GUIDE.index(after) :].split(f".. code-block:: {language}\n\n")[1]
    return textwrap.dedent(text[: re.search(r"^\S|\Z", text, re.MULTILINE).start()])  # type: ignore[union-attr]


def limit_of(question: dict[str, t.Any]) -> str:
    """Return what limits the answer: its length, or the choices, with the default if there is one."""
    if "choices" not in question:
        return str(question["max"])
    choices = ", ".join(f"``{choice}``" for choice in question["choices"])
    return f"{choices}; default ``{question['default']}``" if "default" in question else choices


def playbook(name: str) -> dict[str, t.Any]:
    """Return the one play of a playbook."""
    (play,) = yaml.safe_load((AWX / name).read_text("utf-8").replace("!unsafe", ""))
    return t.cast("dict[str, t.Any]", play)


def test_the_fields_of_a_credential(credential_type: CredentialType) -> None:
    required = credential_type.inputs["required"]

    assert [row[:2] for row in table("field", after="**Credentials**")] == [
        [field["label"], "yes" if field["id"] in required else "no"] for field in credential_type.inputs["fields"]
    ]


@pytest.mark.parametrize("survey", sorted((AWX / "surveys").glob("*.json")), ids=lambda path: path.stem)
def test_the_questions_of_a_survey(survey: Path) -> None:
    questions = json.loads(survey.read_text("utf-8"))["spec"]

    assert table("question", after=f"For ``{survey.stem}.yml``") == [
        [
            question["question_name"],
            f"``{question['variable']}``",
            ANSWER_TYPES[question["type"]],
            "yes" if question["required"] else "no",
            limit_of(question),
        ]
        for question in questions
    ]
    # The guide states one rule for all of them.
    assert all(question.get("min", int(question["required"])) == int(question["required"]) for question in questions)


def test_the_variables_of_the_set_up_playbook() -> None:
    play = playbook("setup.yml")
    rows = table("variable", after="With the playbook\n")
    defaults = {name: row[1] for row in rows for name in re.findall(r"``(\w+)``", row[0])}

    told = {name: value for name, value in play["vars"].items() if name in defaults}

    # The inputs of the credential come from the environment, as the guide says above.
    assert set(play["vars"]) - set(defaults) == {"setup_credential_inputs"}
    assert set(defaults) <= set(play["vars"])
    for name, value in told.items():
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        if "lookup" in shown:
            assert defaults[name].strip("`") in shown
        else:
            assert defaults[name].startswith("none" if shown == "" else f"``{shown}``"), name


def test_the_job_templates() -> None:
    made = [
        {**task["awx.awx.job_template"], **item}
        for task in playbook("setup.yml")["tasks"]
        if "awx.awx.job_template" in task
        for item in task.get("loop", [{}])
    ]

    assert table("name", after="**Templates**") == [
        [
            f"``{one['name']}``",
            f"``{Path(one['playbook']).stem}.yml``",
            "yes" if one.get("survey_enabled") else "no",
        ]
        for one in made
    ]
    assert sorted(row[1] for row in table("to", after="4. Launch\n---")) == sorted(
        one["name"].removeprefix("MySafe: ") for one in made
    )


def test_the_host_in_the_inventory() -> None:
    made = next(task["awx.awx.host"] for task in playbook("setup.yml")["tasks"] if "awx.awx.host" in task)

    assert yaml.safe_load(block("**Inventories**", "yaml+jinja")) == made["variables"]


def test_the_list_in_the_guide_fits_the_module(collections: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(collections))
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.api_secrets import argument_spec

    entries = yaml.safe_load(block("**Onboard a list.**", "yaml+jinja"))
    secrets = json.loads(block("**Onboard a list.**", "json"))

    assert {key for entry in entries for key in entry} <= set(argument_spec()["api_secrets"]["options"])
    assert [entry["identifier_code"] for entry in entries] == list(secrets)


def test_every_kind_of_failure_exists_in_the_collection(collections: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(collections))
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind

    symptoms = [row[0] for row in table("symptom")]
    named = {kind for symptom in symptoms for kind in re.findall(r"``([a-z_]+)``", symptom)}

    assert {"authentication", "tls", "connection", "missing_library"} <= named
    # Names of options and values are literal texts too.
    assert named - {kind.value for kind in Kind} <= {"ca_path", "decryption_key", "update", "none"}
