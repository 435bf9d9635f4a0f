# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Which proxy a request goes through. The environment decides, and nothing of the system is asked.

(On macOS, asking the system crashes a forked process.)
"""

from __future__ import annotations

import os
import typing as t
from urllib.parse import urlsplit

from .._errors import Kind, MySafeError
from . import libraries

#: What ends or changes the meaning of the part before the host.
_SPECIAL = frozenset("/?#[]")
_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


class Proxy(t.NamedTuple):
    """A proxy, and the environment variable that names it. Its URL may hold a password, so it is never shown."""

    url: str
    variable: str

    def __repr__(self) -> str:
        """Name the variable only."""
        return f"<Proxy of {self.variable}>"


def proxy_for(url: str) -> Proxy | None:
    """Return the proxy for a URL, None where there is none.

    Plain http is only for this machine itself, and never goes through a proxy, which would read it.
    """
    if urlsplit(url).scheme.lower() != "https":
        return None
    named = libraries.getproxies_environment()
    # With proxies in the environment, this asks nothing but the environment for exceptions either.
    if not named or libraries.should_bypass_proxies(url, no_proxy=None):
        return None
    for scheme in ("https", "all"):
        if named.get(scheme):
            return Proxy(_with_scheme(named[scheme]), _variable(f"{scheme}_proxy"))
    return None


def _with_scheme(url: str) -> str:
    """Return a URL with its scheme: what versions of requests and Python make of one without it differs."""
    return url if "://" in url else f"http://{url.lstrip('/')}"


def _variable(name: str) -> str:
    """Return the variable by its exact name: one in lower case wins, as everywhere."""
    if os.environ.get(name):
        return name
    return next((found for found in os.environ if found.lower() == name and os.environ[found]), name.upper())


def require_usable(proxy: Proxy, adapter: t.Any) -> None:
    """Raise MySafeError (kind ``configuration``), which names the variable, where the proxy cannot be used."""
    try:
        cause = _fault(proxy.url)
        if not cause:
            adapter.proxy_manager_for(proxy.url)
    except libraries.requests.exceptions.InvalidSchema:
        cause = "a SOCKS proxy needs the Python library PySocks where the code runs"
    except (ValueError, libraries.HTTPError, libraries.requests.RequestException):
        cause = "it is not a valid URL"
        if "@" in proxy.url:
            cause += "; special characters in its user name or password must be percent-encoded"
    if cause:
        raise MySafeError(
            Kind.CONFIGURATION,
            f"The proxy in the environment variable {proxy.variable} cannot be used",
            cause=cause,
            solution=f"correct the environment variable {proxy.variable} where the code runs",
        )


def _fault(url: str) -> str:
    """Return what is wrong with the URL of a proxy, an empty text if nothing shows. Raises ValueError."""
    login, _at, server = url.partition("://")[2].rpartition("@")
    if not _SPECIAL.isdisjoint(login):
        return "special characters in its user name or password must be percent-encoded"
    parts = urlsplit(url)
    if parts.scheme.lower() not in _SCHEMES:
        return f"its URL must begin with one of {', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
    if not parts.hostname or parts.port == 0:
        return "its URL must name a host and a port"
    if parts.path.strip("/") or not {"?", "#"}.isdisjoint(server):
        return "nothing may follow the host and the port in its URL"
    parts.hostname.encode("idna")  # as the resolution of names does it
    return ""
