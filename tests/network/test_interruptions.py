# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Real servers that close, reload, restart, give up or are slow in mid-play: never a second secret, never a false report."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import typing as t
from collections import Counter
from pathlib import Path

import pytest
from controller.stage import secret
from controller.stage import task as a_task
from wire.support import CODE, DESCRIBED, STORED, add, calls, with_code
from wire.tasks import Tasks

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secrets
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .servers import wait_until

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from controller.stage import Controller
    from simulator.process import Simulator

    from .pki import Pki
    from .servers import Nginx, Tinyproxy

CREATE = {"name": "Service", "url": "https://service.example.org", "client_id": "robot"}


@pytest.fixture(name="many")
def _many(simulator: Simulator) -> Tasks:
    return Tasks(simulator, api_secrets)


def _listed(count: int) -> list[dict[str, t.Any]]:
    return [{"identifier_code": f"code-{number}", **CREATE} for number in range(count)]


def _codes(simulator: Simulator) -> Counter[str]:
    """Return how often each of the created codes is in the vault."""
    found = (str(stored["identifier_code"]) for stored in simulator.secrets())
    return Counter(code for code in found if code.startswith("code-"))


def _established(port: int) -> int:
    """Return the number of connections to a port that the kernel has as established on both sides."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return sum(1 for row in rows if int(row[2].rpartition(":")[2], 16) == port and row[3] == "01")


# Connections that the server closes


def test_a_limit_of_requests_per_connection_goes_unnoticed(
    nginx: Nginx, pki: Pki, simulator: Simulator, many: Tasks
) -> None:
    url = nginx.sites["few_requests"].url()
    values = many(mysafe_url=url, ca_path=str(pki.ca), api_secrets=_listed(20), concurrency=4).values
    assert (values["summary"]["created"], _codes(simulator)) == (20, Counter(f"code-{n}" for n in range(20)))
    used = Counter(row.connection for row in nginx.rows())
    assert (max(used.values()), sum(used.values())) == (3, 41)  # a login, and a list request and a create for each


def test_a_connection_that_was_idle_for_too_long_is_replaced(
    nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    site = nginx.sites["short_idle"]
    options: dict[str, t.Any] = {"mysafe_url": site.url(), "ca_path": str(pki.ca), "sessions": Sessions()}
    task(identifier_code=CODE, **options, **DESCRIBED)
    wait_until(lambda: not _established(site.port), "nginx has closed the connection")
    before = nginx.rows()
    again = task(identifier_code=CODE, **options, **DESCRIBED).values
    used = {row.connection for row in nginx.rows()[len(before) :]}
    assert (again["action"], used & {row.connection for row in before}) == ("none", set())
    assert calls(simulator).count("token") == 1


# A reload


def test_a_reload_between_two_items_goes_unnoticed(
    own_nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    """Even if the new certificate is from another CA that is trusted too."""
    site, sessions = own_nginx.sites["usual"], Sessions()
    options: dict[str, t.Any] = {
        "mysafe_url": site.url(),
        "ca_path": str(pki.bundle_of_both),
        "retries": 0,
        "sessions": sessions,
    }
    task(identifier_code=CODE, **options, **DESCRIBED)
    site.pem = pki.unknown
    own_nginx.configure()
    own_nginx.reload()
    again = task(identifier_code=CODE, **options, **DESCRIBED).values
    assert (again["action"], len({row.connection for row in own_nginx.rows()})) == ("none", 2)
    assert calls(simulator).count("token") == 1


def test_reloads_during_a_list_lose_and_double_nothing(
    own_nginx: Nginx, pki: Pki, simulator: Simulator, many: Tasks
) -> None:
    done, reloads = threading.Event(), itertools.count()

    def reload() -> None:
        while not done.is_set():
            own_nginx.reload()
            next(reloads)

    simulator.switch(latency=0.02)
    other = threading.Thread(target=reload)
    other.start()
    try:
        url = own_nginx.sites["usual"].url()
        values = many(mysafe_url=url, ca_path=str(pki.ca), api_secrets=_listed(60), concurrency=8).values
    finally:
        done.set()
        other.join()
    assert (values["summary"]["created"], _codes(simulator)) == (60, Counter(f"code-{n}" for n in range(60)))
    assert next(reloads) > 1


# A restart


@contextlib.contextmanager
def _restarting(nginx: Nginx) -> Iterator[list[int]]:
    """Start nginx again whenever it ends, as a service manager does. Yield the process IDs of what ended."""
    ended: list[int] = []
    over = threading.Event()

    def supervise() -> None:
        while True:
            nginx.wait_for_end()
            if over.is_set():
                return
            ended.append(nginx.pid)
            nginx.start()

    thread = threading.Thread(target=supervise)
    thread.start()
    try:
        yield ended
    finally:
        over.set()
        nginx.stop()
        thread.join()
        nginx.start()


def test_a_server_that_restarts_in_mid_play_is_waited_for(
    own_nginx: Nginx, pki: Pki, simulator: Simulator, controller: Controller
) -> None:
    """The restart comes while the item or task is being prepared, so in place a connection to the old process is open."""
    pid = own_nginx.folder / "pid"
    stop = f"pid=$(cat {pid}); kill $pid; while kill -0 $pid 2>&-; do sleep 0.01; done; echo Service"
    name = "{{ lookup('ansible.builtin.pipe', stop) }}"
    login = {"mysafe_url": own_nginx.sites["usual"].url(), "ca_path": str(pki.ca), "retries": 8}
    looked_up = (
        "{{ lookup('ansible.builtin.pipe', stop) }} {{ lookup('senhasegura.mysafe.mysafe_api_secret', 'code-b',"
        " mysafe_url=login.mysafe_url, ca_path=login.ca_path, retries=8, field='name') }}"
    )
    with _restarting(own_nginx) as ended:
        run = controller.play(
            a_task(
                "in place",
                secret(
                    "code-{{ item }}",
                    **{**login, "name": "{{ lookup('ansible.builtin.pipe', stop) if item == 'b' else 'Service' }}"},
                ),
                loop=["a", "b", "c"],
            ),
            a_task("as a module", secret("code-d", **{**login, "name": name}), vars={"mysafe_in_place": False}),
            {"name": "lookup", "ansible.builtin.debug": {"msg": looked_up}},
            vars={"stop": stop, "login": login},
        )
    assert run.status == 0, run.output
    assert (len(ended), run.handed_over, run["lookup"]["msg"]) == (3, {"as a module"}, "Service Service")
    assert [item.result["action"] for item in run.items("in place")] == ["create"] * 3
    assert (run["as a module"]["action"], _codes(simulator)) == ("create", Counter(f"code-{n}" for n in "abcd"))


def test_a_proxy_that_stops_in_mid_play_is_told(
    nginx: Nginx, pki: Pki, simulator: Simulator, tinyproxy: Tinyproxy, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", tinyproxy.url())
    sessions = Sessions()
    options: dict[str, t.Any] = {
        "mysafe_url": nginx.sites["usual"].url(),
        "ca_path": str(pki.ca),
        "retries": 0,
        "sessions": sessions,
    }
    task(identifier_code=CODE, **options, **DESCRIBED)
    tinyproxy.stop()
    values = task(identifier_code=CODE, **{**options, **DESCRIBED, "name": "Another"}).values
    assert (values["error"]["kind"], "HTTPS_PROXY" in values["msg"], values["changed"]) == ("connection", True, False)
    tinyproxy.start()
    assert task(identifier_code=CODE, **{**options, **DESCRIBED, "name": "Another"}).values["action"] == "update"


# A server that gives up


@pytest.mark.parametrize("retries", [0, 3])
def test_a_create_that_lands_although_nginx_gave_up_is_found(
    retries: int, nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    simulator.fault({"delay": 5.0}, method="POST", path="secretapi$", when="after")
    url = nginx.sites["impatient"].url()
    values = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), retries=retries, **DESCRIBED).values
    assert (values.get("action"), values["changed"], len(with_code(simulator))) == ("create", True, 1)
    assert [row.status for row in nginx.rows() if row.method == "POST" and not row.is_login] == [504]


def test_a_create_that_nginx_gave_up_and_the_vault_does_not_show_is_uncertain(
    nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    simulator.fault({"delay": 3600.0}, method="POST", path="secretapi$")
    url = nginx.sites["impatient"].url()
    values = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.ca), retries=0, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"], with_code(simulator)) == ("write_uncertain", True, [])
    assert values["error"]["http_status"] == 504


# A slow link


class SlowLink:
    """Passes bytes on in both directions, a few at a time: the records of TLS arrive in pieces.

    Of each connection it passes on no more than ``most`` bytes of the client, and then keeps it waiting.
    """

    def __init__(self, port: int, size: int = 1000, pause: float = 0.001, most: int = 2**30) -> None:
        self._target, self._size, self._pause, self._most = port, size, pause, most
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def __enter__(self) -> SlowLink:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        for end in (self._listener, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _start(self, target: t.Callable[..., None], *arguments: t.Any) -> None:
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [client, server]
                self._start(self._pass_on, client, server, self._most)
                self._start(self._pass_on, server, client, 2**30)

    def _pass_on(self, source: socket.socket, target: socket.socket, left: int) -> None:
        with contextlib.suppress(OSError):
            while (received := source.recv(self._size)) and not self._over.wait(self._pause):
                left -= len(received)
                if left < 0:
                    self._over.wait()
                    return
                target.sendall(received)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _through(link: SlowLink, nginx: Nginx) -> str:
    site = nginx.sites["usual"]
    return site.url().replace(str(site.port), str(link.port))


def test_a_slow_link_is_only_slow(nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks) -> None:
    with SlowLink(nginx.sites["usual"].port, size=100, pause=0.005) as link:
        values = task(identifier_code=CODE, mysafe_url=_through(link, nginx), ca_path=str(pki.ca), **DESCRIBED).values
    assert (values["action"], len(nginx.rows())) == ("create", 3)


def test_a_create_that_does_not_get_through_in_time_doubles_nothing(
    nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks
) -> None:
    """Once the link is better, the task does what is left."""
    large = {**DESCRIBED, "notes": "x" * 60000}
    options: dict[str, t.Any] = {"ca_path": str(pki.ca), "retries": 0}
    with SlowLink(nginx.sites["usual"].port, most=30000) as link:
        values = task(identifier_code=CODE, mysafe_url=_through(link, nginx), timeout=5, **options, **large).values
        assert (values["error"]["kind"], values["changed"], with_code(simulator)) == ("write_uncertain", True, [])
    again = task(identifier_code=CODE, mysafe_url=nginx.sites["usual"].url(), **options, **large).values
    assert (again["action"], len(with_code(simulator))) == ("create", 1)


def test_an_answer_that_is_too_slow_is_a_timeout(nginx: Nginx, pki: Pki, simulator: Simulator, task: Tasks) -> None:
    """At the speed to which nginx limits the answer, it does not end within the timeout."""
    add(simulator, notes="x" * 20000)
    options: dict[str, t.Any] = {"mysafe_url": nginx.sites["slow"].url(), "ca_path": str(pki.ca), "retries": 0}
    values = task(identifier_code=CODE, timeout=3, **options, **{**DESCRIBED, "notes": "x" * 20000}).values
    assert (values["error"]["kind"], values["changed"]) == ("timeout", False)
    assert with_code(simulator)[0]["name"] == STORED["name"]
