# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A replacement for a server that gives the same answer to every call."""

from __future__ import annotations

import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.endpoints import ApiSecrets
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.builders import NUMBER


class StubClient:
    """Returns the same answer for every call, as Client does after it has sent the call."""

    def __init__(self, answer: Answer) -> None:
        self.secrets = Secrets()
        self.decryption_key: t.Any = None
        self.answer = answer
        self.called: list[tuple[str, str]] = []
        self.content: dict[str, t.Any] = {}

    def call(self, method: str, path: str, *, doing: str, **content: t.Any) -> Answer:
        """Return the answer, or raise the failure that it stands for."""
        self.called.append((method, path))
        self.content = content
        self.answer.require_success(doing)
        return self.answer


def api_that_gets(answer: Answer) -> ApiSecrets:
    """Return the API of a server that always gives this answer."""
    return ApiSecrets(t.cast(t.Any, StubClient(answer)))


CALLS: dict[str, t.Callable[[ApiSecrets], t.Any]] = {
    "list": lambda api: api.identifiers(identifier_code="code"),
    "read": lambda api: api.read(NUMBER),
    "create": lambda api: api.create({"name": "x"}, "it"),
    "update": lambda api: api.update(NUMBER, {"name": "x"}),
    "activate": lambda api: api.activate(NUMBER),
    "deactivate": lambda api: api.deactivate(NUMBER),
}
