# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Every integration target gives the same results to the letter in place and as modules."""

from __future__ import annotations

import concurrent.futures
import json
import queue
import typing as t
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .stage import Controller, Run

_FOLDER = Path(__file__).resolve().parents[1] / "integration" / "targets"
# What only prepares others is no target: it has no aliases, or says so there.
_TARGETS = sorted(
    path.parent.name for path in _FOLDER.glob("*/aliases") if "hidden" not in path.read_text(encoding="utf-8").split()
)
# What the targets choose by chance is the same in both runs. Variables of the command line win over set_fact.
_CHOSEN = {
    "mysafe_code": "ansible-test-000000000042",
    "mysafe_secret": "Ch0senOnceForBothRunsOfTheTarget",
    "mysafe_other_secret": "An0therOneForBothRunsOfTheTarget",
}


@pytest.fixture(scope="session", name="runs")
def _runs(
    request: pytest.FixtureRequest, two_controllers: list[Controller]
) -> Iterator[dict[str, concurrent.futures.Future[tuple[Run, Run]]]]:
    """Start to run the targets of the selected tests both ways, two side by side."""
    selected = {item.callspec.params.get("target") for item in request.session.items if hasattr(item, "callspec")}
    free: queue.Queue[Controller] = queue.Queue()
    for controller in two_controllers:
        free.put(controller)

    def run(target: str) -> tuple[Run, Run]:
        controller = free.get()
        try:
            variables = {**controller.integration_config, **_CHOSEN}
            return controller.both_ways(
                arguments=["-e", json.dumps(variables)],
                environment={
                    "ANSIBLE_ROLES_PATH": str(_FOLDER),
                    **dict.fromkeys(controller.login),
                    "SENHASEGURA_RETRIES": None,
                },
                roles=[target],
                hosts={"testhost": {}},
            )
        finally:
            free.put(controller)

    with concurrent.futures.ThreadPoolExecutor(len(two_controllers)) as pool:
        yield {target: pool.submit(run, target) for target in _TARGETS if target in selected}


@pytest.fixture(name="both")
def _both(runs: dict[str, concurrent.futures.Future[tuple[Run, Run]]], target: str) -> tuple[Run, Run]:
    return runs[target].result()


@pytest.mark.parametrize("target", _TARGETS)
def test_target_passes_in_place(both: tuple[Run, Run]) -> None:
    both[0].succeeded()


@pytest.mark.parametrize("target", _TARGETS)
def test_target_passes_as_module(both: tuple[Run, Run]) -> None:
    both[1].succeeded()


@pytest.mark.parametrize("target", _TARGETS)
def test_results_are_the_same_to_the_letter(both: tuple[Run, Run]) -> None:
    assert both[0].letters() == both[1].letters()


def test_there_are_targets() -> None:
    assert _TARGETS
