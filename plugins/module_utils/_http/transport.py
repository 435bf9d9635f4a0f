# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Sends HTTP requests: one session, TLS as the options say, and repetition of what is safe to repeat.

The library requests prepares them, and makes pools of urllib3 with TLS and proxies, which send them. Its Session is left out,
and so is its own way to send: with no settings to merge, no redirects to follow and no hooks to call, the two took a quarter
of the processor time of a task.
"""

from __future__ import annotations

import time
import typing as t
from urllib.parse import urlsplit

from .._errors import Fate, MySafeError
from .._stop import CONNECTIONS, Stop
from . import libraries
from .bounded import Adapter, TooLargeError, unsent
from .response import ACCEPTED, Response
from .retry import Tries
from .trust import Trust

if t.TYPE_CHECKING:
    from .connection import Connection
    from .proxies import Proxy

#: Says of an answer what became of the request, and whether the same request may succeed later.
Judge = t.Callable[[Response], "tuple[Fate, bool]"]


#: How many connections a session may keep open at once.
MOST_CONNECTIONS = 64
#: Statuses by which a gateway says that it does not reach the server either.
_UNREACHED = (502, 503, 504)


class Route(t.NamedTuple):
    """Where a request goes, and how."""

    url: str
    timeout: int
    trust: Trust
    proxy: Proxy | None

    @property
    def server(self) -> str:
        """The host, and the port where it is not the usual one."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def is_plain(self) -> bool:
        """Whether it goes without TLS."""
        return urlsplit(self.url).scheme.lower() == "http"


class Sent(t.NamedTuple):
    """The response to a request, and the fate of the earlier tries of the same request."""

    response: Response
    earlier: Fate


class Transport:
    """One session. Not bound to one server: the token URL may be on another host than the API."""

    def __init__(self, connection: Connection, judge: Judge) -> None:
        libraries.require()
        self._connection = connection
        self._judge = judge
        self._trust = Trust.of(connection)
        self._routes: dict[str, Route] = {}
        self._is_reached = True
        #: Until when (monotonic clock) a server has asked to wait: what holds for one thread holds for all of them.
        self._closed_until = 0.0
        #: What was said of every request that had to be repeated.
        self.repeats: list[str] = []
        self._is_patient = True
        self._adapter = Adapter(pool_maxsize=CONNECTIONS)
        self._headers = libraries.requests.utils.default_headers()
        self._headers.update({"Accept": "application/json", "Accept-Encoding": ACCEPTED})
        #: A load balancer may ask with a cookie to be led to the same server again.
        self._cookies = libraries.requests.cookies.RequestsCookieJar()
        self._cert = None
        if connection.client_cert:
            # Named as a key too, a file whose key has a passphrase is refused; otherwise OpenSSL would prompt for it.
            self._cert = (connection.client_cert, connection.client_key or connection.client_cert)
        if not connection.validate_certs:
            libraries.disable_warnings(libraries.InsecureRequestWarning)

    def keep(self, connections: int) -> None:
        """Keep so many connections open at once, for as many threads. Connections that are open now are not used again."""
        self._adapter = Adapter(pool_maxsize=connections)

    def send(
        self,
        method: str,
        url: str,
        *,
        doing: str,
        auth: t.Callable[[t.Any], t.Any],
        repeatable: bool = True,
        checked: bool = False,
        **content: t.Any,
    ) -> Sent:
        """Send one request and return the response, whatever its status.

        ``doing`` completes the sentence "Could not …". ``content`` is what requests takes: params, json, data.
        Transient failures are repeated ``retries`` times with growing waits: all of them for a ``repeatable`` request,
        otherwise only those after which the request was certainly not carried out. ``checked``: where it is open whether it
        was carried out, the caller asks the server at once.

        Raises MySafeError where there is no response.
        """
        tries = Tries(self.retries)
        earlier = Fate.NOT_SENT
        route = self._route(url)
        request = libraries.requests.PreparedRequest()
        try:
            request.prepare(method, url, headers=self._headers, cookies=self._cookies, auth=auth, **content)
        except (libraries.requests.RequestException, ValueError) as exc:
            raise _problem(unsent(exc), doing, route) from None
        while True:
            self._wait_with_the_others()
            received = None
            outcome: Response | MySafeError
            try:
                received = self._adapter.exchange(
                    request,
                    route.url,
                    timeout=route.timeout,
                    verify=route.trust.verify,
                    cert=self._cert,
                    proxies={"https": route.proxy.url} if route.proxy is not None else {},
                )
                if "Set-Cookie" in received.headers:
                    extract = libraries.requests.cookies.extract_cookies_to_jar
                    extract(self._cookies, request, received)  # type: ignore[no-untyped-call]
                outcome = Response.of(received)
                fate, transient = self._judge(outcome)
            except (
                libraries.requests.RequestException,
                libraries.HTTPError,
                OSError,
                ValueError,
                TooLargeError,
            ) as exc:
                outcome = _problem(exc, doing, route)
                fate, transient = outcome.fate, outcome.transient
            finally:
                if received is not None:
                    received.close()  # a response that was not read to its end takes the connection with it
                    received.release_conn()
            if transient and received is not None:
                self._closed_until = max(self._closed_until, time.monotonic() + tries.asked_wait(received))
            is_safe = repeatable or not fate.is_open
            if transient and is_safe and tries.another(received):
                self.repeats.append(f"{_said(outcome, doing)}; it was tried again")
                earlier = fate.after(earlier)
                continue
            self._is_reached = not transient or (received is not None and received.status not in _UNREACHED)
            if transient and checked and fate.after(earlier).is_open:
                tries.heed(received)
            if isinstance(outcome, MySafeError):
                raise outcome.but(fate=fate.after(earlier))
            return Sent(outcome, earlier)

    def _wait_with_the_others(self) -> None:
        """Wait where a server asked another thread to: each would find out by a request of its own, and prolong it."""
        stop = Stop.of_this_thread()
        if stop is not None and (left := self._closed_until - time.monotonic()) > 0:
            stop.wait(left)

    @property
    def retries(self) -> int:
        """How often a request is repeated now."""
        return self._connection.retries if self._is_patient or self._is_reached else 0

    def begin(self) -> None:
        """Begin with another item. While the vault cannot be reached, the requests of such an item are tried once only."""
        self._is_patient = self._is_reached

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()

    def _usable_proxy(self, server: str) -> Proxy | None:
        if not libraries.getproxies_environment():
            return None
        from .proxies import proxy_for, require_usable  # hardly any run needs it

        proxy = proxy_for(server)
        if proxy is not None:
            require_usable(proxy, self._adapter)
        return proxy

    def _route(self, url: str) -> Route:
        """Return how to reach a URL. Raises MySafeError where the proxy for it cannot be used."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc}"
        if server not in self._routes:
            self._routes[server] = Route(server, self._connection.timeout, self._trust, self._usable_proxy(server))
        return self._routes[server]


def _problem(exc: Exception, doing: str, route: Route) -> MySafeError:
    from .problems import problem  # hardly any run needs it, and a module compiles all that it loads

    return problem(exc, doing, route)


def _said(outcome: Response | MySafeError, doing: str) -> str:
    return outcome.message if isinstance(outcome, MySafeError) else f"Could not {doing}: HTTP {outcome.status}"
