# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The decryption key: which files are taken, what it decrypts, and that no failure shows a part of it."""

from __future__ import annotations

import base64
import functools
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe import decryption
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.decryption import DecryptionKey
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Session
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL

PKCS1 = serialization.PrivateFormat.TraditionalOpenSSL
PKCS8 = serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()
LOCKED = serialization.BestAvailableEncryption(b"a passphrase")
SIZES = [2048, 3072, 4096]
TEXT = "s3cr3t of the röbot"
_SHA1 = hashes.SHA1()
OAEP = padding.OAEP(mgf=padding.MGF1(_SHA1), algorithm=_SHA1, label=None)


@functools.cache
def rsa_key(bits: int = 2048, name: str = "") -> rsa.RSAPrivateKey:
    """Return an RSA key of this size, the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(key: t.Any, form: t.Any = PKCS8, protection: t.Any = OPEN) -> bytes:
    """Return a private key in PEM."""
    text: bytes = key.private_bytes(serialization.Encoding.PEM, form, protection)
    return text


def encrypted(raw: bytes, key: rsa.RSAPrivateKey) -> str:
    """Return bytes as MySafe would return them for an access key with this key."""
    return base64.b64encode(key.public_key().encrypt(raw, OAEP)).decode()


Load = t.Callable[[bytes], DecryptionKey]


@pytest.fixture(name="load")
def _load(tmp_path: Path) -> Load:
    """Return a function that loads a key with this content."""

    def load(content: bytes) -> DecryptionKey:
        path = tmp_path / "access.key"
        path.write_bytes(content)
        return DecryptionKey.load(str(path))

    return load


@pytest.mark.parametrize("bits", SIZES)
@pytest.mark.parametrize("text", [TEXT, "", "********", "x" * 214])
def test_a_text_is_decrypted(load: Load, bits: int, text: str) -> None:
    assert load(pem(rsa_key(bits))).decrypted(encrypted(text.encode(), rsa_key(bits))) == text


@pytest.mark.parametrize("bits", SIZES)
def test_what_a_key_encrypts_counts_as_ciphertext(bits: int) -> None:
    assert FIELDS["client_secret"].is_ciphertext(encrypted(b"", rsa_key(bits)))


@pytest.mark.parametrize("form", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text,
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"Key of the access key\n" + text,
    ],
    ids=["as it is", "without the last line break", "with CRLF", "after a comment"],
)
def test_both_forms_of_a_key_are_taken(load: Load, form: t.Any, changed: t.Callable[[bytes], bytes]) -> None:
    assert load(changed(pem(rsa_key(), form))).decrypted(encrypted(b"text", rsa_key())) == "text"


@pytest.mark.parametrize("bits", SIZES)
def test_ciphertext_of_another_key_of_any_size_is_not_opened(load: Load, bits: int) -> None:
    assert load(pem(rsa_key())).decrypted(encrypted(b"text", rsa_key(bits, "another"))) is None


def test_ciphertext_that_is_none_is_not_opened(load: Load) -> None:
    assert load(pem(rsa_key())).decrypted("A" * 342 + "==") is None


def test_bytes_that_are_no_text_are_not_opened(load: Load) -> None:
    assert load(pem(rsa_key())).decrypted(encrypted(b"\xff\xfe", rsa_key())) is None


UNUSABLE: dict[str, tuple[t.Callable[[], bytes], str]] = {
    "passphrase, PKCS#8": (lambda: pem(rsa_key(), PKCS8, LOCKED), "has a passphrase"),
    "passphrase, PKCS#1": (lambda: pem(rsa_key(), PKCS1, LOCKED), "has a passphrase"),
    "EC": (lambda: pem(ec.generate_private_key(ec.SECP256R1())), "is no RSA key"),
    "empty": (lambda: b"", "has no RSA private key in PEM format"),
    "garbage": (lambda: b"\x00\xffs3cr3t", "has no RSA private key in PEM format"),
    "cut off": (lambda: pem(rsa_key())[:900], "has no RSA private key in PEM format"),
    "broken": (lambda: pem(rsa_key()).replace(b"A", b"-"), "has no RSA private key in PEM format"),
    "DER": (
        lambda: rsa_key().private_bytes(serialization.Encoding.DER, PKCS8, OPEN),
        "has no RSA private key in PEM format",
    ),
    "public key": (
        lambda: (
            rsa_key()
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        ),
        "has no RSA private key in PEM format",
    ),
}


@pytest.mark.parametrize(("content", "cause"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused(load: Load, content: t.Callable[[], bytes], cause: str) -> None:
    with pytest.raises(MySafeError, match="The option decryption_key cannot be used") as failure:
        load(content())
    assert (failure.value.kind, cause in failure.value.cause) == ("configuration", True)
    assert "SENHASEGURA_DECRYPTION_KEY" in failure.value.solution


@pytest.mark.parametrize("content", [content for content, _cause in UNUSABLE.values()], ids=UNUSABLE)
def test_a_refusal_shows_no_line_of_the_file(load: Load, content: t.Callable[[], bytes]) -> None:
    text = content()
    with pytest.raises(MySafeError) as failure:
        load(text)
    shown = repr(failure.value) + str(failure.value.details())
    assert not [line for line in text.decode("latin-1").splitlines() if len(line) > 5 and line in shown]
    assert failure.value.__suppress_context__ or failure.value.__context__ is None


@pytest.mark.parametrize(("name", "cause"), [("", "Is a directory"), ("missing", "No such file")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, cause: str) -> None:
    with pytest.raises(MySafeError, match=f"cannot be read: {cause}") as failure:
        DecryptionKey.load(str(tmp_path / name))
    assert failure.value.kind == "configuration"


def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(MySafeError, match="has no RSA private key"):
        DecryptionKey.load("/dev/zero")


def test_a_library_that_does_not_support_sha_1_is_refused() -> None:
    def refuse(*_arguments: object) -> t.Any:
        raise UnsupportedAlgorithm("in FIPS mode")

    key = t.cast("rsa.RSAPrivateKey", type("Key", (), {"public_key": refuse})())
    with pytest.raises(MySafeError, match="does not support RSA-OAEP with SHA-1") as failure:
        DecryptionKey(key)
    assert failure.value.kind == "configuration"


def test_a_missing_library_is_named(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryption, "IMPORT_ERROR", ImportError("No module named 'cryptography'"))
    with pytest.raises(MySafeError, match="cryptography") as failure:
        load(pem(rsa_key()))
    assert (failure.value.kind, "pip install cryptography" in failure.value.solution) == ("missing_library", True)


def test_the_representation_shows_nothing(load: Load) -> None:
    assert repr(load(pem(rsa_key()))) == "<DecryptionKey>"


def test_threads_share_a_key(load: Load) -> None:
    key = load(pem(rsa_key()))
    texts = [f"text {number}" for number in range(200)]
    ciphertexts = [encrypted(text.encode(), rsa_key()) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(key.decrypted, ciphertexts)) == texts


# The session.


def connection(path: str) -> Connection:
    """Return connection options with this key."""
    return Connection(url=URL, client_id="an-id", client_secret="s3cr3t", decryption_key=path)


def test_a_session_loads_the_key_once(tmp_path: Path) -> None:
    path = tmp_path / "access.key"
    path.write_bytes(pem(rsa_key()))
    session = Session(connection(str(path)))
    path.unlink()
    assert session.decryption_key is not None
    assert session.decryption_key.decrypted(encrypted(b"text", rsa_key())) == "text"


def test_a_session_without_the_option_has_no_key() -> None:
    assert Session(connection("")).decryption_key is None


def test_a_session_with_a_key_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "access.key"
    path.touch()
    with pytest.raises(MySafeError, match="decryption_key"):
        Session(connection(str(path)))


def test_cryptography_is_only_loaded_for_a_key() -> None:
    """Importing it takes a tenth of a second."""
    core = "ansible_collections.senhasegura.mysafe.plugins.module_utils"
    code = (
        f"import sys; import {core}._entry_points.api_secrets, {core}._entry_points.lookup;"
        f" from {core}._mysafe.sessions import Session; from {core}._http.connection import Connection;"
        f" Session(Connection(url='{URL}'));"
        f" own = '{core}._mysafe.decryption' in sys.modules;"
        " print(own, any(name.startswith('cryptography.hazmat.primitives.asymmetric') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.split() == ["False", "False"], done.stderr
