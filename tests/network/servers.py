# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs nginx, tinyproxy and squid as unprivileged processes on loopback, and reads what they logged."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import textwrap
import time
import typing as t
from pathlib import Path

#: Generous, since a machine may be busy: it only matters when something is wrong.
_DEADLINE = 60.0
#: Where Debian keeps servers; not everybody has it on PATH.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
#: Below the ports that systems give to clients, so that no connection takes one between its choice and its use.
_PORTS = range(20000, 32000)
#: What lies behind nginx is below this path, and the next part of the path says who asks: /vault/lookup/api/…
PREFIX = "/vault"


def find(program: str) -> str | None:
    """Return the path of a server, None where it is not installed."""
    return shutil.which(program, path=_PATH)


def wait_until(is_so: t.Callable[[], t.Any], what: str) -> None:
    """Wait until something is so, which it soon is."""
    deadline = time.monotonic() + _DEADLINE
    while not is_so():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.01)


def free_port() -> int:
    """Return a port on which nothing listens."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


def is_accepting(port: int) -> bool:
    """Whether something listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class Server:
    """A server with a folder of its own for configuration and logs."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        # None of these servers is to run as root: they run as nobody then.
        self._user: dict[str, t.Any] = {}
        if _is_root():
            self._user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
        self._place = tempfile.TemporaryDirectory(prefix=f"mysafe-{program}-")
        self.folder = Path(self._place.name)
        self.port = free_port()

    def __enter__(self) -> t.Any:
        try:
            self.start()
        except BaseException:
            self._place.cleanup()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        self._place.cleanup()

    @property
    def pid(self) -> int:
        """The process ID."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process, and wait until it accepts connections."""
        if _is_root():
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, self._user["user"], self._user["group"])
        output = self.folder / "output"
        with output.open("ab") as file:
            process = self._process = subprocess.Popen(
                [str(find(self._program)), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                **self._user,
            )

        def is_up() -> bool:
            assert process.poll() is None, f"{self._program} ended: {output.read_text(errors='replace')}"
            return is_accepting(self.port)

        try:
            wait_until(is_up, f"{self._program} accepts connections")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the process, if it runs."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_for_end(self) -> None:
        """Wait until somebody else has stopped the process."""
        assert self._process is not None
        self._process.wait()

    def write(self, name: str, text: str) -> Path:
        """Write a file in the folder of the server."""
        path = self.folder / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def lines(self, name: str) -> list[str]:
        """Return the lines of a log."""
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []

    def _arguments(self) -> list[str]:
        raise NotImplementedError


@dataclasses.dataclass
class Site:
    """One port of nginx: a certificate (a PEM file with its key), and directives beside those of every site."""

    pem: Path
    directives: str = ""
    #: Where it passes on what is below the prefix: the simulator by default.
    backend: str = ""
    #: Whether it gives up a create after a second. It waits long for everything else, however busy the machine is.
    is_impatient: bool = False
    port: int = dataclasses.field(default_factory=free_port)

    def url(self, asker: str = "test", scheme: str = "https") -> str:
        """Return the base URL of the vault, as the given asker has it."""
        return f"{scheme}://localhost:{self.port}{PREFIX}/{asker}"


class Row(t.NamedTuple):
    """A request in the log of nginx."""

    site: str
    method: str
    uri: str
    status: int
    tls: str
    certificate: str
    connection: int
    gzip: str

    @property
    def asker(self) -> str:
        """Who asked, by the path."""
        return self.uri.split("/")[2] if self.uri.startswith(PREFIX) else ""

    @property
    def is_login(self) -> bool:
        """Whether it is a token request."""
        return self.uri.endswith("/oauth2/token")


class Nginx(Server):
    """nginx with TLS in front of the simulator, on a port for each site."""

    def __init__(self, backend: str, **sites: Site) -> None:
        super().__init__("nginx")
        self.sites = sites
        self._backend = backend
        self._markers = 0

    def start(self) -> None:
        self.configure()
        super().start()

    def configure(self) -> None:
        """Write the configuration."""
        servers = "".join(self._server(name, site) for name, site in self.sites.items())
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        folders = "".join(f"{kind}_temp_path {self.folder}/{kind}; " for kind in kinds)
        row = ",".join(
            f'"{name}":"${variable}"'
            for name, variable in zip(
                Row._fields,
                (
                    *("server_name", "request_method", "request_uri", "status"),
                    *("ssl_protocol", "ssl_client_s_dn", "connection", "gzip_ratio"),
                ),
            )
        )
        self.write(
            "nginx.conf",
            f"""
            daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log notice;
            events {{ worker_connections 512; }}
            http {{
                {folders}
                log_format evidence escape=json '{{{row}}}';
                access_log {self.folder}/access.log evidence;
                server {{ listen 127.0.0.1:{self.port}; server_name marker; return 204; }}
                {servers}
            }}
            """,
        )

    def _server(self, name: str, site: Site) -> str:
        pass_on = f"""
            rewrite ^{PREFIX}/[^/]+(/.*)$ $1 break;
            proxy_pass {site.backend or self._backend}; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host $host; proxy_next_upstream off;
        """
        create = f"""
            location ~ ^{PREFIX}/[^/]+/api/mysafe/secretapi$ {{
                error_page 418 = @create; if ($request_method = POST) {{ return 418; }}
                {pass_on}
            }}
            location @create {{ proxy_read_timeout 1s; {pass_on} }}
        """
        return f"""
            server {{
                listen 127.0.0.1:{site.port} ssl; server_name {name};
                ssl_certificate {site.pem}; ssl_certificate_key {site.pem};
                {site.directives}
                location {PREFIX}/ {{ {pass_on} }}
                {create if site.is_impatient else ""}
            }}
        """

    def reload(self) -> None:
        """Have new workers take over, and wait until the old ones have ended."""
        before = self._count("worker process .* exited")
        os.kill(self.pid, signal.SIGHUP)
        wait_until(lambda: self._count("worker process .* exited") > before, "a worker of nginx ended")

    def _count(self, pattern: str) -> int:
        return sum(1 for line in self.lines("error.log") if re.search(pattern, line))

    def rows(self, asker: str = "") -> list[Row]:
        """Return the log, all of it or of one asker, complete as far as the answers were received.

        A request is logged after its answer was sent; so a request as a mark is sent, and waited for in the log.
        """
        self._markers += 1
        path = f"/marker{self._markers}"
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            connection.recv(4096)
        found: list[Row] = []

        def is_complete() -> bool:
            found[:] = map(_row, self.lines("access.log"))
            return any(row.uri == path for row in found)

        wait_until(is_complete, "the mark is in the log")
        return [row for row in found if row.site != "marker" and asker in ("", row.asker)]

    def forget(self) -> None:
        """Empty the log."""
        os.truncate(self.folder / "access.log", 0)

    def _arguments(self) -> list[str]:
        return ["-e", f"{self.folder}/error.log", "-p", str(self.folder), "-c", f"{self.folder}/nginx.conf"]


def _row(line: str) -> Row:
    row = json.loads(line)
    return Row(**{**row, "status": int(row["status"]), "connection": int(row["connection"])})


class Proxy(Server):
    """A proxy for CONNECT."""

    def url(self, login: str = "") -> str:
        """Return what HTTPS_PROXY takes, with a login as it stands in a URL."""
        return f"http://{login}{'@' if login else ''}127.0.0.1:{self.port}"

    def tunnels(self) -> list[str]:
        """Return the targets that were asked for, as host:port, of requests that are over."""
        raise NotImplementedError


class Tinyproxy(Proxy):
    """tinyproxy, which opens tunnels for everybody: to any port, or to one."""

    def __init__(self, *allowed_ports: int) -> None:
        super().__init__("tinyproxy")
        allowed = "\n".join(f"ConnectPort {port}" for port in allowed_ports)
        lines = f'Port {self.port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogFile "{self.folder}/log"\nLogLevel Connect'
        self.write("tinyproxy.conf", f"{lines}\n{allowed}\n")

    def tunnels(self) -> list[str]:
        return re.findall(r"Request .*: CONNECT (\S+) HTTP", "\n".join(self.lines("log")))

    def _arguments(self) -> list[str]:
        return ["-d", "-c", f"{self.folder}/tinyproxy.conf"]


class Squid(Proxy):
    """squid, which demands a user name and a password, and opens tunnels to the allowed ports only."""

    def __init__(self, logins: t.Mapping[str, str], allowed_ports: t.Iterable[int]) -> None:
        super().__init__("squid")
        self.write("passwords", "".join(f"{user}:{_hashed(password)}\n" for user, password in logins.items()))
        # Tunnels are logged at their end, with the user of the login.
        self.write(
            "squid.conf",
            f"""
            http_port 127.0.0.1:{self.port}
            pid_filename {self.folder}/pid
            cache_log {self.folder}/cache.log
            coredump_dir {self.folder}
            logformat evidence %rm %ru %>Hs %un
            access_log stdio:{self.folder}/access.log evidence
            pinger_enable off
            cache deny all
            cache_mem 1 MB
            netdb_filename none
            shutdown_lifetime 0 seconds
            visible_hostname localhost
            auth_param basic program {_squid_helper()} {self.folder}/passwords
            auth_param basic utf8 on
            auth_param basic children 1
            auth_param basic realm proxy
            acl known proxy_auth REQUIRED
            acl allowed port {" ".join(map(str, allowed_ports))}
            http_access allow known allowed
            http_access deny all
            """,
        )

    def tunnels(self) -> list[str]:
        return [
            words[1]
            for words in map(str.split, self.lines("access.log"))
            if words[:1] == ["CONNECT"] and words[2] == "200"
        ]

    def _arguments(self) -> list[str]:
        return ["-N", "-f", f"{self.folder}/squid.conf"]


def _hashed(password: str) -> str:
    command = ["openssl", "passwd", "-6", "-stdin"]
    return subprocess.run(command, input=password.encode(), capture_output=True, check=True).stdout.decode().strip()


def _squid_helper() -> Path:
    return next(
        path
        for path in map(Path, ("/usr/lib/squid/basic_ncsa_auth", "/usr/lib64/squid/basic_ncsa_auth"))
        if path.exists()
    )


def _is_root() -> bool:
    return os.geteuid() == 0
