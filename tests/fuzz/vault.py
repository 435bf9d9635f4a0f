# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The simulated MySafe in this process: its state at hand, and its answers tampered with, byte by byte if need be."""

from __future__ import annotations

import dataclasses
import http
import typing as t
from urllib.parse import unquote

from simulator.appliance import Appliance
from simulator.exchange import Answer, Call
from simulator.state import Secret
from wire.raw_server import RawServer, Step
from wire.support import STORED, call_name

#: Replaces the answer to a request: the name of the call, how often the same was called before, and the real answer.
Tamper = t.Callable[[str, int, Answer], t.Optional[t.Sequence[Step]]]

OTHER_CODE = "somebody-elses"
OTHER_SECRET = "secret0f5omebody3lse"


@dataclasses.dataclass
class Row:
    """A request, as the vault logs it."""

    call: str
    path: str
    wrote: bool
    tampered: bool = False


class Vault(RawServer):
    """The whole appliance behind a raw server. Without ``tamper`` it answers as the simulator does."""

    def __init__(self) -> None:
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}"
        self._appliance = Appliance("v4", {})
        self.crashes: list[Exception] = []
        self.reset()

    def __enter__(self) -> Vault:
        return self

    def reset(self, **switches: t.Any) -> None:
        """Restore the seed state, with two secrets: alice's as in the tests of the wire, and one that is nobody's business."""
        self._appliance.reset(switches=switches)
        self.rows: list[Row] = []
        self.tamper: Tamper | None = None
        self.connections = 0
        self.add()
        self.add(
            identifier_code=OTHER_CODE, name="Other", client_secret=OTHER_SECRET, users={}, groups={}, tags="other"
        )

    def add(self, **changes: t.Any) -> str:
        """Store a secret of alice, bypassing the rules of the API; return its identifier."""
        vault = self._appliance.vaults["main"]
        number = vault.next_identifier()
        fields = {**STORED, "users": dict(STORED["users"]), "groups": dict(STORED["groups"]), **changes}
        vault.insert(Secret(number, "alice", **fields))
        return str(number)

    @property
    def login(self) -> dict[str, t.Any]:
        """The options with which alice logs in."""
        key = self._appliance.keys["alice"]
        return {"mysafe_url": self.url, "mysafe_client_id": key.client_id, "mysafe_client_secret": key.client_secret}

    @property
    def key_secret(self) -> str:
        """The secret of alice's access key."""
        return self._appliance.keys["alice"].client_secret

    @property
    def secrets(self) -> dict[str, dict[str, t.Any]]:
        """All that is stored, by identifier, without what reading and writing count."""
        counts = ("views", "share_notices")
        return {
            str(number): {name: value for name, value in dataclasses.asdict(secret).items() if name not in counts}
            for number, secret in self._appliance.vaults["main"].secrets.items()
        }

    @property
    def writes(self) -> list[Row]:
        """The requests that wrote something."""
        return [row for row in self.rows if row.wrote]

    def _next(self, head: bytes, body: bytes) -> t.Sequence[Step]:
        try:
            with self._lock:
                return self._answer(_call(head, body))
        except Exception as error:  # it would end a thread that nobody waits for
            self.crashes.append(error)
            raise

    def _answer(self, call: Call) -> t.Sequence[Step]:
        name = call_name(call.method, call.path)
        before = self._appliance.writes
        answer = self._appliance.answer(call)
        target = f"{call.path}?{call.query}"
        row = Row(name, target, self._appliance.writes != before)
        earlier = sum(one.call == name and one.path == target for one in self.rows)
        self.rows.append(row)
        script = self.tamper(name, earlier, answer) if self.tamper is not None else None
        row.tampered = script is not None
        return [encoded(answer)] if script is None else script


def encoded(answer: Answer) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in {**answer.headers, "content-length": len(answer.body)}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def _call(head: bytes, body: bytes) -> Call:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    path, _mark, query = target.partition("?")
    headers = {name.strip().lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    return Call(method, unquote(path), query, headers, body, "127.0.0.1")
