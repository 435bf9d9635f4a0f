# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The machine: rules that run tasks, and let somebody else change the vault in between."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import typing as t

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from simulator.switches import preset
from wire.leaks import require_none

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError

from . import checks, checks_of_faults, strategies
from .expected import Caller, Expected, ensure
from .expected_list import ExpectedList, ListWish, ensure_list
from .faults import faults
from .mysafe import Item, MySafe, RefusedError
from .wish import Wish

if t.TYPE_CHECKING:
    from collections import Counter

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result

    from .stage import Stage

#: A number that no API secret gets.
_NO_NUMBER = "900000"


def _step(**drawn: t.Any) -> t.Callable[[t.Callable[..., None]], t.Any]:
    """Return a decorator that makes a rule, which counts as a step of the run."""

    def decorate(function: t.Callable[..., None]) -> t.Any:
        @functools.wraps(function)
        def counted(machine: Machine, **values: t.Any) -> None:
            machine.counts["steps"] += 1
            function(machine, **values)

        return rule(**drawn)(counted)  # type: ignore[no-untyped-call]

    return decorate


class Machine(RuleBasedStateMachine):
    """A vault, tasks, and somebody else."""

    #: Set by the test: where tasks run, and how often each rule ran.
    stage: t.ClassVar[Stage]
    counts: t.ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model: MySafe

    @initialize(profile=strategies.profiles, switches=strategies.switches, sealed=strategies.sealed)
    def begin(self, profile: str, switches: dict[str, t.Any], sealed: list[dict[str, t.Any]]) -> None:
        self.stage.reset(profile, switches)
        for values in sealed:
            self.stage.simulator.add_secret(**values)
        rules = {**dataclasses.asdict(preset(profile)), **switches}
        self.model = MySafe(rules, self.stage.items())
        self._secrets = {key["client_secret"] for key in self.stage.simulator.access_keys.values()}
        self._secrets |= {item.client_secret for item in self.model.items.values()} - {""}
        self._secrets |= {secret.strip() for secret in strategies.CLIENT_SECRETS}

    def teardown(self) -> None:
        self.stage.forget()

    # Tasks

    @_step(
        caller=strategies.callers,
        address=strategies.address,
        fields=strategies.fields,
        policy=strategies.policies,
        check=st.booleans(),
        expire=strategies.rarely,
    )
    def ensure(
        self,
        caller: Caller,
        address: strategies.Address,
        fields: dict[str, t.Any],
        policy: dict[str, t.Any],
        check: bool,
        expire: bool,
    ) -> None:
        if expire:
            self.stage.expire_tokens()
        self._ensure(caller, {**self._addressed(address, fields), **policy}, check=check)

    @_step(
        caller=strategies.callers,
        address=strategies.address,
        fields=strategies.fields,
        policy=strategies.policies,
        check=strategies.rarely,
        faults=faults,
        retries=strategies.retries,
    )
    def ensure_with_faults(
        self,
        caller: Caller,
        address: strategies.Address,
        fields: dict[str, t.Any],
        policy: dict[str, t.Any],
        check: bool,
        faults: list[dict[str, t.Any]],
        retries: int,
    ) -> None:
        options = {**self._addressed(address, fields), **policy}
        before = self.model.items
        expected = ensure(self.model, caller, Wish.of(options), check=check)
        with self._faults(faults):
            result = self._run("one", caller, {**options, "retries": retries}, check=check)
        self.model.items = self.stage.items()
        checks_of_faults.ended(result, before, self.model.items, expected, caller.unreadable(self.model))
        if not check and self._ensure(caller, options, check=False).changed:
            self._ensure(caller, options, check=False)

    def _ensure(self, caller: Caller, options: dict[str, t.Any], *, check: bool) -> Expected:
        expected = ensure(self.model, caller, Wish.of(options), check=check)
        before, notices = self.model.items, self.stage.notices
        result = self._run("one", caller, options, check=check)
        checks.ended(result, expected)
        self._adopt(expected.vault.items)
        if not expected.kind:
            checks.shows_outcome(result.values, expected, check=check, hidden=caller.unreadable(self.model))
            checks.not_notified(before, notices, self.model.items, self.stage.notices)
        return expected

    @_step(
        caller=strategies.callers,
        items=st.lists(strategies.items, max_size=4),
        options=strategies.lists,
        policy=strategies.policies,
        check=st.booleans(),
    )
    def ensure_list(
        self,
        caller: Caller,
        items: list[tuple[strategies.Address, dict[str, t.Any]]],
        options: dict[str, t.Any],
        policy: dict[str, t.Any],
        check: bool,
    ) -> None:
        described = self._listed(items, options, policy)
        if ListWish.of(described).is_usable:
            self._ensure_list(caller, described, check=check)
        else:
            checks.refused(self._run("list", caller, described, check=check), "invalid_input")
            self._adopt(self.model.items)

    @_step(
        caller=strategies.callers,
        items=st.lists(strategies.items, max_size=3),
        options=strategies.lists,
        policy=strategies.policies,
        check=strategies.rarely,
        faults=faults,
        retries=strategies.retries,
    )
    def ensure_list_with_faults(
        self,
        caller: Caller,
        items: list[tuple[strategies.Address, dict[str, t.Any]]],
        options: dict[str, t.Any],
        policy: dict[str, t.Any],
        check: bool,
        faults: list[dict[str, t.Any]],
        retries: int,
    ) -> None:
        # One at a time, so that the faults hit the same requests each time.
        options = {**self._listed(items, options, policy), "concurrency": 1}
        wish = ListWish.of(options)
        before = self.model.items
        # If the answer to a create is lost, the list cannot tell that another item names the new API secret by its number.
        if not wish.is_usable or any(item.number == self._next_number for item in wish.items):
            return
        expected = ensure_list(self.model, caller, wish, check=check)
        alone = [ensure(self.model, caller, item, check=check) for item in wish.items]
        with self._faults(faults):
            result = self._run("list", caller, {**options, "retries": retries}, check=check)
        self.model.items = self.stage.items()
        checks_of_faults.list_ended(result, before, self.model.items, expected, alone, check=check)
        if not check and self._ensure_list(caller, options, check=False).changed:
            self._ensure_list(caller, options, check=False)

    def _listed(
        self,
        items: list[tuple[strategies.Address, dict[str, t.Any]]],
        options: dict[str, t.Any],
        policy: dict[str, t.Any],
    ) -> dict[str, t.Any]:
        described = [self._addressed(address, fields) for address, fields in items]
        # The numbers of new ones, and where it stops, are foreseeable only if one is done after the other.
        in_turn = options.get("on_error") == "stop" or sum(place is None for (_code, place), _fields in items) > 1
        concurrency = 1 if in_turn else options.get("concurrency", 1)
        return {"api_secrets": described, **options, **policy, "concurrency": concurrency}

    def _ensure_list(self, caller: Caller, options: dict[str, t.Any], *, check: bool) -> ExpectedList:
        expected = ensure_list(self.model, caller, ListWish.of(options), check=check)
        result = self._run("list", caller, options, check=check)
        checks.list_ended(result, expected, check=check, hidden=caller.unreadable(self.model))
        self._adopt(expected.vault.items)
        return expected

    @contextlib.contextmanager
    def _faults(self, faults: list[dict[str, t.Any]]) -> t.Iterator[None]:
        """Let requests meet faults. The next task does not know what this one learned."""
        if not faults:
            yield
            return
        self.counts["tasks with faults"] += 1
        if any("token" in fault["path"] for fault in faults):
            self.stage.forget()
        self.stage.simulator.plan(faults)
        yield
        self.stage.simulator.clear_faults()
        checks_of_faults.bounded(self.stage.waits)
        self.stage.forget()

    @_step(
        caller=strategies.callers,
        query=strategies.queries,
        place=strategies.places,
        options=strategies.readings,
        trouble=strategies.rarely_faults,
    )
    def info(
        self,
        caller: Caller,
        query: dict[str, str],
        place: int,
        options: dict[str, bool],
        trouble: list[dict[str, t.Any]],
    ) -> None:
        if "identifier" in query:
            query = {"identifier": self._number(place)}
        with self._faults(trouble):
            result = self._run("info", caller, {**query, **options})
        if not (trouble and "error" in result.values):
            checks.read(result, self.model, caller, query, options)
        self._adopt(self.model.items)

    @_step(
        caller=strategies.callers,
        codes=st.lists(strategies.codes, min_size=1, max_size=3),
        trouble=strategies.rarely_faults,
    )
    def look_up(self, caller: Caller, codes: list[str], trouble: list[dict[str, t.Any]]) -> None:
        self.counts["tasks"] += 1
        with self._faults(trouble):
            try:
                found, kind = self.stage.look_up(caller.key, codes, decrypt=caller.sees_secrets), ""
            except MySafeError as error:
                found, kind = None, error.kind.value
                assert not any(secret in str(error) for secret in self._secrets)
        if not (trouble and found is None):
            checks.looked_up(found, kind, self.model, caller, codes)
        self._adopt(self.model.items)

    @_step(
        caller=strategies.callers,
        trouble=strategies.troubles,
        plugin=st.sampled_from(("one", "list", "info")),
        address=strategies.address,
        fields=strategies.fields,
        check=st.booleans(),
    )
    def be_locked_out(
        self,
        caller: Caller,
        trouble: strategies.Trouble,
        plugin: str,
        address: strategies.Address,
        fields: dict[str, t.Any],
        check: bool,
    ) -> None:
        described = self._addressed(address, fields)
        options = {"one": described, "list": {"api_secrets": [described]}, "info": {}}[plugin]
        kind = "items_failed" if plugin == "list" and not trouble.at_login else trouble.kind
        self.stage.forget()
        with self._trouble(trouble, caller.key):
            checks.refused(self._run(plugin, caller, options, check=check), kind)
        self.stage.forget()
        self._ask_for_nonsense(caller, {**described, **trouble.nonsense})

    def _ask_for_nonsense(self, caller: Caller, described: dict[str, t.Any]) -> None:
        before = len(self.stage.simulator.requests())
        checks.refused(self._run("one", caller, described), "invalid_input")
        checks.refused(self._run("list", caller, {"api_secrets": [described]}), "invalid_input")
        assert len(self.stage.simulator.requests()) == before

    @contextlib.contextmanager
    def _trouble(self, trouble: strategies.Trouble, key: str) -> t.Iterator[None]:
        """Let MySafe refuse everything for a while."""
        simulator = self.stage.simulator
        if trouble.at_login:
            simulator.change_access_key(key, **trouble.values)
            yield
            simulator.change_access_key(key, **dict.fromkeys(trouble.values, False))
        else:
            usual = {name: self.model.rules[name] for name in trouble.values}
            simulator.switch(**trouble.values)
            yield
            simulator.switch(**usual)

    def _run(self, plugin: str, caller: Caller, options: dict[str, t.Any], *, check: bool = False) -> Result:
        self.counts["tasks"] += 1
        result = self.stage.run(plugin, caller.key, check=check, decrypt=caller.sees_secrets, **options)
        note(f"{result.values}")
        if not options.get("reveal"):
            require_none(result, {*self._secrets, *self.stage.passed})
        return result

    def _addressed(self, address: strategies.Address, fields: dict[str, t.Any]) -> dict[str, t.Any]:
        code, place = address
        number = None if place is None else self._number(place)
        where = {"identifier_code": code, "identifier": number}
        return {**{name: value for name, value in where.items() if value is not None}, **fields}

    # Somebody else

    @_step(change=strategies.changes)
    def somebody_else(self, change: strategies.Change) -> None:
        self.counts["changes by somebody else"] += 1
        user, request, what, wanted = change
        arguments: tuple[t.Any, ...] = (user,) if request == "create" else (user, self._number(what))
        if request == "set_active":
            arguments += (wanted,)
        else:
            wish = Wish.of({**wanted, "identifier_code": what} if request == "create" else wanted)
            arguments += (wish.texts, wish.shares)
        codes = []
        for vault in (self.model, self.stage):
            try:
                getattr(vault, request)(*arguments)
            except RefusedError as refusal:
                codes.append(refusal.code)
            else:
                codes.append(0)
        assert codes[0] == codes[1]
        self._adopt(self.model.items)

    # Shared

    def _number(self, place: int) -> str:
        """Return the number of an API secret, the one that the next new one gets, or one that none gets."""
        numbers = [*sorted(self.model.items, key=int), self._next_number]
        return numbers[place] if place < len(numbers) else _NO_NUMBER

    @property
    def _next_number(self) -> str:
        return str(1 + max(map(int, self.model.items)))

    def _adopt(self, expected: t.Mapping[str, Item]) -> None:
        actual = self.stage.items()
        checks.stored(actual, expected)
        self.model.items = actual
