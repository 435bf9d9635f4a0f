# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Damaged answers to any request of any task: a clear failure or the right outcome, and never a half-believed value."""

from __future__ import annotations

import gc
import json
import re
import tracemalloc
import typing as t

import pytest
from hypothesis import note
from hypothesis import strategies as st
from wire.raw_server import CLOSE
from wire.support import CHANGED, CLIENT_SECRET, CODE, DESCRIBED, OTHER_CLIENT_SECRET, STORED, STORED_CHANGED

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, SHARING
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.bounded import LARGEST_BODY
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets

from . import ways
from .mutations import Mutation, bombs, mutations, script
from .probes import count, probes
from .said import Said
from .vault import OTHER_CODE, OTHER_SECRET, Vault

if t.TYPE_CHECKING:
    from simulator.exchange import Answer
    from wire.raw_server import Step

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{20}")
_KINDS = {kind.value for kind in Kind}
_MOST_REQUESTS = 60
NEW = "new-code"
#: The numbers of the secrets in the vault: the one of the tests, somebody else's, and an inactive one.
NUMBER, OTHER, ASLEEP = "3", "4", "5"
#: The number of the next one.
NEXT = "6"
_STORED_NEW = {**STORED, "identifier_code": NEW}


class Task(t.NamedTuple):
    """A task, and what the vault holds after it: fields by number, None for a new secret. ``active``: by number too."""

    plugin: str
    options: dict[str, t.Any]
    wanted: t.Mapping[str | None, dict[str, t.Any]] = {}
    terms: tuple[str, ...] = ()


_ONE, _LIST, _INFO, _LOOKUP = ways.ONE, ways.LIST, ways.INFO, ways.LOOKUP
TASKS = {
    "create": Task(_ONE, {"identifier_code": NEW, **DESCRIBED}, {None: _STORED_NEW}),
    "nothing": Task(_ONE, {"identifier_code": CODE, **DESCRIBED}, {NUMBER: STORED}),
    "update": Task(_ONE, {"identifier_code": CODE, **CHANGED}, {NUMBER: STORED_CHANGED}),
    "update notes": Task(_ONE, {"identifier_code": CODE, "notes": "Other."}, {NUMBER: {"notes": "Other."}}),
    "update by number": Task(_ONE, {"identifier": NUMBER, "tags": ["x"]}, {NUMBER: {"tags": "x"}}),
    "share": Task(
        _ONE,
        {"identifier_code": CODE, "users_allowed": ["carol"], "sharing": "add"},
        {NUMBER: {"users": {"bob": True, "carol": False}}},
    ),
    "unshare": Task(
        _ONE, {"identifier_code": CODE, "users_allowed": ["bob"], "sharing": "remove"}, {NUMBER: {"users": {}}}
    ),
    "activate": Task(_ONE, {"identifier": ASLEEP, "notes": "Awake."}, {ASLEEP: {"notes": "Awake.", "active": True}}),
    "deactivate": Task(_ONE, {"identifier_code": CODE, "state": "absent"}, {NUMBER: {"active": False}}),
    "deactivate by number": Task(_ONE, {"identifier": NUMBER, "state": "absent"}, {NUMBER: {"active": False}}),
    "list": Task(
        _LIST,
        {
            "api_secrets": [{"identifier_code": NEW, **DESCRIBED}, {"identifier_code": CODE, "notes": "Other."}],
            "concurrency": 1,
        },
        {None: _STORED_NEW, NUMBER: {"notes": "Other."}},
    ),
    "unlisted": Task(
        _LIST,
        {
            "api_secrets": [{"identifier_code": CODE, "notes": "Other."}],
            "tag": "other",
            "unlisted": "deactivate",
            "concurrency": 1,
        },
        {NUMBER: {"notes": "Other."}, OTHER: {"active": False}},
    ),
    "info by code": Task(_INFO, {"identifier_code": CODE, "reveal": True}),
    "info by number": Task(_INFO, {"identifier": NUMBER}),
    "info by tag": Task(_INFO, {"tag": "billing"}),
    "info of the list": Task(_INFO, {"details": False}),
    "lookup": Task(_LOOKUP, {}, terms=(CODE,)),
    "lookup of a field": Task(_LOOKUP, {"field": "client_secret"}, terms=(CODE,)),
    "lookup of two": Task(_LOOKUP, {}, terms=(CODE, OTHER_CODE)),
}
_WRITES = ("create", "update", "active", "inactive")


def _calls(task: str) -> st.SearchStrategy[tuple[str, str]]:
    """Return a task with a kind of call that it makes."""
    kinds = ["token", *["list"] * 3, *["get"] * 4]
    if TASKS[task].wanted and task != "nothing":
        kinds += ["write"] * 4
    if "identifier" in TASKS[task].options:
        kinds = [kind for kind in kinds if kind != "list"]
    return st.tuples(st.just(task), st.sampled_from(kinds))


#: A task, and which kind of its calls is answered by something else.
tasks = st.sampled_from(list(TASKS)).flatmap(_calls)


class Damage:
    """Damages answers, and keeps what they say nevertheless."""

    def __init__(self, call: str, skip: int, times: int, mutation: Mutation) -> None:
        self._call = call
        self._skip = skip
        self._times = times
        self._mutation = mutation
        self.said: list[Said] = []

    def __call__(self, call: str, _earlier: int, answer: Answer) -> t.Sequence[Step] | None:
        if call != self._call and not (self._call == "write" and call in _WRITES):
            return None
        if self._skip:
            self._skip -= 1
            return None
        if not self._times:
            return None
        self._times -= 1
        self.said.append(Said(call, answer.status, self._mutation, answer))
        return script(self._mutation, answer)


class Probe:
    """A task that ran against damaged answers: what the vault held before and after, and the result."""

    def __init__(self, vault: Vault, task: Task, damage: Damage, waits: list[float]) -> None:
        vault.reset()
        vault.add(identifier_code="asleep", active=False, name="Asleep")
        waits.clear()
        self.task, self.damage, self.vault, self.waits = task, damage, vault, list(waits)
        self.before = vault.secrets
        vault.tamper = damage
        options = {**vault.login, "timeout": 30, **task.options}
        if task.plugin == _LOOKUP:
            self.result = ways.looked_up(list(task.terms), options)
        else:
            self.result = ways.in_place(task.plugin, options)
        self.waits = list(waits)
        self.after = vault.secrets
        self.failed = bool(self.result.get("failed"))
        self.changed = bool(self.result.get("changed"))

    @property
    def outcome(self) -> str:
        """In a word."""
        if not self.damage.said:
            return "not reached"
        return "failed" if self.failed else "right"

    def check(self) -> None:
        """Check everything."""
        for rule in (
            self._ends,
            self._fails_clearly,
            self._hides,
            self._leaves_alone,
            self._tells_changes,
            self._does_it,
            self._reports,
        ):
            rule()

    def _ends(self) -> None:
        assert self.vault.crashes == []
        assert len(self.vault.rows) < _MOST_REQUESTS
        assert len(self.waits) < _MOST_REQUESTS
        assert max(self.waits, default=0) <= 60

    def _fails_clearly(self) -> None:
        if not self.failed:
            return
        assert self.result["msg"].strip()
        assert "Traceback" not in json.dumps(self.result)
        if self.task.plugin != _LOOKUP:
            assert self.result["error"]["kind"] in _KINDS

    def _hides(self) -> None:
        text = json.dumps(self.result, ensure_ascii=False)
        assert self.vault.key_secret not in text
        assert _JWT.search(text) is None
        if self.failed or (self.task.plugin != _LOOKUP and not self.task.options.get("reveal")):
            secrets = (CLIENT_SECRET, OTHER_CLIENT_SECRET, OTHER_SECRET)
            assert [secret for secret in secrets if secret in text or json.dumps(secret)[1:-1] in text] == []

    def _leaves_alone(self) -> None:
        """Nothing else is touched, and no field is written back but as it was or as an answer clearly said."""
        for number, before in self.before.items():
            after = self.after[number]
            for name, value in before.items():
                allowed = [value, *self._wanted_values(number, name)]
                if name in ("name", "url", "client_id", "users", "groups"):
                    allowed += [one for said in self.damage.said for one in said.values(number, name)]
                    allowed += self._merged(number, name)
                assert after[name] in allowed, f"{name} of {number}"

    def _wanted_values(self, number: str, name: str) -> list[t.Any]:
        values = [self.task.wanted[number][name]] if name in self.task.wanted.get(number, {}) else []
        return [*values, True] if name == "active" and number in self.task.wanted else values

    def _merged(self, number: str, name: str) -> list[t.Any]:
        """Return what a list that is changed in part may become, by what answers clearly said."""
        said = [one for said in self.damage.said for one in said.values(number, name)] if name == "users" else []
        return [{**one, "carol": False} for one in said] + [
            {k: v for k, v in one.items() if k != "bob"} for one in said
        ]

    def _tells_changes(self) -> None:
        """``changed`` is true where the vault moved, unless an answer clearly refused; and not for nothing."""
        if self.before != self.after:
            assert self.changed or any(said.refuses for said in self.damage.said)
        elif self.changed:
            uncertain = json.dumps(self.result).count('"write_uncertain"')
            assert uncertain or self.vault.writes

    def _does_it(self) -> None:
        """Success means that the vault holds what was wanted, or that answers clearly said so."""
        if self.failed:
            return
        # Of the unlisted ones, those that could not be read, or said that they do not carry the tag, are left alone.
        spared = [one["identifier"] for one in self.result.get("unlisted", ()) if "error" in one]
        if any(one.values(OTHER, "tags") not in ([], [self.before[OTHER]["tags"]]) for one in self.damage.said):
            spared.append(OTHER)
        for number, wanted in self.task.wanted.items():
            code = self.before[number]["identifier_code"] if number else NEW
            found = next((one for one in self.after.values() if one["identifier_code"] == code), None)
            said = self.damage.said
            if number in spared or any(one.hides(number or NEXT, code) for one in said):
                continue
            assert found is not None
            for name, value in wanted.items():
                is_said = any(value in one.values(number or NEXT, name) for one in said)
                assert found[name] == value or is_said or found[name] in self._merged(number or NEXT, name), name

    def _reports(self) -> None:
        """What is reported is what the vault holds, or what an answer clearly said."""
        for entity in _entities(self.result, self.task):
            number = entity["identifier"]
            truth = [one[number] for one in (self.before, self.after) if number in one]
            said = self.damage.said
            assert truth or any(number in one.numbers for one in said), "a secret that nobody told of"
            secrets = Secrets()
            secrets.add(*(value for one in said for value in one.shown(number, "client_secret")))
            for name, value in entity.items():
                if name not in FIELDS or value is None or value == ways.HIDDEN:
                    continue
                allowed = [_shown(one, name) for one in truth] + [v for one in said for v in one.shown(number, name)]
                # A text may be a part of what an answer says is the client secret.
                assert value in [*allowed, *map(secrets.hide_in, allowed)], f"{name} of {number}"
            for name in ("can_view", "can_write", "need_justify", "need_approval"):
                if entity.get(name) is not None:
                    honest = name.startswith("can")
                    assert entity[name] == honest or any(entity[name] in one.flags(number, name) for one in said), name


def _shown(secret: dict[str, t.Any], name: str) -> t.Any:
    """Return a stored field as results show it."""
    if name in SHARING:
        key = "username" if name == "users_allowed" else "name"
        return [{key: one, "can_edit": right} for one, right in secret[name.partition("_")[0]].items()]
    return secret[name]


def _entities(result: dict[str, t.Any], task: Task) -> t.Iterator[dict[str, t.Any]]:
    found = result.get("found", ())
    if task.options.get("field"):
        found = [{"identifier": NUMBER, task.options["field"]: value} for value in found]
    yield from found
    yield from result.get("api_secrets", ())
    for one in (result, *result.get("results", ()), *result.get("unlisted", ())):
        if one.get("api_entity"):
            yield one["api_entity"]


@probes(
    400,
    task=tasks,
    skip=st.sampled_from([0, 0, 0, 0, 0, 1]),
    times=st.sampled_from([1, 1, 2, 1000]),
    mutation=mutations,
)
def test_a_damaged_answer_does_no_harm(
    vault: Vault, waits: list[float], task: tuple[str, str], skip: int, times: int, mutation: Mutation
) -> None:
    name, call = task
    # Python ends nested JSON at the depth of its stack. What it collects just there cannot be collected either, and says so.
    gc.disable()
    try:
        probe = Probe(vault, TASKS[name], Damage(call, skip, times, mutation), waits)
    finally:
        gc.enable()
    count("damaged answers", probe.outcome)
    note(f"{name}, {call}, skip {skip}, {times} times, {mutation!r:.500}\n{probe.result}\n{vault.rows}")
    probe.check()


@pytest.mark.parametrize("name", TASKS)
def test_without_damage_each_task_succeeds(vault: Vault, waits: list[float], name: str) -> None:
    """So that the test above shows something."""
    probe = Probe(vault, TASKS[name], Damage("none", 0, 0, None), waits)  # type: ignore[arg-type]
    probe.check()
    assert not probe.failed


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_does_not_explode(vault: Vault, waits: list[float], name: str) -> None:
    """Of ten megabytes that become ten gigabytes, no more than the largest answer is decompressed."""
    coding, content = bombs()[name]
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(content)}\r\n\r\n"
    vault.reset()
    vault.tamper = lambda call, _earlier, _answer: [head.encode(), content, CLOSE] if call == "list" else None
    tracemalloc.start()
    try:
        result = ways.in_place(ways.INFO, {**vault.login, "retries": 0})
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    count("bombs", "failed")
    assert result["error"]["kind"] == "unexpected_answer"
    # What was received, its parts, and what was decompressed of it.
    assert peak < 4 * LARGEST_BODY
