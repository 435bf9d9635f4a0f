# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Where options come from: the task, module_defaults, the task's environment, the controller's environment."""

from __future__ import annotations

import json
import typing as t

import pytest
import requests

from .stage import MODULE, as_options, login, task

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

_WAYS: dict[str, dict[str, t.Any]] = {
    "in place": {},
    "as the module": {"mysafe_in_place": False},
    "elsewhere": {"ansible_connection": "elsewhere"},
}
# Every variable, its value, and the resulting option.
_EVERY = {
    "mysafe_url": ("SENHASEGURA_URL", "https://vault.invalid", "https://vault.invalid"),
    "mysafe_client_id": ("SENHASEGURA_CLIENT_ID", "robot", "robot"),
    "mysafe_client_secret": ("SENHASEGURA_CLIENT_SECRET", "s3cret-of-the-key", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"),
    "mysafe_access_token": ("SENHASEGURA_ACCESS_TOKEN", "a-t0ken", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"),
    "mysafe_token_url": ("SENHASEGURA_TOKEN_URL", "https://login.invalid", "https://login.invalid"),
    "mysafe_tenant": ("SENHASEGURA_TENANT", "second", "second"),
    "mysafe_token_cache": ("SENHASEGURA_TOKEN_CACHE", "yes", True),
    "validate_certs": ("SENHASEGURA_VALIDATE_CERTS", "no", False),
    "ca_path": ("SENHASEGURA_CA_PATH", "/nonexistent/ca.pem", "/nonexistent/ca.pem"),
    "client_cert": ("SENHASEGURA_CLIENT_CERT", "/nonexistent/cert.pem", "/nonexistent/cert.pem"),
    "client_key": ("SENHASEGURA_CLIENT_KEY", "/nonexistent/key.pem", "/nonexistent/key.pem"),
    "timeout": ("SENHASEGURA_TIMEOUT", "7", 7),
    "retries": ("SENHASEGURA_RETRIES", "5", 5),
    "decryption_key": ("SENHASEGURA_DECRYPTION_KEY", "/nonexistent/access.key", "/nonexistent/access.key"),
}
_MISSING = {"identifier_code": "missing", "state": "absent"}
_NOBODY = {"SENHASEGURA_CLIENT_ID": None, "SENHASEGURA_CLIENT_SECRET": None}


def _every_way(name: str, **keywords: t.Any) -> list[dict[str, t.Any]]:
    variables = keywords.pop("vars", {})
    return [task(f"{name}, {way}", vars={**variables, **what}, **keywords) for way, what in _WAYS.items()]


@pytest.fixture(scope="module", name="everything")
def _everything(controller_of_module: Controller) -> Run:
    """Run a task with all its options from the environment, which makes it fail."""
    environment = {variable: value for variable, value, _option in _EVERY.values()}
    return controller_of_module.play(*_every_way("all", ignore_errors=True), environment=environment)


def test_every_variable_is_known_here() -> None:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES

    assert {option: variable for option, (variable, _value, _expected) in _EVERY.items()} == VARIABLES


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("option", _EVERY)
def test_variable_of_the_controller_becomes_the_option(everything: Run, option: str, way: str) -> None:
    assert everything[f"all, {way}"]["invocation"]["module_args"][option] == _EVERY[option][2]


@pytest.fixture(scope="module", name="run")
def _run(controller_of_module: Controller, running: Simulator) -> Run:
    """Run tasks with the controller's environment, in which all unneeded variables are empty."""
    blank = {
        variable: " " if option in ("timeout", "mysafe_tenant") else ""
        for option, (variable, _value, _expected) in _EVERY.items()
        if variable not in controller_of_module.login
    }
    wrong = {"SENHASEGURA_URL": "https://vault.invalid", "SENHASEGURA_CLIENT_ID": "nobody"}
    bob = login(running, "bob")
    tasks = [
        *_every_way("the controller's variables"),
        *_every_way("the task's variables", environment=bob),
        *_every_way("a variable that the task empties", environment={"SENHASEGURA_URL": ""}, ignore_errors=True),
        *_every_way("another variable of the task", environment={"SENHASEGURA_TIMEOUT": "9"}),
        *_every_way("options", options={**_MISSING, **as_options(bob)}, environment=wrong),
    ]
    hosts = {
        "here": {},
        "blank": {
            "ansible_connection": "elsewhere",
            "environment_there": {variable: "" for variable, _value, _expected in _EVERY.values()},
        },
        "wrong": {"ansible_connection": "elsewhere", "environment_there": wrong},
    }
    plays = [
        {"hosts": "here", "gather_facts": False, "tasks": tasks},
        {"hosts": "blank", "gather_facts": False, "tasks": [task("another machine with empty variables")]},
        {
            "hosts": "wrong",
            "gather_facts": False,
            "tasks": [task("another machine with other variables"), {"name": "look", "ansible.builtin.command": "env"}],
        },
    ]
    return controller_of_module.play(text=json.dumps(plays), hosts=hosts, environment=blank, watched=True)


@pytest.mark.parametrize("way", _WAYS)
def test_variables_of_the_controller_suffice_and_empty_ones_are_ignored(run: Run, way: str) -> None:
    assert run[f"the controller's variables, {way}"]["action"] == "none", run.output


def test_empty_variables_of_another_machine_are_ignored(run: Run) -> None:
    assert run["another machine with empty variables"]["action"] == "none", run.output


def test_variables_of_the_controller_override_those_of_another_machine(run: Run) -> None:
    assert run["another machine with other variables"]["action"] == "none", run.output


def test_another_machine_does_not_have_the_environment_of_the_controller(run: Run) -> None:
    """Otherwise the connection plugin "elsewhere" would prove nothing."""
    assert "SENHASEGURA_CLIENT_SECRET" not in run["look"]["stdout"]


@pytest.mark.parametrize("way", _WAYS)
def test_environment_of_the_task_overrides_the_controllers(run: Run, running: Simulator, way: str) -> None:
    used = run[f"the task's variables, {way}"]["invocation"]["module_args"]["mysafe_client_id"]
    assert used == running.access_keys["bob"]["client_id"]


@pytest.mark.parametrize("way", _WAYS)
def test_environment_of_the_task_suffices(run: Run, way: str) -> None:
    assert run[f"the task's variables, {way}"]["action"] == "none", run.output


@pytest.mark.parametrize("way", _WAYS)
def test_variable_that_the_task_sets_to_empty_stays_empty(run: Run, way: str) -> None:
    assert run[f"a variable that the task empties, {way}"]["error"]["kind"] == "configuration"


@pytest.mark.parametrize("way", _WAYS)
def test_other_variables_are_taken_from_the_controller(run: Run, way: str) -> None:
    assert run[f"another variable of the task, {way}"]["action"] == "none", run.output


@pytest.mark.parametrize("way", _WAYS)
def test_options_of_the_task_override_every_environment(run: Run, way: str) -> None:
    assert run[f"options, {way}"]["action"] == "none", run.output


def test_variables_of_the_controller_are_not_on_a_command_line(run: Run, running: Simulator) -> None:
    assert running.access_keys["alice"]["client_secret"] not in run.command_lines


def test_command_lines_were_recorded(run: Run) -> None:
    assert "ansible-playbook" in run.command_lines


@pytest.fixture(scope="module", name="defaults")
def _defaults(controller_of_module: Controller, running: Simulator) -> Run:
    """Run tasks whose connection options come only from module_defaults."""
    options = as_options(login(running, "carol"))
    plays = [
        {
            "hosts": "here",
            "gather_facts": False,
            "tasks": [
                {"module_defaults": {defaults: options}, "block": _every_way(f"{name} on the block")},
                *_every_way(f"{name} on the task", module_defaults={defaults: options}),
                {
                    "module_defaults": {defaults: {**options, "mysafe_url": "https://vault.invalid"}},
                    "block": [
                        {
                            "name": f"{name} under an option, {way}",
                            MODULE: {**_MISSING, "mysafe_url": options["mysafe_url"]},
                            "vars": what,
                        }
                        for way, what in _WAYS.items()
                    ],
                },
            ],
        }
        for name, defaults in (("the group", "group/senhasegura.mysafe.mysafe"), ("the module", MODULE))
    ]
    environment = {**_NOBODY, "SENHASEGURA_URL": "https://elsewhere.invalid"}
    return controller_of_module.play(text=json.dumps(plays), environment=environment)


@pytest.mark.parametrize("way", _WAYS)
@pytest.mark.parametrize("place", ["on the block", "on the task", "under an option"])
@pytest.mark.parametrize("kind", ["the group", "the module"])
def test_module_defaults_reach_the_task(defaults: Run, kind: str, place: str, way: str) -> None:
    assert defaults[f"{kind} {place}, {way}"]["action"] == "none", defaults.output


_LOOKUP = "{{ query('senhasegura.mysafe.mysafe_api_secret', 'of-alice', on_missing='skip', mysafe_client_id=id, mysafe_client_secret=key) }}"
_PASTED = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----"


@pytest.fixture(scope="module", name="other_key")
def _other_key(controller_of_module: Controller, running: Simulator) -> Run:
    """Run tasks with bob's access key, and with alice's token in the controller's environment."""
    running.reset()
    running.add_secret(owner="alice", name="Of Alice", url="u", client_id="c", identifier_code="of-alice")
    alice, bob = (as_options(login(running, key)) for key in ("alice", "bob"))
    answer = requests.post(
        f"{running.url}/api/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": alice["mysafe_client_id"],
            "client_secret": alice["mysafe_client_secret"],
        },
        verify=str(running.ca_path),
        timeout=10,
    )
    key = {name: bob[name] for name in ("mysafe_client_id", "mysafe_client_secret")}
    tasks = [
        task(f"as bob, {way}", {**_MISSING, "identifier_code": "of-alice", **key}, vars=what)
        for way, what in _WAYS.items()
    ]
    looked_up = {"id": key["mysafe_client_id"], "key": key["mysafe_client_secret"]}
    tasks.append({"name": "look up as bob", "ansible.builtin.debug": {"msg": _LOOKUP}, "vars": looked_up})
    environment = {**_NOBODY, "SENHASEGURA_URL": running.url, "SENHASEGURA_CA_PATH": str(running.ca_path)}
    environment["SENHASEGURA_ACCESS_TOKEN"] = answer.json()["access_token"]
    return controller_of_module.play(*tasks, environment=environment)


@pytest.mark.parametrize("way", _WAYS)
def test_access_key_of_the_task_overrides_a_token_of_the_controller(other_key: Run, way: str) -> None:
    assert other_key[f"as bob, {way}"]["action"] == "none", other_key.output


def test_access_key_of_a_lookup_overrides_a_token_of_the_controller(other_key: Run) -> None:
    assert other_key["look up as bob"]["msg"] == [], other_key.output


@pytest.mark.parametrize("way", _WAYS)
def test_a_key_pasted_instead_of_its_path_is_not_shown(controller: Controller, way: str) -> None:
    run = controller.play(task("pasted", {**_MISSING, "client_key": _PASTED}, vars=_WAYS[way]), arguments=["-vvv"])
    assert (run["pasted"]["error"]["kind"], "MIIEvQIBADAN" in run.output) == ("configuration", False)
