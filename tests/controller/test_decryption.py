# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Plays with an encrypted access key: the same in place and as a module, and no part of the private key is shown."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from .stage import MODULE, login, secret, selected_values, task

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

_OLD = "0ld-s3cret-of-the-robot"
_NEW = "n3w-s3cret-of-the-robot"
_WAYS: dict[str, dict[str, t.Any]] = {
    "in place": {},
    "as the module": {"mysafe_in_place": False},
    "elsewhere": {"ansible_connection": "elsewhere", "ansible_pipelining": False},
}
_FILES = {
    # Garbage that the library would quote, and what looks like a key and is none.
    "garbage.key": "S3CRETGARBAGE" * 9,
    "broken.key": "-----BEGIN PRIVATE KEY-----\nS3CRETBROKEN\n-----END PRIVATE KEY-----\n",
}


def _tasks(right_key: str, place: Path) -> list[dict[str, t.Any]]:
    """Return the tasks that read the key, or fail to; ``place`` has the files that are no right key."""
    wrong_key = str(place / "wrong.key")
    code = {"identifier_code": "encrypted"}
    pasted = Path(right_key).read_text("ascii")
    inside = "".join(pasted.splitlines()[1:-1])
    return [
        task("create", secret("encrypted", client_secret=_OLD, notes="Plain.")),
        task("again", secret("encrypted", client_secret=_OLD, notes="Plain.")),
        task("foresee", {**code, "client_secret": _NEW}, check_mode=True),
        task("rotate", {**code, "client_secret": _NEW, "notes": "Rotated."}, diff=True),
        task("rotated", {**code, "client_secret": _NEW}),
        {
            "name": "list",
            f"{MODULE}s": {"api_secrets": [{**code, "client_secret": _NEW}, secret("other", client_secret=_OLD)]},
        },
        {"name": "read", f"{MODULE}_info": code},
        {
            "name": "look up",
            "ansible.builtin.assert": {
                "that": [
                    f"lookup('{MODULE}', 'encrypted', field='client_secret') == '{_NEW}'",
                    f"lookup('{MODULE}', 'encrypted', field='notes') == 'Rotated.'",
                ],
                "quiet": True,
            },
        },
        *(
            task(f"refuse {name}", {**code, "decryption_key": path}, ignore_errors=True)
            for name, path in {
                "garbage": str(place / "garbage.key"),
                "broken": str(place / "broken.key"),
                "missing": "/nonexistent/access.key",
                "a directory": "/",
                "pasted": pasted,
                "pasted on one line": " ".join(pasted.splitlines()),
                "pasted without its ends": inside,
            }.items()
        ),
        # Nothing is decrypted any more, and the answer to the create shows it.
        task("wrong", {**code, "decryption_key": wrong_key, "client_secret": _OLD}, ignore_errors=True),
        task("wrong create", secret("third", decryption_key=wrong_key, client_secret=_OLD), ignore_errors=True),
    ]


@pytest.fixture(scope="module", name="wrong_key")
def _wrong_key() -> str:
    from simulator.encryption import Encryption

    return Encryption().decryption_key().decode()


@pytest.fixture(scope="module", name="runs")
def _runs(
    request: pytest.FixtureRequest,
    controller_of_module: Controller,
    running: Simulator,
    wrong_key: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Run]:
    """Run the play in every way that a selected test needs, with as much output as possible."""
    needed = selected_values(request, "way")
    place = tmp_path_factory.mktemp("files")
    for name, content in {**_FILES, "wrong.key": wrong_key}.items():
        (place / name).write_text(content, "ascii")
    right_key = running.access_keys["encrypted"]["decryption_key"]
    tasks = _tasks(right_key, place)
    environment: dict[str, str | None] = {
        **login(running, "encrypted"),
        "SENHASEGURA_DECRYPTION_KEY": right_key,
    }
    runs = {}
    for way, variables in _WAYS.items():
        if way in {"in place", *needed}:
            running.reset()
            runs[way] = controller_of_module.play(
                *tasks, arguments=["-vvvv", "--diff"], vars=variables, environment=environment
            )
    return runs


elsewhere = pytest.param("elsewhere", marks=pytest.mark.exhaustive)
each_way = pytest.mark.parametrize("way", ["in place", "as the module", elsewhere])


@each_way
def test_an_encrypted_access_key_works_as_any_other(runs: dict[str, Run], way: str) -> None:
    names = ["create", "again", "foresee", "rotate", "rotated"]
    run = runs[way]
    assert [run[name].get("action") for name in names] == ["create", "none", "update", "update", "none"], run.output
    assert run["rotate"]["diff"]["before"]["notes"] == "Plain."
    assert [one["action"] for one in run["list"]["results"]] == ["none", "create"]
    assert run["read"]["api_secrets"][0]["notes"] == "Rotated."
    assert run.outcome("look up").status == "ok"


@each_way
def test_a_file_that_cannot_be_used_is_refused(runs: dict[str, Run], way: str) -> None:
    refused = {
        outcome.task: outcome.result["error"]["kind"]
        for outcome in runs[way].outcomes
        if outcome.task.startswith("refuse")
    }
    assert (len(refused), set(refused.values())) == (7, {"configuration"})


@each_way
def test_a_wrong_key_is_told_with_what_was_written(runs: dict[str, Run], way: str) -> None:
    read, created = runs[way]["wrong"], runs[way]["wrong create"]
    assert (read["error"]["kind"], read["changed"]) == ("configuration", False)
    assert (created["error"]["kind"], created["changed"]) == ("configuration", True)
    assert created["api_entity"]["identifier_code"] == "third"


@pytest.mark.parametrize("way", ["as the module", elsewhere])
def test_a_module_does_the_same(runs: dict[str, Run], way: str) -> None:
    assert runs[way].letters() == runs["in place"].letters()


@each_way
def test_the_way_was_taken(runs: dict[str, Run], way: str) -> None:
    assert ("rotate" in runs[way].handed_over) is (way != "in place")


@each_way
def test_no_part_of_a_private_key_is_shown(runs: dict[str, Run], running: Simulator, wrong_key: str, way: str) -> None:
    right_key = Path(running.access_keys["encrypted"]["decryption_key"]).read_text("ascii")
    shown = runs[way].output + json.dumps([outcome.result for outcome in runs[way].outcomes], ensure_ascii=False)
    for text in (right_key, wrong_key):
        lines = [line for line in text.splitlines() if "-----" not in line]
        parts = [line[start : start + 12] for line in lines for start in range(0, len(line) - 11, 12)]
        # The first bytes are the same in every key of a size.
        assert not [part for part in parts[5:] if part in shown]
    assert not [word for word in ("S3CRETGARBAGE", "S3CRETBROKEN", _OLD, _NEW) if word in _without_arguments(shown)]


def _without_arguments(shown: str) -> str:
    """Return the output without what the test itself makes Ansible print: the conditions of its assertions."""
    return shown.replace(f"== '{_NEW}'", "")
