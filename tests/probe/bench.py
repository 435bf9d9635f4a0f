# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What the questions work with: callers of the API, and the secrets that the probe created."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import secrets
import time
import typing as t

from . import documented
from .failures import Inconclusive, Stop

if t.TYPE_CHECKING:
    from .client import Answer, Client
    from .login import Login, Token
    from .question import Findings
    from .settings import Key, Settings

#: Every code and every name of a created secret starts with it.
MARK = "mysafe-probe-"
URL = "https://mysafe-probe.invalid"
#: The size of what an access key with encryption returns: an RSA block.
_BLOCKS = (256, 384, 512)


class Caller:
    """Calls the API with one access key."""

    def __init__(self, client: Client, login: Login, key: Key) -> None:
        self._client = client
        self._login = login
        self._key = key
        self._prefix = login.prefix
        self._token: Token | None = None

    @property
    def token(self) -> Token:
        """The token; a new one if it is about to expire."""
        if self._token is None or time.monotonic() >= self._token.renew_at:
            self._token = self._login.token(self._key)
        return self._token

    def call(self, method: str, path: str, content: t.Any = None, **query: str) -> Answer:
        """Call the API, with a path below that of API secrets."""
        return self._client.send(
            method,
            f"/{self._prefix}{documented.SECRETS}{path}",
            self.token.text,
            **({} if content is None else {"json": content}),
            **({"params": query} if query else {}),
        )

    def get(self, identifier: str) -> Answer:
        """Read a secret."""
        return self.call("GET", "/" + identifier)

    def update(self, identifier: str, content: dict[str, t.Any]) -> Answer:
        """Update a secret."""
        return self.call("PUT", "/update/" + identifier, content)

    def listing(self, **query: str) -> list[dict[str, t.Any]]:
        """List secrets."""
        answer = self.call("GET", "", **query)
        if not answer.succeeded:
            raise answer.inconclusive("listing")
        rows = answer.object.get("api_secret_on_list") or []
        if not isinstance(rows, list):
            raise Inconclusive("the list is not a list")
        return [row for row in rows if isinstance(row, dict)]

    def lists(self, identifier: str, **query: str) -> bool:
        """Whether a filtered list has a secret."""
        return any(str(row.get("identifier")) == identifier for row in self.listing(**query))


@dataclasses.dataclass
class Created:
    """A secret that the probe created, or asked to create without learning what became of it."""

    code: str
    name: str
    caller: Caller
    client_secret: str
    identifier: str = ""
    active: bool = True

    @property
    def base(self) -> dict[str, str]:
        """The fields that some versions require in each update."""
        return {"name": self.name, "url": URL, "client_id": "mysafe-probe"}


class Bench:
    """The state of a run."""

    def __init__(self, client: Client, settings: Settings, login: Login, sharing: bool, wait: float) -> None:
        self.client = client
        self.settings = settings
        self.login = login
        self.sharing = sharing
        self.wait = wait
        self.run = secrets.token_hex(6)
        self.own = Caller(client, login, settings.own)
        self.second = Caller(client, login, settings.second) if settings.second else None
        self.created: list[Created] = []
        self.findings: Findings = {}
        self.notes: list[str] = []
        # The messages whose spelling differs between versions, by their occasion.
        self.messages: dict[str, str] = {}
        # Whether the own access key encrypts what is read.
        self.encrypted = False

    def note(self, text: str) -> None:
        """Note for the report what no switch describes."""
        self.notes.append(text)

    def names(self, keys: t.Iterable[str]) -> str:
        """Return unexpected keys of an answer for the report: none that could be somebody's or something's name."""
        settings = self.settings
        private = {settings.own.username, settings.group, settings.tenant}
        private |= {settings.second.username} if settings.second else set()
        shown = sorted(key for key in keys if re.fullmatch("[a-z_]{2,30}", key) and key not in private)
        return ", ".join(shown) or "keys whose names are not shown here"

    @property
    def tag(self) -> str:
        """A tag that only the first secret has."""
        return self.code("Tag")

    @property
    def first(self) -> Created:
        """The secret that most questions are about."""
        if not self.created:
            raise Stop("no API secret could be created")
        return self.created[0]

    @property
    def third(self) -> Created:
        """The secret about which harmless oddities are asked."""
        for created in self.created:
            if created.name == self.code("Third") and created.identifier:
                return created
        raise Inconclusive("the secret that it needs could not be created")

    def code(self, label: str) -> str:
        """Return a code, or a name, of a secret of this run."""
        return f"{MARK}{self.run}-{label}"

    def create(self, caller: Caller, label: str, /, code: str = "", **fields: t.Any) -> tuple[Created, Answer]:
        """Create a secret. It is noted before it is asked for, so that it is never forgotten."""
        new = Created(code or self.code(label), self.code(label), caller, secrets.token_urlsafe(24))
        content = {**new.base, "identifier_code": new.code, "client_secret": new.client_secret, **fields}
        content = {name: value for name, value in content.items() if value is not None}
        self.created.append(new)
        answer = caller.call("POST", "", content)
        if answer.succeeded:
            new.identifier = str(entity(answer).get("identifier", ""))
        elif answer.status == 400 and answer.code:
            # Refused by the application itself, so there is nothing to deactivate.
            self.created.remove(new)
        return new, answer

    def deactivate(self, created: Created) -> Answer:
        """Deactivate a secret."""
        answer = created.caller.call("POST", "/inactive/" + created.identifier)
        if answer.succeeded:
            created.active = False
        return answer

    def inactive_first(self) -> Created:
        """Return the first secret, which is inactive from now on."""
        if self.first.active:
            answer = self.deactivate(self.first)
            if not answer.succeeded:
                raise answer.inconclusive("deactivating")
        return self.first

    def read(self, created: Created) -> dict[str, t.Any]:
        """Return the fields of a secret."""
        answer = created.caller.get(created.identifier)
        if not answer.succeeded:
            raise answer.inconclusive("reading")
        return entity(answer)

    def update(self, created: Created, **fields: t.Any) -> Answer:
        """Update a secret, with the fields that some versions require in each update."""
        answer = created.caller.update(created.identifier, {**created.base, **fields})
        if not answer.succeeded:
            raise answer.inconclusive("the update")
        return answer

    def remember(self, occasion: str, answer: Answer) -> None:
        """Keep a message whose spelling differs between versions."""
        self.messages.setdefault(occasion, answer.message)


def entity(answer: Answer) -> dict[str, t.Any]:
    """Return the fields of the secret in an answer, whatever their key."""
    for key in ("api_entity", "api_secret_entity"):
        if isinstance(answer.object.get(key), dict):
            return t.cast("dict[str, t.Any]", answer.object[key])
    return {}


def users(fields: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Return with which users a secret is shared."""
    entries = fields.get("users_allowed") or []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def user_names(fields: dict[str, t.Any]) -> list[t.Any]:
    """Return the names of the users with whom a secret is shared."""
    return [entry.get("username", entry.get("name")) for entry in users(fields)]


def group_names(fields: dict[str, t.Any]) -> list[t.Any]:
    """Return the names of the groups with which a secret is shared."""
    entries = fields.get("groups_allowed") or []
    return [entry.get("name") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def is_encrypted(value: t.Any) -> bool:
    """Whether a value can be the ciphertext of an access key with encryption."""
    try:
        return isinstance(value, str) and len(base64.b64decode(value, validate=True)) in _BLOCKS
    except (binascii.Error, ValueError):
        return False
