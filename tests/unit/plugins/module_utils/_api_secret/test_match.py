# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Finding the one API secret that a task addresses."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.match import find
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Current
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CODE,
    NUMBER,
    an_entity,
    refused,
    wanted,
    wanted_by_number,
)
from ansible_collections.senhasegura.mysafe.tests.unit.fake_vault import (
    FakeVault,
    any_case,
    containing,
    ending,
    exact,
    ignoring,
    like,
)

LONGER = f"{CODE}-v2"
FILTERS = [exact, any_case, containing, ending, ignoring]
every_filter = pytest.mark.parametrize("matches", FILTERS, ids=lambda matches: matches.__name__)
Filter = t.Callable[[str, str], bool]


def row(identifier: str, code: str = CODE) -> Entity:
    """Return an API secret with this identifier and code."""
    return an_entity(identifier=identifier, identifier_code=code)


def denying(vault: FakeVault, *identifiers: str, kind: str = "access_denied") -> FakeVault:
    """Make the vault refuse to show some of the secrets that it lists, and return it."""
    vault.denied.update(dict.fromkeys(identifiers, lambda: refused(kind)))
    return vault


def obstacle(current: Current) -> MySafeError:
    """Return the obstacle."""
    assert current.obstacle is not None
    return current.obstacle


# By identifier.


def test_an_identifier_is_read_without_listing() -> None:
    vault = FakeVault(row("7"), row(NUMBER, "another"))
    assert (find(vault, wanted_by_number()), vault.calls) == (Current(NUMBER, entity=row(NUMBER, "another")), ["read"])


def test_an_inactive_one_is_found_by_identifier() -> None:
    assert find(FakeVault(row(NUMBER), inactive=[NUMBER]), wanted_by_number()) == Current(NUMBER, active=False)


@pytest.mark.parametrize("kind", ["access_denied", "bad_request"])
def test_an_identifier_that_cannot_be_read_is_an_obstacle(kind: str) -> None:
    current = find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted_by_number())
    assert (current.identifier, obstacle(current).kind) == (NUMBER, kind)


@pytest.mark.parametrize(
    "kind", ["not_found", "unavailable", "authentication", "not_authorized", "timeout", "unexpected_answer"]
)
def test_an_identifier_that_cannot_be_read_for_another_reason_is_a_failure(kind: str) -> None:
    with pytest.raises(MySafeError) as failure:
        find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted_by_number())
    assert failure.value.kind == kind


# By code.


@every_filter
def test_an_unknown_code_is_not_found(matches: Filter) -> None:
    assert find(FakeVault(row("7", "another"), matches=matches), wanted()) == Current()


@every_filter
def test_the_one_with_the_code_is_found_among_others(matches: Filter) -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), row("9", CODE.upper()), matches=matches)
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


@every_filter
def test_one_that_only_contains_the_code_is_not_a_match(matches: Filter) -> None:
    assert find(FakeVault(row("7", LONGER), matches=matches), wanted()) == Current()


def test_white_space_around_a_code_does_not_matter() -> None:
    current = find(FakeVault(row(NUMBER, f" {CODE} "), matches=containing), wanted())
    assert current.identifier == NUMBER


def test_two_with_the_same_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8")), wanted()))
    assert (error.kind, error.message) == (
        "ambiguous",
        f"Could not tell which is the API secret with identifier code '{CODE}': it may be any of the identifiers 7, 8",
    )


def test_two_with_the_same_code_have_no_identifier() -> None:
    assert find(FakeVault(row("7"), row("8")), wanted()).identifier == ""


@pytest.mark.parametrize("kind", ["unavailable", "authentication", "not_authorized", "timeout", "lockdown"])
def test_a_listed_one_that_cannot_be_read_is_a_failure(kind: str) -> None:
    with pytest.raises(MySafeError) as failure:
        find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted())
    assert failure.value.kind == kind


# Inactive secrets, whose code is not visible.


def test_with_an_exact_filter_an_inactive_one_is_found() -> None:
    vault = FakeVault(row(NUMBER), inactive=[NUMBER], matches=exact)
    assert find(vault, wanted()) == Current(NUMBER, active=False)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_with_a_loose_filter_an_inactive_one_is_ambiguous(matches: Filter) -> None:
    error = obstacle(find(FakeVault(row(NUMBER), inactive=[NUMBER], matches=matches), wanted()))
    assert (error.kind, error.cause[:32]) == ("ambiguous", "MySafe lists more than exact mat")


def test_an_unlisted_inactive_one_is_not_found() -> None:
    assert find(FakeVault(row(NUMBER), inactive=[NUMBER], lists_inactive=False), wanted()) == Current()


def test_with_a_loose_filter_a_one_letter_code_is_ambiguous() -> None:
    vault = FakeVault(row(NUMBER, "b"), inactive=[NUMBER], matches=ignoring)
    assert obstacle(find(vault, wanted(identifier_code="b"))).kind == "ambiguous"


def test_an_inactive_one_with_a_one_letter_code_is_always_ambiguous() -> None:
    """No other code can show whether the filter also lists codes that only contain the letter."""
    vault = FakeVault(row(NUMBER, "b"), inactive=[NUMBER])
    assert obstacle(find(vault, wanted(identifier_code="b"))).kind == "ambiguous"


def test_an_active_and_an_inactive_one_with_the_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8"), inactive=["8"]), wanted()))
    assert "identifiers 7, 8" in error.message


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_the_active_one_is_found_among_inactive_ones_that_a_loose_filter_lists(matches: Filter) -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), inactive=["7"], matches=matches)
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


def test_two_inactive_ones_with_the_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8"), inactive=["7", "8"]), wanted()))
    assert "identifiers 7, 8" in error.message


@every_filter
@pytest.mark.parametrize("inactive", [["7"], ["7", "8"]], ids=["one", "two"])
def test_for_absent_inactive_ones_are_no_obstacle(matches: Filter, inactive: list[str]) -> None:
    vault = FakeVault(*(row(number) for number in inactive), inactive=inactive, matches=matches)
    current = find(vault, wanted(state="absent"))
    assert (current.active and bool(current.identifier), current.obstacle) == (False, None)


def test_for_absent_the_only_inactive_one_is_found() -> None:
    vault = FakeVault(row(NUMBER), inactive=[NUMBER])
    assert find(vault, wanted(state="absent")) == Current(NUMBER, active=False)


def test_for_absent_the_active_one_is_found() -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), inactive=["7"], matches=containing)
    assert find(vault, wanted(state="absent")) == Current(NUMBER, entity=row(NUMBER))


# Unreadable secrets.


@pytest.mark.parametrize("kind", ["access_denied", "not_found", "bad_request"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unreadable_one_that_certainly_has_the_code_is_an_obstacle(kind: str, state: str) -> None:
    current = find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted(state=state))
    assert (current.identifier, obstacle(current).kind) == (NUMBER, kind)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unreadable_one_that_may_have_the_code_is_named(matches: Filter, state: str) -> None:
    error = obstacle(find(denying(FakeVault(row("7"), matches=matches), "7"), wanted(state=state)))
    assert (error.kind, "identifiers 7" in error.message) == ("ambiguous", True)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_the_readable_one_is_found_among_unreadable_ones_that_a_loose_filter_lists(
    matches: Filter,
) -> None:
    vault = denying(FakeVault(row("7", LONGER), row(NUMBER), matches=matches), "7")
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unreadable_one_with_the_code_makes_it_ambiguous(state: str) -> None:
    error = obstacle(find(denying(FakeVault(row("7"), row(NUMBER)), "7"), wanted(state=state)))
    assert (error.kind, f"identifiers 7, {NUMBER}" in error.message) == ("ambiguous", True)


def test_an_inactive_one_and_an_unreadable_one_are_named() -> None:
    vault = denying(FakeVault(row("7"), row("8"), inactive=["8"]), "7")
    assert "identifiers 7, 8" in obstacle(find(vault, wanted())).message


def test_matching_never_writes() -> None:
    vault = denying(FakeVault(row("7"), row("8"), row("9"), inactive=["8"], matches=ignoring), "7")
    find(vault, wanted())
    assert vault.writes == []


# How the filter is tested.


def asked_for(vault: FakeVault, code: str = CODE) -> list[str]:
    """Find a code, and return the codes of the list requests."""
    asked: list[str] = []
    listing = vault.identifiers
    vault.identifiers = lambda **filters: (asked.append(filters["identifier_code"]), listing(**filters))[1]  # type: ignore[method-assign, func-returns-value]
    find(vault, wanted(identifier_code=code))
    return asked


def test_the_filter_is_not_tested_if_everything_can_be_read() -> None:
    assert asked_for(FakeVault(row(NUMBER))) == [CODE]


def test_an_exact_filter_is_tested_with_every_similar_code() -> None:
    asked = asked_for(FakeVault(row(NUMBER), inactive=[NUMBER]))
    assert asked == [CODE, CODE[:-1], CODE[1:], CODE.swapcase()]


@pytest.mark.parametrize("code", ["pay_api", "pay%api"])
def test_a_code_with_a_wildcard_of_sql_is_tested_with_another_one(code: str) -> None:
    asked = asked_for(FakeVault(row(NUMBER, code), inactive=[NUMBER]), code)
    assert asked[-1] == "_" + code[1:]


def test_a_stranger_is_not_taken_for_a_code_with_a_wildcard() -> None:
    vault = FakeVault(row(NUMBER, "pay-api"), inactive=[NUMBER], matches=like)
    assert obstacle(find(vault, wanted(identifier_code="pay_api"))).kind == "ambiguous"


def test_a_loose_filter_is_not_tested_further() -> None:
    assert asked_for(FakeVault(row(NUMBER), inactive=[NUMBER], matches=containing)) == [CODE, CODE[:-1]]


def test_a_code_without_letters_is_not_tested_in_another_case() -> None:
    assert asked_for(FakeVault(row(NUMBER, "123"), inactive=[NUMBER]), "123") == ["123", "12", "23"]


@pytest.mark.parametrize("active", [True, False])
def test_a_readable_one_whose_code_differs_in_case_is_a_lookalike(active: bool) -> None:
    vault = FakeVault(row("7", CODE.upper()), inactive=[] if active else ["7"], matches=any_case)
    current = find(vault, wanted())
    assert [one["identifier"] for one in current.lookalikes] == (["7"] if active else [])
