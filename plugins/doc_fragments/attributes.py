# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of what the modules have in common besides options: check mode, diff mode, action group."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict the changed status without modifying the target.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)) when in diff mode.
  idempotent:
    description: A second run with the same arguments, outside check mode, reports no change.
  action_group:
    description: Use C(group/senhasegura.mysafe.mysafe) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - senhasegura.mysafe.mysafe
"""
