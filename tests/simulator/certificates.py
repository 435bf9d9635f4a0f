# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Certificates for TLS: a CA of its own, the server's, and for mutual TLS a client's."""

from __future__ import annotations

import dataclasses
import hashlib
import ssl
from typing import TYPE_CHECKING

import trustme

from . import seed

if TYPE_CHECKING:
    import pathlib


@dataclasses.dataclass
class Certificates:
    """What the server needs, and the files that a client needs."""

    context: ssl.SSLContext
    ca_path: pathlib.Path
    client_cert: pathlib.Path | None = None
    client_key: pathlib.Path | None = None
    client_fingerprint: str = ""


def make(host: str, directory: pathlib.Path, ca_path: pathlib.Path, with_client: bool) -> Certificates:
    """Make new certificates; the files of a client go into the directory."""
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
    """Return the fingerprint of a DER certificate; SHA-256 is an assumption."""
    return hashlib.sha256(certificate).hexdigest()
