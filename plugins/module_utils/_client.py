# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""One authenticated conversation with MySafe: joins transport, token and the reading of answers."""

from __future__ import annotations

import typing as t

from . import _answers
from ._http import Transport
from ._token import BearerToken

if t.TYPE_CHECKING:
    from types import TracebackType

    from ._connection import Connection
    from ._secrets import Secrets

#: Every path of the API begins with it. Older versions also answer below /iso.
_API = "/api/mysafe"


class Client:
    """A client for one set of connection options: one session, one token, and the secrets that it has seen."""

    def __init__(self, connection: Connection, secrets: Secrets) -> None:
        self.secrets = secrets
        self.url = connection.url
        self.retries = connection.retries
        self._transport = Transport(connection)
        self._token = BearerToken(connection, self._transport, self.secrets)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        repeatable: bool = True,
        params: t.Mapping[str, str] | None = None,
        json: t.Mapping[str, t.Any] | None = None,
    ) -> _answers.Answer:
        """Call the API and return its answer, whose body is a JSON object that reports a success.

        ``path`` is below ``/api/mysafe``; ``doing`` completes the sentence "Could not …"; ``repeatable`` is false for
        a request that must not be carried out twice. A rejected token is replaced once.

        Raises MySafeError for every failure.
        """

        def send() -> _answers.Answer:
            return self._transport.send(
                method,
                self.url + _API + path,
                doing=doing,
                auth=self._token,
                repeatable=repeatable,
                params=params,
                json=json,
            )

        used = self._token.current()
        answer = send()
        if answer.is_rejected_login:
            if not self._token.is_renewable:
                raise self._token.rejection(answer, doing)
            self._token.replace(used)
            answer = send()
        _answers.require_success(answer, doing)
        return answer
