# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about the token endpoint."""

from __future__ import annotations

import typing as t

from . import documented
from .failures import Inconclusive
from .question import Area, Findings, Need, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Tokens")
#: Asked once everything is deactivated: it may have to wait.
LATE = Area("Tokens")


@AREA.question(
    "What a token looks like, and whether the tenant must be named",
    "token_lifetime",
    "token_type_case",
    "tenant_required",
)
def token(bench: Bench) -> Findings:
    """The answer to the first login tells."""
    answer = bench.login.first.answer
    lifetime = answer.object.get("expires_in")
    extra = set(answer.object) - {"token_type", "expires_in", "access_token"}
    if extra:
        bench.note(f"The token comes with more than documented: {bench.names(extra)}.")
    return {
        "token_lifetime": lifetime if isinstance(lifetime, (int, float)) else Unknown("expires_in is not a number"),
        "token_type_case": answer.object.get("token_type"),
        "tenant_required": bench.login.needs_tenant,
    }


@AREA.question("Where tokens are issued, and what an incomplete token request gets", "token_paths", "token_error")
def endpoints(bench: Bench) -> Findings:
    """A request without parameters below each prefix."""
    answers = {
        prefix: bench.client.send("POST", f"/{prefix}{documented.TOKEN}", data="", headers=_FORM)
        for prefix in documented.PREFIXES
    }
    routed = [prefix for prefix, answer in answers.items() if not answer.no_route]
    answer = answers[bench.login.token_prefix]
    bench.note(f"A token request without parameters: {answer.outcome}.")
    form: t.Any = Unknown(f"a token request without parameters got the answer {answer.outcome}")
    if answer.response:
        form = "envelope"
    elif "error" in answer.object:
        form = "league" if "error_description" in answer.object else "league_old"
    return {"token_paths": "both" if len(routed) == 2 else routed[0], "token_error": form}


@AREA.question("Whether the token endpoint accepts GET", "token_get_allowed")
def with_get(bench: Bench) -> Findings:
    """Without parameters: a client secret does not belong into an address."""
    answer = bench.client.send("GET", bench.login.token_path)
    if answer.no_route or answer.status == 405:
        return {"token_get_allowed": False}
    if answer.status in (400, 401) and answer.object:
        return {"token_get_allowed": True}
    raise answer.inconclusive("a GET")


@AREA.question("Whether the token endpoint accepts JSON", "token_json_allowed")
def with_json(bench: Bench) -> Findings:
    """The usual parameters, in JSON."""
    answer = bench.client.send("POST", bench.login.token_path, json=bench.login.form(bench.settings.own))
    return {"token_json_allowed": _issued(answer)}


@AREA.question("Whether the token endpoint accepts Basic authentication", "token_basic_allowed")
def with_basic(bench: Bench) -> Findings:
    """The access key in the header instead of the body."""
    form = bench.login.form(bench.settings.own)
    login = (form.pop("client_id"), form.pop("client_secret"))
    answer = bench.client.send("POST", bench.login.token_path, data=form, auth=login)
    return {"token_basic_allowed": _issued(answer)}


@AREA.question("What an access key without permission gets", "no_permission", needs=(Need.UNAUTHORIZED_KEY,))
def without_permission(bench: Bench) -> Findings:
    """A list with the access key without permission."""
    key = bench.settings.unauthorized
    assert key is not None
    answer = bench.client.send("POST", bench.login.token_path, data=bench.login.form(key))
    text = answer.object.get("access_token")
    if not isinstance(text, str):
        raise answer.inconclusive("its token request")
    answer = bench.client.send("GET", f"/{bench.login.prefix}{documented.SECRETS}", text)
    bench.note(f"An access key without permission: {answer.outcome}.")
    if answer.no_route:
        return {"no_permission": "gateway"}
    if answer.status == 500 and answer.response and not answer.code:
        return {"no_permission": "envelope"}
    raise answer.inconclusive("the list")


@LATE.question("What an expired token gets", "token_expired_body")
def expired(bench: Bench) -> Findings:
    """The token of the first login, once it has expired."""
    old = bench.login.first
    if old.lifetime > bench.wait:
        raise Inconclusive(
            f"a token lasts {old.lifetime:.0f} seconds; the option --wait lets the probe wait for its end"
        )
    bench.client.wait_until(old.expires_at + 1)
    answer = bench.client.send("GET", f"/{bench.login.prefix}{documented.SECRETS}/mysafe-probe", old.text)
    bench.note(f"An expired token: {answer.outcome}.")
    if answer.no_route:
        if bench.findings.get("auth_failure") == 404:
            raise Inconclusive("every rejected token gets the gateway's 404 (auth_failure)")
        return {"token_expired_body": "404"}
    if answer.status == 401 and len({"exp", "message"} & set(answer.object)) == 1:
        return {"token_expired_body": "exp" if "exp" in answer.object else "message"}
    raise answer.inconclusive("an expired token")


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _issued(answer: t.Any) -> bool:
    if answer.status == 200 and "access_token" in answer.object:
        return True
    if answer.status in (400, 401, 415):
        return False
    raise answer.inconclusive("the token request")
