# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Which certificates are trusted, and what to do when the vault's certificate is rejected."""

from __future__ import annotations

import os
import re
import typing as t

from .._errors import Kind, MySafeError

if t.TYPE_CHECKING:
    from .connection import Connection

#: The variables that name a CA bundle for the library requests, in its order.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: Those that OpenSSL itself knows, which requests does not use.
_OF_OPENSSL = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_DOCUMENTED = "ca_path (SENHASEGURA_CA_PATH)"


class Trust(t.NamedTuple):
    """What requests takes as ``verify``, and the option or variable that said so (empty: the default of requests)."""

    verify: bool | str = True
    source: str = ""

    @classmethod
    def of(cls, connection: Connection) -> Trust:
        """Return what the options say, and without them the variables of requests.

        Raises MySafeError (kind ``configuration``) where such a variable names no file or directory.
        """
        if not connection.validate_certs:
            return cls(verify=False)
        if connection.ca_path:
            return cls(connection.ca_path, _DOCUMENTED)
        for variable in BUNDLES:
            path = os.environ.get(variable)
            if path and not os.path.exists(path):
                raise MySafeError(
                    Kind.CONFIGURATION,
                    f"The environment variable {variable} cannot be used",
                    cause="it names a CA bundle that does not exist where the code runs",
                    solution=f"correct {variable}, or set {_DOCUMENTED}, which wins over it",
                )
            if path:
                return cls(path, variable)
        return cls()

    def advice(self, text: str) -> str:
        """Return what to do about a certificate that was refused, by what OpenSSL says."""
        for pattern, advice in _BY_CAUSE:
            if re.search(pattern, text, re.IGNORECASE):
                return advice
        if not self.source:
            unused = " and ".join(filter(os.environ.get, _OF_OPENSSL))
            note = f"; the Python library requests does not use {unused}" if unused else ""
            return f"give the CA that issued the vault's certificate with {_DOCUMENTED}{note}"
        # OpenSSL says the same where the vault does not send the certificate between its own and that of the CA.
        chain = "; if it does, have the vault send its intermediate certificates too" if "local issuer" in text else ""
        if isinstance(self.verify, str) and os.path.isdir(self.verify):
            return (
                f"the directory that {self.source} names must hold the CA that issued the vault's certificate, under its"
                f" hashed name: run openssl rehash on the directory{chain}"
            )
        return f"the file that {self.source} names must hold the CA that issued the vault's certificate{chain}"

    def advice_about_files(self) -> str:
        """Return what to do where the TLS library cannot use a file."""
        return (
            f"check that {self.source or _DOCUMENTED} names CA certificates in PEM format, and client_cert and client_key the"
            " client certificate and its key in PEM format, the key without a passphrase"
        )


_BY_CAUSE = (
    (
        r"has expired",
        "have the expired certificate (the vault's own, or that of a CA) renewed, and check the clock where the code runs",
    ),
    (r"not yet valid", "check the clock where the code runs; otherwise wait until the certificate is valid"),
    (
        r"mismatch, certificate is not valid for|doesn't match",
        "use a host name in mysafe_url that the vault's certificate is issued for",
    ),
    (r"revoked", "have the vault's certificate replaced: its CA has revoked it"),
    (r"too weak|too small", "have the certificate replaced by one with a stronger key or signature"),
    (
        r"key identifier|key ?usage|basic constraints|subject alt|name empty|path length|certificate version",
        "have the certificate, or its CA's, reissued with what RFC 5280 demands, which Python 3.13 and newer check",
    ),
)
