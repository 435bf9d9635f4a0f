# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Asking for many at once: in order, bounded, and no further than the first failure."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _parallel
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._parallel import CONNECTIONS, each
from ansible_collections.senhasegura.mysafe.tests.unit.builders import refused

DEADLINE = 20.0
KINDS = (Kind.TIMEOUT, Kind.LOCKDOWN)


def test_nothing_gives_nothing() -> None:
    assert each(str, []) == []


@pytest.mark.parametrize("count", [1, 2, 100])
def test_the_answers_come_in_the_order_of_the_items(count: int) -> None:
    assert each(str, range(count)) == [str(number) for number in range(count)]


def test_the_last_may_be_the_first_to_be_done() -> None:
    done = threading.Event()

    def call(number: int) -> int:
        if number:
            done.set()
        else:
            assert done.wait(DEADLINE)
        return number

    assert each(call, [0, 1]) == [0, 1]


def test_as_many_calls_are_under_way_as_there_may_be_and_no_more() -> None:
    # Each call waits for seven others, so fewer at once would never end.
    together = threading.Barrier(CONNECTIONS)
    lock = threading.Lock()
    running: set[int] = set()
    seen: list[int] = []

    def call(number: int) -> None:
        with lock:
            running.add(number)
            seen.append(len(running))
        together.wait(DEADLINE)
        with lock:
            running.remove(number)

    each(call, range(3 * CONNECTIONS))
    assert max(seen) == CONNECTIONS


def test_one_item_needs_no_thread() -> None:
    assert each(lambda _item: threading.current_thread(), [1]) == [threading.current_thread()]


@pytest.mark.parametrize("count", [1, 2])
def test_a_failure_is_raised(count: int) -> None:
    def call(number: int) -> None:
        raise refused(KINDS[number])

    with pytest.raises(MySafeError, match=KINDS[0].value):
        each(call, range(count))


def test_the_first_failure_in_order_is_the_one_that_is_raised() -> None:
    begun, failed = threading.Event(), threading.Event()

    def call(number: int) -> None:
        if number:
            assert begun.wait(DEADLINE)
            failed.set()
        else:
            begun.set()
            assert failed.wait(DEADLINE)
        raise refused(KINDS[number])

    with pytest.raises(MySafeError, match=KINDS[0].value):
        each(call, [0, 1])


def test_after_a_failure_nothing_more_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parallel, "CONNECTIONS", 1)
    asked: list[int] = []

    def call(number: int) -> None:
        asked.append(number)
        if number == 2:
            raise refused()

    with pytest.raises(MySafeError):
        each(call, range(100))
    assert asked == [0, 1, 2]
