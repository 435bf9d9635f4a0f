# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a question is: which switches it answers, what it needs, and how it finds out."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

if t.TYPE_CHECKING:
    from .bench import Bench


class Need(enum.Enum):
    """What a question needs beyond one access key."""

    OWN_NAME = "the user name of the access key"
    SECOND_KEY = "an access key of another user"
    PARTNER = "a user or a group to share with"
    SHARING = "permission to share, which --no-sharing withholds"
    UNAUTHORIZED_KEY = "an access key without permission"


@dataclasses.dataclass(frozen=True)
class Unknown:
    """A switch whose value was not found out, and why."""

    reason: str


Findings = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Question:
    """One thing to find out."""

    area: str
    title: str
    switches: tuple[str, ...]
    needs: tuple[Need, ...]
    ask: t.Callable[[Bench], Findings]


class Area:
    """The questions about one area, in the order in which they are asked."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.questions: list[Question] = []

    def question(
        self, title: str, *switches: str, needs: tuple[Need, ...] = ()
    ) -> t.Callable[[t.Callable[[Bench], Findings]], t.Callable[[Bench], Findings]]:
        """Add the decorated function to the questions."""

        def add(ask: t.Callable[[Bench], Findings]) -> t.Callable[[Bench], Findings]:
            self.questions.append(Question(self.title, title, switches, needs, ask))
            return ask

        return add
