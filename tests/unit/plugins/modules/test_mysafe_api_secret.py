# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The module itself: what it passes to the core and to Ansible."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret
from ansible_collections.senhasegura.mysafe.plugins.modules.mysafe_api_secret import main
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.builders import (
    CODE,
    NEW_SECRET,
    NUMBER,
    OLD_SECRET,
    an_entity,
)
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve

Run = t.Callable[..., dict[str, t.Any]]
LOGIN = {"mysafe_url": URL, "mysafe_access_token": "t0k3n"}
LISTED = Canned(200, envelope(api_secret_on_list=[{"identifier": NUMBER}]))
READ = Canned(200, envelope(api_secret_entity=an_entity()))


def test_a_task_that_changes_nothing(run: Run, serve: Serve) -> None:
    server = serve(LISTED, READ)
    result = run(main, identifier_code=CODE, **LOGIN)
    assert (result["changed"], result["action"]) == (False, "none")
    assert server.urls == [f"GET /api/mysafe/secretapi?identifier_code={CODE}", f"GET /api/mysafe/secretapi/{NUMBER}"]


def test_a_task_that_updates(run: Run, serve: Serve) -> None:
    server = serve(LISTED, READ, Canned(200, envelope(api_entity=an_entity(notes="New"))))
    result = run(main, identifier_code=CODE, notes="New", **LOGIN)
    assert (result["changed"], result["action"], server.urls[2]) == (
        *(True, "update"),
        f"PUT /api/mysafe/secretapi/update/{NUMBER}",
    )


def test_check_mode_is_passed_on(run: Run, serve: Serve) -> None:
    server = serve(LISTED, READ)
    result = run(main, identifier_code=CODE, notes="New", _ansible_check_mode=True, **LOGIN)
    assert (result["action"], len(server.asked)) == ("update", 2)


@pytest.mark.parametrize("diff", [True, False])
def test_the_diff_is_returned_on_request(diff: bool, run: Run, serve: Serve) -> None:
    serve(LISTED, READ)
    result = run(main, identifier_code=CODE, notes="New", _ansible_check_mode=True, _ansible_diff=diff, **LOGIN)
    assert ("diff" in result) is diff


def test_the_environment_is_used(run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENHASEGURA_URL", URL)
    monkeypatch.setenv("SENHASEGURA_ACCESS_TOKEN", "fr0m-env")
    server = serve(LISTED, READ)
    run(main, identifier_code=CODE)
    assert server.asked[0].headers["Authorization"] == "Bearer fr0m-env"


def test_a_failure_has_a_message_and_the_error(run: Run) -> None:
    result = run(main, identifier_code=CODE, mysafe_access_token="t0k3n")
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, False, "configuration")
    assert result["msg"].startswith("The option mysafe_url cannot be used.")


def test_a_failure_after_a_write_reports_what_was_written(run: Run, serve: Serve) -> None:
    answer = an_entity(notes="New") | {"shared_error": [{"username": "ghost"}]}
    serve(LISTED, READ, Canned(200, envelope(api_entity=answer)))
    result = run(main, identifier_code=CODE, notes="New", **LOGIN)
    assert (result["failed"], result["changed"], result["api_entity"]["notes"]) == (True, True, "New")


def test_a_failure_that_wrote_nothing_returns_no_entity(run: Run, serve: Serve) -> None:
    serve(LISTED, Canned(401, {"message": "Unauthorized"}))
    assert "api_entity" not in run(main, identifier_code=CODE, **LOGIN)


def test_no_secret_is_printed(run: Run, serve: Serve) -> None:
    """The server repeats the new secret, the old one and the token in a field for other text."""
    gossip = an_entity(notes=f"{OLD_SECRET} {NEW_SECRET} t0k3n")
    serve(LISTED, Canned(200, envelope(api_secret_entity=gossip)))
    result = run(
        main, identifier_code=CODE, client_secret=NEW_SECRET, _ansible_check_mode=True, _ansible_diff=True, **LOGIN
    )
    assert result["action"] == "update"
    assert [secret for secret in (OLD_SECRET, NEW_SECRET, "t0k3n") if secret in str(result)] == []


def test_no_secret_is_printed_in_a_failure(run: Run, serve: Serve) -> None:
    serve(LISTED, READ, Canned(400, envelope(400, f"{OLD_SECRET} {NEW_SECRET} t0k3n")))
    result = run(main, identifier_code=CODE, client_secret=NEW_SECRET, **LOGIN)
    assert [secret for secret in (OLD_SECRET, NEW_SECRET, "t0k3n") if secret in str(result)] == []


def test_a_kind_that_is_also_a_secret_is_hidden_in_the_message(run: Run, serve: Serve) -> None:
    serve(LISTED, READ, Canned(400, envelope(400, "1006: User does not have access", 1006)))
    result = run(main, identifier_code=CODE, client_secret="access_denied", **LOGIN)
    assert "access_denied" not in result["msg"]


def test_warnings_are_shown(run: Run, serve: Serve) -> None:
    serve(LISTED, Canned(200, envelope(api_secret_entity=an_entity(client_secret="****"))))
    result = run(main, identifier_code=CODE, client_secret=NEW_SECRET, _ansible_check_mode=True, **LOGIN)
    assert "update_client_secret: on_create" in str(result["warnings"])


def test_a_kind_that_is_also_a_secret_is_kept_in_the_result(serve: Serve) -> None:
    serve(LISTED, READ, Canned(400, envelope(400, "1006: User does not have access", 1006)))
    params = {"identifier_code": CODE, "client_secret": "access_denied", **LOGIN}
    assert api_secret.run(params, check_mode=False, diff=False).values["error"]["kind"] == "access_denied"
