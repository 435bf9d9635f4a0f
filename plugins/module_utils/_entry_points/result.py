# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Turns an outcome or a failure into a result for Ansible, with every secret taken out."""

from __future__ import annotations

import typing as t

from .._api_secret.endpoints import ApiSecrets
from .._api_secret.fields import SECRET
from .._errors import MySafeError
from .._http import connection
from .._mysafe.client import Client
from .._secrets import Secrets

if t.TYPE_CHECKING:
    from .._mysafe.sessions import Sessions

Params = t.Mapping[str, t.Any]

#: Options whose values must appear nowhere.
_SECRET_OPTIONS = (*SECRET, *(name for name, spec in connection.argument_spec().items() if spec.get("no_log")))


class Result(t.NamedTuple):
    """What a task returns. ``secrets`` must be taken out of every text that is returned or logged with it.

    ``repeats`` tells of the requests that had to be repeated.
    """

    values: dict[str, t.Any]
    warnings: tuple[str, ...]
    secrets: frozenset[str]
    repeats: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return "error" in self.values


def given(params: Params) -> Secrets:
    """Return the secrets that the task itself was given."""
    secrets = Secrets()
    secrets.add(*(params.get(option) for option in _SECRET_OPTIONS))
    secrets.add(*(params[option] for option in connection.PATHS if connection.is_pasted(params.get(option) or "")))
    return secrets


def with_api(
    params: Params,
    secrets: Secrets,
    sessions: Sessions | None,
    work: t.Callable[[ApiSecrets], tuple[dict[str, t.Any], tuple[str, ...]]],
) -> Result:
    """Return the result of ``work``, which raises MySafeError only if it has written nothing.

    With ``sessions`` an open session is used and left open. Raises MySafeError where there is no connection to work with.
    """
    options = connection.Connection.from_params(params)
    with Client(options, secrets, sessions.get(options) if sessions else None) as client:
        try:
            values, warnings = work(ApiSecrets(client))
        except MySafeError as error:
            values, warnings = _unchanged(error, secrets), ()
    return Result(values, client.warnings + warnings, secrets.values, client.repeats)


def failed(error: MySafeError, secrets: Secrets) -> Result:
    """Return the result of a task that failed before anything was sent."""
    return Result(_unchanged(error, secrets), (), secrets.values)


def _unchanged(error: MySafeError, secrets: Secrets) -> dict[str, t.Any]:
    return {**failure(error, secrets), "changed": False}


def failure(error: MySafeError, secrets: Secrets) -> dict[str, t.Any]:
    """Return how a result tells of a failure."""
    return {"msg": secrets.hide(str(error)), "error": without_secrets(error.details(), secrets)}


def without_secrets(details: dict[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """Take the secrets out of every text but the kind, which is ours, and what playbooks branch on."""
    return {
        key: secrets.hide(value) if isinstance(value, str) and key != "kind" else value
        for key, value in details.items()
    }
