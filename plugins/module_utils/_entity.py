# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The API secret in one shape, whatever endpoint it came from, and how two values of a field compare.

The shape is that of the answer to a create (vendor page "Create API secret"). The other endpoints differ: a read names
users by ``name`` and has no ``shared_error``; versions differ in null and empty, number and string.
"""

from __future__ import annotations

import typing as t

Entity = dict[str, t.Any]

TEXT_FIELDS = ("name", "url", "client_secret", "client_id", "identifier_code", "method", "tags", "notes")
#: Sharing field -> the key that names whom it is shared with.
SHARING_FIELDS = {"users_allowed": "username", "groups_allowed": "name"}
#: The fields that MySafe wants in order to create, and that it never lets be empty.
REQUIRED_FIELDS = ("name", "url", "client_id")


def entity(raw: t.Mapping[str, t.Any]) -> Entity:
    """Bring an entity from any endpoint into the one shape: texts are strings, sharing a list of objects."""
    shaped: Entity = {"identifier": _text(raw.get("identifier"))}
    for field in TEXT_FIELDS:
        value = raw.get(field)
        shaped[field] = join_tags(value) if field == "tags" and isinstance(value, list) else _text(value)
    for field, key in SHARING_FIELDS.items():
        shaped[field] = [
            {key: _text(item.get("username") or item.get("name")), "can_edit": flag(item.get("can_edit"))}
            for item in _items(raw.get(field))
            if isinstance(item, dict)
        ]
    refused = raw.get("shared_error") or []
    shaped["shared_error"] = refused if isinstance(refused, list) else [refused]
    return shaped


def join_tags(tags: t.Iterable[t.Any]) -> str:
    """Return tags as MySafe keeps them: one comma-separated text."""
    return ", ".join(str(tag) for tag in tags)


def sharing_list(field: str, rights: t.Mapping[str, bool]) -> list[dict[str, t.Any]]:
    """Return sharing rights (name -> may edit) as the list of objects that the API takes and gives."""
    return [{SHARING_FIELDS[field]: name, "can_edit": can_edit} for name, can_edit in rights.items()]


def comparable(field: str, value: t.Any) -> t.Any:
    """Return a value of an entity's field such that two values are equal exactly when they mean the same.

    Tags are a set of trimmed parts, sharing is a map from name to right, in both of which order means nothing. White
    space around a text means nothing, as servers may trim it; around a client secret it does.
    """
    if field == "tags":
        return frozenset(tag.strip() for tag in _text(value).split(",")) - {""}
    if field in SHARING_FIELDS:
        return {item[SHARING_FIELDS[field]]: item["can_edit"] for item in value or []}
    return _text(value) if field == "client_secret" else _text(value).strip()


def same(field: str, one: t.Any, other: t.Any) -> bool:
    """Whether two values of an entity's field mean the same."""
    return bool(comparable(field, one) == comparable(field, other))


def flag(value: t.Any) -> bool:
    """Read a truth value, which MySafe writes as true, 1, "1" or "0"."""
    return value is True or str(value).strip().lower() in ("1", "true")


def looks_unreadable(secret: str) -> bool:
    """Whether a client secret that was read is not the secret itself: asterisks, or what RSA encryption gives.

    With "Encryption of sensitive data" an access key gets RSA ciphertext in base64, of the size of the key (2048 bits
    and more); nothing in the answer marks it.
    """
    if secret and not secret.strip("*"):
        return True
    return len(secret) in (344, 512, 684) and not secret.rstrip("=").strip(_BASE64)


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _items(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else []


def _text(value: t.Any) -> str:
    return "" if value is None else str(value)
