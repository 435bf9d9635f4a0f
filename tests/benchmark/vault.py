# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The simulator, filled with secrets, and the requests that it saw during one measurement."""

from __future__ import annotations

import contextlib
import re
import typing as t

import requests
from simulator.process import Simulator

_USER = "alice"
_READ = re.compile(r"/secretapi/\d+")


class Seen(t.NamedTuple):
    """The requests that reached the simulator, by purpose, and the number of their TLS connections."""

    tokens: int
    lookups: int
    reads: int
    creates: int
    others: int
    connections: int


class Vault:
    """A context manager that runs the simulator, with TLS."""

    def __init__(self, secrets: int) -> None:
        self._simulator = Simulator()
        self._secrets = secrets
        self.identifiers: list[str] = []

    def __enter__(self) -> Vault:
        self._simulator.start()
        self.restore()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._simulator.stop()

    @property
    def url(self) -> str:
        """The URL of the simulator."""
        return self._simulator.url

    @property
    def ca_path(self) -> str:
        """The path of its CA certificate."""
        return str(self._simulator.ca_path)

    @property
    def access_key(self) -> dict[str, str]:
        """The access key, with client ID and client secret."""
        return self._simulator.access_keys[_USER]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which the collection logs in."""
        return self._simulator.environment(_USER)

    def restore(self) -> None:
        """Reset the vault to the secrets that the subjects expect."""
        self._simulator.reset()
        self.identifiers = [
            self._simulator.add_secret(owner=_USER, identifier_code=f"service-{number}", **described(str(number)))
            for number in range(self._secrets)
        ]

    @contextlib.contextmanager
    def taking(self, seconds: float) -> t.Iterator[None]:
        """Delay every answer by some seconds."""
        self._simulator.switch(latency=seconds)
        yield
        self._simulator.switch(latency=0.0)

    def token(self) -> str:
        """Get a token, for subjects that start with one."""
        form = {"grant_type": "client_credentials", **self.access_key}
        answer = requests.post(f"{self.url}/api/oauth2/token", data=form, verify=self.ca_path, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def forget(self) -> None:
        """Clear the log, for the next measurement."""
        self._simulator.clear_log()

    def seen(self) -> Seen:
        """Return the requests since the log was cleared."""
        counts = dict.fromkeys(Seen._fields, 0)
        for row in self._simulator.requests():
            counts[_purpose(row["method"], row["path"])] += 1
        counts["connections"] = self._simulator.connections()
        return Seen(**counts)


def described(number: str) -> dict[str, str]:
    """Return the fields of a realistic secret."""
    return {
        "name": f"Service {number}",
        "url": f"https://service-{number}.example.com/api",
        "client_id": f"agent-{number}",
        "client_secret": f"not so secret {number}",
        "method": "POST",
        "tags": "billing, production",
        "notes": "Rotated every 90 days by the payments team.",
    }


def _purpose(method: str, path: str) -> str:
    if path.endswith("/oauth2/token"):
        return "tokens"
    if path.endswith("/secretapi"):
        return "lookups" if method == "GET" else "creates"
    return "reads" if method == "GET" and _READ.search(path) else "others"
