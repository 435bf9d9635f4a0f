# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The entry point of the lookup: from its options and codes to what was fetched for each code."""

from __future__ import annotations

import typing as t

from .._api_secret.endpoints import ApiSecrets
from .._api_secret.reading import Fetched, fetch
from .._errors import MySafeError
from .._http.connection import Connection
from .._mysafe.client import Client
from .result import Params, given

if t.TYPE_CHECKING:
    from .._mysafe.sessions import Sessions


def run(params: Params, codes: t.Sequence[str], sessions: Sessions) -> tuple[list[Fetched], tuple[str, ...]]:
    """Return the result for every code, in their order, and warnings about all of them.

    Raises MySafeError where they cannot be looked up. No text holds a secret; the entities do.
    """
    secrets = given(params)
    try:
        connection = Connection.from_params(params)
        with Client(connection, secrets, sessions.get(connection)) as client:
            fetched = fetch(ApiSecrets(client), codes)
    except MySafeError as error:
        raise MySafeError(error.kind, secrets.hide(str(error))) from None
    return [one._replace(reason=secrets.hide(one.reason)) for one in fetched], client.warnings
