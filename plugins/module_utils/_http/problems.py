# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Turns an exception of requests or urllib3 into the failure of a request that got no answer."""

from __future__ import annotations

import typing as t
from http.client import HTTPException
from urllib.parse import urlsplit

from .._errors import Fate, Kind, MySafeError
from . import libraries

if t.TYPE_CHECKING:
    from .connection import Connection


def problem(exc: Exception, url: str, doing: str, connection: Connection) -> MySafeError:
    """Return the failure that an exception stands for. ``doing`` completes the sentence "Could not …"."""
    parts = urlsplit(url)
    server = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    reason = _innermost(exc)
    text = _told(reason)

    if isinstance(exc, libraries.requests.exceptions.ProxyError):
        return MySafeError(
            Kind.CONNECTION,
            f"Could not {doing}: the proxy does not connect to {server}",
            cause=text,
            solution="check the variables HTTPS_PROXY and NO_PROXY where the code runs",
        )
    if isinstance(exc, libraries.requests.exceptions.SSLError):
        return _tls(str(reason), server, doing)
    if isinstance(exc, libraries.requests.exceptions.Timeout):
        connecting = isinstance(exc, libraries.requests.exceptions.ConnectTimeout)
        return MySafeError(
            Kind.TIMEOUT,
            f"Could not {doing}: {server} did not {'accept a connection' if connecting else 'answer'} within"
            f" {connection.timeout} seconds",
            cause="a firewall that drops packets, or a wrong address"
            if connecting
            else "MySafe or the network is slow",
            solution="check the network path from where the code runs, or raise the option timeout",
            transient=True,
            fate=Fate.NOT_SENT if connecting else Fate.UNKNOWN,
        )
    if isinstance(
        exc, (libraries.requests.exceptions.ConnectionError, libraries.requests.exceptions.ChunkedEncodingError)
    ):
        unsent = isinstance(reason, libraries.NewConnectionError)
        return MySafeError(
            Kind.CONNECTION,
            f"Could not {doing}: {'no connection to' if unsent else 'the connection was lost to'} {server}",
            cause=text,
            solution="check mysafe_url, name resolution, proxy and firewall from where the code runs, and client_cert where"
            " the vault requires one",
            transient=True,
            fate=Fate.NOT_SENT if unsent else Fate.UNKNOWN,
        )
    if isinstance(exc, libraries.requests.exceptions.ContentDecodingError):
        return MySafeError(
            Kind.UNEXPECTED_ANSWER,
            f"Could not {doing}: the answer of {server} cannot be decoded",
            cause=text,
            solution="check mysafe_url and the proxy settings",
            fate=Fate.UNKNOWN,
        )
    return MySafeError(
        Kind.CONFIGURATION,
        f"Could not {doing}: the request to {server} could not be made",
        cause=text,
        solution="check the options mysafe_url, ca_path, client_cert and client_key",
    )


def _told(reason: BaseException) -> str:
    """Return what the operating system or the TLS library says.

    Errors of the HTTP libraries may quote an answer, with secrets in it that are not known yet: only their name is shown.
    """
    quotes = isinstance(reason, (HTTPException, libraries.HTTPError))
    if quotes and not isinstance(reason, (OSError, libraries.NewConnectionError)):
        return f"what was received is not a valid HTTP response ({type(reason).__name__})"
    return str(reason)


def _tls(text: str, server: str, doing: str) -> MySafeError:
    verification = "CERTIFICATE_VERIFY_FAILED" in text or "doesn't match" in text
    if verification:
        solution = (
            "give the CA of the vault's certificate with ca_path (SENHASEGURA_CA_PATH), and use the host name that the"
            " certificate is issued for"
        )
    else:
        solution = (
            "check that mysafe_url is an https address, that ca_path names CA certificates in PEM format, and client_cert"
            " and client_key where the vault requires them, the key without a passphrase"
        )
    return MySafeError(
        Kind.TLS,
        f"Could not {doing}: no TLS connection to {server}",
        cause=text,
        solution=solution,
        # With TLS 1.3 a connection that breaks can look like this also after the request was sent.
        fate=Fate.NOT_SENT if verification else Fate.UNKNOWN,
        transient="EOF" in text,
    )


def _innermost(exc: BaseException) -> BaseException:
    """Find what really happened below the layers that requests and urllib3 put around it."""
    while True:
        inner = getattr(exc, "reason", None) or (exc.args[0] if exc.args else None)
        if not isinstance(inner, BaseException):
            # ProtocolError carries (text, cause): the text alone says too little.
            inner = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], BaseException) else None
        if inner is None or isinstance(exc, libraries.NewConnectionError):
            return exc
        exc = inner
