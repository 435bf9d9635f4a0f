# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs the task of an operation, and keeps everything that it left: result, vault, requests and waits."""

from __future__ import annotations

import functools
import traceback
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from wire.support import login, vault

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import (
    api_secret,
    api_secret_info,
    api_secrets,
    lookup,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http import connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .faults import TIMEOUT_OPTION
from .operations import INFO, LIST, LOOKUP, ONE, OPERATIONS, STRANGERS, Operation

if t.TYPE_CHECKING:
    from simulator.process import Simulator

Vault = dict[str, dict[str, t.Any]]
Values = dict[str, t.Any]
_MODULES: dict[str, t.Any] = {ONE: api_secret, LIST: api_secrets, INFO: api_secret_info}


class Done(t.NamedTuple):
    """What a task returned. ``crash`` is a traceback, which there never should be."""

    values: Values
    told: tuple[str, ...] = ()
    crash: str = ""

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return "error" in self.values

    @property
    def is_about_several(self) -> bool:
        """Whether it has a result for each of several API secrets."""
        return "results" in self.values

    @property
    def parts(self) -> list[Values]:
        """What it returned for each API secret."""
        if not self.is_about_several:
            return [self.values]
        return [*self.values["results"], *self.values.get("unlisted", [])]

    @property
    def is_uncertain(self) -> bool:
        """Whether it says that a write may still have been applied."""
        parts = [self.values, *self.parts]
        return any(part.get("error", {}).get("kind") == "write_uncertain" for part in parts)


class Course(t.NamedTuple):
    """What happened in a run: the result, the vault before and after it, its requests, and what it waited, in seconds."""

    done: Done
    before: Vault
    after: Vault
    rows: list[dict[str, t.Any]]
    arrivals: list[float] = []  # noqa: RUF012 - never changed
    waits: list[float] = []  # noqa: RUF012 - never changed


def prepare(simulator: Simulator, operation: Operation) -> None:
    """Store what is there at the beginning."""
    simulator.add_secrets([*STRANGERS, *operation.start])


def run(simulator: Simulator, name: str, retries: int, sessions: Sessions) -> Course:
    """Run the task of an operation."""
    operation = OPERATIONS[name]
    params = _params(name, retries, tuple(sorted(login(simulator).items())))
    before = vault(simulator)
    simulator.clear_log()
    done = _run(operation, params, sessions)
    return Course(done, before, vault(simulator), simulator.requests())


@functools.cache
def _params(name: str, retries: int, connected: tuple[tuple[str, t.Any], ...]) -> dict[str, t.Any]:
    operation = OPERATIONS[name]
    given = {**dict(connected), "timeout": TIMEOUT_OPTION, "retries": retries, **operation.options}
    module = _MODULES.get(operation.entry)
    spec = connection.argument_spec() if module is None else module.argument_spec()
    checked = ArgumentSpecValidator(spec).validate({key: value for key, value in given.items() if value is not None})
    assert not checked.error_messages, checked.error_messages
    params: dict[str, t.Any] = checked.validated_parameters
    return params


def _run(operation: Operation, params: dict[str, t.Any], sessions: Sessions) -> Done:
    try:
        if operation.entry == LOOKUP:
            return _looked_up(operation, params, sessions)
        result = _MODULES[operation.entry].run(params, check_mode=operation.check, diff=True, sessions=sessions)
        return Done(result.values, (*result.warnings, *result.repeats))
    except Exception:
        return Done({"error": {"kind": "crash"}, "changed": False}, crash=traceback.format_exc())


def _looked_up(operation: Operation, params: dict[str, t.Any], sessions: Sessions) -> Done:
    try:
        found = lookup.run(params, operation.terms, sessions)
    except MySafeError as error:
        return Done({"error": error.details(), "msg": str(error), "changed": False})
    values = [{"entity": one.entity, "reason": one.reason, "option": one.option} for one in found.fetched]
    return Done({"changed": False, "fetched": values}, (*found.warnings, *found.repeats))
