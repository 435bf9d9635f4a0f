# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: a controller that runs jobs against the simulator; a search for leaked secrets after each test."""

from __future__ import annotations

import os
import re
import sys
import typing as t
from pathlib import Path

import pytest

from .job import ROOT, Controller, CredentialType, Launch

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

pytest_plugins = ["simulator.pytest_plugin"]

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
def _own_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the tools of the virtual environment, whether or not it is activated."""
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


@pytest.fixture(name="controller")
def _controller(tmp_path: Path, collections: Path, simulator: Simulator) -> Iterator[Controller]:
    """Return a controller. After the test, check that what AWX would keep contains no secret and no token."""
    controller = Controller(tmp_path / "jobs", collections)
    yield controller
    stored = {secret["client_secret"] for secret in simulator.secrets()}
    keys = {key["client_secret"] for key in simulator.access_keys.values()}
    private = Path(simulator.access_keys["encrypted"]["decryption_key"]).read_text("ascii").splitlines()[1:-1]
    for job in controller.jobs:
        for number, secret in enumerate(sorted(filter(None, stored | keys | set(private)))):
            assert secret not in job.text, f"secret number {number} is in a job"
        assert not _JWT.search(job.text), "an access token is in a job"


@pytest.fixture(name="minimal")
def _minimal(controller: Controller, credential_type: CredentialType, login: dict[str, t.Any]) -> Launch:
    """Return jobs with a credential that holds the three required fields."""
    return Launch(controller, credential_type, login)


@pytest.fixture(name="launch")
def _launch(minimal: Launch, ca_certificate: str) -> Launch:
    """Return jobs with a credential that holds the CA as well."""
    return minimal.but(senhasegura_ca_certificate=ca_certificate)
