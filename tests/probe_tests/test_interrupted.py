# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Whatever ends a run early, everything that it created is deactivated, or named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from probe.client import Answer, Client
from probe.interrupts import Interrupts

if t.TYPE_CHECKING:
    from .prober import Prober

_TESTS = Path(__file__).resolve().parent.parent
#: How many requests a run with everything configured sends; the last ones are those of the clean-up.
_REQUESTS = 86
#: The first create. Whatever fails later is easier.
_TYPICAL = 17
each_request = pytest.mark.parametrize(
    "number",
    [pytest.param(n, marks=() if n == _TYPICAL else pytest.mark.exhaustive) for n in range(1, _REQUESTS + 1)],
)


def _at(
    monkeypatch: pytest.MonkeyPatch, number: int, before: t.Callable[[], None], after: t.Callable[[], None]
) -> None:
    """Do something just before a request is sent, and just after it was answered."""
    once = Client._once

    def send(self: Client, *arguments: t.Any) -> Answer:
        reached = self.sent + 1 == number
        if reached:
            before()
        answer = once(self, *arguments)
        if reached:
            after()
        return answer

    monkeypatch.setattr(Client, "_once", send)


def _nothing() -> None:
    pass


def _signal(number: int) -> t.Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def test_the_number_of_requests_is_up_to_date(prober: Prober) -> None:
    prober.run()
    assert len(prober.simulator.requests()) == _REQUESTS


@each_request
def test_ctrl_c_ends_the_run_after_the_request_under_way(
    prober: Prober, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    prober.fill()
    _at(monkeypatch, number, _signal(signal.SIGINT), _nothing)
    handler = signal.getsignal(signal.SIGINT)
    outcome = prober.run().is_tidy()
    assert (outcome.status, outcome.report, outcome.profile) == (130, "", {})
    assert signal.getsignal(signal.SIGINT) is handler


@each_request
def test_a_second_ctrl_c_ends_the_run_before_the_answer_is_read(
    prober: Prober, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    prober.fill()
    _at(monkeypatch, number, _signal(signal.SIGINT), _signal(signal.SIGINT))
    outcome = prober.run().is_tidy()
    assert (outcome.status, outcome.report) == (130, "")


@each_request
def test_a_connection_that_is_lost_after_a_request_was_carried_out(prober: Prober, number: int) -> None:
    prober.fill()
    prober.simulator.fault({"reset": True}, when="after", skip=number - 1)
    outcome = prober.run().is_tidy()
    assert "Traceback" not in outcome.output
    if outcome.status:
        assert (outcome.status, outcome.report) == (1, "")


@each_request
def test_an_answer_of_the_gateway_in_place_of_that_of_the_vault(prober: Prober, number: int) -> None:
    prober.fill()
    prober.simulator.fault({"gateway": 502}, when="after", skip=number - 1)
    outcome = prober.run().is_tidy()
    assert outcome.status in (0, 1), outcome.output


def test_sigterm_to_the_process(prober: Prober) -> None:
    prober.fill()
    arguments = prober.write()
    before = prober.simulator.secrets()
    command = [sys.executable, "-u", "-m", "probe", *arguments, "--pause", "0"]
    environment = {**os.environ, "PYTHONPATH": str(_TESTS)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Updates"):
                process.terminate()
                break
        lines += process.stdout.readlines()
    outcome = prober.outcome(process.returncode, "".join(lines), before).is_tidy()
    assert outcome.created() != []
    assert (outcome.status, outcome.report) == (128 + signal.SIGTERM, "")
    assert "API secrets that the probe created are inactive" in outcome.output


def test_what_cannot_be_deactivated_is_named(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interrupts, "wait", lambda *_arguments: None)
    prober.fill()
    prober.simulator.fault({"gateway": 503}, path="inactive", times=1000)
    outcome = prober.run()
    active = [secret for secret in outcome.created() if secret["active"]]
    assert (outcome.status, len(active)) == (3, len(outcome.created()))
    for secret in active:
        assert f"(identifier {secret['identifier']})" in outcome.output
    assert f"{len(active)} of them could not be deactivated" in outcome.report


def test_a_deactivation_that_fails_once_is_repeated(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interrupts, "wait", lambda *_arguments: None)
    prober.simulator.fault({"gateway": 503}, path="inactive/", skip=6)
    assert prober.run().is_tidy().status == 0


def test_an_unforeseen_fault_of_the_probe_itself(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    _at(monkeypatch, 50, _nothing, fail)
    before = prober.simulator.secrets()
    with pytest.raises(RuntimeError, match="a bug"):
        prober.run()
    assert prober.outcome(1, "", before).is_tidy().created() != []
