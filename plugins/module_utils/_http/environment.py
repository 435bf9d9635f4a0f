# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The environment, and what wins over what: the only place that decides where a connection option comes from."""

from __future__ import annotations

import os
import typing as t
from collections import abc

from .._errors import Kind, MySafeError
from .options import OPTIONS, Option

#: The options that belong to one vault: the environment does not count for them where the task names another vault.
_OF_ONE_VAULT = ("mysafe_token_url", "mysafe_tenant")
#: Connection option -> its environment variable.
VARIABLES: dict[str, str] = {option.name: option.variable for option in OPTIONS}


def is_blank(value: t.Any) -> bool:
    """Whether a value counts as not set: None, and text of white space only.

    AWX sets the variables of every field of a credential, the ones left blank included.
    """
    return value is None or (isinstance(value, str) and not value.strip())


def complete(
    named: abc.Mapping[str, t.Any], environ: abc.Mapping[str, str], left_to_task: abc.Container[str] = ()
) -> dict[str, t.Any]:
    """Return the options that a task or lookup names, completed from the environment.

    Connection options that are blank are dropped, so that the environment counts for them. A variable in
    ``left_to_task`` is not used: the task sets it itself, for where the module runs (given as a mapping, with what value).

    - An access key that is named wins over any access token of an environment.
    - Where another vault is named than that of the environment, its token URL and its tenant do not count. Those that the
      task itself sets, without the URL of a vault, are meant for the one that is named.

    What does not count is returned as blank, which keeps a module from taking it out of its own environment.

    Raises MySafeError (kind ``configuration``) where a variable cannot be converted to the type of its option.
    """
    completed = {name: value for name, value in named.items() if name not in VARIABLES or not is_blank(value)}
    if "mysafe_client_id" in completed or "mysafe_client_secret" in completed:
        completed.setdefault("mysafe_access_token", "")
    if "mysafe_url" in completed and _is_another(completed["mysafe_url"], environ, left_to_task):
        names_no_vault = VARIABLES["mysafe_url"] not in left_to_task
        for name in _OF_ONE_VAULT:
            if not (names_no_vault and VARIABLES[name] in left_to_task):
                completed.setdefault(name, "")
    for option in OPTIONS:
        value = environ.get(option.variable)
        if value is None or is_blank(value) or option.variable in left_to_task or option.name in completed:
            continue
        completed[option.name] = value.strip()
        converted(option, value)
    return completed


def _is_another(url: t.Any, environ: abc.Mapping[str, str], left_to_task: abc.Container[str]) -> bool:
    """Whether a URL is another than that of the environment, which the task's own environment wins over."""
    variables = left_to_task if isinstance(left_to_task, abc.Mapping) else {}
    of_environment = variables.get(VARIABLES["mysafe_url"], environ.get(VARIABLES["mysafe_url"]))
    return not is_blank(of_environment) and _address(url) != _address(of_environment)


def _address(url: t.Any) -> str:
    return str(url).strip().rstrip("/").lower()


def converted(option: Option, value: t.Any) -> t.Any:
    """Return the value of a connection option in its type.

    Raises MySafeError (kind ``configuration``) that names the option and its variable, but not the value.
    """
    try:
        if option.type == "int":
            number = int(value)
            if isinstance(value, bool) or (isinstance(value, float) and number != value):
                raise ValueError
            return number
        if option.type == "bool" and not isinstance(value, bool):
            from ansible.module_utils.parsing.convert_bool import boolean  # it is rarely needed

            return boolean(value)
    except (TypeError, ValueError, OverflowError):
        kind = "a whole number" if option.type == "int" else "true or false"
        raise misconfigured(option.name, f"its value is not {kind}") from None
    return value


def misconfigured(option: str, cause: str) -> MySafeError:
    """Return the failure of a connection option that cannot be used."""
    return MySafeError(
        Kind.CONFIGURATION,
        f"The option {option} cannot be used",
        cause=cause,
        solution=f"correct the option {option} or the environment variable {VARIABLES[option]}",
    )


def from_environment(*variables: str) -> str:
    """Return the first of the variables that is set and not blank (fallback of an argument spec)."""
    for variable in variables:
        value = os.environ.get(variable)
        if value is not None and not is_blank(value):
            return value.strip()
    from ansible.module_utils.errors import AnsibleFallbackNotFound  # the core itself does without Ansible

    raise AnsibleFallbackNotFound
