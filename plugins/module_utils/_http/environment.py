# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The environment, and what wins over what: the only place that decides where a connection option comes from."""

from __future__ import annotations

import os
import typing as t

from .options import OPTIONS

if t.TYPE_CHECKING:
    from collections.abc import Container, Mapping

#: Connection option -> its environment variable.
VARIABLES: dict[str, str] = {option.name: option.variable for option in OPTIONS}


def is_blank(value: t.Any) -> bool:
    """Whether a value counts as not set: None, and text of white space only.

    AWX sets the variables of every field of a credential, the ones left blank included.
    """
    return value is None or (isinstance(value, str) and not value.strip())


def complete(
    named: Mapping[str, t.Any], environ: Mapping[str, str], left_to_task: Container[str] = ()
) -> dict[str, t.Any]:
    """Return the options that a task or lookup names, completed from the environment.

    Connection options that are blank are dropped, so that the environment counts for them. A variable in
    ``left_to_task`` is not used: the task sets it itself, for where the module runs. An access key that is named wins
    over any access token of an environment, so the token is then given as blank, which keeps a module from its own.
    """
    completed = {name: value for name, value in named.items() if name not in VARIABLES or not is_blank(value)}
    if "mysafe_client_id" in completed or "mysafe_client_secret" in completed:
        completed.setdefault("mysafe_access_token", "")
    for option, variable in VARIABLES.items():
        value = environ.get(variable)
        if value is not None and not is_blank(value) and variable not in left_to_task:
            completed.setdefault(option, value.strip())
    return completed


def from_environment(*variables: str) -> str:
    """Return the first of the variables that is set and not blank (fallback of an argument spec)."""
    for variable in variables:
        value = os.environ.get(variable)
        if value is not None and not is_blank(value):
            return value.strip()
    from ansible.module_utils.errors import AnsibleFallbackNotFound  # the core itself does without Ansible

    raise AnsibleFallbackNotFound
