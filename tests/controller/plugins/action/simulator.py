# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Action plugin that prepares the simulator for the next task: it resets it, and adds secrets and faults."""

from __future__ import annotations

import os
import typing as t

import requests
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Takes profile, switches, secrets, faults and access_keys."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Reset the simulator, and apply the arguments."""
        wanted = dict(self._task.args)
        with requests.Session() as session:
            session.trust_env = False
            session.verify = os.environ["MYSAFE_TEST_SIMULATOR_CA"]

            def call(method: str, route: str, content: t.Any) -> None:
                url = f"{os.environ['MYSAFE_TEST_SIMULATOR']}/_simulator/{route}"
                session.request(method, url, json=content, timeout=10).raise_for_status()

            call("POST", "reset", {"profile": wanted.pop("profile", None), "switches": wanted.pop("switches", {})})
            for secret in wanted.pop("secrets", []):
                call("POST", "secrets", secret)
            call("POST", "faults", wanted.pop("faults", []))
            for name, options in wanted.pop("access_keys", {}).items():
                call("PATCH", f"access-keys/{name}", options)
        if wanted:
            return {"failed": True, "msg": f"The simulator has no {', '.join(wanted)}"}
        return {"changed": False}
