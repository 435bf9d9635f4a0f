# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What is derived from the journal of a run: changed, action, diff, entity, warnings."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import hidden, unread
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.journal import Journal, Outcome
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Action, Step
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN
from ansible_collections.senhasegura.mysafe.tests.unit.builders import NUMBER, OLD_SECRET, REQUIRED, an_entity, refused

CREATE = Step(Action.CREATE, changes=REQUIRED, entity=an_entity())
UPDATE = Step(Action.UPDATE, an_entity(), {"notes": "New"}, an_entity(notes="New"), warnings=("careful",))
ACTIVATE = Step(Action.ACTIVATE, unread(NUMBER))
DEACTIVATE = Step(Action.DEACTIVATE, an_entity())
NONE = Step(Action.NONE, an_entity(), entity=an_entity())


def written(*steps: Step, changed: bool = True) -> Journal:
    """Return the journal of a run that wrote these steps, each of which changed the vault, or none."""
    journal = Journal()
    for step in steps:
        journal.wrote(step, step.entity, changed=changed)
    return journal


@pytest.mark.parametrize(
    ("steps", "action"),
    [
        ((), "none"),
        ((CREATE,), "create"),
        ((UPDATE,), "update"),
        ((ACTIVATE,), "activate"),
        ((DEACTIVATE,), "deactivate"),
        ((ACTIVATE, UPDATE), "activate+update"),
        ((CREATE, UPDATE), "create"),
        ((CREATE, ACTIVATE, UPDATE), "create"),
        ((ACTIVATE, ACTIVATE), "activate"),
    ],
)
def test_the_action_sums_up_what_was_written(steps: tuple[Step, ...], action: str) -> None:
    assert written(*steps).outcome().action == action


@pytest.mark.parametrize("changed", [True, False])
def test_a_run_changed_what_one_of_its_writes_changed(changed: bool) -> None:
    journal = written(ACTIVATE, changed=False)
    journal.wrote(UPDATE, UPDATE.entity, changed=changed)
    assert (journal.has_written, journal.outcome().changed) == (changed, changed)


def test_a_write_without_effect_is_neither_in_the_action_nor_in_the_diff() -> None:
    outcome = written(ACTIVATE, changed=False).outcome()
    assert (outcome.action, outcome.diff) == ("none", {"before": {}, "after": {}})


def test_a_later_finding_about_a_write_replaces_the_earlier_one() -> None:
    journal = written(UPDATE)
    journal.wrote(UPDATE, an_entity(notes="theirs"), changed=False)
    outcome = journal.outcome()
    assert outcome.api_entity is not None
    assert (outcome.changed, outcome.api_entity["notes"], outcome.warnings) == (False, "theirs", ("careful",))


def test_a_write_that_was_undone_changed_nothing() -> None:
    journal = written(ACTIVATE, DEACTIVATE)
    journal.took_back()
    assert (journal.has_written, journal.outcome().changed, journal.outcome().action) == (False, False, "none")


def test_the_diff_shows_the_first_value_before_and_the_last_one_after() -> None:
    again = Step(Action.UPDATE, an_entity(notes="New"), {"notes": "Newer"})
    diff = written(UPDATE, again).outcome().diff
    assert diff == {"before": {"notes": an_entity()["notes"]}, "after": {"notes": "Newer"}}


def test_the_diff_of_a_create_and_an_update_shows_nothing_before() -> None:
    fix = Step(Action.UPDATE, an_entity(name="theirs"), {"name": "New"})
    diff = written(CREATE, fix).outcome().diff
    assert diff == {"before": {}, "after": {**REQUIRED, "name": "New"}}


def test_the_entity_is_the_last_one_seen() -> None:
    journal = written(UPDATE)
    journal.saw(an_entity(notes="seen"))
    assert journal.outcome().api_entity == hidden(an_entity(notes="seen"))


def test_a_run_without_a_write_ends_with_the_entity_of_its_last_step() -> None:
    journal = Journal()
    journal.ends_with(NONE)
    assert (journal.outcome().changed, journal.outcome().api_entity) == (False, hidden(an_entity()))


def test_check_mode_ends_with_the_step_that_would_be_written() -> None:
    journal = Journal()
    journal.ends_with(UPDATE)
    outcome = journal.outcome()
    assert (outcome.changed, outcome.action, outcome.api_entity) == (True, "update", hidden(UPDATE.entity))


def test_after_a_write_the_last_step_does_not_replace_the_stored_entity() -> None:
    journal = Journal()
    journal.wrote(UPDATE, an_entity(notes="trimmed"), changed=True)
    journal.ends_with(NONE)
    assert journal.outcome().api_entity == hidden(an_entity(notes="trimmed"))


def test_a_warning_is_given_once() -> None:
    journal = written(UPDATE)
    journal.ends_with(NONE)
    assert journal.outcome().warnings == ("careful",)


def test_a_failure_includes_what_was_written() -> None:
    error = refused()
    outcome = written(UPDATE).outcome(error)
    assert (outcome.error, outcome.changed, outcome.api_entity) == (error, True, hidden(UPDATE.entity))


@pytest.mark.parametrize(("secret", "shown"), [(OLD_SECRET, HIDDEN), ("", ""), (None, None)])
def test_the_client_secret_is_hidden_unless_it_is_empty_or_unknown(secret: t.Any, shown: t.Any) -> None:
    journal = Journal()
    journal.saw({**an_entity(), "client_secret": secret})
    outcome = journal.outcome()
    assert outcome.api_entity is not None
    assert outcome.api_entity["client_secret"] == shown


def test_an_outcome_is_immutable() -> None:
    outcome = Outcome(False, "none", None, {})
    with pytest.raises(AttributeError):
        outcome.changed = True  # type: ignore[misc]


# What to remember.


@pytest.mark.parametrize(("action", "is_noted"), [("deactivate", True), ("update", False), ("none", False)])
def test_after_a_deactivation_the_number_is_to_be_kept(action: str, is_noted: bool) -> None:
    outcome = Outcome(changed=True, action=action, api_entity=an_entity(), diff={})
    assert (f"Keep its number {NUMBER}" in outcome.note) is is_noted


def test_a_deactivation_that_failed_has_no_note() -> None:
    assert Outcome(changed=True, action="deactivate", api_entity=an_entity(), diff={}, error=refused()).note == ""
