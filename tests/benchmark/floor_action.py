# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The limit of a task in place: an action plugin that sends the requests of our task with requests alone.

It is a plugin of the benchmark's own collection, which exists only while the benchmark runs.
"""

from __future__ import annotations

import functools
import os
import typing as t

import requests
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Looks up and reads one API secret."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Send the requests, and report an unchanged secret."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        api = os.environ["SENHASEGURA_URL"] + "/api/mysafe/secretapi"
        settings: dict[str, t.Any] = {"verify": os.environ["SENHASEGURA_CA_PATH"], "timeout": 30}
        arguments = self._task.args
        session = _session()
        listed = session.get(api, params={"identifier_code": str(arguments["identifier_code"])}, **settings)
        listed.raise_for_status()
        read = session.get(f"{api}/{listed.json()['api_secret_on_list'][0]['identifier']}", **settings)
        read.raise_for_status()
        if read.json()["api_secret_entity"]["name"] != arguments["name"]:
            return {**result, "failed": True, "msg": "another secret was read"}
        return {**result, "changed": False}


@functools.cache
def _session() -> requests.Session:
    """Return the session of this process, with a token: all items of a loop share it."""
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SENHASEGURA_CLIENT_ID"],
        "client_secret": os.environ["SENHASEGURA_CLIENT_SECRET"],
    }
    login = session.post(
        os.environ["SENHASEGURA_URL"] + "/api/oauth2/token",
        data=form,
        verify=os.environ["SENHASEGURA_CA_PATH"],
        timeout=30,
    )
    login.raise_for_status()
    session.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    return session
