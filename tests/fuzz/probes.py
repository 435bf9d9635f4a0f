# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""How many probes there are, from which seed, and what became of them."""

from __future__ import annotations

import contextlib
import os
import random
import secrets as system
import time
import types
import typing as t
from collections import Counter

import hypothesis
import pytest
import urllib3.util.retry

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _stop

#: "make full" sets it.
FULL = bool(os.environ.get("MYSAFE_FULL"))
#: A quick run always probes the same. A full one goes on from there, and prints its seed.
SEED = int(os.environ.get("MYSAFE_FUZZ_SEED") or (system.randbits(32) if FULL else 1))
#: How many times as many probes a full run has.
_FACTOR = 15

#: Test -> outcome -> how many probes had it.
counts: dict[str, Counter[str]] = {}


def probes(quick: int, **strategies: t.Any) -> t.Callable[[t.Any], t.Any]:
    """Let a test run for so many examples, and in a full run for many more. Nothing is stored between runs."""

    def decorated(test: t.Any) -> t.Any:
        settings = hypothesis.settings(
            max_examples=quick * (_FACTOR if FULL else 1),
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            print_blob=True,
        )
        return hypothesis.seed(SEED)(settings(hypothesis.given(**strategies)(test)))

    return decorated


def count(test: str, outcome: str) -> None:
    """Count a probe."""
    counts.setdefault(test, Counter())[outcome] += 1


def summary() -> t.Iterator[str]:
    """Say how many probes there were, and what became of them."""
    yield f"fuzz: {sum(sum(found.values()) for found in counts.values())} probes, MYSAFE_FUZZ_SEED={SEED}"
    for test, found in counts.items():
        yield f"  {test}: {sum(found.values())} ({', '.join(f'{number} {outcome}' for outcome, number in found.most_common())})"


@contextlib.contextmanager
def noted_waits() -> t.Iterator[list[float]]:
    """Note the waits between tries instead of waiting, in whatever thread."""
    waits: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        # As the tests of the wire do it: the server itself must be able to wait.
        clock = types.SimpleNamespace(sleep=waits.append, time=time.time)
        patch.setattr(urllib3.util.retry, "time", clock)
        patch.setattr(_stop, "time", clock)
        patch.setattr(_stop.Stop, "wait", lambda self, seconds: waits.append(seconds))
        random.seed(SEED)
        yield waits
