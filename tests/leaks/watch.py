# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A relay in front of the simulator that looks at the processes of a run while it holds a request back.

So the processes are there for certain: the task that sent the request cannot go on before it has an answer.
"""

from __future__ import annotations

import contextlib
import http.server
import threading
import typing as t
from pathlib import Path

import requests

if t.TYPE_CHECKING:
    from types import TracebackType

    from simulator.process import Simulator

#: Headers that are for one connection only, or that are made anew.
_OWN = ("connection", "content-length", "content-encoding", "host", "transfer-encoding")


class Watcher:
    """The relay, while its context lasts. ``seen`` is what was found of the processes that have ``mark`` in their environment."""

    def __init__(self, simulator: Simulator, mark: str, temporary: Path) -> None:
        self._simulator = simulator
        self._mark = mark.encode()
        self._temporary = temporary
        self.requests = 0
        #: Command lines and environments of processes, as (what it is, its content).
        self.seen: set[tuple[str, bytes]] = set()
        #: The modes of the directories in which Ansible keeps modules and their arguments.
        self.modes: set[int] = set()
        watcher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _relay(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                watcher._look()
                answer = watcher._forward(self.command, self.path, dict(self.headers.items()), body)
                self.send_response_only(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in _OWN:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = _relay  # noqa: N815 - as the base class finds them

            def log_message(self, format: str, *args: t.Any) -> None:  # noqa: A002 - as the base class calls it
                """Write nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self) -> str:
        """The base URL: plain http is allowed on the loopback interface."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> requests.Response:
        kept = {name: value for name, value in headers.items() if name.lower() not in _OWN}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                self._simulator.url + path,
                headers=kept,
                data=body,
                verify=self._simulator.ca_path,
                allow_redirects=False,
                timeout=30,
            )

    def _look(self) -> None:
        """Note what everybody can see of the processes of the run, and their environments."""
        self.requests += 1
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended, or is that of another user
                environment = (process / "environ").read_bytes()
                if self._mark in environment.split(b"\0"):
                    self.seen.add(("command line", (process / "cmdline").read_bytes()))
                    self.seen |= {("environment", one) for one in environment.split(b"\0")}
        with contextlib.suppress(OSError):
            self.modes |= {path.stat().st_mode & 0o777 for path in self._temporary.glob("ansible-tmp-*")}
