# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Fixtures: one simulator, reset before each test; a controller that runs jobs; a search for leaked secrets after each."""

from __future__ import annotations

import os
import re
import sys
import typing as t
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulator.process import Simulator

from .job import ROOT, Controller, CredentialType

if t.TYPE_CHECKING:
    from collections.abc import Iterator

#: Where tests/awx/get_awx_collection.py has put awx.awx.
AWX_COLLECTION = Path(os.environ.get("MYSAFE_AWX_COLLECTION", ROOT / ".cache" / "awx"))

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{20}")


@pytest.fixture(scope="session", name="collections")
def _collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collections path that holds this checkout."""
    folder = tmp_path_factory.mktemp("collections")
    namespace = folder / "ansible_collections" / "senhasegura"
    namespace.mkdir(parents=True)
    (namespace / "mysafe").symlink_to(ROOT)
    return folder


@pytest.fixture(scope="session", name="awx_collections")
def _awx_collections() -> Path:
    """Return a collections path that holds awx.awx."""
    if not (AWX_COLLECTION / "ansible_collections" / "awx" / "awx" / "MANIFEST.json").exists():
        pytest.fail(f"awx.awx is not there: run python tests/awx/get_awx_collection.py {AWX_COLLECTION}", pytrace=False)
    return AWX_COLLECTION


@pytest.fixture(scope="session", name="running")
def _running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(name="simulator")
def _simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture(name="login")
def _login(simulator: Simulator) -> dict[str, t.Any]:
    """Return the values of a minimal credential: its three required fields."""
    key = simulator.access_keys["alice"]
    return {
        "senhasegura_url": simulator.url,
        "senhasegura_client_id": key["client_id"],
        "senhasegura_client_secret": key["client_secret"],
    }


@pytest.fixture(name="ca_certificate")
def _ca_certificate(simulator: Simulator) -> str:
    """Return the PEM text of the simulator's CA."""
    return Path(str(simulator.ca_path)).read_text(encoding="ascii")


@pytest.fixture(scope="session", name="credential_type")
def _credential_type() -> CredentialType:
    return CredentialType.from_files()


@pytest.fixture(autouse=True)
def _fresh_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the developer's environment and home from the tests."""
    ours = ("SENHASEGURA_", "ANSIBLE_", "CONTROLLER_", "TOWER_", "REQUESTS_", "CURL_", "SSL_")
    for name in list(os.environ):
        if name.upper().startswith(ours) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    for name in ("runtime", "home"):
        (tmp_path / name).mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # Use the tools of this virtual environment, even if it is not activated.
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


@pytest.fixture(name="controller")
def _controller(tmp_path: Path, collections: Path, simulator: Simulator) -> Iterator[Controller]:
    """Return a controller. After the test, check that what AWX would keep contains no secret and no token."""
    controller = Controller(tmp_path / "jobs", collections)
    yield controller
    stored = {secret["client_secret"] for secret in simulator.secrets()}
    keys = {key["client_secret"] for key in simulator.access_keys.values()}
    for job in controller.jobs:
        for number, secret in enumerate(sorted(filter(None, stored | keys))):
            assert secret not in job.text, f"secret number {number} is in a job"
        assert not _JWT.search(job.text), "an access token is in a job"
