# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Access keys with encryption of sensitive data (section 2.7)."""

from __future__ import annotations

import base64
import typing as t
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .caller import Caller, message

if t.TYPE_CHECKING:
    from simulator.process import Simulator


@pytest.fixture(name="caller")
def _caller(simulator: Simulator) -> Caller:
    return Caller(simulator, "encrypted")


def _decrypt(simulator: Simulator, text: str) -> str:
    pem = Path(simulator.access_keys["encrypted"]["decryption_key"]).read_bytes()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    sha1 = hashes.SHA1()
    oaep = padding.OAEP(mgf=padding.MGF1(sha1), algorithm=sha1, label=None)
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.decrypt(base64.b64decode(text), oaep).decode()


def test_get_returns_sensitive_fields_encrypted(simulator: Simulator, caller: Caller) -> None:
    entity = caller.get(caller.created(client_secret="hidden", notes="read me")).json()["api_secret_entity"]
    assert _decrypt(simulator, entity["client_secret"]) == "hidden"
    assert _decrypt(simulator, entity["notes"]) == "read me"
    assert entity["client_id"] == "client"


def test_create_returns_sensitive_fields_encrypted(simulator: Simulator, caller: Caller) -> None:
    entity = caller.create(client_secret="hidden").json()["api_entity"]
    assert _decrypt(simulator, entity["client_secret"]) == "hidden"


def test_notes_can_stay_unencrypted(simulator: Simulator, caller: Caller) -> None:
    simulator.switch(encrypt_notes=False)
    assert caller.create(notes="read me").json()["api_entity"]["notes"] == "read me"


def test_another_key_gets_the_same_secret_unencrypted(caller: Caller, alice: Caller) -> None:
    identifier = caller.created(client_secret="hidden")
    assert alice.get(identifier).json()["api_secret_entity"]["client_secret"] == "hidden"


def test_a_text_too_long_to_encrypt_gets_500_and_is_not_saved(caller: Caller) -> None:
    assert caller.create(client_secret="x" * 214).status_code == 201
    answer = caller.create(client_secret="x" * 215)
    assert answer.status_code == 500
    assert answer.json()["exception"] == {
        "code": 400,
        "message": "Ocorreu um erro ao criptografar o texto",
        "detail": None,
    }
    assert message(answer) == "Unexpected error."
    assert len(caller.listed()) == 1
