# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The playbooks for what comes after onboarding: sharing, deactivating, activating and reporting, under ansible-runner."""

from __future__ import annotations

import typing as t

import pytest

from .job import BASTION, ON_BASTION, Job, Launch, only

if t.TYPE_CHECKING:
    from simulator.process import Simulator

SAY = "Show what was done"
REPORT = "Show the report"
KEEP = "Keep the numbers. MySafe may hide an inactive API secret, and then only its number finds it."
NOTHING_WRITTEN = "Nothing was written. Run would do this:"
SHARE = {
    "share_action": "share",
    "share_codes": "billing-api\nledger-api",
    "share_users": "carol",
    "share_groups": "Platform",
    "share_right": "edit",
}
BY_TAG = {"share_action": "share", "share_tag": "billing", "share_users": "carol", "share_right": "view"}
DEACTIVATE = {"activation_action": "deactivate", "activation_codes": "billing-api\nledger-api"}


@pytest.fixture(name="numbers")
def _numbers(simulator: Simulator) -> dict[str, str]:
    """Store API secrets that alice owns, and one that bob shares with her, and return their numbers by their codes."""
    described: dict[str, dict[str, t.Any]] = {
        "billing-api": {"tags": "billing, production", "users": {"bob": True}},
        "ledger-api": {"tags": "billing", "users": {"bob": False}, "groups": {"Platform": False}},
        "reporting-api": {},
        "of-bob": {"owner": "bob", "tags": "billing", "users": {"alice": False, "carol": False}},
    }
    return {
        code: simulator.add_secret(
            **{
                "owner": "alice",
                "name": f"Name of {code}",
                "url": "https://example.org",
                "client_id": "robot",
                "client_secret": f"first-of-{code}",
                "identifier_code": code,
                **fields,
            }
        )
        for code, fields in described.items()
    }


def said(job: Job) -> list[str]:
    """Return the lines that a job shows of what it did."""
    return t.cast("list[str]", job.result(SAY)["msg"])


def reported(job: Job) -> list[str]:
    """Return the lines of a report."""
    assert job.status == "successful", job
    return t.cast("list[str]", job.result(REPORT)["msg"])


def shares(simulator: Simulator, code: str) -> tuple[dict[str, bool], dict[str, bool]]:
    """Return with which users and groups an API secret is shared."""
    secret = only(simulator, code)
    return secret["users"], secret["groups"]


# Share, and stop sharing


@pytest.mark.usefixtures("numbers")
def test_api_secrets_are_shared_with_more_users_and_groups(simulator: Simulator, launch: Launch) -> None:
    job = launch("share.yml", SHARE)

    assert said(job) == ["2 API secrets: 2 updated", "update: billing-api, ledger-api"]
    assert shares(simulator, "billing-api") == ({"bob": True, "carol": True}, {"Platform": True})
    assert shares(simulator, "ledger-api") == ({"bob": False, "carol": True}, {"Platform": True})
    assert shares(simulator, "reporting-api") == ({}, {})


@pytest.mark.exhaustive
@pytest.mark.usefixtures("numbers")
def test_sharing_again_changes_nothing(simulator: Simulator, launch: Launch) -> None:
    launch("share.yml", SHARE)
    simulator.clear_log()

    job = launch("share.yml", SHARE)

    assert (said(job), simulator.writes()) == (["2 API secrets: 2 unchanged"], [])


@pytest.mark.usefixtures("numbers")
def test_the_job_type_check_shares_nothing(simulator: Simulator, launch: Launch) -> None:
    job = launch("share.yml", SHARE, check=True)

    assert said(job) == [NOTHING_WRITTEN, "2 API secrets: 2 updated", "would update: billing-api, ledger-api"]
    assert simulator.writes() == []


@pytest.mark.usefixtures("numbers")
def test_sharing_is_stopped_for_those_that_are_named(simulator: Simulator, launch: Launch) -> None:
    answers = {**SHARE, "share_action": "stop sharing", "share_users": "bob\nnobody", "share_right": "view"}

    job = launch("share.yml", answers)

    assert said(job) == ["2 API secrets: 2 updated", "update: billing-api, ledger-api"]
    assert [shares(simulator, code) for code in ("billing-api", "ledger-api")] == [({}, {})] * 2


@pytest.mark.usefixtures("numbers")
def test_all_api_secrets_with_a_tag_are_shared(simulator: Simulator, launch: Launch) -> None:
    """One that may only be viewed is no failure if it is shared as wanted already."""
    job = launch("share.yml", BY_TAG)

    assert said(job) == ["3 API secrets: 1 unchanged, 2 updated", "update: billing-api, ledger-api"]
    assert shares(simulator, "billing-api") == ({"bob": True, "carol": False}, {})


@pytest.mark.usefixtures("numbers")
def test_what_cannot_be_read_is_left_alone_and_named(simulator: Simulator, launch: Launch) -> None:
    simulator.add_secret(
        owner="bob",
        name="Audit",
        url="https://example.org",
        client_id="robot",
        identifier_code="audit-api",
        tags="billing",
        can_view=False,
        users={"alice": False},
    )

    job = launch("share.yml", BY_TAG)

    *done, left = said(job)
    assert (job.status, done) == (
        "successful",
        ["3 API secrets: 1 unchanged, 2 updated", "update: billing-api, ledger-api"],
    )
    assert left.startswith("left alone: Audit: Could not read the API secret with identifier ")
    assert shares(simulator, "audit-api") == ({"alice": False}, {})


@pytest.mark.usefixtures("numbers")
def test_a_failed_item_does_not_keep_others_from_being_shared(simulator: Simulator, launch: Launch) -> None:
    """A code that does not exist is never created, and one that may only be viewed is not changed."""
    job = launch("share.yml", {**SHARE, "share_codes": "of-bob\nbilling-api\nmistyped"})

    counts, updated, first, second = said(job)
    assert (counts, updated) == ("3 API secrets: 1 updated, 2 failed", "update: billing-api")
    assert first.startswith("failed: of-bob: ")
    assert second.startswith("failed: mistyped: ")
    assert [job.stdout.count(text) for text in ("User does not have access", "'mistyped'")] == [1, 1]
    assert job.failure["msg"].startswith("2 of 3 API secrets failed.")
    assert "mistyped" not in {secret["identifier_code"] for secret in simulator.secrets()}


@pytest.mark.exhaustive
def test_sharing_activates_an_inactive_api_secret_that_is_listed(
    simulator: Simulator, launch: Launch, numbers: dict[str, str]
) -> None:
    """As the survey and the guide say: a described API secret is an active one. With a tag, it is left alone."""
    launch("activation.yml", {"activation_action": "deactivate", "activation_numbers": numbers["billing-api"]})
    simulator.switch(list_inactive=True)

    *_done, left = said(launch("share.yml", BY_TAG))
    assert left.startswith("left alone: Name of billing-api: ")
    assert said(launch("share.yml", {**SHARE, "share_codes": "billing-api"}))[1] == "activate+update: billing-api"


@pytest.mark.usefixtures("numbers")
def test_a_tag_that_no_api_secret_has_fails_the_job(simulator: Simulator, launch: Launch) -> None:
    job = launch("share.yml", {**BY_TAG, "share_tag": "biling"})

    assert job.failure["msg"].startswith("There is no API secret with the tag 'biling'")
    assert simulator.writes() == []


@pytest.mark.parametrize(
    "answers",
    [
        {**SHARE, "share_tag": "billing"},
        {**BY_TAG, "share_users": " \n"},
        pytest.param({**BY_TAG, "share_tag": ""}, marks=pytest.mark.exhaustive),
    ],
    ids=["codes and a tag", "nobody", "neither codes nor a tag"],
)
def test_incomplete_answers_stop_the_job_before_anything_is_sent(
    simulator: Simulator, launch: Launch, answers: dict[str, str]
) -> None:
    job = launch("share.yml", answers)

    assert job.failure["msg"].startswith("Choose share or stop sharing")
    assert simulator.requests() == []


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("playbook", "answers"),
    [
        ("share.yml", {**SHARE, "share_right": "edti"}),
        ("share.yml", {**SHARE, "share_action": "unshare"}),
        ("activation.yml", {**DEACTIVATE, "activation_action": "deactvate"}),
    ],
)
def test_another_choice_is_refused_even_without_the_survey(
    simulator: Simulator, launch: Launch, playbook: str, answers: dict[str, str]
) -> None:
    job = launch(playbook, answers, surveyed=False)

    assert job.failure["msg"].startswith("Choose ")
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("playbook", "answers", "question"),
    [
        ("share.yml", {**SHARE, "share_codes": "0123"}, "share_codes"),
        ("activation.yml", {**DEACTIVATE, "activation_codes": "0123"}, "activation_codes"),
        ("report.yml", {"report_tag": "2026-01-31"}, "report_tag"),
    ],
)
def test_an_answer_that_ansible_converts_is_refused(
    simulator: Simulator, launch: Launch, playbook: str, answers: dict[str, str], question: str
) -> None:
    job = launch(playbook, answers)

    assert job.status == "failed"
    assert f"The answer in {question} looks like a number" in job.stdout
    assert simulator.requests() == []


def test_quotes_keep_an_answer_that_looks_like_a_number(simulator: Simulator, launch: Launch) -> None:
    simulator.add_secret(
        owner="alice", name="Digits", url="https://example.org", client_id="robot", identifier_code="0123"
    )

    job = launch("share.yml", {**SHARE, "share_codes": '"0123"'})

    assert said(job) == ["1 API secret: 1 updated", "update: 0123"]


@pytest.mark.exhaustive
@pytest.mark.usefixtures("numbers")
def test_an_answer_is_never_a_template(simulator: Simulator, launch: Launch) -> None:
    template = "{{ 'a' ~ 7 * 7 }}"

    jobs = [
        launch("share.yml", {**SHARE, "share_codes": template}),
        launch("share.yml", {**BY_TAG, "share_tag": template}),
        launch("activation.yml", {**DEACTIVATE, "activation_codes": template}),
        launch("report.yml", {"report_names": template}),
    ]

    assert [job.status for job in jobs] == ["failed", "failed", "successful", "successful"]
    assert [job for job in jobs if template not in job.stdout] == []
    assert simulator.writes() == []


# Deactivate and activate


def test_api_secrets_are_deactivated(simulator: Simulator, launch: Launch, numbers: dict[str, str]) -> None:
    answers = {**DEACTIVATE, "activation_numbers": numbers["reporting-api"]}

    job = launch("activation.yml", answers)

    listed = ", ".join(f"{code} ({numbers[code]})" for code in ("billing-api", "ledger-api", "reporting-api"))
    assert said(job) == ["3 API secrets: 3 deactivated", f"deactivate: {listed}", KEEP]
    assert [only(simulator, code)["active"] for code in numbers] == [False, False, False, True]


@pytest.mark.exhaustive
def test_deactivating_again_changes_nothing(simulator: Simulator, launch: Launch, numbers: dict[str, str]) -> None:
    answers = {**DEACTIVATE, "activation_numbers": numbers["reporting-api"]}
    launch("activation.yml", answers)
    simulator.clear_log()

    job = launch("activation.yml", answers)

    assert said(job) == ["3 API secrets: 3 unchanged", "not found, or inactive and hidden: billing-api, ledger-api"]
    assert simulator.writes() == []


@pytest.mark.usefixtures("numbers")
def test_a_mistyped_code_is_named_and_not_taken_for_a_deactivation(launch: Launch) -> None:
    job = launch("activation.yml", {**DEACTIVATE, "activation_codes": "mistyped"})

    assert said(job) == ["1 API secret: 1 unchanged", "not found, or inactive and hidden: mistyped"]


def test_the_job_type_check_deactivates_nothing(simulator: Simulator, launch: Launch, numbers: dict[str, str]) -> None:
    job = launch("activation.yml", {**DEACTIVATE, "activation_codes": "billing-api"}, check=True)

    assert said(job)[:3] == [
        NOTHING_WRITTEN,
        "1 API secret: 1 deactivated",
        f"would deactivate: billing-api ({numbers['billing-api']})",
    ]
    assert simulator.writes() == []


@pytest.mark.parametrize("separator", [", ", "\n"], ids=["commas", "lines"])
def test_numbers_activate_hidden_api_secrets(
    simulator: Simulator, launch: Launch, numbers: dict[str, str], separator: str
) -> None:
    launch("activation.yml", DEACTIVATE)
    wanted = separator.join([numbers["billing-api"], numbers["ledger-api"]])

    job = launch("activation.yml", {"activation_action": "activate", "activation_numbers": wanted})

    assert said(job) == ["2 API secrets: 2 activated", "activate: billing-api, ledger-api"]
    assert only(simulator, "billing-api")["active"]


@pytest.mark.exhaustive
def test_a_number_alone_is_not_refused(simulator: Simulator, launch: Launch, numbers: dict[str, str]) -> None:
    """Ansible converts it to a number, which it is."""
    launch("activation.yml", DEACTIVATE)

    job = launch("activation.yml", {"activation_action": "activate", "activation_numbers": numbers["billing-api"]})

    assert said(job) == ["1 API secret: 1 activated", "activate: billing-api"]
    assert only(simulator, "billing-api")["active"]


@pytest.mark.usefixtures("numbers")
def test_a_failed_item_does_not_keep_others_from_being_deactivated(simulator: Simulator, launch: Launch) -> None:
    job = launch(
        "activation.yml", {**DEACTIVATE, "activation_codes": "of-bob\nbilling-api", "activation_numbers": "99"}
    )

    counts, deactivated, _keep, *failed = said(job)
    assert counts == "3 API secrets: 1 deactivated, 2 failed"
    assert deactivated.startswith("deactivate: billing-api (")
    assert [line.split(": ")[:2] for line in failed] == [["failed", "of-bob"], ["failed", "99"]]
    assert [job.stdout.count(text) for text in ("User does not have access", "Api secret not found")] == [1, 1]
    assert job.failure["msg"].startswith("2 of 3 API secrets failed.")
    assert only(simulator, "of-bob")["active"]


@pytest.mark.parametrize("numbers_given", ["", pytest.param(" , ", marks=pytest.mark.exhaustive)])
def test_an_activation_of_nothing_is_refused(simulator: Simulator, launch: Launch, numbers_given: str) -> None:
    job = launch("activation.yml", {"activation_action": "activate", "activation_numbers": numbers_given})

    assert job.failure["msg"].startswith("Choose deactivate or activate, and enter")
    assert simulator.requests() == []


@pytest.mark.parametrize("wrong", ["4x", "1.5", pytest.param("on", marks=pytest.mark.exhaustive)])
def test_a_number_that_is_none_is_refused_before_anything_is_sent(
    simulator: Simulator, launch: Launch, wrong: str
) -> None:
    job = launch("activation.yml", {"activation_action": "deactivate", "activation_numbers": wrong})

    assert job.failure["error"]["kind"] == "invalid_input"
    assert simulator.requests() == []


# Report


def test_a_report(simulator: Simulator, launch: Launch, numbers: dict[str, str]) -> None:
    simulator.add_secret(owner="alice", name="No code", url="https://example.org", client_id="robot")

    job = launch("report.yml")

    lines = reported(job)
    assert lines[1:6] == [
        "By tag:",
        "  billing (3): billing-api, ledger-api, of-bob",
        "  production (1): billing-api",
        f"  no tag (2): reporting-api, No code ({int(numbers['of-bob']) + 1})",
        "Shared with, apart from owners:",
    ]
    assert lines[6:12] == [
        "  alice may view (1): of-bob",
        "  bob may edit (1): billing-api",
        "  bob may view (1): ledger-api",
        "  carol may view (1): of-bob",
        "  group Platform may view (1): ledger-api",
        f"  nobody (2): reporting-api, No code ({int(numbers['of-bob']) + 1})",
    ]
    assert simulator.writes() == []


@pytest.mark.usefixtures("numbers")
def test_a_report_says_what_may_not_be_read_and_why(simulator: Simulator, launch: Launch) -> None:
    for number in (1, 2):
        simulator.add_secret(
            owner="bob",
            name=f"Audit {number}",
            url="https://example.org",
            client_id="robot",
            can_view=False,
            users={"alice": False},
        )

    job = launch("report.yml")

    first, unread = reported(job)[0], reported(job)[-1]
    assert first == "6 API secrets: 4 read, 2 not read, 3 may be changed with this access key"
    assert unread.startswith("  access_denied (2): Audit 1 (")
    assert job.stdout.count("neither owns the API secret") == 1


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    ("answers", "first", "shared"),
    [
        ({"report_tag": "billing"}, "3 API secrets", 5),
        ({"report_code": "billing-api"}, "1 API secret", 1),
        ({"report_names": "Platform\ncarol\ndave"}, "4 API secrets", 3),
        pytest.param({"report_code": "mistyped"}, "0 API secrets", 0, marks=pytest.mark.exhaustive),
    ],
    ids=["tag", "code", "names", "nothing"],
)
def test_a_report_can_be_limited(launch: Launch, answers: dict[str, str], first: str, shared: int) -> None:
    lines = reported(launch("report.yml", answers))

    assert lines[0].partition(":")[0] == first
    assert len(lines[lines.index("Shared with, apart from owners:") + 1 :]) == shared
    assert ("  dave: nothing" in lines) == ("report_names" in answers)


@pytest.mark.exhaustive
def test_a_report_of_many_api_secrets_is_short_unless_names_are_given(simulator: Simulator, launch: Launch) -> None:
    for number in range(60):
        simulator.add_secret(
            owner="alice",
            name=f"API {number}",
            url="https://example.org",
            client_id="robot",
            identifier_code=f"api-{number}",
            tags=f"billing, of-{number}",
            users={"bob": False},
        )

    brief, whole = reported(launch("report.yml")), reported(launch("report.yml", {"report_names": "bob"}))

    ten = ", ".join(f"api-{number}" for number in range(10))
    assert f"  billing (60): {ten} and others" in brief
    assert f"  bob may view (60): {ten} and others" in brief
    assert "  11 more: enter a tag or a name in the survey" in brief
    assert len(brief) < 60
    assert f"  bob may view (60): {', '.join(f'api-{number}' for number in range(60))}" in whole


@pytest.mark.exhaustive
@pytest.mark.usefixtures("numbers")
def test_a_report_at_the_highest_verbosity_shows_no_secret(launch: Launch) -> None:
    job = launch("report.yml", verbosity=5)

    assert job.status == "successful", job
    assert "first-of-" not in job.text


@pytest.mark.usefixtures("numbers")
def test_everyday_jobs_at_the_highest_verbosity_show_no_secret(launch: Launch) -> None:
    jobs = [launch("share.yml", SHARE, verbosity=5), launch("activation.yml", DEACTIVATE, verbosity=5)]

    assert [job.status for job in jobs] == ["successful"] * 2
    assert [job for job in jobs if "first-of-" in job.text] == []


# A bastion


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    ("playbook", "answers", "task", "line"),
    [
        ("share.yml", BY_TAG, SAY, "update: billing-api, ledger-api"),
        pytest.param(
            *("activation.yml", DEACTIVATE, SAY, "2 API secrets: 2 deactivated"), marks=pytest.mark.exhaustive
        ),
        ("report.yml", {}, REPORT, "  carol may view (1): of-bob"),
    ],
)
def test_a_bastion_does_the_same(
    minimal: Launch, playbook: str, answers: dict[str, t.Any], task: str, line: str
) -> None:
    job = minimal.but(senhasegura_skip_tls_verification=True)(
        playbook, answers, inventory=BASTION, extra_vars=ON_BASTION
    )

    assert job.status == "successful", job
    assert line in job.result(task)["msg"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("playbook", "answers"), [("share.yml", BY_TAG), ("report.yml", {})])
def test_a_bastion_missing_in_the_inventory_fails_the_job(
    simulator: Simulator, launch: Launch, playbook: str, answers: dict[str, t.Any]
) -> None:
    job = launch(playbook, answers, extra_vars={"mysafe_run_on": "no-such-host.invalid"})

    assert job.status == "failed"
    assert simulator.requests() == []
