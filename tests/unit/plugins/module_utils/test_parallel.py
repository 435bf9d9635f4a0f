# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Running many calls at once: in order, bounded, and only until the first failure."""

from __future__ import annotations

import queue
import socket
import threading

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _parallel
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._parallel import completed, each
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import CONNECTIONS, Stop
from ansible_collections.senhasegura.mysafe.tests.unit.builders import refused

DEADLINE = 20.0
KINDS = (Kind.TIMEOUT, Kind.LOCKDOWN)


def test_no_items_give_no_results() -> None:
    assert each(str, []) == []


@pytest.mark.parametrize("count", [1, 2, 100])
def test_the_results_are_in_the_order_of_the_items(count: int) -> None:
    assert each(str, range(count)) == [str(number) for number in range(count)]


def test_the_last_item_can_finish_first() -> None:
    done = threading.Event()

    def call(number: int) -> int:
        if number:
            done.set()
        else:
            assert done.wait(DEADLINE)
        return number

    assert each(call, [0, 1]) == [0, 1]


def test_exactly_as_many_calls_run_as_there_are_connections() -> None:
    # Each call waits for seven others, so with fewer at once the test would never end.
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


def test_the_first_failure_in_order_is_raised() -> None:
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


def test_after_a_failure_no_further_call_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parallel, "CONNECTIONS", 1)
    asked: list[int] = []

    def call(number: int) -> None:
        asked.append(number)
        if number == 2:
            raise refused()

    with pytest.raises(MySafeError):
        each(call, range(100))
    assert asked == [0, 1, 2]


def test_after_a_failure_the_other_threads_stop_too() -> None:
    stop = threading.Event()
    asked: list[int] = []

    def call(number: int) -> None:
        asked.append(number)
        if number == 0:
            stop.set()
            raise refused()
        assert stop.wait(DEADLINE)

    with pytest.raises(MySafeError):
        each(call, range(1000))
    assert len(asked) <= 2 * CONNECTIONS


class Unforeseen(BaseException):
    """An exception other than MySafeError."""


def test_an_unforeseen_exception_is_raised_in_the_caller() -> None:
    def call(_number: int) -> None:
        raise Unforeseen

    with pytest.raises(Unforeseen):
        each(call, range(3))


# An interrupted caller.


@pytest.fixture(name="interrupt")
def fixture_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt the caller as soon as all threads have started, like Ctrl-C."""
    together = threading.Barrier(CONNECTIONS + 1)

    class Queue:
        def get(self) -> None:
            together.wait(DEADLINE)
            raise KeyboardInterrupt

        def put(self, _item: None) -> None:
            pass

    monkeypatch.setattr(queue, "SimpleQueue", Queue)
    monkeypatch.setattr(_parallel, "together", together, raising=False)


def wait_together() -> None:
    """Wait until all threads have started."""
    _parallel.together.wait(DEADLINE)  # type: ignore[attr-defined]


def running() -> list[str]:
    """Return the names of the threads that are still running."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("mysafe-")]


@pytest.mark.usefixtures("interrupt")
def test_an_interrupted_caller_leaves_no_waiting_thread() -> None:
    def call(_number: int) -> None:
        wait_together()
        stop = Stop.of_this_thread()
        assert stop is not None
        stop.wait(DEADLINE)

    with pytest.raises(KeyboardInterrupt):
        each(call, range(100))
    assert running() == []


@pytest.mark.usefixtures("interrupt")
def test_an_interrupted_caller_leaves_no_reading_thread() -> None:
    def call(_number: int) -> None:
        stop = Stop.of_this_thread()
        assert stop is not None
        here, there = socket.socketpair()
        with here, there:
            stop.may_cut(object(), here)
            wait_together()
            assert here.recv(1) == b""

    with pytest.raises(KeyboardInterrupt):
        each(call, range(100))
    assert running() == []


@pytest.mark.usefixtures("interrupt")
def test_an_interrupted_caller_does_not_wait_for_a_call_that_cannot_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parallel, "_GRACE", 0.0)
    ended = threading.Event()

    def call(_number: int) -> None:
        wait_together()
        ended.wait(DEADLINE)

    with pytest.raises(KeyboardInterrupt):
        each(call, range(100))
    left = [thread for thread in threading.enumerate() if thread.name.startswith("mysafe-")]
    assert [thread.daemon for thread in left] == [True] * CONNECTIONS
    ended.set()
    for thread in left:
        thread.join(DEADLINE)


# One inside another.


def test_inside_a_call_of_many_the_calls_are_made_one_by_one() -> None:
    def call(_number: int) -> set[str]:
        return set(each(lambda _inner: threading.current_thread().name, range(20)))

    assert [len(names) for names in each(call, range(3))] == [1, 1, 1]


# As they are completed.


def test_what_is_completed_first_comes_first() -> None:
    first_is_told = threading.Event()

    def call(number: int) -> str:
        assert number or first_is_told.wait(DEADLINE)
        return str(number)

    told = []
    for index, value, failure in completed(call, [0, 1], Stop(), connections=2):
        told.append((index, value, failure))
        first_is_told.set()
    assert told == [(1, "1", None), (0, "0", None)]


def test_a_failure_ends_nothing_by_itself() -> None:
    def call(number: int) -> int:
        if number == 0:
            raise refused(KINDS[0])
        return number

    told = {index: failure or value for index, value, failure in completed(call, range(4), Stop(), connections=1)}
    assert isinstance(told.pop(0), MySafeError)
    assert told == {1: 1, 2: 2, 3: 3}


def test_where_it_does_not_go_on_no_item_is_begun_and_the_others_end() -> None:
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        return number

    told = [
        index for index, _value, _failure in completed(call, range(9), Stop(), connections=1, goes_on=lambda: not begun)
    ]
    assert told == begun == [0]


def test_as_many_connections_are_used_as_wanted() -> None:
    together = threading.Barrier(3)
    used = completed(lambda _item: together.wait(DEADLINE), range(3), Stop(), connections=3)
    assert sorted(index for index, _value, _failure in used) == [0, 1, 2]


def test_a_caller_that_asks_for_no_more_leaves_no_thread() -> None:
    def call(number: int) -> None:
        stop = Stop.of_this_thread()
        assert stop is not None
        if number:
            stop.wait(DEADLINE)

    rest = completed(call, range(100), Stop(), connections=CONNECTIONS)
    assert next(rest)[0] == 0
    rest.close()
    assert running() == []
