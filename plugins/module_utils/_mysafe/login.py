# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Logging in: the request for an access token (OAuth 2.0 client credentials grant).

Source: the vendor's MySafe first steps page (v3.33, v4) and its A2A authentication pages for the method and the older
path. The parameters go into the form body; the answer is RFC 6749's, without MySafe's envelope.
"""

from __future__ import annotations

import math
import time
import typing as t

from .._http.connection import is_bearer_token
from .._http.token import Token
from .._secrets import Secrets
from .answer import Answer

if t.TYPE_CHECKING:
    from .._errors import MySafeError
    from .._http.connection import Connection
    from .._http.transport import Transport

#: Where the Access Token URL is when the task does not say: v4's path, then that of older versions.
DEFAULT_PATHS = ("/api/oauth2/token", "/iso/oauth2/token")
_DOING = "get an access token"


def log_in(connection: Connection, transport: Transport) -> Token:
    """Get an access token for the access key. Raises MySafeError."""
    urls = [connection.token_url] if connection.token_url else [connection.url + path for path in DEFAULT_PATHS]
    form = {
        "grant_type": "client_credentials",
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
    }
    if connection.tenant:
        form["tenant"] = connection.tenant
    asked_at = time.monotonic()
    for url in urls:
        # No other authorization: requests would look into .netrc.
        sent = transport.send("POST", url, doing=_DOING, auth=lambda request: request, data=form)
        if sent.response.status != 404:
            break
    secrets = Secrets()
    secrets.add(connection.client_secret)
    return _token(Answer(*sent.response).without(secrets), asked_at)


def _token(answer: Answer, asked_at: float) -> Token:
    if answer.status in (400, 401, 403):
        raise _refused(answer)
    answer.require_success(_DOING)
    value = answer.body.get("access_token")
    if value is None and answer.envelope is None and answer.body.get("error"):
        raise _refused(answer)  # an OAuth error that comes with status 200
    if not isinstance(value, str) or not is_bearer_token(value):
        raise answer.lacking(_DOING, "a usable access_token")
    try:
        lifetime = float(answer.body.get("expires_in") or "inf")
    except (TypeError, ValueError, OverflowError):
        lifetime = math.inf
    return Token.lasting(value, math.inf if math.isnan(lifetime) else lifetime, asked_at)


def _refused(answer: Answer) -> MySafeError:
    from .failures import login_refused  # hardly any run needs it, and a module compiles all that it loads

    return login_refused(answer, _DOING)
