# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Runs real ansible-playbook processes against the simulator, and tells what each task did and where it ran."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import itertools
import json
import os
import queue
import re
import subprocess
import sys
import typing as t
from pathlib import Path

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

MODULE = "senhasegura.mysafe.mysafe_api_secret"
_PLUGINS = Path(__file__).resolve().parent / "plugins"
_PLAY_DEADLINE = 400
# The gateway gives every request a name of its own.
_ONE_TIME = re.compile(r'("request_id": )"[0-9a-f]{32}"')
# What the executor adds to the results of modules only: with failed_when, that the module gave no traceback (2.19).
_OF_THE_EXECUTOR = ("failed_when_suppressed_exception",)

# Stands between Ansible and Python: a module runs elsewhere than in the controller's own process exactly where Ansible
# starts an interpreter.
_INTERPRETER = """#!/bin/sh
echo '{{"event": "python"}}' >> '{record}'
{watch}
{unset}
exec '{python}' "$@"
"""
# Notes the command lines that anybody on the machine could see, of the processes between ansible-playbook and Python.
_WATCH = """
pid=$$
while [ "${{pid:-{stop}}}" != '{stop}' ] && [ "$pid" -gt 1 ]; do
    {{ tr '\\000' ' ' < "/proc/$pid/cmdline"; echo; }} >> '{command_lines}'
    pid=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 2)
done
"""


@dataclasses.dataclass
class Outcome:
    """What one task did on one host, or one item of its loop."""

    task: str
    host: str
    action: str
    status: str
    result: dict[str, t.Any]

    @property
    def is_ours(self) -> bool:
        """Whether it is of a module of the collection."""
        return self.action.startswith(("senhasegura.mysafe.", "mysafe_"))

    @property
    def text(self) -> str:
        """The result to the letter, which tells true from 1, without what no two runs have in common."""
        own = _own(self.result)
        return _ONE_TIME.sub(r"\1…", json.dumps(own, indent=1, sort_keys=True, ensure_ascii=False))


@dataclasses.dataclass
class Run:
    """A playbook that has run."""

    status: int
    output: str
    outcomes: list[Outcome]
    handed_over: set[str]
    command_lines: str

    def __getitem__(self, name: str) -> dict[str, t.Any]:
        """Return the result of the task with this name."""
        return self.outcome(name).result

    def outcome(self, name: str) -> Outcome:
        """Return the one outcome of the task with this name, which was no loop and ran on one host."""
        found = [outcome for outcome in self.outcomes if outcome.task == name]
        assert len(found) == 1, f"{len(found)} results of the task '{name}'\n{self.output}"
        return found[0]

    def items(self, name: str) -> list[Outcome]:
        """Return the outcomes of the items of a loop."""
        found = [outcome for outcome in self.outcomes if outcome.task == name and outcome.status.startswith("item")]
        assert found, f"no items of the task '{name}'\n{self.output}"
        return found

    def letters(self, name: str = "") -> str:
        """Return what came of the task with this name (or all tasks of the collection) to the letter."""
        found = [outcome for outcome in self.outcomes if (outcome.task == name if name else outcome.is_ours)]
        assert found, f"no result of the task '{name}'\n{self.output}"
        return "\n\n".join(f"{outcome.task}: {outcome.status}\n{outcome.text}" for outcome in found)

    def succeeded(self) -> Run:
        """Return itself, where no task failed."""
        assert self.status == 0, self.output
        return self


class Controller:
    """Runs plays as a user of its own would, logged in as alice of the simulator by the environment."""

    def __init__(self, simulator: Simulator, collections: Path, home: Path, place: Path) -> None:
        self._simulator = simulator
        self.collections = collections
        self._home = home
        self._place = place
        self._numbers = itertools.count(1)
        self.runtime = place / "runtime"
        self.runtime.mkdir(mode=0o700, exist_ok=True)

    @property
    def login(self) -> dict[str, str]:
        """Return the environment variables that say how alice reaches the simulator."""
        return login(self._simulator)

    @property
    def integration_config(self) -> dict[str, t.Any]:
        """Return what the file integration_config.yml tells the integration targets."""
        return self._simulator.integration_config

    def both_ways(self, *, arguments: t.Sequence[str] = (), **how: t.Any) -> Both:
        """Run a play in place, and then with all tasks handed over, from the same state of the vault."""
        self._simulator.reset()
        in_place = self.play(arguments=arguments, **how)
        self._simulator.reset()
        return Both(in_place, self.play(arguments=[*arguments, "-e", "mysafe_in_place=false"], **how))

    def play(
        self,
        *tasks: dict[str, t.Any],
        text: str = "",
        hosts: t.Mapping[str, t.Mapping[str, t.Any]] | None = None,
        arguments: t.Sequence[str] = (),
        environment: t.Mapping[str, str | None] | None = None,
        python_without: t.Sequence[str] = (),
        watched: bool = False,
        beside: t.Mapping[str, str] | None = None,
        **keywords: t.Any,
    ) -> Run:
        """Run one play with these tasks (or the text of a playbook), and return what came of it.

        ``environment`` changes the environment of ansible-playbook, ``python_without`` names variables that do not reach
        the interpreter of modules. ``watched`` notes command lines. ``beside`` are files in the
        directory of the playbook. ``keywords`` are those of the play.
        """
        place = self._place / f"play{next(self._numbers)}"
        place.mkdir()
        record, command_lines = place / "record", place / "command_lines"
        record.touch()
        command_lines.touch()
        (place / "ansible.cfg").touch()
        for name, content in (beside or {}).items():
            (place / name).write_text(content, encoding="utf-8")
        interpreter = self._interpreter(record, command_lines if watched else None, python_without)
        playbook = place / "playbook.yml"
        play = {"hosts": "all", "gather_facts": False, "tasks": tasks, **keywords}
        playbook.write_text(text or json.dumps([play]), encoding="utf-8")
        common = {"ansible_connection": "local", "ansible_python_interpreter": str(interpreter)}
        inventory = {"all": {"vars": common, "hosts": {k: dict(v) for k, v in (hosts or {"here": {}}).items()}}}
        (place / "inventory.yml").write_text(json.dumps(inventory), encoding="utf-8")
        finished = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), "-i", place / "inventory.yml", *arguments, playbook],
            env=self._environment(record, environment or {}),
            # Not where the playbook is: that must not matter.
            cwd=self._place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_PLAY_DEADLINE,
            check=False,
        )
        outcomes, handed_over = _read(record)
        assert outcomes, finished.stdout
        lines = command_lines.read_text(encoding="utf-8")
        return Run(finished.returncode, finished.stdout, outcomes, handed_over, lines)

    @staticmethod
    def _interpreter(record: Path, command_lines: Path | None, without: t.Sequence[str]) -> Path:
        watch = _WATCH.format(command_lines=command_lines, stop=os.getpid()) if command_lines else ""
        unset = f"unset {' '.join(without)}" if without else ""
        path = record.with_name("python")
        path.write_text(
            _INTERPRETER.format(record=record, watch=watch, unset=unset, python=sys.executable), encoding="utf-8"
        )
        path.chmod(0o755)
        return path

    def _environment(self, record: Path, changes: t.Mapping[str, str | None]) -> dict[str, str]:
        environment: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self._home),
            "ANSIBLE_HOME": str(self._home),
            "ANSIBLE_CONFIG": str(record.with_name("ansible.cfg")),
            "ANSIBLE_NOCOLOR": "true",
            # Ansible lists the valid booleans in the order of a set, which is another in every process otherwise.
            "PYTHONHASHSEED": "0",
            "ANSIBLE_REMOTE_TMP": str(self._home / "tmp"),
            "ANSIBLE_ASYNC_DIR": str(self._home / "async"),
            "ANSIBLE_PIPELINING": "true",
            # From 2.21 on results hold the arguments of a module only where they are asked for.
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            **{
                f"ANSIBLE_{kind.upper()}_PLUGINS": str(_PLUGINS / kind)
                for kind in ("action", "become", "callback", "connection", "lookup")
            },
            # A become that changes nothing is one nevertheless.
            "ANSIBLE_BECOME_ALLOW_SAME_USER": "true",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "MYSAFE_TEST_RECORD": str(record),
            "MYSAFE_TEST_SIMULATOR": self._simulator.url,
            "MYSAFE_TEST_SIMULATOR_CA": str(self._simulator.ca_path),
            **self.login,
            # A fault that is there to stay need not be waited for.
            "SENHASEGURA_RETRIES": "0",
            **changes,
        }
        return {name: value for name, value in environment.items() if value is not None}


class Both(t.NamedTuple):
    """A play that has run both ways."""

    in_place: Run
    as_module: Run


class Aside:
    """Runs plays both ways in threads, on whichever of its controllers is free."""

    def __init__(self, controllers: t.Sequence[Controller]) -> None:
        self._free: queue.Queue[Controller] = queue.Queue()
        for controller in controllers:
            self._free.put(controller)
        self._pool = concurrent.futures.ThreadPoolExecutor(len(controllers))

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def start(self, prepare: t.Callable[[Controller], dict[str, t.Any]]) -> concurrent.futures.Future[Both]:
        """Start the play that ``prepare`` describes for a controller, as arguments of both_ways."""
        return self._pool.submit(self._run, prepare)

    def _run(self, prepare: t.Callable[[Controller], dict[str, t.Any]]) -> Both:
        controller = self._free.get()
        try:
            return controller.both_ways(**prepare(controller))
        finally:
            self._free.put(controller)


def login(simulator: Simulator, key: str = "alice") -> dict[str, str]:
    """Return the environment variables that say how the owner of an access key reaches the simulator."""
    return simulator.environment(key)


def as_options(variables: t.Mapping[str, str]) -> dict[str, str]:
    """Return what environment variables say as the options of a task."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES

    return {option: variables[variable] for option, variable in VARIABLES.items() if variable in variables}


def connect(simulator: Simulator, key: str = "alice", **options: t.Any) -> Connection:
    """Return the connection options of the core, as a task would have them."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

    return Connection.from_params({**as_options(login(simulator, key)), "retries": 0, **options})


def task(name: str, options: t.Mapping[str, t.Any] | None = None, **keywords: t.Any) -> dict[str, t.Any]:
    """Return a task of mysafe_api_secret, which by default looks for a secret that is not there."""
    return {
        "name": name,
        MODULE: {"identifier_code": "missing", "state": "absent"} if options is None else options,
        **keywords,
    }


def secret(code: str, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that makes sure of an API secret."""
    return {"identifier_code": code, "name": code, "url": "https://example.org", "client_id": "robot", **options}


def token_requests(simulator: Simulator) -> list[dict[str, t.Any]]:
    """Return the requests for a token that the simulator has seen."""
    return [row for row in simulator.requests() if re.search("oauth2/token$", row["path"])]


def _own(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return what is not of the executor in a result, and in the results of the items of a loop."""
    own = {key: value for key, value in result.items() if key not in _OF_THE_EXECUTOR}
    if "results" in own and "action" not in own:
        own["results"] = [_own(item) for item in own["results"]]
    return own


def _read(record: Path) -> tuple[list[Outcome], set[str]]:
    """Read what callback plugin and interpreter noted: the outcomes, and the names of the tasks that were handed over."""
    outcomes: list[Outcome] = []
    handed_over: set[str] = set()
    running = ""
    for line in record.read_text(encoding="utf-8").splitlines():
        noted = json.loads(line)
        if noted["event"] == "task":
            running = noted["task"]
        elif noted["event"] == "python":
            handed_over.add(running)
        else:
            del noted["event"]
            outcomes.append(Outcome(**noted))
    return outcomes, handed_over
