# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""A task returns the same to the letter in place and as the module: the tasks of equal.yml."""

from __future__ import annotations

import concurrent.futures
import re
import shutil
import typing as t
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    from .stage import Controller, Run

_VAULT_PASSWORD = "only for these tests"
_PLAY, *_BLOCKS = re.split(
    r"^(?=    - simulator:)", Path(__file__).with_name("equal.yml").read_text(), flags=re.MULTILINE
)
_TASKS = {t.cast("re.Match[str]", re.search(r"^    - name: (.+)$", block, re.MULTILINE))[1]: block for block in _BLOCKS}
# What the comparison must have seen for it to be worth something.
_ACTIONS = {"none", "create", "update", "activate", "deactivate", "activate+update"}
_KINDS = {
    "access_denied",
    "authentication",
    "configuration",
    "connection",
    "invalid_input",
    "lockdown",
    "not_found",
    "rate_limited",
    "redirect",
    "server_error",
    "sharing_incomplete",
    "tls",
    "unavailable",
    "unexpected_answer",
    "write_uncertain",
}


class Both(t.NamedTuple):
    """The two runs that had a task in them."""

    in_place: Run
    as_module: Run


@pytest.fixture(scope="session", name="both")
def _both(
    request: pytest.FixtureRequest,
    two_controllers: list[Controller],
    ansible_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Both]:
    """Run the tasks of the selected tests both ways, in two halves side by side."""
    password = tmp_path_factory.mktemp("vault") / "password"
    password.write_text(_VAULT_PASSWORD, encoding="utf-8")
    selected = {item.callspec.params.get("task") for item in request.session.items if hasattr(item, "callspec")}
    names = [name for name in _TASKS if name in selected] or list(_TASKS)

    def run(controller: Controller, half: list[str]) -> Both:
        authority = Path(controller.login["SENHASEGURA_CA_PATH"])
        # Any CA will do where the path is what matters, but for the right one the task gets further.
        shutil.copy(authority, ansible_home / f"{authority.parent.name}.pem")
        return Both(
            *controller.both_ways(
                text=_PLAY + "".join(_TASKS[name] for name in half),
                arguments=["--vault-password-file", str(password), "-e", f"name_of_ca={authority.parent.name}"],
                beside={"beside-the-playbook.pem": authority.read_text(encoding="utf-8")},
            )
        )

    halves = [half for half in (names[::2], names[1::2]) if half]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = list(pool.map(run, two_controllers, halves))
    return {name: both for both, half in zip(runs, halves, strict=True) for name in half}


@pytest.mark.parametrize("task", _TASKS)
def test_result_is_the_same_to_the_letter(both: dict[str, Both], task: str) -> None:
    assert both[task].in_place.letters(task) == both[task].as_module.letters(task)


@pytest.mark.parametrize("task", _TASKS)
def test_one_was_in_place_and_the_other_was_not(both: dict[str, Both], task: str) -> None:
    assert (task in both[task].in_place.handed_over, task in both[task].as_module.handed_over) == (False, True)


def test_every_action_was_compared(both: dict[str, Both]) -> None:
    outcomes = [outcome for runs in both.values() for outcome in runs.in_place.outcomes]
    assert {outcome.result["action"] for outcome in outcomes if "action" in outcome.result} >= _ACTIONS


def test_failures_of_many_kinds_were_compared(both: dict[str, Both]) -> None:
    outcomes = [outcome for runs in both.values() for outcome in runs.in_place.outcomes]
    assert {outcome.result["error"]["kind"] for outcome in outcomes if "error" in outcome.result} >= _KINDS
