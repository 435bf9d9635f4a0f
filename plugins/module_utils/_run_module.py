# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Runs an entry point as a module: gives it the parameters, and hands its result to Ansible."""

from __future__ import annotations

import gc
import sys
import typing as t

from ansible.module_utils.basic import AnsibleModule

if sys.version_info < (3, 10):
    # The code is in an archive, and there a thread gets the half of a module that another thread has begun to load. So
    # what is otherwise loaded where it is needed is loaded now.
    from ._api_secret import write  # noqa: F401  # pylint: disable=unused-import
    from ._http import problems, proxies  # noqa: F401  # pylint: disable=unused-import
    from ._mysafe import failures  # noqa: F401  # pylint: disable=unused-import

if t.TYPE_CHECKING:
    from ._entry_points.result import Result


def run(argument_spec: dict[str, dict[str, t.Any]], entry_point: t.Callable[..., Result]) -> None:
    """Run an entry point of the core as a module with these options."""
    module = AnsibleModule(argument_spec, supports_check_mode=True)
    # Nothing that was imported becomes garbage. At its end Python would look through all of it, for 24 ms.
    gc.freeze()
    result = entry_point(module.params, check_mode=module.check_mode, diff=module._diff)
    values = result.shown({**result.values, "invocation": {"module_args": module.params}})
    # Nothing is left to hide. Ansible would look for each secret in each text, and in numbers that no secret is a part of.
    module.no_log_values.clear()
    for warning in result.warnings:
        module.warn(result.secrets.hide(warning))
    if result.failed:
        module.fail_json(**values)
    module.exit_json(**values)
