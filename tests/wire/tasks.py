# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Runs tasks of the module mysafe_api_secret against the simulator, in this process."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret

from .support import login

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

_SPEC = api_secret.argument_spec()


class Tasks:
    """Runs tasks as user alice of the simulator, and keeps their results."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
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
        **options: t.Any,
    ) -> Result:
        """Run one task, against another simulator if one is given. Options that are None are left out."""
        connection = login(at or self._simulator, key)
        given = {name: value for name, value in {**connection, **options}.items() if value is not None}
        checked = ArgumentSpecValidator(_SPEC).validate(given)
        assert not checked.error_messages
        params = checked.validated_parameters
        self.passed.update(
            filter(None, (params[name] for name in ("client_secret", "mysafe_client_secret", "mysafe_access_token")))
        )
        result = api_secret.run(params, check_mode=check_mode, diff=diff, sessions=sessions)
        self.results.append(result)
        return result
