# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The API secret in one shape, whatever endpoint it came from.

The shape is that of the answer to a create (vendor page "Create API secret"): every field of the field table, the
``identifier``, and ``shared_error``. Endpoints and versions differ in keys, null and empty, number and string.
"""

from __future__ import annotations

import typing as t

from .._secrets import HIDDEN
from .fields import FIELDS, SECRET

#: Field -> value; None where a value is not known.
Entity = dict[str, t.Any]


def entity(raw: t.Mapping[str, t.Any]) -> Entity:
    """Bring an API secret from any endpoint into the one shape: texts are strings, sharing is a list of objects."""
    identifier = raw.get("identifier")
    refused = raw.get("shared_error") or []
    return {
        "identifier": "" if identifier is None else str(identifier),
        **{name: field.shaped(raw.get(name)) for name, field in FIELDS.items()},
        "shared_error": refused if isinstance(refused, list) else [refused],
    }


def unread(identifier: str, **known: t.Any) -> Entity:
    """Return what is known of an API secret that cannot be read: every field is there, most of them None."""
    return {"identifier": identifier, **dict.fromkeys(FIELDS), **known, "shared_error": []}


def hidden(known: t.Mapping[str, t.Any] | None) -> Entity | None:
    """Return the API secret with its secret fields hidden; an empty one stays empty."""
    if known is None:
        return None
    return {**known, **{name: HIDDEN for name in SECRET if known.get(name)}}
