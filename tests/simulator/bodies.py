# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reads the body of a create or an update.

Malformed bodies are undocumented. Assumptions: unknown keys are ignored (the vendor's own samples contain some,
section 3.3); an unreadable body counts as one without parameters; a value of the wrong type gets "Unexpected error".
"""

from __future__ import annotations

import json
import typing as t

from .exchange import Call, form_fields
from .state import TEXT_FIELDS, Changes, Share


class MalformedError(Exception):
    """A value of a type that the server does not expect."""


def read_changes(call: Call) -> Changes:
    """Return the changes that the body asks for."""
    content = _content(call)
    texts = {name: _text(content[name]) for name in TEXT_FIELDS if name in content}
    return Changes(texts, _shares(content, "users_allowed", "username"), _shares(content, "groups_allowed", "name"))


def _content(call: Call) -> dict[str, t.Any]:
    # "The APIs accept form-encoded requests" (section 1). Assumption: a body of any other type is ignored.
    if call.content_type == "application/x-www-form-urlencoded":
        return dict(form_fields(call.body))
    if call.content_type != "application/json":
        return {}
    try:
        content = json.loads(call.body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _text(value: t.Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        # PHP's conversion of a boolean into text.
        return "1" if value else ""
    if isinstance(value, (int, float)):
        return str(value)
    raise MalformedError()


def _shares(content: dict[str, t.Any], parameter: str, name_key: str) -> list[Share] | None:
    entries = content.get(parameter)
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise MalformedError()
    shares = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get(name_key), str):
            raise MalformedError()
        shares.append(Share(entry[name_key], entry.get("can_edit") in (True, 1, "1", "true")))
    return shares
