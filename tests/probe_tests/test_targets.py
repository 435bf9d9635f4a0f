# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The integration targets pass against a simulator that was started from a profile that the probe found out.

They run as against an appliance: without what only the simulator can do.
"""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from controller.stage import Controller
from probe.meanings import meaning
from simulator.process import Simulator
from simulator.switches import PROFILES, preset

from . import behaviours

if t.TYPE_CHECKING:
    from .prober import Prober

_FOLDER = Path(__file__).resolve().parents[1] / "integration" / "targets"
_TARGETS = sorted(
    path.parent.name for path in _FOLDER.glob("*/aliases") if "hidden" not in path.read_text(encoding="utf-8").split()
)
#: The collection says itself that it cannot use such a vault, or not now.
_UNUSABLE = [("api_paths", "iso"), ("lockdown", "2030-01-01")]
#: What a user notices, on the newest version; and each version.
_NOTICED = [
    (profile, change)
    for profile, change in behaviours.single()
    if profile == "v4" and all(meaning(*item) and item not in _UNUSABLE for item in change.items())
]
_CASES: list[tuple[str, dict[str, t.Any], list[str]]] = [
    *((profile, {}, _TARGETS) for profile in PROFILES),
    *((profile, change, _TARGETS) for profile, change in _NOTICED),
]


def _name(profile: str, switches: dict[str, t.Any]) -> str:
    return "-".join([profile, *(f"{name}={value}" for name, value in switches.items())])


@pytest.mark.parametrize(
    ("profile", "switches", "targets"),
    [
        pytest.param("v3_32", {}, ["mysafe_api_secret_activate"], id="representative"),
        *(pytest.param(*case, id=_name(*case[:2]), marks=pytest.mark.exhaustive) for case in _CASES),
    ],
)
def test_the_targets_pass_under_a_profile_that_was_found(
    prober: Prober,
    controller: Controller,
    ansible_home: Path,
    tmp_path: Path,
    profile: str,
    switches: dict[str, t.Any],
    targets: list[str],
) -> None:
    prober.simulator.reset(profile, **switches)
    assert prober.run().status == 0
    place = tmp_path / "targets"
    place.mkdir()
    with Simulator("v4", "--profile-file", str(tmp_path / "profile.json")) as copy:
        config = {**copy.integration_config, "mysafe_simulator": False, "mysafe_tenant": "main"}
        run = Controller(copy, controller.collections, ansible_home, place).play(
            arguments=["-e", json.dumps(config)],
            environment={
                "ANSIBLE_ROLES_PATH": str(_FOLDER),
                **dict.fromkeys(controller.login),
                "SENHASEGURA_RETRIES": None,
            },
            # A play and a host for each, as ansible-test runs them: what one registers or sets, the others do not have.
            hosts={target: {} for target in targets},
            text=json.dumps([{"hosts": target, "gather_facts": False, "roles": [target]} for target in targets]),
        )
    run.succeeded()


def test_only_a_vault_that_cannot_be_used_is_left_out() -> None:
    assert all(meaning(*item) and getattr(preset("v4"), item[0]) != item[1] for item in _UNUSABLE)
    assert len(_NOTICED) > 10
