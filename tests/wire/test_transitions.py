# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every transition of one API secret: check mode predicts it, a run makes it, a second run changes nothing."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .support import CHANGED, CODE, DESCRIBED, HIDDEN, STORED, STORED_CHANGED, add, holds, vault, with_code

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks


class Transition(t.NamedTuple):
    """The start state (None: missing), the options of the task, the action, and what the vault stores afterwards."""

    start: dict[str, t.Any] | None
    options: dict[str, t.Any]
    action: str
    stored: dict[str, t.Any] | None
    by: str = "identifier_code"
    warns: bool = False
    # The action that check mode predicts, where it differs: it cannot read an inactive secret.
    predicted: str = ""

    @property
    def starts_missing(self) -> bool:
        return self.start is None


_ACTIVE: dict[str, t.Any] = {"active": True}
_INACTIVE: dict[str, t.Any] = {"active": False}
_BY_CODE = {
    "missing_present_creates": Transition(None, DESCRIBED, "create", {**STORED, "active": True}),
    "missing_present_without_update_creates": Transition(
        None, {**DESCRIBED, "update": False}, "create", {**STORED, "active": True}
    ),
    "missing_absent_is_nothing": Transition(None, {**DESCRIBED, "state": "absent"}, "none", None),
    "missing_absent_without_update_is_nothing": Transition(None, {"state": "absent", "update": False}, "none", None),
}
_EITHER = {
    "active_equal_is_nothing": Transition(_ACTIVE, DESCRIBED, "none", {**STORED, "active": True}),
    "active_without_fields_is_nothing": Transition(_ACTIVE, {}, "none", {**STORED, "active": True}),
    "active_different_updates": Transition(_ACTIVE, CHANGED, "update", {**STORED_CHANGED, "active": True}),
    "active_different_without_update_is_nothing": Transition(
        _ACTIVE, {**CHANGED, "update": False}, "none", {**STORED, "active": True}
    ),
    "active_absent_deactivates": Transition(_ACTIVE, {"state": "absent"}, "deactivate", {**STORED, "active": False}),
    "active_absent_ignores_the_fields": Transition(
        _ACTIVE, {**CHANGED, "state": "absent"}, "deactivate", {**STORED, "active": False}
    ),
    "active_absent_without_update_is_nothing": Transition(
        _ACTIVE, {"state": "absent", "update": False}, "none", {**STORED, "active": True}, warns=True
    ),
    "inactive_equal_activates": Transition(_INACTIVE, DESCRIBED, "activate", {**STORED, "active": True}),
    "inactive_without_fields_activates": Transition(_INACTIVE, {}, "activate", {**STORED, "active": True}),
    "inactive_different_activates_and_updates": Transition(
        _INACTIVE, CHANGED, "activate+update", {**STORED_CHANGED, "active": True}, predicted="activate"
    ),
    "inactive_present_without_update_is_nothing": Transition(
        _INACTIVE, {**CHANGED, "update": False}, "none", {**STORED, "active": False}, warns=True
    ),
    "inactive_absent_is_nothing": Transition(_INACTIVE, {"state": "absent"}, "none", {**STORED, "active": False}),
    "inactive_absent_without_update_is_nothing": Transition(
        _INACTIVE, {"state": "absent", "update": False}, "none", {**STORED, "active": False}
    ),
}
_ALL = {
    **_BY_CODE,
    **{f"{name}_by_code": transition for name, transition in _EITHER.items()},
    **{f"{name}_by_identifier": transition._replace(by="identifier") for name, transition in _EITHER.items()},
}
_each = pytest.mark.parametrize("transition", _ALL.values(), ids=_ALL)


def _begin(simulator: Simulator, transition: Transition) -> dict[str, t.Any]:
    """Put the vault into the start state of the transition; return the options of the task."""
    simulator.switch(list_inactive=True)
    identifier = None if transition.start is None else add(simulator, **transition.start)
    simulator.clear_log()
    address = {"identifier": identifier} if transition.by == "identifier" else {"identifier_code": CODE}
    return {**address, **transition.options}


@_each
def test_check_mode_writes_nothing(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    before = vault(simulator)
    task(check_mode=True, **options)
    assert (vault(simulator), simulator.writes()) == (before, [])


@_each
def test_check_mode_predicts_the_action(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    predicted = task(check_mode=True, **options).values
    assert (predicted["action"], predicted["changed"]) == (
        transition.predicted or transition.action,
        transition.action != "none",
    )


@_each
def test_a_run_takes_the_action(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    done = task(**options).values
    assert (done["action"], done["changed"]) == (transition.action, transition.action != "none")


@_each
def test_afterwards_the_vault_matches_the_task(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    task(**options)
    found = with_code(simulator)
    if transition.stored is None:
        assert found == []
    else:
        assert [holds(secret, transition.stored) for secret in found] == [True]


@_each
def test_the_second_run_changes_nothing(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    task(**options)
    before = vault(simulator)
    simulator.clear_log()
    second = task(**options).values
    assert (second["changed"], second["action"], simulator.writes(), vault(simulator)) == (False, "none", [], before)


def _sides(values: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return the diff without its headers."""
    return {side: values["diff"][side] for side in ("before", "after")}


@_each
def test_check_mode_afterwards_predicts_no_change(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    task(**options)
    predicted = task(check_mode=True, **options).values
    assert (predicted["changed"], predicted["action"], _sides(predicted)) == (
        False,
        "none",
        {"before": {}, "after": {}},
    )


@_each
def test_check_mode_predicts_the_entity(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    predicted = task(check_mode=True, **options).values["api_entity"]
    done = task(**options).values["api_entity"]
    if predicted is None or done is None:
        assert predicted is done
        return
    # The identifier of a new secret is unknown, and so are the fields of an inactive one that the task does not give.
    unknown = {"identifier"} if transition.starts_missing else set()
    unknown |= {field for field, value in predicted.items() if value is None}
    assert {**predicted, **{field: done[field] for field in unknown}} == done


@_each
def test_only_unknown_fields_are_missing_from_the_prediction(
    simulator: Simulator, task: Tasks, transition: Transition
) -> None:
    options = _begin(simulator, transition)
    predicted = task(check_mode=True, **options).values["api_entity"] or {}
    unknown = {field for field, value in predicted.items() if value is None}
    assert transition.start == _INACTIVE or not unknown


@_each
def test_check_mode_and_the_run_show_the_same_diff(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    predicted = _sides(task(check_mode=True, **options).values)
    done = _sides(task(**options).values)
    if transition.predicted:  # of an inactive secret, check mode can predict only the activation
        done = {side: {"active": shown["active"]} for side, shown in done.items()}
    assert predicted == done


@_each
def test_it_warns_only_if_something_is_left_undone(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    assert bool(task(**options).warnings) is transition.warns


@_each
def test_without_diff_mode_there_is_no_diff(simulator: Simulator, task: Tasks, transition: Transition) -> None:
    options = _begin(simulator, transition)
    assert "diff" not in task(diff=False, **options).values


@pytest.mark.parametrize(
    "options", [DESCRIBED, {"state": "absent"}, {"update": False}], ids=["present", "absent", "no_update"]
)
def test_an_identifier_that_does_not_exist_is_never_created(
    simulator: Simulator, task: Tasks, options: dict[str, t.Any]
) -> None:
    before = vault(simulator)
    result = task(identifier="4711", **options).values
    assert (result["error"]["kind"], result["changed"], vault(simulator)) == ("not_found", False, before)


def test_the_diff_of_a_create_shows_every_given_field(task: Tasks) -> None:
    diff = task(identifier_code=CODE, **DESCRIBED).values["diff"]
    assert (diff["before"], set(diff["after"])) == ({}, {"identifier_code", *DESCRIBED})


def test_the_diff_of_an_update_shows_only_what_differs(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    values = task(identifier_code=CODE, **{**DESCRIBED, "notes": "Other.", "tags": ["test"]}).values
    assert _sides(values) == {
        "before": {"notes": STORED["notes"], "tags": STORED["tags"]},
        "after": {"notes": "Other.", "tags": "test"},
    }


def test_the_diff_shows_only_that_a_client_secret_changes(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    values = task(identifier_code=CODE, client_secret=CHANGED["client_secret"]).values
    assert _sides(values) == {"before": {"client_secret": HIDDEN}, "after": {"client_secret": f"{HIDDEN} (changed)"}}


def test_the_code_can_be_changed_by_identifier(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier=identifier, identifier_code="billing-api-2")
    assert holds(vault(simulator)[identifier], {**STORED, "identifier_code": "billing-api-2"})


def test_a_secret_is_found_by_its_new_code(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier=identifier, identifier_code="billing-api-2")
    assert task(identifier_code="billing-api-2", **DESCRIBED).values["api_entity"]["identifier"] == identifier


def test_on_create_does_not_update_a_client_secret(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    result = task(
        identifier_code=CODE, **{**DESCRIBED, "client_secret": "another", "update_client_secret": "on_create"}
    )
    assert (result.values["changed"], vault(simulator)[identifier]["client_secret"]) == (False, STORED["client_secret"])


def test_on_create_sets_the_client_secret_of_a_new_secret(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, update_client_secret="on_create", **DESCRIBED)
    assert with_code(simulator)[0]["client_secret"] == STORED["client_secret"]


def test_an_empty_client_secret_clears_it(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    task(identifier_code=CODE, client_secret="")
    assert vault(simulator)[identifier]["client_secret"] == ""


@pytest.mark.parametrize("field", ["name", "url", "client_id"])
def test_a_create_that_lacks_a_field_writes_nothing(simulator: Simulator, task: Tasks, field: str) -> None:
    result = task(identifier_code=CODE, **{name: value for name, value in DESCRIBED.items() if name != field}).values
    assert (result["error"]["kind"], field in result["msg"], simulator.writes()) == ("invalid_input", True, [])


def test_an_unlisted_inactive_secret_is_explained(simulator: Simulator, task: Tasks) -> None:
    add(simulator, active=False)
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert error["kind"] == "duplicate_identifier_code"
    assert "inactive" in error["cause"]
    assert "identifier" in error["solution"]


def test_an_unlisted_inactive_secret_can_be_activated_by_identifier(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator, active=False)
    assert task(identifier=identifier, **DESCRIBED).values["action"] == "activate"


def test_an_unlisted_inactive_secret_counts_as_absent(simulator: Simulator, task: Tasks) -> None:
    add(simulator, active=False)
    assert task(identifier_code=CODE, state="absent").values["changed"] is False


@pytest.mark.parametrize(
    ("start", "options", "header"),
    [
        ({}, {"notes": "Other."}, "API secret 'billing-api' ({identifier})"),
        (None, {}, "API secret 'billing-api'"),
    ],
    ids=["there", "to be created"],
)
def test_the_diff_names_the_secret_in_its_headers(
    simulator: Simulator, task: Tasks, start: dict[str, t.Any] | None, options: dict[str, t.Any], header: str
) -> None:
    identifier = "" if start is None else add(simulator, **start)
    diff = task(identifier_code=CODE, check_mode=True, **{**DESCRIBED, **options}).values["diff"]
    assert [diff["before_header"], diff["after_header"]] == [header.format(identifier=identifier)] * 2


def test_repeated_requests_are_reported_and_many_of_them_are_a_warning(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 503}, path="secretapi", times=3)
    result = task(identifier_code=CODE, **DESCRIBED)
    assert (result.values["action"], len(result.repeats)) == ("create", 3)
    assert ["HTTP 503" in repeat for repeat in result.repeats] == [True] * 3
    assert "Requests had to be repeated 3 times" in str(result.warnings)


def test_few_repeated_requests_are_not_a_warning(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"gateway": 503}, path="secretapi", times=2)
    result = task(identifier_code=CODE, **DESCRIBED)
    assert (len(result.repeats), result.warnings) == (2, ())


def test_repeated_requests_are_not_reported_again_for_the_next_item(simulator: Simulator, task: Tasks) -> None:
    sessions = Sessions()
    simulator.fault({"gateway": 503}, path="secretapi", times=3)
    task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    result = task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    assert (result.repeats, result.warnings) == ((), ())
