# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The playbook that sets up an AWX, against a stand-in for its API; and a job from what it has set up."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml

from .job import AWX, Controller, CredentialType
from .stand_in import TOKEN, StandIn

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

ONE, LIST, SLICED = (
    "MySafe: create or rotate an API secret",
    "MySafe: onboard a list of API secrets",
    "MySafe: an API secret for every host of an inventory",
)
GIVEN = {
    "setup_project_url": "https://git.example.org/automation/mysafe.git",
    "setup_image": "registry.example.org/mysafe-ee:0.1.0",
    "setup_sliced_inventory": "Applications",
}


@dataclasses.dataclass
class SetUp:
    """Runs docs/awx/setup.yml."""

    environment: dict[str, str]
    outputs: list[str]

    def __call__(self, *arguments: str, **variables: t.Any) -> str:
        """Run it and return its output."""
        values = json.dumps({**GIVEN, **variables})
        command = ["ansible-playbook", "-vvv", str(AWX / "setup.yml"), "-e", values, *arguments]
        done = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        self.outputs.append(done.stdout + done.stderr)
        return self.outputs[-1]


@pytest.fixture(name="awx")
def _awx() -> Iterator[StandIn]:
    with StandIn() as awx:
        awx.store("inventories", {"name": "Applications", "organization": 1})
        yield awx


@pytest.fixture(name="set_up")
def _set_up(
    awx: StandIn, simulator: Simulator, awx_collections: Path, collections: Path, tmp_path: Path
) -> Iterator[SetUp]:
    """Return what runs it, as somebody who owns alice's access key. After the test: no secret is in any output."""
    key = simulator.access_keys["alice"]
    set_up = SetUp(
        {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": f"{awx_collections}:{collections}",
            "ANSIBLE_HOME": str(tmp_path / "ansible"),
            "CONTROLLER_HOST": awx.url,
            "CONTROLLER_OAUTH_TOKEN": TOKEN,
            "SENHASEGURA_URL": simulator.url,
            "SENHASEGURA_CLIENT_ID": key["client_id"],
            "SENHASEGURA_CLIENT_SECRET": key["client_secret"],
            "SENHASEGURA_CA_PATH": str(simulator.ca_path),
        },
        [],
    )
    yield set_up
    for output in set_up.outputs:
        assert key["client_secret"] not in output
        assert TOKEN not in output


def test_it_passes_the_syntax_check(set_up: SetUp) -> None:
    assert "playbook: " in set_up("--syntax-check")


def test_it_sets_up_an_empty_awx(set_up: SetUp, awx: StandIn) -> None:
    output = set_up()

    assert re.search(r"failed=0", output), output
    kind = awx.named("credential_types", "senhasegura MySafe")
    assert kind["kind"] == "cloud"
    assert (kind["inputs"], kind["injectors"]) == tuple(
        yaml.safe_load((AWX / "credential_type" / f"{name}.yml").read_text("utf-8")) for name in ("inputs", "injectors")
    )
    environment = awx.named("execution_environments", "MySafe")
    assert environment["image"] == GIVEN["setup_image"]
    project = awx.named("projects", "MySafe")
    assert (project["scm_type"], project["scm_url"], project["scm_branch"]) == ("git", GIVEN["setup_project_url"], "main")
    host = awx.named("hosts", "localhost")
    assert json.loads(host["variables"])["ansible_connection"] == "local"
    assert json.loads(host["variables"])["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


def test_every_job_template_has_all_that_a_job_needs(set_up: SetUp, awx: StandIn) -> None:
    output = set_up()

    assert len(awx.items["job_templates"]) == 3, output
    for name, inventory in ((ONE, "MySafe"), (LIST, "MySafe"), (SLICED, "Applications")):
        template = awx.named("job_templates", name)
        assert template["inventory"] == awx.named("inventories", inventory)["id"]
        assert template["project"] == awx.named("projects", "MySafe")["id"]
        assert template["execution_environment"] == awx.named("execution_environments", "MySafe")["id"]
        assert awx.credentials_of[template["id"]] == [awx.named("credentials", "MySafe")["id"]]
        playbook = Path(template["playbook"])
        assert (AWX.parents[1] / playbook).is_file()
        survey = AWX / "surveys" / f"{playbook.stem}.json"
        assert template["survey_enabled"] is survey.exists()
        expected = json.loads(survey.read_text("utf-8")) if survey.exists() else None
        assert awx.surveys.get(template["id"]) == expected
    assert awx.named("job_templates", SLICED)["job_slice_count"] == 4


def test_a_second_run_changes_nothing_where_secrets_are_kept(set_up: SetUp, awx: StandIn) -> None:
    set_up()
    awx.writes.clear()

    output = set_up(setup_update_secrets=False)

    assert re.search(r"changed=0 .* failed=0", output), output
    assert awx.writes == []


def test_a_second_run_brings_a_new_client_secret(set_up: SetUp, awx: StandIn) -> None:
    set_up()
    set_up.environment["SENHASEGURA_CLIENT_SECRET"] = "a-new-client-secret"  # noqa: S105

    output = set_up()

    assert awx.named("credentials", "MySafe")["inputs"]["senhasegura_client_secret"] == "a-new-client-secret"
    assert "a-new-client-secret" not in output


def test_check_mode_writes_nothing(set_up: SetUp, awx: StandIn) -> None:
    set_up("--check")

    assert awx.writes == []


@pytest.mark.parametrize("missing", ["SENHASEGURA_URL", "SENHASEGURA_CLIENT_SECRET"])
def test_without_an_access_key_it_stops_before_anything_is_written(set_up: SetUp, awx: StandIn, missing: str) -> None:
    del set_up.environment[missing]

    assert "Give setup_project_url and setup_image with -e" in set_up()
    assert awx.writes == []


def test_without_a_large_inventory_its_job_template_is_left_out(set_up: SetUp, awx: StandIn) -> None:
    set_up(setup_sliced_inventory="")

    assert {template["name"] for template in awx.items["job_templates"].values()} == {ONE, LIST}


def test_a_job_runs_from_what_was_set_up(
    set_up: SetUp, awx: StandIn, controller: Controller, simulator: Simulator
) -> None:
    """From nothing to a job that ran: type, credential and playbook are those that the stand-in was given."""
    output = set_up()
    assert "failed=0" in output, output
    template = awx.named("job_templates", ONE)
    credential = awx.items["credentials"][awx.credentials_of[template["id"]][0]]
    kind = awx.items["credential_types"][credential["credential_type"]]
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
    assert [secret["name"] for secret in simulator.secrets() if secret["identifier_code"] == "billing-api"] == ["Billing API"]
