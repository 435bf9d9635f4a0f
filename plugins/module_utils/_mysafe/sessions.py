# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What outlives one task inside a process: the connections and the token for one set of connection options."""

from __future__ import annotations

import functools
import os
import typing as t

from .._http.token import BearerToken
from .._http.transport import Transport
from .answer import judge
from .login import log_in

if t.TYPE_CHECKING:
    from .._http.connection import Connection


class Session:
    """The connections and the token for one set of connection options."""

    def __init__(self, connection: Connection) -> None:
        self.transport = Transport(connection, judge)
        self.token = BearerToken(connection, functools.partial(log_in, connection, self.transport))

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()


class Sessions:
    """Sessions for reuse: by all items of a loop, and by all terms of a lookup.

    Two tasks share a session only where every connection option is equal, the secret included, and never across a
    fork: two processes that write into one TLS connection would garble it.
    """

    def __init__(self) -> None:
        self._by_key: dict[tuple[int, str], Session] = {}

    def get(self, connection: Connection) -> Session:
        """Return the session for these connection options, a new one where there is none yet."""
        key = (os.getpid(), connection.fingerprint)
        if key not in self._by_key:
            self._by_key[key] = Session(connection)
        return self._by_key[key]
