# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Runs what a plugin asks for, and puts what came of it into the form that Ansible takes: the only door to the core.

What only one of the functions needs is imported in it: every task starts in a process that has imported nothing yet.
"""

from __future__ import annotations

import typing as t

from ._api_secrets import ApiSecrets
from ._client import Client
from ._connection import Connection
from ._errors import MySafeError
from ._secrets import Secrets

if t.TYPE_CHECKING:
    from ._reading import Fetched
    from ._sessions import Sessions

Params = t.Mapping[str, t.Any]


class Result(t.NamedTuple):
    """What a task returns. ``secrets`` must be taken out of every text that is returned or logged with it."""

    values: dict[str, t.Any]
    warnings: tuple[str, ...]
    secrets: frozenset[str]

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return "error" in self.values


def api_secret(params: Params, *, check_mode: bool, diff: bool, sessions: Sessions | None = None) -> Result:
    """Make one API secret be as the parameters of ``mysafe_api_secret`` describe it.

    Failures are in the result. With ``sessions`` an open session is gone on with, and left open.
    """
    from ._desired import Desired
    from ._ensure import ensure

    def work(api: ApiSecrets) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        outcome = ensure(api, desired, check_mode=check_mode)
        values = {"changed": outcome.changed, "action": outcome.action, "api_entity": outcome.api_entity}
        return {**values, "diff": outcome.diff} if diff else values, outcome.warnings

    secrets = _given(params)
    try:
        desired = Desired.from_params(params)
        return _with_api(params, secrets, sessions, work)
    except MySafeError as error:
        return _failure(error, secrets)


def api_secret_info(params: Params, *, sessions: Sessions | None = None, **_modes: bool) -> Result:
    """Read API secrets as the parameters of ``mysafe_api_secret_info`` say. Check mode and diff make no difference."""
    from ._reading import Query, read

    def work(api: ApiSecrets) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        items = read(api, query)
        if params["reveal"]:
            secrets.forget(*(item.entity["client_secret"] for item in items if item.entity is not None))
        entries = [item.entry(reveal=params["reveal"]) for item in items]
        for entry in entries:
            if entry["error"] is not None:
                entry["error"] = _hidden(entry["error"], secrets)
        return {"changed": False, "api_secrets": entries}, ()

    secrets = _given(params)
    try:
        query = Query.from_params(params)
        return _with_api(params, secrets, sessions, work)
    except MySafeError as error:
        return _failure(error, secrets)


def fetch_each(params: Params, codes: t.Sequence[str], sessions: Sessions) -> tuple[list[Fetched], tuple[str, ...]]:
    """Return for every code, in their order, what became of it, and warnings about all of them.

    Raises MySafeError where they cannot be looked up. No text holds a secret; the entities do.
    """
    from ._reading import fetch

    secrets = _given(params)
    try:
        connection = Connection.from_params(params)
        with Client(connection, secrets, sessions.get(connection)) as client:
            fetched = fetch(ApiSecrets(client), codes)
    except MySafeError as error:
        raise MySafeError(error.kind, secrets.hide(str(error))) from None
    return [item._replace(reason=secrets.hide(item.reason)) for item in fetched], client.warnings


def _given(params: Params) -> Secrets:
    """Start with the secrets that the task itself was given."""
    secrets = Secrets()
    secrets.add(*(params.get(option) for option in ("client_secret", "mysafe_client_secret", "mysafe_access_token")))
    return secrets


def _with_api(
    params: Params,
    secrets: Secrets,
    sessions: Sessions | None,
    work: t.Callable[[ApiSecrets], tuple[dict[str, t.Any], tuple[str, ...]]],
) -> Result:
    connection = Connection.from_params(params)
    with Client(connection, secrets, sessions.get(connection) if sessions else None) as client:
        values, warnings = work(ApiSecrets(client))
    return Result(values, client.warnings + warnings, secrets.values)


def _failure(error: MySafeError, secrets: Secrets) -> Result:
    values: dict[str, t.Any] = {
        "msg": secrets.hide(str(error)),
        "error": _hidden(error.details(), secrets),
        "changed": error.changed,
    }
    if error.api_entity is not None:
        values["api_entity"] = error.api_entity
    return Result(values, (), secrets.values)


def _hidden(details: dict[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """Take the secrets out of every text but the kind, which is ours, and what playbooks branch on."""
    return {
        key: secrets.hide(value) if isinstance(value, str) and key != "kind" else value
        for key, value in details.items()
    }
