# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs a task with any arguments in this process: in place, as AnsibleModule, and as a lookup."""

from __future__ import annotations

import contextlib
import io
import json
import typing as t

from ansible import constants as C  # noqa: N812 - as everybody calls it
from ansible.errors import AnsibleError
from ansible.module_utils.common import warnings as module_warnings
from ansible.module_utils.testing import patch_module_args
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from controller.test_lookup_options import documented_options

from ansible_collections.senhasegura.mysafe.plugins.action import mysafe_api_secret as one_action
from ansible_collections.senhasegura.mysafe.plugins.action import mysafe_api_secret_info as info_action
from ansible_collections.senhasegura.mysafe.plugins.action import mysafe_api_secrets as list_action
from ansible_collections.senhasegura.mysafe.plugins.lookup.mysafe_api_secret import LookupModule
from ansible_collections.senhasegura.mysafe.plugins.modules import (
    mysafe_api_secret,
    mysafe_api_secret_info,
    mysafe_api_secrets,
)
from ansible_collections.senhasegura.mysafe.plugins.plugin_utils._sessions import SESSIONS

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
PREFIX = "senhasegura.mysafe."
ONE, INFO, LIST, LOOKUP = "mysafe_api_secret", "mysafe_api_secret_info", "mysafe_api_secrets", "lookup"
_MAINS = {ONE: mysafe_api_secret.main, INFO: mysafe_api_secret_info.main, LIST: mysafe_api_secrets.main}
_ACTIONS = {ONE: one_action, INFO: info_action, LIST: list_action}
_LOADER = DataLoader()
C.config.initialize_plugin_configuration_definitions("lookup", PREFIX + ONE, documented_options())


def in_place(plugin: str, arguments: t.Mapping[str, t.Any], *, check_mode: bool = False) -> dict[str, t.Any]:
    """Return the result of a task that the action plugin runs in place."""
    action = _action(plugin, arguments, check_mode)
    try:
        return _settled(action.run(task_vars={}))
    except AnsibleError as error:
        return {"failed": True, "msg": str(error)}
    finally:
        SESSIONS.__init__()  # type: ignore[misc]  # a process of Ansible ends with its task


def as_module(plugin: str, arguments: t.Mapping[str, t.Any], *, check_mode: bool = False) -> dict[str, t.Any]:
    """Return the result of a task that the action plugin hands over to the module."""
    action = _action(plugin, arguments, check_mode)

    def run_module(module_args: dict[str, t.Any], task_vars: dict[str, t.Any], wrap_async: bool) -> dict[str, t.Any]:
        action._update_module_args(PREFIX + plugin, module_args, task_vars)
        module_warnings._global_warnings.clear()
        output = io.StringIO()
        with patch_module_args(module_args), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
            _MAINS[plugin]()
        returned: dict[str, t.Any] = action._parse_returned_data({"stdout": output.getvalue()}, "legacy")
        return returned

    action._execute_module = run_module
    try:
        settled = _settled(action.run(task_vars={"mysafe_in_place": False}))
        settled.pop("exception", None)  # where the module called fail_json: Ansible shows it nowhere
        return settled
    except AnsibleError as error:
        return {"failed": True, "msg": str(error)}


def looked_up(terms: list[t.Any], arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return what the lookup returns, under ``found``, or its failure as a task tells it."""
    lookup = LookupModule(loader=_LOADER, templar=Templar(_LOADER))
    lookup._load_name = PREFIX + ONE
    try:
        return {"changed": False, "found": lookup.run(terms, {}, **arguments)}
    except AnsibleError as error:
        return {"failed": True, "changed": False, "msg": str(error)}
    finally:
        SESSIONS.__init__()  # type: ignore[misc]


def _action(plugin: str, arguments: t.Mapping[str, t.Any], check_mode: bool) -> t.Any:
    context = PlayContext()
    task = Task()
    task.action, task.args, task.check_mode, task.diff = PREFIX + plugin, dict(arguments), check_mode, True
    return _ACTIONS[plugin].ActionModule(
        task=task,
        connection=connection_loader.get("local", context),
        play_context=context,
        loader=_LOADER,
        templar=Templar(_LOADER),
        shared_loader_obj=None,
    )


def _settled(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a result as it is written for others, without what Ansible adds for itself."""
    settled: dict[str, t.Any] = json.loads(json.dumps(result, default=str))
    for one in (settled, *settled.get("results", ()), *settled.get("unlisted", ()), *settled.get("api_secrets", ())):
        (one.get("error") or {}).pop("request_id", None)  # another one for each request
    return {name: value for name, value in settled.items() if not name.startswith("_ansible")}
