# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Sends HTTP requests: one session, TLS as the options say, and repetition of what is safe to repeat."""

from __future__ import annotations

import random
import time
import typing as t
from http.client import HTTPException
from urllib.parse import urlsplit

from . import _requests
from ._answers import Answer
from ._errors import MySafeError

if t.TYPE_CHECKING:
    from ._connection import Connection

#: The longest wait, in seconds, that a server may ask for between two tries. Longer ones end the task with the reason.
LONGEST_WAIT = 60
#: Waits between tries, in seconds: 0, 0.6, 1.2, 2.4 …, each shortened by chance so that forks do not march in step.
_BACKOFF_FACTOR = 0.3
#: The most digits of a number of seconds that is meant seriously.
_DIGITS = 12


class Backoff(_requests.Retry):
    """urllib3's Retry, which also understands the rate limit headers of the gateway.

    Kong's rate limiting names the wait as ``Retry-After`` (seconds or date) and as ``RateLimit-Reset`` (seconds);
    version 2 of the vendor's API says ``X-RateLimit-Reset`` (a point in time, in seconds since 1970).
    """

    def get_retry_after(self, response: t.Any) -> float | None:
        """Return the seconds that the server asks to wait, None where it does not ask."""
        try:
            asked = super().get_retry_after(response)
        except (_requests.InvalidHeader, ValueError, OverflowError):
            asked = None
        if asked is not None:
            return asked
        if response.status != 429:
            return None  # Kong puts these headers on every answer
        for header in ("RateLimit-Reset", "X-RateLimit-Reset"):
            value = str(response.headers.get(header, "")).strip()
            if value.isascii() and value.isdigit() and len(value) <= _DIGITS:
                seconds = int(value)
                return max(0.0, seconds - time.time()) if seconds > time.time() / 2 else float(seconds)
        return None

    def get_backoff_time(self) -> float:
        """Return the seconds to wait where the server does not say how long."""
        return super().get_backoff_time() * random.uniform(0.5, 1.0)  # noqa: S311 - it only spreads the waits


class Tries:
    """Counts how often a request is repeated, and waits before each repetition."""

    def __init__(self, retries: int) -> None:
        self._backoff = Backoff(total=retries, backoff_factor=_BACKOFF_FACTOR)

    def another(self, response: t.Any = None) -> bool:
        """Wait, as long as the response asks for where there is one, and return True.

        Return False at once where the tries are used up, or the server asks for too long a wait.
        """
        raw = None if response is None else response.raw
        if raw is not None and (self._backoff.get_retry_after(raw) or 0) > LONGEST_WAIT:
            return False
        try:
            self._backoff = self._backoff.increment(response=raw)
        except _requests.MaxRetryError:
            return False
        self._backoff.sleep(raw)
        return True


class Transport:
    """One session. Not bound to one server: the token URL may lie on another host than the API."""

    def __init__(self, connection: Connection) -> None:
        _requests.require()
        self._connection = connection
        self._session = _requests.requests.Session()
        self._session.headers["Accept"] = "application/json"
        # Redirects are not followed, and requests does not even have to understand where they point.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]  # noqa: ARG005
        # Given with every request: a session's own setting would lose against REQUESTS_CA_BUNDLE.
        self._verify: bool | str = (connection.ca_path or True) if connection.validate_certs else False
        if connection.client_cert:
            # Named as a key too, a file whose key has a passphrase is refused. Otherwise OpenSSL asks at the terminal for it.
            self._session.cert = (connection.client_cert, connection.client_key or connection.client_cert)
        if not connection.validate_certs:
            _requests.disable_warnings(_requests.InsecureRequestWarning)

    def send(
        self,
        method: str,
        url: str,
        *,
        doing: str,
        auth: t.Callable[[t.Any], t.Any],
        repeatable: bool = True,
        **content: t.Any,
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        ``doing`` completes the sentence "Could not …". ``content`` is what requests takes: params, json, data.
        Transient failures are repeated ``retries`` times with growing waits: every kind for a ``repeatable`` request,
        otherwise only those after which the request was certainly not carried out.

        Raises MySafeError where there is no answer.
        """
        tries = Tries(self._connection.retries)
        repeated = False
        while True:
            response = None
            outcome: Answer | MySafeError
            try:
                response = self._session.request(
                    method,
                    url,
                    auth=auth,
                    verify=self._verify,
                    timeout=self._connection.timeout,
                    allow_redirects=False,
                    **content,
                )
                outcome = _answer(response, repeated)
            except (_requests.requests.RequestException, _requests.HTTPError, OSError, ValueError) as exc:
                outcome = _no_answer(exc, url, doing, self._connection)
            if outcome.transient and (repeatable or not outcome.maybe_applied) and tries.another(response):
                repeated = repeated or outcome.maybe_applied
                continue
            if isinstance(outcome, MySafeError):
                outcome.maybe_applied = outcome.maybe_applied or repeated
                raise outcome
            return outcome

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _answer(response: t.Any, repeated: bool) -> Answer:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    # Guessing the encoding of a text takes longer than all the rest, so it is done only where the text is shown.
    return Answer(response.status_code, response.headers, "" if body is not None else response.text, body, repeated)


def _no_answer(exc: Exception, url: str, doing: str, connection: Connection) -> MySafeError:
    """Make the failure for a request that got no answer."""
    parts = urlsplit(url)
    server = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    reason = _innermost(exc)
    text = _told(reason)

    if isinstance(exc, _requests.requests.exceptions.ProxyError):
        return MySafeError(
            "connection",
            f"Could not {doing}: the proxy does not connect to {server}",
            cause=text,
            solution="check the variables HTTPS_PROXY and NO_PROXY where the code runs",
            transient=False,
        )
    if isinstance(exc, _requests.requests.exceptions.SSLError):
        return _tls(str(reason), server, doing)
    if isinstance(exc, _requests.requests.exceptions.Timeout):
        connecting = isinstance(exc, _requests.requests.exceptions.ConnectTimeout)
        return MySafeError(
            "timeout",
            f"Could not {doing}: {server} did not {'accept a connection' if connecting else 'answer'} within"
            f" {connection.timeout} seconds",
            cause="a firewall that drops packets, or a wrong address"
            if connecting
            else "MySafe or the network is slow",
            solution="check the network path from where the code runs, or raise the option timeout",
            transient=True,
            maybe_applied=not connecting,
        )
    if isinstance(
        exc, (_requests.requests.exceptions.ConnectionError, _requests.requests.exceptions.ChunkedEncodingError)
    ):
        unsent = isinstance(reason, _requests.NewConnectionError)
        return MySafeError(
            "connection",
            f"Could not {doing}: {'no connection to' if unsent else 'the connection was lost to'} {server}",
            cause=text,
            solution="check mysafe_url, name resolution, proxy and firewall from where the code runs, and client_cert where the"
            " vault wants one",
            transient=True,
            maybe_applied=not unsent,
        )
    if isinstance(exc, _requests.requests.exceptions.ContentDecodingError):
        return MySafeError(
            "unexpected_answer",
            f"Could not {doing}: the answer of {server} cannot be decoded",
            cause=text,
            solution="check mysafe_url and the proxy settings",
            maybe_applied=True,
        )
    return MySafeError(
        "configuration",
        f"Could not {doing}: the request to {server} could not be made",
        cause=text,
        solution="check the options mysafe_url, ca_path, client_cert and client_key",
    )


def _told(reason: BaseException) -> str:
    """Return what the operating system or the TLS library says.

    Errors of the HTTP libraries may quote an answer, with secrets in it that nobody has learnt: of them only the name.
    """
    quotes = isinstance(reason, (HTTPException, _requests.HTTPError))
    if quotes and not isinstance(reason, (OSError, _requests.NewConnectionError)):
        return f"what was received is not an answer as HTTP has it ({type(reason).__name__})"
    return str(reason)


def _tls(text: str, server: str, doing: str) -> MySafeError:
    verification = "CERTIFICATE_VERIFY_FAILED" in text or "doesn't match" in text
    if verification:
        solution = (
            "give the CA of the vault's certificate with ca_path (SENHASEGURA_CA_PATH), and use the host name that the"
            " certificate is made out to"
        )
    else:
        solution = (
            "check that mysafe_url is an https address, that ca_path names CA certificates in PEM format, and client_cert"
            " and client_key where the vault wants them, the key without a passphrase"
        )
    return MySafeError(
        "tls",
        f"Could not {doing}: no TLS connection to {server}",
        cause=text,
        solution=solution,
        # With TLS 1.3 a connection that breaks can look like this also after the request was sent.
        maybe_applied=not verification,
        transient="EOF" in text,
    )


def _innermost(exc: BaseException) -> BaseException:
    """Find what really happened below the layers that requests and urllib3 put around it."""
    while True:
        inner = getattr(exc, "reason", None) or (exc.args[0] if exc.args else None)
        if not isinstance(inner, BaseException):
            # ProtocolError carries (text, cause): the text alone says too little.
            inner = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], BaseException) else None
        if inner is None or isinstance(exc, _requests.NewConnectionError):
            return exc
        exc = inner
