# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""No wrong type of any option gets a secret into a result or into the output, and each is refused by its name."""

from __future__ import annotations

import json
import typing as t

import pytest

from . import wrong_types
from .stage import MODULE
from .wrong_types import INFO, LIST, MARKS, MISSPELT, Case

if t.TYPE_CHECKING:
    from .stage import Aside, Both, Controller, Run

_EVERY = wrong_types.cases()


class Played(t.NamedTuple):
    """The runs of some cases, in place and as modules."""

    cases: list[Case]
    both: Both

    def results(self, way: str) -> dict[str, dict[str, t.Any]]:
        """Return the results by the names of the tasks."""
        run: Run = getattr(self.both, way)
        return {outcome.task: outcome.result for outcome in run.outcomes}


@pytest.fixture(
    scope="session",
    name="both",
    params=[
        pytest.param(wrong_types.one_of_each(_EVERY), id="one type each"),
        pytest.param(_EVERY, id="every type", marks=pytest.mark.exhaustive),
    ],
)
def _both(request: pytest.FixtureRequest, aside: Aside) -> Played:
    """Run the tasks both ways."""

    def prepare(_controller: Controller) -> dict[str, t.Any]:
        play = {
            "hosts": "all",
            "gather_facts": False,
            "vars_files": ["secrets.json"],
            "tasks": [wrong_types.task(case) for case in request.param],
        }
        beside = {"secrets.json": json.dumps(wrong_types.variables())}
        return {"text": json.dumps([play], indent=1), "arguments": ["-vvv"], "beside": beside}

    return Played(request.param, aside.start(prepare).result())


_each_way = pytest.mark.parametrize("way", ["in_place", "as_module"])


@_each_way
def test_every_wrong_type_is_refused_and_names_the_option(both: Played, way: str) -> None:
    results = both.results(way)
    refused = {
        case.name
        for case in both.cases
        if case.named in results[case.name]["msg"] and "cannot be used" in results[case.name]["msg"]
    }
    told_otherwise = {
        case.name
        for case in both.cases
        if case.option == MISSPELT or (case.option == wrong_types.TERM and not case.within)
    }
    assert {case.name for case in both.cases} - refused - told_otherwise == set()


@_each_way
def test_a_misspelt_option_and_a_wrong_term_are_refused(both: Played, way: str) -> None:
    results = both.results(way)
    expected = {MISSPELT: f"There is no option {MISSPELT}", wrong_types.TERM: "Term 1 is neither a text nor"}
    wrong = [case for case in both.cases if case.option in expected and not case.within]
    assert wrong
    assert [case.name for case in wrong if expected[case.option] not in results[case.name]["msg"]] == []


@_each_way
def test_the_failures_of_modules_have_a_kind(both: Played, way: str) -> None:
    results = both.results(way)
    kinds = {
        results[case.name].get("error", {}).get("kind", case.name) for case in both.cases if case.plugin != "lookup"
    }
    assert kinds == {"invalid_input", "configuration"}


@_each_way
def test_no_secret_is_in_a_result(both: Played, way: str) -> None:
    leaks = [
        f"{name}: {mark}"
        for name, result in both.results(way).items()
        for mark in MARKS
        if mark in json.dumps(result, ensure_ascii=False)
    ]
    assert leaks == []


@_each_way
def test_results_show_the_arguments_that_are_right(both: Played, way: str) -> None:
    """So that the test above searches them."""
    results = both.results(way)
    shown = [
        results[case.name].get("invocation", {}).get("module_args") for case in both.cases if case.plugin == MODULE
    ]
    assert [arguments.get("identifier_code") for arguments in shown if "identifier_code" in arguments]
    assert None not in shown


@_each_way
def test_no_secret_is_in_the_output(both: Played, way: str) -> None:
    run: Run = getattr(both.both, way)
    lines = run.output.splitlines()
    assert [f"{mark}: {line}" for line in lines for mark in MARKS if mark in line] == []


def test_both_ways_say_the_same(both: Played) -> None:
    assert both.both.in_place.letters() == both.both.as_module.letters()


def test_every_option_is_tested() -> None:
    tested = {(case.plugin, case.option) for case in wrong_types.one_of_each(_EVERY)}
    options = {**wrong_types.module_options(), "lookup": wrong_types.lookup_options()}
    assert tested >= {(plugin, option) for plugin, spec in options.items() for option in spec}


def test_every_option_of_an_item_is_tested() -> None:
    tested = {case.option for case in wrong_types.one_of_each(_EVERY) if case.within == "api_secrets"}
    assert tested == {*wrong_types.module_options()[LIST]["api_secrets"]["options"], MISSPELT}


def test_null_is_the_same_as_leaving_the_option_out(controller: Controller) -> None:
    options = wrong_types.module_options()
    code = {"identifier_code": "nulls", "name": "n", "url": "u", "client_id": "c"}
    item = {**dict.fromkeys(options[LIST]["api_secrets"]["options"]), **code}
    run = controller.play(
        {"name": "create", MODULE: {**dict.fromkeys(options[MODULE]), **code}},
        {"name": "ensure", LIST: {**dict.fromkeys(options[LIST]), "api_secrets": [item]}},
        {"name": "read", INFO: {**dict.fromkeys(options[INFO]), "identifier_code": "nulls"}},
        {
            "name": "fetch",
            "ansible.builtin.debug": {
                "msg": "{{ query('%s', 'nulls', %s) }}"  # noqa: UP031 - braces are Jinja's
                % (wrong_types.LOOKUP, ", ".join(f"{name}=none" for name in wrong_types.lookup_options()))
            },
        },
    ).succeeded()
    assert (run["create"]["action"], run["ensure"]["summary"]["unchanged"]) == ("create", 1)
    assert [one["name"] for one in (*run["read"]["api_secrets"], *run["fetch"]["msg"])] == ["n", "n"]
