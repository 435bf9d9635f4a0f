# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What outlives one task inside a process: the connections and the token for one set of connection options."""

from __future__ import annotations

import functools
import os
import time
import typing as t

from .._errors import Fate, MySafeError
from .._http.token import BearerToken
from .._http.transport import Transport
from .answer import judge
from .login import log_in

if t.TYPE_CHECKING:
    from .._http.connection import Connection
    from .._secrets import Secrets
    from .decryption import DecryptionKey


#: How many sessions are kept. A loop over more access keys than that opens them anew.
_MOST = 8
#: For how many seconds a rejected login is not tried again.
_REMEMBERED = 60


class Session:
    """The connections and the token for one set of connection options.

    It also knows what the next items of a loop need not try again: a login that was rejected.
    """

    def __init__(self, connection: Connection) -> None:
        self.transport = Transport(connection, judge)
        self.token = BearerToken(connection, functools.partial(log_in, connection, self.transport))
        #: What decrypts the answers to an access key with encryption; None where the option is not set.
        self.decryption_key = _loaded(connection.decryption_key)
        #: Whether the server has accepted a token yet: then a missing route is that of one path only.
        self.was_accepted = False
        self._rejection: MySafeError | None = None
        self._rejected_at = 0.0

    def require_login(self) -> None:
        """Raise the failure of the last login where that was rejected a moment ago."""
        if self._rejection is not None and time.monotonic() < self._rejected_at + _REMEMBERED:
            raise self._rejection.but(
                message=f"{self._rejection.message}; a rejected login is not tried again within {_REMEMBERED} seconds",
                fate=Fate.NOT_SENT,
                transient=False,
            )

    def reject(self, error: MySafeError, secrets: Secrets) -> None:
        """Remember that the access key, or the token that the user gave, was rejected.

        Other items fail with the same text, so it must not name this item's call. The secrets of this item are removed
        here: the server may have quoted them, and the other items do not know them.
        """
        self._rejection = secrets.without(error)
        self._rejected_at = time.monotonic()

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()


def _loaded(path: str) -> DecryptionKey | None:
    if not path:
        return None
    from .decryption import DecryptionKey  # few access keys need it, and it takes long to load

    return DecryptionKey.load(path)


class Sessions:
    """Sessions for reuse: by all items of a loop, and by all terms of a lookup.

    Two tasks share a session only where every connection option is equal, the secret included, and never across a
    fork: two processes that write into one TLS connection would garble it.
    """

    def __init__(self) -> None:
        self._by_key: dict[tuple[int, Connection], Session] = {}

    def get(self, connection: Connection) -> Session:
        """Return the session for these connection options, a new one where there is none yet."""
        key = (os.getpid(), connection)
        session = self._by_key.pop(key, None) or Session(connection)
        self._by_key[key] = session  # the last to be used is the last to be closed
        while len(self._by_key) > _MOST:
            self._by_key.pop(next(iter(self._by_key))).close()
        return session
