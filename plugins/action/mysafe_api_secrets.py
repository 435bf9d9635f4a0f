# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action plugin of the module mysafe_api_secrets: runs it in place where that is the same."""

from __future__ import annotations

import typing as t

from ..module_utils._loading import loading

with loading():
    from ..module_utils._entry_points import api_secrets
    from ..plugin_utils._action import MySafeAction
    from ..plugin_utils._arguments import as_given
    from ..plugin_utils._progress import ProgressLine

if t.TYPE_CHECKING:
    from ..module_utils._entry_points.result import Params, Result


class ActionModule(MySafeAction):
    """Runs mysafe_api_secrets."""

    argument_spec: t.ClassVar[dict[str, dict[str, t.Any]]] = api_secrets.argument_spec()
    normal = staticmethod(as_given)

    @staticmethod
    def checked_together(arguments: Params) -> dict[str, t.Any]:
        """Check the list as a whole, so that all that is wrong with it is told at once."""
        return api_secrets.checked(arguments)

    @staticmethod
    def entry_point(params: Params, **modes: t.Any) -> Result:
        """Run the task, and show how far it has come."""
        return api_secrets.run(params, tell=ProgressLine("mysafe_api_secrets"), **modes)
