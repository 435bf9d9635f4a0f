# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""One authenticated conversation with MySafe: joins session, token and the reading of answers."""

from __future__ import annotations

import typing as t

from . import _answers
from ._errors import MySafeError
from ._sessions import Session
from ._token import Bearer

if t.TYPE_CHECKING:
    from types import TracebackType

    from ._connection import Connection
    from ._secrets import Secrets

#: Every path of the API begins with it. Older versions also answer below /iso.
_API = "/api/mysafe"


class Client:
    """Calls the API for one task, and remembers the secrets that it sees.

    Without a ``session`` to go on with it opens one of its own, and closes it at the end.
    """

    def __init__(self, connection: Connection, secrets: Secrets, session: Session | None = None) -> None:
        self.secrets = secrets
        self.url = connection.url
        self.retries = connection.retries
        self._session = session or Session(connection)
        self._is_own = session is None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_own:
            self._session.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the session."""
        return self._session.token.warnings

    def log_in(self) -> None:
        """Get a token now: threads that find none would each ask for one, and fail one after the other."""
        self.secrets.add(self._session.token.current())

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
        token = self._session.token

        def send(bearer: str) -> _answers.Answer:
            self.secrets.add(bearer)
            return self._session.transport.send(
                method,
                self.url + _API + path,
                doing=doing,
                auth=Bearer(bearer),
                repeatable=repeatable,
                params=params,
                json=json,
            ).without(self.secrets)

        used = token.current()
        answer = send(used)
        if answer.is_rejected_login:
            if not token.is_renewable:
                raise token.rejection(answer, doing)
            token.replace(used)
            lost_before = answer.repeated
            try:
                answer = send(token.current())
            except MySafeError as error:
                error.maybe_applied = error.maybe_applied or lost_before
                raise
            answer = answer._replace(repeated=answer.repeated or lost_before)
        _answers.require_success(answer, doing)
        return answer
