# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Ctrl-C and SIGTERM: end the run between two requests, so that the outcome of each request is known."""

from __future__ import annotations

import os
import signal
import time
import typing as t

from .failures import Interrupted

_STEP = 0.1
_STDERR = 2


class Interrupts:
    """Notes a signal until the request under way has ended; a second signal does not wait for that."""

    def __init__(self) -> None:
        self._previous: dict[int, t.Any] = {}
        self._shielded = False
        self.number = 0

    def __enter__(self) -> Interrupts:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def check(self) -> None:
        """Raise if a signal has arrived."""
        if self.number and not self._shielded:
            self._end()

    def shield(self) -> None:
        """Let nothing interrupt from now on: what was created must be deactivated."""
        self._shielded = True

    def expose(self) -> None:
        """Let signals interrupt again."""
        self._shielded = False

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until a signal arrives."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, _STEP))

    def _note(self, number: int, _frame: object) -> None:
        again = bool(self.number)
        self.number = number
        if self._shielded:
            _tell("Still deactivating what was created; this takes a few requests.")
        elif again:
            self._end()
        else:
            _tell("Interrupted: the request under way ends first, then everything created is deactivated.")

    def _end(self) -> t.NoReturn:
        # A further signal must not keep the clean-up from starting.
        self._shielded = True
        raise Interrupted(self.number)


def _tell(text: str) -> None:
    # Not with print, which a signal may interrupt: it refuses to be called within itself.
    os.write(_STDERR, f"{text}\n".encode())
