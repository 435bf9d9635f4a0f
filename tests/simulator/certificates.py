# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""TLS certificates: a CA, the server's, and a client's for mutual TLS."""

from __future__ import annotations

import dataclasses
import hashlib
import ssl
import typing as t

import trustme

from . import seed

if t.TYPE_CHECKING:
    from pathlib import Path


@dataclasses.dataclass
class Certificates:
    """The TLS context of the server, and the files that a client needs."""

    context: ssl.SSLContext
    ca_path: Path
    client_cert: Path | None = None
    client_key: Path | None = None
    client_fingerprint: str = ""


def make(host: str, directory: Path, ca_path: Path, with_client: bool) -> Certificates:
    """Make new certificates, with the client's files in the directory."""
    authority = trustme.CA()
    subdomains = [f"{tenant}.localhost" for tenant in (seed.DEFAULT_TENANT, seed.SECOND_TENANT)]
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", *subdomains, host])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    authority.cert_pem.write_to_path(str(ca_path))
    certificates = Certificates(context, ca_path)
    if with_client:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        client = authority.issue_cert("client@mysafe.example.com")
        certificates.client_cert = directory / "client.pem"
        certificates.client_key = directory / "client.key"
        client.cert_chain_pems[0].write_to_path(str(certificates.client_cert))
        certificates.client_key.touch(mode=0o600)
        client.private_key_pem.write_to_path(str(certificates.client_key))
        certificates.client_fingerprint = fingerprint(
            ssl.PEM_cert_to_DER_cert(client.cert_chain_pems[0].bytes().decode())
        )
    return certificates


def fingerprint(certificate: bytes) -> str:
    """Return the fingerprint of a DER certificate. SHA-256 is an assumption."""
    return hashlib.sha256(certificate).hexdigest()
