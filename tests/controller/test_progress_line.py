# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A long list shows every five seconds how far it has come, and a quick one shows nothing."""

from __future__ import annotations

import types

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.ensure_list import Progress
from ansible_collections.senhasegura.mysafe.plugins.plugin_utils import _progress
from ansible_collections.senhasegura.mysafe.plugins.plugin_utils._progress import ProgressLine


class Clock:
    """A clock that stands still, and a display that notes its lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.lines: list[str] = []
        monkeypatch.setattr(_progress, "time", types.SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(_progress, "Display", lambda: types.SimpleNamespace(display=self.lines.append))
        self.line = ProgressLine("a task")

    def tell(self, second: float, done: int = 1, total: int = 500) -> int:
        """Tell the progress so many seconds after the start, and return how many lines were shown so far."""
        self.now = 1000.0 + second
        self.line(Progress(total, done))
        return len(self.lines)


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a clock on which a task has just begun."""
    return Clock(monkeypatch)


def test_the_interval_is_five_seconds() -> None:
    assert _progress.INTERVAL == 5


def test_nothing_is_shown_in_the_first_five_seconds(clock: Clock) -> None:
    assert [clock.tell(second) for second in (0, 1, 4.9)] == [0, 0, 0]


def test_a_line_is_shown_every_five_seconds(clock: Clock) -> None:
    assert [clock.tell(second) for second in (5, 5.1, 9.9, 10, 14.9, 15.2, 20.1, 20.2)] == [1, 1, 1, 2, 2, 3, 3, 4]


def test_a_long_wait_for_one_answer_is_followed_by_one_line(clock: Clock) -> None:
    assert [clock.tell(second) for second in (60, 60.1, 64.9, 65)] == [1, 1, 1, 2]


def test_the_end_is_not_shown(clock: Clock) -> None:
    assert clock.tell(60, done=500) == 0


def test_the_line_has_the_numbers(clock: Clock) -> None:
    clock.now += 5
    clock.line(Progress(total=500, done=120, created=80, failed=2))
    assert clock.lines == ["a task: 120 of 500 done, 80 created, 2 failed"]
