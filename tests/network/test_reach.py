# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every connection option and proxy reaches the token request and the API, whoever asks: by the logs of the servers."""

from __future__ import annotations

import dataclasses
import typing as t
from collections import Counter
from urllib.parse import quote

import pytest
from wire.support import CODE, DESCRIBED, with_code

from .conftest import ODD_PASSWORD
from .pki import CLIENT
from .servers import wait_until
from .ways import WAYS, play_every_way

if t.TYPE_CHECKING:
    from pathlib import Path

    from controller.stage import Controller
    from simulator.process import Simulator
    from wire.tasks import Tasks

    from .pki import Pki
    from .servers import Nginx, Proxy, Row


@dataclasses.dataclass
class Route:
    """How to reach the vault: sites of nginx, options and variables by name, and what the log must show of each request."""

    site: str = "usual"
    token_site: str = ""
    ca: str = "file"
    client: str = ""
    proxy: str = ""
    shows: t.Callable[[Row], bool] = lambda row: row.tls in ("TLSv1.2", "TLSv1.3")
    every_module: bool = False


def _is_strict(row: Row) -> bool:
    return row.tls == "TLSv1.2" and f"CN={CLIENT}" in row.certificate


ROUTES = {
    "everything": Route("strict_api", "strict_token", "directory", "file", "squid", _is_strict),
    "everything, every module": Route(
        "strict_api", "strict_token", "directory", "file", "squid", _is_strict, every_module=True
    ),
    "a CA in a file": Route(),
    "a CA in a directory": Route(ca="directory"),
    "a CA in a file that the environment names": Route(ca="SENHASEGURA_CA_PATH"),
    "a CA in a bundle of requests": Route(ca="REQUESTS_CA_BUNDLE"),
    "a CA in a directory of requests": Route(ca="REQUESTS_CA_BUNDLE, directory"),
    "a CA in a bundle of curl": Route(ca="CURL_CA_BUNDLE"),
    "a CA of the system, as distributions have it": Route(ca="certifi"),
    "no validation": Route("unknown", "expired", ca="none"),
    "TLS 1.2": Route("tls_1_2", shows=lambda row: row.tls == "TLSv1.2"),
    "a client certificate": Route("mutual", client="file", shows=lambda row: f"CN={CLIENT}" in row.certificate),
    "a client certificate with its key elsewhere": Route(
        "mutual", client="files", shows=lambda row: f"CN={CLIENT}" in row.certificate
    ),
    "a client certificate that the environment names": Route(
        "mutual", client="environment", shows=lambda row: f"CN={CLIENT}" in row.certificate
    ),
    "tinyproxy": Route(token_site="tls_1_2", proxy="tinyproxy"),
    "squid": Route(token_site="mutual", client="file", proxy="squid"),
}
_QUICK = "everything"


@pytest.fixture(name="proxies")
def _proxies(request: pytest.FixtureRequest) -> t.Callable[[str], Proxy]:
    """Return what starts a proxy by its name: a test needs no proxy but its own."""
    return request.getfixturevalue


def _connection(route: Route, nginx: Nginx, pki: Pki, way: str) -> dict[str, t.Any]:
    options: dict[str, t.Any] = {"mysafe_url": nginx.sites[route.site].url(way)}
    if route.token_site:
        options["mysafe_token_url"] = nginx.sites[route.token_site].url(way) + "/api/oauth2/token"
    if route.ca in ("file", "directory"):
        options["ca_path"] = str(pki.ca if route.ca == "file" else pki.directory_of_ca)
    if route.ca == "none":
        options["validate_certs"] = False
    if route.client == "file":
        options["client_cert"] = str(pki.client)
    if route.client == "files":
        options.update(client_cert=str(pki.client_alone), client_key=str(pki.client_key))
    return options


def _environment(route: Route, pki: Pki, proxy: Proxy | None, folder: Path) -> dict[str, str | None]:
    environment: dict[str, str | None] = {}
    if proxy is not None:
        login = f"odd:{quote(ODD_PASSWORD, safe='')}" if route.proxy == "squid" else ""
        environment["HTTPS_PROXY"] = proxy.url(login)
    name, _comma, directory = route.ca.partition(", ")
    if name.isupper():
        environment[name] = str(pki.directory_of_ca if directory else pki.ca)
    if name == "certifi":
        # Debian and others replace what certifi names with the file of the system.
        (folder / "certifi.py").write_text(f"def where():\n    return {str(pki.ca)!r}\n", encoding="utf-8")
        environment["PYTHONPATH"] = str(folder)
    if route.client == "environment":
        environment["SENHASEGURA_CLIENT_CERT"] = str(pki.client_alone)
        environment["SENHASEGURA_CLIENT_KEY"] = str(pki.client_key)
    return environment


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == _QUICK else pytest.mark.exhaustive) for name in ROUTES]
)
def test_the_options_reach_every_request(
    name: str,
    nginx: Nginx,
    pki: Pki,
    proxies: t.Callable[[str], Proxy],
    controller: Controller,
    tmp_path: Path,
) -> None:
    route = ROUTES[name]
    proxy = proxies(route.proxy) if route.proxy else None
    run = play_every_way(
        controller,
        lambda way: _connection(route, nginx, pki, way),
        environment=_environment(route, pki, proxy, tmp_path),
        every_module=route.every_module,
    )
    assert ODD_PASSWORD not in run.output
    sites = (route.token_site or route.site, route.site)
    for way in WAYS:
        rows = nginx.rows(way)
        logins, calls = [row for row in rows if row.is_login], [row for row in rows if not row.is_login]
        assert ({row.site for row in logins}, {row.site for row in calls}) == ({sites[0]}, {sites[1]}), (way, rows)
        assert all(row.status < 300 and route.shows(row) for row in rows), (way, rows)
    if proxy is not None:
        # One tunnel for each connection that nginx saw, and none besides. (squid logs a tunnel when it is closed.)
        connections = {(row.site, row.connection) for row in nginx.rows()}
        targets = Counter(f"localhost:{nginx.sites[site].port}" for site, _connection in connections)
        wait_until(lambda: sum(Counter(proxy.tunnels()).values()) >= len(connections), "all tunnels are logged")
        assert Counter(proxy.tunnels()) == targets


@pytest.mark.parametrize("name", ["tinyproxy", "squid"])
@pytest.mark.parametrize("exception", ["localhost", "localhost:{port}"])
def test_no_proxy_keeps_a_host_from_the_proxy(
    name: str,
    exception: str,
    nginx: Nginx,
    pki: Pki,
    proxies: t.Callable[[str], Proxy],
    task: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = proxies(name)
    site = nginx.sites["usual"]
    monkeypatch.setenv("HTTPS_PROXY", proxy.url("usual:right" if name == "squid" else ""))
    monkeypatch.setenv("NO_PROXY", exception.format(port=site.port))
    task(identifier_code=CODE, mysafe_url=site.url(), ca_path=str(pki.ca), **DESCRIBED)
    assert (len(nginx.rows()), proxy.tunnels()) == (3, [])


@pytest.mark.parametrize(
    "variable",
    [
        "HTTPS_PROXY",
        *(pytest.param(name, marks=pytest.mark.exhaustive) for name in ("https_proxy", "ALL_PROXY", "all_proxy")),
    ],
)
@pytest.mark.parametrize("password", ["right", ODD_PASSWORD], ids=["plain password", "odd password"])
def test_squid_accepts_the_login(
    variable: str,
    password: str,
    nginx: Nginx,
    squid: Proxy,
    pki: Pki,
    simulator: Simulator,
    task: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = nginx.sites["usual"]
    user = "usual" if password == "right" else "odd"
    monkeypatch.setenv(variable, squid.url(f"{user}:{quote(password, safe='')}"))
    values = task(identifier_code=CODE, mysafe_url=site.url(), ca_path=str(pki.ca), **DESCRIBED).values
    assert (values["action"], len(with_code(simulator))) == ("create", 1)
    wait_until(squid.tunnels, "the tunnel is logged")
    assert squid.tunnels() == [f"localhost:{site.port}"]


def test_compressed_answers_are_read(nginx: Nginx, pki: Pki, task: Tasks) -> None:
    url = nginx.sites["usual"].url()
    task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), **DESCRIBED)
    again = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), **DESCRIBED).values
    compressed = [row for row in nginx.rows() if row.gzip and row.method == "GET"]
    assert (again["action"], len(compressed) >= 2) == ("none", True)
