# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Plays of tasks that could leak a secret, run with everything switched on that writes something down.

What a run writes is in one directory, which is searched; what it is given is in another.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import subprocess
import sys
import time
import typing as t
from pathlib import Path

from .search import COUNTS, leaks_in

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.process import Simulator

    from .search import Secret

MODULE = "senhasegura.mysafe.mysafe_api_secret"
INFO = f"{MODULE}_info"
LIST = f"{MODULE}s"
LOOKUP = MODULE
_PLUGINS = Path(__file__).resolve().parent / "plugins"
_T = t.TypeVar("_T")
_DEADLINE = 900
_CLEANED_UP_BY = 30
#: What every run must have written, besides its output: log, results, facts, JUnit files, hosts to retry.
WRITTEN = ("stdout", "log", "results", "facts/s1_here", "junit/*.xml", "retry/*.retry")
_UNUSED = itertools.count(900001)


def unused() -> int:
    """Return an identifier without an API secret: each fault is for the one task that uses its identifier."""
    return next(_UNUSED)


@dataclasses.dataclass
class Play:
    """The tasks of one run and their expected outcomes, which show that each got to where a secret could leak."""

    #: Whether the server echoes secrets in every form, or only in one. The core hides them, wherever it runs.
    every_form: bool = True
    tasks: list[dict[str, t.Any]] = dataclasses.field(default_factory=list)
    expected: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, name: str, expected: str, options: dict[str, t.Any], module: str = MODULE, **keywords: t.Any) -> None:
        """Add a task whose expected outcome is ``changed``, ``ok``, ``failed`` or a kind of failure; none: any.

        What differs between the plugins is for the test to check, by the results.
        """
        # Another field with the same text as a secret would be masked by accident.
        register = f"result_{len(self.tasks)}"
        self.tasks.append({"name": name, module: options, "register": register, "ignore_errors": True, **keywords})
        self.expected[name] = expected

    def add_for_each(
        self,
        items: t.Sequence[str],
        name: str,
        expected: str,
        options: dict[str, t.Any],
        module: str = MODULE,
        **keywords: t.Any,
    ) -> None:
        """Add a task with a loop, whose items all have this expected outcome. In place, they cost little."""
        self.add(name, "", options, module, loop=list(items), **keywords)
        self.expected |= {f"{name}: {item}": expected for item in items}

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
            {"name": "End with a failure, which writes a retry file", "ansible.builtin.fail": {"msg": "here"}},
        ]
        return [
            {"hosts": "all", "gather_facts": False, "vars_files": ["secrets.json"], "tasks": self.tasks + afterwards}
        ]


class Stage:
    """Where one play runs: the directory that it writes to, and the one with its input."""

    def __init__(self, simulator: Simulator, collections: Path, directory: Path) -> None:
        self.simulator = simulator
        self._collections = collections
        self.place, self.elsewhere = directory / "place", directory / "elsewhere"
        self.place.mkdir(parents=True)
        self.elsewhere.mkdir(mode=0o700)

    def run(self, play: Play, secrets: Mapping[str, Secret], *, in_place: bool, **changes: str | None) -> None:
        """Run a play, whose tasks may use the secrets as variables; ``changes`` are for its environment."""
        COUNTS.plays += 1
        COUNTS.tasks += sum(len(task.get("loop", [task])) for task in play.tasks)
        inputs = {
            # Not templates, whatever is in them.
            "secrets.json": {name: {"__ansible_unsafe": secret.value} for name, secret in secrets.items()},
            "play.yml": play.content(),
            "inventory.yml": {
                "all": {
                    "hosts": {
                        "here": {
                            "ansible_connection": "local",
                            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                            "mysafe_in_place": in_place,
                        }
                    }
                }
            },
        }
        for name, content in inputs.items():
            (self.elsewhere / name).write_text(json.dumps(content), encoding="utf-8")
        (self.place / "ansible.cfg").touch()
        environment = {**self._environment(), **changes}
        with (self.place / "stdout").open("wb") as stdout, (self.place / "stderr").open("wb") as stderr:
            subprocess.run(
                [
                    str(Path(sys.executable).with_name("ansible-playbook")),
                    *("-vvvv", "--diff", "-i", str(self.elsewhere / "inventory.yml"), str(self.elsewhere / "play.yml")),
                ],
                env={name: value for name, value in environment.items() if value is not None},
                cwd=self.place,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                timeout=_DEADLINE,
                check=False,
            )
        if not changes.get("ANSIBLE_KEEP_REMOTE_FILES"):
            _wait_for_the_end_of_async(self.place / "tmp")
        outcomes = self._outcomes()
        unexpected = [
            f"{name}: {outcomes.get(name)}" for name, to in play.expected.items() if to and outcomes.get(name) != to
        ]
        assert not unexpected, "unexpected outcomes: " + ", ".join(unexpected)
        empty = [name for name in WRITTEN if not any(path.stat().st_size for path in self.place.glob(name))]
        assert not empty, f"not written: {empty}"

    def results(self) -> list[dict[str, t.Any]]:
        """Return what the callback wrote: the task, with the item of its loop, whether it failed, and the result."""
        lines = (self.place / "results").read_text(encoding="utf-8").splitlines()
        results: list[dict[str, t.Any]] = list(map(json.loads, lines))
        for noted in results:
            if "ansible_loop_var" in noted["result"]:
                noted["task"] += f": {noted['result'][noted['result']['ansible_loop_var']]}"
        return results

    def must_not_hold(self, secrets: Mapping[str, Secret]) -> None:
        """Fail if any file that the run left behind holds a secret."""
        leaks = leaks_in(self.place, secrets)
        assert not leaks, f"{len(leaks)} leaks:\n" + "\n".join(leaks[:40])

    def _environment(self) -> dict[str, str | None]:
        place = self.place
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
            "ANSIBLE_CALLBACK_PLUGINS": str(_PLUGINS / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "leaks,ansible.builtin.junit",
            "JUNIT_OUTPUT_DIR": str(place / "junit"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(place / "retry"),
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true",
            "ANSIBLE_NOCOLOR": "true",
            "LEAKS_RESULTS": str(place / "results"),
            **self.simulator.environment(),
            # Permanent failures need no retries.
            "SENHASEGURA_RETRIES": "0",
            # The token cache holds a token on purpose, so it is outside the searched directory.
            "XDG_RUNTIME_DIR": str(self.elsewhere),
        }

    def _outcomes(self) -> dict[str, str]:
        """Return the outcomes of the tasks, in the terms of ``Play.add``."""
        outcomes = {}
        for noted in self.results():
            result = noted["result"]
            if noted["failed"]:
                outcomes[noted["task"]] = result.get("error", {}).get("kind", "failed")
            else:
                outcomes[noted["task"]] = "changed" if result.get("changed") else "ok"
        return outcomes


def _wait_for_the_end_of_async(temporary: Path) -> None:
    """Wait until Ansible has removed its module files: those of an async task outlive its result."""
    deadline = time.monotonic() + _CLEANED_UP_BY
    while any(temporary.glob("ansible-tmp-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
