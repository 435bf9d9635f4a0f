# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Base of the action plugins: runs a task in the controller's process where the result is the same, else as the module.

A module costs a new Python process for every task and loop item. With a local connection that process would run on the
same machine, as the same user, with the same environment: then the core can run right here, where connections and token
also serve the next items of a loop.
"""

from __future__ import annotations

import datetime
import os
import sys
import typing as t

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._http import environment, libraries
from ..module_utils._http.connection import PATHS, is_pasted
from ._sessions import SESSIONS

if t.TYPE_CHECKING:
    from ..module_utils._entry_points.result import Result

#: The variable that switches running in place off, for instance to find out whether a problem comes from it.
SWITCH = "mysafe_in_place"


class MySafeAction(ActionBase):
    """Base class of an action plugin, which adds the argument spec of its module and the entry point of the core."""

    _supports_check_mode = True
    _supports_async = True

    argument_spec: t.ClassVar[dict[str, dict[str, t.Any]]]
    entry_point: t.ClassVar[t.Callable[..., Result]]

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task, here or as the module."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        of_the_task: dict[str, t.Any] = {}
        self._compute_environment_string(of_the_task)
        # The environment of the controller is where AWX puts a credential, while the module may run on a bastion.
        module_args = environment.complete(self._task.args, os.environ, left_to_task=of_the_task)
        if not of_the_task and self._is_same_in_place(task_vars or {}):
            result.update(self._in_place(module_args, with_invocation=_wants_invocation(task_vars or {})))
        else:
            wrap_async = self._task.async_val and not self._connection.has_native_async
            result.update(self._execute_module(module_args=module_args, task_vars=task_vars, wrap_async=wrap_async))
        return result

    def _is_same_in_place(self, task_vars: dict[str, t.Any]) -> bool:
        """Whether the module would run on this machine, as this user, and could as well run here."""
        return (
            boolean(self._templar.template(task_vars.get(SWITCH, True)), strict=False)
            and self._connection.transport in ("local", "ansible.builtin.local")
            and not self._connection.become
            and not self._task.async_val
            # On macOS looking up the proxies of the system crashes a forked process.
            and sys.platform != "darwin"
            and libraries.IMPORT_ERROR is None
        )

    def _in_place(self, module_args: dict[str, t.Any], *, with_invocation: bool) -> dict[str, t.Any]:
        """Do what AnsibleModule does around the core: validate, run, hide what must not be logged."""
        validation = ArgumentSpecValidator(self.argument_spec).validate(_plain(module_args))
        params = validation.validated_parameters
        hidden = set(validation._no_log_values)
        values: dict[str, t.Any]
        if validation.error_messages:
            message = validation.errors.msg
            if isinstance(validation.errors[0], UnsupportedError):
                message = f"Unsupported parameters for ({self._task.action}) module: {message}"
            values = {"failed": True, "msg": message}
        else:
            done = type(self).entry_point(
                self._with_absolute_paths(params),
                check_mode=self._task.check_mode,
                diff=self._task.diff,
                sessions=SESSIONS,
            )
            hidden.update(done.secrets)
            values = dict(done.values)
            if done.failed:
                values["failed"] = True
            if done.warnings:
                values["warnings"] = list(done.warnings)
        if with_invocation:
            values["invocation"] = {"module_args": params}
        censored: dict[str, t.Any] = remove_values(values, hidden)
        # Before 2.19 a secret such as "e" would also turn true into a text.
        return {**censored, **{name: values[name] for name in ("changed", "failed") if name in values}}

    def _with_absolute_paths(self, params: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return the parameters with paths as a module finds them: Ansible starts it where the playbook is."""
        place = self._loader.get_basedir()
        return {
            name: os.path.join(place, value) if name in PATHS and value and not is_pasted(value) else value
            for name, value in params.items()
        }


def _wants_invocation(task_vars: dict[str, t.Any]) -> bool:
    """Whether results are to hold the arguments of the module: always, before ansible-core had a setting for it."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def _plain(value: t.Any) -> t.Any:
    """Return a value as it would reach a module: the controller's strings carry tags, or are not decrypted yet."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value)
