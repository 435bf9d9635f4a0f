# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What real servers refuse, each in its own words: a user is told what happened, why, and what to do."""

from __future__ import annotations

import dataclasses
import typing as t
from urllib.parse import quote

import pytest
from wire.support import CODE, DESCRIBED, vault

from .conftest import ODD_PASSWORD
from .ways import messages, play_every_way

if t.TYPE_CHECKING:
    from controller.stage import Controller
    from simulator.process import Simulator
    from wire.tasks import Tasks

    from .pki import Pki
    from .servers import Nginx, Squid, Tinyproxy


@dataclasses.dataclass
class Case:
    """A site of nginx, the options besides it, and what the failure must say."""

    site: str
    kind: str
    said: str
    advice: str
    options: dict[str, str] = dataclasses.field(default_factory=dict)
    reaches_simulator: bool = False


#: Options that name a file are the names of attributes of Pki.
CASES = {
    "nothing is there": Case("usual", "unexpected_answer", '"404 Not Found', "mysafe_url", {"mysafe_url": "root"}),
    "plain http": Case("usual", "connection", "expects TLS", "begin with https://", {"mysafe_url": "http"}),
    "no client certificate": Case("mutual", "tls", "requires a client certificate", "set client_cert"),
    "no client certificate, TLS 1.2": Case("strict_api", "tls", "requires a client certificate", "set client_cert"),
    "another client certificate": Case(
        "mutual",
        "tls",
        "does not accept the client certificate",
        "check client_cert",
        {"client_cert": "strangers_client"},
    ),
    "an old TLS": Case("tls_1_0", "tls", "no TLS connection", "TLS 1.2 or newer"),
    "no common cipher": Case("odd_cipher", "tls", "no TLS connection", "no cipher"),
    "an expired certificate": Case("expired", "tls", "has expired", "renewed"),
    "a certificate for another name": Case("another_name", "tls", "not valid for 'localhost'", "use a host name"),
    "an unknown CA": Case("unknown", "tls", "unable to get local issuer", "names must hold the CA"),
    "an incomplete chain": Case(
        "incomplete", "tls", "unable to get local issuer", "send its intermediate certificates"
    ),
    "a request that is too large": Case(
        *("small", "unexpected_answer", '"413 Request Entity Too Large', "client_max_body_size"),
        {"notes": "x" * 3000},
        reaches_simulator=True,
    ),
    "the vault is down": Case("down", "unavailable", '"502 Bad Gateway', "try again"),
}


def _options(case: Case, nginx: Nginx, pki: Pki, asker: str = "test") -> dict[str, t.Any]:
    site = nginx.sites[case.site]
    urls = {"root": f"https://localhost:{site.port}/elsewhere", "http": site.url(asker, "http")}
    chosen = {
        name: urls[value] if name == "mysafe_url" else getattr(pki, value, value)
        for name, value in case.options.items()
    }
    options = {"mysafe_url": site.url(asker), "ca_path": pki.ca, "retries": 0, **chosen}
    return {name: value if name == "retries" else str(value) for name, value in options.items()}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_refusal_says_what_happened_and_what_to_do(
    case: Case, nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    before = vault(simulator)
    values = task(identifier_code=CODE, **{**DESCRIBED, **_options(case, nginx, pki)}).values
    error = values["error"]
    assert (error["kind"], case.said in values["msg"], case.advice in error["solution"]) == (case.kind, True, True), (
        error
    )
    assert (values["changed"], vault(simulator)) == (False, before)
    assert bool(simulator.requests()) is case.reaches_simulator


@pytest.mark.exhaustive
# A lookup sends no request that is too large.
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.reaches_simulator])
def test_a_refusal_says_the_same_whoever_asks(name: str, nginx: Nginx, pki: Pki, controller: Controller) -> None:
    case = CASES[name]
    run = play_every_way(controller, lambda way: _options(case, nginx, pki, way), fails=True)
    assert all(case.said in text and case.advice in text for text in messages(run)), messages(run)


# Proxies


@dataclasses.dataclass
class Refusal:
    """A login at squid, a site, and what is advised."""

    login: str
    advice: str
    site: str = "usual"


REFUSALS = {
    "a missing login": Refusal("", "the proxy requires a login"),
    "a wrong password": Refusal("usual:wrong", "correct the user name and the password in HTTPS_PROXY"),
    "an unknown user": Refusal("nobody:right", "correct the user name and the password in HTTPS_PROXY"),
    "an empty password": Refusal("usual:", "correct the user name and the password in HTTPS_PROXY"),
    "an odd password that is cut": Refusal(
        "odd:" + quote(ODD_PASSWORD[:-1], safe=""), "correct the user name and the password in HTTPS_PROXY"
    ),
    "a port that is not allowed": Refusal("usual:right", "have the proxy allow connections to localhost", "tls_1_2"),
    "a closed port": Refusal("usual:right", "whether the proxy can reach localhost", "closed"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_by_squid_says_what_to_do(
    refusal: Refusal,
    nginx: Nginx,
    squid: Squid,
    closed_port: int,
    pki: Pki,
    task: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", squid.url(refusal.login))
    site = nginx.sites.get(refusal.site)
    url = site.url() if site else f"https://localhost:{closed_port}"
    error = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), retries=0, **DESCRIBED).values["error"]
    assert (error["kind"], refusal.advice in error["solution"]) == ("connection", True), error
    assert nginx.rows() == []


@pytest.mark.exhaustive
def test_a_password_that_squid_refuses_is_told_whoever_asks_and_not_shown(
    nginx: Nginx, squid: Squid, pki: Pki, controller: Controller
) -> None:
    wrong = quote(ODD_PASSWORD, safe="") + "-wrong-password"
    site = nginx.sites["usual"]
    run = play_every_way(
        controller,
        lambda way: {"mysafe_url": site.url(way), "ca_path": str(pki.ca), "retries": 0},
        environment={"HTTPS_PROXY": squid.url(f"odd:{wrong}")},
        fails=True,
    )
    assert all("correct the user name and the password in HTTPS_PROXY" in text for text in messages(run))
    assert ("-wrong-password" in run.output, nginx.rows()) == (False, [])


def test_a_port_that_tinyproxy_does_not_allow_is_told(
    nginx: Nginx, narrow_tinyproxy: Tinyproxy, pki: Pki, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", narrow_tinyproxy.url())
    url = nginx.sites["usual"].url()
    error = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), retries=0, **DESCRIBED).values["error"]
    assert (error["kind"], "have the proxy allow connections to localhost" in error["solution"]) == ("connection", True)
    assert (len(narrow_tinyproxy.tunnels()), nginx.rows()) == (1, [])


@pytest.mark.parametrize("host", ["localhost", "nosuch.invalid"])
def test_a_vault_that_tinyproxy_does_not_reach_is_told(
    host: str, tinyproxy: Tinyproxy, closed_port: int, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", tinyproxy.url())
    url = f"https://{host}:{closed_port}"
    error = task(identifier_code=CODE, mysafe_url=url, retries=0, **DESCRIBED).values["error"]
    assert (error["kind"], f"whether the proxy can reach {host}" in error["solution"]) == ("connection", True), error
    assert tinyproxy.tunnels() == [f"{host}:{closed_port}"]
