# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A task returns exactly the same in place, as a module and under async: the tasks of equal.yml."""

from __future__ import annotations

import dataclasses
import functools
import re
import shutil
import typing as t
from pathlib import Path

import pytest
import trustme

from .stage import selected_values

if t.TYPE_CHECKING:
    import concurrent.futures

    from .stage import Aside, Both, Controller, Outcome

_VAULT_PASSWORD = "only for these tests"
_PLAY, *_BLOCKS = re.split(
    r"^(?=    - simulator:)", Path(__file__).with_name("equal.yml").read_text(), flags=re.MULTILINE
)
_TASKS = {t.cast("re.Match[str]", re.search(r"^    - name: (.+)$", block, re.MULTILINE))[1]: block for block in _BLOCKS}
# Tasks that are refused before they run anywhere.
_REFUSED = {
    "a choice that looks like a boolean",
    "a dictionary instead of a text",
    "a list instead of a text",
    "a list of dictionaries as one text",
    "a missing sub-option",
    "a secret given as a number",
    "a secret in an option that Ansible refuses",
    "a sub-option of the wrong type",
    "a sub-option whose name is a number",
    "a text instead of a number",
    "an unknown choice",
    "an unknown option",
    "an unknown option, by the short name of the module",
    "an unknown sub-option",
    "booleans instead of texts",
    "dates instead of texts",
    "info by a list of tags",
    "info with an unknown option",
    "list beside an unknown option",
    "list that is missing",
    "list that is no list",
    "list that is refused",
    "list with an unknown choice",
    "list with nothing to keep",
    "null instead of texts",
    "numbers instead of texts",
    "one value instead of a list",
    "two unknown options",
    "values from lookups and filters",
}
# Tasks that run under async as well: those of the list module that are not refused. Some always, the others in full.
_UNDER_ASYNC = ["list that deactivates what is unlisted", "list with items that fail"]
# Ansible drops the warnings of an action plugin when it waits for the end of an async task.
_WITH_WARNINGS_OF_THE_ACTION = {"list with codes and numbers that have no quotes"}
_UNDER_ASYNC_IN_FULL = [
    name
    for name in _TASKS
    if name.startswith("list ")
    and name not in {*_UNDER_ASYNC, *_REFUSED, *_WITH_WARNINGS_OF_THE_ACTION}
    and not name.endswith(("in check mode", "in check mode with a diff"))  # not possible before ansible-core 2.18
]
# Every third task in make test, all in full.
_EACH = [pytest.param(name, marks=[pytest.mark.exhaustive] if number % 3 else []) for number, name in enumerate(_TASKS)]
# What async itself adds to a result.
_OF_ASYNC = {
    *("ansible_job_id", "finished", "results_file", "started"),
    *("stderr", "stderr_lines", "stdout", "stdout_lines"),
}
# The comparison must include all of these to be worth something.
_ACTIONS = {"none", "create", "update", "activate", "deactivate", "activate+update"}
_KINDS = {
    "access_denied",
    "authentication",
    "configuration",
    "connection",
    "invalid_input",
    "items_failed",
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


@pytest.fixture(scope="session", name="started")
def _started(
    request: pytest.FixtureRequest, aside: Aside, ansible_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, concurrent.futures.Future[Both]]:
    """Start to run the tasks of the selected tests both ways, in two halves."""
    password = tmp_path_factory.mktemp("vault") / "password"
    password.write_text(_VAULT_PASSWORD, encoding="utf-8")
    selected = selected_values(request, "task")
    names = [name for name in _TASKS if name in selected] or list(_TASKS)

    def prepare(controller: Controller, half: list[str]) -> dict[str, t.Any]:
        authority = Path(controller.login["SENHASEGURA_CA_PATH"])
        shutil.copy(authority, ansible_home / f"{authority.parent.name}.pem")
        return {
            "text": _PLAY + "".join(_TASKS[name] for name in half),
            "arguments": ["--vault-password-file", str(password), "-e", f"name_of_ca={authority.parent.name}"],
            "beside": {
                "beside-the-playbook.pem": authority.read_text(encoding="utf-8"),
                "another-ca.pem": trustme.CA().cert_pem.bytes().decode(),
            },
        }

    started: dict[str, concurrent.futures.Future[Both]] = {}
    for half in (names[::2], names[1::2]):
        if half:
            started.update(dict.fromkeys(half, aside.start(functools.partial(prepare, half=half))))
    return started


@pytest.fixture(name="both")
def _both(started: dict[str, concurrent.futures.Future[Both]], task: str) -> Both:
    return started[task].result()


@pytest.fixture(name="outcomes")
def _outcomes(started: dict[str, concurrent.futures.Future[Both]]) -> list[Outcome]:
    return [
        outcome
        for both in {id(both): both for both in started.values()}.values()
        for outcome in both.result().in_place.outcomes
    ]


def test_there_are_tasks(started: dict[str, concurrent.futures.Future[Both]]) -> None:
    assert started


@pytest.mark.parametrize("task", _EACH)
def test_result_is_exactly_the_same(both: Both, task: str) -> None:
    assert both.in_place.letters(task) == both.as_module.letters(task)


@pytest.mark.parametrize("task", _EACH)
def test_only_one_run_was_in_place(both: Both, task: str) -> None:
    handed_over = (task in both.in_place.handed_over, task in both.as_module.handed_over)
    assert handed_over == (False, task not in _REFUSED)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(_UNDER_ASYNC, id="some"),
        pytest.param(_UNDER_ASYNC_IN_FULL, id="the others", marks=pytest.mark.exhaustive),
    ],
)
def test_result_of_the_list_module_is_the_same_under_async(
    controller: Controller, tmp_path: Path, names: list[str]
) -> None:
    password = tmp_path / "password"
    password.write_text(_VAULT_PASSWORD, encoding="utf-8")
    play = _PLAY + "".join(_TASKS[name] for name in names)
    under_async = re.sub(r"^(    - name: .+)$", r"\1\n      async: 60\n      poll: 1", play, flags=re.MULTILINE)
    arguments = ["--vault-password-file", str(password)]
    in_place, as_jobs = (controller.play(text=text, arguments=arguments) for text in (play, under_async))
    assert (in_place.handed_over, as_jobs.handed_over) == (set(), set(names))
    for name in names:
        expected = [outcome.text for outcome in in_place.outcomes if outcome.task == name]
        assert [_without_async(outcome) for outcome in as_jobs.outcomes if outcome.task == name] == expected


def _without_async(outcome: Outcome) -> str:
    """Return the exact result of a task, or of all items of a loop, without what async itself adds."""
    result = {key: value for key, value in outcome.result.items() if key not in _OF_ASYNC}
    if "action" not in result and "results" in result:  # that of a whole loop
        result["results"] = [
            {key: value for key, value in item.items() if key not in _OF_ASYNC} for item in result["results"]
        ]
    return dataclasses.replace(outcome, result=result).text


@pytest.mark.exhaustive
def test_every_action_was_compared(outcomes: list[Outcome]) -> None:
    assert {outcome.result["action"] for outcome in outcomes if "action" in outcome.result} >= _ACTIONS


@pytest.mark.exhaustive
def test_failures_of_many_kinds_were_compared(outcomes: list[Outcome]) -> None:
    assert {outcome.result["error"]["kind"] for outcome in outcomes if "error" in outcome.result} >= _KINDS
