# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What can end a question, the questions, or the whole run."""

from __future__ import annotations


class ProbeError(Exception):
    """The run cannot go on; the text tells the user why, without a secret."""


class Stop(Exception):  # noqa: N818
    """No further question can be asked, but what was found until now counts."""


class Inconclusive(Exception):  # noqa: N818
    """The answer to a question does not show a value; the text says why."""


class Interrupted(Exception):  # noqa: N818
    """The user, or the system, asked the run to end."""

    def __init__(self, number: int) -> None:
        super().__init__("interrupted")
        self.number = number
