# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Each kind of fault, and which requests it hits."""

from __future__ import annotations

import json
import time
import typing as t

import pytest
import requests
from simulator.process import Simulator, SimulatorError

from .caller import TOKEN, Caller


@pytest.mark.parametrize(("when", "saved"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    "do",
    [
        {"status": 502},
        {"gateway": 504},
        {"reset": True},
        {"close": True},
        {"truncate": True},
        {"html": True},
    ],
)
def test_a_fault_after_applies_the_request_and_one_before_does_not(
    simulator: Simulator, alice: Caller, do: dict[str, t.Any], when: str, saved: int
) -> None:
    simulator.fault(do, method="POST", when=when)
    try:
        assert "api_entity" not in alice.create().text
    except requests.ConnectionError:
        pass
    except requests.exceptions.ChunkedEncodingError:
        pass
    assert len(alice.listed()) == saved
    assert [row["wrote"] for row in simulator.requests() if row["fault"]] == [bool(saved)]


def test_a_status_can_have_a_body_and_headers(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 418, "body": {"a": 1}, "headers": {"X-Test": "yes"}})
    answer = alice.listing()
    assert (answer.status_code, answer.json(), answer.headers["X-Test"]) == (418, {"a": 1}, "yes")


def test_a_body_can_be_text(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 500, "body": "broken"})
    answer = alice.listing()
    assert (answer.text, answer.headers["Content-Type"]) == ("broken", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "An unexpected error occurred"),
        (502, "An invalid response was received from the upstream server"),
        (503, "The upstream server is currently unavailable"),
        (504, "The upstream server is timing out"),
        (429, "API rate limit exceeded"),
    ],
)
def test_the_gateway_has_a_page_for_each_status(simulator: Simulator, alice: Caller, status: int, text: str) -> None:
    simulator.fault({"gateway": status})
    answer = alice.listing()
    assert answer.status_code == status
    assert text in answer.text


def test_a_page_of_the_gateway_can_have_another_message(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"gateway": 503, "message": "name resolution failed"})
    assert alice.listing().text.startswith("name resolution failed\n")


def test_a_429_has_a_retry_after_header(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"gateway": 429, "retry_after": 7})
    assert alice.listing().headers["Retry-After"] == "7"


def test_a_429_can_lack_the_retry_after_header(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(rate_limit_headers=False)
    simulator.fault({"gateway": 429})
    assert "Retry-After" not in alice.listing().headers


def test_lockdown(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"lockdown": "2030-01-01"})
    assert alice.listing().json()["response"]["error_code"] == 100


@pytest.mark.parametrize("do", [{"reset": True}, {"close": True}])
def test_a_cut_connection_has_no_status(simulator: Simulator, alice: Caller, do: dict[str, t.Any]) -> None:
    simulator.fault(do)
    with pytest.raises(requests.ConnectionError):
        alice.listing()
    assert simulator.requests()[-1]["status"] is None


def test_a_reset_fault_resets_the_tcp_connection() -> None:
    with Simulator("v4", "--no-tls") as simulator:
        alice = Caller(simulator)
        simulator.fault({"reset": True})
        with pytest.raises(requests.ConnectionError, match="reset by peer"):
            alice.listing()


def test_a_truncated_answer_is_shorter_than_announced(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"truncate": True})
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        alice.listing()


def test_truncated_json_has_the_right_length(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"truncated_json": True}, when="after")
    answer = alice.listing()
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_an_html_page_can_have_any_status(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"html": True, "status": 503})
    answer = alice.listing()
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")


def test_a_body_can_be_empty(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"empty": True})
    assert (alice.listing().status_code, simulator.requests()[-1]["fault"]) == (200, "empty")


def test_a_body_can_be_a_list(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"list": True})
    assert alice.listing().json() == []


def test_a_redirect_goes_to_the_given_url(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"redirect": "https://elsewhere.example.com/"})
    answer = alice.listing()
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example.com/")


@pytest.mark.parametrize("form", ["text", "html", "json", "envelope"])
def test_an_echo_repeats_the_headers_and_the_body(simulator: Simulator, alice: Caller, form: str) -> None:
    simulator.fault({"echo": form, "status": 500}, method="POST")
    answer = alice.create(client_secret="shown")
    assert answer.status_code == 500
    assert "Bearer" in answer.text
    assert "shown" in answer.text


def test_two_lengths_contradict_each_other(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"two_lengths": True})
    with pytest.raises(requests.exceptions.InvalidHeader, match=r"\(58, 59\)"):
        alice.listing()


def test_the_usual_answer_can_have_another_content_type(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"content_type": "text/html; charset=undefined"}, when="after")
    answer = alice.listing()
    assert answer.headers["Content-Type"] == "text/html; charset=undefined"
    assert json.loads(answer.content)["code"] == 200


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig"])
def test_the_usual_answer_can_have_another_encoding(simulator: Simulator, alice: Caller, encoding: str) -> None:
    simulator.fault({"encoding": encoding}, method="POST", when="after")
    answer = alice.create(name="für")
    assert json.loads(answer.content.decode(encoding))["api_entity"]["name"] == "für"
    assert "für".encode(encoding)[-3:] in answer.content


def test_an_interim_response_precedes_the_usual_answer(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"interim": 103}, method="POST")
    # requests takes it for the answer.
    assert alice.create().status_code == 103
    assert len(simulator.writes()) == 1


def test_a_slow_body_comes_byte_by_byte(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"slow": 0.001})
    parts = alice.request("GET", "/api/mysafe/secretapi", stream=True).raw
    assert len(parts.read1(1000)) < 20
    simulator.fault({"slow": 0.001})
    assert alice.listing().json()["code"] == 200


@pytest.mark.parametrize(("when", "statuses"), [("before", [401, 401]), ("after", [200, 401])])
def test_all_tokens_can_expire_with_a_request(
    simulator: Simulator, alice: Caller, when: str, statuses: list[int]
) -> None:
    simulator.fault({"expire_tokens": True}, when=when)
    assert [alice.listing().status_code for _time in range(2)] == statuses


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delayed_request_is_applied_after_the_client_timed_out(
    simulator: Simulator, alice: Caller, when: str
) -> None:
    simulator.fault({"delay": 0.4}, method="POST", when=when)
    with pytest.raises(requests.Timeout):
        alice.request("POST", "/api/mysafe/secretapi", json={"name": "n", "url": "u", "client_id": "c"}, timeout=0.1)
    deadline = time.monotonic() + 30
    while not simulator.writes():
        assert time.monotonic() < deadline
    assert len(alice.listed()) == 1


def test_a_short_delay_only_delays_the_answer(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"delay": 0.05})
    answer = alice.listing()
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() >= 0.05


def test_latency_delays_every_answer(simulator: Simulator, alice: Caller) -> None:
    simulator.switch(latency=0.05)
    assert min(alice.listing().elapsed.total_seconds() for _time in range(2)) >= 0.05


def test_a_fault_hits_matching_requests_only(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 599}, method="GET", path="/1$")
    assert alice.listing().status_code == 200
    assert alice.request("POST", "/api/mysafe/secretapi/active/1").status_code == 400
    assert alice.get("1").status_code == 599


def test_skip_and_times_count_matching_requests(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 599}, skip=1, times=2)
    assert [alice.listing().status_code for _time in range(4)] == [200, 599, 599, 200]


def test_two_faults_hit_two_requests(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 598})
    simulator.fault({"status": 599})
    assert [alice.listing().status_code for _time in range(3)] == [598, 599, 200]


def test_a_fault_can_hit_the_token_endpoint(simulator: Simulator, nobody: Caller) -> None:
    simulator.fault({"gateway": 503}, path="oauth2/token$")
    assert [nobody.ask_token("alice", TOKEN).status_code for _time in range(2)] == [503, 200]


def test_pending_faults_are_listed(simulator: Simulator, alice: Caller) -> None:
    simulator.fault({"status": 599}, times=2)
    alice.listing()
    assert [fault["times"] for fault in simulator.faults()] == [1]


def test_a_reset_of_the_simulator_drops_faults(simulator: Simulator) -> None:
    simulator.fault({"status": 599})
    simulator.reset()
    assert simulator.faults() == []


@pytest.mark.parametrize(
    ("do", "options"),
    [
        ({}, {}),
        ({"status": 500, "gateway": 502}, {}),
        ({"explode": True}, {}),
        ({"delay": -1}, {}),
        ({"delay": "long"}, {}),
        ({"echo": "shout"}, {}),
        ({"encoding": "klingon"}, {}),
        ({"slow": "very"}, {}),
        ({"html": True}, {"when": "during"}),
        ({"html": True}, {"path": "("}),
        ({"html": True}, {"times": 0}),
    ],
)
def test_an_invalid_fault_is_refused(simulator: Simulator, do: dict[str, t.Any], options: dict[str, t.Any]) -> None:
    with pytest.raises(SimulatorError):
        simulator.fault(do, **options)
