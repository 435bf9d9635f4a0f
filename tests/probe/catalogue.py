# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""All questions in the order in which they are asked, and the switches that no question can answer."""

from __future__ import annotations

import typing as t

from . import (
    about_answers,
    about_codes,
    about_encryption,
    about_gateway,
    about_limits,
    about_lists,
    about_sharing,
    about_status,
    about_tokens,
    about_updates,
)

if t.TYPE_CHECKING:
    from .question import Question

_ACTIVE = (
    about_gateway.AREA,
    about_tokens.AREA,
    about_answers.AREA,
    about_lists.AREA,
    about_codes.AREA,
    about_updates.AREA,
    about_encryption.AREA,
    about_sharing.AREA,
)
#: The first secret is inactive from here on.
_INACTIVE = (
    about_status.AREA,
    about_lists.LATE,
    about_updates.LATE,
    about_codes.LATE,
    about_sharing.LATE,
    about_status.LATE,
)
_LAST = (about_answers.LATE, about_limits.AREA)

#: Asked while the probe's secrets are there.
QUESTIONS: tuple[Question, ...] = tuple(
    question for area in (*_ACTIVE, *_INACTIVE, *_LAST) for question in area.questions
)
#: Asked once everything is deactivated.
AFTERWARDS: tuple[Question, ...] = tuple(about_tokens.LATE.questions)
#: How many secrets the questions create at most, and with which labels their names end.
LABELS = ("First", "Second", "Third", "Fourth", "Again", "Anew", "Encrypted")
MOST_CREATED = 6  # a code that is free again (Again) leaves nothing to ask about inactive ones (Anew)

#: Switches that no question can answer, and why.
NOT_OBSERVABLE = {
    "latency": "it depends on the network and the load, so it is no property of the vault",
    "need_approval": "the API cannot create a secret that needs approval, and the probe reads no other",
}
#: Answered before the first question: under lockdown, none can be asked.
LOCKDOWN = "lockdown"
