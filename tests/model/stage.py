# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs tasks in this process against the simulator, without real waits, and lets somebody else change the vault."""

from __future__ import annotations

import dataclasses
import time
import typing as t

import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from wire.support import login
from wire.tasks import Tasks

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import (
    api_secret,
    api_secret_info,
    api_secrets,
    lookup,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import argument_spec
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session, Sessions
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop

from .mysafe import Item, RefusedError, Shares
from .wish import SHARING

if t.TYPE_CHECKING:
    import pytest
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.lookup import Lookup
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection

_FIELDS = [field.name for field in dataclasses.fields(Item)]
_PATH = "/api/mysafe/secretapi"


class _Closable(Sessions):
    """Sessions that can all be closed."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[Session] = []

    def get(self, connection: Connection) -> Session:
        session = super().get(connection)
        self._opened.append(session)
        return session

    def close(self) -> None:
        for session in self._opened:
            session.close()


class Stage:
    """The simulator, the plugins, and somebody who uses the API without them."""

    def __init__(self, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.simulator = simulator
        self.waits: list[float] = []
        #: Of each API secret: how many notices of sharing went out.
        self.notices: dict[str, int] = {}
        self._plugins = {
            name: Tasks(simulator, plugin)
            for name, plugin in (("one", api_secret), ("list", api_secrets), ("info", api_secret_info))
        }
        self._options: dict[str, t.Any] = {}
        self._sessions = _Closable()
        self._token_path = ""
        self._tokens: dict[str, str] = {}
        self._http = requests.Session()
        self._http.trust_env = False
        # Waits are noted instead: those between tries, and those of several threads.
        monkeypatch.setattr(time, "sleep", self.waits.append)
        monkeypatch.setattr(Stop, "wait", lambda _stop, seconds: self.waits.append(seconds))

    def reset(self, profile: str, switches: t.Mapping[str, t.Any]) -> None:
        """Begin anew: the seed, these switches, and nothing left of what ran before."""
        self.simulator.reset(profile, **switches)
        self._options = {"mysafe_tenant": "main"} if switches.get("tenant_required") else {}
        self._token_path = "/api/oauth2/token" if switches.get("token_paths") == "api" else "/iso/oauth2/token"
        self._tokens.clear()
        self.forget()

    def forget(self) -> None:
        """Let the next task log in anew, on new connections."""
        self._sessions.close()
        self._sessions = _Closable()
        self.waits.clear()
        for plugin in self._plugins.values():
            plugin.results.clear()
            plugin.passed.clear()

    def items(self) -> dict[str, Item]:
        """Return what the simulator stores, without views, and note the notices of sharing."""
        rows = [row for row in self.simulator.secrets() if row["tenant"] == "main"]
        self.notices = {row["identifier"]: row["share_notices"] for row in rows}
        return {row["identifier"]: Item(**{name: row[name] for name in _FIELDS}) for row in rows}

    # Tasks

    def run(self, plugin: str, key: str, *, check: bool = False, decrypt: bool = True, **options: t.Any) -> Result:
        """Run a task of a module: one, list or info."""
        given = {**self._options, **self._decryption(key, decrypt=decrypt), **options}
        return self._plugins[plugin](key=key, check_mode=check, sessions=self._sessions, **given)

    def look_up(self, key: str, codes: t.Sequence[str], *, decrypt: bool = True, **options: t.Any) -> Lookup:
        """Run the lookup. Raises MySafeError."""
        given = {**login(self.simulator, key), **self._options, **self._decryption(key, decrypt=decrypt), **options}
        given = {name: value for name, value in given.items() if value is not None}
        params = ArgumentSpecValidator(argument_spec()).validate(given).validated_parameters
        return lookup.run(params, codes, self._sessions)

    def _decryption(self, key: str, *, decrypt: bool) -> dict[str, str]:
        path = self.simulator.access_keys[key].get("decryption_key")
        return {"decryption_key": path} if path and decrypt else {}

    @property
    def passed(self) -> set[str]:
        """The secrets that tasks were given since the last reset."""
        return set().union(*(plugin.passed for plugin in self._plugins.values()))

    # Somebody else

    def create(self, user: str, texts: t.Mapping[str, str], shares: t.Mapping[str, Shares]) -> None:
        """Create an API secret as a user. Raises RefusedError."""
        self._call(user, "POST", _PATH, _body(texts, shares))

    def update(self, user: str, number: str, texts: t.Mapping[str, str], shares: t.Mapping[str, Shares]) -> None:
        """Change an API secret as a user. Raises RefusedError."""
        self._call(user, "PUT", f"{_PATH}/update/{number}", _body(texts, shares))

    def set_active(self, user: str, number: str, active: bool) -> None:
        """Activate or deactivate an API secret as a user. Raises RefusedError."""
        self._call(user, "POST", f"{_PATH}/{'active' if active else 'inactive'}/{number}", None)

    def expire_tokens(self) -> None:
        """Let all tokens expire."""
        self._tokens.clear()
        self.simulator.expire_tokens()

    def _call(self, user: str, method: str, path: str, body: t.Any) -> None:
        if user not in self._tokens:
            self._tokens[user] = self._new_token(user)
        headers = {"Authorization": f"Bearer {self._tokens[user]}"}
        answer = self._http.request(method, self.simulator.url + path, json=body, headers=headers, timeout=30)
        if not answer.ok:
            raise RefusedError(answer.json()["exception"]["code"], "refused")

    def _new_token(self, user: str) -> str:
        key = self.simulator.access_keys[user]
        form = {"grant_type": "client_credentials", "tenant": "main"}
        form.update({name: key[name] for name in ("client_id", "client_secret")})
        answer = self._http.post(self.simulator.url + self._token_path, data=form, timeout=30)
        return str(answer.json()["access_token"])


def _body(texts: t.Mapping[str, str], shares: t.Mapping[str, Shares]) -> dict[str, t.Any]:
    body: dict[str, t.Any] = dict(texts)
    for option, (field, key) in SHARING.items():
        if field in shares:
            body[option] = [{key: name, "can_edit": right} for name, right in shares[field].items()]
    return body
