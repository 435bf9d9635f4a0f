# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The playbook that sets up an AWX, against a stand-in for its API, and a job with its result."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from .job import AWX, ROOT, Controller, CredentialType
from .stand_in import TOKEN, StandIn

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

ONE, SLICED = "MySafe: create or rotate an API secret", "MySafe: an API secret for every host of an inventory"
WITH_SURVEY = {
    ONE: "api_secret",
    "MySafe: onboard a list of API secrets": "onboard_list",
    "MySafe: share API secrets, or stop sharing them": "share",
    "MySafe: deactivate or activate API secrets": "activation",
    "MySafe: report who can see which API secrets": "report",
}
GIVEN = {
    "setup_project_url": "https://git.example.org/automation/mysafe.git",
    "setup_image": "registry.example.org/mysafe-ee:0.1.0",
    "setup_sliced_inventory": "Applications",
    "setup_project_credential": "Git",
    "setup_image_credential": "Registry",
}


class SetUp:
    """Runs docs/awx/setup.yml, as somebody who owns alice's access key."""

    def __init__(self, simulator: Simulator, collections: t.Iterable[Path], home: Path) -> None:
        key = simulator.access_keys["alice"]
        self.secrets = [key["client_secret"], TOKEN]
        self.outputs: list[str] = []
        self.environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": ":".join(map(str, collections)),
            "ANSIBLE_HOME": str(home),
            "ANSIBLE_PIPELINING": "true",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "CONTROLLER_OAUTH_TOKEN": TOKEN,
            "SENHASEGURA_URL": simulator.url,
            "SENHASEGURA_CLIENT_ID": key["client_id"],
            "SENHASEGURA_CLIENT_SECRET": key["client_secret"],
            "SENHASEGURA_CA_PATH": str(simulator.ca_path),
        }

    def __call__(
        self, awx: StandIn, *arguments: str, variables: dict[str, t.Any] | None = None, **environment: str
    ) -> str:
        """Run the playbook against an AWX, and return its output, which contains no secret."""
        values = json.dumps({**GIVEN, **(variables or {})})
        done = subprocess.run(
            ["ansible-playbook", "-vvv", str(AWX / "setup.yml"), "-e", values, *arguments],
            env={**self.environment, "CONTROLLER_HOST": awx.url, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not [secret for secret in (*self.secrets, *environment.values()) if secret and secret in done.stdout]
        return done.stdout


@pytest.fixture(scope="module", name="set_up")
def _set_up(
    running: Simulator, awx_collections: Path, collections: Path, tmp_path_factory: pytest.TempPathFactory
) -> SetUp:
    return SetUp(running, (awx_collections, collections), tmp_path_factory.mktemp("ansible"))


@pytest.fixture(scope="module", name="done")
def _done(set_up: SetUp) -> StandIn:
    """Return an AWX that was set up. It is stopped and must not be changed."""
    with empty() as awx:
        output = set_up(awx)
        assert "failed=0" in output, output
        return awx


@pytest.fixture(name="awx")
def _awx(done: StandIn) -> Iterator[StandIn]:
    """Return a running copy of that AWX, which may be changed."""
    with done.copy() as awx:
        yield awx


def empty() -> StandIn:
    """Return an AWX with an organisation, an inventory of hosts, and credentials for git and a registry."""
    awx = StandIn()
    kind = awx.store("credential_types", {"name": "Any", "kind": "scm", "inputs": {"fields": []}})
    for name in ("Git", "Registry"):
        awx.store("credentials", {"name": name, "organization": 1, "credential_type": kind["id"]})
    awx.store("inventories", {"name": "Applications", "organization": 1})
    return awx


def test_it_passes_the_syntax_check(set_up: SetUp) -> None:
    assert "playbook: " in set_up(empty(), "--syntax-check")


def test_it_takes_the_credential_type_from_the_files(done: StandIn) -> None:
    kind = done.named("credential_types", "senhasegura MySafe")

    assert kind["kind"] == "cloud"
    assert (kind["inputs"], kind["injectors"]) == tuple(
        yaml.safe_load((AWX / "credential_type" / f"{name}.yml").read_text("utf-8")) for name in ("inputs", "injectors")
    )


def test_the_project_and_the_execution_environment_are_as_given(done: StandIn) -> None:
    project, environment = done.named("projects", "MySafe"), done.named("execution_environments", "MySafe")

    assert (project["scm_type"], project["scm_url"], project["scm_branch"]) == (
        "git",
        GIVEN["setup_project_url"],
        "main",
    )
    assert project["credential"] == done.named("credentials", "Git")["id"]
    assert environment["image"] == GIVEN["setup_image"]
    assert environment["credential"] == done.named("credentials", "Registry")["id"]


def test_the_host_is_the_execution_environment_itself(done: StandIn) -> None:
    assert json.loads(done.named("hosts", "localhost")["variables"]) == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }


def test_every_playbook_has_a_job_template_and_names_it(done: StandIn) -> None:
    made = {one["name"]: Path(one["playbook"]).stem for one in done.items["job_templates"].values()}

    assert made == {**WITH_SURVEY, SLICED: "onboard_inventory"}
    assert {path.stem for path in (AWX / "playbooks").glob("*.yml")} == set(made.values())
    assert {path.stem for path in (AWX / "surveys").glob("*.json")} == set(WITH_SURVEY.values())
    for name, playbook in made.items():
        assert f'# Job template "{name}"' in (AWX / "playbooks" / f"{playbook}.yml").read_text("utf-8")


@pytest.mark.parametrize("name", [*WITH_SURVEY, SLICED])
def test_a_job_template_is_complete(done: StandIn, name: str) -> None:
    template = done.named("job_templates", name)
    inventory = "Applications" if name == SLICED else "MySafe"

    assert template["inventory"] == done.named("inventories", inventory)["id"]
    assert template["project"] == done.named("projects", "MySafe")["id"]
    assert template["execution_environment"] == done.named("execution_environments", "MySafe")["id"]
    assert template["job_slice_count"] == (4 if name == SLICED else 1)
    assert done.credentials_of[template["id"]] == [done.named("credentials", "MySafe")["id"]]
    assert (ROOT / template["playbook"]).is_file()
    survey = AWX / "surveys" / f"{Path(template['playbook']).stem}.json"
    assert template["survey_enabled"] is survey.exists()
    assert done.surveys.get(template["id"]) == (json.loads(survey.read_text("utf-8")) if survey.exists() else None)


@pytest.mark.exhaustive
def test_a_second_run_that_keeps_secrets_changes_nothing(set_up: SetUp, awx: StandIn) -> None:
    output = set_up(awx, variables={"setup_update_secrets": False})

    assert re.search(r"changed=0 .* failed=0", output), output
    assert awx.writes == []


@pytest.mark.exhaustive
def test_a_second_run_updates_the_client_secret(set_up: SetUp, awx: StandIn) -> None:
    set_up(awx, SENHASEGURA_CLIENT_SECRET="a-new-client-secret")

    assert awx.named("credentials", "MySafe")["inputs"]["senhasegura_client_secret"] == "a-new-client-secret"
    assert awx.writes == ["change credentials MySafe"]


@pytest.mark.exhaustive
def test_a_decryption_key_goes_into_the_credential(set_up: SetUp, awx: StandIn, running: Simulator) -> None:
    path = Path(running.access_keys["encrypted"]["decryption_key"])
    key = path.read_text("ascii")

    output = set_up(awx, variables={"setup_decryption_key_file": str(path)})

    assert awx.named("credentials", "MySafe")["inputs"]["senhasegura_decryption_key"] == key.rstrip("\n")
    assert not [line for line in key.splitlines() if line in output]


@pytest.mark.parametrize("missing", ["SENHASEGURA_URL", "SENHASEGURA_CLIENT_SECRET"])
def test_without_an_access_key_it_stops_before_anything_is_written(set_up: SetUp, awx: StandIn, missing: str) -> None:
    output = set_up(awx, variables=None, **{missing: ""})

    assert "Set setup_project_url and setup_image with -e" in output
    assert awx.writes == []


def test_without_a_large_inventory_its_job_template_is_left_out(set_up: SetUp, awx: StandIn) -> None:
    """Only the last task runs: without the condition it would restore the job template."""
    templates = awx.items["job_templates"]
    del templates[awx.named("job_templates", SLICED)["id"]]

    output = set_up(
        awx,
        "--start-at-task=Ensure the job template for a large inventory exists",
        variables={"setup_sliced_inventory": ""},
    )

    assert re.search(r"skipped=1 ", output), output
    assert awx.writes == []


def test_a_job_runs_from_what_was_set_up(done: StandIn, controller: Controller, simulator: Simulator) -> None:
    """Type, credential and playbook of the job are those that the stand-in got."""
    template = done.named("job_templates", ONE)
    credential = done.items["credentials"][done.credentials_of[template["id"]][0]]
    kind = done.items["credential_types"][credential["credential_type"]]
    injected = CredentialType(kind["inputs"], kind["injectors"]).inject(
        credential["inputs"], controller.private_data_dir()
    )
    answers = {
        "api_secret_identifier_code": "billing-api",
        "api_secret_name": "Billing API",
        "api_secret_url": "https://billing.example.org",
        "api_secret_client_id": "billing-robot",
        "api_secret_client_secret": "first-of-billing",
    }

    job = controller.run(Path(template["playbook"]).name, injected, answers)

    assert job.status == "successful", job
    assert [secret["name"] for secret in simulator.secrets() if secret["identifier_code"] == "billing-api"] == [
        "Billing API"
    ]
