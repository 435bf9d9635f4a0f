# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Turns an outcome or a failure into a result for Ansible, with every secret taken out."""

from __future__ import annotations

import typing as t

from .._api_secret.endpoints import ApiSecrets
from .._api_secret.plan import Action
from .._errors import Kind, MySafeError
from .._http.connection import Connection
from .._mysafe.client import Client
from .given import given

if t.TYPE_CHECKING:
    from .._api_secret.desired import Desired
    from .._api_secret.journal import Outcome
    from .._mysafe.sessions import Sessions
    from .._secrets import Secrets
    from .given import Spec

Params = t.Mapping[str, t.Any]
Wanted = t.TypeVar("Wanted")

#: What playbooks branch on, by field. To mask a part of such a word would break them, and give a short secret away.
_WORDS = {
    "kind": frozenset(kind.value for kind in Kind),
    "action": frozenset([*(action.value for action in Action), f"{Action.ACTIVATE.value}+{Action.UPDATE.value}"]),
}


class Result(t.NamedTuple):
    """What a task returns. ``secrets`` must be hidden in everything that is returned or logged with it.

    ``repeats`` tells of the requests that had to be repeated.
    """

    values: dict[str, t.Any]
    warnings: tuple[str, ...]
    secrets: Secrets
    repeats: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return "error" in self.values

    def shown(self, values: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return values with every secret hidden: those of the result, and what is returned with it."""
        return hidden_in(values, self.secrets)


def run_with_api(
    params: Params,
    spec: Spec,
    sessions: Sessions | None,
    parse: t.Callable[[Params], Wanted],
    work: t.Callable[[ApiSecrets, Wanted], tuple[dict[str, t.Any], tuple[str, ...]]],
) -> Result:
    """Return the result of ``work`` with what ``parse`` makes of the parameters. Failures are in the result.

    ``work`` returns the values and the warnings. It raises MySafeError only if it has written nothing. With ``sessions`` an
    open session is used and left open.
    """
    secrets = given(params, spec)
    try:
        wanted = parse(params)
        options = Connection.from_params(params)
        with Client(options, secrets, sessions.get(options) if sessions else None) as client:
            api = ApiSecrets(client)
            try:
                values, warnings = work(api, wanted)
            except MySafeError as error:
                values, warnings = _unchanged(error, secrets), ()
    except MySafeError as error:
        return Result(_unchanged(error, secrets), (), secrets)
    return Result(values, client.warnings + api.warnings + warnings, secrets, client.repeats)


def shown_diff(desired: Desired, outcome: Outcome) -> dict[str, t.Any]:
    """Return the diff of one API secret, whose headers name it."""
    header = desired.header(outcome.api_entity)
    return {"before_header": header, "after_header": header, **outcome.diff}


def _unchanged(error: MySafeError, secrets: Secrets) -> dict[str, t.Any]:
    return {**failure(error, secrets), "changed": False}


def failure(error: MySafeError, secrets: Secrets) -> dict[str, t.Any]:
    """Return how a result tells of a failure."""
    return {"msg": secrets.hide(str(error)), "error": without_secrets(error.details(), secrets)}


def hidden_in(values: dict[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """Return the values of a result with every secret in their texts hidden."""
    hidden: dict[str, t.Any] = secrets.hide_in(values, _WORDS)
    return hidden


def without_secrets(details: dict[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """Take the secrets out of every text but the kind, which is ours, and what playbooks branch on."""
    return {
        key: secrets.hide(value) if isinstance(value, str) and key != "kind" else value
        for key, value in details.items()
    }
