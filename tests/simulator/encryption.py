# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The option "Encryption of sensitive data" of an access key (section 2.7)."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# PHP's OPENSSL_PKCS1_OAEP_PADDING is OAEP with SHA-1 and MGF1 with SHA-1 (DECRYPT page).
_SHA1 = hashes.SHA1()
_OAEP = padding.OAEP(mgf=padding.MGF1(_SHA1), algorithm=_SHA1, label=None)
_OAEP_OVERHEAD = 42


class EncryptionError(Exception):
    """The text does not fit into one RSA block, and there is no hybrid scheme."""


class Encryption:
    """The key pair of one access key."""

    def __init__(self, bits: int = 2048) -> None:
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        self._public = self._private.public_key()
        self._limit = bits // 8 - _OAEP_OVERHEAD

    def encrypt(self, text: str) -> str:
        """Return the text as base64 of its RSA-OAEP ciphertext."""
        raw = text.encode()
        if len(raw) > self._limit:
            raise EncryptionError()
        return base64.b64encode(self._public.encrypt(raw, _OAEP)).decode()

    def decryption_key(self) -> bytes:
        """Return the private key in the form that MySafe offers for download: PKCS#8 in PEM, without a passphrase."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
