# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The request log: each request and its outcome, without bodies or secrets."""

from __future__ import annotations

import dataclasses
import json
import typing as t


@dataclasses.dataclass
class Row:
    """A request to the API."""

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
    """The requests since the log was last cleared, in order of arrival."""

    def __init__(self, file: t.TextIO | None = None) -> None:
        self._rows: list[Row] = []
        self._file = file

    def open(self, method: str, path: str, query: str, connection: int) -> Row:
        """Add a row for a request that has arrived."""
        row = Row(len(self._rows) + 1, method, path, query, connection)
        self._rows.append(row)
        return row

    def close(self, row: Row) -> None:
        """Append the row of a finished request to the log file. Its status is None if no answer was sent."""
        if self._file:
            self._file.write(json.dumps(dataclasses.asdict(row)) + "\n")
            self._file.flush()

    def clear(self) -> None:
        """Remove all rows."""
        self._rows = []

    def content(self) -> dict[str, t.Any]:
        """Return the log in the form of the control route."""
        return {
            "requests": [dataclasses.asdict(row) for row in self._rows],
            "connections": len({row.connection for row in self._rows}),
        }
