# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The entry point of mysafe_api_secret_info: from its parameters to its result."""

from __future__ import annotations

import typing as t

from .._api_secret import reading
from .._api_secret.fields import SECRET
from .._http import connection
from .result import Params, Result, run_with_api, without_secrets

if t.TYPE_CHECKING:
    from .._api_secret.endpoints import ApiSecrets
    from .._mysafe.sessions import Sessions


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of the module."""
    return {**connection.argument_spec(), **reading.argument_spec()}


#: Returns an option of the module in its type, and any other as it is. Raises MySafeError (``invalid_input``).
normal = reading.normal


def run(params: Params, *, sessions: Sessions | None = None, **_modes: bool) -> Result:
    """Read API secrets as the parameters say. Failures are in the result; check mode and diff make no difference.

    With ``sessions`` an open session is used and left open.
    """

    def work(api: ApiSecrets, query: reading.Query) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        found = reading.read(api, query)
        secrets = api.client.secrets
        if params["reveal"]:
            secrets.forget(*(one.entity[name] for one in found if one.entity is not None for name in SECRET))
        entries = [reading.entry(one, reveal=params["reveal"]) for one in found]
        for entry in entries:
            if entry["error"] is not None:
                entry["error"] = without_secrets(entry["error"], secrets)
        return {"changed": False, "api_secrets": entries}, ()

    return run_with_api(params, argument_spec(), sessions, reading.Query.from_params, work)
