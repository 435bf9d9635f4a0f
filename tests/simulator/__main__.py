# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The command line: starts the simulator, prints where to reach it, and stops it on a signal."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import typing as t
from pathlib import Path

from . import certificates, seed, server, switches
from .appliance import Appliance
from .application import Application
from .journal import Journal


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    arguments = _arguments()
    # uvicorn raises the signal again after its shutdown; this turns that into exit status 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mysafe-simulator-")))
        _run(arguments, directory, stack)


def _run(arguments: argparse.Namespace, directory: Path, stack: contextlib.ExitStack) -> None:
    tls = None
    if not arguments.no_tls:
        ca_path = Path(arguments.ca_file or directory / "ca.pem").absolute()
        tls = certificates.make(arguments.host, directory, ca_path, arguments.require_client_cert)
    appliance = Appliance(arguments.profile, arguments.switches, tls.client_fingerprint if tls else "")
    log = Path(arguments.log_file).open("a", encoding="utf-8") if arguments.log_file else None  # noqa: SIM115
    if log:
        stack.enter_context(log)
    application = Application(appliance, Journal(log))
    try:
        listener = server.listen(arguments.host, arguments.port)
    except OSError as error:
        sys.exit(f"cannot listen on {arguments.host} port {arguments.port}: {error.strerror}")
    decryption_key = directory / "encrypted.key"
    _write_private(decryption_key, appliance.encryption.decryption_key().decode())
    facts = _facts(arguments.host, listener.getsockname()[1], tls, appliance, decryption_key)

    def ready() -> None:
        _announce(facts)
        if arguments.ready_file:
            ready_file = Path(arguments.ready_file)
            _write_private(ready_file, json.dumps(facts))
            stack.callback(ready_file.unlink, missing_ok=True)

    server.serve(application, listener, tls.context if tls else None, ready)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A MySafe server for tests.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 (the default) picks a free one")
    parser.add_argument("--profile", default="v4", choices=list(switches.PROFILES))
    parser.add_argument("--profile-file", type=Path, metavar="PATH", help="switches that the probe found out")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="see --list-switches")
    parser.add_argument("--ca-file", metavar="PATH", help="write the CA certificate to this file, and keep it")
    parser.add_argument(
        "--ready-file", metavar="PATH", help="write how to connect, as JSON, once the simulator is ready"
    )
    parser.add_argument("--latency", type=float, metavar="SECONDS", help="short for --switch latency=SECONDS")
    parser.add_argument("--log-file", metavar="PATH", help="append a line of JSON per request")
    parser.add_argument("--no-tls", action="store_true", help="serve plain HTTP")
    parser.add_argument("--require-client-cert", action="store_true", help="mutual TLS, with a new client certificate")
    parser.add_argument("--list-switches", action="store_true", help="print all switches and exit")
    arguments = parser.parse_args()
    if arguments.list_switches:
        print(switches.describe())
        sys.exit()
    if arguments.no_tls and (arguments.require_client_cert or arguments.ca_file):
        parser.error("--no-tls cannot be combined with --require-client-cert or --ca-file")
    try:
        arguments.switches = switches.read_profile(arguments.profile_file) if arguments.profile_file else {}
        arguments.switches.update(switches.parse(text) for text in arguments.switch)
        if arguments.latency is not None:
            arguments.switches["latency"] = arguments.latency
        switches.Switches().update(arguments.switches)
    except switches.SwitchError as error:
        parser.error(str(error))
    return arguments


def _facts(
    host: str, port: int, tls: certificates.Certificates | None, appliance: Appliance, decryption_key: Path
) -> dict[str, t.Any]:
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    facts: dict[str, t.Any] = {
        "url": f"{'https' if tls else 'http'}://{name}:{port}",
        "ca_path": str(tls.ca_path) if tls else None,
        "pid": os.getpid(),
        "access_keys": {
            key.name: {
                "client_id": key.client_id,
                "client_secret": key.client_secret,
                "user": key.user,
                "tenant": key.tenant,
            }
            for key in appliance.keys.values()
        },
    }
    facts["access_keys"]["encrypted"]["decryption_key"] = str(decryption_key)
    facts["access_keys"]["referer"]["referer"] = seed.ALLOWED_REFERER
    if tls and tls.client_cert:
        facts.update(client_cert=str(tls.client_cert), client_key=str(tls.client_key))
    return facts


def _announce(facts: dict[str, t.Any]) -> None:
    key = facts["access_keys"][seed.DEFAULT_KEY]
    variables = {"URL": facts["url"], "CLIENT_ID": key["client_id"], "CLIENT_SECRET": key["client_secret"]}
    if facts["ca_path"]:
        variables["CA_PATH"] = facts["ca_path"]
    if "client_cert" in facts:
        variables.update(CLIENT_CERT=facts["client_cert"], CLIENT_KEY=facts["client_key"])
    print(f"# MySafe simulator, as user {key['user']}; press Ctrl-C to stop it")
    for name, value in variables.items():
        print(f"export SENHASEGURA_{name}={value}")
    sys.stdout.flush()


def _write_private(path: Path, content: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    Path(name).replace(path)


def _leave(_number: int, _frame: t.Any) -> t.NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
