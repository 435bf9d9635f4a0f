# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Fixtures: the servers in front of the simulator, which itself speaks plain HTTP."""

from __future__ import annotations

import os
import sys
import tempfile
import typing as t
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))

from simulator.process import Simulator
from workspace import find_pythons

from .pki import Pki
from .servers import Nginx, Site, Squid, Tinyproxy, find, free_port

if t.TYPE_CHECKING:
    from collections.abc import Iterator

#: A plugin of its own each: plays of the controller, and tasks of the core in this process.
pytest_plugins = ["controller.conftest", "wire.conftest"]

#: Why tests were skipped, by what is missing.
_MISSING: dict[str, str] = {}
#: A port on which nothing listens.
_CLOSED_PORT = free_port()
#: What the servers logged, and tests found there: printed at the end.
_FOUND = {"requests": 0, "tunnels": 0}


def require(program: str) -> None:
    """Skip the test where a program is not installed; fail it instead where everything is to be tested."""
    if find(program) is None:
        # Debian's package has the same name, for each of them.
        _missing(program, f"{program} is not installed (Debian: apt-get install {program})")


def _missing(what: str, reason: str) -> t.NoReturn:
    _MISSING[what] = reason
    if os.environ.get("MYSAFE_FULL"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: t.Any) -> None:
    """Print how much was shown by the logs of the servers, and which servers were missing."""
    terminalreporter.write_line(
        f"Found in the logs of real servers: {_FOUND['requests']} requests, {_FOUND['tunnels']} tunnels"
    )
    for reason in _MISSING.values():
        terminalreporter.write_line(f"NOT TESTED: {reason}")


@pytest.fixture(scope="session", name="strict_python")
def _strict_python() -> str:
    """Return a Python that is strict about certificates: that of the tests, or another that is here."""
    if sys.version_info >= (3, 13):
        return sys.executable
    for path in find_pythons(["3.14", "3.13"]).values():
        return str(path)
    _missing("Python 3.13", "no Python 3.13 or newer is here: install one")


@pytest.fixture(scope="session", name="running")
def _running() -> Iterator[Simulator]:
    """Return the simulator of the test run, without TLS: nginx is in front of it."""
    with Simulator("v4", "--no-tls") as simulator:
        yield simulator


@pytest.fixture(scope="session", name="pki")
def _pki() -> Iterator[Pki]:
    require("openssl")
    with tempfile.TemporaryDirectory(prefix="mysafe-pki-") as folder:
        yield Pki(Path(folder))


@pytest.fixture(scope="session", name="backend")
def _backend(running: Simulator) -> str:
    return running.url.replace("localhost", "127.0.0.1")


@pytest.fixture(scope="session", name="shared_nginx")
def _shared_nginx(backend: str, pki: Pki) -> Iterator[Nginx]:
    require("nginx")
    both, old = "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.2;"
    client = f"ssl_client_certificate {pki.ca}; ssl_verify_client on;"
    sites = {
        "usual": Site(pki.good, f"{both} gzip on; gzip_min_length 1; gzip_proxied any; gzip_types application/json;"),
        "tls_1_2": Site(pki.good, old),
        "tls_1_0": Site(pki.good, "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"),
        "odd_cipher": Site(pki.good, f"{old} ssl_ciphers ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0;"),
        "chained": Site(pki.chained, both),
        "mutual": Site(pki.good, both + client),
        # The API and the token may be on two servers: these are two that demand everything.
        "strict_api": Site(pki.chained, old + client),
        "strict_token": Site(pki.chained, old + client),
        "expired": Site(pki.expired, both),
        "another_name": Site(pki.other, both),
        "unknown": Site(pki.unknown, both),
        "loose": Site(pki.loose, both),
        "incomplete": Site(pki.incomplete, both),
        "small": Site(pki.good, f"{both} client_max_body_size 1k;"),
        "down": Site(pki.good, both, backend=f"http://127.0.0.1:{_CLOSED_PORT}"),
        "impatient": Site(pki.good, both, is_impatient=True),
        "few_requests": Site(pki.good, f"{both} keepalive_requests 3;"),
        "short_idle": Site(pki.good, f"{both} keepalive_timeout 2s;"),
        "slow": Site(pki.good, f"{both} limit_rate 700;"),
    }
    with Nginx(backend, **sites) as nginx:
        yield nginx


@pytest.fixture(name="nginx")
def _nginx(shared_nginx: Nginx, simulator: Simulator) -> Iterator[Nginx]:
    """Return the nginx of the test run with an empty log, in front of the simulator, which is reset."""
    shared_nginx.forget()
    yield shared_nginx
    _FOUND["requests"] += len(shared_nginx.rows())


@pytest.fixture(name="own_nginx")
def _own_nginx(backend: str, pki: Pki, simulator: Simulator) -> Iterator[Nginx]:
    """Return an nginx with one site, which the test may reload, stop and start."""
    require("nginx")
    with Nginx(backend, usual=Site(pki.good, "ssl_protocols TLSv1.2 TLSv1.3;")) as nginx:
        yield nginx
        _FOUND["requests"] += len(nginx.rows())


@pytest.fixture(name="tinyproxy")
def _tinyproxy() -> Iterator[Tinyproxy]:
    require("tinyproxy")
    with Tinyproxy() as proxy:
        yield proxy
        _FOUND["tunnels"] += len(proxy.tunnels())


@pytest.fixture(name="narrow_tinyproxy")
def _narrow_tinyproxy() -> Iterator[Tinyproxy]:
    """Return a proxy that allows tunnels to one port only, on which nothing listens."""
    require("tinyproxy")
    with Tinyproxy(_CLOSED_PORT) as proxy:
        yield proxy
        _FOUND["tunnels"] += len(proxy.tunnels())


@pytest.fixture(name="closed_port")
def _closed_port() -> int:
    return _CLOSED_PORT


#: A password with everything that has a meaning in a URL, in the login of HTTP or to a shell.
ODD_PASSWORD = "p@ss:w/o#r%d?[ü]\"'\\ &+=~$`"
LOGINS = {"usual": "right", "odd": ODD_PASSWORD}


@pytest.fixture(scope="session", name="shared_squid")
def _shared_squid(shared_nginx: Nginx) -> Iterator[Squid]:
    require("squid")
    forbidden = ("tls_1_2",)
    allowed = [site.port for name, site in shared_nginx.sites.items() if name not in forbidden]
    with Squid(LOGINS, [*allowed, _CLOSED_PORT]) as proxy:
        yield proxy


@pytest.fixture(name="squid")
def _squid(shared_squid: Squid) -> Iterator[Squid]:
    """Return the squid of the test run with an empty log."""
    os.truncate(shared_squid.folder / "access.log", 0)
    yield shared_squid
    _FOUND["tunnels"] += len(shared_squid.tunnels())
