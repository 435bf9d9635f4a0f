# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The info module itself: what it passes to the core and to Ansible."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.modules.mysafe_api_secret_info import main
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.builders import CODE, NUMBER, OLD_SECRET, an_entity
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve

Run = t.Callable[..., dict[str, t.Any]]
LOGIN = {"mysafe_url": URL, "mysafe_access_token": "t0k3n"}
LISTED = Canned(200, envelope(api_secret_on_list=[{"identifier": NUMBER}]))
READ = Canned(200, envelope(api_secret_entity=an_entity(notes=f"It is {OLD_SECRET}")))
EMPTY = Canned(200, envelope(api_secret_on_list=[]))


@pytest.mark.parametrize(
    ("options", "urls"),
    [
        ({}, ["", f"/{NUMBER}"]),
        ({"identifier_code": CODE}, [f"?identifier_code={CODE}", f"/{NUMBER}"]),
        ({"identifier": 43}, ["", f"/{NUMBER}"]),
        ({"tag": "billing"}, ["?tag=billing", f"/{NUMBER}"]),
        ({"details": False}, [""]),
    ],
)
def test_the_requests_for_each_query(options: dict[str, t.Any], urls: list[str], run: Run, serve: Serve) -> None:
    server = serve(LISTED, READ)
    result = run(main, **options, **LOGIN)
    assert [row["identifier"] for row in result["api_secrets"]] == [NUMBER]
    assert server.urls == [f"GET /api/mysafe/secretapi{url}" for url in urls]


@pytest.mark.parametrize("check_mode", [True, False])
def test_nothing_ever_changes(check_mode: bool, run: Run, serve: Serve) -> None:
    serve(LISTED, READ)
    result = run(main, _ansible_check_mode=check_mode, _ansible_diff=True, **LOGIN)
    assert (result["changed"], len(result["api_secrets"]), "diff" in result) == (False, 1, False)


def test_nothing_found_is_an_empty_list(run: Run, serve: Serve) -> None:
    serve(EMPTY)
    assert run(main, **LOGIN)["api_secrets"] == []


def test_a_client_secret_is_hidden_everywhere(run: Run, serve: Serve) -> None:
    serve(LISTED, READ)
    result = run(main, **LOGIN)
    [row] = result["api_secrets"]
    hidden = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "It is ********")
    assert ((row["client_secret"], row["notes"]), OLD_SECRET in json.dumps(result)) == (hidden, False)


def test_reveal_shows_the_client_secret(run: Run, serve: Serve) -> None:
    serve(LISTED, READ)
    [row] = run(main, reveal=True, **LOGIN)["api_secrets"]
    assert (row["client_secret"], row["notes"]) == (OLD_SECRET, f"It is {OLD_SECRET}")


def test_reveal_does_not_show_the_token(run: Run, serve: Serve) -> None:
    serve(LISTED, Canned(200, envelope(api_secret_entity=an_entity(notes="Holds t0k3n."))))
    [row] = run(main, reveal=True, **LOGIN)["api_secrets"]
    assert row["notes"] == "Holds ********."


def test_a_failure_has_a_message_and_the_error(run: Run) -> None:
    result = run(main, mysafe_access_token="t0k3n")
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "configuration")


def test_mutually_exclusive_options_are_a_failure(run: Run) -> None:
    result = run(main, identifier_code=CODE, tag="billing", **LOGIN)
    assert (result["failed"], result["error"]["kind"]) == (True, "invalid_input")
