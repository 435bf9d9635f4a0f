# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Searches everything that ansible-playbook leaves behind for secrets: output at -vvvv, diffs, log, fact cache, files.

Each run is one play of the tasks that could leak a secret, most of them against a server that echoes what it received.
The search is for marks inside the secrets, not for whole secrets, so that it also finds a part of one.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import itertools
import json
import os
import secrets
import subprocess
import sys
import textwrap
import time
import typing as t
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import requests

if t.TYPE_CHECKING:
    from simulator.process import Simulator

_CHECKOUT = Path(__file__).resolve().parents[2]
_T = t.TypeVar("_T")

_MODULE = "senhasegura.mysafe.mysafe_api_secret"
_INFO = "senhasegura.mysafe.mysafe_api_secret_info"
_LIST = "senhasegura.mysafe.mysafe_api_secrets"
_LOOKUP = "senhasegura.mysafe.mysafe_api_secret"
_DEADLINE = 300
_CLEANED_UP_BY = 30
#: With ANSIBLE_DEBUG, Ansible itself prints the arguments of every module, ours or not.
_ANSIBLES_OWN = b": done with _execute_module ("
#: Identifiers without an API secret: each fault is for the one task that uses its identifier.
_UNUSED = itertools.count(900001)

# Records what every callback plugin gets, including that of AWX, and the outcomes of the tasks.
_CALLBACK = '''
"""Writes the results of all tasks into a file, a line of JSON each."""
DOCUMENTATION = """
name: leaks
type: aggregate
short_description: writes the results of all tasks into a file
description: [See there.]
"""
import json
import os
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "leaks"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result, failed=False):
        with open(os.environ["LEAKS_RESULTS"], "a", encoding="utf-8") as file:
            line = {"task": result._task.get_name(), "failed": failed, "result": result._result}
            file.write(json.dumps(line, default=repr, ensure_ascii=False) + "\\n")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.v2_runner_on_ok(result, failed=True)

    v2_runner_item_on_ok = v2_runner_on_ok
    v2_runner_item_on_failed = v2_runner_on_failed
'''


class Secret:
    """A value that must not appear anywhere, and the marks that identify it."""

    def __init__(self, value: str = "", marks: t.Sequence[str] = ()) -> None:
        # Lower-case letters and digits survive every kind of quoting.
        self.marks = tuple(marks) or tuple(secrets.token_hex(8) for _time in range(4))
        first, second, third, fourth = (*self.marks, "", "", "", "")[:4]
        # Between the marks are characters that some format quotes, including a line break.
        self.value = value or (
            f"{first} \"q\" 'p' \\b\\n &amp; {second}\r\n\t<b>&{third}</b> 100% %41 + é漢 {{}}, : # {fourth}"
        )

    @classmethod
    def known(cls, value: str) -> Secret:
        """Make a secret from a value that the test cannot choose."""
        middle = len(value) // 2
        return cls(value, [value[:24], value[middle : middle + 24], value[-24:]])

    def found_in(self, content: bytes) -> list[str]:
        """Return the parts of the secret that are in the content."""
        found = []
        for mark in self.marks:
            if mark.encode() in content:
                found.append(mark)
            found.extend(form for form in _base64_forms(mark) if form.encode() in content)
        return found


def _base64_forms(mark: str) -> set[str]:
    """Return the base64 forms of a mark inside a longer text, which depend on its offset."""
    forms = set()
    for before in range(3):
        raw = bytes(before) + mark.encode()
        # The first and the last group also contain parts of the neighbours.
        inner = slice(4 if before else 0, len(raw) // 3 * 4)
        forms |= {base64.b64encode(raw)[inner].decode(), base64.urlsafe_b64encode(raw)[inner].decode()}
    return forms


@dataclasses.dataclass
class Vault:
    """The secrets of one run. The play reads them from a file, as it would from Ansible Vault."""

    passed: Secret
    rotated: Secret
    stored: Secret
    wrong_key: Secret
    access_key: Secret
    token: Secret

    @classmethod
    def of(cls, simulator: Simulator) -> Vault:
        """Make new secrets, and fetch those of the simulator."""
        key = simulator.access_keys["alice"]
        answer = requests.post(
            f"{simulator.url}/api/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": key["client_id"],
                "client_secret": key["client_secret"],
            },
            verify=simulator.ca_path,
            timeout=10,
        )
        token = Secret.known(answer.json()["access_token"])
        return cls(Secret(), Secret(), Secret(), Secret(), Secret.known(key["client_secret"]), token)

    def items(self) -> list[tuple[str, Secret]]:
        """Return the secrets with their names."""
        return [(field.name, getattr(self, field.name)) for field in dataclasses.fields(self)]

    def echoes(self, *known: Secret) -> dict[str, str]:
        """Return texts that echo secrets in every form, by name, as a proxy, a log or an error page does."""
        texts = [secret.value for secret in known or (self.passed, self.access_key, self.token)]
        return {
            "raw": " ".join(texts),
            "JSON in ASCII": " ".join(map(json.dumps, texts)),
            "JSON in UTF-8": " ".join(json.dumps(text, ensure_ascii=False) for text in texts),
            "URL": " ".join(map(quote, texts)),
            "whole URL": " ".join(quote(text, safe="") for text in texts),
            "form": " ".join(map(quote_plus, texts)),
            "HTML": " ".join(map(html.escape, texts)),
            "text of HTML": " ".join(html.escape(text, quote=False) for text in texts),
            "repr": " ".join(map(repr, texts)),
            "cut off": f"{'The request was not understood, as it is out of order. ' * 2}client_secret={texts[0]}",
        }


@dataclasses.dataclass
class Play:
    """The tasks of one run and their expected outcomes, which show that each got to where a secret could leak."""

    #: Whether the server echoes secrets in every form, or only in one. The core hides them, wherever it runs.
    every_form: bool = True
    tasks: list[dict[str, t.Any]] = dataclasses.field(default_factory=list)
    expected: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(
        self, name: str, expected: str, options: dict[str, t.Any], module: str = _MODULE, **keywords: t.Any
    ) -> None:
        """Add a task whose expected outcome is ``changed``, ``ok``, ``failed`` or a kind of failure."""
        # Another field with the same text as a secret would be masked by accident.
        register = f"result_{len(self.tasks)}"
        self.tasks.append({"name": name, module: options, "register": register, "ignore_errors": True, **keywords})
        self.expected[name] = expected

    def forms(self, echoes: t.Mapping[str, _T]) -> dict[str, _T]:
        """Return the forms to try: all, or the first."""
        return dict(itertools.islice(echoes.items(), None if self.every_form else 1))

    def content(self) -> list[dict[str, t.Any]]:
        """Return the playbook: the tasks, and then tasks that print all results again, except those with no_log."""
        shown = (task["register"] for task in self.tasks if not task.get("no_log"))
        results = "{{ [" + ", ".join(shown) + "] }}"
        afterwards = [
            {"name": "Show all results", "ansible.builtin.debug": {"msg": results}},
            {"name": "Show one result", "ansible.builtin.debug": {"var": "result_0"}},
            {"name": "Keep all results", "ansible.builtin.set_fact": {"kept": results, "cacheable": True}},
        ]
        return [
            {"hosts": "all", "gather_facts": False, "vars_files": ["secrets.json"], "tasks": self.tasks + afterwards}
        ]


def _ordinary(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add everyday tasks."""
    described = {
        "identifier_code": "leaks",
        "name": "Leaks",
        "url": "https://example.org",
        "client_id": "robot",
        "client_secret": "{{ passed }}",
    }
    play.add("Create in check mode", "changed", described, check_mode=True)
    play.add("Create", "changed", described)
    play.add("Describe again", "ok", described)
    play.add("Rotate", "changed", {**described, "client_secret": "{{ rotated }}"})
    play.add("Rotate in check mode", "changed", described, check_mode=True)
    play.add("Remove in check mode", "changed", {**described, "client_secret": ""}, check_mode=True)
    play.add("Share with nobody", "sharing_incomplete", {**described, "users_allowed": [{"username": "nobody"}]})
    play.add("Deactivate", "changed", {"identifier_code": "leaks", "state": "absent"})
    play.add("Run into the inactive one", "duplicate_identifier_code", described)
    identifier = simulator.add_secret(
        owner="alice",
        name="Stored",
        url="https://example.org",
        client_id="robot",
        client_secret=vault.stored.value,
        identifier_code="stored",
    )
    # In a loop, which in place runs in one process that keeps its state.
    play.add("Read", "ok", {"identifier_code": "{{ item }}"}, loop=["stored", "stored"])
    play.add("Update what was read", "changed", {"identifier_code": "stored", "notes": "Read."})
    play.add(
        "Replace in check mode", "changed", {"identifier": identifier, "client_secret": "{{ passed }}"}, check_mode=True
    )
    play.add("Read with the module on its own", "ok", {"identifier": identifier}, _MODULE, **{"async": 60, "poll": 1})
    play.add("Read with a token", "ok", {"identifier": identifier, "mysafe_access_token": "{{ token }}"})
    play.add("Read with the token cache", "ok", {"identifier": identifier, "mysafe_token_cache": True})
    play.add("Read with options", "ok", {"identifier": identifier, "mysafe_client_secret": "{{ access_key }}"})
    wrong = {"identifier": identifier, "client_secret": "{{ passed }}", "mysafe_client_secret": "{{ wrong_key }}"}
    play.add("Log in with a wrong access key", "authentication", wrong)
    not_a_token = {"identifier": identifier, "mysafe_access_token": "{{ wrong_key }}"}
    play.add("Log in with a token that is none", "configuration", not_a_token)


def _mistaken(play: Play) -> None:
    """Add tasks that are refused before they run: wrong types, misspelt options, texts that are none."""
    secret = {"identifier_code": "mistaken", "client_secret": "{{ passed }}", "mysafe_access_token": "{{ token }}"}
    play.add("Give a state that is none", "invalid_input", {**secret, "state": "deleted"})
    play.add("Give an option that is none", "invalid_input", {**secret, "colour": "green"})
    play.add(
        "Misspell an option", "invalid_input", {"identifier_code": "x", "client_secrt": {"deep": ["{{ passed }}"]}}
    )
    play.add("Give a number that is none", "configuration", {**secret, "timeout": "soon"})
    play.add("Give an identifier that is none", "invalid_input", {**secret, "identifier": "some"})
    given = {"identifier_code": "mapping", "name": "Mapping", "url": "https://example.org", "client_id": "robot"}
    mapping = {**given, "client_secret": {"inner": "{{ passed }}"}}
    play.add("Give a mapping as client secret", "invalid_input", mapping)
    play.add("Give a list as client secret", "invalid_input", {**given, "client_secret": ["{{ passed }}"]})
    play.add("Give a number beside a secret", "invalid_input", {**secret, "users_allowed": 5})


def _misbehaving(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks against a server that echoes secrets."""

    def meet(name: str, kind: str, do: dict[str, t.Any]) -> None:
        identifier = str(next(_UNUSED))
        simulator.fault(do, path=f"secretapi/{identifier}$")
        options = {"identifier": identifier, "client_secret": "{{ passed }}", "mysafe_access_token": "{{ token }}"}
        play.add(name, kind, options)

    echoes = vault.echoes()
    # A failure shows only the beginning of a text, but the whole of a message.
    for form, text in play.forms(echoes).items():
        meet(f"Meet an error that repeats {form}", "server_error", {"status": 500, "body": text})
    for form in ("raw", "HTML"):
        meet(f"Meet a page that repeats {form}", "unexpected_answer", {"status": 200, "body": f"<p>{echoes[form]}</p>"})
    everything = " ".join(echoes.values())
    meet("Meet a message that repeats everything", "server_error", {"status": 500, "body": {"message": everything}})
    refusal = {"response": {"status": 400, "message": everything, "error": True}, "exception": {"code": 0}}
    meet("Meet an envelope that repeats everything", "bad_request", {"status": 400, "body": refusal})
    named = {"X-Kong-Request-Id": quote(vault.token.value)}
    meet(
        "Meet a request id with a secret", "server_error", {"status": 500, "body": {"message": "No."}, "headers": named}
    )
    for part in ("login/{}", "login/{}/here", "?back={}", "#{}"):
        target = "https://example.org/" + part.format(quote(vault.passed.value))
        meet(f"Meet a redirect to {part}", "redirect", {"redirect": target})


def _unknown(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks against answers with a secret that the task cannot know, since the answer is unreadable."""
    beginning = {"client_secret": vault.stored.value, "identifier": "7", "name": "Stored"}
    whole = json.dumps({"api_secret_entity": beginning})
    answers: dict[str, t.Any] = {
        "cut off late": {"status": 200, "body": whole[:-8]},
        "cut off inside": {"status": 200, "body": whole[:70]},
        "cut off, of an error": {"status": 500, "body": whole[:-8]},
        "cut off, of the gateway": {"status": 502, "body": whole[:-8]},
        "without its form": {"status": 200, "body": beginning},
        "in a list": {"status": 200, "body": [beginning]},
        "of another": {"status": 200, "body": {"response": {"status": 200}, "api_secret_entity": beginning}},
        "as a text": {"status": 200, "body": json.dumps(vault.stored.value)},
    }
    for name, do in answers.items():
        identifier = str(next(_UNUSED))
        simulator.fault(do, path=f"secretapi/{identifier}$")
        kind = {500: "server_error", 502: "unavailable"}.get(do["status"], "unexpected_answer")
        play.add(f"Meet an answer {name}", kind, {"identifier": identifier})
    for name, kind in (("truncate", "connection"), ("truncated_json", "unexpected_answer"), ("reset", "connection")):
        identifier = simulator.add_secret(
            owner="alice", name="S", url="u", client_id="c", client_secret=vault.stored.value, identifier_code=name
        )
        simulator.fault({name: True}, path=f"secretapi/{identifier}$", when="after")
        play.add(f"Meet {name}", kind, {"identifier": identifier})


def _repeated_after_reading(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add updates that fail with an answer that echoes the secret just read."""
    shared = {
        "response": {"status": 200, "message": "Api secret updated successfully", "error": False},
        "api_entity": {
            "identifier": "0",
            "name": "Stored",
            "url": "https://example.org",
            "client_id": "robot",
            "client_secret": vault.stored.value,
            "notes": vault.stored.value,
            "shared_error": [{"username": "nobody", "message": f"Refused: {vault.stored.value}"}],
        },
    }
    for name, kind, do in (
        ("text", "write_uncertain", {"status": 500, "body": f"Failed: {vault.stored.value}"}),
        ("message", "write_uncertain", {"status": 500, "body": {"message": vault.stored.value}}),
        ("sharing", "sharing_incomplete", {"status": 200, "body": shared}),
    ):
        identifier = simulator.add_secret(
            owner="alice",
            name="Stored",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=f"repeated-{name}",
        )
        shared["api_entity"]["identifier"] = identifier  # type: ignore[index]
        simulator.fault(do, path=f"secretapi/update/{identifier}$")
        options = {"identifier": identifier, "notes": "New.", "users_allowed": [{"username": "nobody"}]}
        play.add(f"Meet a failed update that repeats what was read as {name}", kind, options)


def _refusing_login(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add logins that fail with the access key in the answer. Only they use the older token path."""
    keys = {"access_key": vault.access_key.value, "wrong_key": vault.wrong_key.value}
    forms: dict[str, t.Callable[[str], str]] = {"text": str, "form": quote_plus, "JSON": json.dumps}
    for (name, key), (form, quoted) in itertools.product(keys.items(), play.forms(forms).items()):
        said = f"client_secret={quoted(key)}"
        error = {"error": "invalid_client", "error_description": said}
        for how, kind, do in (
            ("as an error", "authentication", {"status": 401, "body": error}),
            ("as text", "server_error", {"status": 500, "body": said}),
            ("in a redirect", "redirect", {"redirect": f"https://example.org/{quote(key)}"}),
            (
                "and a cut-off token",
                "unexpected_answer",
                {"status": 200, "body": f'{{"access_token":"{vault.token.value}'},
            ),
        ):
            simulator.fault(do, path="^/iso/oauth2/token$")
            url = f"{simulator.url}/iso/oauth2/token"
            options = {"identifier": "1", "mysafe_token_url": url, "mysafe_client_secret": f"{{{{ {name} }}}}"}
            play.add(f"Meet a refused login with {name} in {form} {how}", kind, options)


def _reading(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks that read several API secrets, one of which contains the secret of another."""

    def read(name: str, kind: str, options: dict[str, t.Any], **keywords: t.Any) -> None:
        play.add(name, kind, options, _INFO, **keywords)

    for code, notes in (("read", "Read."), ("gossip", f"The other one is {vault.stored.value}")):
        simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value if code == "read" else vault.passed.value,
            identifier_code=code,
            notes=notes,
            tags="leaks",
        )
    read("Look at one", "ok", {"identifier_code": "read"})
    read("Look at all with a tag", "ok", {"tag": "leaks"})
    read("Look at one in a loop", "ok", {"identifier_code": "{{ item }}"}, loop=["read", "read"])
    read("Look at all with the module on its own", "ok", {"tag": "leaks"}, **{"async": 60, "poll": 1})
    read("List", "ok", {"details": False})
    read("Show client secrets in a task that is not logged", "ok", {"tag": "leaks", "reveal": True}, no_log=True)
    wrong = {"identifier_code": "read", "mysafe_client_secret": "{{ wrong_key }}"}
    read("Look with a wrong access key", "authentication", wrong)
    read("Look with a token that is none", "configuration", {"mysafe_access_token": "{{ wrong_key }}"})
    read("Give an access key to an option that is none", "failed", {**wrong, "mysafe_secret": "Leaks"})

    for number, (form, text) in enumerate(play.forms(vault.echoes(vault.passed, vault.token)).items()):
        identifier = str(next(_UNUSED))
        keys = {"mysafe_access_token": "{{ token }}", "mysafe_client_secret": "{{ passed }}"}
        simulator.fault({"status": 500, "body": text}, path=f"secretapi/{identifier}$")
        read(f"Look and meet an error that repeats {form}", "server_error", {"identifier": identifier, **keys})
        refusal = {"response": {"status": 400, "message": f"1006: {text}", "error": True}}
        identifier = str(next(_UNUSED))
        simulator.fault({"status": 400, "body": refusal}, path=f"secretapi/{identifier}$")
        # With and without reveal: the access key is never shown.
        options = {"identifier": identifier, **keys, "reveal": bool(number % 2)}
        read(f"Look at one that is denied with words that repeat {form}", "ok", options)

    # The filter lists two: one is read, and the error of the other echoes its secret.
    refused = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    for code in ("pair", "pair-2"):
        identifier = simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=code,
            tags="pair",
        )
    simulator.fault({"status": 400, "body": refused}, path=f"secretapi/{identifier}$")
    read("Look at two, of which one is denied with the secret of the other", "ok", {"tag": "pair"})


def _many(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks with lists, in which each API secret has a client secret of its own."""

    def add(name: str, kind: str, items: t.Any, secrets: t.Any = None, **options: t.Any) -> None:
        keywords = {key: options.pop(key) for key in ("async", "poll", "check_mode", "loop") if key in options}
        given = {"client_secrets": secrets} if secrets is not None else {}
        play.add(name, kind, {"api_secrets": items, **given, **options}, _LIST, **keywords)

    def item(code: str, **fields: t.Any) -> dict[str, t.Any]:
        described = {"name": f"Leaks {code}", "url": "https://example.org", "client_id": "robot"}
        return {"identifier_code": f"list-{code}", **described, **fields}

    def stored(code: str, **fields: t.Any) -> str:
        secret = {"url": "u", "client_id": "c", "client_secret": vault.stored.value, **fields}
        return simulator.add_secret(owner="alice", name="Stored", identifier_code=f"list-{code}", **secret)

    for code in ("old", "shown"):
        stored(code)
    both = [item("one", client_secret="{{ passed }}"), item("two", notes="It is {{ rotated }}")]
    beside = {"list-two": "{{ rotated }}"}
    add("Predict a list", "changed", both, beside, check_mode=True)
    add("Create a list", "changed", both, beside)
    add("Describe a list again with the module on its own", "ok", both, beside, **{"async": 60, "poll": 1})
    add("Describe a list in a loop", "ok", [item("{{ item }}")], loop=["one", "two"])
    # Each client secret becomes that of the other, and the one that was read is in the notes of another.
    swapped = [
        item("one", notes="It was {{ passed }}"),
        item("two"),
        {"identifier_code": "list-old", "notes": "It is {{ passed }}"},
        {"identifier_code": "list-shown", "notes": "{{ stored }}"},
    ]
    beside = {"list-one": "{{ rotated }}", "list-two": "{{ passed }}", "list-old": "{{ passed }}"}
    add("Predict a rotation", "changed", swapped, beside, check_mode=True)
    add("Rotate in a list", "changed", swapped, beside)
    add("Leave alone what is in a list", "ok", swapped, {"list-one": "{{ access_key }}"}, update=False)
    login = {"mysafe_client_secret": "{{ wrong_key }}"}
    add("Log in with a wrong access key for a list", "authentication", swapped[:3], beside, **login)

    # Lists that are refused. The secrets are in values, in keys, in what is no mapping, and under names that are none.
    one: dict[str, t.Any] = {"identifier_code": "list-one"}
    wrong_way_round = "{{ {passed: 'list-one', rotated: 'list-two'} }}"
    for name, items, client_secrets in (
        ("client secrets the wrong way round", [one, {"identifier_code": "list-two"}], wrong_way_round),
        ("one text of client secrets", [one], "{{ passed }}"),
        ("a list of client secrets", [one], ["{{ passed }}"]),
        ("client secrets that are mappings", [one], {"list-one": {"inner": ["{{ passed }}"]}}),
        ("client secrets of nobody", [one], {"list-none": "{{ passed }}"}),
        ("client secrets twice", both, {"list-one": "{{ rotated }}"}),
        (
            "a misspelt option",
            [{**one, "client_secrt": "{{ passed }}"}, {**one, "secret": {"a": ["{{ rotated }}"]}}],
            None,
        ),
        (
            "a misspelt option of a user",
            [{**one, "users_allowed": [{"username": "bob", "pass": "{{ passed }}"}]}],
            None,
        ),
        ("a client secret that is a list", [{**one, "client_secret": ["{{ passed }}"]}], None),
        ("a client secret as the state", [{**one, "state": "{{ passed }}"}], None),
        ("texts for items", ["{{ passed }}", ["{{ rotated }}"]], None),
        ("a mapping of items", "{{ {passed: {'client_secret': rotated}} }}", None),
        ("a text for all items", "{{ passed }}", None),
    ):
        add(f"Give {name}", "invalid_input", items, client_secrets)
    add("Give an option that is none to a list", "invalid_input", [one], colour={"a": ["{{ passed }}"]})
    add(
        "Give a choice that is none to a list",
        "invalid_input",
        both,
        {"list-two": "{{ rotated }}"},
        unlisted="{{ passed }}",
    )

    # Items that fail on a server that echoes: the secret that was given, that was read, and that of another item.
    for form, text in play.forms(vault.echoes(vault.passed, vault.stored)).items():
        number = stored(f"echo-{form}")
        simulator.fault({"status": 500, "body": text}, path=f"secretapi/update/{number}$")
        items = [{"identifier": number, "notes": "New."}, {**one, "client_secret": "{{ passed }}"}]
        add(f"Meet a failed update in a list that repeats {form}", "items_failed", items)
    tagged, denied = stored("tagged", tags="list"), stored("denied", tags="list")
    refusal = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    simulator.fault({"status": 400, "body": refusal}, path=f"secretapi/{denied}$", times=3)
    simulator.fault({"status": 500, "body": f"Not {vault.stored.value}"}, path=f"secretapi/inactive/{tagged}$")
    rest: dict[str, t.Any] = {"tag": "list", "unlisted": "report"}
    add("Report what is unlisted, of which one is denied with a secret", "ok", [one], **rest)
    rest["unlisted"] = "deactivate"
    add("Predict a deactivation of what is unlisted", "changed", [one], **rest, check_mode=True)
    add("Fail to deactivate what is unlisted, with a secret", "items_failed", [one], **rest)


def _looking_up(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add lookups that fail, and lookups whose results are hidden."""

    def show(name: str, kind: str, lookup: str, **keywords: t.Any) -> None:
        play.add(name, kind, {"msg": f"{{{{ {lookup} }}}}"}, "ansible.builtin.debug", **keywords)

    def query(*arguments: str) -> str:
        return f"query({', '.join([repr(_LOOKUP), *arguments])})"

    for code in ("lookup", "lookup-2"):
        identifier = simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=code,
        )
    show("Look up a field that is no secret", "ok", query("'lookup'", "field='name'"))
    show("Look up what is not there", "failed", query("'lookup'", "'lookup-none'"))
    show("Warn of what is not there", "ok", query("'lookup'", "'lookup-none'", "field='name'", "on_missing='warn'"))
    show("Look up in a task that is not logged", "ok", query("'lookup'"), no_log=True)
    play.add(
        "Keep what was looked up in a task that is not logged",
        "ok",
        {"of_lookup": f"{{{{ {query(repr('lookup'))} }}}}"},
        "ansible.builtin.set_fact",
        no_log=True,
    )
    secret = f"{{{{ lookup('{_LOOKUP}', 'lookup', field='client_secret') }}}}"
    play.add("Look up for an option that hides it", "ok", {"identifier_code": "lookup", "client_secret": secret})
    # A module of Ansible itself, which sends nothing here.
    login = {"url": "https://localhost:1/", "user": "robot", "url_password": secret, "timeout": 1}
    play.add("Look up for an option of another module that hides it", "failed", login, "ansible.builtin.uri")

    show("Give an API secret in place of its code", "failed", query("{'client_secret': passed}"))
    show("Give an access key that is no text", "failed", query("'lookup'", "mysafe_client_secret={'inner': passed}"))
    show("Give an access key to an option that is none", "failed", query("'lookup'", "mysafe_secret=passed"))
    for name, value in (
        ("a wrong access key", "mysafe_client_secret"),
        ("a token that is none", "mysafe_access_token"),
    ):
        show(f"Look up with {name}", "failed", query("'lookup'", f"{value}=wrong_key"))
        show(f"Look up with {name} from a variable", "failed", query("'lookup'"), vars={value: "{{ wrong_key }}"})

    for form, text in play.forms(vault.echoes(vault.passed)).items():
        for status, body in ((500, text), (500, {"message": text}), (200, f"<p>{text}</p>")):
            code = f"'lookup-{next(_UNUSED)}'"
            simulator.fault({"status": status, "body": body}, path="^/iso/oauth2/token$")
            arguments = ["mysafe_client_secret=passed", f"mysafe_token_url='{simulator.url}/iso/oauth2/token'"]
            show(f"Look up {code} and meet {status} that repeats {form}", "failed", query(code, *arguments))
    # Of two terms, the error of one echoes the secret of the other.
    refused = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    both = ("'lookup'", "'lookup-2'", "field='name'")
    for on_denied, kind in (("error", "failed"), ("warn", "ok")):
        simulator.fault({"status": 400, "body": refused}, path=f"secretapi/{identifier}$")
        show(f"Look up two, of which one is denied: {on_denied}", kind, query(*both, f"on_denied='{on_denied}'"))
    show(
        "Ignore the errors of a lookup", "ok", query("'lookup-none'", "mysafe_client_secret=wrong_key", "errors='warn'")
    )


def _collections(place: Path) -> Path:
    """Return the directory from which the collection can be imported: the checkout's own, or one that links to it."""
    if _CHECKOUT.parts[-3:] == ("ansible_collections", "senhasegura", "mysafe"):
        return _CHECKOUT.parents[2]
    namespace = place / "ansible_collections" / "senhasegura"
    namespace.mkdir(parents=True)
    (namespace / "mysafe").symlink_to(_CHECKOUT)
    return place


def _environment(simulator: Simulator, place: Path, elsewhere: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(place),
        "ANSIBLE_HOME": str(place / "home"),
        "ANSIBLE_CONFIG": str(place / "ansible.cfg"),
        "ANSIBLE_LOG_PATH": str(place / "log"),
        "ANSIBLE_REMOTE_TMP": str(place / "tmp"),
        "ANSIBLE_ASYNC_DIR": str(place / "async"),
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(place / "facts"),
        "ANSIBLE_CALLBACK_PLUGINS": str(elsewhere / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "leaks",
        "ANSIBLE_COLLECTIONS_PATH": str(_collections(elsewhere)),
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true",
        "ANSIBLE_NOCOLOR": "true",
        "LEAKS_RESULTS": str(place / "results"),
        **simulator.environment(),
        # Permanent failures need no retries.
        "SENHASEGURA_RETRIES": "0",
        # The token cache holds a token on purpose, so it is outside the searched directory.
        "XDG_RUNTIME_DIR": str(elsewhere),
    }


def _run(simulator: Simulator, place: Path, elsewhere: Path, play: Play, vault: Vault, **changes: str) -> None:
    """Run the play, with its output in ``place``, which is searched, and its input in ``elsewhere``."""
    (elsewhere / "callback").mkdir()
    (elsewhere / "callback" / "leaks.py").write_text(_CALLBACK, encoding="utf-8")
    (elsewhere / "secrets.json").write_text(
        json.dumps({name: secret.value for name, secret in vault.items()}), encoding="utf-8"
    )
    (elsewhere / "play.yml").write_text(json.dumps(play.content()), encoding="utf-8")
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    in_place = changes.pop("in_place") == "true"
    inventory = {"all": {"hosts": {"here": {**common, "mysafe_in_place": in_place}}}}
    (elsewhere / "inventory.yml").write_text(json.dumps(inventory), encoding="utf-8")
    (place / "ansible.cfg").touch()
    arguments = ["-vvvv", "--diff", "-i", str(elsewhere / "inventory.yml"), str(elsewhere / "play.yml")]
    with (place / "stdout").open("wb") as stdout, (place / "stderr").open("wb") as stderr:
        subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), *arguments],
            env={**_environment(simulator, place, elsewhere), **changes},
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            timeout=_DEADLINE,
            check=False,
        )
    _wait_for_the_end_of_async(place / "tmp")


def _wait_for_the_end_of_async(temporary: Path) -> None:
    """Wait until Ansible has removed its module files: those of an async task outlive its result."""
    deadline = time.monotonic() + _CLEANED_UP_BY
    while any(temporary.glob("ansible-tmp-*")) and time.monotonic() < deadline:
        time.sleep(0.05)


def _outcomes(place: Path) -> dict[str, str]:
    """Return the outcomes of the tasks, in the terms of ``Play.add``."""
    outcomes = {}
    for line in (place / "results").read_text(encoding="utf-8").splitlines():
        noted = json.loads(line)
        result = noted["result"]
        if noted["failed"]:
            outcomes[noted["task"]] = result.get("error", {}).get("kind", "failed")
        else:
            outcomes[noted["task"]] = "changed" if result.get("changed") else "ok"
    return outcomes


def _leaks(place: Path, vault: Vault) -> list[str]:
    """Return where secrets were found: file, line and its beginning, name of the secret, and the text around."""
    leaks = []
    # The results come first, since their lines start with the name of the task.
    files = sorted((path for path in place.rglob("*") if path.is_file()), key=lambda path: path.name != "results")
    for path in files:
        content = path.read_bytes()
        there = [(name, secret) for name, secret in vault.items() if secret.found_in(content)]
        for number, line in enumerate(content.splitlines() if there else (), 1):
            if _ANSIBLES_OWN in line:
                continue
            for name, secret in there:
                for mark in secret.found_in(line)[:1]:
                    at = line.find(mark.encode())
                    begins, around = (
                        part.decode(errors="replace") for part in (line[:80], line[max(0, at - 80) : at + 60])
                    )
                    leaks.append(f"{path.relative_to(place)}:{number}: {begins}… {name} in …{around}…")
    return leaks


@pytest.mark.parametrize(
    ("changes", "every_form"),
    [
        pytest.param({"in_place": "true"}, True, id="in place"),
        pytest.param(
            {"in_place": "true", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_DEBUG": "1"},
            True,
            id="in place, YAML, debug",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param({"in_place": "false", "ANSIBLE_STDOUT_CALLBACK": "minimal"}, False, id="as a module, JSON"),
        pytest.param(
            {"in_place": "false", "ANSIBLE_STDOUT_CALLBACK": "minimal"},
            True,
            id="as a module, JSON, every form",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_no_secret_is_left_behind(
    simulator: Simulator, tmp_path: Path, changes: dict[str, str], every_form: bool
) -> None:
    """No part of any secret is in anything that a run writes."""
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir(mode=0o700)
    vault, play = Vault.of(simulator), Play(every_form)
    _ordinary(play, simulator, vault)
    _mistaken(play)
    _misbehaving(play, simulator, vault)
    _unknown(play, simulator, vault)
    _repeated_after_reading(play, simulator, vault)
    _refusing_login(play, simulator, vault)
    _reading(play, simulator, vault)
    _many(play, simulator, vault)
    _looking_up(play, simulator, vault)

    _run(simulator, place, elsewhere, play, vault, **changes)

    outcomes = _outcomes(place)
    unexpected = [f"{name}: {outcomes.get(name)}" for name, to in play.expected.items() if outcomes.get(name) != to]
    assert not unexpected, "unexpected outcomes: " + ", ".join(unexpected)
    assert simulator.faults() == []
    for written in ("stdout", "log", "results", "facts/s1_here"):
        assert b"Leaks" in (place / written).read_bytes(), f"{written} does not contain the tasks"
    leaks = _leaks(place, vault)
    assert not leaks, f"{len(leaks)} leaks:\n" + "\n".join(leaks[:40])


@pytest.mark.parametrize(
    "form",
    [
        str,
        json.dumps,
        repr,
        quote,
        quote_plus,
        html.escape,
        lambda text: text[:30],
        lambda text: text[-30:],
        lambda text: textwrap.fill(text, 40),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(b"user:" + text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(b"u:" + text.encode() + b"!").decode(),
    ],
)
def test_leaks_are_found_in_every_form(form: t.Callable[[str], str], tmp_path: Path) -> None:
    """The search of the test above finds a secret in every form."""
    secret = Secret()
    vault = Vault(*[secret] * len(dataclasses.fields(Vault)))
    (tmp_path / "clean").write_text("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", encoding="utf-8")
    assert _leaks(tmp_path, vault) == []
    (tmp_path / "leak").write_text(f'{{"msg": "Could not: {form(secret.value)}"}}', encoding="utf-8")
    assert _leaks(tmp_path, vault)
