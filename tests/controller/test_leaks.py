# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""No secret appears in the output at the highest verbosity, in a result, or in a command line."""

from __future__ import annotations

import json
import typing as t

import pytest

from .stage import MODULE, secret, task

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

LIST = f"{MODULE}s"
_OLD = "0ld-s3cret-of-the-robot"
_NEW = 'n3w s3cret & of <the> "robot" é'
_TOKEN = "a-t0ken-that-is-none"
_EXISTING = {"owner": "alice", "name": "Old", "url": "https://e.org", "client_id": "r", "client_secret": _OLD}
#: A list that creates one API secret and updates another, and one with secrets in all the wrong places.
_MANY: dict[str, t.Any] = {
    "api_secrets": [secret("new", notes=f"It is {_NEW}"), secret("old", client_secret=_NEW, notes=f"It was {_OLD}")],
    "client_secrets": {"new": _NEW},
}
_WRONG: dict[str, t.Any] = {
    "api_secrets": [
        secret("new", client_secrt=_NEW),
        {"identifier_code": "old", "users_allowed": [{"username": "bob", "pass": [_NEW]}]},
        _NEW,
    ],
    "client_secrets": {_NEW: "new", "old": {"inner": _OLD}},
}
_WAYS: dict[str, dict[str, t.Any]] = {
    "in place": {},
    "as the module": {"vars": {"mysafe_in_place": False}},
    "elsewhere": {"vars": {"ansible_connection": "elsewhere"}},
    "by a file": {"vars": {"mysafe_in_place": False, "ansible_pipelining": False}},
    "become": {"become": True, "become_method": "pretended", "vars": {"ansible_pipelining": False}},
    "async": {"async": 60, "poll": 1},
}
#: Where tasks fail, too.
_FAILING = ("in place", "as the module")


@pytest.fixture(scope="module", name="run")
def _run(controller_of_module: Controller, running: Simulator) -> Run:
    """Create, update and fail in every way, with as much output as possible."""
    running.reset()
    tasks: list[dict[str, t.Any]] = []
    echo = {"status": 500, "body": {"message": f"{_OLD} {_NEW} {running.access_keys['alice']['client_secret']}"}}
    for way, how in _WAYS.items():
        tasks += [
            {"simulator": {"secrets": [{**_EXISTING, "identifier_code": "old"}]}},
            task(f"create {way}", secret("new", client_secret=_NEW, notes=f"It is {_NEW}"), **how),
            task(f"update {way}", secret("old", client_secret=_NEW, notes=f"It was {_OLD}"), **how),
            {"simulator": {"secrets": [{**_EXISTING, "identifier_code": "old"}]}},
            {"name": f"list {way}", LIST: _MANY, **how},
        ]
        if way in _FAILING:
            tasks += [
                # The old client secret has been read before the update; otherwise it could not be known.
                {
                    "simulator": {
                        "secrets": [{**_EXISTING, "identifier_code": "old"}],
                        "faults": [{"path": "secretapi/update", "do": echo}],
                    }
                },
                task(f"fail {way}", secret("old", client_secret=_NEW), ignore_errors=True, **how),
                task(f"mistake {way}", secret("new", client_secret=_NEW, colour=_NEW), ignore_errors=True, **how),
                {"name": f"wrong list {way}", LIST: _WRONG, "ignore_errors": True, **how},
                {
                    "simulator": {
                        "secrets": [{**_EXISTING, "identifier_code": "old"}],
                        "faults": [{"path": "secretapi/update", "do": echo}],
                    }
                },
                {"name": f"failed list {way}", LIST: _MANY, "ignore_errors": True, **how},
                task(f"token {way}", secret("new", mysafe_access_token=_TOKEN), ignore_errors=True, **how),
            ]
    # The secrets come from a file, as with Ansible Vault, since everybody can see the command line of ansible-playbook.
    return controller_of_module.play(
        *tasks,
        arguments=["-vvvv", "--diff"],
        environment={
            "SENHASEGURA_TOKEN_CACHE": "true",
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
        },
        watched=True,
    )


def _secrets(simulator: Simulator) -> dict[str, str]:
    return {
        "the access key": simulator.access_keys["alice"]["client_secret"],
        "the token that was given": _TOKEN,
        "the new client secret": _NEW,
        "the new client secret in JSON": json.dumps(_NEW)[1:-1],
        "the old client secret": _OLD,
        # All tokens of the simulator are JSON Web Tokens.
        "a token": "eyJ",
    }


_NAMES = [
    "the access key",
    "the token that was given",
    "the new client secret",
    "the new client secret in JSON",
    "the old client secret",
    "a token",
]


def test_the_tasks_did_what_they_are_for(run: Run) -> None:
    done = {name: run[name]["action"] for way in _WAYS for name in (f"create {way}", f"update {way}")}
    assert done == {name: name.split()[0] for name in done}
    lists = [[result["action"] for result in run[f"list {way}"]["results"]] for way in _WAYS]
    assert lists == [["create", "update"]] * len(_WAYS)


def test_the_wrong_lists_were_refused(run: Run) -> None:
    assert [run[f"wrong list {way}"]["error"]["kind"] for way in _FAILING] == ["invalid_input"] * 2


def test_the_answers_echoed_the_secrets(run: Run) -> None:
    assert [run[f"fail {way}"]["error"]["kind"] for way in _FAILING] == ["write_uncertain"] * 2
    lists = [run[f"failed list {way}"]["results"][1]["error"]["kind"] for way in _FAILING]
    assert lists == ["write_uncertain"] * 2


@pytest.mark.parametrize("name", _NAMES)
def test_output_does_not_contain(run: Run, running: Simulator, name: str) -> None:
    assert _secrets(running)[name] not in run.output


@pytest.mark.parametrize("name", _NAMES)
def test_results_do_not_contain(run: Run, running: Simulator, name: str) -> None:
    results = [outcome.result for outcome in run.outcomes if outcome.is_ours]
    assert _secrets(running)[name] not in json.dumps(results, ensure_ascii=False)


@pytest.mark.parametrize("name", _NAMES)
def test_command_lines_do_not_contain(run: Run, running: Simulator, name: str) -> None:
    assert _secrets(running)[name] not in run.command_lines


def test_command_lines_were_recorded(run: Run) -> None:
    assert "async_wrapper" in run.command_lines


def test_modules_were_also_sent_as_files(run: Run) -> None:
    assert "AnsiballZ_mysafe_api_secret.py" in run.output


def test_output_had_the_highest_verbosity(run: Run) -> None:
    assert "EXEC /bin/sh" in run.output
