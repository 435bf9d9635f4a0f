# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks that write API secrets, one at a time and in lists, and tasks that are refused before they run."""

from __future__ import annotations

import typing as t

from .play import LIST, MODULE

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Play
    from .vault import Vault


def ordinary(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add everyday tasks."""
    described = {
        "identifier_code": "leaks",
        "name": "Leaks",
        "url": "https://example.org",
        "client_id": "robot",
        "client_secret": "{{ passed }}",
    }
    play.add("Create in check mode", "changed", described, check_mode=True)
    play.add("Create", "changed", described)
    play.add("Describe again", "ok", described)
    play.add("Rotate", "changed", {**described, "client_secret": "{{ rotated }}"})
    play.add("Rotate in check mode", "changed", described, check_mode=True)
    play.add("Remove in check mode", "changed", {**described, "client_secret": ""}, check_mode=True)
    play.add("Share with nobody", "sharing_incomplete", {**described, "users_allowed": [{"username": "nobody"}]})
    play.add("Deactivate", "changed", {"identifier_code": "leaks", "state": "absent"})
    play.add("Run into the inactive one", "duplicate_identifier_code", described)
    identifier = simulator.add_secret(
        owner="alice",
        name="Stored",
        url="https://example.org",
        client_id="robot",
        client_secret=vault.stored.value,
        identifier_code="stored",
    )
    # In a loop, which in place runs in one process that keeps its state.
    play.add("Read", "ok", {"identifier_code": "{{ item }}"}, loop=["stored", "stored"])
    play.add("Update what was read", "changed", {"identifier_code": "stored", "notes": "Read."})
    play.add(
        "Replace in check mode", "changed", {"identifier": identifier, "client_secret": "{{ passed }}"}, check_mode=True
    )
    play.add("Read with the module on its own", "ok", {"identifier": identifier}, MODULE, **{"async": 60, "poll": 1})
    play.add("Read with a token", "ok", {"identifier": identifier, "mysafe_access_token": "{{ token }}"})
    play.add("Read with the token cache", "ok", {"identifier": identifier, "mysafe_token_cache": True})
    play.add("Read with options", "ok", {"identifier": identifier, "mysafe_client_secret": "{{ access_key }}"})
    wrong = {"identifier": identifier, "client_secret": "{{ passed }}", "mysafe_client_secret": "{{ wrong_key }}"}
    play.add("Log in with a wrong access key", "authentication", wrong)
    not_a_token = {"identifier": identifier, "mysafe_access_token": "{{ wrong_key }}"}
    play.add("Log in with a token that is none", "configuration", not_a_token)


def mistaken(play: Play) -> None:
    """Add tasks that are refused before they run: wrong types, misspelt options, texts that are none."""
    secret = {"identifier_code": "mistaken", "client_secret": "{{ passed }}", "mysafe_access_token": "{{ token }}"}
    play.add("Give a state that is none", "invalid_input", {**secret, "state": "deleted"})
    play.add("Give an option that is none", "invalid_input", {**secret, "colour": "green"})
    play.add(
        "Misspell an option", "invalid_input", {"identifier_code": "x", "client_secrt": {"deep": ["{{ passed }}"]}}
    )
    play.add("Give a number that is none", "configuration", {**secret, "timeout": "soon"})
    play.add("Give an identifier that is none", "invalid_input", {**secret, "identifier": "some"})
    given = {"identifier_code": "mapping", "name": "Mapping", "url": "https://example.org", "client_id": "robot"}
    mapping = {**given, "client_secret": {"inner": "{{ passed }}"}}
    play.add("Give a mapping as client secret", "invalid_input", mapping)
    play.add("Give a list as client secret", "invalid_input", {**given, "client_secret": ["{{ passed }}"]})
    play.add("Give a number beside a secret", "invalid_input", {**secret, "users_allowed": 5})


def many(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks with lists, in which each API secret has a client secret of its own."""

    def add(name: str, kind: str, items: t.Any, secrets: t.Any = None, **options: t.Any) -> None:
        keywords = {key: options.pop(key) for key in ("async", "poll", "check_mode", "loop") if key in options}
        given = {"client_secrets": secrets} if secrets is not None else {}
        play.add(name, kind, {"api_secrets": items, **given, **options}, LIST, **keywords)

    def item(code: str, **fields: t.Any) -> dict[str, t.Any]:
        described = {"name": f"Leaks {code}", "url": "https://example.org", "client_id": "robot"}
        return {"identifier_code": f"list-{code}", **described, **fields}

    def stored(code: str, **fields: t.Any) -> str:
        secret = {"url": "u", "client_id": "c", "client_secret": vault.stored.value, **fields}
        return simulator.add_secret(owner="alice", name="Stored", identifier_code=f"list-{code}", **secret)

    for code in ("old", "shown"):
        stored(code)
    both = [item("one", client_secret="{{ passed }}"), item("two", notes="It is {{ rotated }}")]
    beside = {"list-two": "{{ rotated }}"}
    add("Predict a list", "changed", both, beside, check_mode=True)
    add("Create a list", "changed", both, beside)
    add("Describe a list again with the module on its own", "ok", both, beside, **{"async": 60, "poll": 1})
    add("Describe a list in a loop", "ok", [item("{{ item }}")], loop=["one", "two"])
    # Each client secret becomes that of the other, and the one that was read is in the notes of another.
    swapped = [
        item("one", notes="It was {{ passed }}"),
        item("two"),
        {"identifier_code": "list-old", "notes": "It is {{ passed }}"},
        {"identifier_code": "list-shown", "notes": "{{ stored }}"},
    ]
    beside = {"list-one": "{{ rotated }}", "list-two": "{{ passed }}", "list-old": "{{ passed }}"}
    add("Predict a rotation", "changed", swapped, beside, check_mode=True)
    add("Rotate in a list", "changed", swapped, beside)
    add("Leave alone what is in a list", "ok", swapped, {"list-one": "{{ access_key }}"}, update=False)
    login = {"mysafe_client_secret": "{{ wrong_key }}"}
    add("Log in with a wrong access key for a list", "authentication", swapped[:3], beside, **login)

    # Lists that are refused. The secrets are in values, in keys, in what is no mapping, and under names that are none.
    one: dict[str, t.Any] = {"identifier_code": "list-one"}
    wrong_way_round = "{{ {passed: 'list-one', rotated: 'list-two'} }}"
    for name, items, client_secrets in (
        ("client secrets the wrong way round", [one, {"identifier_code": "list-two"}], wrong_way_round),
        ("one text of client secrets", [one], "{{ passed }}"),
        ("a list of client secrets", [one], ["{{ passed }}"]),
        ("client secrets that are mappings", [one], {"list-one": {"inner": ["{{ passed }}"]}}),
        ("client secrets of nobody", [one], {"list-none": "{{ passed }}"}),
        ("client secrets twice", both, {"list-one": "{{ rotated }}"}),
        (
            "a misspelt option",
            [{**one, "client_secrt": "{{ passed }}"}, {**one, "secret": {"a": ["{{ rotated }}"]}}],
            None,
        ),
        (
            "a misspelt option of a user",
            [{**one, "users_allowed": [{"username": "bob", "pass": "{{ passed }}"}]}],
            None,
        ),
        ("a client secret that is a list", [{**one, "client_secret": ["{{ passed }}"]}], None),
        ("a client secret as the state", [{**one, "state": "{{ passed }}"}], None),
        ("texts for items", ["{{ passed }}", ["{{ rotated }}"]], None),
        ("a mapping of items", "{{ {passed: {'client_secret': rotated}} }}", None),
        ("a text for all items", "{{ passed }}", None),
    ):
        add(f"Give {name}", "invalid_input", items, client_secrets)
    add("Give an option that is none to a list", "invalid_input", [one], colour={"a": ["{{ passed }}"]})
    add(
        "Give a choice that is none to a list",
        "invalid_input",
        both,
        {"list-two": "{{ rotated }}"},
        unlisted="{{ passed }}",
    )

    # Items that fail on a server that echoes: the secret that was given, that was read, and that of another item.
    repeating = {
        stored(f"echo-{form}"): text for form, text in play.forms(vault.echoes(vault.passed, vault.stored)).items()
    }
    for number, text in repeating.items():
        simulator.fault({"status": 500, "body": text}, path=f"secretapi/update/{number}$")
    failing = [{"identifier": "{{ item }}", "notes": "New."}, {**one, "client_secret": "{{ passed }}"}]
    play.add_for_each([*repeating], "Meet a failed update in a list", "items_failed", {"api_secrets": failing}, LIST)
    tagged, denied = stored("tagged", tags="list"), stored("denied", tags="list")
    refusal = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    simulator.fault({"status": 400, "body": refusal}, path=f"secretapi/{denied}$", times=3)
    simulator.fault({"status": 500, "body": f"Not {vault.stored.value}"}, path=f"secretapi/inactive/{tagged}$")
    rest: dict[str, t.Any] = {"tag": "list", "unlisted": "report"}
    add("Report what is unlisted, of which one is denied with a secret", "ok", [one], **rest)
    rest["unlisted"] = "deactivate"
    add("Predict a deactivation of what is unlisted", "changed", [one], **rest, check_mode=True)
    add("Fail to deactivate what is unlisted, with a secret", "items_failed", [one], **rest)
