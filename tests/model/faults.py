# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The faults that are drawn: what happens to which requests.

Those after which the server has certainly done nothing come only before a request is applied: no client could see through
a refusal that is untrue.
"""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

_NOT_APPLIED: tuple[dict[str, t.Any], ...] = (
    {"gateway": 429, "retry_after": 7},
    {"gateway": 429, "retry_after": 90},
    {"gateway": 503, "message": "failure to get a peer from the ring-balancer"},
    {"gateway": 404},
    {"status": 401, "body": {"exp": "token expired"}},
    {"status": 403, "body": "Forbidden"},
    {"status": 404, "body": {"response": {"status": 404, "message": "Resource sub not found", "error": True}}},
    {"lockdown": "2030-01-01"},
    {"redirect": "https://login.example.org/"},
)
_EITHER: tuple[dict[str, t.Any], ...] = (
    {"gateway": 502},
    {"gateway": 503},
    {"gateway": 504},
    {"gateway": 504, "headers": {"Retry-After": "3"}},
    {"status": 500, "body": {"response": {"status": 500, "message": "Unexpected error.", "error": True}}},
    {"reset": True},
    {"close": True},
    {"truncate": True},
    {"html": True},
    {"empty": True},
    {"list": True},
    {"truncated_json": True},
    {"delay": 0.001},
)
#: Method and path of the requests that a fault can be for.
_WHERE = (
    ("", ""),
    ("", "oauth2/token"),
    ("GET", "secretapi$"),
    ("POST", "secretapi$"),
    ("GET", r"secretapi/\d+$"),
    ("PUT", "secretapi/update/"),
    ("POST", "active/"),
)


def _fault(do: dict[str, t.Any], when: str, where: tuple[str, str], skip: int, times: int) -> dict[str, t.Any]:
    method, path = where
    return {"do": do, "when": when, "method": method, "path": path, "skip": skip, "times": times}


_places = (st.sampled_from(_WHERE), st.integers(0, 3), st.sampled_from((1, 1, 2, 100)))
_before = st.builds(_fault, st.sampled_from((*_NOT_APPLIED, *_EITHER)), st.just("before"), *_places)
_after = st.builds(_fault, st.sampled_from(_EITHER), st.just("after"), *_places)
faults = st.lists(_before | _after | _after, min_size=1, max_size=2)
