# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Sends HTTP requests: one session, TLS as the options say, and repetition of what is safe to repeat."""

from __future__ import annotations

import typing as t

from .._errors import Fate, MySafeError
from . import libraries
from .problems import problem
from .response import Response
from .retry import Tries

if t.TYPE_CHECKING:
    from .connection import Connection

#: Says of an answer what became of the request, and whether the same request may succeed later.
Judge = t.Callable[[Response], "tuple[Fate, bool]"]


class Sent(t.NamedTuple):
    """The response to a request, and the fate of the earlier tries of the same request."""

    response: Response
    earlier: Fate


class Transport:
    """One session. Not bound to one server: the token URL may be on another host than the API."""

    def __init__(self, connection: Connection, judge: Judge) -> None:
        libraries.require()
        self._connection = connection
        self._judge = judge
        self._session = libraries.requests.Session()
        self._session.headers["Accept"] = "application/json"
        # Redirects are not followed, and requests does not even have to understand where they point.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]  # noqa: ARG005
        # Passed with every request: a session's own setting would lose against REQUESTS_CA_BUNDLE.
        self._verify: bool | str = (connection.ca_path or True) if connection.validate_certs else False
        if connection.client_cert:
            # Named as a key too, a file whose key has a passphrase is refused; otherwise OpenSSL would prompt for it.
            self._session.cert = (connection.client_cert, connection.client_key or connection.client_cert)
        if not connection.validate_certs:
            libraries.disable_warnings(libraries.InsecureRequestWarning)

    def send(
        self,
        method: str,
        url: str,
        *,
        doing: str,
        auth: t.Callable[[t.Any], t.Any],
        repeatable: bool = True,
        **content: t.Any,
    ) -> Sent:
        """Send one request and return the response, whatever its status.

        ``doing`` completes the sentence "Could not …". ``content`` is what requests takes: params, json, data.
        Transient failures are repeated ``retries`` times with growing waits: all of them for a ``repeatable`` request,
        otherwise only those after which the request was certainly not carried out.

        Raises MySafeError where there is no response.
        """
        tries = Tries(self._connection.retries)
        earlier = Fate.NOT_SENT
        while True:
            received = None
            outcome: Response | MySafeError
            try:
                received = self._session.request(
                    method,
                    url,
                    auth=auth,
                    verify=self._verify,
                    timeout=self._connection.timeout,
                    allow_redirects=False,
                    **content,
                )
                outcome = Response.of(received)
                fate, transient = self._judge(outcome)
            except (libraries.requests.RequestException, libraries.HTTPError, OSError, ValueError) as exc:
                outcome = problem(exc, url, doing, self._connection)
                fate, transient = outcome.fate, outcome.transient
            if transient and (repeatable or not fate.is_open) and tries.another(received):
                earlier = fate.after(earlier)
                continue
            if isinstance(outcome, MySafeError):
                raise outcome.but(fate=fate.after(earlier))
            return Sent(outcome, earlier)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
