# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every integration target returns exactly the same results in place and as modules.

"make test" compares one target: ansible-test has run them all, and test_equal.py compares tasks one by one.
"""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import pytest

from .stage import selected_values

if t.TYPE_CHECKING:
    import concurrent.futures

    from .stage import Aside, Both, Controller

_FOLDER = Path(__file__).resolve().parents[1] / "integration" / "targets"
# A role that only prepares for others is marked as hidden.
_TARGETS = sorted(
    path.parent.name for path in _FOLDER.glob("*/aliases") if "hidden" not in path.read_text(encoding="utf-8").split()
)
_REPRESENTATIVE = "mysafe_api_secret_create"
# What the targets choose at random is the same in both runs. Variables of the command line win over set_fact.
_CHOSEN = {
    "mysafe_code": "ansible-test-000000000042",
    "mysafe_secret": "Ch0senOnceForBothRunsOfTheTarget",
    "mysafe_other_secret": "An0therOneForBothRunsOfTheTarget",
}


def _length(target: str) -> int:
    return sum(path.stat().st_size for path in (_FOLDER / target).rglob("*.yml"))


each_target = pytest.mark.parametrize(
    "target",
    [pytest.param(name, marks=[] if name == _REPRESENTATIVE else pytest.mark.exhaustive) for name in _TARGETS],
)


@pytest.fixture(scope="session", name="started")
def _started(request: pytest.FixtureRequest, aside: Aside) -> dict[str, concurrent.futures.Future[Both]]:
    """Start both runs of the selected targets, the longest first."""
    selected = selected_values(request, "target")

    def prepare(controller: Controller, target: str) -> dict[str, t.Any]:
        return {
            "arguments": ["-e", json.dumps({**controller.integration_config, **_CHOSEN})],
            "environment": {
                "ANSIBLE_ROLES_PATH": str(_FOLDER),
                **dict.fromkeys(controller.login),
                "SENHASEGURA_RETRIES": None,
            },
            "roles": [target],
            "hosts": {"testhost": {}},
        }

    return {
        target: aside.start(functools.partial(prepare, target=target))
        for target in sorted(_TARGETS, key=_length, reverse=True)
        if target in selected
    }


@pytest.fixture(name="both")
def _both(started: dict[str, concurrent.futures.Future[Both]], target: str) -> Both:
    return started[target].result()


def test_there_are_targets(started: dict[str, concurrent.futures.Future[Both]]) -> None:
    assert started


@each_target
def test_target_passes_in_place(both: Both) -> None:
    both.in_place.succeeded()


@each_target
def test_target_passes_as_module(both: Both) -> None:
    both.as_module.succeeded()


@each_target
def test_results_are_exactly_the_same(both: Both) -> None:
    assert both.in_place.letters() == both.as_module.letters()
