# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Base of the action plugins: runs a task in the controller's process where the result is the same, else as the module.

A module costs a new Python process for every task and loop item. With a local connection that process would run on the
same machine, as the same user, with the same environment: then the core can run right here, where connections and token
also serve the next items of a loop.
"""

from __future__ import annotations

import os
import sys
import typing as t

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

# Loaded once, and not in every process that Ansible forks for a task; in a module it is where something is to be written.
from ..module_utils._api_secret import write  # noqa: F401  # pylint: disable=unused-import
from ..module_utils._entry_points.given import given as secrets_given
from ..module_utils._entry_points.given import secret_texts, texts
from ..module_utils._errors import MySafeError
from ..module_utils._http import environment, libraries
from ..module_utils._http.connection import PATHS, is_pasted
from ._arguments import checked, doubts, plain, shown
from ._sessions import SESSIONS

if t.TYPE_CHECKING:
    from ..module_utils._entry_points.result import Result

#: The variable that switches running in place off, for instance to find out whether a problem comes from it.
SWITCH = "mysafe_in_place"
_DISPLAY = Display()
#: How many characters a text needs not to be part of a secret by chance.
_TELLING = 6
#: The types in which Ansible's validation leaves an argument as it is.
_SETTLED: dict[str, type] = {"str": str, "bool": bool, "int": int}
#: What Ansible's validation replaces in a path.
_EXPANDED = frozenset("~$")
#: Tasks whose loop was warned about. All items of a loop run in one process.
_WARNED: set[str] = set()


class MySafeAction(ActionBase):
    """Base class of an action plugin, which adds what belongs to its module."""

    _supports_check_mode = True
    _supports_async = True

    #: The argument spec of the module.
    argument_spec: t.ClassVar[dict[str, dict[str, t.Any]]]
    #: The function of the core that gives an option its type.
    normal: t.ClassVar[t.Callable[..., t.Any]]
    #: The function of the core that runs the task.
    entry_point: t.ClassVar[t.Callable[..., Result]]

    #: The argument spec in place, and what it makes of no arguments.
    _spec: t.ClassVar[dict[str, dict[str, t.Any]]]
    _defaults: t.ClassVar[dict[str, t.Any]]

    def __init_subclass__(cls) -> None:
        # In place, the environment is among the arguments already.
        cls._spec = {
            name: {key: value for key, value in option.items() if key != "fallback"}
            for name, option in cls.argument_spec.items()
        }
        # Made once, before Ansible forks a process for each task: most options are left out of most tasks.
        cls._defaults = ArgumentSpecValidator(cls._spec).validate({}).validated_parameters

    @staticmethod
    def checked_together(arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Check options that mean something only together, and return all in their types. Raises MySafeError."""
        return dict(arguments)

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task, here or as the module."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        of_the_task: dict[str, t.Any] = {}
        if any(self._task.environment or ()):
            self._compute_environment_string(of_the_task)
        given = plain(self._task.args)
        warnings = [*doubts(given), *self._doubts_about_the_loop(given, variables)]
        try:
            # The environment of the controller is where AWX puts a credential, while the module may run on a bastion.
            completed = environment.complete(given, os.environ, left_to_task=of_the_task)
            module_args = type(self).checked_together(checked(completed, self.argument_spec, type(self).normal))
            if of_the_task:
                # The module would repeat what is wrong in the environment of the task.
                there = environment.complete(given, {name: str(value) for name, value in of_the_task.items()})
                checked(there, self.argument_spec, type(self).normal)
        except MySafeError as error:
            refused = self._refused(given, error, with_invocation=_wants_invocation(variables))
            return {**result, **refused, **({"warnings": warnings} if warnings else {})}
        if not of_the_task and self._is_same_in_place(variables):
            result.update(self._in_place(module_args, with_invocation=_wants_invocation(variables)))
        else:
            wrap_async = self._task.async_val and not self._connection.has_native_async
            result.update(self._execute_module(module_args=module_args, task_vars=task_vars, wrap_async=wrap_async))
        if warnings:
            result["warnings"] = [*warnings, *result.get("warnings", ())]
        if self._task.async_val:
            for warning in warnings:
                _DISPLAY.warning(warning)  # while Ansible waits for the module, it drops those of the action
        return result

    def _is_same_in_place(self, task_vars: dict[str, t.Any]) -> bool:
        """Whether the module would run on this machine, as this user, and could as well run here."""
        return (
            (SWITCH not in task_vars or boolean(self._templar.template(task_vars[SWITCH]), strict=False))
            and self._connection.transport in ("local", "ansible.builtin.local")
            and not self._connection.become
            and not self._task.async_val
            # On macOS looking up the proxies of the system crashes a forked process.
            and sys.platform != "darwin"
            and libraries.IMPORT_ERROR is None
        )

    def _refused(self, given: dict[str, t.Any], error: MySafeError, *, with_invocation: bool) -> dict[str, t.Any]:
        """Return the result of a task that was refused before it ran. What may be a secret is in no part of it."""
        values = {"failed": True, "changed": False, "msg": str(error), "error": error.details()}
        if with_invocation:
            arguments = shown(given, self.argument_spec, type(self).normal)
            secrets = secrets_given(given, self.argument_spec)
            values["invocation"] = {"module_args": secrets.hide_in(arguments)}
        return values

    def _doubts_about_the_loop(self, given: dict[str, t.Any], task_vars: dict[str, t.Any]) -> t.Iterator[str]:
        """Warn once where Ansible prints the items of a loop, and they hold a secret that the task is given."""
        item = task_vars.get(task_vars.get("ansible_loop_var", "item"))
        if self._task.no_log or item is None or not self._task.loop or self._task._uuid in _WARNED:
            return
        secrets = list(secret_texts(given, self.argument_spec))
        if any(_is_part(text, secret) for text in texts(plain(item)) for secret in secrets):
            _WARNED.add(self._task._uuid)
            yield (
                "The items of this loop hold a secret, and Ansible prints items. Keep the secrets in a variable of their own"
                ' and loop over the rest, for example client_secret: "{{ client_secrets[item.code] }}", or set no_log to'
                " true for the task."
            )

    def _in_place(self, module_args: dict[str, t.Any], *, with_invocation: bool) -> dict[str, t.Any]:
        """Do what AnsibleModule does around the core: set defaults, run, hide what must not be logged."""
        open_options = {
            name: option
            for name, option in self._spec.items()
            if option.get("required") or (name in module_args and not _is_settled(option, module_args[name]))
        }
        params = {**self._defaults, **module_args}
        if open_options:
            given = {name: module_args[name] for name in open_options if name in module_args}
            validation = ArgumentSpecValidator(open_options).validate(given)
            if validation.error_messages:
                raise AnsibleActionFail(validation.errors.msg)
            params.update(validation.validated_parameters)
        done = type(self).entry_point(
            self._with_absolute_paths(params),
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            sessions=SESSIONS,
        )
        for repeat in done.repeats if not self._task.no_log else ():
            _DISPLAY.v(repeat)
        values = dict(done.values)
        if done.failed:
            values["failed"] = True
        if done.warnings:
            values["warnings"] = list(done.warnings)
        if with_invocation:
            values["invocation"] = {"module_args": params}
        return done.shown(values)

    def _with_absolute_paths(self, params: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return the parameters with paths as a module finds them: Ansible starts it where the playbook is."""
        place = self._loader.get_basedir()
        return {
            name: os.path.join(place, value.strip()) if name in PATHS and value and not is_pasted(value) else value
            for name, value in params.items()
        }


def _is_settled(option: t.Mapping[str, t.Any], value: t.Any) -> bool:
    """Whether Ansible's validation, which takes long, would leave a checked argument of an option as it is."""
    if option["type"] == "list" and option.get("elements") == "str":
        return isinstance(value, list) and all(isinstance(element, str) for element in value)
    if option["type"] == "path":
        return isinstance(value, str) and _EXPANDED.isdisjoint(value)
    return isinstance(value, _SETTLED.get(option["type"], ()))


def _is_part(text: str, secret: str) -> bool:
    """Whether a text of a loop item is the secret, or the secret was made from it."""
    return text == secret or (len(text.strip()) >= _TELLING and (text.strip() in secret or secret in text))


def _wants_invocation(task_vars: dict[str, t.Any]) -> bool:
    """Whether results are to hold the arguments of the module: always, before ansible-core had a setting for it."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True
