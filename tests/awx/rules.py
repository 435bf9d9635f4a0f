# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What AWX accepts: its rules for custom credential types, for credentials and for surveys, and a few of our own."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from awx_plugins.interfaces._temporary_private_inject_api import ENV_BLOCKLIST
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

FIELD_KEYS = {"type", "format", "choices", "id", "label", "help_text", "multiline", "secret", "default"}
STRING_KEYS = {"choices", "multiline", "format", "secret"}
QUESTION_TYPES: dict[str, t.Any] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), str),
    "integer": int,
    "float": (float, int),
}

_NAME = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*")
_EXTRA_VARIABLE = re.compile(r"[a-zA-Z_{}]+[a-zA-Z0-9_{}]*")
_FILE = re.compile(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?")


def broken_by_type(kind: str, inputs: dict[str, t.Any], injectors: dict[str, t.Any]) -> list[str]:
    """Return the rules that a credential type breaks."""
    return [
        *_if(kind not in {"cloud", "net"}, "the kind of a custom type is cloud or net"),
        *_broken_by_inputs(inputs),
        *_broken_by_injectors(inputs, injectors),
    ]


def _broken_by_inputs(inputs: dict[str, t.Any]) -> list[str]:
    broken = _if(set(inputs) - {"fields", "required"}, "inputs hold fields and required only")
    ids = [field.get("id") for field in inputs.get("fields", [])]
    for field in inputs.get("fields", []):
        if not {"id", "label"} <= set(field):
            broken.append("a field has an id and a label")
            continue
        broken += [
            *_if("ask_at_runtime" in field, "a custom type cannot ask at run time"),
            *_if(set(field) - FIELD_KEYS - {"ask_at_runtime"}, "a field has no other keys"),
            *_if(not _NAME.fullmatch(field["id"]), "an id is a variable name"),
            *_if(field["id"] == "tower", "tower is reserved"),
            *_if(ids.count(field["id"]) > 1, "ids are unique"),
            *_if(field.get("format", "url") not in {"url", "ssh_private_key"}, "the format is url or ssh_private_key"),
            # The injector code reads the type of every field; AWX would add a missing one.
            *_if("type" not in field, "a field says its type"),
            # AWX also checks the format of an empty text, so such a field can never be cleared.
            *_if(
                field.get("format") == "url" and field["id"] not in inputs.get("required", []),
                "only a required field can be a URL",
            ),
        ]
        kind = {"string": str, "boolean": bool}.get(field.get("type", "string"))
        if kind is None:
            broken.append("a type is string or boolean")
            continue
        broken += [
            *_if("default" in field and type(field["default"]) is not kind, "a default has the type of its field"),  # pylint: disable=unidiomatic-typecheck
            *_if(kind is bool and STRING_KEYS & set(field), "only texts have choices, lines, a format or a secret"),
            # AWX takes a missing boolean as false, whatever its default.
            *_if(kind is bool and field.get("default"), "a boolean is false by default"),
        ]
    # AWX accepts it, but the credential cannot be used.
    broken += _if(set(inputs.get("required", [])) - set(ids), "what is required is a field")
    return broken


def _broken_by_injectors(inputs: dict[str, t.Any], injectors: dict[str, t.Any]) -> list[str]:
    broken = _if(set(injectors) - {"env", "file", "extra_vars"}, "injectors are env, file and extra_vars")
    files = injectors.get("file", {})
    broken += [
        *_if(not all(_FILE.fullmatch(name) for name in files), "a file is template or template.<name>"),
        *_if("template" in files and len(files) > 1, "one file or named files, not both"),
    ]
    for name, value in injectors.get("env", {}).items():
        broken += [
            *_if(not _NAME.fullmatch(name), "an environment variable has the name of a variable"),
            *_if(name.startswith("ANSIBLE_"), "a credential cannot change Ansible's settings"),
            *_if(name in ENV_BLOCKLIST, "the variable belongs to AWX"),
            *_if(not isinstance(value, str), "the value of a variable is a text"),
            *_if(isinstance(value, str) and not value.isascii(), "the value of a variable is ASCII"),
        ]
    extra = injectors.get("extra_vars", {})
    broken += [
        *_if(not all(_EXTRA_VARIABLE.fullmatch(name) for name in extra), "an extra variable has the name of one"),
        *_if(
            not all(isinstance(value, (str, list, dict)) for value in extra.values()),
            "an extra variable is text, list or dictionary",
        ),
    ]
    namespace: dict[str, t.Any] = {field["id"]: "EXAMPLE" for field in inputs.get("fields", []) if "id" in field}
    named = {name.split(".", 1)[1]: "FILE" for name in files if "." in name}
    namespace["tower"] = {"filename": "FILE" if "template" in files else named}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for text in _texts([injectors.get("env", {}), files, extra]):
        try:
            sandbox.from_string(text).render(namespace)
        except TemplateError:
            broken.append("a template renders with the fields alone")
    return broken


def broken_by_credential(inputs: dict[str, t.Any], values: dict[str, t.Any]) -> list[str]:
    """Return the rules that the values of a credential break."""
    fields = {field["id"]: field for field in inputs["fields"]}
    broken = _if(set(values) - set(fields), "a credential has no other fields than its type")
    for name in set(values) & set(fields):
        value, field = values[name], fields[name]
        kind = {"string": str, "boolean": bool}[field["type"]]
        broken += _if(type(value) is not kind, "a value has the type of its field")  # pylint: disable=unidiomatic-typecheck
        if kind is str and field.get("format") == "url":
            parts = urlsplit(str(value))
            broken += _if(not parts.scheme or not parts.netloc, "a URL has scheme and host")
        broken += _if(field.get("secret") and value == "$encrypted$", "$encrypted$ is no secret")
    return broken


def broken_by_survey(survey: dict[str, t.Any]) -> list[str]:
    """Return the rules that a survey breaks."""
    types = {"name": str, "description": str, "spec": list}
    broken = [
        *_if(not all(isinstance(survey.get(key), kind) for key, kind in types.items()), "name, description, spec"),
        *_if(not survey.get("spec"), "a survey has questions"),
    ]
    variables = [question.get("variable") for question in survey.get("spec") or []]
    for question in survey.get("spec") or []:
        texts = (question.get(key) for key in ("type", "question_name", "variable"))
        if not all(isinstance(text, str) for text in texts) or not isinstance(question.get("required"), bool):
            broken.append("type, question_name, variable, required")
            continue
        limits = [question[key] for key in ("min", "max") if question.get(key) is not None]
        kind = QUESTION_TYPES.get(question["type"])
        default = question.get("default", "")
        broken += [
            *_if(variables.count(question["variable"]) > 1, "variables are unique"),
            *_if(kind is None, "the type of a question is known"),
            *_if(kind and default != "" and not isinstance(default, kind), "a default has the type of its question"),
            *_if(not all(isinstance(limit, int) for limit in limits), "limits are whole numbers"),
            *_if(question["type"].startswith("multi") and "choices" not in question, "a choice has choices"),
            *_if(
                "choices" in question and default not in ["", *question["choices"]], "a default is one of the choices"
            ),
            *_if(default == "$encrypted$", "$encrypted$ is no default"),
        ]
    return broken


def broken_by_answers(survey: dict[str, t.Any], answers: dict[str, t.Any]) -> list[str]:
    """Return the rules that the answers to a survey break. AWX takes no other variables at launch."""
    questions = {question["variable"]: question for question in survey["spec"]}
    broken = _if(set(answers) - set(questions), "an answer belongs to a question")
    for name, question in questions.items():
        broken += _if(question["required"] and name not in answers, "what is required is answered")
        if name in answers and question["type"] in {"text", "textarea", "password"}:
            answer = answers[name]
            broken += _if(not isinstance(answer, str), "an answer is a text")
            long_enough = question.get("min") is None or len(answer) >= question["min"]
            short_enough = question.get("max") is None or len(answer) <= question["max"]
            broken += _if(not (long_enough and short_enough), "an answer is as long as it may be")
        elif name in answers and question["type"] == "multiplechoice":
            broken += _if(answers[name] not in question["choices"], "an answer is one of the choices")
    return broken


def _if(condition: object, rule: str) -> list[str]:
    return [rule] if condition else []


def _texts(node: t.Any) -> t.Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from _texts([*node, *node.values()])
    elif isinstance(node, list):
        for inner in node:
            yield from _texts(inner)
