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
#: Methods and paths of the requests that a fault can be for: any, those that read, and more often those that write.
_WHERE = (
    [("", "")],
    [("", "oauth2/token")],
    [("GET", "secretapi$")],
    [("GET", r"secretapi/\d+$")],
    *[[("POST", "secretapi"), ("PUT", "secretapi")]] * 4,
)


def _fault(
    do: dict[str, t.Any], when: str, where: list[tuple[str, str]], skip: int, times: int
) -> list[dict[str, t.Any]]:
    return [
        {"do": do, "when": when, "method": method, "path": path, "skip": skip, "times": times} for method, path in where
    ]


_skip = st.sampled_from((0, 0, 0, 1, 2, 3))
_times = st.sampled_from((1, 1, 2, 100))
_before = st.builds(
    _fault, st.sampled_from((*_NOT_APPLIED, *_EITHER)), st.just("before"), st.sampled_from(_WHERE), _skip, _times
)
# To a request that reads it makes no difference.
_after = st.builds(_fault, st.sampled_from(_EITHER), st.just("after"), st.just(_WHERE[-1]), _skip, _times)
#: From some request on, often from one that writes, nothing is answered any more.
_from_then_on = st.builds(
    _fault,
    st.sampled_from(_EITHER),
    st.just("after"),
    st.just([("", "secretapi")]),
    st.sampled_from((1, 2, 3)),
    st.just(100),
)
faults = st.lists(_before | _after | _from_then_on, min_size=1, max_size=2).map(
    lambda planned: [one for each in planned for one in each]
)
