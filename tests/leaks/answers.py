# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks that meet answers with secrets in them: known ones in every form, and ones that cannot be known."""

from __future__ import annotations

import itertools
import json
import typing as t
from urllib.parse import quote, quote_plus

from .play import unused

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Play
    from .vault import Vault


def misbehaving(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks against a server that echoes secrets."""

    def meet(name: str, kind: str, do: dict[str, t.Any]) -> None:
        identifier = str(unused())
        simulator.fault(do, path=f"secretapi/{identifier}$")
        options = {"identifier": identifier, "client_secret": "{{ passed }}", "mysafe_access_token": "{{ token }}"}
        play.add(name, kind, options)

    echoes = vault.echoes()
    # A failure shows only the beginning of a text, but the whole of a message.
    repeating = {str(unused()): text for text in play.forms(echoes).values()}
    for identifier, text in repeating.items():
        simulator.fault({"status": 500, "body": text}, path=f"secretapi/{identifier}$")
    options = {"identifier": "{{ item }}", "client_secret": "{{ passed }}", "mysafe_access_token": "{{ token }}"}
    play.add_for_each([*repeating], "Meet an error that repeats", "server_error", options)
    for form in ("raw", "HTML"):
        meet(f"Meet a page that repeats {form}", "unexpected_answer", {"status": 200, "body": f"<p>{echoes[form]}</p>"})
    everything = " ".join(echoes.values())
    meet("Meet a message that repeats everything", "server_error", {"status": 500, "body": {"message": everything}})
    refusal = {"response": {"status": 400, "message": everything, "error": True}, "exception": {"code": 0}}
    meet("Meet an envelope that repeats everything", "bad_request", {"status": 400, "body": refusal})
    named = {"X-Kong-Request-Id": quote(vault.token.value)}
    meet(
        "Meet a request id with a secret", "server_error", {"status": 500, "body": {"message": "No."}, "headers": named}
    )
    for part in ("login/{}", "login/{}/here", "?back={}", "#{}"):
        target = "https://example.org/" + part.format(quote(vault.passed.value))
        meet(f"Meet a redirect to {part}", "redirect", {"redirect": target})


def unknown(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks against answers with a secret that the task cannot know, since the answer is unreadable."""
    beginning = {"client_secret": vault.stored.value, "identifier": "7", "name": "Stored"}
    whole = json.dumps({"api_secret_entity": beginning})
    answers: dict[str, t.Any] = {
        "cut off late": {"status": 200, "body": whole[:-8]},
        "cut off inside": {"status": 200, "body": whole[:70]},
        "cut off, of an error": {"status": 500, "body": whole[:-8]},
        "cut off, of the gateway": {"status": 502, "body": whole[:-8]},
        "without its form": {"status": 200, "body": beginning},
        "in a list": {"status": 200, "body": [beginning]},
        "of another": {"status": 200, "body": {"response": {"status": 200}, "api_secret_entity": beginning}},
        "as a text": {"status": 200, "body": json.dumps(vault.stored.value)},
    }
    for name, do in answers.items():
        identifier = str(unused())
        simulator.fault(do, path=f"secretapi/{identifier}$")
        kind = {500: "server_error", 502: "unavailable"}.get(do["status"], "unexpected_answer")
        play.add(f"Meet an answer {name}", kind, {"identifier": identifier})
    for name, kind in (("truncate", "connection"), ("truncated_json", "unexpected_answer"), ("reset", "connection")):
        identifier = simulator.add_secret(
            owner="alice", name="S", url="u", client_id="c", client_secret=vault.stored.value, identifier_code=name
        )
        simulator.fault({name: True}, path=f"secretapi/{identifier}$", when="after")
        play.add(f"Meet {name}", kind, {"identifier": identifier})


def repeated_after_reading(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add updates that fail with an answer that echoes the secret just read."""
    shared = {
        "response": {"status": 200, "message": "Api secret updated successfully", "error": False},
        "api_entity": {
            "identifier": "0",
            "name": "Stored",
            "url": "https://example.org",
            "client_id": "robot",
            "client_secret": vault.stored.value,
            "notes": vault.stored.value,
            "users_allowed": [],
            "groups_allowed": [],
            "shared_error": [{"username": "nobody", "message": f"Refused: {vault.stored.value}"}],
        },
    }
    for name, kind, do in (
        ("text", "write_uncertain", {"status": 500, "body": f"Failed: {vault.stored.value}"}),
        ("message", "write_uncertain", {"status": 500, "body": {"message": vault.stored.value}}),
        ("sharing", "sharing_incomplete", {"status": 200, "body": shared}),
    ):
        identifier = simulator.add_secret(
            owner="alice",
            name="Stored",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=f"repeated-{name}",
        )
        shared["api_entity"]["identifier"] = identifier  # type: ignore[index]
        simulator.fault(do, path=f"secretapi/update/{identifier}$")
        options = {"identifier": identifier, "notes": "New.", "users_allowed": [{"username": "nobody"}]}
        play.add(f"Meet a failed update that repeats what was read as {name}", kind, options)


def refusing_login(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add logins that fail with the access key in the answer. Only they use the older token path."""
    keys = {"access_key": vault.access_key.value, "wrong_key": vault.wrong_key.value}
    forms: dict[str, t.Callable[[str], str]] = {"text": str, "form": quote_plus, "JSON": json.dumps}
    for (name, key), (form, quoted) in itertools.product(keys.items(), play.forms(forms).items()):
        said = f"client_secret={quoted(key)}"
        error = {"error": "invalid_client", "error_description": said}
        for how, kind, do in (
            ("as an error", "authentication", {"status": 401, "body": error}),
            ("as text", "server_error", {"status": 500, "body": said}),
            ("in a redirect", "redirect", {"redirect": f"https://example.org/{quote(key)}"}),
            (
                "and a cut-off token",
                "unexpected_answer",
                {"status": 200, "body": f'{{"access_token":"{vault.token.value}'},
            ),
        ):
            simulator.fault(do, path="^/iso/oauth2/token$")
            url = f"{simulator.url}/iso/oauth2/token"
            options = {"identifier": "1", "mysafe_token_url": url, "mysafe_client_secret": f"{{{{ {name} }}}}"}
            play.add(f"Meet a refused login with {name} in {form} {how}", kind, options)
