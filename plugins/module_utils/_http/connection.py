# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""How to reach MySafe: the connection options of a task, from raw parameters to checked values."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from urllib.parse import urlsplit

from .._errors import Kind, MySafeError
from .environment import VARIABLES, converted, from_environment, is_blank, misconfigured
from .options import OPTIONS

#: The options that name files.
PATHS = tuple(option.name for option in OPTIONS if option.is_path)
#: What is longer is no path but a key without its first and last line.
_LONGEST_PATH = 1000
#: The characters of a bearer token.
_VISIBLE = frozenset(map(chr, range(ord("!"), ord("~") + 1)))
_LONGEST_TIMEOUT = 24 * 60 * 60
#: With what the paths of the API begin, and what follows there.
_PREFIXES = ("api", "iso")
_BELOW_PREFIXES = ("mysafe", "oauth2")


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Return the argument spec of the connection options; the documentation is in the doc fragment ``connection``."""
    spec: dict[str, dict[str, t.Any]] = {}
    for option in OPTIONS:
        spec[option.name] = {"type": option.type, "fallback": (from_environment, [option.variable])}
        if option.default is not None:
            spec[option.name]["default"] = option.default
        if option.no_log is not None:
            spec[option.name]["no_log"] = option.no_log
    return spec


class Connection(t.NamedTuple):
    """Checked connection options. URLs have no trailing slash; ``timeout`` is in seconds."""

    url: str
    client_id: str = ""
    client_secret: str = ""
    access_token: str = ""
    token_url: str = ""
    tenant: str = ""
    token_cache: bool = False
    validate_certs: bool = True
    ca_path: str = ""
    client_cert: str = ""
    client_key: str = ""
    timeout: int = 30
    retries: int = 3
    decryption_key: str = ""

    def __repr__(self) -> str:
        """Name the vault and the access key. No secret may end up in a log."""
        return f"<Connection {self.url} {self.client_id}>"

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Connection:
        """Check the connection options of a task.

        Raises MySafeError (kind ``configuration``) that names the option and its environment variable. It repeats no
        value but a path: a secret pasted into the wrong field must not end up in a log.
        """
        text = {name: "" if is_blank(value := params.get(name)) else str(value).strip() for name in VARIABLES}
        for name, value in text.items():
            _require_unicode(name, value)
        typed = {
            option.name: converted(option, option.default if is_blank(value := params.get(option.name)) else value)
            for option in OPTIONS
            if option.default is not None
        }
        connection = cls(
            url=_checked_base_url("mysafe_url", text["mysafe_url"]),
            client_id=text["mysafe_client_id"],
            client_secret=text["mysafe_client_secret"],
            access_token=text["mysafe_access_token"],
            token_url=_checked_url("mysafe_token_url", text["mysafe_token_url"]) if text["mysafe_token_url"] else "",
            tenant=text["mysafe_tenant"],
            token_cache=typed["mysafe_token_cache"],
            validate_certs=typed["validate_certs"],
            ca_path=_existing("ca_path", text["ca_path"]),
            client_cert=_existing("client_cert", text["client_cert"]),
            client_key=_existing("client_key", text["client_key"]),
            timeout=typed["timeout"],
            retries=typed["retries"],
            decryption_key=_existing("decryption_key", text["decryption_key"]),
        )
        connection._check_credentials()
        if connection.client_key and not connection.client_cert:
            raise misconfigured("client_cert", "client_key is set, but the certificate that belongs to it is not")
        if not 1 <= connection.timeout <= _LONGEST_TIMEOUT:
            raise misconfigured("timeout", "the timeout must be at least 1 second, and at most a day")
        if connection.retries < 0:
            raise misconfigured("retries", "the number of retries cannot be negative")
        return connection

    @property
    def fingerprint(self) -> str:
        """Digest of all options, for the name of a file: two connections may share a token only where it is equal."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()

    def _check_credentials(self) -> None:
        if self.access_token:
            if not is_bearer_token(self.access_token):
                raise misconfigured("mysafe_access_token", "the token has characters that no bearer token has")
            return
        if not self.client_id and not self.client_secret:
            raise MySafeError(
                Kind.CONFIGURATION,
                "There is nothing to log in with",
                cause="neither mysafe_client_id and mysafe_client_secret nor mysafe_access_token is set",
                solution=(
                    "set SENHASEGURA_CLIENT_ID and SENHASEGURA_CLIENT_SECRET in the environment of the controller (in "
                    "AWX: attach the credential to the job template), or give the options to the task"
                ),
            )
        for option, value in (("mysafe_client_id", self.client_id), ("mysafe_client_secret", self.client_secret)):
            if not value:
                raise misconfigured(option, "only one half of the access key is set")


def is_bearer_token(text: str) -> bool:
    """Whether a text can be sent as a bearer token: visible ASCII characters only."""
    return bool(text) and _VISIBLE.issuperset(text)


def _require_unicode(option: str, text: str) -> None:
    """Refuse what was no UTF-8 where Python found it: it cannot be sent, nor written into a result."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise misconfigured(option, "it holds bytes that are not UTF-8") from None


def _checked_base_url(option: str, url: str) -> str:
    """Check a URL, and that it is not the URL of the API or of something in it."""
    checked = _checked_url(option, url)
    parts = urlsplit(checked).path.lower().split("/")
    for part, following in zip(parts, [*parts[1:], ""]):
        if part in _PREFIXES and following in ("", *_BELOW_PREFIXES):
            raise misconfigured(
                option, f"the address must be the base URL of the vault, without /{part} and what follows"
            )
    return checked


def _checked_url(option: str, url: str) -> str:
    if not url:
        raise misconfigured(option, "the address of the vault is not set")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise misconfigured(option, "the address is not a valid URL") from None
    if port == 0:
        raise misconfigured(option, "no server listens on port 0")
    if parts.scheme.lower() not in ("https", "http") or not host or any(character.isspace() for character in url):
        raise misconfigured(option, "the address must be a URL such as https://vault.example.org")
    if parts.username is not None or parts.password is not None:
        raise misconfigured(option, "the address must not hold a user name or a password")
    if "?" in url or "#" in url:
        raise misconfigured(option, "the address must not have a query or a fragment")
    if parts.scheme.lower() == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise misconfigured(option, "plain http would send secrets unencrypted: the address must begin with https://")
    return url.rstrip("/")


def _existing(option: str, path: str) -> str:
    if not path:
        return ""
    try:
        path = os.path.abspath(os.path.expanduser(os.path.expandvars(path)))
        readable = os.access(path, os.R_OK)
    except ValueError:  # no system has such a path
        readable = False
    if not readable:
        shown = "the text in it" if is_pasted(path) else path
        raise misconfigured(option, f"{shown} is not a file or directory that can be read")
    return path


def is_pasted(path: str) -> bool:
    """Whether a path is really the pasted text of a certificate or key, and so a secret."""
    return "\n" in path or "-----" in path or len(path) > _LONGEST_PATH
