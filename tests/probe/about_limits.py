# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What the answers said about rate limits. The probe never provokes one."""

from __future__ import annotations

import typing as t

from .question import Area, Findings, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Rate limits")


@AREA.question("What the answers said about a rate limit", "rate_limit", "rate_limit_window", "rate_limit_headers")
def limits(bench: Bench) -> Findings:
    """Look at the headers of all answers."""
    client = bench.client
    if client.limit:
        return {"rate_limit": client.limit[0], "rate_limit_window": client.limit[1], "rate_limit_headers": True}
    if client.refused_by_limit:
        unknown = Unknown("a request was refused, but no header names the limit")
        return {"rate_limit": unknown, "rate_limit_window": unknown, "rate_limit_headers": False}
    unknown = Unknown("no answer named a limit, and the probe does not provoke one")
    return dict.fromkeys(("rate_limit", "rate_limit_window", "rate_limit_headers"), unknown)
