# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Ensuring that one API secret matches the task, whatever happens on the way."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.ensure import ensure
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity, hidden
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.journal import Outcome
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CIPHERTEXT,
    CODE,
    NEW_SECRET,
    NUMBER,
    OLD_SECRET,
    REQUIRED,
    an_entity,
    lost,
    refused,
    user,
    wanted,
    wanted_by_number,
)
from ansible_collections.senhasegura.mysafe.tests.unit.fake_vault import (
    FakeVault,
    any_case,
    any_punctuation,
    ending,
)

pytestmark = pytest.mark.usefixtures("waits")

CREATED = "100"  # the identifier that FakeVault gives to the first secret in an empty vault


def lost_for_good() -> MySafeError:
    """Return the failure of a request that may have been applied, and that is not repeated: an unreadable answer."""
    return MySafeError(Kind.UNEXPECTED_ANSWER, "Could not do it: no JSON", http_status=200, fate=Fate.UNKNOWN)


def failed_there() -> MySafeError:
    """Return the failure of a request that failed in MySafe itself: a 500 with its envelope."""
    return MySafeError(Kind.SERVER_ERROR, "Could not do it: 500", http_status=500, fate=Fate.FAILED)


def refused_for_now() -> MySafeError:
    """Return the failure of a request that was not applied, but can be repeated later: a 429."""
    return MySafeError(Kind.RATE_LIMITED, "Could not do it: 429", http_status=429, fate=Fate.REFUSED, transient=True)


class Failed(t.NamedTuple):
    """A task that failed: the failure, and what was written according to the outcome."""

    error: MySafeError
    changed: bool
    api_entity: Entity | None

    @property
    def kind(self) -> str:
        """The kind of the failure."""
        return str(self.error.kind.value)


def failing(vault: FakeVault, desired: t.Any) -> Failed:
    """Run a task that fails."""
    outcome = run_task(vault, desired, fails=True)
    assert outcome.error is not None
    return Failed(outcome.error, outcome.changed, outcome.api_entity)


def run_task(vault: FakeVault, desired: t.Any, *, check_mode: bool = False, fails: bool = False) -> Outcome:
    """Run a task, and check that it succeeds, or that it fails as expected."""
    outcome = ensure(vault, desired, check_mode=check_mode)
    assert (outcome.error is not None) is fails, outcome.error
    return outcome


def holding(**changes: t.Any) -> FakeVault:
    """Return a vault with one active API secret."""
    return FakeVault(an_entity(**changes))


def hiding(**changes: t.Any) -> FakeVault:
    """Return a vault with one inactive API secret."""
    return FakeVault(an_entity(**changes), inactive=[NUMBER])


class Case(t.NamedTuple):
    """A task, the vault before it, the action and the writes."""

    vault: t.Callable[[], FakeVault]
    options: dict[str, t.Any]
    action: str
    writes: list[str]


CASES = {
    "create": Case(FakeVault, {**REQUIRED, "notes": "New", "client_secret": NEW_SECRET}, "create", ["create"]),
    "nothing to create": Case(FakeVault, {"state": "absent"}, "none", []),
    "the same": Case(holding, {"notes": an_entity()["notes"]}, "none", []),
    "update": Case(holding, {"notes": "New", "client_secret": NEW_SECRET}, "update", ["update"]),
    "update is false": Case(holding, {"notes": "New", "update": False}, "none", []),
    "deactivate": Case(holding, {"state": "absent"}, "deactivate", ["deactivate"]),
    "left active": Case(holding, {"state": "absent", "update": False}, "none", []),
    "already inactive": Case(hiding, {"state": "absent"}, "none", []),
    "activate": Case(hiding, {}, "activate", ["activate"]),
    "activate and the same": Case(hiding, {"name": an_entity()["name"]}, "activate", ["activate"]),
    "activate and update": Case(hiding, {"notes": "New"}, "activate+update", ["activate", "update"]),
    "left inactive": Case(hiding, {"update": False}, "none", []),
}
every_case = pytest.mark.parametrize(("vault", "options", "action", "writes"), CASES.values(), ids=CASES)
Make = t.Callable[[], FakeVault]
Options = dict[str, t.Any]


@every_case
def test_a_task_makes_the_expected_writes(vault: Make, options: Options, action: str, writes: list[str]) -> None:
    made = vault()
    outcome = run_task(made, wanted(**options))
    assert (outcome.action, outcome.changed, made.writes) == (action, action != "none", writes)


@every_case
def test_a_task_writes_nothing_the_second_time(vault: Make, options: Options, action: str, writes: list[str]) -> None:
    made = vault()
    run_task(made, wanted(**options))
    again = run_task(made, wanted(**options))
    assert (again.action, again.changed, made.writes, again.diff) == (
        "none",
        False,
        writes,
        {"before": {}, "after": {}},
    )


@every_case
def test_check_mode_writes_nothing(vault: Make, options: Options, action: str, writes: list[str]) -> None:
    made = vault()
    run_task(made, wanted(**options), check_mode=True)
    assert made.writes == []


@every_case
def test_check_mode_predicts_the_action_and_the_diff(
    vault: Make, options: Options, action: str, writes: list[str]
) -> None:
    predicted, done = run_task(vault(), wanted(**options), check_mode=True), run_task(vault(), wanted(**options))
    first = done.action.split("+")[0]  # the fields of an inactive secret are visible only once it is active
    assert (predicted.changed, predicted.action, predicted.warnings) == (done.changed, first, done.warnings)
    assert done.diff["after"].items() >= predicted.diff["after"].items()


@pytest.mark.parametrize("case", ["create", "nothing to create", "the same", "update", "update is false", "deactivate"])
def test_check_mode_predicts_the_entity(case: str) -> None:
    vault, options, _action, _writes = CASES[case]
    predicted, done = run_task(vault(), wanted(**options), check_mode=True), run_task(vault(), wanted(**options))
    new = {"identifier": ""} if case == "create" else {}  # the identifier of a new secret is unknown in advance
    assert predicted.api_entity == (done.api_entity and {**done.api_entity, **new})


@every_case
def test_no_client_secret_is_returned(vault: Make, options: Options, action: str, writes: list[str]) -> None:
    outcome = run_task(vault(), wanted(**options))
    assert (OLD_SECRET in repr(outcome), NEW_SECRET in repr(outcome)) == (False, False)


@pytest.mark.parametrize(
    ("case", "before", "after"),
    [
        ("update", {"notes": an_entity()["notes"], "client_secret": HIDDEN}, {"notes": "New"}),
        ("deactivate", {"active": True}, {"active": False}),
        ("activate", {"active": False}, {"active": True}),
        ("activate and update", {"active": False, "notes": an_entity()["notes"]}, {"active": True, "notes": "New"}),
    ],
)
def test_the_diff_sums_up_what_was_done(case: str, before: Options, after: Options) -> None:
    outcome = run_task(CASES[case].vault(), wanted(**CASES[case].options))
    secret = {"client_secret": f"{HIDDEN} (changed)"} if "client_secret" in before else {}
    assert outcome.diff == {"before": before, "after": {**after, **secret}}


@pytest.mark.parametrize("case", ["left active", "left inactive"])
def test_a_secret_that_is_left_alone_is_a_warning(case: str) -> None:
    assert len(run_task(CASES[case].vault(), wanted(**CASES[case].options)).warnings) == 1


def test_the_entity_after_a_create_is_what_the_vault_stores() -> None:
    vault = FakeVault()
    assert run_task(vault, wanted(**REQUIRED)).api_entity == hidden(vault.held[CREATED])


def test_the_entity_after_an_activation_is_read() -> None:
    assert run_task(hiding(), wanted()).api_entity == hidden(an_entity())


def test_an_update_sends_what_the_plan_says() -> None:
    vault = holding()
    run_task(vault, wanted(notes="New"))
    assert vault.sent == [{**REQUIRED, "notes": "New"}]


def test_the_code_can_be_changed_by_identifier() -> None:
    vault = holding()
    run_task(vault, wanted_by_number(identifier_code="new-code"))
    assert vault.held[NUMBER]["identifier_code"] == "new-code"


def test_an_inactive_one_addressed_by_identifier_can_have_another_code() -> None:
    vault = hiding()
    assert run_task(vault, wanted_by_number(identifier_code="new-code")).action == "activate+update"


# An ambiguous code: nothing is touched.


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_with_the_same_code_are_left_alone(state: str) -> None:
    vault = FakeVault(an_entity(), an_entity(identifier="44"))
    failed = failing(vault, wanted(state=state, notes="New"))
    assert (failed.kind, failed.changed, vault.writes) == ("ambiguous", False, [])


def test_without_update_two_with_the_same_code_are_left_alone_with_a_warning() -> None:
    vault = FakeVault(an_entity(), an_entity(identifier="44"))
    outcome = run_task(vault, wanted(update=False, **REQUIRED))
    assert (outcome.changed, outcome.api_entity, len(outcome.warnings), vault.writes) == (False, None, 1, [])


# Lost answers: a 502, before and after the vault has applied the write.

WRITES = {"create": "create", "update": "update", "activate": "activate", "deactivate": "deactivate"}


@pytest.mark.parametrize("case", WRITES)
def test_an_applied_write_whose_answer_was_lost_is_a_change(case: str) -> None:
    vault = CASES[case].vault()
    vault.fail(case, lost, applied=True)
    outcome = run_task(vault, wanted(**CASES[case].options))
    assert (outcome.changed, outcome.action, vault.writes) == (True, CASES[case].action, CASES[case].writes)


@pytest.mark.parametrize("case", WRITES)
def test_after_a_lost_answer_the_task_returns_what_the_vault_stores(case: str) -> None:
    undisturbed, vault = CASES[case].vault(), CASES[case].vault()
    vault.fail(case, lost, applied=True)
    assert run_task(vault, wanted(**CASES[case].options)) == run_task(undisturbed, wanted(**CASES[case].options))


@pytest.mark.parametrize("case", WRITES)
@pytest.mark.parametrize("failure", [lost, lost_for_good])
def test_a_write_that_is_not_visible_but_may_still_be_applied_is_uncertain(
    case: str, failure: t.Callable[[], MySafeError]
) -> None:
    vault = CASES[case].vault()
    rows, inactive = dict(vault.held), set(vault.inactive)
    vault.fail(case, failure, nth=0)
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.kind, failed.changed) == ("write_uncertain", True)
    assert (failed.error.http_status, failed.error.cause) == (failure().http_status, failure().cause)
    assert (vault.held, vault.inactive) == (rows, inactive)


@pytest.mark.parametrize("case", WRITES)
def test_a_write_that_failed_in_mysafe_and_is_not_visible_changed_nothing(case: str) -> None:
    vault = CASES[case].vault()
    vault.fail(case, failed_there, nth=0)
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.kind, failed.changed, vault.writes) == ("server_error", False, [case])


@pytest.mark.parametrize("case", WRITES)
def test_a_write_that_failed_in_mysafe_but_was_applied_is_a_change(case: str) -> None:
    vault = CASES[case].vault()
    vault.fail(case, failed_there, applied=True)
    outcome = run_task(vault, wanted(**CASES[case].options))
    assert (outcome.changed, outcome.action) == (True, CASES[case].action)


@pytest.mark.parametrize("case", WRITES)
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_if_the_check_fails_too_the_write_is_uncertain(case: str, applied: bool) -> None:
    vault = CASES[case].vault()
    reads = {"create": "identifiers", "update": "read", "activate": "read", "deactivate": "read"}
    vault.fail(case, lost, applied=applied)
    vault.fail(reads[case], lost, nth=2)
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.kind, failed.changed, failed.error.http_status) == ("write_uncertain", True, 502)


@pytest.mark.parametrize("case", WRITES)
def test_a_refused_write_is_a_failure_that_changed_nothing(case: str) -> None:
    vault = CASES[case].vault()
    vault.fail(case, refused)
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.kind, failed.changed, vault.writes) == ("access_denied", False, [case])


@pytest.mark.parametrize("case", ["activate", "deactivate"])
def test_a_switch_that_someone_else_made_first_changes_nothing(case: str) -> None:
    vault = CASES[case].vault()
    vault.meanwhile(case, lambda: vault.inactive.symmetric_difference_update({NUMBER}))
    outcome = run_task(vault, wanted(**CASES[case].options))
    assert (outcome.changed, outcome.action, outcome.diff) == (False, "none", {"before": {}, "after": {}})


def test_fields_are_updated_even_if_someone_else_activates_first() -> None:
    vault = hiding()
    vault.meanwhile("activate", vault.inactive.clear)
    assert run_task(vault, wanted(notes="New")).action == "update"


# Create: never repeated blindly.


def test_a_lost_create_is_repeated_after_a_lookup() -> None:
    vault = FakeVault()
    vault.fail("create", lost)
    outcome = run_task(vault, wanted(**REQUIRED))
    assert (outcome.action, len(vault.held)) == ("create", 1)
    assert vault.calls == ["identifiers", "create", "identifiers", "create"]


def test_a_create_is_repeated_as_often_as_the_option_says(waits: list[float]) -> None:
    vault = FakeVault(retries=2)
    vault.fail("create", lost, nth=0)
    failed = failing(vault, wanted(**REQUIRED))
    assert (vault.writes, "the API secret was not found afterwards" in failed.error.message) == (["create"] * 3, True)


def test_a_create_is_not_repeated_if_that_cannot_help() -> None:
    vault = FakeVault()
    vault.fail("create", lost_for_good, nth=0)
    failing(vault, wanted(**REQUIRED))
    assert vault.writes == ["create"]


def test_a_rate_limited_create_is_not_repeated_here() -> None:
    """The transport has already repeated it, since it was certainly not applied."""
    vault = FakeVault()
    vault.fail("create", refused_for_now, nth=0)
    failing(vault, wanted(**REQUIRED))
    assert vault.writes == ["create"]


def test_a_create_that_was_lost_twice_ends_with_one_secret() -> None:
    vault = FakeVault()
    vault.fail("create", lost)
    vault.fail("create", lost, nth=2, applied=True)
    outcome = run_task(vault, wanted(**REQUIRED))
    assert (outcome.action, outcome.changed, len(vault.held)) == ("create", True, 1)


def test_a_create_that_becomes_visible_late_is_adopted_when_its_code_is_taken() -> None:
    """The lookup after the lost answer finds nothing yet; then our own first create makes the second one fail."""
    vault = FakeVault()
    vault.fail("create", lost)
    vault.meanwhile("create", lambda: vault.held.update({"9": an_entity(identifier="9")}), nth=2)
    outcome = run_task(vault, wanted(**REQUIRED))
    assert (outcome.action, outcome.changed, len(vault.held)) == ("create", True, 1)


def test_an_adopted_secret_is_updated_to_match_the_task() -> None:
    vault = FakeVault()
    vault.keeps = lambda body: {**body, "notes": "rewritten"} if "create" in vault.calls[-1:] else body
    vault.fail("create", lost, applied=True)
    outcome = run_task(vault, wanted(notes="New", **REQUIRED))
    assert (outcome.changed, outcome.action, vault.held[CREATED]["notes"]) == (True, "create", "New")
    assert outcome.diff == {"before": {}, "after": {"identifier_code": CODE, **REQUIRED, "notes": "New"}}


def test_a_failure_after_an_adoption_reports_what_was_written() -> None:
    vault = FakeVault()
    vault.keeps = lambda body: {**body, "notes": "rewritten"}
    vault.fail("create", lost, applied=True)
    vault.fail("update", refused)
    failed = failing(vault, wanted(notes="New", **REQUIRED))
    assert (failed.kind, failed.changed, failed.api_entity) == (
        "access_denied",
        True,
        hidden(vault.held[CREATED]),
    )


def test_an_adopted_secret_that_became_inactive_is_activated() -> None:
    vault = FakeVault()
    vault.fail("create", lost, applied=True)
    vault.meanwhile("identifiers", lambda: vault.inactive.add(CREATED), nth=2)
    outcome = run_task(vault, wanted(**REQUIRED))
    assert (outcome.changed, vault.inactive) == (True, set())


def test_a_create_counts_as_changed_even_if_others_change_it_meanwhile() -> None:
    vault = FakeVault()
    vault.fail("create", lost, applied=True)
    vault.meanwhile("identifiers", lambda: vault.inactive.add(CREATED), nth=2)
    vault.meanwhile("activate", vault.inactive.clear)
    assert run_task(vault, wanted(**REQUIRED)).changed is True


# A code that is taken.


def rival(**changes: t.Any) -> Entity:
    """Return the secret that another play creates."""
    return entity({"identifier": "9", "identifier_code": CODE, **REQUIRED, **changes})


def test_the_second_play_changes_nothing_if_the_first_wanted_the_same() -> None:
    vault = FakeVault()
    vault.meanwhile("create", lambda: vault.held.update({"9": rival()}))
    outcome = run_task(vault, wanted(**REQUIRED))
    assert (outcome.changed, outcome.action, list(vault.held)) == (False, "none", ["9"])


def test_the_second_play_updates_what_the_first_wanted_differently() -> None:
    vault = FakeVault()
    vault.meanwhile("create", lambda: vault.held.update({"9": rival(notes="Theirs")}))
    outcome = run_task(vault, wanted(notes="Ours", **REQUIRED))
    assert (outcome.changed, outcome.action, vault.held["9"]["notes"]) == (True, "update", "Ours")


def test_without_update_the_second_play_leaves_it_alone() -> None:
    vault = FakeVault()
    vault.meanwhile("create", lambda: vault.held.update({"9": rival(notes="Theirs")}))
    outcome = run_task(vault, wanted(notes="Ours", update=False, **REQUIRED))
    assert (outcome.changed, vault.held["9"]["notes"]) == (False, "Theirs")


@pytest.mark.parametrize("look", [2, 3, 4])
def test_the_secret_of_the_first_play_may_become_visible_late(look: int) -> None:
    vault = FakeVault()
    vault.fail("create", lambda: refused("duplicate_identifier_code"))
    vault.meanwhile("identifiers", lambda: vault.held.update({"9": rival()}), nth=look)
    assert run_task(vault, wanted(**REQUIRED)).changed is False


def test_a_code_taken_by_an_unlisted_secret_is_explained() -> None:
    vault = FakeVault(an_entity(), inactive=[NUMBER], lists_inactive=False)
    failed = failing(vault, wanted(**REQUIRED))
    assert (failed.kind, failed.changed, "inactive" in failed.error.cause, "identifier" in failed.error.solution) == (
        *("duplicate_identifier_code", False),
        *(True, True),
    )


def test_a_taken_code_is_looked_up_at_most_three_times() -> None:
    vault = FakeVault(an_entity(), inactive=[NUMBER], lists_inactive=False, retries=9)
    failing(vault, wanted(**REQUIRED))
    assert vault.calls == ["identifiers", "create", "identifiers", "identifiers", "identifiers"]


def test_without_retries_a_taken_code_is_looked_up_once() -> None:
    vault = FakeVault(an_entity(), inactive=[NUMBER], lists_inactive=False, retries=0)
    failing(vault, wanted(**REQUIRED))
    assert vault.calls == ["identifiers", "create", "identifiers"]


def test_a_code_taken_by_an_unreadable_secret_is_a_failure() -> None:
    vault = FakeVault()
    vault.meanwhile("create", lambda: (vault.held.update({"9": rival()}), vault.denied.update({"9": refused})))
    assert failing(vault, wanted(**REQUIRED)).kind == "access_denied"


# Answers that differ from what was written.


@pytest.mark.parametrize("case", ["create", "update", "activate and update"])
def test_after_an_answer_with_old_values_the_secret_is_read(case: str) -> None:
    """The English documentation of v3.33 and v4 shows the old values in the answer to an update."""
    vault = CASES[case].vault()
    vault.answers = lambda row: {**row, "notes": "old"}
    outcome = run_task(vault, wanted(**CASES[case].options))
    assert outcome.api_entity is not None
    assert (outcome.action, outcome.api_entity["notes"], vault.calls[-1]) == (CASES[case].action, "New", "read")


@pytest.mark.parametrize("case", ["create", "update"])
def test_a_field_that_the_vault_ignores_is_a_failure_that_names_it(case: str) -> None:
    vault = CASES[case].vault()
    vault.keeps = lambda body: {**body, "notes": "Theirs"}
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.kind, failed.error.message.endswith("differs from the task in: notes")) == ("not_applied", True)


@pytest.mark.parametrize("case", ["create", "update"])
def test_a_partial_write_is_reported_with_the_entity(case: str) -> None:
    vault = CASES[case].vault()
    vault.keeps = lambda body: {**body, "notes": "Theirs"}
    failed = failing(vault, wanted(**CASES[case].options))
    assert (failed.changed, failed.api_entity) == (True, hidden(next(iter(vault.held.values()))))


def test_an_update_that_the_vault_ignores_changed_nothing() -> None:
    vault = holding()
    vault.keeps = lambda body: {}
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, failed.changed) == ("not_applied", False)


def test_a_client_secret_that_is_returned_masked_counts_as_written() -> None:
    vault = holding()
    vault.answers = lambda row: {**row, "client_secret": "********"}
    outcome = run_task(vault, wanted(client_secret=NEW_SECRET))
    assert (outcome.action, vault.held[NUMBER]["client_secret"]) == ("update", NEW_SECRET)


def test_an_access_key_that_cannot_read_what_it_wrote_trusts_the_answer() -> None:
    vault = holding()
    vault.answers = lambda row: {**row, "notes": "old"}
    vault.fail("read", refused, nth=2)
    assert failing(vault, wanted(notes="New")).kind == "not_applied"


@pytest.mark.parametrize("case", ["create", "update"])
def test_if_the_check_of_a_write_fails_the_write_is_reported(case: str) -> None:
    vault = CASES[case].vault()
    vault.answers = lambda row: {**row, "notes": "old"}
    vault.fail("read", lost_for_good, nth=1 if case == "create" else 2)
    failed = failing(vault, wanted(**CASES[case].options))
    assert failed.api_entity is not None
    assert (failed.kind, failed.changed, failed.api_entity["notes"]) == ("unexpected_answer", True, None)


def test_a_partial_update_whose_answer_was_lost_is_uncertain() -> None:
    vault = holding()
    vault.keeps = lambda body: {**body, "notes": an_entity()["notes"]}
    vault.fail("update", lost, applied=True)
    failed = failing(vault, wanted(notes="New", method="put"))
    assert (failed.kind, failed.changed, failed.api_entity) == (
        *("write_uncertain", True),
        hidden(vault.held[NUMBER]),
    )


def test_a_readable_client_secret_is_compared_after_a_lost_update() -> None:
    vault = holding()
    vault.fail("update", lost, applied=True)
    assert run_task(vault, wanted(client_secret=NEW_SECRET)).action == "update"


@pytest.mark.parametrize("unreadable", ["********", CIPHERTEXT], ids=["masked", "encrypted"])
@pytest.mark.parametrize("field", ["client_secret", "notes"])
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_a_lost_update_of_an_unreadable_field_is_uncertain(field: str, unreadable: str, applied: bool) -> None:
    vault = holding(**{field: unreadable})
    vault.keeps = lambda body: {**body, field: unreadable}
    vault.fail("update", lost, applied=applied)
    failed = failing(vault, wanted(**{field: "New"}))
    assert (failed.kind, failed.changed) == ("write_uncertain", True)


def test_an_unreadable_field_that_was_not_sent_does_not_matter() -> None:
    vault = holding(client_secret="********")
    vault.fail("update", lost, applied=True)
    assert run_task(vault, wanted(notes="New")).action == "update"


def test_an_update_of_a_client_secret_that_never_arrived_is_noticed() -> None:
    vault = holding()
    vault.fail("update", lost, nth=0)
    assert failing(vault, wanted(client_secret=NEW_SECRET)).kind == "write_uncertain"


# Users and groups that are refused.

GHOST = {"username": "ghost", "message": "User not found"}


def refusing(vault: FakeVault, *refused_shares: t.Any) -> FakeVault:
    """Make the vault refuse to share with some users or groups, and return it."""
    ghosts = {share.get("username") for share in refused_shares if isinstance(share, dict)}
    vault.answers = lambda row: {**row, "shared_error": list(refused_shares)}
    vault.keeps = lambda body: {
        **body,
        "users_allowed": [share for share in body.get("users_allowed", []) if share["username"] not in ghosts],
    }
    return vault


@pytest.mark.parametrize("case", ["create", "update"])
def test_incomplete_sharing_is_a_failure_with_the_entity(case: str) -> None:
    vault = refusing(CASES[case].vault(), GHOST)
    failed = failing(vault, wanted(users_allowed=[user("ghost")], **CASES[case].options))
    assert failed.api_entity is not None
    assert (failed.kind, failed.changed, failed.api_entity["shared_error"]) == ("sharing_incomplete", True, [GHOST])


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        (GHOST, "not share it with 'ghost' (User not found)"),
        ({"username": "ghost"}, "not share it with 'ghost'"),
        ({"name": "Ghosts", "message": "Group not found"}, "not share it with 'Ghosts' (Group not found)"),
        ({"code": 7}, "not share it with {'code': 7}"),
        ("ghost", "not share it with 'ghost'"),
        (7, "not share it with '7'"),
    ],
    ids=["user", "user without message", "group", "unknown object", "text", "number"],
)
def test_the_refused_users_and_groups_are_named(entry: t.Any, named: str) -> None:
    failed = failing(refusing(FakeVault(), entry), wanted(users_allowed=[user("ghost")], **REQUIRED))
    assert failed.error.message.endswith(named)


def test_a_share_that_fails_alone_changed_nothing() -> None:
    vault = refusing(holding(users_allowed=[]), GHOST)
    assert failing(vault, wanted(users_allowed=[user("ghost")])).changed is False


def test_a_new_client_secret_counts_as_changed_even_if_a_share_fails() -> None:
    vault = refusing(holding(users_allowed=[]), GHOST)
    assert failing(vault, wanted(users_allowed=[user("ghost")], client_secret=NEW_SECRET)).changed is True


def test_after_a_failed_share_and_an_answer_with_old_values_the_secret_is_read() -> None:
    vault = refusing(holding(users_allowed=[]), GHOST)
    shares = vault.answers
    vault.answers = lambda row: {**shares(row), "notes": "old"}
    failed = failing(vault, wanted(users_allowed=[user("ghost")], notes="New"))
    assert failed.api_entity is not None
    assert (failed.changed, failed.api_entity["notes"], failed.api_entity["shared_error"]) == (True, "New", [GHOST])


def test_a_create_is_not_repeated_after_a_failed_share() -> None:
    vault = refusing(FakeVault(), GHOST)
    failing(vault, wanted(users_allowed=[user("ghost")], **REQUIRED))
    assert vault.writes == ["create"]


# An inactive secret whose code is visible only once it is active.


OTHER_CODE = CODE.replace("-", "_")


def misleading() -> FakeVault:
    """Return a vault whose filter ignores punctuation, with an inactive secret that has another code."""
    return FakeVault(an_entity(identifier_code=OTHER_CODE), inactive=[NUMBER], matches=any_punctuation)


def test_the_wrong_one_is_deactivated_again() -> None:
    vault = misleading()
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, vault.writes, vault.inactive) == ("ambiguous", ["activate", "deactivate"], {NUMBER})


def test_the_wrong_one_keeps_its_fields() -> None:
    vault = misleading()
    failing(vault, wanted(notes="New"))
    assert vault.held[NUMBER] == an_entity(identifier_code=OTHER_CODE)


def test_the_wrong_one_is_not_returned_with_the_fields_of_the_task() -> None:
    failed = failing(misleading(), wanted(notes="New"))
    assert (failed.api_entity or {}).get("notes") != "New"


def test_the_wrong_one_that_was_restored_counts_as_unchanged() -> None:
    assert failing(misleading(), wanted(notes="New")).changed is False


def test_the_wrong_one_that_stays_active_counts_as_changed() -> None:
    vault = misleading()
    vault.fail("deactivate", refused)
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, failed.changed, vault.inactive) == ("access_denied", True, set())


def test_the_wrong_one_that_someone_else_activated_is_left_active() -> None:
    vault = misleading()
    vault.meanwhile("activate", vault.inactive.clear)
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, failed.changed, vault.writes, vault.inactive) == ("ambiguous", False, ["activate"], set())


def test_a_failure_right_after_an_activation_is_reported_as_changed() -> None:
    vault = hiding()
    vault.fail("read", lost_for_good, nth=2)
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, failed.changed) == ("unexpected_answer", True)


def test_a_failure_right_after_an_activation_does_not_return_what_was_never_written() -> None:
    vault = hiding()
    vault.fail("read", lost_for_good, nth=2)
    assert (failing(vault, wanted(notes="New")).api_entity or {}).get("notes") != "New"


def test_if_the_update_after_an_activation_is_refused_the_entity_is_the_one_read_before() -> None:
    vault = hiding()
    vault.fail("update", refused)
    failed = failing(vault, wanted(notes="New"))
    assert (failed.changed, failed.api_entity) == (True, hidden(an_entity()))


def test_a_share_that_fails_after_an_activation_is_reported_as_changed() -> None:
    vault = refusing(hiding(users_allowed=[]), GHOST)
    failed = failing(vault, wanted(users_allowed=[user("ghost")]))
    assert (failed.kind, failed.changed) == ("sharing_incomplete", True)


def test_the_known_fields_of_an_activated_secret_are_returned_if_reading_it_fails() -> None:
    vault = hiding()
    vault.fail("read", lost_for_good, nth=2)
    failed = failing(vault, wanted(notes="New"))
    assert failed.api_entity is not None
    assert (failed.changed, failed.api_entity["identifier"], failed.api_entity["identifier_code"]) == (
        *(True, NUMBER),
        CODE,
    )


def test_after_an_uncertain_update_the_changed_fields_are_unknown() -> None:
    vault = hiding()
    vault.fail("update", lost)
    vault.fail("read", lost_for_good, nth=3)
    failed = failing(vault, wanted(notes="New"))
    assert (failed.kind, failed.api_entity) == ("write_uncertain", hidden({**an_entity(), "notes": None}))


def test_an_editor_can_give_up_their_own_access_even_if_the_answer_shows_old_values() -> None:
    vault = holding()
    vault.answers = lambda row: {**row, "users_allowed": an_entity()["users_allowed"]}
    vault.meanwhile("read", lambda: vault.denied.update({NUMBER: refused}), nth=2)
    outcome = run_task(vault, wanted(users_allowed=[]))
    assert outcome.api_entity is not None
    assert (outcome.action, outcome.api_entity["users_allowed"], vault.held[NUMBER]["users_allowed"]) == (
        *("update", []),
        [],
    )


def test_if_a_share_fails_and_the_answer_shows_old_users_the_secret_is_read() -> None:
    vault = refusing(holding(users_allowed=[]), GHOST)
    shares = vault.answers
    vault.answers = lambda row: {**shares(row), "users_allowed": []}
    failed = failing(vault, wanted(users_allowed=[user("dinis"), user("ghost")]))
    assert failed.api_entity is not None
    assert (failed.kind, failed.changed, failed.api_entity["users_allowed"]) == (
        *("sharing_incomplete", True),
        [user("dinis")],
    )


def test_a_share_that_fails_alone_is_not_reported_as_saved() -> None:
    failed = failing(refusing(holding(users_allowed=[]), GHOST), wanted(users_allowed=[user("ghost")]))
    assert failed.error.message == (
        f"Could not share the API secret with identifier code '{CODE}' with 'ghost' (User not found)"
    )


def test_if_a_share_fails_the_other_fields_that_differ_are_listed() -> None:
    vault = refusing(holding(users_allowed=[]), GHOST)
    vault.keeps = lambda body: {**body, "users_allowed": [], "name": "Kept", "notes": "Kept"}
    vault.answers = lambda row: {**row, "name": "Kept", "notes": "Kept", "shared_error": [GHOST]}
    failed = failing(vault, wanted(users_allowed=[user("ghost")], name="New", notes="New"))
    assert failed.error.solution.endswith("these fields differ from the task too: name, notes")


def test_a_code_that_is_taken_in_another_case_names_the_secret() -> None:
    vault = FakeVault(an_entity(identifier_code=CODE.upper()), matches=any_case)
    vault.fail("create", lambda: refused("duplicate_identifier_code"), nth=0)
    failed = failing(vault, wanted(**REQUIRED))
    assert f"identifier {NUMBER} ('{CODE.upper()}')" in failed.error.cause


@pytest.mark.parametrize("matches", [any_case, ending], ids=["any case", "ending"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_with_a_loose_filter_an_inactive_secret_with_a_similar_code_is_left_alone(
    matches: t.Callable[[str, str], bool], check_mode: bool
) -> None:
    code = CODE.upper() if matches is any_case else f"x-{CODE}"
    vault = FakeVault(an_entity(identifier_code=code), inactive=[NUMBER], matches=matches)
    outcome = run_task(vault, wanted(**REQUIRED), check_mode=check_mode, fails=True)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.changed, vault.writes) == ("ambiguous", False, [])


def test_the_wrong_one_that_someone_else_activated_is_not_reported_as_activated_here() -> None:
    vault = misleading()
    vault.meanwhile("activate", vault.inactive.clear)
    failed = failing(vault, wanted(notes="New"))
    assert "activated to see" not in failed.error.cause


def test_a_task_gives_up_on_a_secret_that_others_keep_deactivating() -> None:
    vault = hiding()
    for nth in range(1, 20):
        vault.meanwhile("read", lambda: vault.inactive.add(NUMBER), nth=nth)
    failed = failing(vault, wanted())
    assert (failed.kind, vault.writes) == ("not_applied", ["activate"] * 5)
    assert failed.error.message.endswith("it still differs after 5 writes")


@pytest.mark.usefixtures("waits")
def test_a_task_gives_up_on_a_list_that_others_keep_replacing() -> None:
    vault = holding(users_allowed=[])
    for nth in range(2, 20):
        vault.meanwhile("read", lambda: vault.held[NUMBER].update(users_allowed=[user("eva")]), nth=nth)
    failed = failing(vault, wanted(sharing="add", users_allowed=[user("dinis")]))
    assert (failed.kind, vault.writes) == ("not_applied", ["update"] * 12)
    assert failed.error.message.endswith("after 12 writes: the sharing with 'dinis' is not as wanted")
    assert failed.api_entity is not None
    assert failed.api_entity["users_allowed"] == [user("eva")]


def test_a_written_secret_that_the_answer_leaves_out_is_shown_to_be_there() -> None:
    vault = holding(client_secret="")
    vault.answers = lambda row: {**row, "client_secret": ""}
    outcome = run_task(vault, wanted(client_secret=NEW_SECRET))
    assert outcome.api_entity is not None
    assert (outcome.action, outcome.api_entity["client_secret"]) == ("update", HIDDEN)


def test_a_written_secret_that_the_answer_leaves_out_is_shown_even_if_what_else_was_written_cannot_be_read() -> None:
    vault = holding(client_secret="")
    vault.answers = lambda row: {**row, "client_secret": "", "notes": "Old"}
    vault.fail("read", lost_for_good, nth=2)
    failed = failing(vault, wanted(client_secret=NEW_SECRET, notes="New"))
    assert failed.api_entity is not None
    assert (failed.changed, failed.api_entity["client_secret"], failed.api_entity["notes"]) == (True, HIDDEN, None)


def test_a_client_secret_that_a_read_does_not_show_is_not_taken_for_written() -> None:
    vault = holding()
    vault.keeps = lambda body: {**body, "client_secret": ""}
    vault.fail("update", lost, applied=True)
    assert failing(vault, wanted(client_secret=NEW_SECRET)).kind == "write_uncertain"


def test_a_failure_after_an_accepted_write_says_that_the_request_was_applied() -> None:
    ignoring_notes, refusing_ghost = holding(), refusing(holding(), GHOST)
    ignoring_notes.keeps = lambda body: {}
    failures = [
        failing(ignoring_notes, wanted(notes="New")),
        failing(refusing_ghost, wanted(users_allowed=[user("ghost")])),
    ]
    assert [failed.error.fate for failed in failures] == [Fate.APPLIED, Fate.APPLIED]
