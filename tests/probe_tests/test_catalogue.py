# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The table of questions and the table of switches: neither has anything that the other does not know."""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t
from collections import Counter
from pathlib import Path

import probe
import pytest
from probe import catalogue, meanings
from probe.question import Need
from simulator.switches import Switches

from . import behaviours

if t.TYPE_CHECKING:
    from .prober import Prober

_QUESTIONS = (*catalogue.QUESTIONS, *catalogue.AFTERWARDS)
_SWITCHES = {field.name for field in dataclasses.fields(Switches)}


def test_each_switch_is_answered_once_or_named_as_not_observable() -> None:
    answered = Counter(switch for question in _QUESTIONS for switch in question.switches)
    answered.update([*catalogue.NOT_OBSERVABLE, catalogue.LOCKDOWN])
    assert answered == Counter(_SWITCHES)


def test_each_need_is_that_of_a_question() -> None:
    assert {need for question in _QUESTIONS for need in question.needs} == set(Need)


def test_each_question_and_title_is_there_once() -> None:
    assert (
        len({question.title for question in _QUESTIONS})
        == len({question.ask for question in _QUESTIONS})
        == len(_QUESTIONS)
    )


def test_each_meaning_is_that_of_a_value() -> None:
    for name, texts in meanings._MEANINGS.items():
        assert set(texts) <= set(behaviours.values()[name]), name


def test_nothing_of_the_collection_or_of_the_inside_of_the_simulator_is_used() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(probe.__path__[0]).glob("*.py")}
    for name, source in sources.items():
        assert not re.search(r"ansible_collections|plugins|_simulator|module_utils", source), name
        assert set(re.findall(r"from simulator(?:\.\w+)? import \w+", source)) <= {"from simulator import switches"}, (
            name
        )


@pytest.mark.parametrize(
    ("switches", "labels"),
    [
        ({}, ["First", "Second", "Third", "Encrypted", "Fourth"]),
        pytest.param(
            {"enforce_unique": False},
            ["First", "Second", "Again", "Third", "Encrypted", "Fourth"],
            marks=pytest.mark.exhaustive,
        ),
        pytest.param(
            {"duplicate_counts_inactive": False},
            ["First", "Second", "Third", "Encrypted", "Fourth", "Anew"],
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=json.dumps,
)
def test_no_more_secrets_are_created_than_announced(
    prober: Prober, switches: dict[str, t.Any], labels: list[str]
) -> None:
    prober.simulator.switch(**switches)
    outcome = prober.run()
    names = [secret["name"].strip().removesuffix("-renamed").rpartition("-")[2] for secret in outcome.created()]
    assert names == labels
    assert len(names) <= catalogue.MOST_CREATED
    assert set(names) <= set(catalogue.LABELS)
    assert f"at most {catalogue.MOST_CREATED} API secrets" in outcome.output
