# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The API secret endpoints, one method each: list, read, create, update, activate, deactivate."""

from __future__ import annotations

import typing as t

from .._errors import Fate
from .._mysafe.answer import Answer, flag
from .entity import Entity, entity
from .fields import SECRET, SHARING

if t.TYPE_CHECKING:
    from .._mysafe.client import Client

_PATH = "/secretapi"
_ALREADY = "already been"


class Row(t.NamedTuple):
    """One entry of the list: all that MySafe tells about a secret without recording a view of it."""

    identifier: str
    name: str
    can_view: bool
    can_write: bool
    need_justify: bool
    need_approval: bool


class ApiSecrets:
    """The API secrets that the user of the access key can see."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def rows(self, **filters: str) -> list[Row]:
        """Return the list (GET secretapi).

        The documented filters are ``identifier_code`` and ``tag``. An entry shows neither of the two, so a listed
        secret has to be read to know whether it really matches.
        """
        condition = " and ".join(f"{name.replace('_', ' ')} '{value}'" for name, value in filters.items())
        doing = f"list the API secrets with {condition}" if condition else "list the API secrets"
        answer = self.client.call("GET", _PATH, params=filters, doing=doing)
        listed = answer.body.get("api_secret_on_list")
        if listed is None and answer.envelope is not None:
            listed = []
        if not isinstance(listed, list) or not all(isinstance(row, dict) and row.get("identifier") for row in listed):
            raise answer.lacking(doing, "the list of API secrets")
        return [
            Row(
                str(row["identifier"]),
                str(row.get("name") or ""),
                *(flag(row.get(field)) for field in ("can_view", "can_write", "need_justify", "need_approval")),
            )
            for row in listed
        ]

    def identifiers(self, **filters: str) -> list[str]:
        """Return the identifiers of the list."""
        return [row.identifier for row in self.rows(**filters)]

    def read(self, identifier: str) -> Entity:
        """Return one secret (GET secretapi/{identifier}). MySafe's audit records this as a view."""
        doing = f"read the API secret with identifier {identifier}"
        return self._entity_of(identifier, self.client.call("GET", f"{_PATH}/{identifier}", doing=doing), doing)

    def create(self, body: t.Mapping[str, t.Any], called: str) -> Entity:
        """Create a secret (POST secretapi). Not idempotent: the server does not recognise a repetition."""
        doing = f"create {called}"
        return self._entity(self.client.call("POST", _PATH, json=body, doing=doing, repeatable=False), doing)

    def update(self, identifier: str, body: t.Mapping[str, t.Any]) -> Entity:
        """Update the given fields (PUT secretapi/update/{identifier}); sharing lists replace what is there."""
        doing = f"update the API secret with identifier {identifier}"
        answer = self.client.call("PUT", f"{_PATH}/update/{identifier}", json=body, doing=doing)
        return self._entity_of(identifier, answer, doing)

    def activate(self, identifier: str) -> bool:
        """Activate a secret (POST secretapi/active/{identifier}); return whether it was inactive."""
        return self._switch("active", f"activate the API secret with identifier {identifier}", identifier)

    def deactivate(self, identifier: str) -> bool:
        """Deactivate a secret (POST secretapi/inactive/{identifier}); return whether it was active."""
        return self._switch("inactive", f"deactivate the API secret with identifier {identifier}", identifier)

    def _switch(self, verb: str, doing: str, identifier: str) -> bool:
        answer = self.client.call("POST", f"{_PATH}/{verb}/{identifier}", doing=doing)
        if answer.envelope is None:
            raise answer.lacking(doing, "the confirmation")
        # After an unanswered try "already" may mean that very try.
        return answer.earlier is Fate.UNKNOWN or _ALREADY not in answer.message.lower()

    def _entity_of(self, identifier: str, answer: Answer, doing: str) -> Entity:
        found = self._entity(answer, doing)
        if found["identifier"] != identifier:
            raise answer.lacking(doing, "the API secret that was asked for")
        return found

    def _entity(self, answer: Answer, doing: str) -> Entity:
        raw = answer.body.get("api_entity") or answer.body.get("api_secret_entity")
        if not isinstance(raw, dict) or not raw.get("identifier"):
            raise answer.lacking(doing, "the API secret")
        for field in SHARING:
            shares = raw.get(field) or []
            if not isinstance(shares, list) or not all(isinstance(share, dict) for share in shares):
                raise answer.lacking(doing, f"a list of objects in {field}")
        found = entity(raw)
        self.client.secrets.add(*(found[name] for name in SECRET))
        return found
