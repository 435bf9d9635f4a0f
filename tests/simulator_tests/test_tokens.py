# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The token endpoint (sections 2.1 to 2.4 of the API reference)."""

from __future__ import annotations

import base64
import json
import typing as t

import pytest

from .caller import SECRETS, TOKEN, Caller

if t.TYPE_CHECKING:
    from simulator.process import Simulator


def test_the_token_answer_has_the_documented_form(nobody: Caller) -> None:
    answer = nobody.ask_token("alice")
    assert list(answer.json()) == ["token_type", "expires_in", "access_token"]
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 3600)
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


def test_a_token_is_a_jwt_with_the_documented_claims(nobody: Caller) -> None:
    parts = nobody.ask_token("alice").json()["access_token"].split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in parts[:2])
    assert set(header) == {"typ", "alg", "jti"}
    assert set(claims) == {"aud", "jti", "iat", "nbf", "exp", "sub", "scopes"}
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize("path", ["/api/oauth2/token", "/iso/oauth2/token"])
def test_the_token_endpoint_has_both_prefixes(nobody: Caller, path: str) -> None:
    assert nobody.ask_token("alice", path).status_code == 200


@pytest.mark.parametrize(("routed", "other"), [("api", "iso"), ("iso", "api")])
def test_the_token_endpoint_can_have_one_prefix_only(
    simulator: Simulator, nobody: Caller, routed: str, other: str
) -> None:
    simulator.switch(token_paths=routed)
    assert nobody.ask_token("alice", f"/{routed}/oauth2/token").status_code == 200
    assert nobody.ask_token("alice", f"/{other}/oauth2/token").json()["message"].startswith("no Route matched")


def test_credentials_can_come_as_json(nobody: Caller) -> None:
    assert nobody.request("POST", TOKEN, json=nobody.token_request("alice")).status_code == 200


def test_a_json_body_can_be_refused(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(token_json_allowed=False)
    answer = nobody.request("POST", TOKEN, json=nobody.token_request("alice"))
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_credentials_can_come_as_basic_authentication(nobody: Caller) -> None:
    request = nobody.token_request("alice")
    basic = (request.pop("client_id"), request.pop("client_secret"))
    assert nobody.request("POST", TOKEN, data=request, auth=basic).status_code == 200


def test_get_has_no_route(nobody: Caller) -> None:
    answer = nobody.request("GET", TOKEN, params=nobody.token_request("alice"))
    assert (answer.status_code, answer.json()["message"]) == (404, "no Route matched with those values")


def test_get_can_be_allowed(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(token_get_allowed=True)
    assert nobody.request("GET", TOKEN, params=nobody.token_request("alice")).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"tenant": "second"}, 401, "invalid_client"),
    ],
)
def test_an_invalid_token_request_is_refused(nobody: Caller, change: dict[str, str], status: int, error: str) -> None:
    answer = nobody.ask_token("alice", **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"] == answer.json()["error_description"]


@pytest.mark.parametrize("access_key", ["expired", "revoked"])
def test_an_expired_or_revoked_key_gets_no_token(nobody: Caller, access_key: str) -> None:
    answer = nobody.ask_token(access_key)
    assert (answer.status_code, answer.json()["message"]) == (401, "Client authentication failed")


def test_only_a_request_with_authorization_is_challenged(nobody: Caller) -> None:
    assert "www-authenticate" not in nobody.ask_token("alice", client_secret="wrong").headers
    answer = nobody.request("POST", TOKEN, data={"grant_type": "client_credentials"}, auth=("a", "b"))
    assert answer.headers["www-authenticate"] == 'Basic realm="OAuth"'


def test_older_versions_send_no_error_description(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(token_error="league_old")
    content = nobody.ask_token("alice", client_secret="wrong").json()
    assert content == {"error": "invalid_client", "message": "Client authentication failed"}


def test_errors_can_come_in_an_envelope(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(token_error="envelope")
    answer = nobody.ask_token("alice", client_secret="wrong")
    assert (answer.status_code, answer.json()["response"]["message"]) == (401, "Client authentication failed.")


def test_a_key_of_another_tenant_must_name_the_tenant(nobody: Caller) -> None:
    assert nobody.ask_token("second_tenant").status_code == 401
    assert nobody.ask_token("second_tenant", tenant="second").status_code == 200


def test_the_host_name_can_name_the_tenant(nobody: Caller) -> None:
    nobody.session.headers["Host"] = "second.example.com"
    assert nobody.ask_token("second_tenant").status_code == 200


def test_the_tenant_can_be_required(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(tenant_required=True)
    assert nobody.ask_token("alice").json()["hint"] == "Check the `tenant` parameter"
    assert nobody.ask_token("alice", tenant="main").status_code == 200


def test_tenants_do_not_see_each_other(simulator: Simulator, alice: Caller) -> None:
    alice.created(groups_allowed=[{"name": "Platform"}])
    assert Caller(simulator, "second_tenant", tenant="second").listed() == []


def test_a_token_expires_after_its_lifetime(simulator: Simulator, nobody: Caller) -> None:
    simulator.switch(token_lifetime=0)
    token = nobody.ask_token("alice").json()
    nobody.session.headers["Authorization"] = "Bearer " + token["access_token"]
    assert (token["expires_in"], nobody.listing().status_code) == (0, 401)


def test_an_expired_token_differs_from_an_unknown_one(simulator: Simulator, alice: Caller) -> None:
    assert simulator.expire_tokens() == 1
    answer = alice.listing()
    assert (answer.status_code, answer.json()) == (401, {"exp": "token expired"})


def test_a_reset_invalidates_tokens(simulator: Simulator, alice: Caller) -> None:
    simulator.reset()
    assert alice.listing().json()["message"] == "Invalid signature"


def test_a_new_token_works_after_the_old_one_expired(simulator: Simulator, alice: Caller) -> None:
    simulator.expire_tokens()
    assert Caller(simulator, "alice").request("GET", SECRETS).status_code == 200
    assert alice.listing().status_code == 401


@pytest.mark.parametrize("written", ["Bearer", "bearer", "BEARER"])
def test_the_token_type_is_spelled_as_configured(simulator: Simulator, nobody: Caller, written: str) -> None:
    simulator.switch(token_type_case=written)
    assert nobody.ask_token("alice").json()["token_type"] == written
