# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A clock that is turned by hand: whoever waits moves it on, and nothing takes time."""

from __future__ import annotations

import threading
import time
import typing as t

#: Where the clock begins, as a point in time: so that dates can be calculated.
_BEGIN = time.time()


class Clock:
    """Stands in for the module ``time``. ``waits`` are the waits so far, in seconds."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = threading.RLock()
        #: Called when a moment has come, each with that moment: see ``call_at``.
        self._alarms: list[tuple[float, t.Callable[[], None]]] = []
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Return the seconds since some moment."""
        return self._now

    def time(self) -> float:
        """Return the seconds since 1970."""
        return _BEGIN + self._now

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.waits.append(seconds)
        self.advance(seconds)

    def call_at(self, moment: float, alarm: t.Callable[[], None]) -> None:
        """Call something as soon as the clock has reached a moment."""
        self._alarms.append((moment, alarm))

    def advance(self, seconds: float) -> None:
        """Move on, and call what was to be called until then, in its order."""
        with self._lock:
            end = self._now + seconds
            while due := [alarm for alarm in self._alarms if alarm[0] <= end]:
                first = min(due, key=lambda alarm: alarm[0])
                self._alarms.remove(first)
                self._now = max(self._now, first[0])
                first[1]()
            self._now = max(self._now, end)

    def forget(self) -> None:
        """Forget the waits, and what was to be called."""
        self._alarms.clear()
        self.waits.clear()
