# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs the simulator in a process of its own, for tests, benchmarks and the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import urllib3

# Generous, since a machine may be busy: they only matter when something is wrong.
_START_DEADLINE = 60.0
_STOP_DEADLINE = 15.0
_CONTROL_DEADLINE = 30.0
# The tests may run on an older Python, and with older libraries, than the simulator needs.
_PYTHON = os.environ.get("MYSAFE_TEST_SIMULATOR_PYTHON", sys.executable)


class SimulatorError(RuntimeError):
    """The simulator did not start, or refused a control request."""


class Simulator:
    """A simulator on a free port; as a context manager, it starts and stops the process."""

    def __init__(self, profile: str = "v4", *arguments: str) -> None:
        self._arguments = ["--profile", profile, *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._control = urllib3.PoolManager()
        self.url = ""
        self.ca_path: str | None = None
        self.access_keys: dict[str, dict[str, str]] = {}
        # The client's certificate and key, in the form that requests takes; only with mutual TLS.
        self.client_cert: tuple[str, str] | None = None

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> Simulator:
        """Start the process, and wait until it accepts connections."""
        self._directory = tempfile.TemporaryDirectory(prefix="mysafe-simulator-process-")
        output, ready = (Path(self._directory.name, name) for name in ("output", "ready"))
        tests = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH")]))
        with Path(output).open("wb") as file:
            self._process = subprocess.Popen(
                [_PYTHON, "-m", "simulator", "--ready-file", str(ready), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": path},
            )
        try:
            self._learn(self._wait(self._process, ready, output))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> int | None:
        """Stop the process, and return its exit status."""
        status = None
        self._control.clear()
        if self._process is not None:
            self._process.terminate()
            try:
                status = self._process.wait(_STOP_DEADLINE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                status = self._process.wait()
            self._process = None
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None
        return status

    @property
    def pid(self) -> int | None:
        """The id of the process while it runs."""
        return self._process.pid if self._process else None

    def environment(self, access_key: str = "alice") -> dict[str, str]:
        """Return the environment variables with which the collection logs in with an access key."""
        key = self.access_keys[access_key]
        variables = {
            "SENHASEGURA_URL": self.url,
            "SENHASEGURA_CLIENT_ID": key["client_id"],
            "SENHASEGURA_CLIENT_SECRET": key["client_secret"],
        }
        if self.ca_path:
            variables["SENHASEGURA_CA_PATH"] = self.ca_path
        if self.client_cert:
            variables["SENHASEGURA_CLIENT_CERT"], variables["SENHASEGURA_CLIENT_KEY"] = self.client_cert
        return variables

    @property
    def integration_config(self) -> dict[str, t.Any]:
        """The variables of the integration targets, as integration_config.yml.template describes them."""
        return {
            "mysafe_simulator": True,
            "mysafe_url": self.url,
            "mysafe_ca_path": self.ca_path,
            "mysafe_access_keys": {name: {"username": key["user"], **key} for name, key in self.access_keys.items()},
        }

    def reset(self, profile: str | None = None, **switches: t.Any) -> None:
        """Restore the seed state, with another profile or other switches if given."""
        self._ask("POST", "reset", {"profile": profile, "switches": switches})

    def switch(self, **switches: t.Any) -> dict[str, t.Any]:
        """Set switches, and return all of them."""
        answer: dict[str, t.Any] = self._ask("PATCH", "switches", switches)
        return answer

    def fault(
        self,
        do: dict[str, t.Any],
        *,
        method: str | None = None,
        path: str | None = None,
        when: str = "before",
        times: int = 1,
        skip: int = 0,
    ) -> None:
        """Plan a fault. `path` is a regular expression that is searched for in the path of a request."""
        self.plan([{"do": do, "method": method, "path": path, "when": when, "times": times, "skip": skip}])

    def plan(self, faults: list[dict[str, t.Any]]) -> None:
        """Plan several faults, each with the arguments of `fault`."""
        self._ask("POST", "faults", faults)

    def faults(self) -> list[dict[str, t.Any]]:
        """Return the pending faults."""
        left: list[dict[str, t.Any]] = self._ask("GET", "faults")["faults"]
        return left

    def clear_faults(self) -> None:
        """Drop the pending faults."""
        self._ask("DELETE", "faults")

    def log(self) -> dict[str, t.Any]:
        """Return the request log."""
        log: dict[str, t.Any] = self._ask("GET", "log")
        return log

    def clear_log(self) -> None:
        """Clear the request log."""
        self._ask("DELETE", "log")

    def requests(self) -> list[dict[str, t.Any]]:
        """Return the rows of the request log."""
        rows: list[dict[str, t.Any]] = self.log()["requests"]
        return rows

    def writes(self) -> list[dict[str, t.Any]]:
        """Return the rows of the requests that wrote a secret."""
        return [row for row in self.requests() if row["wrote"]]

    def connections(self) -> int:
        """Return the number of connections that the logged requests used."""
        return int(self.log()["connections"])

    def secrets(self) -> list[dict[str, t.Any]]:
        """Return all secrets as stored."""
        stored: list[dict[str, t.Any]] = self._ask("GET", "secrets")["secrets"]
        return stored

    def add_secret(self, **values: t.Any) -> str:
        """Store a secret, bypassing the rules of the API, and return its identifier."""
        return self.add_secrets([values])[0]

    def add_secrets(self, secrets: t.Sequence[dict[str, t.Any]]) -> list[str]:
        """Store several secrets in this order, and return their identifiers."""
        identifiers: list[str] = self._ask("POST", "secrets", list(secrets))["identifiers"]
        return identifiers

    def change_access_key(self, name: str, **options: t.Any) -> None:
        """Change what restricts an access key: revoked, expires_at, items, permitted, encrypted, referers, ips."""
        self._ask("PATCH", "access-keys/" + name, options)

    def expire_tokens(self) -> int:
        """Expire all tokens, and return their number."""
        return int(self._ask("POST", "expire-tokens")["expired"])

    def _learn(self, facts: dict[str, t.Any]) -> None:
        self.url = facts["url"]
        self.ca_path = facts["ca_path"]
        self.access_keys = facts["access_keys"]
        if "client_cert" in facts:
            self.client_cert = (facts["client_cert"], facts["client_key"])
        # Without requests, as tests make thousands of these calls.
        certificate, key = self.client_cert or (None, None)
        self._control = urllib3.PoolManager(ca_certs=self.ca_path, cert_file=certificate, key_file=key)

    def _ask(self, method: str, route: str, content: t.Any = None) -> t.Any:
        response = self._control.request(
            method,
            f"{self.url}/_simulator/{route}",
            body=None if content is None else json.dumps(content).encode(),
            timeout=_CONTROL_DEADLINE,
            retries=False,
        )
        if response.status != 200:
            raise SimulatorError(f"{method} {route}: {response.data.decode()}")
        return json.loads(response.data)

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], ready: Path, output: Path) -> dict[str, t.Any]:
        deadline = time.monotonic() + _START_DEADLINE
        while not ready.exists():
            if process.poll() is not None:
                raise SimulatorError("the simulator did not start:\n" + output.read_text(encoding="utf-8"))
            if time.monotonic() > deadline:
                raise SimulatorError("the simulator was not ready in time:\n" + output.read_text(encoding="utf-8"))
            time.sleep(0.005)
        facts: dict[str, t.Any] = json.loads(ready.read_text(encoding="utf-8"))
        return facts
