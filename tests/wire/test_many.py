# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Many API secrets in one task: what is done for each item, over which requests, and what fails without the others."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.ensure_list import Progress
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secrets

from .support import ACCESS_DENIED, CLIENT_SECRET, CODE, FAULTS, OTHER_CLIENT_SECRET, add, calls, vault, with_code
from .tasks import Tasks

if t.TYPE_CHECKING:
    from simulator.process import Simulator

CREATE = {"name": "Service", "url": "https://service.example.org", "client_id": "robot"}
Items = list[dict[str, t.Any]]


@pytest.fixture(name="task")
def _task(simulator: Simulator) -> Tasks:
    return Tasks(simulator, api_secrets)


def items(count: int, **options: t.Any) -> Items:
    """Return a list of that many API secrets."""
    return [{"identifier_code": f"code-{number}", **CREATE, **options} for number in range(count)]


def actions(values: dict[str, t.Any]) -> list[str]:
    return [result["action"] for result in values["results"]]


def kinds(values: dict[str, t.Any]) -> list[str | None]:
    """Return the kind of the failure of each item."""
    return [result["error"]["kind"] if "error" in result else None for result in values["results"]]


def counted(values: dict[str, t.Any]) -> dict[str, int]:
    """Return the summary without what is 0."""
    return {name: count for name, count in values["summary"].items() if count}


# What is done.


def test_each_item_is_treated_by_itself(simulator: Simulator, task: Tasks) -> None:
    add(simulator, identifier_code="same", **CREATE)
    add(simulator, identifier_code="other", **{**CREATE, "name": "Old name"})
    add(simulator, identifier_code="gone", **CREATE)
    number = add(simulator, identifier_code="asleep", active=False, **CREATE)
    add(simulator, identifier_code="moved", **CREATE)
    simulator.switch(list_inactive=True)
    described: Items = [
        {"identifier_code": "same", **CREATE},
        {"identifier_code": "other", **CREATE},
        {"identifier_code": "new", **CREATE},
        {"identifier_code": "gone", "state": "absent"},
        {"identifier": number, "identifier_code": "asleep", "notes": "Awake"},
    ]
    done = task(api_secrets=described)
    assert actions(done.values) == ["none", "update", "create", "deactivate", "activate+update"]
    assert counted(done.values) == {
        "total": 5,
        "unchanged": 1,
        "updated": 1,
        "created": 1,
        "deactivated": 1,
        "activated": 1,
    }


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_result_names_the_secret(check_mode: bool, simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, **CREATE)
    done = task(api_secrets=[{"identifier_code": CODE}, {"identifier_code": "new", **CREATE}], check_mode=check_mode)
    named = [(result["identifier_code"], result["identifier"]) for result in done.values["results"]]
    created = [secret["identifier"] for secret in with_code(simulator, "new")]
    assert named == [(CODE, number), ("new", created[0] if created else None)]


def test_an_item_addressed_by_its_number_gets_its_code_in_the_result(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator)
    assert task(api_secrets=[{"identifier": number}]).values["results"][0]["identifier_code"] == CODE


def test_a_second_run_changes_nothing(simulator: Simulator, task: Tasks) -> None:
    task(api_secrets=items(20))
    before = vault(simulator)
    again = task(api_secrets=items(20))
    assert (again.values["changed"], actions(again.values), vault(simulator)) == (False, ["none"] * 20, before)


def test_check_mode_predicts_and_writes_nothing(simulator: Simulator, task: Tasks) -> None:
    add(simulator, identifier_code="code-1", **{**CREATE, "name": "Old name"})
    before = vault(simulator)
    foreseen = task(api_secrets=items(3), check_mode=True).values
    assert vault(simulator) == before
    done = task(api_secrets=items(3)).values
    assert (foreseen["diff"], foreseen["summary"], foreseen["changed"]) == (
        [{**diff, **_without_number(diff)} for diff in done["diff"]],
        done["summary"],
        True,
    )


def _without_number(diff: dict[str, t.Any]) -> dict[str, str]:
    """Return the headers of a diff as check mode shows them for an API secret that is not there yet."""
    if diff["before"]:
        return {}
    header = diff["before_header"].partition(" (")[0]
    return {"before_header": header, "after_header": header}


def test_the_diff_has_an_entry_for_each_change(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, identifier_code="code-1", **{**CREATE, "name": "Old name"})
    add(simulator, identifier_code="code-0", **CREATE)
    header = f"API secret 'code-1' ({number})"
    assert task(api_secrets=items(2)).values["diff"] == [
        {
            "before_header": header,
            "after_header": header,
            "before": {"name": "Old name"},
            "after": {"name": "Service"},
        }
    ]


def test_client_secrets_come_from_the_mapping(simulator: Simulator, task: Tasks) -> None:
    task(api_secrets=items(2), client_secrets={"code-0": CLIENT_SECRET, "code-1": OTHER_CLIENT_SECRET})
    stored = [with_code(simulator, code)[0]["client_secret"] for code in ("code-0", "code-1")]
    assert stored == [CLIENT_SECRET, OTHER_CLIENT_SECRET]


@pytest.mark.parametrize(("given", "stored"), [("", ""), (None, CLIENT_SECRET)], ids=["empty clears", "null keeps"])
def test_a_client_secret_in_the_mapping_may_be_empty_or_null(
    given: str | None, stored: str, simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **CREATE)
    task(api_secrets=[{"identifier_code": CODE}], client_secrets={CODE: given})
    assert with_code(simulator)[0]["client_secret"] == stored


@pytest.mark.parametrize(
    ("policy", "changed"),
    [({"update": False}, False), ({"update_client_secret": "on_create"}, False), ({}, True)],
    ids=["update: false", "on_create", "always"],
)
def test_the_policy_of_the_task_holds_for_each_item(
    policy: dict[str, t.Any], changed: bool, simulator: Simulator, task: Tasks
) -> None:
    add(simulator)
    done = task(api_secrets=[{"identifier_code": CODE}], client_secrets={CODE: OTHER_CLIENT_SECRET}, **policy)
    assert done.values["changed"] is changed


def test_warnings_of_many_items_are_summed_up(simulator: Simulator, task: Tasks) -> None:
    for number in range(6):
        add(simulator, identifier_code=f"code-{number}", active=False)
    simulator.switch(list_inactive=True)
    done = task(api_secrets=items(6), update=False)
    assert [len(result["warnings"]) for result in done.values["results"]] == [1] * 6
    assert (len(done.warnings), "3 more" in done.warnings[-1]) == (4, True)


# Requests.


def test_one_login_serves_all_items(simulator: Simulator, task: Tasks) -> None:
    task(api_secrets=items(20))
    assert sorted(calls(simulator)) == ["create"] * 20 + ["list"] * 20 + ["token"]


def test_an_empty_list_sends_nothing(simulator: Simulator, task: Tasks) -> None:
    done = task(api_secrets=[])
    assert (done.values["results"], done.values["changed"], calls(simulator)) == ([], False, [])


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_connections_are_used_than_wanted(concurrency: int, simulator: Simulator, task: Tasks) -> None:
    simulator.switch(identifier_code_filter="contains")
    for number in range(5):
        add(simulator, identifier_code=f"code-1{number}")  # each is listed and read for code-1
    task(api_secrets=items(20), concurrency=concurrency)
    assert simulator.connections() <= concurrency


def test_a_token_that_expires_in_mid_run_is_renewed_once(simulator: Simulator, task: Tasks) -> None:
    def expire(progress: Progress) -> None:
        if progress.done == 20:
            simulator.expire_tokens()

    done = task(api_secrets=items(60), modes={"tell": expire})
    assert (counted(done.values), calls(simulator).count("token")) == ({"total": 60, "created": 60}, 2)


def test_a_rejected_login_is_tried_once_and_fails_the_task(simulator: Simulator, task: Tasks) -> None:
    done = task(api_secrets=items(20), key="revoked")
    assert (done.values["error"]["kind"], done.values["changed"], calls(simulator)) == (
        "authentication",
        False,
        ["token"],
    )


def test_a_login_that_is_rejected_in_mid_run_fails_the_rest_at_once(simulator: Simulator, task: Tasks) -> None:
    def revoke(progress: Progress) -> None:
        if progress.done == 10:
            simulator.change_access_key("alice", revoked=True)
            simulator.expire_tokens()

    done = task(api_secrets=items(200), modes={"tell": revoke})
    failed = [kind for kind in kinds(done.values) if kind is not None]
    assert failed.count("authentication") > 100  # the answers to a few others were under way
    assert calls(simulator).count("token") == 2


def test_a_rejected_token_that_the_user_gave_fails_all_at_once(simulator: Simulator, task: Tasks) -> None:
    no_key: dict[str, t.Any] = {"mysafe_client_id": None, "mysafe_client_secret": None}
    done = task(api_secrets=items(100), mysafe_access_token="rejected", concurrency=2, **no_key)
    assert (set(kinds(done.values)), len(calls(simulator)) <= 2) == ({"authentication"}, True)


def test_progress_is_told_after_each_item(simulator: Simulator, task: Tasks) -> None:
    told: list[Progress] = []
    add(simulator, identifier_code="code-0", **CREATE)
    task(api_secrets=[*items(2), {"identifier_code": "incomplete"}], concurrency=1, modes={"tell": told.append})
    assert told == [Progress(3, 1, 0, 0), Progress(3, 2, 1, 0), Progress(3, 3, 1, 1)]


def test_no_thread_outlives_the_task(task: Tasks) -> None:
    task(api_secrets=items(20))
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("mysafe-")] == []


# Failures.


def test_a_failed_item_leaves_the_others_alone_and_fails_the_task(simulator: Simulator, task: Tasks) -> None:
    done = task(api_secrets=[{"identifier_code": "incomplete"}, *items(2)])
    assert (kinds(done.values), actions(done.values)) == (["invalid_input", None, None], ["none", "create", "create"])
    assert (done.failed, done.values["changed"], done.values["error"]["kind"]) == (True, True, "items_failed")
    assert len(vault(simulator)) == 2 + 2


def test_the_failure_counts_and_names_the_failed_items(task: Tasks) -> None:
    done = task(api_secrets=[{"identifier_code": f"incomplete-{number}"} for number in range(5)] + items(1))
    message = done.values["msg"]
    assert message.startswith("5 of 6 items of the list failed.")
    assert [f"item {number + 1} ('incomplete-{number}')" in message for number in range(5)] == [True] * 5
    assert message.count("url, client_id missing") == 3


def test_a_failed_item_tells_what_was_written_before_it_failed(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    done = task(api_secrets=[{"identifier_code": CODE, "notes": "New", "users_allowed": [{"username": "nobody"}]}])
    result = done.values["results"][0]
    assert (result["changed"], result["api_entity"]["notes"], result["error"]["kind"]) == (
        True,
        "New",
        "sharing_incomplete",
    )


def test_after_a_failure_nothing_new_is_begun_if_wanted(simulator: Simulator, task: Tasks) -> None:
    described = [*items(2), {"identifier_code": "incomplete"}, {"identifier_code": "late", **CREATE}]
    done = task(api_secrets=described, on_error="stop", concurrency=1)
    assert kinds(done.values) == [None, None, "invalid_input", "not_tried"]
    assert counted(done.values) == {"total": 4, "created": 2, "failed": 1, "untried": 1}
    assert done.values["results"][3]["changed"] is False
    assert "and 1 was not tried" in done.values["msg"]
    assert with_code(simulator, "late") == []


def test_an_item_under_way_is_finished_after_a_failure(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"delay": 0.2}, method="POST", path="secretapi")
    done = task(api_secrets=[items(1)[0], {"identifier_code": "incomplete"}], on_error="stop", concurrency=2)
    assert actions(done.values) == ["create", "none"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_lost_answer_creates_no_second_secret(fault: dict[str, t.Any], simulator: Simulator, task: Tasks) -> None:
    simulator.fault(fault, method="POST", path="secretapi$", when="after", times=3)
    done = task(api_secrets=items(8))
    assert sorted(secret["identifier_code"] for secret in vault(simulator).values())[:8] == [
        f"code-{number}" for number in range(8)
    ]
    assert (done.failed, counted(done.values)) == (False, {"total": 8, "created": 8})


def test_the_limit_of_requests_slows_all_and_fails_none(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(rate_limit=20, rate_limit_window="second")
    done = task(api_secrets=items(40))
    assert counted(done.values) == {"total": 40, "created": 40}


# One API secret, described twice.


@pytest.mark.parametrize("by_number_first", [True, False])
def test_a_code_and_a_number_of_one_secret_are_not_both_used(
    by_number_first: bool, simulator: Simulator, task: Tasks
) -> None:
    number = add(simulator)
    described: Items = [{"identifier": number, "notes": "By number"}, {"identifier_code": CODE, "notes": "By code"}]
    done = task(api_secrets=described if by_number_first else described[::-1])
    assert (kinds(done.values), actions(done.values)) == ([None, "invalid_input"], ["update", "none"])
    assert with_code(simulator)[0]["notes"] == ("By number" if by_number_first else "By code")


@pytest.mark.parametrize("by_number_first", [True, False])
def test_the_number_of_a_secret_that_the_list_creates_is_not_used_by_another_item(
    by_number_first: bool, simulator: Simulator, task: Tasks
) -> None:
    number = str(int(add(simulator)) + 1)
    described: Items = [{"identifier": number, "notes": "By number"}, {"identifier_code": "new", **CREATE}]
    done = task(api_secrets=described if by_number_first else described[::-1]).values
    assert sorted(zip(actions(done), map(str, kinds(done)))) == [("create", "None"), ("none", "invalid_input")]
    assert with_code(simulator, "new")[0]["notes"] == ""


# What is not in the list.


TAGGED: dict[str, dict[str, t.Any]] = {
    "listed": {},
    "extra": {"tags": "x, billing"},
    "other tag": {"tags": "billing-2"},
    "other case": {"tags": "Billing"},
    "no tag": {"tags": ""},
    "asleep": {"active": False},
    "shared": {"owner": "bob", "users": {"alice": True}},
    "view only": {"owner": "bob", "users": {"alice": False}},
    "of nobody here": {"owner": "bob"},
}


def tagged(simulator: Simulator) -> dict[str, str]:
    """Fill the vault with secrets that carry the tag, or seem to; return their numbers by code."""
    common: dict[str, t.Any] = {"users": {}, "groups": {}, "tags": "billing"}
    numbers = {code: add(simulator, identifier_code=code, **{**common, **values}) for code, values in TAGGED.items()}
    simulator.clear_log()
    return numbers


@pytest.mark.parametrize("rule", ["exact", "case_sensitive", "contains", "ignored"])
@pytest.mark.parametrize("lists_inactive", [True, False])
def test_what_carries_the_tag_and_is_not_listed_is_reported(
    rule: str, lists_inactive: bool, simulator: Simulator, task: Tasks
) -> None:
    numbers = tagged(simulator)
    simulator.switch(tag_filter=rule, list_inactive=lists_inactive)
    before = vault(simulator)
    done = task(api_secrets=[{"identifier_code": "listed"}], tag="billing", unlisted="report")
    assert sorted(
        (one["identifier_code"], one["identifier"], one["can_write"], one["action"], one["changed"])
        for one in done.values["unlisted"]
    ) == [
        ("extra", numbers["extra"], True, "none", False),
        ("shared", numbers["shared"], True, "none", False),
        ("view only", numbers["view only"], False, "none", False),
    ]
    assert (done.values["changed"], counted(done.values)["unlisted"], vault(simulator)) == (False, 3, before)


def test_what_is_not_listed_is_told_with_number_code_and_name(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, identifier_code="extra", name="Left over", tags="billing")
    unlisted = task(api_secrets=[{"identifier_code": "a", "state": "absent"}], tag="billing", unlisted="report")
    told = {"identifier": number, "identifier_code": "extra", "name": "Left over", "can_write": True}
    assert unlisted.values["unlisted"] == [{**told, "changed": False, "action": "none"}]


def test_what_is_not_listed_is_read_once_before_it_is_deactivated(simulator: Simulator, task: Tasks) -> None:
    add(simulator, identifier_code="extra", tags="billing")
    simulator.clear_log()
    task(api_secrets=[{"identifier_code": "a", "state": "absent"}], tag="billing", unlisted="deactivate")
    assert calls(simulator) == ["token", "list", "list", "get", "inactive"]


@pytest.mark.parametrize("rule", ["exact", "case_sensitive", "contains", "ignored"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_is_not_listed_is_deactivated_where_that_is_allowed(
    rule: str, check_mode: bool, simulator: Simulator, task: Tasks
) -> None:
    tagged(simulator)
    simulator.switch(tag_filter=rule)
    active = {secret["identifier_code"] for secret in vault(simulator).values() if secret["active"]}
    done = task(
        api_secrets=[{"identifier_code": "listed"}], tag="billing", unlisted="deactivate", check_mode=check_mode
    )
    assert {one["identifier_code"]: one["action"] for one in done.values["unlisted"]} == {
        "extra": "deactivate",
        "shared": "deactivate",
        "view only": "none",
    }
    assert counted(done.values) == {"total": 1, "unchanged": 1, "deactivated": 2, "unlisted": 3}
    still = {secret["identifier_code"] for secret in vault(simulator).values() if secret["active"]}
    assert active - still == (set() if check_mode else {"extra", "shared"})
    assert [diff["after"] for diff in done.values["diff"]] == [{"active": False}] * 2


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_item_of_the_list_is_never_unlisted(state: str, simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, tags="billing")
    described: Items = [
        {"identifier": number, "state": state},
        {"identifier_code": "new", **CREATE, "tags": ["billing"]},
    ]
    assert task(api_secrets=described, tag="billing", unlisted="report").values["unlisted"] == []


@pytest.mark.parametrize(
    ("described", "options"),
    [([{"identifier_code": "incomplete"}], {}), ([{"identifier_code": CODE}], {"update": False})],
    ids=["an item failed", "update: false"],
)
def test_nothing_unlisted_is_deactivated(
    described: Items, options: dict[str, t.Any], simulator: Simulator, task: Tasks
) -> None:
    add(simulator, **CREATE)
    add(simulator, identifier_code="extra", tags="billing")
    done = task(api_secrets=described, tag="billing", unlisted="deactivate", **options)
    assert ("extra", "none") in [(one["identifier_code"], one["action"]) for one in done.values["unlisted"]]
    assert "inactive" not in calls(simulator)


def test_an_empty_list_reports_all_with_the_tag(simulator: Simulator, task: Tasks) -> None:
    add(simulator, tags="billing")
    done = task(api_secrets=[], tag="billing", unlisted="report")
    assert [one["identifier_code"] for one in done.values["unlisted"]] == [CODE]


def test_one_that_cannot_be_read_is_left_alone_and_fails_nothing(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, identifier_code="extra", tags="billing")
    simulator.fault(ACCESS_DENIED, method="GET", path=f"secretapi/{number}$")
    done = task(api_secrets=[{"identifier_code": "new", **CREATE}], tag="billing", unlisted="deactivate")
    (one,) = done.values["unlisted"]
    assert (one["identifier"], one["action"], one["error"]["kind"], done.failed) == (
        number,
        "none",
        "access_denied",
        False,
    )


def test_a_deactivation_that_fails_counts_as_failed(simulator: Simulator, task: Tasks) -> None:
    number = add(simulator, identifier_code="extra", tags="billing")
    simulator.fault(ACCESS_DENIED, method="POST", path="inactive")
    done = task(api_secrets=[{"identifier_code": "new", **CREATE}], tag="billing", unlisted="deactivate")
    assert (done.values["error"]["kind"], counted(done.values)["failed"]) == ("items_failed", 1)
    assert done.values["msg"].startswith("1 unlisted API secret could not be deactivated.")
    assert f"unlisted ('{number}')" in done.values["msg"]


def test_unlisted_ones_that_cannot_be_looked_for_fail_the_task_with_all_results(
    simulator: Simulator, task: Tasks
) -> None:
    simulator.fault({"gateway": 404}, method="GET", path="tag=")
    simulator.fault(ACCESS_DENIED, method="GET", path="secretapi$", skip=1)
    done = task(api_secrets=items(1), tag="billing", unlisted="report")
    assert (done.values["error"]["kind"], actions(done.values), done.values["unlisted"]) == (
        "access_denied",
        ["create"],
        [],
    )


# Lists that are refused.


REFUSED: dict[str, tuple[dict[str, t.Any], str]] = {
    "a code that comes twice": (
        {"api_secrets": [{"identifier_code": "a"}, {"identifier_code": "b"}, {"identifier_code": " a "}]},
        "item 3 ('a'): item 1 ('a') has the same identifier_code",
    ),
    "a number that comes twice": (
        {"api_secrets": [{"identifier": "7"}, {"identifier": "007"}]},
        "item 2: item 1 has the same identifier",
    ),
    "an item without code and number": ({"api_secrets": [{"name": "x"}]}, "item 1: the option identifier_code"),
    "an empty name": ({"api_secrets": [{"identifier_code": "a", "name": " "}]}, "item 1 ('a'): the option name"),
    "a secret without an item": (
        {"api_secrets": [{"identifier_code": "a"}], "client_secrets": {"b": CLIENT_SECRET}},
        "entry 1 of client_secrets: no item of the list",
    ),
    "a secret in both places": (
        {
            "api_secrets": [{"identifier_code": "a", "client_secret": CLIENT_SECRET}],
            "client_secrets": {"a": OTHER_CLIENT_SECRET},
        },
        "entry 1 of client_secrets ('a'): item 1 ('a') has a client_secret of its own",
    ),
    "unlisted without a tag": ({"api_secrets": [], "unlisted": "report"}, "the option tag: it is missing"),
    "unlisted with a blank tag": ({"api_secrets": [], "unlisted": "report", "tag": " "}, "the option tag: it is"),
    "two tags": ({"api_secrets": [], "unlisted": "report", "tag": "a,b"}, "the option tag cannot be used"),
    "an empty list that would empty the vault": (
        {"api_secrets": [], "unlisted": "deactivate", "tag": "billing"},
        "the option api_secrets: it is empty",
    ),
    "no connection": ({"api_secrets": [], "concurrency": 0}, "the option concurrency"),
    "too many connections": ({"api_secrets": [], "concurrency": 65}, "the option concurrency"),
}


@pytest.mark.parametrize(("options", "fault"), REFUSED.values(), ids=REFUSED)
def test_a_list_that_cannot_be_used_is_refused_before_anything_is_sent(
    options: dict[str, t.Any], fault: str, simulator: Simulator, task: Tasks
) -> None:
    done = task(**options)
    assert (done.values["error"]["kind"], calls(simulator)) == ("invalid_input", [])
    assert fault in done.values["msg"]
    assert "results" not in done.values


def test_many_connections_are_kept_open(simulator: Simulator, task: Tasks) -> None:
    task(api_secrets=items(100), concurrency=20)
    assert simulator.connections() <= 20
