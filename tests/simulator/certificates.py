# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""TLS certificates: a CA, the server's, a client's for mutual TLS, and those that strict checks reject."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import ipaddress
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


def make_loose(folder: Path) -> tuple[Path, Path]:
    """Make a CA and a certificate that lack key identifiers and key usage, as many private ones do.

    Return the file of the CA, and that of the certificate of localhost with its key.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now, day = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None), datetime.timedelta(days=1)

    def make(name: str, key: t.Any, signed_by: t.Any, extension: t.Any) -> t.Any:
        builder = x509.CertificateBuilder(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ca")]),
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
            key.public_key(),
            x509.random_serial_number(),
            now - day,
            now + day,
        )
        return builder.add_extension(extension, critical=False).sign(signed_by, hashes.SHA256())

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = make("ca", ca_key, ca_key, x509.BasicConstraints(ca=True, path_length=None))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = make("localhost", key, ca_key, names)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    ca_path, leaf_path = folder / "loose-ca.pem", folder / "loose.pem"
    ca_path.write_bytes(ca.public_bytes(pem))
    leaf_path.write_bytes(leaf.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return ca_path, leaf_path
