# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The retry policy: how often a request is repeated, and after what wait."""

from __future__ import annotations

import threading
import time
import typing as t
from email.utils import formatdate

import pytest
from urllib3 import HTTPResponse

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.retry import (
    LONGEST_WAIT,
    Backoff,
    Tries,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import Stop

NOW = 1_800_000_000.0


@pytest.fixture(name="clock", autouse=True)
def fixture_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeze the time."""
    monkeypatch.setattr(time, "time", lambda: NOW)


def response(status: int = 429, /, **headers: str) -> HTTPResponse:
    """Return a response of urllib3; underscores in header names stand for hyphens."""
    return HTTPResponse(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


# The wait that a server requests.

ASKED: dict[str, tuple[dict[str, str], float | None]] = {
    "not at all": ({}, None),
    "seconds": ({"Retry_After": "7"}, 7),
    "seconds with blanks": ({"Retry_After": " 7 "}, 7),
    "no time": ({"Retry_After": "0"}, 0),
    "a date": ({"Retry_After": formatdate(NOW + 9, usegmt=True)}, 9),
    "a date that is over": ({"Retry_After": formatdate(NOW - 9, usegmt=True)}, 0),
    "seconds left in the window": ({"RateLimit_Reset": "5"}, 5),
    "seconds left, with blanks": ({"RateLimit_Reset": " 5 "}, 5),
    "a point in time": ({"X_RateLimit_Reset": str(int(NOW) + 8)}, 8),
    "a point in time that is over": ({"X_RateLimit_Reset": str(int(NOW) - 8)}, 0),
    "seconds where a point in time is usual": ({"X_RateLimit_Reset": "6"}, 6),
    "a point in time where seconds are usual": ({"RateLimit_Reset": str(int(NOW) + 4)}, 4),
    "both: Retry-After counts": ({"Retry_After": "7", "RateLimit_Reset": "5"}, 7),
    "both resets: RateLimit-Reset counts": ({"RateLimit_Reset": "5", "X_RateLimit_Reset": "6"}, 5),
    "an unreadable reset and a readable one": ({"RateLimit_Reset": "soon", "X_RateLimit_Reset": "6"}, 6),
    "an unreadable reset": ({"RateLimit_Reset": "-5"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), ASKED.values(), ids=ASKED)
def test_the_wait_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert Backoff().get_retry_after(response(**headers)) == seconds


@pytest.mark.parametrize("header", ["Retry_After", "RateLimit_Reset", "X_RateLimit_Reset"])
@pytest.mark.parametrize(
    "value", ["soon", "-1", "1.5", "", "9" * 5000, "²", "Mon, 99 Jan 99999 00:00:00 GMT"], ids=lambda v: v[:9]
)
def test_a_malformed_wait_is_ignored(header: str, value: str, waits: list[float]) -> None:
    assert Tries(1).another(response(**{header: value}))


# How often, and with which waits.


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_request_is_repeated_as_often_as_the_option_says(retries: int, waits: list[float]) -> None:
    tries = Tries(retries)
    assert [tries.another() for _try in range(retries + 2)] == [True] * retries + [False, False]


def test_the_first_repetition_does_not_wait(waits: list[float]) -> None:
    Tries(1).another()
    assert sum(waits) == 0


def test_the_waits_grow_and_have_jitter(waits: list[float]) -> None:
    tries = Tries(4)
    for _try in range(4):
        tries.another()
    assert [0.3 <= waits[0] <= 0.6, 0.6 <= waits[1] <= 1.2, 1.2 <= waits[2] <= 2.4, len(waits)] == [True, True, True, 3]


def test_forks_do_not_retry_in_step(waits: list[float]) -> None:
    for _fork in range(20):
        tries = Tries(2)
        tries.another()
        tries.another()
    assert len(set(waits)) > 1


def test_a_requested_wait_is_honoured(waits: list[float]) -> None:
    assert Tries(1).another(response(Retry_After="7"))
    assert waits == [7]


def test_the_reset_of_the_rate_limit_is_honoured(waits: list[float]) -> None:
    assert Tries(1).another(response(RateLimit_Reset="5"))
    assert waits == [5]


def test_the_longest_wait_is_honoured(waits: list[float]) -> None:
    assert Tries(1).another(response(Retry_After=str(LONGEST_WAIT)))
    assert waits == [LONGEST_WAIT]


@pytest.mark.parametrize("header", ["Retry_After", "RateLimit_Reset", "X_RateLimit_Reset"])
def test_too_long_a_wait_ends_the_retries_at_once(header: str, waits: list[float]) -> None:
    assert not Tries(3).another(response(**{header: str(LONGEST_WAIT + 1)}))
    assert waits == []


def test_without_retries_left_there_is_no_wait(waits: list[float]) -> None:
    assert not Tries(0).another(response(Retry_After="7"))
    assert waits == []


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("header", ["RateLimit_Reset", "X_RateLimit_Reset"])
def test_the_reset_of_a_rate_limit_that_was_not_reached_is_ignored(header: str, status: int) -> None:
    assert Backoff().get_retry_after(response(status, **{header: "1800"})) is None


# A request that is not repeated here, because its caller checks first whether it was applied.


def test_a_requested_wait_is_heeded_without_a_retry(waits: list[float]) -> None:
    Tries(1).heed(response(Retry_After="30"))
    assert waits == [30]


@pytest.mark.parametrize(
    ("retries", "asked"),
    [(0, "30"), (1, str(LONGEST_WAIT + 1)), (1, "0"), (1, "soon")],
    ids=["nothing is repeated", "too long", "no time", "nonsense"],
)
def test_no_other_wait_is_heeded(retries: int, asked: str, waits: list[float]) -> None:
    Tries(retries).heed(response(Retry_After=asked))
    assert waits == []


def test_without_a_response_there_is_nothing_to_heed(waits: list[float]) -> None:
    Tries(1).heed(None)
    assert waits == []


# Threads that are told to stop.


def in_a_thread(stop: Stop, call: t.Callable[[], t.Any]) -> t.Any:
    """Return what a call returns in a thread that obeys the stop."""
    returned: list[t.Any] = []

    def work() -> None:
        stop.obeyed_here()
        returned.append(call())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    return returned[0]


def test_a_thread_that_is_told_to_stop_does_not_try_again() -> None:
    stop = Stop()
    stop.set()
    assert in_a_thread(stop, Tries(3).another) is False


def test_a_thread_that_is_told_to_stop_does_not_finish_its_wait() -> None:
    stop = Stop()
    threading.Timer(0.1, stop.set).start()
    assert in_a_thread(stop, lambda: Tries(3).another(response(Retry_After=str(LONGEST_WAIT)))) is False


def test_a_thread_that_is_not_told_to_stop_tries_again() -> None:
    assert in_a_thread(Stop(), Tries(1).another) is True
