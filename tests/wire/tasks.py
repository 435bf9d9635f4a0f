# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs tasks of the modules that write against the simulator, in this process."""

from __future__ import annotations

import types
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.given import secret_texts

from .support import login

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions


class Tasks:
    """Runs tasks as user alice of the simulator, and keeps their results: of mysafe_api_secret, or another entry point."""

    def __init__(self, simulator: Simulator, entry_point: types.ModuleType = api_secret) -> None:
        self._simulator = simulator
        self._run = entry_point.run
        self._spec = entry_point.argument_spec()
        self.results: list[Result] = []
        self.passed: set[str] = set()
        self.sleeps: list[float] = []

    def __call__(
        self,
        *,
        key: str = "alice",
        at: Simulator | None = None,
        check_mode: bool = False,
        diff: bool = True,
        sessions: Sessions | None = None,
        modes: t.Mapping[str, t.Any] | None = None,
        **options: t.Any,
    ) -> Result:
        """Run one task, against another simulator if one is given. Options that are None are left out."""
        connection = login(at or self._simulator, key)
        given = {name: value for name, value in {**connection, **options}.items() if value is not None}
        checked = ArgumentSpecValidator(self._spec).validate(given)
        assert not checked.error_messages
        params = checked.validated_parameters
        self.passed.update(secret_texts(params, self._spec))
        result: Result = self._run(params, check_mode=check_mode, diff=diff, sessions=sessions, **(modes or {}))
        self.results.append(result)
        return result
