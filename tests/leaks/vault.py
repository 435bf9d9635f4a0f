# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The secrets of one run, and the texts by which a server repeats them."""

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

import requests
import trustme

from .encodings import ENCODINGS
from .search import Secret

if t.TYPE_CHECKING:
    from simulator.process import Simulator

_RARE = ("form with lower hex", "HTML of PHP", "bytes", "Latin-1")


@dataclasses.dataclass
class Vault:
    """The secrets of one run. The play reads them from a file, as it would from Ansible Vault."""

    passed: Secret
    rotated: Secret
    stored: Secret
    wrong_key: Secret
    access_key: Secret
    token: Secret
    decryption_key: Secret
    client_key: Secret
    #: The certificate that belongs to client_key, which is none.
    client_cert: str

    @classmethod
    def of(cls, simulator: Simulator) -> Vault:
        """Make new secrets, and fetch those of the simulator."""
        key = simulator.access_keys["alice"]
        answer = requests.post(
            f"{simulator.url}/api/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": key["client_id"],
                "client_secret": key["client_secret"],
            },
            verify=simulator.ca_path,
            timeout=10,
        )
        client = trustme.CA().issue_cert("robot@example.org")
        return cls(
            passed=Secret(),
            rotated=Secret(),
            stored=Secret(),
            wrong_key=Secret(),
            access_key=Secret.known(key["client_secret"]),
            token=Secret.known(answer.json()["access_token"]),
            decryption_key=Secret.key(
                Path(simulator.access_keys["encrypted"]["decryption_key"]).read_text(encoding="ascii")
            ),
            client_key=Secret.key(client.private_key_pem.bytes().decode()),
            client_cert=client.cert_chain_pems[0].bytes().decode(),
        )

    def items(self) -> list[tuple[str, Secret]]:
        """Return the secrets with their names."""
        named = ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        return [(name, value) for name, value in named if isinstance(value, Secret)]

    def echoes(self, *known: Secret) -> dict[str, str]:
        """Return texts that echo secrets in every form that servers use, the rare ones in one text."""
        texts = echoes(*(secret.value for secret in known or (self.passed, self.access_key, self.token)))
        rare = " ".join(texts.pop(name) for name in _RARE)
        return {**texts, "rare forms": rare}


def echoes(*texts: str) -> dict[str, str]:
    """Return texts that repeat others in every form that servers use, by its name, as a proxy or an error page does."""
    encodings = {
        "raw": ENCODINGS["plain"],
        "JSON in ASCII": lambda text: f'"{ENCODINGS["JSON in ASCII"](text)}"',
        "JSON in UTF-8": lambda text: f'"{ENCODINGS["JSON in UTF-8"](text)}"',
        "URL": ENCODINGS["URL"],
        "whole URL": ENCODINGS["whole URL"],
        "form": ENCODINGS["form"],
        "form with lower hex": ENCODINGS["form with lower hex"],
        "HTML": ENCODINGS["HTML"],
        "text of HTML": ENCODINGS["HTML outside attributes"],
        "HTML of PHP": ENCODINGS["HTML of PHP"],
        "repr": repr,
        "bytes": ENCODINGS["Python bytes"],
        "Latin-1": ENCODINGS["UTF-8 read as Latin-1"],
    }
    sentence = "The request was not understood, as it is out of order. " * 2
    return {
        **{name: " ".join(map(encode, texts)) for name, encode in encodings.items()},
        "cut off": f"{sentence}client_secret={texts[0]}",
    }
