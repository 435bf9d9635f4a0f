# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Faults during lookups: they are retried if that can help and reported otherwise, and nothing is ever written."""

from __future__ import annotations

import email.utils
import time
import typing as t

import pytest

from .support import CHANGED, CODE, DESCRIBED, FAULTS, TIMEOUT, add, calls, vault

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_READS = {"list": "secretapi$", "get": r"secretapi/\d+$", "token": "oauth2/token$"}
_TRANSIENT = ("502", "503", "504", "reset", "close", "truncated")
_LASTING = ("html_200", "empty_200", "truncated_json", "list")
_KINDS = {
    **dict.fromkeys(("502", "503", "504"), "unavailable"),
    **dict.fromkeys(("reset", "close", "truncated"), "connection"),
    **dict.fromkeys(_LASTING, "unexpected_answer"),
}
_each_read = pytest.mark.parametrize("path", _READS.values(), ids=_READS)


def _timeout_of(typical: str) -> pytest.MarkDecorator:
    """Return the parameters of a test that takes a second for each read: all but one are exhaustive."""
    return pytest.mark.parametrize(
        "path",
        [
            pytest.param(path, id=name, marks=() if name == typical else pytest.mark.exhaustive)
            for name, path in _READS.items()
        ],
    )


@_each_read
@pytest.mark.parametrize("name", _TRANSIENT)
def test_a_passing_fault_is_not_noticed(simulator: Simulator, task: Tasks, path: str, name: str) -> None:
    add(simulator)
    simulator.fault(FAULTS[name], path=path, times=3)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "none"


@_each_read
@pytest.mark.parametrize("name", FAULTS)
def test_a_persistent_fault_is_reported(simulator: Simulator, task: Tasks, path: str, name: str) -> None:
    add(simulator)
    simulator.fault(FAULTS[name], path=path, times=1000)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == (_KINDS[name], False)


@_each_read
@pytest.mark.parametrize("name", FAULTS)
def test_without_retries_a_fault_is_reported_at_once(simulator: Simulator, task: Tasks, path: str, name: str) -> None:
    add(simulator)
    simulator.fault(FAULTS[name], path=path)
    assert task(identifier_code=CODE, retries=0, **DESCRIBED).values["error"]["kind"] == _KINDS[name]
    assert simulator.requests()[-1]["fault"]


@_each_read
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_read_writes_nothing(simulator: Simulator, task: Tasks, path: str, name: str) -> None:
    add(simulator)
    before = vault(simulator)
    simulator.fault(FAULTS[name], path=path, times=1000)
    task(identifier_code=CODE, **CHANGED)
    assert vault(simulator) == before


@_timeout_of("get")
def test_a_timeout_is_reported(simulator: Simulator, task: Tasks, path: str) -> None:
    add(simulator)
    simulator.fault(TIMEOUT, path=path, times=1000)
    values = task(identifier_code=CODE, timeout=1, retries=0, **DESCRIBED).values
    assert (values["error"]["kind"], "1 second" in values["msg"]) == ("timeout", True)


@_timeout_of("token")
def test_a_passing_timeout_is_not_noticed(simulator: Simulator, task: Tasks, path: str) -> None:
    add(simulator)
    simulator.fault(TIMEOUT, path=path)
    assert task(identifier_code=CODE, timeout=1, **DESCRIBED).values["action"] == "none"


@pytest.mark.parametrize("retries", [0, 1, 3, 5])
def test_a_read_is_repeated_as_often_as_the_option_says(simulator: Simulator, task: Tasks, retries: int) -> None:
    simulator.fault({"gateway": 502}, path="secretapi", times=1000)
    task(identifier_code=CODE, retries=retries, **DESCRIBED)
    assert calls(simulator) == ["token"] + ["list"] * (retries + 1)


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_read_is_repeated_after_each_transient_status(simulator: Simulator, task: Tasks, status: int) -> None:
    simulator.fault({"gateway": status}, path="secretapi$")
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "list", "create"]


def test_the_waits_between_attempts_grow(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 502}, path="secretapi", times=1000)
    task(identifier_code=CODE, retries=5, **DESCRIBED)
    # The first retry has no wait. Jitter makes each wait between half and all of its nominal length.
    assert [
        bounds[0] <= wait <= bounds[1]
        for bounds, wait in zip(((0.3, 0.6), (0.6, 1.2), (1.2, 2.4), (2.4, 4.8)), task.sleeps)
    ] == [True] * 4


@_each_read
def test_retry_after_is_honoured(simulator: Simulator, task: Tasks, path: str) -> None:
    add(simulator)
    simulator.fault({"gateway": 429, "retry_after": 7}, path=path)
    assert (task(identifier_code=CODE, **DESCRIBED).values["action"], task.sleeps) == ("none", [7])


@_each_read
def test_after_the_last_try_of_a_read_nothing_is_waited_for(simulator: Simulator, task: Tasks, path: str) -> None:
    add(simulator)
    simulator.fault({"gateway": 504, "headers": {"Retry-After": "7"}}, path=path, times=9)
    assert (task(identifier_code=CODE, retries=1, **DESCRIBED).failed, task.sleeps) == (True, [7])


def _limited(simulator: Simulator, status: int = 429, /, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    simulator.fault(
        {"status": status, "body": {"message": "API rate limit exceeded"}, "headers": named},
        path="secretapi",
    )


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_in_seconds_is_honoured(simulator: Simulator, task: Tasks, status: int) -> None:
    _limited(simulator, status, Retry_After="12")
    task(identifier_code=CODE, **DESCRIBED)
    assert task.sleeps == [12]


def test_a_wait_until_a_date_is_honoured(simulator: Simulator, task: Tasks) -> None:
    _limited(simulator, Retry_After=email.utils.formatdate(time.time() + 50, usegmt=True))
    task(identifier_code=CODE, **DESCRIBED)
    assert [0 < wait <= 50 for wait in task.sleeps] == [True]


def test_rate_limit_reset_is_honoured(simulator: Simulator, task: Tasks) -> None:
    _limited(simulator, RateLimit_Reset="9")
    task(identifier_code=CODE, **DESCRIBED)
    assert task.sleeps == [9]


def test_retry_after_comes_before_rate_limit_reset(simulator: Simulator, task: Tasks) -> None:
    _limited(simulator, RateLimit_Reset="9", Retry_After="4")
    task(identifier_code=CODE, **DESCRIBED)
    assert task.sleeps == [4]


def test_a_reset_at_a_point_in_time_is_honoured(simulator: Simulator, task: Tasks) -> None:
    _limited(simulator, X_RateLimit_Reset=str(int(time.time()) + 50))
    task(identifier_code=CODE, **DESCRIBED)
    assert [0 < wait <= 50 for wait in task.sleeps] == [True]


@pytest.mark.parametrize("value", ["soon", "", "-5", "7.5", "²", "Mon, 99 Foo 2030"])
@pytest.mark.parametrize("header", ["Retry_After", "RateLimit_Reset", "X_RateLimit_Reset"])
def test_an_unreadable_wait_is_ignored(simulator: Simulator, task: Tasks, header: str, value: str) -> None:
    _limited(simulator, **{header: value})
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"


def test_a_wait_of_a_minute_is_honoured(simulator: Simulator, task: Tasks) -> None:
    _limited(simulator, Retry_After="60")
    assert (task(identifier_code=CODE, **DESCRIBED).values["action"], task.sleeps) == ("create", [60])


@pytest.mark.parametrize("headers", [{"Retry_After": "3600"}, {"RateLimit_Reset": "61"}, {"Retry_After": "9" * 30}])
def test_too_long_a_wait_is_reported_at_once(simulator: Simulator, task: Tasks, headers: dict[str, str]) -> None:
    _limited(simulator, **headers)
    assert task(identifier_code=CODE, **DESCRIBED).values["error"]["kind"] == "rate_limited"
    assert (task.sleeps, calls(simulator)) == ([], ["token", "list"])


def test_a_create_waits_as_long_as_asked_before_the_vault_is_checked(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 503, "headers": {"Retry-After": "7"}}, method="POST", path="secretapi$")
    task(identifier_code=CODE, **DESCRIBED)
    assert (task.sleeps, calls(simulator)) == ([7], ["token", "list", "create", "list", "create"])


def test_a_create_is_not_sent_again_before_the_wait_that_was_asked_for(simulator: Simulator, task: Tasks) -> None:
    fault = {"gateway": 503, "headers": {"Retry-After": "3600"}}
    simulator.fault(fault, method="POST", path="secretapi$", times=1)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], "3600" in values["msg"]) == ("write_uncertain", True)
    assert (task.sleeps, calls(simulator)) == ([], ["token", "list", "create", "list"])


def test_a_persistent_rate_limit_is_reported(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 429, "retry_after": 1}, path="secretapi", times=1000)
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], error["http_status"], calls(simulator)) == ("rate_limited", 429, ["token"] + ["list"] * 4)


def test_the_rate_limit_of_the_gateway_is_understood(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(rate_limit=2, rate_limit_window="hour")
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("rate_limited", False)


def test_lockdown_is_reported_at_once(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(lockdown="2030-01-01")
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], error["code"], error["http_status"], calls(simulator)) == (
        "lockdown",
        100,
        503,
        ["token", "list"],
    )


def test_the_end_of_lockdown_is_shown(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(lockdown="2030-01-01")
    assert "2030-01-01" in task(identifier_code=CODE, **DESCRIBED).values["msg"]


def test_lockdown_during_a_create_is_reported_at_once(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"lockdown": "2030-01-01"}, path="secretapi$", method="POST", times=1000)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("lockdown", False)
    assert calls(simulator) == ["token", "list", "create"]
