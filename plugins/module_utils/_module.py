# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The common end of the modules: hands what the core returned to Ansible."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule

from . import _connection

if t.TYPE_CHECKING:
    from ._task import Result


def run(argument_spec: dict[str, dict[str, t.Any]], core: t.Callable[..., Result]) -> None:
    """Run a function of the core as a module with these options besides the shared ones."""
    module = AnsibleModule({**_connection.argument_spec(), **argument_spec}, supports_check_mode=True)
    result = core(module.params, check_mode=module.check_mode, diff=module._diff)
    module.no_log_values.update(result.secrets)
    for warning in result.warnings:
        module.warn(warning)
    if result.failed:
        module.fail_json(**result.values)
    module.exit_json(**result.values)
