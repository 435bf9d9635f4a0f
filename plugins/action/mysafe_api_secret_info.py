# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action plugin of the module mysafe_api_secret_info: runs it in place where that is the same."""

from __future__ import annotations

import typing as t

from ..module_utils._loading import loading

with loading():
    from ..module_utils._entry_points import api_secret_info
    from ..plugin_utils._action import MySafeAction


class ActionModule(MySafeAction):
    """Runs mysafe_api_secret_info."""

    argument_spec: t.ClassVar[dict[str, dict[str, t.Any]]] = api_secret_info.argument_spec()
    normal = staticmethod(api_secret_info.normal)
    entry_point = staticmethod(api_secret_info.run)
