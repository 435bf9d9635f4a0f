# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""An HTTP response as it was received."""

from __future__ import annotations

import typing as t


class Response(t.NamedTuple):
    """One HTTP response. ``text`` is empty where ``body`` holds the parsed JSON."""

    status: int
    headers: t.Mapping[str, str]
    text: str
    body: t.Any

    @classmethod
    def of(cls, received: t.Any) -> Response:
        """Return what a response of the library requests holds."""
        try:
            body = received.json()
        except (ValueError, RecursionError):
            body = None
        # Guessing the encoding of a text takes longer than all the rest, so it is done only where the text is shown.
        return cls(received.status_code, received.headers, "" if body is not None else received.text, body)
