# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What the tasks of all plugins have in common: what they were given, and the form that Ansible takes of what came of it."""

from __future__ import annotations

import typing as t

from ._api_secrets import ApiSecrets
from ._client import Client
from ._connection import PATHS, Connection, is_pasted
from ._secrets import Secrets

if t.TYPE_CHECKING:
    from ._errors import MySafeError
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


def given(params: Params) -> Secrets:
    """Start with the secrets that the task itself was given."""
    secrets = Secrets()
    secrets.add(*(params.get(option) for option in ("client_secret", "mysafe_client_secret", "mysafe_access_token")))
    secrets.add(*(params[option] for option in PATHS if is_pasted(params.get(option) or "")))
    return secrets


def with_api(
    params: Params,
    secrets: Secrets,
    sessions: Sessions | None,
    work: t.Callable[[ApiSecrets], tuple[dict[str, t.Any], tuple[str, ...]]],
) -> Result:
    """Return the values and warnings of what works with the API. Raises MySafeError."""
    connection = Connection.from_params(params)
    with Client(connection, secrets, sessions.get(connection) if sessions else None) as client:
        values, warnings = work(ApiSecrets(client))
    return Result(values, client.warnings + warnings, secrets.values)


def failed(error: MySafeError, secrets: Secrets) -> Result:
    """Return the result of a task that failed."""
    values: dict[str, t.Any] = {
        "msg": secrets.hide(str(error)),
        "error": without_secrets(error.details(), secrets),
        "changed": error.changed,
    }
    if error.api_entity is not None:
        values["api_entity"] = error.api_entity
    return Result(values, (), secrets.values)


def without_secrets(details: dict[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """Take the secrets out of every text but the kind, which is ours, and what playbooks branch on."""
    return {
        key: secrets.hide(value) if isinstance(value, str) and key != "kind" else value
        for key, value in details.items()
    }
