# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Any options of any plugin: the outcome is right, or a clear failure before anything is sent; both ways alike."""

from __future__ import annotations

import json
import socket
import typing as t
from collections import Counter
from urllib.parse import urlsplit

import pytest
from ansible.module_utils.parsing.convert_bool import boolean
from controller.wrong_types import lookup_options
from hypothesis import note
from hypothesis import strategies as st
from wire.support import CODE, DESCRIBED, STORED

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, SHARING
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import (
    api_secret,
    api_secret_info,
    api_secrets,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind

from . import ways
from .hostile import MARK, odd_texts, options, refused, scalars, secret_texts, wrong
from .probes import count, probes

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .vault import Vault

SPECS = {
    ways.ONE: api_secret.argument_spec(),
    ways.INFO: api_secret_info.argument_spec(),
    ways.LIST: api_secrets.argument_spec(),
}
ITEM = SPECS[ways.LIST]["api_secrets"]["options"]
LOOKUP = lookup_options()
NEW = "new-code"
_KINDS = {kind.value for kind in Kind}
_BEFORE_ANYTHING = ("invalid_input", "configuration")
#: What is only known after a look into the vault: that a field is missing to create, or that two items mean one secret.
_AFTER_A_LOOK = ("Could not create", "items of the list failed")
#: The plain texts. The code and the tags are brought into a form of their own.
_TEXTS = sorted({*FIELDS} - {"identifier_code", "tags", *SHARING})


@pytest.fixture(scope="module", autouse=True, name="hosts")
def _hosts() -> Iterator[list[str]]:
    """Let names be resolved for this machine only, and note the others."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: t.Any, *arguments: t.Any, **options: t.Any) -> t.Any:
        if host in ("127.0.0.1", "localhost", "::1"):
            return real("127.0.0.1", *arguments, **options)
        asked.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield asked


class Given:
    """A task with its arguments, run both ways against the same vault."""

    def __init__(self, vault: Vault, plugin: str, arguments: dict[str, t.Any], test: str) -> None:
        self.vault, self.plugin, self.arguments = vault, plugin, arguments
        self.results, self.rows, self.after = [], [], []
        for way in (ways.in_place, ways.as_module):
            vault.reset()
            self.before = vault.secrets
            self.results.append(way(plugin, arguments))
            self.rows.append(list(vault.rows))
            self.after.append(vault.secrets)
        self.result = self.results[0]
        note(f"{arguments!r:.2000}\n{self.results}\n{self.rows[0]}")
        self.failed = bool(self.result.get("failed"))
        count(test, "nothing was sent" if not self.rows[0] else "failed" if self.failed else "right")

    def check(self, wrong: t.Collection[str], given: t.Iterable[str]) -> None:
        """Check what holds whatever was given. ``wrong``: options that must be refused. One of the given ones is named."""
        assert self.results[0] == self.results[1]
        assert self.after[0] == self.after[1]
        assert Counter(row.call for row in self.rows[0]) == Counter(row.call for row in self.rows[1])
        assert self.vault.crashes == []
        check_failure(self.result, has_kind=True)
        kind = self.result.get("error", {}).get("kind")
        if kind in _BEFORE_ANYTHING:
            late = any(text in self.result["msg"] for text in _AFTER_A_LOOK)
            assert [row for row in self.rows[0] if row.wrote or not late] == []
        if wrong:
            assert kind in _BEFORE_ANYTHING
            assert any(name in self.result["msg"] for name in given)
        if not self.result.get("changed"):
            assert self.before == self.after[0]
        elif not self.failed:
            assert self.before != self.after[0]

    def check_others(self, *touched: str) -> None:
        """Check that all others are as they were."""
        assert [n for n, s in self.before.items() if n not in touched and self.after[0].get(n) != s] == []


def check_failure(result: dict[str, t.Any], *, has_kind: bool) -> None:
    """Check that nothing secret is told, and that a failure says what is wrong."""
    text = json.dumps(result, ensure_ascii=False)
    assert MARK not in text
    assert "Traceback" not in text
    if result.get("failed"):
        assert result["msg"].strip()
        assert not has_kind or result["error"]["kind"] in _KINDS


#: Options that have tests of their own: where to, and a token that is kept for the next task.
_UNSENT = ("mysafe_url", "mysafe_token_cache")


@probes(
    180,
    given=options(SPECS[ways.ONE], without=_UNSENT),
    code=st.sampled_from([CODE, CODE, NEW]),
    described=st.booleans(),
)
def test_one_secret(vault: Vault, waits: list[float], given: dict[str, t.Any], code: str, described: bool) -> None:
    base = {"identifier_code": code, **(DESCRIBED if described or code == NEW else {})}
    arguments = {**vault.login, **base, **given}
    one = Given(vault, ways.ONE, arguments, "options of mysafe_api_secret")
    one.check(refused(SPECS[ways.ONE], arguments), given)
    if one.failed:
        return
    number = one.result["api_entity"]["identifier"] if one.result["api_entity"] else None
    one.check_others(str(number))
    _check_secret(one, str(number), arguments)


def _check_secret(one: Given, number: str, arguments: dict[str, t.Any]) -> None:
    """Check that the vault holds exactly what was given, byte for byte, and nothing else changed."""
    given = {name: value for name, value in arguments.items() if value is not None}
    before, after = one.before.get(number), one.after[0].get(number)
    if given.get("state") == "absent":
        assert after is None or after == {**(before or {}), "active": False}
        return
    assert after is not None
    if before is not None and not boolean(given.get("update", True)):
        assert after == before
        return
    for name in _TEXTS:
        stored = "" if before is None else before[name]
        is_kept = name == "client_secret" and before is not None and given.get("update_client_secret") == "on_create"
        expected = str(given[name]) if name in given and not is_kept else stored
        # Blanks around a text mean nothing, except around a secret: such a text may be left as it is.
        is_same = name != "client_secret" and expected.strip() == stored.strip()
        assert after[name] == expected or (is_same and after[name] == stored), name
    if "identifier_code" in given:
        assert after["identifier_code"] == str(given["identifier_code"]).strip()
    if "tags" in given:
        parts = given["tags"].split(",") if isinstance(given["tags"], str) else given["tags"]
        expected = ", ".join(dict.fromkeys(filter(None, (str(tag).strip() for tag in parts))))
        # Their order means nothing, so the same tags may be left as they are.
        is_same = before is not None and set(expected.split(", ")) == set(before["tags"].split(", "))
        assert after["tags"] == expected or (is_same and before and after["tags"] == before["tags"])
    for option, key, stored in (("users_allowed", "username", "users"), ("groups_allowed", "name", "groups")):
        if option in given and given.get("sharing", "replace") == "replace":
            assert after[stored] == _rights(given[option], key)


def _rights(value: t.Any, key: str) -> dict[str, bool]:
    shares = [one if isinstance(one, dict) else {key: one} for one in (value if isinstance(value, list) else [])]
    return {str(one[key]).strip(): str(one.get("can_edit")).lower() in ("true", "yes") for one in shares}


@probes(50, given=options(SPECS[ways.INFO], without=_UNSENT))
def test_reading(vault: Vault, waits: list[float], given: dict[str, t.Any]) -> None:
    arguments = {**vault.login, **given}
    one = Given(vault, ways.INFO, arguments, "options of mysafe_api_secret_info")
    one.check(refused(SPECS[ways.INFO], arguments), given)
    one.check_others()


_ANY_LIST = (
    st.lists(st.just({"identifier_code": "x"}) | wrong | scalars | secret_texts, max_size=3)
    | wrong
    | scalars
    | secret_texts
)
_CLIENT_SECRETS = (
    st.dictionaries(st.sampled_from([CODE, "other", 7, MARK]), secret_texts | scalars | wrong, max_size=2)
    | wrong
    | scalars
)


@probes(
    80,
    item=options(ITEM),
    given=st.just({})
    | options(
        {n: s for n, s in SPECS[ways.LIST].items() if n not in ("api_secrets", "client_secrets")}, without=_UNSENT
    ),
    client_secrets=st.none() | st.just({CODE: MARK}) | _CLIENT_SECRETS,
    whole=st.none() | st.none() | st.none() | _ANY_LIST,
)
def test_a_list(
    vault: Vault,
    waits: list[float],
    item: dict[str, t.Any],
    given: dict[str, t.Any],
    client_secrets: t.Any,
    whole: t.Any,
) -> None:
    entry = {"identifier_code": CODE, **item}
    second = {"identifier_code": NEW, **DESCRIBED}
    arguments = {
        **vault.login,
        "api_secrets": [entry, second] if whole is None else whole,
        "client_secrets": client_secrets,
        **given,
    }
    one = Given(vault, ways.LIST, arguments, "options of mysafe_api_secrets")
    wrong_items = refused(ITEM, entry) if whole is None else set()
    one.check(refused(SPECS[ways.LIST], given) | wrong_items, [*given, *item, "client_secrets", "api_secrets"])
    if one.failed or whole is not None or given:
        return
    first = {**entry, **({"client_secret": client_secrets[CODE]} if client_secrets else {})}
    _check_secret(one, one.result["results"][0]["identifier"] or "none", first)
    found = next(secret for secret in one.after[0].values() if secret["identifier_code"] == NEW)
    assert {name: found[name] for name in STORED} == {**STORED, "identifier_code": NEW}


terms = st.lists(
    st.sampled_from([CODE, CODE, "nowhere"]) | odd_texts | scalars | wrong | st.just([[CODE], [[CODE]]]), max_size=2
)


@probes(100, given=options(LOOKUP, without=_UNSENT), words=terms)
def test_a_lookup(vault: Vault, waits: list[float], given: dict[str, t.Any], words: list[t.Any]) -> None:
    vault.reset()
    arguments = {**vault.login, **given}
    result = ways.looked_up(words, arguments)
    note(f"{words!r:.500} {arguments!r:.2000}\n{result}")
    count(
        "options of the lookup", "nothing was sent" if not vault.rows else "failed" if result.get("failed") else "right"
    )
    check_failure(result, has_kind=False)
    assert vault.writes == []
    wrong_ones = refused(LOOKUP, arguments)
    if wrong_ones:
        assert result["failed"]
        assert vault.rows == []
        assert any(name in result["msg"] for name in given)
    truth = [secret for secret in vault.secrets.values() if secret["identifier_code"] == CODE]
    for found in result.get("found", ()):
        if given.get("field"):
            assert found in (
                [],
                [{"username": "bob", "can_edit": True}],
                [{"name": "Security", "can_edit": False}],
                "3",
                *truth[0].values(),
            )
        else:
            assert {name: found[name] for name in _TEXTS} == {name: truth[0][name] for name in _TEXTS}


_SCHEMES = ["https", "http", "http", "http", "HTTP", "ftp", "file", "", "javascript", "http\t", "https+unix"]
_LOGINS = [*[""] * 12, "bob@", f"bob:{MARK}@", "%00@", "@"]
_SERVERS = [
    *["127.0.0.1", "localhost", "vault.example.org"] * 5,
    *(
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::",
        "vault.example.org",
        "127.0.0.1.example.org",
        "localhost.example.org",
        "LOCALHOST",
    ),
    *(
        "",
        ".",
        "..",
        "-",
        "a" * 300,
        "xn--",
        "\u212a.example.org",
        "caf\u00e9.example.org",
        "127.1",
        "0",
        "2130706433",
        "0x7f.1",
        "a\0b",
    ),
    *(
        "localhost\\.example.org",
        "localhost\\@example.org",
        "example.org#localhost",
        "localhost%00.example.org",
        "l\u2024ocalhost",
        "\ud800",
    ),
]
_PORTS = ["", *[":{port}"] * 9, ":", ":0", ":65536", ":-1", ":x", ":\u0661", ":99999999999", ":{port}:1"]
_RESTS = [
    *[""] * 9,
    "/",
    "//",
    "/x/..",
    "/api",
    "/api/mysafe",
    "/iso/oauth2/token",
    "?a=b",
    "#x",
    "/\\..",
    "/a b",
    "/%2e%2e",
    "\n",
    "/" + "x" * 5000,
]
urls = st.builds(
    lambda scheme, login, server, port, rest: f"{scheme}://{login}{server}{port}{rest}",
    *map(st.sampled_from, (_SCHEMES, _LOGINS, _SERVERS, _PORTS, _RESTS)),
)


@probes(
    120,
    url=urls | urls | odd_texts | scalars | wrong,
    option=st.sampled_from(["mysafe_url", "mysafe_url", "mysafe_token_url"]),
)
def test_an_address(vault: Vault, waits: list[float], hosts: list[str], url: t.Any, option: str) -> None:
    """An access key goes nowhere but to the host that the address names, and unencrypted to this machine only."""
    if isinstance(url, str):
        url = url.replace("{port}", str(vault.port))
    hosts.clear()
    arguments = {**vault.login, "retries": 0, "identifier_code": CODE, option: url}
    one = Given(vault, ways.ONE, arguments, "addresses")
    one.check(refused(SPECS[ways.ONE], arguments), [option])
    if hosts:
        parts = urlsplit(url)
        assert set(hosts) == {
            parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        }
        assert parts.scheme.lower() == "https"
