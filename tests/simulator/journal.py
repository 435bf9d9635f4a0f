# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The request log: what was asked and what came of it; no bodies, no secrets."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, TextIO


@dataclasses.dataclass
class Row:
    """One request of the API."""

    n: int
    method: str
    path: str
    query: str
    connection: int
    status: int | None = None
    access_key: str | None = None
    wrote: bool = False
    fault: str | None = None


class Journal:
    """All requests since the last clearing, in the order in which they arrived."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._rows: list[Row] = []
        self._file = file

    def open(self, method: str, path: str, query: str, connection: int) -> Row:
        """Note a request that has arrived."""
        row = Row(len(self._rows) + 1, method, path, query, connection)
        self._rows.append(row)
        return row

    def close(self, row: Row) -> None:
        """Note that the request is through; its status stays None where no answer was sent."""
        if self._file:
            self._file.write(json.dumps(dataclasses.asdict(row)) + "\n")
            self._file.flush()

    def clear(self) -> None:
        """Forget everything."""
        self._rows = []

    def content(self) -> dict[str, Any]:
        """Return the log as the control route answers it."""
        return {
            "requests": [dataclasses.asdict(row) for row in self._rows],
            "connections": len({row.connection for row in self._rows}),
        }
