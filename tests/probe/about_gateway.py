# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about the gateway in front of the API: what it answers by itself, and what it routes."""

from __future__ import annotations

import re
import typing as t

from . import documented
from .failures import Inconclusive
from .question import Area, Findings, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Gateway")


@AREA.question("What the gateway answers without a token", "kong")
def without_token(bench: Bench) -> Findings:
    """The form of the gateway's own page depends on its version."""
    answer = bench.client.send("GET", f"/{bench.login.prefix}{documented.SECRETS}")
    products = {
        match[0]
        for name in ("Server", "Via")
        for match in re.finditer(r"kong/\d+(\.\d+)*", answer.headers.get(name, ""))
    }
    bench.note(
        f"Without a token: {answer.outcome}; {', '.join(sorted(products)) or 'no version of Kong'} in the headers."
    )
    if not answer.no_route:
        raise Inconclusive(f"a request without a token got the answer {answer.outcome}, not the gateway's 404")
    if "request_id" in answer.object:
        return {"kong": "3.6"}
    return {"kong": "3.4" if "\n" in answer.text.strip() else "3.2"}


@AREA.question("What a bad token gets", "auth_failure")
def bad_token(bench: Bench) -> Findings:
    """A token with a wrong signature, and one that is no token at all."""
    path = f"/{bench.login.prefix}{documented.SECRETS}"
    head, dot, _signature = bench.login.first.text.rpartition(".")
    forged = bench.client.send("GET", path, f"{head}{dot}mysafeprobe" if dot else "mysafe-probe")
    garbage = bench.client.send("GET", path, "mysafe-probe")
    bench.note(f"A token with a wrong signature: {forged.outcome}. A text that is no token: {garbage.outcome}.")
    if forged.status == garbage.status and (forged.status == 401 or forged.no_route):
        return {"auth_failure": forged.status}
    raise Inconclusive(f"bad tokens got the answers {forged.outcome} and {garbage.outcome}")


@AREA.question(
    "Which prefix the API has, and what an identifier gets that is not a number", "api_paths", "non_numeric_identifier"
)
def prefixes(bench: Bench) -> Findings:
    """The same harmless request below each prefix."""
    token = bench.own.token.text
    answers = {
        prefix: bench.client.send("GET", f"/{prefix}{documented.SECRETS}/mysafe-probe", token)
        for prefix in documented.PREFIXES
    }
    routed = [prefix for prefix, answer in answers.items() if answer.response]
    code = answers[bench.login.prefix].code
    return {
        "api_paths": "both" if len(routed) == 2 else routed[0] if routed else Unknown("no prefix is routed any more"),
        "non_numeric_identifier": code,
    }


@AREA.question("What a wrong path gets")
def wrong_path(bench: Bench) -> Findings:
    """A path of the API that does not exist."""
    answer = bench.client.send("GET", f"/{bench.login.prefix}/mysafe/mysafe-probe", bench.own.token.text)
    by = "the application" if answer.response else "the gateway"
    bench.note(f"A path that does not exist: {answer.status}, by {by}.")
    return {}
