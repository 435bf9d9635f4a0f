# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The API secret endpoints, one method each: list, read, create, update, activate, deactivate."""

from __future__ import annotations

import typing as t

from .._errors import Fate
from .._http.environment import misconfigured
from .._mysafe.answer import Answer, flag, is_flag
from .entity import Entity, entity
from .fields import ENCRYPTABLE, FIELDS, SECRET, SHARING, is_text

if t.TYPE_CHECKING:
    from .._mysafe.client import Client
    from .._mysafe.decryption import DecryptionKey

_PATH = "/secretapi"
_ALREADY = "already been"
_FLAGS = ("can_view", "can_write", "need_justify", "need_approval")
#: How many API secrets a warning names.
_NAMED = 3


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
        #: Field -> the numbers of the API secrets of which the key does not open it.
        self._closed: dict[str, set[str]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about what was read."""
        return tuple(
            f"The key in decryption_key does not decrypt {name} of {_listed(numbers)}: it is used as MySafe returns it."
            for name, numbers in self._closed.items()
        )

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
        if not isinstance(listed, list) or not all(isinstance(row, dict) and _is_usable(row) for row in listed):
            raise answer.lacking(doing, "the list of API secrets")
        return [
            Row(
                str(row["identifier"]),
                FIELDS["name"].shaped(row.get("name")),
                *(flag(row.get(field)) for field in _FLAGS),
            )
            for row in listed
        ]

    def identifiers(self, **filters: str) -> list[str]:
        """Return the identifiers of the list."""
        return [row.identifier for row in self.rows(**filters)]

    def read(self, identifier: str) -> Entity:
        """Return one secret (GET secretapi/{identifier}). MySafe's audit records this as a view."""
        doing = f"read the API secret with identifier {identifier}"
        found = self._entity_of(identifier, self.client.call("GET", f"{_PATH}/{identifier}", doing=doing), doing)
        require_decrypted(found)
        return found

    def create(self, body: t.Mapping[str, t.Any], called: str) -> Entity:
        """Create a secret (POST secretapi). Not idempotent: the server does not recognise a repetition.

        A secret field that ``decryption_key`` does not open is None in the answer.
        """
        doing = f"create {called}"
        return self._entity(self.client.call("POST", _PATH, json=body, doing=doing, repeatable=False), doing)

    def update(self, identifier: str, body: t.Mapping[str, t.Any]) -> Entity:
        """Update the given fields (PUT secretapi/update/{identifier}); sharing lists replace what is there.

        A secret field that ``decryption_key`` does not open is None in the answer.
        """
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
        if not isinstance(raw, dict) or not _is_number(raw.get("identifier")):
            raise answer.lacking(doing, "the API secret")
        # Turned into a text or left out, a value of another type would be reported, or written back by an update.
        for name, field in FIELDS.items():
            if not field.is_documented(raw.get(name)):
                raise answer.lacking(doing, f"{'a list of objects' if name in SHARING else 'a text'} in {name}")
        found = entity(raw)
        self.client.secrets.add(*(found[name] for name in SECRET))
        if self.client.decryption_key is not None:
            found.update(self._decrypted(found, self.client.decryption_key))
            self.client.secrets.add(*(found[name] for name in SECRET))
        return found

    def _decrypted(self, found: Entity, key: DecryptionKey) -> Entity:
        """Return the fields that are ciphertext as texts: None for a secret that the key does not open."""
        texts = {name: key.decrypted(found[name]) for name in ENCRYPTABLE if FIELDS[name].is_ciphertext(found[name])}
        for name, text in list(texts.items()):
            if text is None and name not in SECRET:
                self._closed.setdefault(name, set()).add(found["identifier"])
                texts[name] = found[name]
        return texts


def require_decrypted(found: Entity) -> None:
    """Raise MySafeError (kind ``configuration``) where an answer has a secret that ``decryption_key`` does not open.

    Compared as it is, it would be different from what is wanted at every run.
    """
    closed = [name for name in SECRET if found[name] is None]
    if closed:
        raise misconfigured(
            "decryption_key",
            f"the key does not decrypt {' and '.join(closed)} of the API secret with identifier {found['identifier']}",
        ).but(
            solution=(
                "give the private key of the access key that the task logs in with, in decryption_key or"
                " SENHASEGURA_DECRYPTION_KEY"
            ),
            fate=Fate.APPLIED,
        )


def _is_usable(row: dict[str, t.Any]) -> bool:
    """Whether a row says what it says clearly. A right that it does not mention is denied."""
    flags = (row[name] for name in _FLAGS if row.get(name) is not None)
    return (
        _is_number(row.get("identifier")) and FIELDS["name"].is_documented(row.get("name")) and all(map(is_flag, flags))
    )


def _is_number(identifier: t.Any) -> bool:
    """Whether an answer has the number of an API secret, which becomes a part of paths."""
    return is_text(identifier) and str(identifier).isascii() and str(identifier).isdigit()


def _listed(numbers: t.Collection[str]) -> str:
    """Return the first API secrets by their numbers, and how many more there are."""
    more = len(numbers) - _NAMED
    named = ", ".join(sorted(numbers, key=lambda number: (len(number), number))[:_NAMED])
    return f"the API secret{'s' if len(numbers) > 1 else ''} {named}{f' and {more} more' if more > 0 else ''}"
