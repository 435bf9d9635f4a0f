# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The retry policy: which answers are worth another try, how often, and after which wait.

Texts that state these numbers are compared with them by a unit test.
"""

from __future__ import annotations

import contextlib
import random
import time
import typing as t

from .._stop import Stop
from . import libraries

#: Statuses after which the same request may succeed. 408 and 429 were refused; the others may have been carried out.
RETRIED_STATUSES = frozenset({408, 429, 502, 503, 504})
#: The longest wait, in seconds, that a server may ask for between two tries. If it asks for a longer one, the request
#: is not tried again, and the failure names the wait.
LONGEST_WAIT = 60
#: Waits between tries, in seconds: 0, 0.6, 1.2, 2.4 …, each shortened at random so that forks do not march in step.
BACKOFF_FACTOR = 0.3
#: The most digits of a number of seconds that can be meant seriously.
_DIGITS = 12


class Backoff(libraries.Retry):
    """urllib3's Retry, which also understands the rate limit headers of the gateway.

    Kong's rate limiting names the wait as ``Retry-After`` (seconds or date) and as ``RateLimit-Reset`` (seconds);
    version 2 of the vendor's API says ``X-RateLimit-Reset`` (a point in time, in seconds since 1970).
    """

    def get_retry_after(self, response: t.Any) -> float | None:
        """Return the seconds that the server asks to wait, None where it does not ask."""
        return self._asked(response.status, response.headers)

    def asks_too_much(self, status: int, headers: t.Mapping[str, str]) -> bool:
        """Whether the server asks for a wait over ``LONGEST_WAIT``, so that the request is not worth another try."""
        return (self._asked(status, headers) or 0) > LONGEST_WAIT

    def _asked(self, status: int, headers: t.Mapping[str, str]) -> float | None:
        after = headers.get("Retry-After")
        if after is not None:
            with contextlib.suppress(libraries.InvalidHeader, ValueError, OverflowError):
                return self.parse_retry_after(after)
        if status != 429:
            return None  # Kong puts these headers on every answer
        for header in ("RateLimit-Reset", "X-RateLimit-Reset"):
            value = str(headers.get(header, "")).strip()
            if value.isascii() and value.isdigit() and len(value) <= _DIGITS:
                seconds = int(value)
                return max(0.0, seconds - time.time()) if seconds > time.time() / 2 else float(seconds)
        return None

    def get_backoff_time(self) -> float:
        """Return the seconds to wait where the server does not say how long."""
        return super().get_backoff_time() * random.uniform(0.5, 1.0)  # noqa: S311 - it only spreads the waits

    def sleep(self, response: t.Any = None) -> None:
        """Wait before another try; a thread that is told to stop does not wait to the end."""
        stop = Stop.of_this_thread()
        if stop is None:
            super().sleep(response)
        else:
            asked = None if response is None else self.get_retry_after(response)
            stop.wait(asked or self.get_backoff_time())


class Tries:
    """Counts how often a request is repeated, and waits before each repetition."""

    def __init__(self, retries: int) -> None:
        self._is_patient = retries > 0
        self._backoff = Backoff(total=retries, backoff_factor=BACKOFF_FACTOR)

    def another(self, response: t.Any = None) -> bool:
        """Wait, as long as the response asks for where there is one, and return True.

        Return False at once where the tries are used up, the server asks for too long a wait, or the thread is told to
        stop.
        """
        stop = Stop.of_this_thread()
        if stop is not None and stop.is_set():
            return False
        if response is not None and self._backoff.asks_too_much(response.status, response.headers):
            return False
        try:
            self._backoff = self._backoff.increment(response=response)
        except libraries.MaxRetryError:
            return False
        self._backoff.sleep(response)
        return stop is None or not stop.is_set()

    def asked_wait(self, response: t.Any) -> float:
        """Return the seconds that a response asks to wait, 0 where it asks for none or for too long a wait."""
        if self._backoff.asks_too_much(response.status, response.headers):
            return 0.0
        return self._backoff.get_retry_after(response) or 0.0

    def heed(self, response: t.Any) -> None:
        """Wait as long as a response asks for, after a request that is not repeated here, or no more.

        The caller checks what became of it, and may send it again: the server asked for a wait before either.
        """
        if response is None or not self._is_patient:
            return
        if self.asked_wait(response):
            self._backoff.sleep(response)
