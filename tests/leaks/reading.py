# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks that read API secrets, and lookups."""

from __future__ import annotations

import typing as t

from .play import INFO, LOOKUP, unused

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Play
    from .vault import Vault


def reading(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add tasks that read several API secrets, one of which contains the secret of another."""

    def read(name: str, kind: str, options: dict[str, t.Any], **keywords: t.Any) -> None:
        play.add(name, kind, options, INFO, **keywords)

    for code, notes in (("read", "Read."), ("gossip", f"The other one is {vault.stored.value}")):
        simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value if code == "read" else vault.passed.value,
            identifier_code=code,
            notes=notes,
            tags="leaks",
        )
    read("Look at one", "ok", {"identifier_code": "read"})
    read("Look at all with a tag", "ok", {"tag": "leaks"})
    read("Look at one in a loop", "ok", {"identifier_code": "{{ item }}"}, loop=["read", "read"])
    read("Look at all with the module on its own", "ok", {"tag": "leaks"}, **{"async": 60, "poll": 1})
    read("List", "ok", {"details": False})
    read("Show client secrets in a task that is not logged", "ok", {"tag": "leaks", "reveal": True}, no_log=True)
    wrong = {"identifier_code": "read", "mysafe_client_secret": "{{ wrong_key }}"}
    read("Look with a wrong access key", "authentication", wrong)
    read("Look with a token that is none", "configuration", {"mysafe_access_token": "{{ wrong_key }}"})
    read("Give an access key to an option that is none", "failed", {**wrong, "mysafe_secret": "Leaks"})

    keys = {"mysafe_access_token": "{{ token }}", "mysafe_client_secret": "{{ passed }}"}
    texts = play.forms(vault.echoes(vault.passed, vault.token)).values()
    failing, denied = ({str(unused()): text for text in texts} for _kind in range(2))
    for identifier, text in failing.items():
        simulator.fault({"status": 500, "body": text}, path=f"secretapi/{identifier}$")
    options = {"identifier": "{{ item }}", **keys}
    play.add_for_each([*failing], "Look and meet an error that repeats", "server_error", options, INFO)
    for identifier, text in denied.items():
        refusal = {"response": {"status": 400, "message": f"1006: {text}", "error": True}}
        simulator.fault({"status": 400, "body": refusal}, path=f"secretapi/{identifier}$")
    # With and without reveal: the access key is never shown.
    options["reveal"] = "{{ item | int % 2 == 0 }}"
    play.add_for_each([*denied], "Look at one that is denied with words that repeat", "ok", options, INFO)

    # The filter lists two: one is read, and the error of the other echoes its secret.
    refused = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    for code in ("pair", "pair-2"):
        identifier = simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=code,
            tags="pair",
        )
    simulator.fault({"status": 400, "body": refused}, path=f"secretapi/{identifier}$")
    read("Look at two, of which one is denied with the secret of the other", "ok", {"tag": "pair"})


def looking_up(play: Play, simulator: Simulator, vault: Vault) -> None:
    """Add lookups that fail, and lookups whose results are hidden."""

    def show(name: str, kind: str, lookup: str, **keywords: t.Any) -> None:
        play.add(name, kind, {"msg": f"{{{{ {lookup} }}}}"}, "ansible.builtin.debug", **keywords)

    def query(*arguments: str) -> str:
        return f"query({', '.join([repr(LOOKUP), *arguments])})"

    for code in ("lookup", "lookup-2"):
        identifier = simulator.add_secret(
            owner="alice",
            name=f"Leaks {code}",
            url="https://example.org",
            client_id="robot",
            client_secret=vault.stored.value,
            identifier_code=code,
        )
    show("Look up a field that is no secret", "ok", query("'lookup'", "field='name'"))
    show("Look up what is not there", "failed", query("'lookup'", "'lookup-none'"))
    show("Warn of what is not there", "ok", query("'lookup'", "'lookup-none'", "field='name'", "on_missing='warn'"))
    show("Look up in a task that is not logged", "ok", query("'lookup'"), no_log=True)
    play.add(
        "Keep what was looked up in a task that is not logged",
        "ok",
        {"of_lookup": f"{{{{ {query(repr('lookup'))} }}}}"},
        "ansible.builtin.set_fact",
        no_log=True,
    )
    secret = f"{{{{ lookup('{LOOKUP}', 'lookup', field='client_secret') }}}}"
    play.add("Look up for an option that hides it", "ok", {"identifier_code": "lookup", "client_secret": secret})
    # A module of Ansible itself, which sends nothing here.
    login = {"url": "https://localhost:1/", "user": "robot", "url_password": secret, "timeout": 1}
    play.add("Look up for an option of another module that hides it", "failed", login, "ansible.builtin.uri")

    show("Give an API secret in place of its code", "failed", query("{'client_secret': passed}"))
    show("Give an access key that is no text", "failed", query("'lookup'", "mysafe_client_secret={'inner': passed}"))
    show("Give an access key to an option that is none", "failed", query("'lookup'", "mysafe_secret=passed"))
    for name, value in (
        ("a wrong access key", "mysafe_client_secret"),
        ("a token that is none", "mysafe_access_token"),
    ):
        show(f"Look up with {name}", "failed", query("'lookup'", f"{value}=wrong_key"))
        show(f"Look up with {name} from a variable", "failed", query("'lookup'"), vars={value: "{{ wrong_key }}"})

    codes = []
    for text in play.forms(vault.echoes(vault.passed)).values():
        for status, body in ((500, text), (500, {"message": text}), (200, f"<p>{text}</p>")):
            codes.append(f"lookup-{unused()}")
            simulator.fault({"status": status, "body": body}, path="^/iso/oauth2/token$")
    options = f"mysafe_client_secret=passed, mysafe_token_url='{simulator.url}/iso/oauth2/token'"
    play.add_for_each(
        codes,
        "Look up and meet what repeats",
        "failed",
        {"msg": f"{{{{ {query('item', options)} }}}}"},
        "ansible.builtin.debug",
    )
    # Of two terms, the error of one echoes the secret of the other.
    refused = {"response": {"status": 400, "message": f"1006: Not as {vault.stored.value}", "error": True}}
    both = ("'lookup'", "'lookup-2'", "field='name'")
    for on_denied, kind in (("error", "failed"), ("warn", "ok")):
        simulator.fault({"status": 400, "body": refused}, path=f"secretapi/{identifier}$")
        show(f"Look up two, of which one is denied: {on_denied}", kind, query(*both, f"on_denied='{on_denied}'"))
    show(
        "Ignore the errors of a lookup", "ok", query("'lookup-none'", "mysafe_client_secret=wrong_key", "errors='warn'")
    )
