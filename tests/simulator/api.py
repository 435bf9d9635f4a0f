# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The MySafe API for API secrets: the routes and their answers (section 3)."""

from __future__ import annotations

import re
import typing as t

from . import messages
from .bodies import MalformedError, read_changes
from .encryption import EncryptionError
from .state import Reason, RefusedError, Secret, Vault

if t.TYPE_CHECKING:
    from .access_keys import AccessKey
    from .entities import Entities
    from .envelope import Envelope
    from .exchange import Answer, Call
    from .switches import Switches

# The first match wins, so fixed words come before identifiers.
_ROUTES = (
    ("GET", re.compile(r"/mysafe/secretapi"), "_list"),
    ("POST", re.compile(r"/mysafe/secretapi"), "_create"),
    ("PUT", re.compile(r"/mysafe/secretapi/update/([^/]+)"), "_update"),
    ("POST", re.compile(r"/mysafe/secretapi/active/([^/]+)"), "_activate"),
    ("POST", re.compile(r"/mysafe/secretapi/inactive/([^/]+)"), "_deactivate"),
    ("GET", re.compile(r"/mysafe/secretapi/([^/]+)"), "_get"),
)


class Api:
    """Answers the calls that passed the gateway."""

    def __init__(self, switches: Switches, vault: Vault, entities: Entities, envelope: Envelope) -> None:
        self._switches = switches
        self._vault = vault
        self._entities = entities
        self._envelope = envelope

    def answer(self, call: Call, path: str, key: AccessKey) -> Answer:
        """Answer a call, given its path without the prefix."""
        for method, pattern, name in _ROUTES:
            match = pattern.fullmatch(path) if method == call.method else None
            if match:
                handler: t.Callable[..., Answer] = getattr(self, name)
                try:
                    return handler(call, key, *match.groups())
                except RefusedError as refusal:
                    return self._refusal(refusal, call)
                except MalformedError:
                    return self._envelope.unexpected()
                except EncryptionError:
                    return self._envelope.unexpected(messages.ENCRYPTION_FAILED)
        return self._envelope.no_resource()

    def _list(self, call: Call, key: AccessKey) -> Answer:
        rows = [self._entities.row(secret, edits) for secret, edits in self._vault.listing(key, call.parameters)]
        payload: dict[str, object] = {"api_secret_on_list": rows}
        if not rows and self._switches.list_key == "absent_when_empty":
            payload = {}
        if not rows and self._switches.list_key == "null_when_empty":
            payload = {"api_secret_on_list": None}
        return self._envelope.success(200, messages.LIST_SUCCESS, payload)

    def _get(self, _call: Call, key: AccessKey, identifier: str) -> Answer:
        entity = self._entities.read(self._vault.read(key, identifier), key)
        return self._envelope.success(200, messages.GET_SUCCESS, {self._switches.get_entity_key: entity})

    def _create(self, call: Call, key: AccessKey) -> Answer:
        written = self._vault.create(key, read_changes(call), self._acceptance(key))
        entity = self._entities.written(written.after, key, written.errors)
        status = (written.errors and self._switches.shared_error_status) or 201
        return self._envelope.success(status, messages.CREATED, {self._switches.write_entity_key: entity})

    def _update(self, call: Call, key: AccessKey, identifier: str) -> Answer:
        written = self._vault.update(key, identifier, read_changes(call), self._acceptance(key))
        shown = written.before if self._switches.update_old_values and written.before else written.after
        entity = self._entities.written(shown, key, written.errors)
        status = (written.errors and self._switches.shared_error_status) or self._switches.update_status
        message = messages.CREATED if self._switches.update_status == 201 else messages.UPDATED
        return self._envelope.success(status, message, {self._switches.write_entity_key: entity})

    def _activate(self, _call: Call, key: AccessKey, identifier: str) -> Answer:
        changed = self._vault.set_active(key, identifier, True)
        already = not changed and self._switches.already_message
        return self._envelope.success(200, messages.ALREADY_ACTIVATED if already else messages.ACTIVATED)

    def _deactivate(self, _call: Call, key: AccessKey, identifier: str) -> Answer:
        changed = self._vault.set_active(key, identifier, False)
        if not changed and self._switches.already_message:
            return self._envelope.success(200, messages.ALREADY_DEACTIVATED)
        message = messages.WORDINGS[self._switches.wording].deactivated
        return self._envelope.success(200, message, with_code=self._switches.deactivate_code)

    def _acceptance(self, key: AccessKey) -> t.Callable[[Secret], object]:
        # Assumption: if the answer cannot be made, nothing is saved.
        return lambda secret: self._entities.written(secret, key, [])

    def _refusal(self, refusal: RefusedError, call: Call) -> Answer:
        wording = messages.WORDINGS[self._switches.wording]
        reason = refusal.reason
        if reason is Reason.NO_ACCESS:
            hidden = self._switches.denied_code == 1005
        else:
            hidden = reason is Reason.UNEXPECTED_TYPE and self._switches.non_numeric_identifier == 1005
        if hidden:
            reason = Reason.NOT_FOUND
        not_found = wording.not_found_on_get if call.method == "GET" else wording.not_found
        return self._envelope.refusal(
            *{
                Reason.NOT_INFORMED: (1001, messages.not_informed(refusal.parameter)),
                Reason.DUPLICATE: (1001, wording.duplicate),
                Reason.NOT_FOUND: (1005, not_found),
                Reason.NO_ACCESS: (1006, messages.NO_ACCESS),
                Reason.INACTIVE: (1009, wording.inactive),
                Reason.UNEXPECTED_TYPE: (1010, messages.UNEXPECTED_TYPE),
            }[reason]
        )
