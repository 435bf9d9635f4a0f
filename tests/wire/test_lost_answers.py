# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Faults before and after a write is applied: never two secrets, never a wrong "changed", never a lost write."""

from __future__ import annotations

import typing as t

import pytest

from .support import (
    ACCESS_DENIED,
    CHANGED,
    CODE,
    DESCRIBED,
    EXPIRED_TOKEN,
    FAULTS,
    NOTHING_LISTED,
    OTHER_CLIENT_SECRET,
    STORED,
    STORED_CHANGED,
    TIMEOUT,
    add,
    calls,
    holds,
    vault,
    with_code,
)

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks


class Write(t.NamedTuple):
    """A write: the secret before it, the task, the path of the request, the number of requests before it."""

    start: dict[str, t.Any] | None
    options: dict[str, t.Any]
    path: str
    skip: int
    stored: dict[str, t.Any]


_WRITES = {
    "create": Write(None, DESCRIBED, "secretapi$", 2, {**STORED, "active": True}),
    "update": Write({}, CHANGED, "secretapi/update/", 3, {**STORED_CHANGED, "active": True}),
    "activate": Write({"active": False}, DESCRIBED, "secretapi/active/", 4, {**STORED, "active": True}),
    "deactivate": Write({}, {"state": "absent"}, "secretapi/inactive/", 3, {**STORED, "active": False}),
}
_ONCE, _EACH_TIME, _FROM_THEN_ON = "once", "each_time", "everything_from_then_on"
_UNEXPECTED = {
    "status": 500,
    "body": {"code": 500, "response": {"status": 500, "message": "Unexpected error.", "error": True}},
}
# One fault of each kind: an error of the gateway, a lost connection, an unreadable answer.
_TYPICAL = ("504", "reset", "html_200")


class Case(t.NamedTuple):
    """A write, and the fault that hits it."""

    write: Write
    fault: dict[str, t.Any]
    when: str
    scope: str
    retries: int


def _cases() -> t.Iterator[t.Any]:
    for action, write in _WRITES.items():
        for when in ("before", "after"):
            for name, fault in FAULTS.items():
                for scope in (_ONCE, _EACH_TIME, _FROM_THEN_ON):
                    for retries in (3, 0):
                        if retries or scope != _EACH_TIME:  # without retries a write is sent once
                            case = Case(write, fault, when, scope, retries)
                            plain = (scope, retries) == (_ONCE, 3)
                            typical = name in _TYPICAL and (scope, retries) != (_FROM_THEN_ON, 0)
                            identifier = f"{action}-{name}-{when}-{scope}-{retries}_retries"
                            yield pytest.param(case, id=identifier, marks=_marks(plain or typical))
            # A timeout takes a second, so there are fewer of these.
            for retries in (3, 0):
                case = Case(write, TIMEOUT, when, _ONCE, retries)
                typical = retries > 0 and (action == "create" or (action, when) == ("update", "after"))
                yield pytest.param(case, id=f"{action}-timeout-{when}-once-{retries}_retries", marks=_marks(typical))
    for when in ("before", "after"):
        case = Case(_WRITES["create"], TIMEOUT, when, _EACH_TIME, 2)
        yield pytest.param(case, id=f"create-timeout-{when}-each_time-2_retries", marks=pytest.mark.exhaustive)


def _marks(typical: bool) -> t.Any:
    return () if typical else pytest.mark.exhaustive


def _run(simulator: Simulator, task: Tasks, case: Case) -> tuple[dict[str, t.Any], bool]:
    """Run the task with the fault; return the values of the result, and whether the vault changed."""
    simulator.switch(list_inactive=True)
    if case.write.start is not None:
        add(simulator, **case.write.start)
    before = vault(simulator)
    if case.scope == _FROM_THEN_ON:
        simulator.fault(case.fault, when=case.when, skip=case.write.skip, times=1000)
    else:
        method = "PUT" if "update" in case.write.path else "POST"
        times = 1 if case.scope == _ONCE else 1000
        simulator.fault(case.fault, method=method, path=case.write.path, when=case.when, times=times)
    values = task(identifier_code=CODE, timeout=1, retries=case.retries, **case.write.options).values
    assert [row for row in simulator.requests() if row["fault"]], "the fault hit no request"
    return values, vault(simulator) != before


@pytest.mark.parametrize("case", list(_cases()))
def test_no_write_is_lost_repeated_or_misreported_after_a_fault(simulator: Simulator, task: Tasks, case: Case) -> None:
    """Make all assertions in one test, because each run takes a while. Their messages say what they check."""
    values, wrote = _run(simulator, task, case)
    failed = "error" in values
    kind = values["error"]["kind"] if failed else ""

    assert len(with_code(simulator)) <= 1, "two secrets with one code"
    if kind == "write_uncertain":
        assert values["changed"] is True, "changed is false although the write may have been applied"
        assert case.scope == _FROM_THEN_ON or not wrote, "the vault shows that it was applied"
    else:
        assert values["changed"] is wrote, "changed is wrong"
        assert wrote or case.scope == _FROM_THEN_ON, "the write may still be applied, which is not reported"
    if not failed:
        assert [holds(secret, case.write.stored) for secret in with_code(simulator)] == [True], "a lost write"
    if failed and wrote and kind != "write_uncertain":
        assert values["api_entity"] is not None, "what was written is not reported"
    if case.scope == _ONCE and (case.retries or case.when == "after") and not _unread(case):
        assert not failed, "it could have succeeded"

    simulator.clear_faults()
    before = vault(simulator)
    again = task(identifier_code=CODE, **case.write.options).values
    assert "error" not in again, "a run without faults fails"
    assert [holds(secret, case.write.stored) for secret in with_code(simulator)] == [True], (
        "a run without faults does not converge on the state of the task"
    )
    assert again["changed"] is (vault(simulator) != before), "changed is wrong in the second run"
    assert failed or not again["changed"], "a successful run left something to do"


def _unread(case: Case) -> bool:
    """Whether nothing is repeated after this answer, because it does not look like a transient failure."""
    return case.when == "before" and case.fault in [
        FAULTS[name] for name in ("html_200", "empty_200", "truncated_json", "list")
    ]


@pytest.mark.parametrize("retries", [3, 0])
@pytest.mark.parametrize("action", _WRITES)
def test_after_a_500_from_mysafe_the_vault_is_checked(
    simulator: Simulator, task: Tasks, action: str, retries: int
) -> None:
    case = Case(_WRITES[action], _UNEXPECTED, "after", _ONCE, retries)
    values, _wrote = _run(simulator, task, case)
    assert (values["changed"], "error" in values) == (True, False)


def test_an_update_of_which_mysafe_says_that_it_failed_may_be_done_in_part(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    simulator.fault(_UNEXPECTED, path="secretapi/update/", when="after", times=9)
    users = [{"username": name} for name in ("bob", "ghost")]
    values = task(identifier_code=CODE, notes="New.", users_allowed=users).values
    assert (values["error"]["kind"], values["changed"]) == ("write_uncertain", True)
    assert "a check afterwards showed a part of it" in values["msg"]
    assert values["api_entity"]["notes"] == with_code(simulator)[0]["notes"] == "New."


def test_an_update_of_which_mysafe_says_that_it_failed_is_not_done_where_nothing_of_it_shows(
    simulator: Simulator, task: Tasks
) -> None:
    add(simulator)
    simulator.fault(_UNEXPECTED, path="secretapi/update/", times=9)
    values = task(identifier_code=CODE, notes="New.").values
    assert (values["error"]["kind"], values["changed"]) == ("server_error", False)


@pytest.mark.parametrize("when", ["before", "after"])
def test_whether_a_secret_was_written_that_is_read_encrypted_is_open(
    simulator: Simulator, task: Tasks, when: str
) -> None:
    add(simulator)
    simulator.fault(_UNEXPECTED, path="secretapi/update/", when=when, times=9)
    values = task(identifier_code=CODE, key="encrypted", client_secret=OTHER_CLIENT_SECRET).values
    assert (values["error"]["kind"], values["changed"]) == ("write_uncertain", True)


@pytest.mark.parametrize("action", _WRITES)
def test_a_lost_answer_followed_by_an_expired_token_is_still_a_change(
    simulator: Simulator, task: Tasks, action: str
) -> None:
    write = _WRITES[action]
    case = Case(write, {"reset": True}, "after", _ONCE, 3)
    simulator.fault(EXPIRED_TOKEN, method="PUT", path=write.path, skip=1)
    simulator.fault(EXPIRED_TOKEN, method="POST", path=write.path, skip=1)
    values, wrote = _run(simulator, task, case)
    assert (wrote, values["changed"], values["action"]) == (True, True, action)


@pytest.mark.parametrize("action", _WRITES)
def test_an_expired_token_before_the_write_is_replaced(simulator: Simulator, task: Tasks, action: str) -> None:
    case = Case(_WRITES[action], EXPIRED_TOKEN, "before", _ONCE, 0)
    values, wrote = _run(simulator, task, case)
    assert (wrote, values["changed"], values["action"]) == (True, True, action)


@pytest.mark.parametrize("action", _WRITES)
def test_a_refused_write_is_neither_repeated_nor_checked(simulator: Simulator, task: Tasks, action: str) -> None:
    case = Case(_WRITES[action], ACCESS_DENIED, "before", _EACH_TIME, 3)
    values, wrote = _run(simulator, task, case)
    assert (wrote, values["changed"], values["error"]["kind"]) == (False, False, "access_denied")
    assert simulator.requests()[-1]["fault"] == "status"


@pytest.mark.parametrize("action", _WRITES)
def test_a_rate_limit_is_waited_for(simulator: Simulator, task: Tasks, action: str) -> None:
    case = Case(_WRITES[action], {"gateway": 429, "retry_after": 7}, "before", _ONCE, 3)
    values, wrote = _run(simulator, task, case)
    assert (wrote, values["action"], task.sleeps) == (True, action, [7])


@pytest.mark.parametrize("message", ["failure to get a peer from the ring-balancer", "name resolution failed"])
def test_a_create_that_was_not_forwarded_is_repeated_without_a_lookup(
    simulator: Simulator, task: Tasks, message: str
) -> None:
    simulator.fault({"gateway": 503, "message": message}, path="secretapi$", method="POST")
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create", "create"]


def test_a_create_that_may_have_been_applied_is_looked_up_before_it_is_repeated(
    simulator: Simulator, task: Tasks
) -> None:
    simulator.fault({"gateway": 504}, path="secretapi$", method="POST")
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create", "list", "create"]


def test_a_create_that_is_applied_after_the_timeout_makes_no_second_secret(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"delay": 1.3}, path="secretapi$", method="POST")
    values = task(identifier_code=CODE, timeout=1, **DESCRIBED).values
    while any(row["status"] is None for row in simulator.requests() if row["fault"]):
        pass  # the late create is still in progress
    assert (len(with_code(simulator)), values["changed"]) == (1, True)


def test_a_failure_between_activation_and_update_reports_the_activation(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(list_inactive=True)
    identifier = add(simulator, active=False)
    simulator.fault(ACCESS_DENIED, method="PUT")
    values = task(identifier_code=CODE, **CHANGED).values
    assert (values["error"]["kind"], values["changed"]) == ("access_denied", True)
    assert values["api_entity"]["identifier"] == identifier


def test_a_first_client_secret_that_never_arrived_is_not_reported_as_stored(simulator: Simulator, task: Tasks) -> None:
    add(simulator, client_secret="")
    simulator.fault({"reset": True}, method="PUT", times=100)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], with_code(simulator)[0]["client_secret"]) == ("write_uncertain", "")


def test_a_lost_create_is_adopted_and_reported_as_a_create(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"reset": True}, path="secretapi$", method="POST", when="after")
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["action"], values["api_entity"]["identifier"]) == ("create", with_code(simulator)[0]["identifier"])


def test_a_lost_create_has_the_same_result_as_an_answered_one(simulator: Simulator, task: Tasks) -> None:
    answered = task(identifier_code=CODE, **DESCRIBED).values
    simulator.reset()
    simulator.fault({"reset": True}, path="secretapi$", method="POST", when="after")
    assert task(identifier_code=CODE, **DESCRIBED).values == answered


def test_a_lost_create_that_is_not_shared_as_wanted_fails_although_update_is_false(
    simulator: Simulator, task: Tasks
) -> None:
    simulator.fault({"reset": True}, path="secretapi$", method="POST", when="after")
    users = [{"username": name} for name in ("bob", "ghost")]
    values = task(identifier_code=CODE, update=False, **{**DESCRIBED, "users_allowed": users}).values
    assert (values["error"]["kind"], values["changed"]) == ("sharing_incomplete", True)
    assert "'ghost'" in values["msg"]
    assert "'bob'" not in values["msg"]
    assert with_code(simulator)[0]["users"] == {"bob": False}


def test_what_is_found_in_place_of_a_lost_create_must_be_as_described_although_update_is_false(
    simulator: Simulator, task: Tasks
) -> None:
    add(simulator, notes="Somebody else's.")
    before = with_code(simulator)
    # Somebody else is faster: their create comes after the first look.
    simulator.fault(NOTHING_LISTED, path="secretapi$", method="GET")
    simulator.fault({"reset": True}, path="secretapi$", method="POST")
    values = task(identifier_code=CODE, update=False, **DESCRIBED).values
    assert (values["error"]["kind"], "notes" in values["msg"]) == ("not_applied", True)
    assert with_code(simulator) == before
