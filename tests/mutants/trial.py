# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tries one mutant: runs the tests that reach it until one fails."""

from __future__ import annotations

import dataclasses
import typing as t

if t.TYPE_CHECKING:
    from .operators import Mutant
    from .pool import Ask
    from .reach import Reach
    from .worker import Answer, Request


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What became of a mutant."""

    mutant: Mutant
    #: The layer with the test that failed; timeout, or empty if it survived.
    by: str
    #: The test that failed, or that did not end.
    test: str
    #: How many tests ran.
    tests: int


def try_mutant(mutant: Mutant, layer: str, reach: Reach, ask: Ask) -> Verdict:
    """Run the tests of a layer that reach a mutant, until one fails or does not end."""
    tried = 0
    for stage in reach.stages(mutant.file, mutant.lines):
        waiting = stage
        while waiting:
            answer = ask(_request(mutant, waiting, reach))
            tried += len(answer["seconds"])
            if answer["outcome"] == "passed":
                break
            test = answer["test"]
            if test not in waiting or layer == "units":
                return Verdict(mutant, _by(answer, layer), test, tried)
            # On a busy machine, a test that talks to a server may fail by itself: it has to fail twice.
            again = ask(_request(mutant, [test], reach))
            if again["outcome"] != "passed":
                return Verdict(mutant, _by(again, layer), test, tried)
            waiting = waiting[waiting.index(test) + 1 :]
    return Verdict(mutant, "", "", tried)


def _by(answer: Answer, layer: str) -> str:
    return "timeout" if answer["outcome"] == "timeout" else layer


def _request(mutant: Mutant, tests: list[str], reach: Reach) -> Request:
    return {
        "file": mutant.file,
        "code": mutant.code,
        "tests": {test: reach.seconds[test] for test in tests},
        "files": list(dict.fromkeys(test.partition("::")[0] for test in tests)),
        "record": False,
    }
