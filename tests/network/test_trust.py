# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Which certificates of a real server are trusted, with the CA as a file, a directory or the store of the system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import certifi
import pytest
import requests
from wire.support import CODE, DESCRIBED, login

if t.TYPE_CHECKING:
    from simulator.process import Simulator
    from wire.tasks import Tasks

    from .pki import Pki
    from .servers import Nginx

#: A site, and the CA as an attribute of Pki: whether it is trusted.
TRUSTED = {
    "a file": ("usual", "ca", True),
    "a directory": ("usual", "directory_of_ca", True),
    "a directory that was not rehashed": ("usual", "directory_as_is", False),
    "a directory with several": ("unknown", "directory_of_both", True),
    "a bundle of several": ("unknown", "bundle_of_both", True),
    "a file of another CA": ("usual", "stranger", False),
    "the root of a chain": ("chained", "ca", True),
    "the root of an incomplete chain": ("incomplete", "ca", False),
}


@pytest.mark.parametrize(
    "variable",
    ["", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))],
)
@pytest.mark.parametrize(("site", "ca", "is_trusted"), TRUSTED.values(), ids=TRUSTED)
def test_a_ca_is_trusted(
    site: str,
    ca: str,
    is_trusted: bool,
    variable: str,
    nginx: Nginx,
    pki: Pki,
    task: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: dict[str, t.Any] = {} if variable else {"ca_path": str(getattr(pki, ca))}
    if variable:
        monkeypatch.setenv(variable, str(getattr(pki, ca)))
    values = task(identifier_code=CODE, mysafe_url=nginx.sites[site].url(), **options, **DESCRIBED).values
    assert (values.get("action"), len(nginx.rows())) == (("create", 3) if is_trusted else (None, 0)), values
    if not is_trusted:
        assert (values["error"]["kind"], f"that {variable or 'ca_path'}" in values["msg"]) == ("tls", True)


def test_a_directory_that_was_not_rehashed_is_told(nginx: Nginx, pki: Pki, task: Tasks) -> None:
    url = nginx.sites["usual"].url()
    error = task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.directory_as_is), **DESCRIBED).values["error"]
    assert "run openssl rehash" in error["solution"]


# The store of the system, as the documentation of ca_path describes it.


@pytest.mark.parametrize(("variable", "ca"), [("SSL_CERT_FILE", "ca"), ("SSL_CERT_DIR", "directory_of_ca")])
def test_the_variables_of_openssl_have_no_effect_and_that_is_said(
    variable: str, ca: str, nginx: Nginx, pki: Pki, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(getattr(pki, ca)))
    error = task(identifier_code=CODE, mysafe_url=nginx.sites["usual"].url(), **DESCRIBED).values["error"]
    assert (error["kind"], f"requests does not use {variable}" in error["solution"]) == ("tls", True)


def test_without_options_the_cas_of_certifi_are_trusted() -> None:
    assert certifi.where() == requests.adapters.DEFAULT_CA_BUNDLE_PATH


# A strict Python

_STRICT = """
import json, sys
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret
result = api_secret.run(json.load(sys.stdin), check_mode=True, diff=False)
print(json.dumps(result.values))
"""


@pytest.mark.parametrize(("site", "ca", "is_trusted"), [("usual", "ca", True), ("loose", "loose_ca", False)])
def test_python_3_13_rejects_a_loose_certificate_and_that_is_said(
    site: str, ca: str, is_trusted: bool, nginx: Nginx, pki: Pki, simulator: Simulator, strict_python: str
) -> None:
    """It takes the libraries of these tests: what is needed of them is written in Python."""
    options = {"mysafe_url": nginx.sites[site].url(), "ca_path": str(getattr(pki, ca)), "retries": 0}
    given = {**login(simulator), **options, "identifier_code": CODE, **DESCRIBED}
    collections = next(path for path in sys.path if Path(path, "ansible_collections", "senhasegura").is_dir())
    ended = subprocess.run(
        [strict_python, "-c", _STRICT],
        input=json.dumps(given),
        env={"PYTHONPATH": os.pathsep.join(map(str, (collections, Path(requests.__file__).parents[1])))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    values = json.loads(ended.stdout)
    if is_trusted:
        assert values["action"] == "create"
    else:
        assert (values["error"]["kind"], "RFC 5280" in values["error"]["solution"]) == ("tls", True), values


def test_a_loose_certificate_is_trusted_by_an_older_python(nginx: Nginx, pki: Pki, task: Tasks) -> None:
    if sys.version_info >= (3, 13):
        pytest.skip("this Python is strict: the test is for Python 3.12 and older")
    url = nginx.sites["loose"].url()
    assert (
        task(identifier_code=CODE, mysafe_url=url, ca_path=str(pki.loose_ca), **DESCRIBED).values["action"] == "create"
    )
