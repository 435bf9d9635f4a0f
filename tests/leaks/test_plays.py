# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""One long play of all that could leak a secret, most of it against a server that repeats what it received."""

from __future__ import annotations

import typing as t

import pytest

from . import answers, reading, writing
from .play import Play
from .vault import Vault

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Stage


# As modules, "make test" runs less of it: tests/controller/test_leaks.py.
@pytest.mark.parametrize(
    ("in_place", "changes", "every_form"),
    [
        pytest.param(True, {}, True, id="in place"),
        pytest.param(
            True,
            {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_DEBUG": "1"},
            True,
            id="in place, YAML, debug",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            False,
            {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_PIPELINING": "1"},
            False,
            id="as a module, JSON",
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            False,
            {"ANSIBLE_STDOUT_CALLBACK": "minimal"},
            True,
            id="as a module, JSON, every form",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_no_secret_is_left_behind(
    simulator: Simulator, stage: Stage, in_place: bool, changes: dict[str, str | None], every_form: bool
) -> None:
    """No part of any secret is in anything that a run writes."""
    vault, play = Vault.of(simulator), Play(every_form)
    writing.ordinary(play, simulator, vault)
    writing.mistaken(play)
    answers.misbehaving(play, simulator, vault)
    answers.unknown(play, simulator, vault)
    answers.repeated_after_reading(play, simulator, vault)
    answers.refusing_login(play, simulator, vault)
    reading.reading(play, simulator, vault)
    writing.many(play, simulator, vault)
    reading.looking_up(play, simulator, vault)

    stage.run(play, dict(vault.items()), in_place=in_place, **changes)

    assert simulator.faults() == []
    stage.must_not_hold(dict(vault.items()))
