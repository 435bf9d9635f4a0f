# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Logging in: where the token comes from, when it is replaced, and how a failed login is reported."""

from __future__ import annotations

import netrc
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .support import CODE, DESCRIBED, EXPIRED_TOKEN, add, calls, new_token, vault, with_code

if t.TYPE_CHECKING:
    from pathlib import Path

    from simulator.process import Simulator

    from .tasks import Tasks

_REJECTIONS = {
    "401_exp": EXPIRED_TOKEN,
    "401_message": {"status": 401, "body": {"message": "Invalid signature"}},
    "401_empty": {"status": 401, "body": ""},
    "404_of_the_gateway": {"gateway": 404},
    "404_as_documented": {"status": 404, "body": {"message": "No route matched with those values."}},
}


def _given(token: str) -> dict[str, t.Any]:
    return {"mysafe_access_token": token, "mysafe_client_id": None, "mysafe_client_secret": None}


def _token_paths(simulator: Simulator) -> list[str]:
    return [row["path"] for row in simulator.requests() if row["path"].endswith("token")]


def test_the_token_is_requested_below_api(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, **DESCRIBED)
    assert _token_paths(simulator) == ["/api/oauth2/token"]


def test_the_token_is_requested_below_iso_if_api_is_not_routed(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(token_paths="iso")
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert _token_paths(simulator) == ["/api/oauth2/token", "/iso/oauth2/token"]


def test_only_a_given_token_url_is_used(simulator: Simulator, task: Tasks) -> None:
    task(identifier_code=CODE, mysafe_token_url=f"{simulator.url}/iso/oauth2/token", **DESCRIBED)
    assert _token_paths(simulator) == ["/iso/oauth2/token"]


def test_a_wrong_token_url_is_reported(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, mysafe_token_url=f"{simulator.url}/oauth", **DESCRIBED).values
    assert values["error"]["kind"] == "authentication"


def test_trailing_slashes_in_the_address_are_ignored(simulator: Simulator, task: Tasks) -> None:
    assert task(identifier_code=CODE, mysafe_url=f"{simulator.url}//", **DESCRIBED).values["action"] == "create"


def test_white_space_around_the_credentials_is_ignored(simulator: Simulator, task: Tasks) -> None:
    login = simulator.access_keys["alice"]
    padded: dict[str, t.Any] = {f"mysafe_{name}": f" {login[name]}\n" for name in ("client_id", "client_secret")}
    assert task(identifier_code=CODE, **padded, **DESCRIBED).values["action"] == "create"


def test_the_credentials_come_from_the_environment(
    simulator: Simulator, task: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = simulator.access_keys["alice"]
    monkeypatch.setenv("SENHASEGURA_URL", simulator.url)
    monkeypatch.setenv("SENHASEGURA_CLIENT_ID", login["client_id"])
    monkeypatch.setenv("SENHASEGURA_CLIENT_SECRET", login["client_secret"])
    monkeypatch.setenv("SENHASEGURA_CA_PATH", str(simulator.ca_path))
    monkeypatch.setenv("SENHASEGURA_ACCESS_TOKEN", "")
    without: dict[str, t.Any] = dict.fromkeys(("mysafe_url", "mysafe_client_id", "mysafe_client_secret", "ca_path"))
    assert task(identifier_code=CODE, **without, **DESCRIBED).values["action"] == "create"


def test_an_option_overrides_the_environment(task: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENHASEGURA_CLIENT_SECRET", "wrong")
    monkeypatch.setenv("SENHASEGURA_URL", "https://nosuch.invalid")
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"


def test_a_tenant_is_sent(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(tenant_required=True)
    options = {**DESCRIBED, "users_allowed": [], "groups_allowed": []}
    task(identifier_code=CODE, key="second_tenant", mysafe_tenant="second", **options)
    assert [secret["tenant"] for secret in with_code(simulator)] == ["second"]


def test_a_missing_tenant_is_reported(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(tenant_required=True)
    error = task(identifier_code=CODE, **DESCRIBED).values["error"]
    assert (error["kind"], "mysafe_tenant" in error["solution"]) == ("authentication", True)


def test_a_wrong_tenant_is_refused(task: Tasks) -> None:
    assert task(identifier_code=CODE, mysafe_tenant="second", **DESCRIBED).values["error"]["kind"] == "authentication"


@pytest.mark.parametrize("form", ["league", "league_old", "envelope"])
def test_a_wrong_secret_is_reported_after_one_request(simulator: Simulator, task: Tasks, form: str) -> None:
    simulator.switch(token_error=form)
    error = task(identifier_code=CODE, mysafe_client_secret="wrong-one", **DESCRIBED).values["error"]
    assert (error["kind"], error["http_status"], calls(simulator)) == ("authentication", 401, ["token"])


@pytest.mark.parametrize("form", ["league", "league_old", "envelope"])
def test_the_servers_message_about_a_wrong_secret_is_shown(simulator: Simulator, task: Tasks, form: str) -> None:
    simulator.switch(token_error=form)
    msg = task(identifier_code=CODE, mysafe_client_secret="wrong-one", **DESCRIBED).values["msg"]
    assert "Client authentication failed" in msg


@pytest.mark.parametrize("key", ["expired", "revoked"])
def test_an_expired_or_revoked_key_is_reported(simulator: Simulator, task: Tasks, key: str) -> None:
    error = task(identifier_code=CODE, key=key, **DESCRIBED).values["error"]
    assert (error["kind"], "expired or revoked" in error["cause"], calls(simulator)) == (
        "authentication",
        True,
        ["token"],
    )


def test_a_key_without_permission_is_reported(task: Tasks) -> None:
    assert task(identifier_code=CODE, key="unauthorized", **DESCRIBED).values["error"]["kind"] == "not_authorized"


def test_a_key_without_permission_at_the_gateway_is_reported(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(no_permission="gateway")
    error = task(identifier_code=CODE, key="unauthorized", **DESCRIBED).values["error"]
    assert (error["kind"], calls(simulator).count("token")) == ("authentication", 2)


def test_a_key_that_requires_a_referer_is_reported(task: Tasks) -> None:
    error = task(identifier_code=CODE, key="referer", **DESCRIBED).values["error"]
    assert (error["kind"], error["code"], "referer" in error["cause"]) == ("not_authorized", 1105, True)


def test_the_servers_message_about_a_wrong_address_is_shown(task: Tasks) -> None:
    assert "IP address is not allowed" in task(identifier_code=CODE, key="ip", **DESCRIBED).values["msg"]


_EXPIRIES = {
    "401_exp": {},
    "401_message": {"token_expired_body": "message"},
    "404_for_expired": {"token_expired_body": "404"},
    "404_for_all": {"auth_failure": 404},
    **{f"404_of_kong_{version}": {"auth_failure": 404, "kong": version} for version in ("3.2", "3.4", "3.6")},
}


@pytest.mark.parametrize("switches", _EXPIRIES.values(), ids=_EXPIRIES)
def test_an_expired_token_is_replaced_once(simulator: Simulator, task: Tasks, switches: dict[str, t.Any]) -> None:
    simulator.switch(**switches)
    sessions = Sessions()
    task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    simulator.expire_tokens()
    assert task(identifier_code=CODE, sessions=sessions, **DESCRIBED).values["action"] == "none"
    assert calls(simulator) == ["token", "list", "create", "list", "token", "list", "get"]


@pytest.mark.parametrize("do", _REJECTIONS.values(), ids=_REJECTIONS)
@pytest.mark.parametrize("skip", [0, 1])
def test_a_token_that_is_rejected_midway_is_replaced_once(
    simulator: Simulator, task: Tasks, do: dict[str, t.Any], skip: int
) -> None:
    simulator.fault(do, path="secretapi", skip=skip)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"
    assert (calls(simulator).count("token"), len(with_code(simulator))) == (2, 1)


@pytest.mark.parametrize("do", _REJECTIONS.values(), ids=_REJECTIONS)
def test_a_token_that_is_always_rejected_is_requested_twice(
    simulator: Simulator, task: Tasks, do: dict[str, t.Any]
) -> None:
    simulator.fault(do, path="secretapi", times=1000)
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "token", "list"]


@pytest.mark.parametrize("do", _REJECTIONS.values(), ids=_REJECTIONS)
def test_a_token_that_is_always_rejected_is_reported_with_both_causes(
    simulator: Simulator, task: Tasks, do: dict[str, t.Any]
) -> None:
    simulator.fault(do, path="secretapi", times=1000)
    values = task(identifier_code=CODE, **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("authentication", False)
    assert "token" in values["error"]["cause"]
    assert "address" in values["error"]["cause"]


def test_a_key_that_is_rejected_midway_is_tried_for_one_item_only(simulator: Simulator, task: Tasks) -> None:
    sessions = Sessions()
    task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    simulator.fault(EXPIRED_TOKEN, path="secretapi", times=1000)
    task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    simulator.clear_log()
    kind = task(identifier_code=CODE, sessions=sessions, **DESCRIBED).values["error"]["kind"]
    assert (kind, calls(simulator)) == ("authentication", [])


def test_a_missing_route_after_an_accepted_token_concerns_one_item_only(simulator: Simulator, task: Tasks) -> None:
    sessions = Sessions()
    task(identifier_code=CODE, sessions=sessions, **DESCRIBED)
    simulator.fault({"gateway": 404}, path="secretapi", times=2)
    actions = [task(identifier_code=CODE, sessions=sessions, **DESCRIBED).values.get("action") for _item in range(2)]
    assert actions == [None, "none"]


def test_a_base_url_with_an_api_path_is_refused_before_anything_is_sent(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, mysafe_url=f"{simulator.url}/api", **DESCRIBED).values
    assert (values["error"]["kind"], simulator.requests()) == ("configuration", [])


def test_a_short_lived_token_is_enough_for_a_run(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(token_lifetime=5.0)
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create"]


def test_a_given_token_is_used(simulator: Simulator, task: Tasks) -> None:
    token = new_token(simulator)
    assert task(identifier_code=CODE, **_given(token), **DESCRIBED).values["action"] == "create"
    assert calls(simulator) == ["list", "create"]


def test_a_given_token_overrides_an_access_key(simulator: Simulator, task: Tasks) -> None:
    token = new_token(simulator, "bob")
    task(identifier_code=CODE, mysafe_access_token=token, **{**DESCRIBED, "users_allowed": []})
    assert [secret["owner"] for secret in with_code(simulator)] == ["bob"]


@pytest.mark.parametrize("switches", _EXPIRIES.values(), ids=_EXPIRIES)
def test_an_expired_given_token_is_reported_and_not_replaced(
    simulator: Simulator, task: Tasks, switches: dict[str, t.Any]
) -> None:
    token = new_token(simulator)
    simulator.switch(**switches)
    simulator.expire_tokens()
    error = task(identifier_code=CODE, mysafe_access_token=token, **DESCRIBED).values["error"]
    assert (error["kind"], "mysafe_access_token" in error["cause"], calls(simulator)) == (
        "authentication",
        True,
        ["list"],
    )


def test_an_invalid_given_token_is_reported(simulator: Simulator, task: Tasks) -> None:
    error = task(identifier_code=CODE, **_given("not-a-token-of-this-vault"), **DESCRIBED).values["error"]
    assert (error["kind"], calls(simulator)) == ("authentication", ["list"])


def test_a_netrc_does_not_override_the_token(
    simulator: Simulator, task: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".netrc"
    file.write_text("machine localhost login someone password of-the-netrc\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    assert netrc.netrc(file).authenticators("localhost")
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "create"


def test_a_netrc_is_not_used_as_access_key(
    simulator: Simulator, task: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = simulator.access_keys["alice"]
    file = tmp_path / ".netrc"
    file.write_text(f"machine localhost login {login['client_id']} password {login['client_secret']}\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    # The simulator accepts Basic if the body is incomplete, and answers differently to an Authorization header.
    error = task(identifier_code=CODE, mysafe_client_secret="wrong-one", **DESCRIBED).values["error"]
    assert error["kind"] == "authentication"


def test_nothing_is_written_without_a_token(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    before = vault(simulator)
    task(identifier_code=CODE, mysafe_client_secret="wrong-one", state="absent")
    assert vault(simulator) == before
