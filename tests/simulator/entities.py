# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""How an API secret looks in an answer (sections 3.1 to 3.4)."""

from __future__ import annotations

import typing as t

from . import messages
from .state import TEXT_FIELDS, Secret, ShareError, ShareProblem

if t.TYPE_CHECKING:
    from .access_keys import AccessKey
    from .encryption import Encryption
    from .switches import Switches

_MASK = "*" * 16
_SHARE_MESSAGES = {
    ShareProblem.USER: messages.USER_NOT_FOUND,
    ShareProblem.GROUP: messages.GROUP_NOT_FOUND,
    ShareProblem.OWNER: messages.SHARED_WITH_OWNER,
}


class Entities:
    """Turns secrets into JSON in the form that the switches ask for."""

    def __init__(self, switches: Switches, encryption: Encryption) -> None:
        self._switches = switches
        self._encryption = encryption

    def row(self, secret: Secret, can_write: bool) -> dict[str, t.Any]:
        """Return an item of the list, which has exactly these six keys."""
        return {
            "identifier": self._identifier(secret),
            "name": self._number(secret.name),
            "need_justify": str(int(secret.need_justify)),
            "need_approval": str(int(secret.need_approval)),
            "can_view": secret.can_view,
            "can_write": can_write,
        }

    def read(self, secret: Secret, key: AccessKey) -> dict[str, t.Any]:
        """Return the payload of get."""
        return self._entity(secret, key, self._switches.get_users_key)

    def written(self, secret: Secret, key: AccessKey, errors: list[ShareError]) -> dict[str, t.Any]:
        """Return the payload of create and update."""
        entity = self._entity(secret, key, self._switches.write_users_key)
        if self._switches.masked_echo and secret.client_secret:
            entity["client_secret"] = _MASK
        entity["shared_error"] = [self._share_error(error) for error in errors]
        return entity

    def _entity(self, secret: Secret, key: AccessKey, users_key: str) -> dict[str, t.Any]:
        entity: dict[str, t.Any] = {"identifier": self._identifier(secret)}
        encrypted = ["client_secret"] * key.encrypted + ["notes"] * (key.encrypted and self._switches.encrypt_notes)
        for name in TEXT_FIELDS:
            text = getattr(secret, name)
            if text:
                entity[name] = self._encryption.encrypt(text) if name in encrypted else self._number(text)
            elif self._switches.empty_fields != "absent":
                entity[name] = None if self._switches.empty_fields == "null" else ""
        entity["users_allowed"] = [{users_key: name, "can_edit": edit} for name, edit in secret.users.items()]
        entity["groups_allowed"] = [{"name": name, "can_edit": edit} for name, edit in secret.groups.items()]
        return entity

    def _identifier(self, secret: Secret) -> str | int:
        return secret.identifier if self._switches.identifier_type == "int" else str(secret.identifier)

    def _number(self, text: str) -> str | int:
        if self._switches.numeric_text and text.isascii() and text.isdigit() and len(text) < 19:
            return int(text)
        return text

    def _share_error(self, error: ShareError) -> t.Any:
        message = _SHARE_MESSAGES[error.problem]
        if self._switches.shared_error_shape == "username_only":
            return error.name
        if self._switches.shared_error_shape == "string":
            return f"{message}: {error.name}"
        return {"name" if error.problem is ShareProblem.GROUP else "username": error.name, "message": message}
