# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Runs what a task asks for, and puts what came of it into the form that Ansible takes: the only door to the core."""

from __future__ import annotations

import typing as t

from ._api_secrets import ApiSecrets
from ._client import Client
from ._connection import Connection
from ._desired import Desired
from ._ensure import ensure
from ._errors import MySafeError
from ._secrets import Secrets

if t.TYPE_CHECKING:
    from ._sessions import Sessions


class Result(t.NamedTuple):
    """What a task returns. ``secrets`` must be taken out of every text that is returned or logged with it."""

    values: dict[str, t.Any]
    warnings: tuple[str, ...]
    secrets: frozenset[str]

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return "error" in self.values


def api_secret(
    params: t.Mapping[str, t.Any], *, check_mode: bool, diff: bool, sessions: Sessions | None = None
) -> Result:
    """Make one API secret be as the parameters of ``mysafe_api_secret`` describe it.

    Failures are in the result. With ``sessions`` an open session is gone on with, and left open.
    """
    secrets = Secrets()
    secrets.add(*(params.get(option) for option in ("client_secret", "mysafe_client_secret", "mysafe_access_token")))
    try:
        desired = Desired.from_params(params)
        connection = Connection.from_params(params)
        with Client(connection, secrets, sessions.get(connection) if sessions else None) as client:
            outcome = ensure(ApiSecrets(client), desired, check_mode=check_mode)
    except MySafeError as error:
        return _failure(error, secrets)
    values: dict[str, t.Any] = {
        "changed": outcome.changed,
        "action": outcome.action,
        "api_entity": outcome.api_entity,
    }
    if diff:
        values["diff"] = outcome.diff
    return Result(values, client.warnings + outcome.warnings, secrets.values)


def _failure(error: MySafeError, secrets: Secrets) -> Result:
    details = {key: secrets.hide(value) if isinstance(value, str) else value for key, value in error.details().items()}
    # The kind is ours, and what playbooks branch on.
    values: dict[str, t.Any] = {
        "msg": secrets.hide(str(error)),
        "error": {**details, "kind": error.kind},
        "changed": error.changed,
    }
    if error.api_entity is not None:
        values["api_entity"] = error.api_entity
    return Result(values, (), secrets.values)
