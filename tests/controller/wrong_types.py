# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every option of every plugin with every wrong type, as tasks: a new option is among them by itself."""

from __future__ import annotations

import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import SHARING
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import (
    api_secret,
    api_secret_info,
    api_secrets,
)

from .stage import MODULE
from .test_lookup_options import documented_options

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

INFO = f"{MODULE}_info"
LIST = f"{MODULE}s"
LOOKUP = MODULE
MISSPELT = "client_secrt"
TERM = "Term 1"
CODE = "wrong"

#: The secrets that are given beside a wrong value, and the one within it. Each is a mark that appears nowhere else.
CLIENT_SECRET = "cl1ent-s3cret"
KEY_SECRET = "k3y-s3cret"
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\npr1vate-k3y\n-----END PRIVATE KEY-----\n"
INNER = "1nner-s3cret"
NUMBER = 471147114711
MARKS = (CLIENT_SECRET, KEY_SECRET, "pr1vate-k3y", INNER, str(NUMBER))

#: Name of a type -> a value of it. "too": a text that is a secret is in it, as well as one that is in no other option.
VALUES: dict[str, t.Any] = {
    "a text": INNER,
    "a number": NUMBER,
    "a decimal number": NUMBER + 0.5,
    "a boolean": True,
    "a list": [INNER, CLIENT_SECRET, KEY_SECRET],
    "a list of numbers": [NUMBER, NUMBER + 0.5],
    "a list of booleans": [True],
    "a mapping": {"inner": INNER, "too": CLIENT_SECRET, "number": NUMBER},
    "a list of lists": [[INNER, KEY_SECRET]],
    "a list of mappings": [{"inner": INNER, "too": KEY_SECRET}],
    "a mapping of lists": {"inner": [INNER, {"deep": CLIENT_SECRET}]},
}
#: For a list of users or groups: entries in which only one part is wrong.
_ENTRIES: dict[str, t.Any] = {
    "a mapping as the name": {"inner": INNER},
    "a list as the name": [INNER],
    "a boolean as the name": True,
    "a decimal number as the name": NUMBER + 0.5,
}
_RIGHTS: dict[str, t.Any] = {
    "a text as can_edit": INNER,
    "a mapping as can_edit": {"inner": INNER},
    "a list as can_edit": [INNER],
    "a number as can_edit": NUMBER,
}
#: Kind of an option -> the types that it takes.
_TAKEN = {
    "secret": ("a text",),
    "text": ("a text", "a number"),
    "choice": (),
    "bool": ("a boolean",),
    "int": ("a number",),
    "texts": ("a text", "a list", "a list of numbers"),
    "items": (),
    "secrets": (),
    "shares": ("a list", "a list of numbers"),
    "terms": ("a text", "a number", "a list", "a list of numbers", "a list of lists"),
    "misspelt": (),
}


def kind_of(spec: t.Mapping[str, t.Any]) -> str:
    """Return what an option takes, from its argument spec or its documentation."""
    if spec.get("choices"):
        return "choice"
    if spec["type"] == "list" and any(inner.get("no_log") for inner in spec.get("options", {}).values()):
        return "items"
    if spec["type"] == "dict":
        return "secrets"
    if spec["type"] == "list":
        return "shares" if spec["elements"] == "dict" else "texts"
    if spec["type"] in ("str", "path"):
        return "secret" if spec.get("no_log") else "text"
    return str(spec["type"])


def wrong_values(name: str, kind: str) -> dict[str, t.Any]:
    """Return the values that an option must refuse, by the name of their type."""
    wrong = {type_: value for type_, value in VALUES.items() if type_ not in _TAKEN[kind]}
    if name in SHARING:
        key = "username" if name == "users_allowed" else "name"
        wrong.update({type_: [{key: value}] for type_, value in _ENTRIES.items()})
        wrong.update({type_: [{key: "bob", "can_edit": value}] for type_, value in _RIGHTS.items()})
        wrong["a misspelt key with a text"] = [{key: "bob", MISSPELT: INNER}]
        wrong["a misspelt key with a mapping"] = [{key: "bob", MISSPELT: {"deep": [INNER, NUMBER]}}]
    return wrong


class Case(t.NamedTuple):
    """An option of a plugin with a value of a wrong type. ``within``: it is an option of an item, or of client_secrets."""

    plugin: str
    option: str
    type: str
    value: t.Any
    within: str = ""

    @property
    def name(self) -> str:
        """The name of its task."""
        return f"{self.plugin}: {self.within and f'{self.within}: '}{self.option} is {self.type}"

    @property
    def named(self) -> str:
        """What the failure says to name the option."""
        if self.option == "client_secrets" and self.type in ("a mapping", "a mapping of lists"):
            return "entry 1 of client_secrets"  # it is a mapping, as it should be
        if self.option == "api_secrets" and self.type.startswith("a list"):
            return "item 1"
        if self.within == "client_secrets":
            return f"entry 1 of client_secrets ('{CODE}')"
        # An item is named by its place, and by its code, unless that is what is wrong.
        place = {"": "", "api_secrets": "item 1: " if self.option == "identifier_code" else f"item 1 ('{CODE}'): "}
        return f"{place[self.within]}{'the option ' if self.within else ''}{self.option}"


def module_options() -> dict[str, Spec]:
    """Return the options of each module."""
    return {
        MODULE: api_secret.argument_spec(),
        INFO: api_secret_info.argument_spec(),
        LIST: api_secrets.argument_spec(),
    }


def lookup_options() -> Spec:
    """Return the options of the lookup, with those from its argument spec that say what must not be logged."""
    secret = {name for name, spec in api_secret.argument_spec().items() if spec.get("no_log")}
    return {name: {**spec, "no_log": name in secret} for name, spec in documented_options().items()}


def cases() -> list[Case]:
    """Return every option of every plugin with every wrong type."""
    kinds = {
        **{
            plugin: {name: kind_of(spec) for name, spec in options.items()}
            for plugin, options in module_options().items()
        },
        "lookup": {TERM: "terms", **{name: kind_of(spec) for name, spec in lookup_options().items()}},
    }
    found = [
        Case(plugin, option, type_, value)
        for plugin, options in kinds.items()
        for option, kind in {**options, MISSPELT: "misspelt"}.items()
        for type_, value in wrong_values(option, kind).items()
    ]
    of_an_item = {name: kind_of(spec) for name, spec in module_options()[LIST]["api_secrets"]["options"].items()}
    found += [
        Case(LIST, option, type_, value, "api_secrets")
        for option, kind in {**of_an_item, MISSPELT: "misspelt"}.items()
        for type_, value in wrong_values(option, kind).items()
    ]
    return found + [
        Case(LIST, CODE, type_, value, "client_secrets") for type_, value in wrong_values(CODE, "secret").items()
    ]


def one_of_each(every: t.Sequence[Case]) -> list[Case]:
    """Return one case for each option of each plugin, and all types in turn."""
    by_option: dict[tuple[str, str, str], list[Case]] = {}
    for case in every:
        by_option.setdefault((case.plugin, case.within, case.option), []).append(case)
    return [several[number % len(several)] for number, several in enumerate(by_option.values())]


def secrets_beside(options: t.Container[str]) -> dict[str, t.Any]:
    """Return the secrets that a task gives in the options that a plugin has, as templates."""
    beside: dict[str, t.Any] = {
        "client_secret": "{{ client_secret }}",
        "mysafe_client_secret": "{{ key_secret }}",
        "client_key": "{{ private_key }}",
    }
    return {name: value for name, value in beside.items() if name in options}


def task(case: Case) -> dict[str, t.Any]:
    """Return the task of a case. Its secrets are in variables, as Ansible itself may show a line of a playbook."""
    if case.plugin == "lookup":
        return _debug(case)
    given = secrets_beside(module_options()[case.plugin])
    if case.plugin == MODULE:
        given["identifier_code"] = CODE
    if case.plugin == LIST:
        given = {**given, **_list(case)}
    if not case.within:
        given[case.option] = case.value
    return {"name": case.name, case.plugin: given, "ignore_errors": True}


def _list(case: Case) -> dict[str, t.Any]:
    """Return a list with a good item and the one of the case. Each has a client secret, the second in client_secrets."""
    item: dict[str, t.Any] = {"identifier_code": CODE}
    client_secrets: dict[str, t.Any] = {"other": "{{ client_secret }}"}
    if case.within == "api_secrets":
        item.update({"client_secret": "{{ client_secret }}", case.option: case.value})
    elif case.within == "client_secrets":
        client_secrets = {CODE: case.value, **client_secrets}
    return {"api_secrets": [item, {"identifier_code": "other"}], "client_secrets": client_secrets}


def _debug(case: Case) -> dict[str, t.Any]:
    wrong = f"wrong[{case.type!r}]"
    arguments = {"mysafe_client_secret": "key_secret", "client_key": "private_key"}
    if case.option != TERM:
        arguments[case.option] = wrong
    term = wrong if case.option == TERM else "'code'"
    named = ", ".join(f"{name}={value}" for name, value in arguments.items())
    message = f"{{{{ query('{LOOKUP}', {term}, {named}) }}}}"
    return {"name": case.name, "ansible.builtin.debug": {"msg": message}, "ignore_errors": True}


def variables() -> dict[str, t.Any]:
    """Return the variables of the tasks."""
    return {"client_secret": CLIENT_SECRET, "key_secret": KEY_SECRET, "private_key": PRIVATE_KEY, "wrong": VALUES}
