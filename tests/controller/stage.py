# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs real ansible-playbook processes against the simulator, and reports what each task did and where it ran."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import itertools
import json
import os
import queue
import re
import signal
import subprocess
import sys
import typing as t
from pathlib import Path

if t.TYPE_CHECKING:
    import pytest
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

MODULE = "senhasegura.mysafe.mysafe_api_secret"
_PLUGINS = Path(__file__).resolve().parent / "plugins"
#: The Python that runs modules: the controller's own, unless "make versions" names another one, with other libraries.
MODULE_PYTHON = os.environ.get("MYSAFE_TEST_MODULE_PYTHON", sys.executable)
_PLAY_DEADLINE = 400
# The gateway gives every request a unique ID.
_ONE_TIME = re.compile(r'("request_id": )"[0-9a-f]{32}"')
#: What the keyword timeout says, of two seconds; the second before ansible-core 2.19.
TIMED_OUT = re.compile(r"imed out after 2\b|in the expected time frame \(2\)")
# Added by the executor to results of modules only: with failed_when, that the module gave no traceback (2.19).
_OF_THE_EXECUTOR = ("failed_when_suppressed_exception",)

# A wrapper around Python: a task runs outside the controller's own process exactly when Ansible starts an interpreter.
_INTERPRETER = """#!/bin/sh
echo '{{"event": "python"}}' >> '{record}'
{watch}
{unset}
exec '{python}' "$@"
"""
# Records the command lines, visible to every user, of the processes between ansible-playbook and Python.
_WATCH = """
pid=$$
while [ "${{pid:-{stop}}}" != '{stop}' ] && [ "$pid" -gt 1 ]; do
    {{ tr '\\000' ' ' < "/proc/$pid/cmdline"; echo; }} >> '{command_lines}'
    pid=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 2)
done
"""


# A shell that runs the tests in the background ignores Ctrl-C for them, and they for what they start. Only here is it sure
# that this is the main thread.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def selected_values(request: pytest.FixtureRequest, parameter: str) -> set[t.Any]:
    """Return the values that a parameter has in the selected tests; None if some test does not have it."""
    return {item.callspec.params.get(parameter) for item in request.session.items if hasattr(item, "callspec")}


@dataclasses.dataclass
class Outcome:
    """The result of one task on one host, or of one loop item."""

    task: str
    host: str
    action: str
    status: str
    result: dict[str, t.Any]

    @property
    def is_ours(self) -> bool:
        """Whether it belongs to a module of this collection."""
        return self.action.startswith(("senhasegura.mysafe.", "mysafe_"))

    @property
    def text(self) -> str:
        """The exact result as JSON, which distinguishes true from 1, without what differs in every run."""
        own = _own(self.result)
        return _ONE_TIME.sub(r"\1…", json.dumps(own, indent=1, sort_keys=True, ensure_ascii=False))


@dataclasses.dataclass
class Run:
    """A finished run of a playbook."""

    status: int
    output: str
    outcomes: list[Outcome]
    handed_over: set[str]
    command_lines: str

    def __getitem__(self, name: str) -> dict[str, t.Any]:
        """Return the result of the task with this name."""
        return self.outcome(name).result

    def outcome(self, name: str) -> Outcome:
        """Return the only outcome of the task with this name, which has no loop and runs on one host."""
        found = [outcome for outcome in self.outcomes if outcome.task == name]
        assert len(found) == 1, f"{len(found)} results of the task '{name}'\n{self.output}"
        return found[0]

    def items(self, name: str) -> list[Outcome]:
        """Return the outcomes of the loop items of a task."""
        found = [outcome for outcome in self.outcomes if outcome.task == name and outcome.status.startswith("item")]
        assert found, f"no items of the task '{name}'\n{self.output}"
        return found

    def letters(self, name: str = "") -> str:
        """Return the exact results of the task with this name, or of all tasks of this collection."""
        found = [outcome for outcome in self.outcomes if (outcome.task == name if name else outcome.is_ours)]
        assert found, f"no result of the task '{name}'\n{self.output}"
        return "\n\n".join(f"{outcome.task}: {outcome.status}\n{outcome.text}" for outcome in found)

    def succeeded(self) -> Run:
        """Return the run itself, if no task failed."""
        assert self.status == 0, self.output
        return self


class Controller:
    """Runs plays with its own home directory, logged in as alice by the environment."""

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
        """Return the environment variables of alice's connection to the simulator."""
        return login(self._simulator)

    @property
    def integration_config(self) -> dict[str, t.Any]:
        """Return the content of integration_config.yml for the integration targets."""
        return self._simulator.integration_config

    def both_ways(self, *, arguments: t.Sequence[str] = (), **how: t.Any) -> Both:
        """Run a play in place and then as modules, from the same state of the vault."""
        self._simulator.reset()
        in_place = self.play(arguments=arguments, **how)
        self._simulator.reset()
        return Both(in_place, self.play(arguments=[*arguments, "-e", "mysafe_in_place=false"], **how))

    def play(self, *tasks: dict[str, t.Any], **how: t.Any) -> Run:
        """Run one play as ``begin`` starts it, and return its run."""
        run = self.begin(*tasks, **how).end()
        assert run.outcomes, run.output
        return run

    def begin(
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
    ) -> Begun:
        """Start one play with these tasks (or the text of a playbook).

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
        output = place / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [
                    Path(sys.executable).with_name("ansible-playbook"),
                    *("-i", place / "inventory.yml"),
                    *arguments,
                    playbook,
                ],
                env=self._environment(record, environment or {}),
                # Not the directory of the playbook, which must not matter.
                cwd=self._place,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # As in a terminal of its own.
                start_new_session=True,
            )
        return Begun(process, output, record, command_lines)

    @staticmethod
    def _interpreter(record: Path, command_lines: Path | None, without: t.Sequence[str]) -> Path:
        watch = _WATCH.format(command_lines=command_lines, stop=os.getpid()) if command_lines else ""
        unset = f"unset {' '.join(without)}" if without else ""
        path = record.with_name("python")
        path.write_text(
            _INTERPRETER.format(record=record, watch=watch, unset=unset, python=MODULE_PYTHON), encoding="utf-8"
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
            # Ansible lists the valid booleans in the order of a set, which otherwise differs between processes.
            "PYTHONHASHSEED": "0",
            "ANSIBLE_REMOTE_TMP": str(self._home / "tmp"),
            "ANSIBLE_ASYNC_DIR": str(self._home / "async"),
            "ANSIBLE_PIPELINING": "true",
            # From 2.21 on, results contain the arguments of a module only on request.
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            **{
                f"ANSIBLE_{kind.upper()}_PLUGINS": str(_PLUGINS / kind)
                for kind in ("action", "become", "callback", "connection", "lookup")
            },
            # Use become even if it does not change the user.
            "ANSIBLE_BECOME_ALLOW_SAME_USER": "true",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "MYSAFE_TEST_RECORD": str(record),
            "MYSAFE_TEST_SIMULATOR": self._simulator.url,
            "MYSAFE_TEST_SIMULATOR_CA": str(self._simulator.ca_path),
            **self.login,
            # Permanent faults need no retries.
            "SENHASEGURA_RETRIES": "0",
            **changes,
        }
        return {name: value for name, value in environment.items() if value is not None}


class Begun(t.NamedTuple):
    """A run of a playbook that may be under way. All its processes know the path of the record."""

    process: subprocess.Popen[bytes]
    output: Path
    record: Path
    command_lines: Path

    def end(self) -> Run:
        """Wait until ansible-playbook has ended, and return its run."""
        try:
            status = self.process.wait(_PLAY_DEADLINE)
        except BaseException:
            self.kill()
            raise
        outcomes, handed_over = _read(self.record)
        output = self.output.read_text(encoding="utf-8")
        return Run(status, output, outcomes, handed_over, self.command_lines.read_text(encoding="utf-8"))

    def interrupt(self) -> None:
        """Send what Ctrl-C sends: a SIGINT to all processes of the terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def interrupt_what_is_left(self) -> None:
        """Send a SIGINT to each process that is left."""
        _send(signal.SIGINT, self.processes())

    def kill(self, *, but: int = 0) -> None:
        """Kill all processes until none is left, but for one if given."""
        while left := {*self.processes()} - {but}:
            _send(signal.SIGKILL, left)
            self.process.poll()

    def processes(self) -> list[int]:
        """Return the IDs of the processes that are left, those of modules too."""
        mark = f"MYSAFE_TEST_RECORD={self.record}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if mark in path.read_bytes().split(b"\0"):
                    found.append(int(path.parent.name))
        return found


def _send(number: signal.Signals, pids: t.Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class Both(t.NamedTuple):
    """The two runs of a play."""

    in_place: Run
    as_module: Run


class Aside:
    """Runs plays both ways in background threads, on the first free controller."""

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
    """Return the environment variables of a connection to the simulator with an access key."""
    return simulator.environment(key)


def as_options(variables: t.Mapping[str, str]) -> dict[str, str]:
    """Return environment variables as options of a task."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES

    return {option: variables[variable] for option, variable in VARIABLES.items() if variable in variables}


def connect(simulator: Simulator, key: str = "alice", **options: t.Any) -> Connection:
    """Return the connection options as the core gets them from a task."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

    return Connection.from_params({**as_options(login(simulator, key)), "retries": 0, **options})


def task(name: str, options: t.Mapping[str, t.Any] | None = None, **keywords: t.Any) -> dict[str, t.Any]:
    """Return a task of mysafe_api_secret; by default it looks up an API secret that does not exist."""
    return {
        "name": name,
        MODULE: {"identifier_code": "missing", "state": "absent"} if options is None else options,
        **keywords,
    }


def secret(code: str, **options: t.Any) -> dict[str, t.Any]:
    """Return the options of a task that ensures an API secret."""
    return {"identifier_code": code, "name": code, "url": "https://example.org", "client_id": "robot", **options}


def token_requests(simulator: Simulator) -> list[dict[str, t.Any]]:
    """Return the token requests in the log of the simulator."""
    return [row for row in simulator.requests() if re.search("oauth2/token$", row["path"])]


def _own(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a result, and its loop items, without what the executor added."""
    own = {key: value for key, value in result.items() if key not in _OF_THE_EXECUTOR}
    if "results" in own and "action" not in own:
        own["results"] = [_own(item) for item in own["results"]]
    return own


def _read(record: Path) -> tuple[list[Outcome], set[str]]:
    """Read the record of callback plugin and interpreter: the outcomes, and the tasks that ran as modules."""
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
