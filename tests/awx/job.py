# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs a job as AWX does: credential through AWX's injector code, extra variables marked unsafe, then ansible-runner."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import shutil
import stat
import sys
import typing as t
from pathlib import Path

import ansible_runner
import yaml
from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
from awx_plugins.interfaces._temporary_private_container_api import CONTAINER_ROOT
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

from .rules import broken_by_answers, broken_by_credential

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.process import Simulator

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "docs" / "awx"
CONNECTIONS = Path(__file__).resolve().parent / "plugins" / "connection"
#: The inventory that docs/awx/setup.yml makes.
LOCALHOST = {"localhost": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}}

#: With another host, on which the module runs.
BASTION: dict[str, dict[str, t.Any]] = {
    **LOCALHOST,
    "bastion.example.org": {"ansible_connection": "bastion", "ansible_python_interpreter": sys.executable},
}
ON_BASTION = {"mysafe_run_on": "bastion.example.org"}


class CredentialType:
    """A credential type of AWX."""

    def __init__(self, inputs: dict[str, t.Any], injectors: dict[str, t.Any]) -> None:
        self.inputs = inputs
        self.injectors = injectors

    @classmethod
    def from_files(cls) -> CredentialType:
        """Return the credential type of docs/awx."""
        folder = AWX / "credential_type"
        return cls(*(yaml.safe_load((folder / f"{name}.yml").read_text("utf-8")) for name in ("inputs", "injectors")))

    @classmethod
    def of_the_vendor(cls) -> CredentialType:
        """Return the credential type that the vendor publishes with its collection for the PAM module."""
        fields: list[dict[str, t.Any]] = [
            {"id": "senhasegura_url", "type": "string", "label": "URL"},
            {"id": "senhasegura_client_id", "type": "string", "label": "Client ID", "secret": True},
            {"id": "senhasegura_client_secret", "type": "string", "label": "Client Secret", "secret": True},
        ]
        ids = [str(field["id"]) for field in fields]
        variables = {name.upper(): f"{{{{ {name} }}}}" for name in ids}
        return cls({"fields": fields, "required": ids}, {"env": variables})

    def inject(self, values: Mapping[str, t.Any], private_data_dir: Path) -> Injected:
        """Return what a job gets from a credential with these values, which AWX must accept."""
        assert broken_by_credential(self.inputs, dict(values)) == []
        (private_data_dir / "env").mkdir(parents=True, exist_ok=True)
        kind = ManagedCredentialType(
            namespace="mysafe", name="MySafe", kind="cloud", inputs=self.inputs, injectors=self.injectors
        )
        injected = Injected(private_data_dir, {}, {}, [])
        inject_credential(
            kind, Credential(dict(values)), injected.env, injected.safe_env, injected.args, str(private_data_dir)
        )
        return injected


@dataclasses.dataclass
class Injected:
    """What a job gets from a credential: its environment, the part of it that AWX shows, and arguments."""

    private_data_dir: Path
    env: dict[str, str]
    safe_env: dict[str, str]
    args: list[str]

    def mounted(self) -> dict[str, str]:
        """Return the environment with paths outside the container, where the private data directory is not mounted."""
        inside, outside = f"{CONTAINER_ROOT}/", f"{self.private_data_dir}/"
        return {
            name: value.replace(inside, outside) if value.startswith(inside) else value
            for name, value in self.env.items()
        }

    def file(self, variable: str) -> Path:
        """Return the file that an environment variable names."""
        return Path(self.mounted()[variable])


@dataclasses.dataclass
class Job:
    """A finished job."""

    status: str
    stdout: str
    events: list[dict[str, t.Any]]

    def __str__(self) -> str:
        return f"{self.status}\n{self.stdout}"

    def results(self, task: str, event: str = "runner_on_") -> list[dict[str, t.Any]]:
        """Return the results of a task: one per host, or those of loop items, depending on the event."""
        return [
            one["event_data"]["res"]
            for one in self.events
            if one["event"].startswith(event) and one["event_data"].get("task") == task and "res" in one["event_data"]
        ]

    def result(self, task: str) -> dict[str, t.Any]:
        """Return the result of a task that ran on one host."""
        found = self.results(task)
        assert len(found) == 1, f"{len(found)} results of {task}\n{self}"
        return found[0]

    @property
    def failure(self) -> dict[str, t.Any]:
        """The result of the only task that failed."""
        found = [one["event_data"]["res"] for one in self.events if one["event"] == "runner_on_failed"]
        assert len(found) == 1, f"{len(found)} failed tasks\n{self}"
        return t.cast("dict[str, t.Any]", found[0])

    @property
    def text(self) -> str:
        """Everything that AWX stores and shows of the job."""
        return self.stdout + json.dumps(self.events) + json.dumps(self.events, ensure_ascii=False)


class Controller:
    """Runs jobs with the playbooks of docs/awx."""

    def __init__(self, scratch: Path, collections: Path) -> None:
        self._scratch = scratch
        self._collections = collections
        self._numbers = itertools.count(1)
        self.jobs: list[Job] = []

    def private_data_dir(self) -> Path:
        """Return a new private data directory with the project."""
        folder = self._scratch / f"job_{next(self._numbers)}"
        (folder / "env").mkdir(parents=True)
        (folder / "inventory").mkdir()
        shutil.copytree(AWX / "playbooks", folder / "project")
        return folder

    def run(
        self,
        playbook: str,
        injected: Injected,
        answers: Mapping[str, t.Any] | None = None,
        *,
        inventory: Mapping[str, Mapping[str, t.Any]] | None = None,
        extra_vars: Mapping[str, t.Any] | None = None,
        environment: Mapping[str, str] | None = None,
        check: bool = False,
        verbosity: int = 0,
        mounted: bool = True,
        surveyed: bool = True,
    ) -> Job:
        """Run a playbook with what a credential gives and the answers to its survey.

        ``extra_vars`` are those of the job template, and ``environment`` is that of the execution environment. If the job
        is not ``surveyed``, because somebody disabled the survey, AWX does not check the answers.
        """
        folder = injected.private_data_dir
        variables: dict[str, t.Any] = {}
        survey = AWX / "surveys" / Path(playbook).with_suffix(".json")
        if survey.exists():
            spec = json.loads(survey.read_text("utf-8"))
            defaults = {one["variable"]: one["default"] for one in spec["spec"] if "default" in one}
            assert not surveyed or broken_by_answers(spec, {**defaults, **(answers or {})}) == []
            variables = {**defaults, **(answers or {})}
        (folder / "env" / "extravars").write_text(written(variables, extra_vars or {}) or "{}", encoding="utf-8")
        hosts = {"all": {"hosts": {name: dict(values) for name, values in (inventory or LOCALHOST).items()}}}
        (folder / "inventory" / "hosts.json").write_text(json.dumps(hosts), encoding="utf-8")
        (folder / "env" / "cmdline").write_text(" ".join([*injected.args, *["--check"] * check]), encoding="utf-8")
        credential = injected.mounted() if mounted else injected.env
        runner = ansible_runner.run(
            private_data_dir=str(folder),
            playbook=playbook,
            quiet=True,
            verbosity=verbosity or None,
            envvars={
                "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
                "ANSIBLE_CONNECTION_PLUGINS": str(CONNECTIONS),
                "ANSIBLE_HOME": str(self._scratch / "home"),
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                **(environment or {}),
                **credential,
            },
        )
        job = Job(runner.status, runner.stdout.read(), list(runner.events))
        self.jobs.append(job)
        return job


class Launch:
    """Launches jobs with a credential."""

    def __init__(self, controller: Controller, credential_type: CredentialType, values: dict[str, t.Any]) -> None:
        self._controller = controller
        self._type = credential_type
        self._values = values

    def __call__(self, playbook: str, answers: dict[str, t.Any] | None = None, **options: t.Any) -> t.Any:
        """Run a playbook with the answers to its survey."""
        injected = self._type.inject(self._values, self._controller.private_data_dir())
        return self._controller.run(playbook, injected, answers, **options)

    def but(self, **values: t.Any) -> Launch:
        """Return the same with other values in the credential; None removes a field."""
        changed = {name: value for name, value in {**self._values, **values}.items() if value is not None}
        return Launch(self._controller, self._type, changed)


def only(simulator: Simulator, code: str) -> dict[str, t.Any]:
    """Return the only API secret with a code."""
    found = [secret for secret in simulator.secrets() if secret["identifier_code"] == code]
    assert len(found) == 1
    return found[0]


def written(given: Mapping[str, t.Any], trusted: Mapping[str, t.Any]) -> str:
    """Return extra variables as AWX writes them: only those of the job template may be templates."""

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))
    return "".join(
        yaml.dump({name: value}, Dumper=yaml.SafeDumper if trusted.get(name) == value else Dumper)
        for name, value in {**trusted, **given}.items()
    )


def slice_of(inventory: Mapping[str, Mapping[str, t.Any]], number: int, count: int) -> dict[str, Mapping[str, t.Any]]:
    """Return the hosts of one slice, counted from 1."""
    return {name: inventory[name] for name in sorted(inventory)[number - 1 :: count]}


def is_private(path: Path) -> bool:
    """Whether only its owner can read a file."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o077
