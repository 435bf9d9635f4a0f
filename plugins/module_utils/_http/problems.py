# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Turns an exception of requests or urllib3 into the failure of a request that got no answer."""

from __future__ import annotations

import errno
import re
import socket
import typing as t
from http.client import HTTPException
from urllib.parse import urlsplit

from .._errors import Fate, Kind, MySafeError
from . import libraries
from .bounded import LARGEST_BODY, InvalidResponseError, TooLargeError, is_unsent

if t.TYPE_CHECKING:
    from .transport import Route


def problem(exc: Exception, doing: str, route: Route) -> MySafeError:
    """Return the failure that an exception stands for. ``doing`` completes the sentence "Could not …"."""
    chain = _chain(exc)
    fate = Fate.NOT_SENT if any(map(is_unsent, chain)) else Fate.UNKNOWN
    could_not = f"Could not {doing}: "

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(layer, kinds) for layer in chain)

    if among(TooLargeError):
        return MySafeError(
            Kind.UNEXPECTED_ANSWER,
            f"{could_not}the answer of {route.server} has more than {LARGEST_BODY // 1024**2} MiB",
            cause="no answer of MySafe is that large",
            solution="check mysafe_url and the proxy settings",
            fate=Fate.UNKNOWN,
        )
    if among(libraries.ProxyError, libraries.requests.exceptions.ProxyError):
        return _proxy_failed(_told(chain[-1]), could_not, route)
    if among(libraries.NewConnectionError):
        if route.proxy is not None:  # a SOCKS proxy: for others it is a ProxyError
            return _proxy_failed(_told(chain[-1]), could_not, route)
        return _lost(_told(chain[-1]), could_not, route, Fate.NOT_SENT)
    if among(libraries.ConnectTimeoutError, libraries.requests.exceptions.ConnectTimeout):
        return _not_in_time(could_not, route, Fate.NOT_SENT)
    if among(libraries.SSLError, libraries.requests.exceptions.SSLError):
        return _tls_failed(chain[-1], could_not, route, fate)
    if among(libraries.ReadTimeoutError, libraries.requests.exceptions.Timeout, socket.timeout):
        return _not_in_time(could_not, route, fate)
    if among(libraries.DecodeError, libraries.requests.exceptions.ContentDecodingError):
        return MySafeError(
            Kind.UNEXPECTED_ANSWER,
            f"{could_not}the answer of {route.server} cannot be decompressed",
            cause="its content is not what its header Content-Encoding says",
            solution="check mysafe_url and the proxy settings",
            fate=fate,
        )
    if _was_made(exc):
        if fate is Fate.NOT_SENT and route.proxy is not None:
            return _proxy_failed(_told(chain[-1]), could_not, route)
        return _lost(_told(chain[-1]), could_not, route, fate)
    return MySafeError(
        Kind.CONFIGURATION,
        f"{could_not}the request to {route.server} could not be made",
        cause=_told(chain[-1]),
        solution="check the options mysafe_url, ca_path, client_cert and client_key"
        + (f", and the environment variable {route.proxy.variable}" if route.proxy is not None else ""),
    )


def _was_made(exc: Exception) -> bool:
    """Whether a request was made at all: its settings were not refused by requests itself."""
    if isinstance(exc, libraries.requests.RequestException):
        return isinstance(
            exc, (libraries.requests.exceptions.ConnectionError, libraries.requests.exceptions.ChunkedEncodingError)
        )
    # A plain OSError is one about the files of the options; a ValueError is marked where it precedes the request.
    return isinstance(exc, (libraries.HTTPError, HTTPException, ValueError)) and not is_unsent(exc)


def _lost(text: str, could_not: str, route: Route, fate: Fate) -> MySafeError:
    solution = (
        "check mysafe_url, name resolution, proxy and firewall from where the code runs, and client_cert where the vault"
        " requires one"
    )
    if route.is_plain and fate is not Fate.NOT_SENT:
        solution = "where the server expects TLS, mysafe_url must begin with https://; otherwise check the server"
    return MySafeError(
        Kind.CONNECTION,
        f"{could_not}{'no connection to' if fate is Fate.NOT_SENT else 'the connection was lost to'} {route.server}",
        cause=text,
        solution=solution,
        transient=True,
        fate=fate,
    )


def _not_in_time(could_not: str, route: Route, fate: Fate) -> MySafeError:
    connecting = fate is Fate.NOT_SENT
    if connecting and route.proxy is not None:
        return MySafeError(
            Kind.TIMEOUT,
            f"{could_not}the proxy in the environment variable {route.proxy.variable} did not connect to {route.server}"
            f" within {route.timeout} seconds",
            cause="the proxy does not answer, or does not reach the vault",
            solution=f"check {route.proxy.variable} and NO_PROXY where the code runs",
            transient=True,
            fate=fate,
        )
    return MySafeError(
        Kind.TIMEOUT,
        f"{could_not}{route.server} did not {'accept a connection' if connecting else 'answer'} within"
        f" {route.timeout} seconds",
        cause="a firewall that drops packets, or a wrong address" if connecting else "MySafe or the network is slow",
        solution="check the network path from where the code runs, or raise the option timeout",
        transient=True,
        fate=fate,
    )


def _proxy_failed(text: str, could_not: str, route: Route) -> MySafeError:
    variable = route.proxy.variable if route.proxy is not None else "HTTPS_PROXY"
    return MySafeError(
        Kind.CONNECTION,
        f"{could_not}the proxy in the environment variable {variable} does not connect to {route.server}",
        cause=text,
        solution=_advice_about_proxy(text, variable, route),
    )


def _advice_about_proxy(text: str, variable: str, route: Route) -> str:
    answered = re.search(r"Tunnel connection failed: (\d{3})\b", text)
    status = int(answered.group(1)) if answered else 0
    if status == 407 and route.proxy is not None and urlsplit(route.proxy.url).username:
        return (
            f"correct the user name and the password in {variable} where the code runs; special characters in them must be"
            " percent-encoded"
        )
    if status == 407:
        return (
            f"the proxy requires a login: set {variable} to http://user:password@host:port where the code runs, with special"
            " characters percent-encoded"
        )
    if status == 403:
        return (
            f"have the proxy allow connections to {route.server}, or add the host to NO_PROXY where the code runs, if it can"
            " be reached without a proxy"
        )
    if status >= 500:
        return (
            f"check mysafe_url, and whether the proxy can reach {route.server}; or add the host to NO_PROXY where the code"
            " runs, if it can be reached without a proxy"
        )
    return f"check the variables {variable} and NO_PROXY where the code runs"


def _tls_failed(reason: BaseException, could_not: str, route: Route, fate: Fate) -> MySafeError:
    text = _said(reason)
    if getattr(reason, "errno", None) in (errno.EMFILE, errno.ENFILE):
        return _lost(text, could_not, route, Fate.NOT_SENT).but(solution="raise the limit of open files (ulimit -n)")
    if "CERTIFICATE_VERIFY_FAILED" in text or "doesn't match" in text:
        return MySafeError(
            Kind.TLS,
            f"{could_not}the certificate of {route.server} is not accepted",
            cause=text,
            solution=route.trust.advice(text),
        )
    if any(
        sign in text for sign in ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
    ):
        solution = "check host and port of mysafe_url: what answers there does not speak TLS"
    elif any(sign in text for sign in ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS")):
        solution = "have TLS 1.2 or newer enabled on the vault: it offers no version of TLS that is enabled where the code runs"
    elif "HANDSHAKE_FAILURE" in text:
        solution = (
            "check client_cert and client_key: the vault may require a client certificate; otherwise it may offer no cipher"
            " that is enabled where the code runs"
        )
    elif "ALERT" in text:
        solution = "check client_cert and client_key: the vault may require a client certificate, or another one"
    elif "EOF" in text:
        solution = "check mysafe_url, and client_cert where the vault requires one"
    else:
        solution = route.trust.advice_about_files()
    return MySafeError(
        Kind.TLS,
        f"{could_not}no TLS connection to {route.server}",
        cause=text,
        solution=solution,
        # With TLS 1.3 the server may refuse a connection after the request was sent.
        fate=fate,
        transient="EOF" in text,
    )


def _told(reason: BaseException) -> str:
    """Return what the operating system or the TLS library says.

    Every other text may quote the request or the answer, with secrets that are not known yet: only its kind is told.
    """
    if isinstance(reason, InvalidResponseError):
        return f"what was received is not a valid HTTP response: {reason}"
    if isinstance(reason, libraries.NewConnectionError):
        inner = reason.__cause__ or reason.__context__ or reason
        # PySocks puts the address of the proxy in front of the error itself.
        return str(getattr(inner, "socket_err", None) or inner)
    if isinstance(reason, OSError) and not isinstance(reason, libraries.requests.RequestException):
        return _said(reason)
    if isinstance(reason, (HTTPException, libraries.HTTPError)):
        return f"what was received is not a valid HTTP response ({type(reason).__name__})"
    return f"the library requests reports {type(reason).__name__}"


def _chain(exc: BaseException) -> list[BaseException]:
    """Return the exception and what it stands for, below the layers of requests and urllib3: what really happened is last."""
    chain = [exc]
    while not isinstance(exc, libraries.NewConnectionError):
        inner = getattr(exc, "reason", None) or (exc.args[0] if exc.args else None)
        if not isinstance(inner, BaseException):
            # ProtocolError carries (text, cause): the text alone says too little.
            inner = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], BaseException) else None
        if inner is None:
            break
        exc = inner
        chain.append(exc)
    return chain


def _said(reason: BaseException) -> str:
    """Return the text of a failure, without the line of Python's own source at which TLS failed."""
    return re.sub(r" \(_ssl\.c:\d+\)", "", str(reason))
