# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Something that is no MySafe, or an access key that is no good: a clear word, and nothing left behind."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import typing as t

import pytest

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .prober import Outcome, Prober

_PAGES = {
    "html": (200, "text/html", b"<!doctype html><title>Welcome to alice's shop</title>"),
    "html_404": (404, "text/html", b"<!doctype html><title>Not found</title>"),
    "json": (200, "application/json", b'{"status": "fine"}'),
    "empty": (200, "application/json", b""),
    "list": (200, "application/json", b"[]"),
    "error": (500, "application/json", b'{"message": "out of order"}'),
    "redirect": (302, "text/html", b""),
    "garbage": (200, "application/json", b"\xff\xfe\x00"),
    "token_only": (200, "application/json", b'{"access_token": "a", "expires_in": 3600, "token_type": "Bearer"}'),
}


@pytest.fixture(name="site")
def _site(request: pytest.FixtureRequest) -> Iterator[str]:
    status, kind, body = _PAGES[request.param]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "https://localhost:1/login")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_arguments: t.Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _refused(outcome: Outcome, *words: str) -> None:
    assert outcome.status == 1, outcome.output
    assert (outcome.report, outcome.profile, outcome.created()) == ("", {}, [])
    last = outcome.output.splitlines()[-1]
    for word in words:
        assert word in last, outcome.output
    assert "Traceback" not in outcome.output
    # The address is the user's own affair.
    assert not any(word in last for word in ("127.0.0.1", "localhost"))


@pytest.mark.parametrize("site", _PAGES, indirect=True)
def test_another_server(prober: Prober, site: str) -> None:
    _refused(prober.run(config=prober.config(mysafe_url=site)), "not ")


def test_a_closed_port(prober: Prober) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{taken.getsockname()[1]}"
        _refused(prober.run(config=prober.config(mysafe_url=url)), "cannot be reached", "mysafe_url")


def test_a_name_that_does_not_exist(prober: Prober) -> None:
    _refused(prober.run(config=prober.config(mysafe_url="https://mysafe.invalid")), "cannot be reached")


def test_an_unknown_ca(prober: Prober) -> None:
    _refused(prober.run(config=prober.config(mysafe_ca_path="")), "certificate", "mysafe_ca_path")


def test_a_ca_that_is_not_there(prober: Prober) -> None:
    _refused(prober.run(config=prober.config(mysafe_ca_path="/nowhere/ca.pem")), "mysafe_ca_path")


def test_plain_http_to_a_tls_port(prober: Prober) -> None:
    url = prober.simulator.url.replace("https:", "http:")
    _refused(prober.run(config=prober.config(mysafe_url=url)), "closed the connection")


@pytest.mark.parametrize("profile", ["v4", pytest.param("legacy_envelope", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("token_error", ["league", "league_old", "envelope"])
@pytest.mark.parametrize("key", ["expired", "revoked", "second_tenant", "wrong"])
def test_an_access_key_that_gets_no_token(prober: Prober, profile: str, token_error: str, key: str) -> None:
    prober.simulator.reset(profile, token_error=token_error)
    keys = {**prober.simulator.access_keys, "wrong": {"client_id": "wrong", "client_secret": "wrong"}}
    _refused(prober.run(config=prober.config(mysafe_access_keys={"alice": keys[key]})), "refused the access key")


@pytest.mark.parametrize("no_permission", ["envelope", "gateway"])
def test_an_access_key_without_permission(prober: Prober, no_permission: str) -> None:
    prober.simulator.reset(no_permission=no_permission)
    keys = {"alice": prober.simulator.access_keys["unauthorized"]}
    _refused(prober.run(config=prober.config(mysafe_access_keys=keys)), "access")


@pytest.mark.parametrize("key", ["referer", "ip"])
def test_a_restricted_access_key(prober: Prober, key: str) -> None:
    keys = {"alice": prober.simulator.access_keys[key]}
    _refused(prober.run(config=prober.config(mysafe_access_keys=keys)), "referers")


def test_an_access_key_for_specified_items_cannot_deactivate_what_it_created(prober: Prober) -> None:
    keys = {"alice": prober.simulator.access_keys["limited"]}
    outcome = prober.run(config=prober.config(mysafe_access_keys=keys))
    # The first answer shows it, and nothing more is created. The user must deactivate it in MySafe.
    assert (outcome.status, len(outcome.created())) == (3, 1)
    assert outcome.created()[0]["identifier_code"] in outcome.output.splitlines()[-2]
    assert "full access" in outcome.report
    assert "1 of them could not be deactivated" in outcome.report


def test_a_vault_with_tenants_without_the_tenant(prober: Prober) -> None:
    prober.simulator.reset(tenant_required=True)
    _refused(prober.run(config=prober.config(mysafe_tenant=None)), "mysafe_tenant")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "mapping"),
        ("[1, 2]", "mapping"),
        ("mysafe_url: {", "YAML"),
        (json.dumps({"mysafe_url": "vault.example"}), "mysafe_url"),
        (json.dumps({"mysafe_url": "https://user:pass@vault.example"}), "mysafe_url"),
        (json.dumps({"mysafe_url": "https://vault.example"}), "mysafe_access_keys.alice"),
        (
            json.dumps({"mysafe_url": "https://vault.example", "mysafe_access_keys": {"alice": {"client_id": "a"}}}),
            "needs",
        ),
    ],
)
def test_a_bad_configuration(prober: Prober, text: str, word: str) -> None:
    _refused(prober.run(config=text), word)


def test_the_same_user_twice(prober: Prober) -> None:
    key = {**prober.simulator.access_keys["alice"], "username": "same"}
    outcome = prober.run(config=prober.config(mysafe_access_keys={"alice": key, "bob": key}))
    assert (outcome.status, "two different users" in outcome.output, prober.simulator.requests()) == (1, True, [])


def test_no_configuration(prober: Prober) -> None:
    outcome = prober.run("--config", str(prober.folder / "missing.yml"))
    assert (outcome.status, "integration_config.yml.template" in outcome.output) == (1, True)


@pytest.mark.parametrize("option", ["--report-file", "--profile-file"])
def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    prober: Prober, option: str, tmp_path: Path
) -> None:
    outcome = prober.run(option, str(tmp_path / "missing" / "file"))
    assert (outcome.status, prober.simulator.requests()) == (1, [])
