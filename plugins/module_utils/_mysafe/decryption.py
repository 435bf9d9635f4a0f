# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The private key of an access key with "Encryption of sensitive data", and what it decrypts.

Only loaded if the option ``decryption_key`` is set, because cryptography is slow to import.
"""

from __future__ import annotations

import base64

from .._errors import MySafeError
from .._http.environment import misconfigured
from .._http.libraries import missing

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    IMPORT_ERROR: ImportError | None = None
except ImportError as exc:
    IMPORT_ERROR = exc

OPTION = "decryption_key"
#: No file with a key is larger, in bytes.
_LARGEST = 1024 * 1024


class DecryptionKey:
    """The private key. Threads may share it."""

    def __init__(self, key: RSAPrivateKey) -> None:
        # That of OPENSSL_PKCS1_OAEP_PADDING in PHP, which MySafe's documentation uses.
        self._padding = OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303
        self._key = key
        try:
            key.public_key().encrypt(b"", self._padding)
        except UnsupportedAlgorithm:
            raise _unusable(
                "the library cryptography does not support RSA-OAEP with SHA-1 where the code runs, as in FIPS mode"
            ) from None

    @classmethod
    def load(cls, path: str) -> DecryptionKey:
        """Load the key from a PEM file.

        Raises MySafeError: ``missing_library`` without cryptography, ``configuration`` for a file that cannot be used. It
        repeats neither what is in the file nor what the library says about it, which quotes bytes of it.
        """
        if IMPORT_ERROR is not None:
            raise missing("cryptography", IMPORT_ERROR)
        try:
            with open(path, "rb") as file:
                text = file.read(_LARGEST)
        except OSError as exc:
            raise _unusable(f"{path} cannot be read: {exc.strerror}") from None
        try:
            key = load_pem_private_key(text, None)
        except TypeError:
            raise _unusable(f"the private key in {path} has a passphrase: save it without one") from None
        except (ValueError, UnsupportedAlgorithm):
            raise _unusable(f"{path} has no RSA private key in PEM format") from None
        if not isinstance(key, RSAPrivateKey):
            raise _unusable(f"the private key in {path} is no RSA key")
        return cls(key)

    def __repr__(self) -> str:
        """Say only what it is."""
        return "<DecryptionKey>"

    def decrypted(self, ciphertext: str) -> str | None:
        """Return the text of a ciphertext in base64; None where the key does not open it."""
        try:
            return self._key.decrypt(base64.b64decode(ciphertext), self._padding).decode()
        except ValueError:
            return None


def _unusable(cause: str) -> MySafeError:
    return misconfigured(OPTION, cause)
