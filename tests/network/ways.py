# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The ways in which the collection is used: one play has a task for each, and each has a path of its own in the logs."""

from __future__ import annotations

import json
import typing as t

from controller.stage import MODULE, secret, task

if t.TYPE_CHECKING:
    from controller.stage import Controller, Run

#: As the last part of the path in mysafe_url, so that a log of nginx tells them apart.
WAYS = ("in-place", "as-module", "lookup")
CODE = "billing-api"
_INFO = f"{MODULE}_info"
_LIST = f"{MODULE}s"


def play_every_way(
    controller: Controller,
    options: t.Callable[[str], dict[str, t.Any]],
    *,
    environment: t.Mapping[str, str | None] | None = None,
    every_module: bool = False,
    fails: bool = False,
) -> Run:
    """Run a play that creates an API secret in place, finds it as a module, and fetches its name with the lookup.

    ``options`` returns the connection options for a way. With ``every_module`` the other modules run too.
    """
    tasks: list[dict[str, t.Any]] = []
    for way, keywords in (("in-place", {}), ("as-module", {"vars": {"mysafe_in_place": False}})):
        connection = options(way)
        tasks.append(task(way, secret(CODE, **connection), **keywords))
        if every_module:
            tasks.append({"name": f"{way}: info", _INFO: {"identifier_code": CODE, **connection}, **keywords})
            many = {"api_secrets": [secret(CODE), secret(f"other-{way}")], **connection}
            tasks.append({"name": f"{way}: list", _LIST: many, **keywords})
    arguments = "".join(f", {name}={json.dumps(value)}" for name, value in options("lookup").items())
    looked_up = f"lookup('senhasegura.mysafe.mysafe_api_secret', '{CODE}', field='name'{arguments})"
    tasks.append({"name": "lookup", "ansible.builtin.debug": {"msg": f"{{{{ {looked_up} }}}}"}})
    run = controller.play(*tasks, environment=environment, ignore_errors=fails)
    assert run.status == 0, run.output
    as_modules = {entry["name"] for entry in tasks if "vars" in entry}
    assert run.handed_over == as_modules
    if not fails:
        assert run["lookup"]["msg"] == CODE
    return run


def messages(run: Run) -> list[str]:
    """Return the message of the failure of each way. Where there is none, it is empty."""
    assert all(run.outcome(way).status != "ok" for way in WAYS), run.output
    return [str(run[way].get("msg", "")) for way in WAYS]
