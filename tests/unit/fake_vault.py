# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A replacement for ApiSecrets: behaves in memory as documented, and fails or answers wrongly on request."""

from __future__ import annotations

import types
import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.endpoints import ApiSecrets
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.tests.unit.builders import refused

Result = t.TypeVar("Result")
READS = ("identifiers", "read")


def exact(kept: str, asked: str) -> bool:
    """List secrets with the code."""
    return kept == asked


def any_case(kept: str, asked: str) -> bool:
    """List secrets with the code in upper or lower case."""
    return kept.lower() == asked.lower()


def ending(kept: str, asked: str) -> bool:
    """List secrets whose code ends with the code."""
    return kept.endswith(asked)


def like(kept: str, asked: str) -> bool:
    """List what matches the code as a pattern of SQL."""
    return len(kept) == len(asked) and all(one in ("_", other) for one, other in zip(asked, kept))


def any_punctuation(kept: str, asked: str) -> bool:
    """List secrets whose code has the same letters and digits."""
    return "".join(filter(str.isalnum, kept)) == "".join(filter(str.isalnum, asked))


def containing(kept: str, asked: str) -> bool:
    """List secrets whose code contains the code."""
    return asked in kept


def ignoring(kept: str, asked: str) -> bool:
    """List everything."""
    return True


class FakeVault(ApiSecrets):
    """A vault in memory. ``calls`` names the methods that were called, in order."""

    def __init__(
        self,
        *entities: Entity,
        inactive: t.Iterable[str] = (),
        matches: t.Callable[[str, str], bool] = exact,
        lists_inactive: bool = True,
        retries: int = 3,
    ) -> None:
        self.client = t.cast(t.Any, types.SimpleNamespace(retries=retries, note_repeat=lambda error: None))
        self.held = {row["identifier"]: row for row in entities}
        self.inactive = set(inactive)
        self.denied: dict[str, t.Callable[[], MySafeError]] = {}
        self.calls: list[str] = []
        self.sent: list[Entity] = []
        #: How the server changes what it is sent before storing it, and its answer to a write.
        self.keeps: t.Callable[[Entity], Entity] = lambda body: body
        self.answers: t.Callable[[Entity], Entity] = lambda row: row
        self._matches = matches
        self._lists_inactive = lists_inactive
        self._failures: dict[tuple[str, int], tuple[t.Callable[[], MySafeError], bool]] = {}
        self._meanwhile: dict[tuple[str, int], t.Callable[[], object]] = {}

    def fail(self, method: str, failure: t.Callable[[], MySafeError], *, nth: int = 1, applied: bool = False) -> None:
        """Let the nth call of a method (0: every call) fail, before or after the vault has applied it."""
        self._failures[method, nth] = (failure, applied)

    def meanwhile(self, method: str, happens: t.Callable[[], object], *, nth: int = 1) -> None:
        """Call something right before the nth call of a method."""
        self._meanwhile[method, nth] = happens

    @property
    def writes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if call not in READS]

    def identifiers(self, **filters: str) -> list[str]:
        """List the secrets that pass the filter."""
        asked = filters["identifier_code"]
        return self._call(
            "identifiers",
            lambda: [
                number
                for number, row in self.held.items()
                if (not asked or self._matches(row["identifier_code"], asked))  # an empty filter passes everything
                and (self._lists_inactive or number not in self.inactive)
            ],
        )

    def read(self, identifier: str) -> Entity:
        """Return a secret."""

        def read() -> Entity:
            if identifier in self.denied:
                raise self.denied[identifier]()
            row = self._row(identifier)
            if identifier in self.inactive:
                raise refused("inactive")
            return dict(row)

        return self._call("read", read)

    def create(self, body: t.Mapping[str, t.Any], called: str) -> Entity:
        """Create a secret, unless its code is taken."""

        def create() -> Entity:
            if any(row["identifier_code"] == body["identifier_code"] for row in self.held.values()):
                raise refused("duplicate_identifier_code")
            number = str(100 + len(self.held))
            self.held[number] = entity({"identifier": number, **self.keeps(dict(body))})
            return self.answers(dict(self.held[number]))

        self.sent.append(dict(body))
        return self._call("create", create)

    def update(self, identifier: str, body: t.Mapping[str, t.Any]) -> Entity:
        """Update the given fields of a secret."""

        def update() -> Entity:
            self.held[identifier] = entity({**self._row(identifier), **self.keeps(dict(body))})
            return self.answers(dict(self.held[identifier]))

        self.sent.append(dict(body))
        return self._call("update", update)

    def activate(self, identifier: str) -> bool:
        """Activate a secret."""

        def activate() -> bool:
            self._row(identifier)
            was_inactive = identifier in self.inactive
            self.inactive.discard(identifier)
            return was_inactive

        return self._call("activate", activate)

    def deactivate(self, identifier: str) -> bool:
        """Deactivate a secret."""

        def deactivate() -> bool:
            self._row(identifier)
            was_active = identifier not in self.inactive
            self.inactive.add(identifier)
            return was_active

        return self._call("deactivate", deactivate)

    def _row(self, identifier: str) -> Entity:
        if identifier not in self.held:
            raise refused("not_found")
        return self.held[identifier]

    def _call(self, method: str, carry_out: t.Callable[[], Result]) -> Result:
        self.calls.append(method)
        nth = self.calls.count(method)
        self._meanwhile.get((method, nth), lambda: None)()
        failure, applied = self._failures.get((method, nth)) or self._failures.get((method, 0)) or (None, False)
        if failure is not None and not applied:
            raise failure()
        result = carry_out()
        if failure is not None:
            raise failure()
        return result
