# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The entry point of the lookup: from its options and codes to what was fetched for each code."""

from __future__ import annotations

import typing as t

from .._api_secret.endpoints import ApiSecrets
from .._api_secret.reading import Fetched, fetch
from .._errors import MySafeError
from .._http.connection import Connection, argument_spec
from .._mysafe.client import Client
from .given import given

if t.TYPE_CHECKING:
    from .._mysafe.sessions import Sessions
    from .result import Params


class Lookup(t.NamedTuple):
    """The result for every code, in their order, and what is to be told of all of them (``repeats`` at -v)."""

    fetched: list[Fetched]
    warnings: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()


def run(params: Params, codes: t.Sequence[str], sessions: Sessions) -> Lookup:
    """Return the result for every code.

    Raises MySafeError where they cannot be looked up. No text holds a secret; the entities do.
    """
    secrets = given(params, argument_spec())
    try:
        connection = Connection.from_params(params)
        with Client(connection, secrets, sessions.get(connection)) as client:
            api = ApiSecrets(client)
            fetched = fetch(api, codes)
    except MySafeError as error:
        raise MySafeError(error.kind, secrets.hide(str(error))) from None
    hidden = [one._replace(reason=secrets.hide(one.reason)) for one in fetched]
    return Lookup(hidden, client.warnings + api.warnings, client.repeats)
