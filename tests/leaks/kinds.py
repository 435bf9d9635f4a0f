# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks that fail in every way that there is, each kind of failure with an answer that repeats the secrets."""

from __future__ import annotations

import dataclasses
import typing as t
from urllib.parse import quote

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind

from .play import INFO, LIST, LOOKUP, MODULE, unused

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Play
    from .vault import Vault

#: What fails without a server that repeats anything, or needs more than one answer.
OTHERWISE = frozenset(
    {
        Kind.MISSING_LIBRARY,
        Kind.CONFIGURATION,
        Kind.INVALID_INPUT,
        Kind.TLS,
        Kind.AMBIGUOUS,
        Kind.SHARING_INCOMPLETE,
        Kind.NOT_APPLIED,
        Kind.ITEMS_FAILED,
        Kind.NOT_TRIED,
        Kind.WRITE_UNCERTAIN,
    }
)
_OF_WRITES = frozenset({Kind.SHARING_INCOMPLETE, Kind.NOT_APPLIED, Kind.WRITE_UNCERTAIN})
_OF_LISTS = frozenset({Kind.ITEMS_FAILED, Kind.NOT_TRIED})
#: The kinds with which a plugin cannot fail.
IMPOSSIBLE: dict[str, frozenset[Kind]] = {
    MODULE: _OF_LISTS,
    LIST: frozenset(),
    # It returns all secrets that have a code.
    INFO: _OF_LISTS | _OF_WRITES | {Kind.AMBIGUOUS},
}
IMPOSSIBLE_FOR_LOOKUP = _OF_LISTS | _OF_WRITES
#: Not a failure of an update, but of finding out what is there.
_OF_READING = frozenset({Kind.CONNECTION, Kind.TIMEOUT, Kind.UNAVAILABLE, Kind.SERVER_ERROR, Kind.UNEXPECTED_ANSWER})
_CHANGED = {"notes": "New.", "client_secret": "{{ passed }}"}
_DESCRIBED = {"name": "Kinds", "url": "https://example.org", "client_id": "robot"}


def answers(text: str) -> dict[Kind, dict[str, t.Any]]:
    """Return an answer for every kind of failure that one answer makes; it repeats the text where it can."""

    def envelope(status: int, message: str, **more: t.Any) -> dict[str, t.Any]:
        return {"status": status, "body": {"response": {"status": status, "message": message, "error": True, **more}}}

    return {
        Kind.CONNECTION: {"truncate": True},
        Kind.TIMEOUT: {"delay": 2},
        Kind.REDIRECT: {"redirect": f"https://example.org/?{quote(text)}"},
        Kind.AUTHENTICATION: {"status": 401, "body": {"message": text}},
        Kind.NOT_AUTHORIZED: {"status": 403, "body": {"message": text}},
        Kind.LOCKDOWN: envelope(503, text, error_code=100),
        Kind.RATE_LIMITED: {"status": 429, "body": {"message": text}},
        Kind.UNAVAILABLE: {"status": 502, "body": text},
        Kind.SERVER_ERROR: {"status": 500, "body": {"message": text}},
        Kind.UNEXPECTED_ANSWER: {"status": 200, "body": f"<p>{text}</p>"},
        Kind.WRONG_PATH: envelope(404, text, error_code=4),
        Kind.BAD_REQUEST: envelope(400, text),
        Kind.MISSING_PARAMETER: envelope(400, f"1001: Parameter 'name' was not informed! {text}"),
        Kind.DUPLICATE_IDENTIFIER_CODE: envelope(400, f"1001: Identifier already found: {text}"),
        Kind.NOT_FOUND: envelope(400, f"1005: {text}"),
        Kind.ACCESS_DENIED: envelope(400, f"1006: {text}"),
        Kind.INACTIVE: envelope(400, f"1009: {text}"),
        Kind.INVALID_IDENTIFIER: envelope(400, f"1010: {text}"),
    }


@dataclasses.dataclass
class Failures:
    """Adds tasks that fail to a play. Lookups come first: their faults are for the next request, whoever sends it."""

    play: Play
    simulator: Simulator
    vault: Vault
    #: Where the certificate and the key of a client are, and a certificate that no CA has signed.
    certificates: dict[str, str]
    #: The names of the tasks, with the items of loops, and what each is for.
    added: list[tuple[str, str, Kind]] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        # What the tasks send; the play of test_plays.py repeats it in every form.
        self._answers = answers(self.vault.echoes(self.vault.passed, self.vault.token)["raw"])
        self._secrets = {
            "mysafe_access_token": "{{ token }}",
            # What reads has no other option that could hold a secret of the user.
            "mysafe_client_secret": "{{ passed }}",
            "client_cert": self.certificates["client_cert"],
            "client_key": self.certificates["client_key"],
        }

    def look_up(self, kinds: t.Iterable[Kind]) -> None:
        """Add lookups that fail with these kinds."""
        alone, together = self._divided(kinds)
        for kind in together:
            self.simulator.fault(self._answers[kind], method="GET", path="secretapi$")
        if together:
            self._look_up("lookup", "item", loop=[f"lookup-{kind.value}" for kind in together])
        for kind in alone:
            code, more = f"lookup-{kind.value}", ""
            if kind is Kind.AMBIGUOUS:
                code = self._two_with_one_code()
            elif kind is Kind.CONFIGURATION:
                more = "decryption_key=decryption_key"
            elif kind is Kind.MISSING_LIBRARY:
                more = f"decryption_key='{self.certificates['decryption_key']}'"
            elif kind is Kind.INVALID_INPUT:
                more = "client_secrt=passed"
            elif kind is Kind.TLS:
                more = f"ca_path='{self.certificates['ca_path']}'"
            else:
                self.simulator.fault(self._answers[kind], method="GET", path="secretapi$")
                more = "timeout=1"
            self._look_up(f"lookup: {kind.value}", f"'{code}'", more)

    def _look_up(self, name: str, code: str, more: str = "", **keywords: t.Any) -> None:
        given = {option: value.strip("{} ") if "{" in value else repr(value) for option, value in self._secrets.items()}
        options = ", ".join([*(f"{option}={value}" for option, value in given.items()), *([more] if more else [])])
        query = f"{{{{ query('{LOOKUP}', {code}, {options}) }}}}"
        self.play.add(name, "failed", {"msg": query}, "ansible.builtin.debug", **keywords)

    def fail(self, plugin: str, kinds: t.Iterable[Kind]) -> None:
        """Add tasks of a module that fail with these kinds."""
        alone, together = self._divided(kinds)
        name = plugin.rpartition(".")[2]
        numbers = {self._one_that_meets(plugin, kind): kind for kind in together}
        if numbers:
            options = self._options(plugin, {"identifier": "{{ item }}", **_CHANGED})
            self.play.add(name, "", options, plugin, loop=list(numbers))
            self.added += [(f"{name}: {number}", plugin, kind) for number, kind in numbers.items()]
        for kind in alone:
            one, common = self._wanted(plugin, kind)
            options = self._options(plugin, one, **common)
            if kind is Kind.NOT_TRIED:
                options["api_secrets"].append({**one, "identifier": self._stored()})
            self.added.append((f"{name}: {kind.value}", plugin, kind))
            self.play.add(f"{name}: {kind.value}", "", options, plugin)

    def _divided(self, kinds: t.Iterable[Kind]) -> tuple[list[Kind], list[Kind]]:
        """Return the kinds that need a task of their own, and those for a loop: after a rejected login its items fail."""
        together = [kind for kind in kinds if kind in self._answers and kind is not Kind.TIMEOUT]
        return [kind for kind in kinds if kind not in together], sorted(together, key=Kind.AUTHENTICATION.__eq__)

    def _options(self, plugin: str, one: dict[str, t.Any], **common: t.Any) -> dict[str, t.Any]:
        """Return the options of a task: those of one API secret, or of a list of one, and those for all of them."""
        if plugin == LIST:
            return {**self._secrets, "api_secrets": [one], **common}
        kept = {name: value for name, value in one.items() if plugin != INFO or name not in _CHANGED}
        return {**self._secrets, **kept, **common}

    def _wanted(self, plugin: str, kind: Kind) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
        """Return the options of one API secret, and those of the task, that make a plugin fail with a kind."""
        one: dict[str, t.Any] = {"identifier": unused(), **_CHANGED}
        for_all: dict[Kind, dict[str, t.Any]] = {
            Kind.CONFIGURATION: {"decryption_key": "{{ decryption_key }}", "client_key": "{{ client_key }}"},
            Kind.INVALID_INPUT: {"client_secrt": {"inner": ["{{ passed }}"]}},
            Kind.TLS: {"ca_path": self.certificates["ca_path"]},
            Kind.MISSING_LIBRARY: {"decryption_key": self.certificates["decryption_key"]},
        }
        if kind in for_all:
            return one, for_all[kind]
        if kind is Kind.AMBIGUOUS:
            return {"identifier_code": self._two_with_one_code()}, {}
        if kind is Kind.SHARING_INCOMPLETE:
            return {**one, "identifier": self._stored(), "users_allowed": ["nobody"]}, {}
        common: dict[Kind, dict[str, t.Any]] = {
            Kind.TIMEOUT: {"timeout": 1},
            Kind.NOT_TRIED: {"on_error": "stop", "concurrency": 1},
        }
        return {**one, "identifier": self._one_that_meets(plugin, kind)}, common.get(kind, {})

    def _one_that_meets(self, plugin: str, kind: Kind) -> str:
        """Return the number of a new API secret that cannot be read, or not be updated, for this reason."""
        number = self._stored()
        if kind is Kind.NOT_APPLIED:
            shared: dict[str, t.Any] = {"users_allowed": [], "groups_allowed": []}
            entity = {
                **_DESCRIBED,
                **shared,
                "identifier": number,
                "notes": "",
                "client_secret": self.vault.stored.value,
            }
            said = {"status": 200, "message": self.vault.passed.value, "error": False}
            self._meet({"status": 200, "body": {"response": said, "api_entity": entity}}, f"update/{number}")
        elif kind in (Kind.WRITE_UNCERTAIN, Kind.ITEMS_FAILED, Kind.NOT_TRIED):
            self._meet(self._answers[Kind.SERVER_ERROR], f"update/{number}")
        else:
            read = plugin == INFO or kind in _OF_READING
            self._meet(self._answers[kind], number if read else f"update/{number}")
        return number

    def _meet(self, do: dict[str, t.Any], path: str) -> None:
        self.simulator.fault(do, path=f"secretapi/{path}$")

    def _stored(self, code: str = "") -> str:
        secret = {**_DESCRIBED, "client_secret": self.vault.stored.value}
        return self.simulator.add_secret(owner="alice", identifier_code=code, **secret)

    def _two_with_one_code(self) -> str:
        code = f"twice-{unused()}"
        self._stored(code)
        self._stored(code)
        return code
