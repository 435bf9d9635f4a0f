# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Shows on the display how far a long task has come."""

from __future__ import annotations

import time
import typing as t

from ansible.utils.display import Display

if t.TYPE_CHECKING:
    from ..module_utils._api_secret.ensure_list import Progress

#: How many seconds pass before the first line, and between two lines.
INTERVAL = 5.0


class ProgressLine:
    """Writes a line every few seconds, with numbers only; none at all where the task takes no longer than that."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._display = Display()
        self._next_at = time.monotonic() + INTERVAL

    def __call__(self, progress: Progress) -> None:
        """Show how far it has come, unless that was shown a moment ago."""
        now = time.monotonic()
        if now >= self._next_at and progress.done < progress.total:
            self._next_at = now + INTERVAL
            self._display.display(
                f"{self._name}: {progress.done} of {progress.total} done, {progress.created} created,"
                f" {progress.failed} failed"
            )
