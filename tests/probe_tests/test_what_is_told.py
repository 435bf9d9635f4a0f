# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The report and the profile name nobody and nothing; the plan says what will happen; less is asked with less."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from probe.bench import MARK
from probe.client import Client

if t.TYPE_CHECKING:
    from .prober import Outcome, Prober

_SHARING = {"get_users_key", "write_users_key", "empty_array_clears_sharing", "share_with_owner"}
_ALWAYS = {"latency", "need_approval", "rate_limit", "rate_limit_window", "rate_limit_headers", "token_expired_body"}
#: Answers with names in them; the first one even claims that everything succeeded.
_TALKATIVE: tuple[t.Any, ...] = (
    {"code": 200, "response": {"error": False, "message": "billing"}, "api_entity": {"identifier": "alice", "bob": 2}},
    {"message": "alice of https://localhost may not do that"},
    {"response": {"status": 500, "message": "alice of Platform", "error": True}, "alice": 1},
    "alice, bob",
)
_TESTS = Path(__file__).resolve().parent.parent


def _unknown(outcome: Outcome) -> set[str]:
    return {name for name, value in outcome.profile.items() if value is None}


def _private(prober: Prober) -> set[str]:
    """Return everything that must be in no report."""
    config = prober.config()
    keys = [value for key in config["mysafe_access_keys"].values() for value in key.values()]
    stored = [
        value
        for secret in prober.simulator.secrets()
        for value in (secret["name"], secret["identifier_code"], secret["client_secret"])
    ]
    host = config["mysafe_url"].partition("//")[2]
    # "main" is the tenant, and a word.
    return {*keys, *stored, config["mysafe_group"], host, *host.split(":"), "nobody", MARK} - {"", "main", "second"}


def _names(text: str, private: set[str]) -> list[str]:
    return [value for value in private if re.search(rf"\b{re.escape(value)}\b", text, re.IGNORECASE)]


def test_nothing_private_is_in_report_and_profile(prober: Prober) -> None:
    prober.fill()
    outcome = prober.run()
    assert outcome.status == 0, outcome.output
    private = _private(prober)
    assert _names(outcome.output, private) != []
    assert _names(outcome.written, private) == []


@pytest.mark.parametrize(
    ("body", "skip"),
    [
        pytest.param(body, skip, marks=() if number == skip == 0 else pytest.mark.exhaustive)
        for number, body in enumerate(_TALKATIVE)
        for skip in (0, 1, 2, 5)
    ],
)
def test_nothing_that_the_vault_says_is_in_report_and_profile(prober: Prober, body: t.Any, skip: int) -> None:
    prober.fill()
    for method, path in (("GET", "secretapi"), ("PUT", "update"), ("POST", "inactive")):
        do = {"status": 400 if skip else 200, "body": body, "headers": {"Server": "alice/1.0 kong/9.9 bob"}}
        prober.simulator.fault(do, method=method, path=path, skip=skip + 1)
    outcome = prober.run()
    assert _names(outcome.written, _private(prober)) == []
    prober.simulator.clear_faults()
    outcome.is_tidy()


def test_no_sharing_sends_no_notice(prober: Prober) -> None:
    prober.fill()
    outcome = prober.run("--no-sharing").is_tidy()
    assert sum(secret["share_notices"] for secret in outcome.after) == 0
    assert _unknown(outcome) == _ALWAYS | _SHARING
    assert "--no-sharing" in outcome.report


@pytest.mark.exhaustive
def test_sharing_sends_as_few_notices_as_announced(prober: Prober) -> None:
    outcome = prober.run()
    # One to the owner, one to the other user, one to the group.
    assert sum(secret["share_notices"] for secret in outcome.after) == 3
    announced = outcome.output.partition("It shares secrets with ")[2].partition(".")[0]
    assert announced == "the user alice, who owns it, the user bob, the group Platform"


def test_one_access_key_is_enough(prober: Prober) -> None:
    key = prober.simulator.access_keys["alice"]
    alice = {name: key[name] for name in ("client_id", "client_secret")}
    outcome = prober.run(config=prober.config(mysafe_access_keys={"alice": alice}, mysafe_group=None)).is_tidy()
    assert outcome.status == 0
    assert _unknown(outcome) == _ALWAYS | _SHARING | {"denied_code", "encrypt_notes", "no_permission"}


@pytest.mark.exhaustive
def test_a_group_alone_shows_whether_sharing_is_cleared(prober: Prober) -> None:
    keys = {"alice": prober.simulator.access_keys["alice"]}
    outcome = prober.run(config=prober.config(mysafe_access_keys=keys))
    assert outcome.profile["empty_array_clears_sharing"] is True
    assert outcome.profile["get_users_key"] is None


def test_an_access_key_with_encryption_recovers_the_same(prober: Prober) -> None:
    keys = prober.simulator.integration_config["mysafe_access_keys"]
    outcome = prober.run(config=prober.config(mysafe_access_keys={**keys, "alice": keys["encrypted"]})).is_tidy()
    assert _unknown(outcome) == _ALWAYS
    assert (outcome.profile["encrypt_notes"], outcome.profile["masked_echo"]) == (True, False)


def test_a_rate_limit_is_observed_and_respected(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Client, "_wait", lambda _self, seconds: waits.append(seconds))
    prober.simulator.fault({"gateway": 429, "retry_after": 7}, path="secretapi", skip=9)
    outcome = prober.run()
    assert (outcome.status, waits) == (0, [7.0])
    assert _unknown(outcome) == _ALWAYS - {"rate_limit", "rate_limit_window", "rate_limit_headers"}


def test_a_long_wait_ends_the_questions_but_not_the_clean_up(prober: Prober) -> None:
    prober.simulator.fault({"gateway": 429, "retry_after": 3000}, path="secretapi", skip=20)
    outcome = prober.run().is_tidy()
    assert outcome.status == 0
    assert "The run stopped early: the rate limit of the vault asks to wait 3000 seconds." in outcome.report
    assert outcome.profile["kong"] == "3.6"
    assert outcome.profile["list_inactive"] is None


def test_no_request_is_sent_that_is_not_below_the_api(prober: Prober) -> None:
    prober.run()
    rows = prober.simulator.requests()
    assert len(rows) <= 100
    assert all(re.match(r"/(api|iso)/(mysafe|oauth2)/", row["path"]) for row in rows)
    # No secret in an address, which servers log.
    keys = prober.simulator.access_keys.values()
    assert not any(key["client_secret"] in row["query"] + row["path"] for key in keys for row in rows)


@pytest.mark.parametrize(("answer", "status"), [("n", 1), pytest.param("y", 0, marks=pytest.mark.exhaustive)])
def test_on_a_terminal_it_asks_first(prober: Prober, answer: str, status: int) -> None:
    arguments = prober.write()
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "probe", *arguments, "--pause", "0"]
    environment = {**os.environ, "PYTHONPATH": str(_TESTS)}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        output = b""
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:
                break
            output += chunk
            if not chunk:
                break
    os.close(ours)
    assert (process.returncode, b"Go on?" in output) == (status, True), output
    assert bool(prober.simulator.requests()) is (status == 0)
