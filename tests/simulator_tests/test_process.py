# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The process: start, ready file, output, certificates, stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from simulator.process import Simulator, SimulatorError

from .caller import Caller

_TESTS = Path(__file__).resolve().parent.parent


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
    )


def _exports(process: subprocess.Popen[str], count: int) -> dict[str, str]:
    assert process.stdout
    lines = [process.stdout.readline() for _time in range(count + 1)]
    return dict(line.strip().removeprefix("export ").split("=", 1) for line in lines[1:])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_despite_an_open_connection(number: signal.Signals) -> None:
    with _start() as process:
        exports = _exports(process, 4)
        ca_path = Path(exports["SENHASEGURA_CA_PATH"])
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(exports["SENHASEGURA_URL"], verify=str(ca_path), timeout=30).status_code == 404
            process.send_signal(number)
            output, _nothing = process.communicate(timeout=30)
    assert (process.returncode, output) == (0, "")
    assert not ca_path.parent.exists()


def test_it_stops_despite_a_running_delay() -> None:
    simulator = Simulator().start()
    alice = Caller(simulator)
    simulator.fault({"delay": 60})
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(alice.listing())
        except requests.ConnectionError as error:
            outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while simulator.faults():
        pass
    assert simulator.stop() == 0
    thread.join(30)
    assert isinstance(outcome[0], requests.ConnectionError)


def test_it_prints_the_lines_to_paste_into_a_shell() -> None:
    with _start() as process:
        exports = _exports(process, 4)
        process.terminate()
    assert exports["SENHASEGURA_URL"].startswith("https://localhost:")
    assert {"SENHASEGURA_CLIENT_ID", "SENHASEGURA_CLIENT_SECRET", "SENHASEGURA_CA_PATH"} < set(exports)


def test_the_ready_file_tells_how_to_connect(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with _start("--ready-file", str(ready)) as process:
        _exports(process, 4)
        while not ready.exists():
            assert process.poll() is None
        facts = json.loads(ready.read_text(encoding="utf-8"))
        assert ready.stat().st_mode & 0o777 == 0o600
        process.terminate()
    assert facts["pid"] == process.pid
    assert set(facts) == {"url", "ca_path", "pid", "access_keys"}
    assert set(facts["access_keys"]) == {
        "alice",
        "bob",
        "carol",
        "expired",
        "revoked",
        "limited",
        "encrypted",
        "unauthorized",
        "referer",
        "ip",
        "second_tenant",
    }
    assert {"client_id", "client_secret"} < set(facts["access_keys"]["alice"])


def test_client_secrets_are_the_same_at_each_start(simulator: Simulator) -> None:
    with Simulator() as other:
        assert other.access_keys["alice"] == simulator.access_keys["alice"]
    secrets = [key["client_secret"] for key in simulator.access_keys.values()]
    assert len(set(secrets)) == len(secrets)
    assert min(map(len, secrets)) == 48


def test_the_ca_file_is_kept(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    with Simulator("v4", "--ca-file", str(ca_file)) as simulator:
        assert simulator.ca_path == str(ca_file)
        assert Caller(simulator).listing().status_code == 200
    assert ca_file.read_text(encoding="utf-8").startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_valid_for_each_host_name(running: Simulator, host: str) -> None:
    url = running.url.replace("localhost", host)
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(url, verify=running.ca_path, timeout=30).status_code == 404


def test_it_can_run_without_tls() -> None:
    with Simulator("v4", "--no-tls") as simulator:
        assert simulator.url.startswith("http://")
        assert simulator.ca_path is None
        assert Caller(simulator).listing().status_code == 200


def test_a_client_certificate_can_be_required() -> None:
    with Simulator("v4", "--require-client-cert") as simulator:
        assert Caller(simulator).listing().status_code == 200
        assert Caller(simulator, "certificate").listing().status_code == 200
        assert Caller(simulator, "other_certificate").listing().status_code == 500
        simulator.client_cert = None
        with pytest.raises(requests.ConnectionError):
            Caller(simulator)


def test_switches_of_the_command_line_survive_a_reset() -> None:
    with Simulator("v3_32", "--switch", "list_inactive=true", "--switch", "lockdown=2030", "--latency", "0.01") as it:
        it.reset()
        switches = it.switch()
    assert (switches["list_inactive"], switches["lockdown"], switches["latency"]) == (True, "2030", 0.01)
    assert switches["wording"] == "v3_32"


def test_a_profile_file_overrides_the_profile_and_is_overridden_by_switches(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps({"switches": {"kong": "3.4", "wording": "v4", "need_approval": None}}), encoding="utf-8")
    with Simulator("v3_32", "--profile-file", str(path), "--switch", "wording=v3_32") as simulator:
        before = simulator.switch()
        simulator.reset()
        switches = simulator.switch()
    assert (switches["kong"], switches["wording"], switches["need_approval"]) == ("3.4", "v3_32", "ignored")
    # From the profile.
    assert switches["client_secret_required"] is True
    assert switches == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "no object"),
        ('{"switches": {"kong": "1"}}', "kong"),
        ('{"switches": {"x": 1}}', "'x'"),
    ],
)
def test_a_bad_profile_file_is_explained(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "profile.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SimulatorError, match=reason):
        Simulator("v4", "--profile-file", str(path)).start()


def test_the_log_file_has_a_line_per_request(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with Simulator("v4", "--log-file", str(path)) as simulator:
        Caller(simulator).listing()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(row["method"], row["status"]) for row in rows] == [("POST", 200), ("GET", 200)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--switch", "colour=red"], "unknown switch 'colour'"),
        (["--switch", "colour"], "is not name=value"),
        (["--no-tls", "--require-client-cert"], "--no-tls cannot be combined"),
    ],
)
def test_invalid_arguments_are_explained(arguments: list[str], reason: str) -> None:
    with pytest.raises(SimulatorError, match=reason):
        Simulator("v4", *arguments).start()


def test_a_port_in_use_is_explained(running: Simulator) -> None:
    port = running.url.rsplit(":", 1)[1]
    with pytest.raises(SimulatorError, match="cannot listen on 127.0.0.1 port " + port):
        Simulator("v4", "--port", port).start()


def test_switches_can_be_listed() -> None:
    with _start("--list-switches") as process:
        output, _nothing = process.communicate(timeout=30)
    assert process.returncode == 0
    assert 'kong = "3.6"' in output
