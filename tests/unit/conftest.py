# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures and settings of all unit tests: hypothesis is deterministic, nothing waits, nothing uses the network."""

from __future__ import annotations

import tempfile
import time
import typing as t

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.bounded import Adapter
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import Serve, StubServer
from ansible_collections.senhasegura.mysafe.tests.unit.wording import Wording

set_hypothesis_home_dir(tempfile.gettempdir())
settings.register_profile("unit", deadline=None, derandomize=True, database=None)
settings.load_profile("unit")


@pytest.fixture(name="waits")
def fixture_waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the waits, in seconds, instead of waiting."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


@pytest.fixture(name="serve")
def fixture_serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Return a function that makes a list answer all requests, instead of the network."""

    def serve(*answers: t.Any) -> StubServer:
        server = StubServer(*answers)
        monkeypatch.setattr(
            Adapter, "exchange", lambda self, request, _server, **settings: server.answer(request, **settings)
        )
        monkeypatch.setattr(Adapter, "close", lambda self: server.close())
        return server

    return serve


@pytest.fixture(autouse=True)
def _failures_are_well_worded(monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    """After each test, check the texts of every failure that the core made in it."""
    wording = Wording(monkeypatch)
    yield
    assert wording.faults() == []
