# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Guarded imports of requests and urllib3: what the code uses of them, or the reason why it cannot be used."""

from __future__ import annotations

from .._errors import Kind, MySafeError

__all__ = (
    "IMPORT_ERROR",
    "AuthBase",
    "ConnectTimeoutError",
    "DecodeError",
    "HTTPAdapter",
    "HTTPError",
    "InsecureRequestWarning",
    "InvalidHeader",
    "MaxRetryError",
    "NewConnectionError",
    "ProxyError",
    "ReadTimeoutError",
    "Retry",
    "SSLError",
    "Timeout",
    "disable_warnings",
    "getproxies_environment",
    "missing",
    "pool_classes_by_scheme",
    "requests",
    "require",
    "should_bypass_proxies",
)

try:
    from urllib.request import getproxies_environment

    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from requests.utils import should_bypass_proxies
    from urllib3 import disable_warnings
    from urllib3.exceptions import (
        ConnectTimeoutError,
        DecodeError,
        HTTPError,
        InsecureRequestWarning,
        InvalidHeader,
        MaxRetryError,
        NewConnectionError,
        ProxyError,
        ReadTimeoutError,
        SSLError,
    )
    from urllib3.poolmanager import pool_classes_by_scheme
    from urllib3.util import Timeout
    from urllib3.util.retry import Retry

    IMPORT_ERROR: ImportError | None = None
except ImportError as exc:
    AuthBase = HTTPAdapter = Retry = object  # type: ignore[assignment,misc]
    pool_classes_by_scheme = {}
    IMPORT_ERROR = exc


def require() -> None:
    """Raise MySafeError (kind ``missing_library``) where requests cannot be imported."""
    if IMPORT_ERROR is not None:
        raise missing("requests", IMPORT_ERROR) from IMPORT_ERROR


def missing(library: str, error: ImportError) -> MySafeError:
    """Return the failure of a library that cannot be imported."""
    from ansible.module_utils.basic import missing_required_lib

    return MySafeError(
        Kind.MISSING_LIBRARY,
        missing_required_lib(library),
        cause=str(error),
        solution=(
            f"pip install {library} for that Python; where Ansible was installed with pipx: pipx inject ansible-core"
            f" {library}; in AWX and Ansible Automation Platform: use an execution environment that was built with this"
            " collection"
        ),
    )
