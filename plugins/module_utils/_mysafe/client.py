# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""One authenticated conversation with MySafe: joins session, token and the reading of answers."""

from __future__ import annotations

import typing as t

from .._errors import Kind, MySafeError
from .._http.token import Bearer
from .._stop import CONNECTIONS
from .answer import Answer
from .sessions import Session

if t.TYPE_CHECKING:
    from types import TracebackType

    from .._http.connection import Connection
    from .._secrets import Secrets
    from .decryption import DecryptionKey

#: Every path of the API begins with it. Older versions also answer below /iso.
_API = "/api/mysafe"
#: How many repeated requests are not worth a warning.
_FEW = 2


class Client:
    """Calls the API for one item, and remembers the secrets that it sees.

    Without a ``session`` to continue it opens one of its own, and closes it at the end.
    """

    def __init__(self, connection: Connection, secrets: Secrets, session: Session | None = None) -> None:
        self.secrets = secrets
        self.url = connection.url
        self._session = session or Session(connection)
        self._is_own = session is None
        self._session.transport.begin()
        self._repeats_before = len(self._session.transport.repeats)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_own:
            self._session.close()

    @property
    def decryption_key(self) -> DecryptionKey | None:
        """What decrypts the answers; None where the option is not set."""
        return self._session.decryption_key

    @property
    def retries(self) -> int:
        """How often a request that is safe to repeat is repeated now."""
        return self._session.transport.retries

    @property
    def repeats(self) -> tuple[str, ...]:
        """What was said of the requests that had to be repeated for this item."""
        return tuple(map(self.secrets.hide, self._session.transport.repeats[self._repeats_before :]))

    def note_repeat(self, error: MySafeError) -> None:
        """Note that a request is repeated after a failure."""
        self._session.transport.repeats.append(f"{error.message}; it was tried again")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the session."""
        count = len(self.repeats)
        often = f"Requests had to be repeated {count} times; the last time: {self.repeats[-1]}" if count > _FEW else ""
        return (*self._session.token.warnings, *([often] if often else ()))

    def keep(self, connections: int) -> None:
        """Keep so many connections open at once, where that is more than usual."""
        if connections > CONNECTIONS:
            self._session.transport.keep(connections)

    def begin_item(self) -> None:
        """Begin with another API secret: while the vault cannot be reached, its requests are tried once only."""
        self._session.transport.begin()

    def log_in(self) -> None:
        """Get a token now: threads that find none would each ask for one, and fail one after the other."""
        self._token()

    def call(
        self,
        method: str,
        path: str,
        *,
        doing: str,
        repeatable: bool = True,
        params: t.Mapping[str, str] | None = None,
        json: t.Mapping[str, t.Any] | None = None,
    ) -> Answer:
        """Call the API and return its answer, whose body is a JSON object that reports a success.

        ``path`` is below ``/api/mysafe``; ``doing`` completes the sentence "Could not …"; ``repeatable`` is false for
        a request that must not be carried out twice. A rejected token is replaced.

        Raises MySafeError for every failure.
        """

        def send(bearer: str) -> Answer:
            sent = self._session.transport.send(
                method,
                self.url + _API + path,
                doing=doing,
                auth=Bearer(bearer),
                repeatable=repeatable,
                checked=method != "GET",
                params=params,
                json=json,
            )
            return Answer(*sent.response, sent.earlier).without(self.secrets)

        bearer = self._token()
        answer = send(bearer)
        if answer.is_rejected_login:
            answer = self._send_again(send, bearer, answer, doing)
        self._session.was_accepted = True
        answer.require_success(doing)
        return answer

    def _token(self) -> str:
        """Return a token. Raises MySafeError, at once where the login was rejected a moment ago."""
        self._session.require_login()
        try:
            bearer = self._session.token.current()
        except MySafeError as error:
            if error.kind in (Kind.AUTHENTICATION, Kind.NOT_AUTHORIZED):
                self._session.reject(error, self.secrets)
            raise
        self.secrets.add(bearer)
        return bearer

    def _send_again(self, send: t.Callable[[str], Answer], rejected: str, answer: Answer, doing: str) -> Answer:
        """Return the answer with another token than one that was rejected.

        That may come from the token cache and be revoked as well; a token that was just issued has the last word.
        """
        token = self._session.token
        logins = token.logins
        while answer.is_rejected_login and token.is_renewable and token.logins == logins:
            token.replace(rejected)
            earlier = answer.earlier
            try:
                rejected = self._token()
                answer = send(rejected)
            except MySafeError as error:
                raise error.but(fate=error.fate.after(earlier)) from None
            answer = answer._replace(earlier=answer.earlier.after(earlier))
        if answer.is_rejected_login:
            from .failures import explained, given_token_rejected  # hardly any run needs them

            reject = explained if token.is_renewable else given_token_rejected
            if answer.status == 401 or not self._session.was_accepted:
                self._session.reject(reject(answer, "log in"), self.secrets)
            raise reject(answer, doing)
        return answer
