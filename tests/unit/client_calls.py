# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Calls of the API over the stub server, and the responses that a login gets."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import Client
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned

#: A connection with an access key, and one with an access token.
KEY = Connection(url=URL, client_id="an-id", client_secret="s3cr3t")
GIVEN = Connection(url=URL, access_token="g1v3n")

OK = Canned(200, envelope())
NO_ROUTE = Canned(404, {"message": "no Route matched with those values"})
EXPIRED = Canned(401, {"exp": "token expired"})

GET_TOKEN = "POST /api/oauth2/token"
OLD_GET_TOKEN = "POST /iso/oauth2/token"
CALL = "GET /api/mysafe/secretapi"


def token(value: str = "t0k3n", **body: t.Any) -> Canned:
    """Return the response to a token request."""
    return Canned(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": value, **body})


def call(connection: Connection = KEY, secrets: Secrets | None = None) -> Answer:
    """Call the API once."""
    with Client(connection, secrets or Secrets()) as client:
        return client.call("GET", "/secretapi", doing="do it")


def failure_of(connection: Connection = KEY) -> MySafeError:
    """Return the failure of a call."""
    with pytest.raises(MySafeError) as failure:
        call(connection)
    return failure.value
