# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""TLS, host names, ports, proxies and redirects: the options take effect, and each failure is named."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import threading
import typing as t
import warnings
from pathlib import Path

import certifi
import pytest
from simulator.process import Simulator
from urllib3.exceptions import InsecureRequestWarning

from .support import CODE, DESCRIBED, calls

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .tasks import Tasks


@pytest.fixture(scope="module", name="mutual")
def _mutual() -> Iterator[Simulator]:
    with Simulator("v4", "--require-client-cert") as simulator:
        yield simulator


@pytest.fixture(name="client_cert")
def _client_cert(mutual: Simulator) -> tuple[str, str]:
    assert mutual.client_cert is not None
    return mutual.client_cert


@pytest.fixture(scope="module", name="everywhere")
def _everywhere() -> Iterator[Simulator]:
    with Simulator("v4", "--host", "0.0.0.0") as simulator:
        yield simulator


@pytest.fixture(scope="module", name="plain")
def _plain() -> Iterator[Simulator]:
    with Simulator("v4", "--no-tls") as simulator:
        yield simulator


@pytest.fixture(name="closed_port")
def _closed_port() -> Iterator[int]:
    with socket.socket() as bound:  # bound, but not listening: no other process can get the port
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture(autouse=True)
def _reset_all(request: pytest.FixtureRequest) -> None:
    for name in ("mutual", "everywhere", "plain"):
        if name in request.fixturenames:
            request.getfixturevalue(name).reset()


class Proxy:
    """A proxy that opens tunnels and records their targets."""

    def __init__(self) -> None:
        self.tunnels: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        target = head.split()[1].decode()
        self.tunnels.append(target)
        host, _colon, port = target.rpartition(":")
        with client, socket.create_connection((host, int(port))) as server, selectors.DefaultSelector() as ends:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends.register(client, selectors.EVENT_READ, server)
            ends.register(server, selectors.EVENT_READ, client)
            with contextlib.suppress(OSError):
                while True:
                    for key, _events in ends.select():
                        received = t.cast("socket.socket", key.fileobj).recv(65536)
                        if not received:
                            return
                        key.data.sendall(received)


@pytest.fixture(name="proxy")
def _proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    yield proxy
    proxy.close()


def _port(simulator: Simulator) -> str:
    return simulator.url.rpartition(":")[2]


# TLS


def test_an_unknown_ca_is_reported(simulator: Simulator, task: Tasks) -> None:
    error = task(identifier_code=CODE, ca_path=None, **DESCRIBED).values["error"]
    assert (error["kind"], "ca_path" in error["solution"], calls(simulator)) == ("tls", True, [])


def test_an_unknown_ca_is_accepted_without_validation(task: Tasks) -> None:
    assert task(identifier_code=CODE, ca_path=None, validate_certs=False, **DESCRIBED).values["action"] == "create"


def test_without_validation_python_does_not_warn_about_each_request(task: Tasks) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        task(identifier_code=CODE, ca_path=None, validate_certs=False, **DESCRIBED)
    assert [str(one.message) for one in caught if issubclass(one.category, InsecureRequestWarning)] == []


def test_the_wrong_ca_is_reported(simulator: Simulator, task: Tasks) -> None:
    error = task(identifier_code=CODE, ca_path=certifi.where(), **DESCRIBED).values["error"]
    assert (error["kind"], calls(simulator)) == ("tls", [])


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_ca_path_overrides_the_environment(task: Tasks, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, certifi.where())
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_disabled_validation_overrides_the_environment(
    task: Tasks, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, certifi.where())
    assert task(identifier_code=CODE, ca_path=None, validate_certs=False, **DESCRIBED).values["action"] == "create"


def test_the_right_ca_in_the_environment_does_not_override_ca_path(
    simulator: Simulator, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_path))
    assert task(identifier_code=CODE, ca_path=certifi.where(), **DESCRIBED).values["error"]["kind"] == "tls"


def test_a_directory_can_be_the_ca_path(simulator: Simulator, task: Tasks, tmp_path: Path) -> None:
    # OpenSSL finds a CA in a directory by a link named after the hash of its subject. This directory has no link.
    assert task(identifier_code=CODE, ca_path=str(tmp_path), **DESCRIBED).values["error"]["kind"] == "tls"


def test_a_file_that_is_not_a_ca_is_reported(task: Tasks, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing of the kind")
    error = task(identifier_code=CODE, ca_path=str(file), **DESCRIBED).values["error"]
    assert (error["kind"] in ("tls", "configuration"), "ca_path" in error["solution"]) == (True, True), error


def test_a_wrong_host_name_is_reported(everywhere: Simulator, task: Tasks) -> None:
    url = f"https://127.0.0.2:{_port(everywhere)}"
    error = task(identifier_code=CODE, at=everywhere, mysafe_url=url, **DESCRIBED).values["error"]
    assert (error["kind"], "host name" in error["solution"], calls(everywhere)) == ("tls", True, [])


def test_a_wrong_host_name_is_accepted_without_validation(everywhere: Simulator, task: Tasks) -> None:
    url = f"https://127.0.0.2:{_port(everywhere)}"
    values = task(identifier_code=CODE, at=everywhere, mysafe_url=url, validate_certs=False, **DESCRIBED).values
    assert values["action"] == "create"


def test_a_client_certificate_is_presented(mutual: Simulator, client_cert: tuple[str, str], task: Tasks) -> None:
    cert, key = client_cert
    values = task(
        identifier_code=CODE, at=mutual, key="certificate", client_cert=cert, client_key=key, **DESCRIBED
    ).values
    assert values["action"] == "create"


def test_a_client_certificate_and_its_key_can_be_in_one_file(
    mutual: Simulator, client_cert: tuple[str, str], task: Tasks, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    both.write_text("".join(Path(part).read_text() for part in client_cert))
    assert task(identifier_code=CODE, at=mutual, client_cert=str(both), **DESCRIBED).values["action"] == "create"


def test_a_missing_client_certificate_is_reported(mutual: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, at=mutual, **DESCRIBED).values
    # With TLS 1.3 the client learns of it late, or not at all: then it only sees a lost connection.
    assert (values["error"]["kind"] in ("tls", "connection"), calls(mutual)) == (True, [])


def test_a_missing_client_certificate_changes_nothing(mutual: Simulator, task: Tasks) -> None:
    assert task(identifier_code=CODE, at=mutual, **DESCRIBED).values["changed"] is False


def test_a_client_certificate_without_its_key_is_reported(
    mutual: Simulator, client_cert: tuple[str, str], task: Tasks
) -> None:
    error = task(identifier_code=CODE, at=mutual, client_cert=client_cert[0], **DESCRIBED).values["error"]
    assert (error["kind"] in ("tls", "configuration"), "client_key" in error["solution"]) == (True, True)


def test_the_servers_message_about_a_wrong_certificate_is_shown(
    mutual: Simulator, client_cert: tuple[str, str], task: Tasks
) -> None:
    cert, key = client_cert
    values = task(
        identifier_code=CODE, at=mutual, key="other_certificate", client_cert=cert, client_key=key, **DESCRIBED
    ).values
    assert "client certificate is not allowed" in values["msg"]


def test_https_to_a_plain_port_is_reported(plain: Simulator, task: Tasks) -> None:
    url = f"https://localhost:{_port(plain)}"
    error = task(identifier_code=CODE, at=plain, mysafe_url=url, retries=0, **DESCRIBED).values["error"]
    assert (error["kind"], calls(plain)) == ("tls", [])


def test_plain_http_to_a_tls_port_is_reported(simulator: Simulator, task: Tasks) -> None:
    url = f"http://localhost:{_port(simulator)}"
    values = task(identifier_code=CODE, mysafe_url=url, retries=0, **DESCRIBED).values
    assert (values["error"]["kind"], calls(simulator)) == ("connection", [])


def test_plain_http_to_another_machine_is_never_tried(plain: Simulator, task: Tasks) -> None:
    url = plain.url.replace("localhost", "127.0.0.2")
    assert task(identifier_code=CODE, at=plain, mysafe_url=url, **DESCRIBED).values["error"]["kind"] == "configuration"
    assert calls(plain) == []


# Names and ports


def test_an_unknown_host_name_is_reported(task: Tasks) -> None:
    values = task(identifier_code=CODE, mysafe_url="https://nosuch.invalid", **DESCRIBED).values
    assert (values["error"]["kind"], "nosuch.invalid" in values["msg"]) == ("connection", True)


def test_an_invalid_host_name_is_reported(task: Tasks) -> None:
    values = task(identifier_code=CODE, mysafe_url=f"https://{'a' * 70}.example.org", **DESCRIBED).values
    assert values["error"]["kind"] in ("connection", "configuration")


def test_a_refused_connection_is_reported(task: Tasks, closed_port: int) -> None:
    values = task(identifier_code=CODE, mysafe_url=f"https://localhost:{closed_port}", **DESCRIBED).values
    assert (values["error"]["kind"], f"localhost:{closed_port}" in values["msg"]) == ("connection", True)


def test_a_refused_connection_is_reported_with_the_error_of_the_system(task: Tasks, closed_port: int) -> None:
    values = task(identifier_code=CODE, mysafe_url=f"https://localhost:{closed_port}", **DESCRIBED).values
    assert os.strerror(errno.ECONNREFUSED) in values["error"]["cause"]


def test_a_refused_connection_is_retried_with_growing_waits(task: Tasks, closed_port: int) -> None:
    task(identifier_code=CODE, mysafe_url=f"https://localhost:{closed_port}", retries=4, **DESCRIBED)
    assert len(task.sleeps) == 3  # the first retry has no wait


# Proxies


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_the_proxy_in_the_environment_is_used(
    simulator: Simulator, task: Tasks, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, proxy.url)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert proxy.tunnels == [f"localhost:{_port(simulator)}"]


def test_no_proxy_is_respected(task: Tasks, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert (task(identifier_code=CODE, **DESCRIBED).values["action"], proxy.tunnels) == ("create", [])


def test_an_unreachable_proxy_is_reported(
    simulator: Simulator, task: Tasks, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port}")
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], "proxy" in values["msg"], calls(simulator)) == ("connection", True, [])


def test_a_proxy_password_is_not_shown(task: Tasks, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:password-of-the-proxy@127.0.0.1:{closed_port}")
    assert "password-of-the-proxy" not in str(task(identifier_code=CODE, **DESCRIBED).values)


# Redirects

_REDIRECTS = {"token": ("oauth2/token$", 1), "list": ("secretapi$", 2)}


@pytest.mark.parametrize(("path", "count"), _REDIRECTS.values(), ids=_REDIRECTS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(simulator: Simulator, task: Tasks, path: str, count: int, status: int) -> None:
    simulator.fault({"redirect": f"{simulator.url}/iso/anything", "status": status}, path=path, times=1000)
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], error["http_status"], len(simulator.requests())) == ("redirect", status, count)


@pytest.mark.parametrize("path", ["oauth2/token$", "secretapi$"])
def test_the_target_of_a_redirect_is_shown(simulator: Simulator, task: Tasks, path: str) -> None:
    simulator.fault({"redirect": "https://login.example.com/sso?state=1"}, path=path)
    assert "https://login.example.com/sso" in task(identifier_code=CODE, **DESCRIBED).values["msg"]


def test_the_port_of_a_redirect_target_is_shown(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"redirect": "https://vault.example.com:8443/"}, path="secretapi$")
    assert "https://vault.example.com:8443/" in task(identifier_code=CODE, **DESCRIBED).values["msg"]


@pytest.mark.parametrize(
    "target", ["", "/login", "https://[", "//", "https://u:a-password@login.example.com/", "https://a:b/"]
)
def test_any_redirect_target_is_reported_without_secrets(simulator: Simulator, task: Tasks, target: str) -> None:
    simulator.fault({"redirect": target}, path="secretapi$")
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], "a-password" in values["msg"]) == ("redirect", False)


def test_a_redirect_of_a_create_writes_nothing(simulator: Simulator, task: Tasks) -> None:
    simulator.fault({"redirect": "https://login.example.com/", "status": 307}, path="secretapi$", method="POST")
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("redirect", False)
