# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The entry point of mysafe_api_secret: from its parameters to its result."""

from __future__ import annotations

import typing as t

from .._api_secret import desired
from .._api_secret.desired import Desired
from .._api_secret.ensure import ensure
from .._http import connection
from .result import Params, Result, failure, run_with_api, shown_diff

if t.TYPE_CHECKING:
    from .._api_secret.endpoints import ApiSecrets
    from .._mysafe.sessions import Sessions


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of the module."""
    return {**connection.argument_spec(), **desired.argument_spec(), **desired.policy_spec()}


#: Returns an option of the module in its type, and any other as it is. Raises MySafeError (``invalid_input``).
normal = desired.normal


def run(params: Params, *, check_mode: bool, diff: bool, sessions: Sessions | None = None) -> Result:
    """Ensure that an API secret matches the parameters. Failures are in the result.

    With ``sessions`` an open session is used and left open.
    """

    def work(api: ApiSecrets, wanted: Desired) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        outcome = ensure(api, wanted, check_mode=check_mode)
        values: dict[str, t.Any] = {"changed": outcome.changed, "api_entity": outcome.api_entity}
        if outcome.error is not None:
            known = values if outcome.api_entity is not None else {"changed": outcome.changed}
            return {**failure(outcome.error, api.client.secrets), **known}, outcome.warnings
        values["action"] = outcome.action
        if outcome.note:
            values["note"] = outcome.note
        if diff:
            values["diff"] = shown_diff(wanted, outcome)
        return values, outcome.warnings

    return run_with_api(params, argument_spec(), sessions, Desired.from_params, work)
