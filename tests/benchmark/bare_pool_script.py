# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The limit of a lookup and of a list: looks up and reads many codes with requests alone, over as many connections."""

from __future__ import annotations

import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .bare_script import logged_in


def run(environment: t.Mapping[str, str], codes: t.Sequence[str], connections: int) -> None:
    """Get a token, then look up each code and read its secret."""
    api = environment["SENHASEGURA_URL"] + "/api"
    settings: dict[str, t.Any] = {"verify": environment["SENHASEGURA_CA_PATH"], "timeout": 30}
    with logged_in(environment) as session:

        def name(code: str) -> str:
            listed = session.get(f"{api}/mysafe/secretapi", params={"identifier_code": code}, **settings)
            listed.raise_for_status()
            identifier = listed.json()["api_secret_on_list"][0]["identifier"]
            read = session.get(f"{api}/mysafe/secretapi/{identifier}", **settings)
            read.raise_for_status()
            return str(read.json()["api_secret_entity"]["name"])

        with ThreadPoolExecutor(connections) as pool:
            names = list(pool.map(name, codes))
    if len(set(names)) != len(codes):
        sys.exit("other secrets were read")
