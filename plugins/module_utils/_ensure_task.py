# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The task of mysafe_api_secret: from its parameters to its result."""

from __future__ import annotations

import typing as t

from ._desired import Desired
from ._ensure import ensure
from ._errors import MySafeError
from ._task import Params, Result, failed, given, with_api

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets
    from ._sessions import Sessions


def api_secret(params: Params, *, check_mode: bool, diff: bool, sessions: Sessions | None = None) -> Result:
    """Make one API secret be as the parameters of ``mysafe_api_secret`` describe it.

    Failures are in the result. With ``sessions`` an open session is gone on with, and left open.
    """

    def work(api: ApiSecrets) -> tuple[dict[str, t.Any], tuple[str, ...]]:
        outcome = ensure(api, desired, check_mode=check_mode)
        values = {"changed": outcome.changed, "action": outcome.action, "api_entity": outcome.api_entity}
        return {**values, "diff": outcome.diff} if diff else values, outcome.warnings

    secrets = given(params)
    try:
        desired = Desired.from_params(params)
        return with_api(params, secrets, sessions, work)
    except MySafeError as error:
        return failed(error, secrets)
