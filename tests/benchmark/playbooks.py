# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs a subject in an ansible-playbook process, measures the time, and checks the outcome."""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

from . import process
from .subjects import code
from .vault import described

if t.TYPE_CHECKING:
    from .scratch import Scratch
    from .subjects import Subject, Task
    from .vault import Seen, Vault

_DEADLINE = 900
_RECAP = re.compile(r"^localhost +: (.*)$", re.MULTILINE)

#: Single tasks, or a loop.
KINDS = ("single", "loop")


class BenchmarkError(RuntimeError):
    """A measured play did not do what it should, so its time is meaningless."""


class Run(t.NamedTuple):
    """What the run of a playbook took, as its process tells, and the requests that the simulator saw."""

    seconds: float
    processor: float
    peak: int
    seen: Seen


class Playbooks:
    """Writes playbooks and runs them. Their variables list as many secrets as ``listed`` says."""

    def __init__(self, scratch: Scratch, vault: Vault, listed: int = 0) -> None:
        self._scratch = scratch
        self._vault = vault
        self._runs = 0
        #: The list, and its client secrets.
        self.variables = _listed(listed)
        self._inventory = scratch.path / "inventory.json"
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self._inventory.write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")

    def time(self, subject: Subject, kind: str, count: int) -> Run:
        """Run one playbook."""
        tasks = (subject.single if kind == "single" else subject.loop)(count)
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("-i", str(self._inventory), "-e", f"@{self._variables()}"),
            str(self._playbook(subject, kind, tasks)),
        ]
        environment = self._scratch.environment(**self._vault.environment, **subject.environment)
        self._scratch.forget_tokens()
        self._vault.forget()
        done = process.run(command, self._scratch.path, environment, _DEADLINE)
        seen = self._vault.seen()
        problem = _problem(subject, tasks, count, done, seen)
        if problem:
            what = f"{subject.title}, {kind}, {count}: {problem}\n{done.output}"
            raise BenchmarkError(what)
        if subject.requests.creates:
            self._vault.restore()
        return Run(done.seconds, done.processor, done.peak, seen)

    def _playbook(self, subject: Subject, kind: str, tasks: list[Task]) -> Path:
        path = self._scratch.path / f"{subject.key}-{kind}-{len(tasks)}.json"
        play = {"hosts": "localhost", "gather_facts": False, "vars": subject.variables, "tasks": tasks}
        path.write_text(json.dumps([play]), encoding="utf-8")  # JSON is YAML
        return path

    def _variables(self) -> Path:
        self._runs += 1
        path = self._scratch.path / "variables.json"
        variables = {
            "mysafe_url": self._vault.url,
            "mysafe_ca": self._vault.ca_path,
            "access_key": self._vault.access_key,
            "ready_token": self._vault.token(),
            "identifiers": self._vault.identifiers,
            "fresh": f"fresh-{self._runs}",
            **self.variables,
        }
        path.write_text(json.dumps(variables), encoding="utf-8")
        return path


def _listed(count: int) -> dict[str, t.Any]:
    fields = {code(number): described(str(number)) for number in range(count)}
    return {
        "client_secrets": {identifier_code: one.pop("client_secret") for identifier_code, one in fields.items()},
        "listed": [
            {"identifier_code": identifier_code, **one, "tags": one["tags"].split(", ")}
            for identifier_code, one in fields.items()
        ],
    }


def _problem(subject: Subject, tasks: list[Task], count: int, done: process.Done, seen: Seen) -> str | None:
    """Return what is wrong with a run, if anything."""
    recap = _RECAP.search(done.output)
    if done.status != 0 or not recap:
        return f"ansible-playbook ended with {done.status}"
    if "[WARNING]" in done.output:
        return "there was a warning"
    told = {name: int(number) for name, number in (pair.split("=") for pair in recap[1].split())}
    expected = dict.fromkeys(told, 0)
    expected["ok"] = len(tasks)
    expected["changed"] = sum("changed_when" in task for task in tasks)
    if told != expected:
        return f"Ansible reports {told} instead of {expected}"
    wanted = [number * count for number in subject.requests]
    if [seen.lookups, seen.reads, seen.creates, seen.others] != [*wanted, 0]:
        return f"the simulator saw {seen} instead of {wanted}"
    return None
