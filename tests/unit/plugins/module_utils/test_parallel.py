# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Running many calls at once: in order, bounded, and only until the first failure."""

from __future__ import annotations

import queue
import socket
import threading
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _parallel
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._parallel import CONNECTIONS, Stop, each
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


def test_an_interrupted_caller_leaves_no_thread_of_an_inner_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = threading.Barrier(4 + 1)

    class Queue(queue.SimpleQueue[None]):  # type: ignore[type-arg, unused-ignore]
        def get(self, *_options: object) -> None:
            if threading.current_thread() is threading.main_thread():
                reading.wait(DEADLINE)
                raise KeyboardInterrupt
            super().get()

    def read(_number: int) -> None:
        stop = Stop.of_this_thread()
        assert stop is not None
        here, there = socket.socketpair()
        with here, there:
            stop.may_cut(object(), here)
            reading.wait(DEADLINE)
            here.settimeout(DEADLINE)
            assert here.recv(1) == b""

    monkeypatch.setattr(queue, "SimpleQueue", Queue)
    monkeypatch.setattr(_parallel, "_GRACE", DEADLINE / 2)
    with pytest.raises(KeyboardInterrupt):
        each(lambda _outer: each(read, [1, 2]), [1, 2])
    assert running() == []


def test_after_a_failure_an_inner_one_begins_no_further_call() -> None:
    """The calls that it leaves out are no failure of their own: the one that is raised comes later in the order."""
    begun = threading.Barrier(CONNECTIONS + 1)
    asked: list[int] = []

    def wait(number: int) -> None:
        stop = Stop.of_this_thread()
        assert stop is not None
        asked.append(number)
        begun.wait(DEADLINE)
        stop.wait(DEADLINE)

    def call(number: int) -> list[None]:
        if number == 0:
            return each(wait, range(100))
        begun.wait(DEADLINE)
        raise refused(KINDS[0])

    with pytest.raises(MySafeError, match=KINDS[0].value):
        each(call, [0, 1])
    assert len(asked) == CONNECTIONS


def test_an_inner_one_that_failed_leaves_the_outer_one_alone() -> None:
    def call(number: int) -> str:
        with pytest.raises(MySafeError):
            each(fail, [number, number])
        return each(str, [number, number])[0]

    def fail(_number: int) -> None:
        raise refused()

    assert each(call, range(20)) == [str(number) for number in range(20)]


@pytest.mark.parametrize("end", [Stop.set, Stop.cut], ids=["set", "cut"])
def test_one_that_begins_too_late_stops_at_once(end: t.Callable[[Stop], None]) -> None:
    outer = Stop()
    end(outer)
    seen: list[bool] = []

    def work() -> None:
        outer.obeyed_here()
        seen.append(Stop().is_set())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(DEADLINE)
    assert seen == [True]


# Connections.


def test_a_late_connection_is_cut_at_once() -> None:
    stop = Stop()
    stop.cut()
    here, there = socket.socketpair()
    with here, there:
        stop.may_cut(object(), here)
        assert here.recv(1) == b""
    stop.close()


def test_only_the_last_socket_of_a_connection_is_cut() -> None:
    stop = Stop()
    (old, _old), (new, _new) = socket.socketpair(), socket.socketpair()
    connection = object()
    with old, _old, new, _new:
        stop.may_cut(connection, old)
        stop.may_cut(connection, new)
        stop.cut()
        _old.sendall(b"x")
        assert (old.recv(1), new.recv(1)) == (b"x", b"")
    stop.close()


def test_another_thread_has_no_stop() -> None:
    assert Stop.of_this_thread() is None
