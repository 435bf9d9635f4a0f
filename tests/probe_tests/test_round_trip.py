# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The round trip: whatever the simulator does, the probe's profile says so, and the vault stays as it was."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from probe.client import Client
from simulator.switches import PROFILES, Switches, preset

from . import behaviours
from .tally import TALLY

if t.TYPE_CHECKING:
    from .prober import Outcome, Prober

#: A mixture has nothing of its profile left, so one will do.
_SINGLE = behaviours.single()
_FEW, _MANY = behaviours.mixed(6), behaviours.mixed(24)


@pytest.fixture(autouse=True, name="no_waiting")
def _no_waiting(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expire the tokens instead of waiting until they are."""
    monkeypatch.setattr(Client, "wait_until", lambda *_arguments: prober.simulator.expire_tokens())


def _round_trip(prober: Prober, profile: str, **switches: t.Any) -> Outcome:
    """Run the probe under a behaviour, and compare what it found out."""
    prober.simulator.reset(profile, **switches)
    were = preset(profile)
    were.update(switches)
    prober.fill()
    outcome = prober.run("--wait", "100000")
    assert outcome.status == 0, outcome.output
    outcome.is_tidy()
    expected = {
        name: None if name in behaviours.hidden(were) else value for name, value in dataclasses.asdict(were).items()
    }
    if not were.lockdown:
        TALLY.count(were, outcome.profile, _reasons(outcome.report))
    assert outcome.profile == expected
    return outcome


def _reasons(report: str) -> dict[str, str]:
    """Return why switches were not found out, as the report says it."""
    section = report.partition("## What was not found out")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name.strip("`"): reason for name, reason in rows}


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_recovered(prober: Prober, profile: str) -> None:
    _round_trip(prober, profile)


@pytest.mark.parametrize(
    "mixture",
    [*_FEW, *(pytest.param(mixture, marks=pytest.mark.exhaustive) for mixture in _MANY)],
    ids=range(len(_FEW + _MANY)),
)
def test_mixtures_of_all_switches_are_recovered(prober: Prober, mixture: dict[str, t.Any]) -> None:
    _round_trip(prober, "v4", **mixture)


def test_the_mixtures_have_every_value_and_most_pairs() -> None:
    for name, choices in behaviours.values().items():
        assert name == "lockdown" or {mixture[name] for mixture in _FEW} == set(choices)
    for mixtures, share in ((_FEW, 0.7), (_FEW + _MANY, 0.98)):
        meet, there = behaviours.pairs(mixtures)
        assert meet >= there * share, f"{meet} of {there} pairs"


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("profile", "switches"),
    _SINGLE,
    ids=["-".join([profile, *map(str, *change.items())]) for profile, change in _SINGLE],
)
def test_each_value_of_each_switch_is_recovered(prober: Prober, profile: str, switches: dict[str, t.Any]) -> None:
    _round_trip(prober, profile, **switches)


def test_a_lockdown_is_recovered_and_reported(prober: Prober) -> None:
    outcome = _round_trip(prober, "v4", lockdown="2030-01-01")
    assert "under lockdown" in outcome.report
    assert outcome.created() == []


def test_every_reason_is_a_sentence_of_our_own(prober: Prober) -> None:
    prober.run(config={**prober.config(), "mysafe_access_keys": {"alice": prober.simulator.access_keys["alice"]}})
    reasons = _reasons((prober.folder / "report.md").read_text(encoding="utf-8"))
    assert {name for name, value in prober.outcome(0, "", []).profile.items() if value is None} == set(reasons)
    assert all(len(reason) > 20 for reason in reasons.values()), reasons


def test_every_switch_is_known() -> None:
    assert set(behaviours.values()) == {field.name for field in dataclasses.fields(Switches)}
