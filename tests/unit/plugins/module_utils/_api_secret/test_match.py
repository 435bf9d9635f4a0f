# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Finding the one API secret that a task means, and no other."""

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
)

LONGER = f"{CODE}-v2"
FILTERS = [exact, any_case, containing, ending, ignoring]
every_filter = pytest.mark.parametrize("matches", FILTERS, ids=lambda matches: matches.__name__)
Filter = t.Callable[[str, str], bool]


def row(identifier: str, code: str = CODE) -> Entity:
    """Return one of several API secrets."""
    return an_entity(identifier=identifier, identifier_code=code)


def denying(vault: FakeVault, *identifiers: str, kind: str = "access_denied") -> FakeVault:
    """Return the vault, which refuses to show some of what it lists."""
    vault.denied.update(dict.fromkeys(identifiers, lambda: refused(kind)))
    return vault


def obstacle(current: Current) -> MySafeError:
    """Return what is in the way."""
    assert current.obstacle is not None
    return current.obstacle


# By number.


def test_a_number_is_read_and_nothing_is_listed() -> None:
    vault = FakeVault(row("7"), row(NUMBER, "another"))
    assert (find(vault, wanted_by_number()), vault.calls) == (Current(NUMBER, entity=row(NUMBER, "another")), ["read"])


def test_a_number_that_is_inactive() -> None:
    assert find(FakeVault(row(NUMBER), inactive=[NUMBER]), wanted_by_number()) == Current(NUMBER, active=False)


@pytest.mark.parametrize("kind", ["access_denied", "not_authorized", "bad_request"])
def test_a_number_that_may_not_be_read_is_in_the_way(kind: str) -> None:
    current = find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted_by_number())
    assert (current.identifier, obstacle(current).kind) == (NUMBER, kind)


@pytest.mark.parametrize("kind", ["not_found", "unavailable", "authentication", "timeout", "unexpected_answer"])
def test_a_number_that_cannot_be_read_for_another_reason_is_a_failure(kind: str) -> None:
    with pytest.raises(MySafeError) as failure:
        find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted_by_number())
    assert failure.value.kind == kind


# By code.


@every_filter
def test_a_code_that_nobody_bears_is_not_there(matches: Filter) -> None:
    assert find(FakeVault(row("7", "another"), matches=matches), wanted()) == Current()


@every_filter
def test_the_one_that_bears_the_code_is_found_among_others(matches: Filter) -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), row("9", CODE.upper()), matches=matches)
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


@every_filter
def test_one_that_only_contains_the_code_is_not_taken_for_it(matches: Filter) -> None:
    assert find(FakeVault(row("7", LONGER), matches=matches), wanted()) == Current()


def test_blanks_around_a_code_do_not_matter() -> None:
    current = find(FakeVault(row(NUMBER, f" {CODE} "), matches=containing), wanted())
    assert current.identifier == NUMBER


def test_two_that_bear_the_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8")), wanted()))
    assert (error.kind, error.message) == (
        "ambiguous",
        f"Could not tell which is the API secret with identifier code '{CODE}': it may be any of the identifiers 7, 8",
    )


def test_two_that_bear_the_code_are_in_the_way_under_no_number() -> None:
    assert find(FakeVault(row("7"), row("8")), wanted()).identifier == ""


@pytest.mark.parametrize("kind", ["unavailable", "authentication", "timeout", "lockdown"])
def test_a_hit_that_cannot_be_read_is_a_failure(kind: str) -> None:
    with pytest.raises(MySafeError) as failure:
        find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted())
    assert failure.value.kind == kind


# Inactive ones, whose code does not show.


def test_an_inactive_one_is_found_where_the_filter_is_exact() -> None:
    vault = FakeVault(row(NUMBER), inactive=[NUMBER], matches=exact)
    assert find(vault, wanted()) == Current(NUMBER, active=False)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_an_inactive_one_is_not_trusted_where_the_filter_is_loose(matches: Filter) -> None:
    error = obstacle(find(FakeVault(row(NUMBER), inactive=[NUMBER], matches=matches), wanted()))
    assert (error.kind, error.cause[:32]) == ("ambiguous", "MySafe lists more than exact mat")


def test_an_inactive_one_that_is_not_listed_is_not_there() -> None:
    assert find(FakeVault(row(NUMBER), inactive=[NUMBER], lists_inactive=False), wanted()) == Current()


def test_a_code_of_one_letter_is_checked_too() -> None:
    vault = FakeVault(row(NUMBER, "b"), inactive=[NUMBER], matches=ignoring)
    assert obstacle(find(vault, wanted(identifier_code="b"))).kind == "ambiguous"


def test_an_inactive_one_with_a_code_of_one_letter_is_never_trusted() -> None:
    """No other code would show whether the filter also lists what merely contains the letter."""
    vault = FakeVault(row(NUMBER, "b"), inactive=[NUMBER])
    assert obstacle(find(vault, wanted(identifier_code="b"))).kind == "ambiguous"


def test_one_active_and_one_inactive_that_bear_the_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8"), inactive=["8"]), wanted()))
    assert "identifiers 7, 8" in error.message


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_the_active_one_is_found_although_the_loose_filter_also_lists_inactive_ones(matches: Filter) -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), inactive=["7"], matches=matches)
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


def test_two_inactive_ones_that_bear_the_code_are_named() -> None:
    error = obstacle(find(FakeVault(row("7"), row("8"), inactive=["7", "8"]), wanted()))
    assert "identifiers 7, 8" in error.message


@every_filter
@pytest.mark.parametrize("inactive", [["7"], ["7", "8"]], ids=["one", "two"])
def test_what_is_inactive_anyhow_is_as_absent_as_is_wanted(matches: Filter, inactive: list[str]) -> None:
    vault = FakeVault(*(row(number) for number in inactive), inactive=inactive, matches=matches)
    current = find(vault, wanted(state="absent"))
    assert (current.active and bool(current.identifier), current.obstacle) == (False, None)


def test_the_only_inactive_one_is_named_where_it_shall_be_absent() -> None:
    vault = FakeVault(row(NUMBER), inactive=[NUMBER])
    assert find(vault, wanted(state="absent")) == Current(NUMBER, active=False)


def test_the_active_one_is_found_where_it_shall_be_absent() -> None:
    vault = FakeVault(row("7", LONGER), row(NUMBER), inactive=["7"], matches=containing)
    assert find(vault, wanted(state="absent")) == Current(NUMBER, entity=row(NUMBER))


# Those that may not be read.


@pytest.mark.parametrize("kind", ["access_denied", "not_found", "not_authorized", "bad_request"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_one_that_surely_bears_the_code_is_in_the_way_if_it_may_not_be_read(kind: str, state: str) -> None:
    current = find(denying(FakeVault(row(NUMBER)), NUMBER, kind=kind), wanted(state=state))
    assert (current.identifier, obstacle(current).kind) == (NUMBER, kind)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_that_may_bear_the_code_is_named_if_it_may_not_be_read(matches: Filter, state: str) -> None:
    error = obstacle(find(denying(FakeVault(row("7"), matches=matches), "7"), wanted(state=state)))
    assert (error.kind, "identifiers 7" in error.message) == ("ambiguous", True)


@pytest.mark.parametrize("matches", [any_case, containing, ending, ignoring])
def test_the_one_that_can_be_read_is_found_although_the_loose_filter_also_lists_one_that_may_not(
    matches: Filter,
) -> None:
    vault = denying(FakeVault(row("7", LONGER), row(NUMBER), matches=matches), "7")
    assert find(vault, wanted()) == Current(NUMBER, entity=row(NUMBER))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_that_surely_has_the_code_and_may_not_be_read_is_a_rival(state: str) -> None:
    error = obstacle(find(denying(FakeVault(row("7"), row(NUMBER)), "7"), wanted(state=state)))
    assert (error.kind, f"identifiers 7, {NUMBER}" in error.message) == ("ambiguous", True)


def test_an_inactive_one_and_one_that_may_not_be_read_are_named() -> None:
    vault = denying(FakeVault(row("7"), row("8"), inactive=["8"]), "7")
    assert "identifiers 7, 8" in obstacle(find(vault, wanted())).message


def test_nothing_is_ever_written() -> None:
    vault = denying(FakeVault(row("7"), row("8"), row("9"), inactive=["8"], matches=ignoring), "7")
    find(vault, wanted())
    assert vault.writes == []


# How the filter is found out.


def asked_for(vault: FakeVault, code: str = CODE) -> list[str]:
    """Find a code, and return the codes that the list was asked for."""
    asked: list[str] = []
    listing = vault.identifiers
    vault.identifiers = lambda **filters: (asked.append(filters["identifier_code"]), listing(**filters))[1]  # type: ignore[method-assign, func-returns-value]
    find(vault, wanted(identifier_code=code))
    return asked


def test_the_filter_is_not_tested_where_everything_can_be_read() -> None:
    assert asked_for(FakeVault(row(NUMBER))) == [CODE]


def test_an_exact_filter_is_tested_with_every_code_that_is_nearly_the_same() -> None:
    asked = asked_for(FakeVault(row(NUMBER), inactive=[NUMBER]))
    assert asked == [CODE, CODE[:-1], CODE[1:], CODE.swapcase()]


def test_a_loose_filter_is_not_tested_further() -> None:
    assert asked_for(FakeVault(row(NUMBER), inactive=[NUMBER], matches=containing)) == [CODE, CODE[:-1]]


def test_a_code_without_letters_has_no_other_case_to_test() -> None:
    assert asked_for(FakeVault(row(NUMBER, "123"), inactive=[NUMBER]), "123") == ["123", "12", "23"]


@pytest.mark.parametrize("active", [True, False])
def test_a_code_that_differs_in_case_only_is_a_lookalike_if_it_can_be_read(active: bool) -> None:
    vault = FakeVault(row("7", CODE.upper()), inactive=[] if active else ["7"], matches=any_case)
    current = find(vault, wanted())
    assert [one["identifier"] for one in current.lookalikes] == (["7"] if active else [])
