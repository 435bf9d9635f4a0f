# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The limit of a task: the three requests that check one secret, sent with requests alone."""

from __future__ import annotations

import os
import sys
import typing as t

import requests


def logged_in(environment: t.Mapping[str, str]) -> requests.Session:
    """Return a session with a token."""
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    form = {
        "grant_type": "client_credentials",
        "client_id": environment["SENHASEGURA_CLIENT_ID"],
        "client_secret": environment["SENHASEGURA_CLIENT_SECRET"],
    }
    login = session.post(
        f"{environment['SENHASEGURA_URL']}/api/oauth2/token",
        data=form,
        verify=environment["SENHASEGURA_CA_PATH"],
        timeout=30,
    )
    login.raise_for_status()
    session.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    return session


def run(environment: t.Mapping[str, str]) -> None:
    """Get a token, look up the secret, and read it."""
    api = environment["SENHASEGURA_URL"] + "/api"
    settings: dict[str, t.Any] = {"verify": environment["SENHASEGURA_CA_PATH"], "timeout": 30}
    with logged_in(environment) as session:
        listed = session.get(f"{api}/mysafe/secretapi", params={"identifier_code": "service-0"}, **settings)
        listed.raise_for_status()
        identifier = listed.json()["api_secret_on_list"][0]["identifier"]
        read = session.get(f"{api}/mysafe/secretapi/{identifier}", **settings)
        read.raise_for_status()
        if "Service 0" not in read.text:
            sys.exit("another secret was read")


if __name__ == "__main__":
    run(os.environ)
