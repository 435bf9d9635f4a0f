# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The simulator as a process of its own, for tests, benchmarks and the demo."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import Any

import requests

# Generous: they only matter where something is wrong, and machines are sometimes busy.
_START_DEADLINE = 60.0
_STOP_DEADLINE = 15.0
_CONTROL_DEADLINE = 30.0


class SimulatorError(RuntimeError):
    """The simulator did not start, or refused a control request."""


class Simulator:
    """A running simulator on a free port; a context manager that stops it."""

    def __init__(self, profile: str = "v4", *arguments: str) -> None:
        self._arguments = ["--profile", profile, *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._control = requests.Session()
        self.url = ""
        self.ca_path: str | None = None
        self.access_keys: dict[str, dict[str, str]] = {}
        # Where there is a client certificate, as requests takes it.
        self.client_cert: tuple[str, str] | None = None

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> Simulator:
        """Start it and wait until it accepts connections."""
        self._directory = tempfile.TemporaryDirectory(prefix="mysafe-simulator-process-")
        output, ready = (pathlib.Path(self._directory.name, name) for name in ("output", "ready"))
        tests = str(pathlib.Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH")]))
        with pathlib.Path(output).open("wb") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "simulator", "--ready-file", str(ready), *self._arguments],
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
        """Stop it; answers its exit status."""
        status = None
        self._control.close()
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

    def reset(self, profile: str | None = None, **switches: Any) -> None:
        """Back to the seed state, with another profile or other switches where given."""
        self._ask("POST", "reset", {"profile": profile, "switches": switches})

    def switch(self, **switches: Any) -> dict[str, Any]:
        """Set switches; answers all of them."""
        answer: dict[str, Any] = self._ask("PATCH", "switches", switches)
        return answer

    def fault(
        self,
        do: dict[str, Any],
        *,
        method: str | None = None,
        path: str | None = None,
        when: str = "before",
        times: int = 1,
        skip: int = 0,
    ) -> None:
        """Plan a fault; `path` is a regular expression that is searched for."""
        self._ask(
            "POST", "faults", [{"do": do, "method": method, "path": path, "when": when, "times": times, "skip": skip}]
        )

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come."""
        left: list[dict[str, Any]] = self._ask("GET", "faults")["faults"]
        return left

    def log(self) -> dict[str, Any]:
        """Return the request log."""
        log: dict[str, Any] = self._ask("GET", "log")
        return log

    def clear_log(self) -> None:
        """Forget the request log."""
        self._ask("DELETE", "log")

    def requests(self) -> list[dict[str, Any]]:
        """Return the rows of the request log."""
        rows: list[dict[str, Any]] = self.log()["requests"]
        return rows

    def writes(self) -> list[dict[str, Any]]:
        """Return the rows of the requests that wrote a secret."""
        return [row for row in self.requests() if row["wrote"]]

    def connections(self) -> int:
        """How many connections the requests of the log came over."""
        return int(self.log()["connections"])

    def secrets(self) -> list[dict[str, Any]]:
        """All secrets as they are stored."""
        stored: list[dict[str, Any]] = self._ask("GET", "secrets")["secrets"]
        return stored

    def add_secret(self, **values: Any) -> str:
        """Store a secret past all rules; answers its identifier."""
        return str(self._ask("POST", "secrets", values)["identifiers"][0])

    def change_access_key(self, name: str, **options: Any) -> None:
        """Change what restricts an access key: revoked, expires_at, items, permitted, encrypted, referers, ips."""
        self._ask("PATCH", "access-keys/" + name, options)

    def expire_tokens(self) -> int:
        """Let all tokens expire; answers how many there were."""
        return int(self._ask("POST", "expire-tokens")["expired"])

    def _learn(self, facts: dict[str, Any]) -> None:
        self.url = facts["url"]
        self.ca_path = facts["ca_path"]
        self.access_keys = facts["access_keys"]
        if "client_cert" in facts:
            self.client_cert = (facts["client_cert"], facts["client_key"])
        # Neither a proxy nor a CA bundle of the environment has a say here.
        self._control = requests.Session()
        self._control.trust_env = False
        self._control.verify = self.ca_path or True
        self._control.cert = self.client_cert

    def _ask(self, method: str, route: str, content: Any = None) -> Any:
        response = self._control.request(
            method, f"{self.url}/_simulator/{route}", json=content, timeout=_CONTROL_DEADLINE
        )
        if response.status_code != 200:
            raise SimulatorError(f"{method} {route}: {response.text}")
        return response.json()

    @staticmethod
    def _wait(process: subprocess.Popen[bytes], ready: pathlib.Path, output: pathlib.Path) -> dict[str, Any]:
        deadline = time.monotonic() + _START_DEADLINE
        while not ready.exists():
            if process.poll() is not None:
                raise SimulatorError("the simulator did not start:\n" + output.read_text(encoding="utf-8"))
            if time.monotonic() > deadline:
                raise SimulatorError("the simulator was not ready in time:\n" + output.read_text(encoding="utf-8"))
            time.sleep(0.005)
        facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
        return facts
