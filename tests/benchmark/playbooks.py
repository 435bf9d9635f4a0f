# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Runs a subject in an ansible-playbook process, measures the time, and checks the outcome."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import typing as t
from pathlib import Path

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


class Playbooks:
    """Writes playbooks and runs them."""

    def __init__(self, scratch: Scratch, vault: Vault) -> None:
        self._scratch = scratch
        self._vault = vault
        self._runs = 0
        self._inventory = scratch.path / "inventory.json"
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        self._inventory.write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")

    def time(self, subject: Subject, kind: str, count: int) -> tuple[float, Seen]:
        """Run one playbook. Return its duration in seconds, and the requests that the simulator saw."""
        tasks = (subject.single if kind == "single" else subject.loop)(count)
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("-i", str(self._inventory), "-e", f"@{self._variables()}"),
            str(self._playbook(subject, kind, tasks)),
        ]
        environment = self._scratch.environment(**self._vault.environment, **subject.environment)
        self._scratch.forget_tokens()
        self._vault.forget()
        begin = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=self._scratch.path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_DEADLINE,
        )
        seconds = time.perf_counter() - begin
        seen = self._vault.seen()
        problem = _problem(subject, tasks, count, done, seen)
        if problem:
            what = f"{subject.title}, {kind}, {count}: {problem}\n{done.stdout}"
            raise BenchmarkError(what)
        if subject.requests.creates:
            self._vault.restore()
        return seconds, seen

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
        }
        path.write_text(json.dumps(variables), encoding="utf-8")
        return path


def _problem(
    subject: Subject, tasks: list[Task], count: int, done: subprocess.CompletedProcess[str], seen: Seen
) -> str | None:
    """Return what is wrong with a run, if anything."""
    recap = _RECAP.search(done.stdout)
    if done.returncode != 0 or not recap:
        return f"ansible-playbook ended with {done.returncode}"
    if "[WARNING]" in done.stdout:
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
