# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The tasks of mysafe_api_secret_info and of the lookup: from their parameters to what they return."""

from __future__ import annotations

import typing as t

from ._api_secrets import ApiSecrets
from ._client import Client
from ._connection import Connection
from ._errors import MySafeError
from ._reading import Fetched, Query, fetch, read
from ._task import Params, Result, failed, given, with_api, without_secrets

if t.TYPE_CHECKING:
    from ._sessions import Sessions


def api_secret_info(params: Params, *, sessions: Sessions | None = None, **_modes: bool) -> Result:
    """Read API secrets as the parameters of ``mysafe_api_secret_info`` say. Check mode and diff make no difference."""

    def work(api: ApiSecrets) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        items = read(api, query)
        if params["reveal"]:
            secrets.forget(*(item.entity["client_secret"] for item in items if item.entity is not None))
        entries = [item.entry(reveal=params["reveal"]) for item in items]
        for entry in entries:
            if entry["error"] is not None:
                entry["error"] = without_secrets(entry["error"], secrets)
        return {"changed": False, "api_secrets": entries}, ()

    secrets = given(params)
    try:
        query = Query.from_params(params)
        return with_api(params, secrets, sessions, work)
    except MySafeError as error:
        return failed(error, secrets)


def fetch_each(params: Params, codes: t.Sequence[str], sessions: Sessions) -> tuple[list[Fetched], tuple[str, ...]]:
    """Return for every code, in their order, what became of it, and warnings about all of them.

    Raises MySafeError where they cannot be looked up. No text holds a secret; the entities do.
    """
    secrets = given(params)
    try:
        connection = Connection.from_params(params)
        with Client(connection, secrets, sessions.get(connection)) as client:
            fetched = fetch(ApiSecrets(client), codes)
    except MySafeError as error:
        raise MySafeError(error.kind, secrets.hide(str(error))) from None
    return [item._replace(reason=secrets.hide(item.reason)) for item in fetched], client.warnings
