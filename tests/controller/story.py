# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tasks that follow an API secret through its life: for tests that run all of them in several ways."""

from __future__ import annotations

import typing as t

from .stage import MODULE, secret

if t.TYPE_CHECKING:
    from .stage import Outcome

_SECRET = "st0ry-s3cret"
_WISH = secret("robot", client_secret=_SECRET)

TASKS: list[dict[str, t.Any]] = [
    {"name": "create", MODULE: _WISH},
    {"name": "unchanged", MODULE: _WISH},
    {"name": "update", MODULE: {**_WISH, "notes": "new"}},
    {"name": "refuse", MODULE: {**_WISH, "client_secret": [_SECRET]}, "ignore_errors": True},
    {"name": "fail", MODULE: secret("other", url=""), "ignore_errors": True},
    {
        "name": "list",
        f"{MODULE}s": {"api_secrets": [secret("robot"), secret("listed")], "client_secrets": {"listed": _SECRET}},
    },
    {"name": "refuse a list", f"{MODULE}s": {"api_secrets": [{"client_secrt": _SECRET}]}, "ignore_errors": True},
    {"name": "read", f"{MODULE}_info": {"identifier_code": "robot"}},
    {"name": "fetch", "ansible.builtin.debug": {"msg": f"{{{{ query('{MODULE}', 'robot', field='client_secret') }}}}"}},
    {"name": "deactivate", MODULE: {"identifier_code": "robot", "state": "absent"}},
]
#: What a task of TASKS is to do: changed, and its action.
_DONE = {
    "create": (True, "create"),
    "unchanged": (False, "none"),
    "update": (True, "update"),
    "deactivate": (True, "deactivate"),
}


def assert_done(outcomes: t.Iterable[Outcome]) -> None:
    """Check that the tasks did what they say, on one host."""
    results = {outcome.task: outcome.result for outcome in outcomes}
    assert {name: (results[name]["changed"], results[name]["action"]) for name in _DONE} == _DONE
    assert [results[name]["error"]["kind"] for name in ("refuse", "fail", "refuse a list")] == ["invalid_input"] * 3
    assert [result["action"] for result in results["list"]["results"]] == ["none", "create"]
    assert [one["notes"] for one in results["read"]["api_secrets"]] == ["new"]
    assert results["fetch"]["msg"] == [_SECRET]
