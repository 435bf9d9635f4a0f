# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The example playbooks under ansible-runner, with what AWX's injector code makes of credentials, against the simulator."""

from __future__ import annotations

import json
import socket
import typing as t
from pathlib import Path

import pytest
from simulator.process import Simulator

from .job import AWX, BASTION, ON_BASTION, Controller, CredentialType, Launch, only, slice_of

HAVE = "Ensure the API secret matches the survey"
HAVE_EACH = "Ensure the API secrets match the list"
HAVE_HOST = "Ensure the API secret of the host exists"
SAY = "Show what was done"
KEEP = "Keep the numbers. MySafe may hide an inactive API secret, and then only its number finds it."
BILLING = {
    "api_secret_identifier_code": "billing-api",
    "api_secret_name": "Billing API",
    "api_secret_url": "https://billing.example.org",
    "api_secret_client_id": "billing-robot",
    "api_secret_client_secret": "first-of-billing",
    "api_secret_tags": "billing, production",
    "api_secret_notes": "Owned by the platform team.",
}
CODE_ALONE = {"api_secret_identifier_code": "billing-api"}


def stored(simulator: Simulator, code: str) -> None:
    """Store an API secret of alice's with all fields."""
    simulator.add_secret(
        owner="alice",
        name="Billing API",
        url="https://billing.example.org",
        client_id="billing-robot",
        client_secret="first-of-billing",
        identifier_code=code,
        method="post",
        notes="Owned by the platform team.",
        tags=["billing", "production"],
    )


def token_requests(simulator: Simulator) -> int:
    """Return the number of token requests."""
    return sum(row["path"].endswith("oauth2/token") for row in simulator.requests())


# Credentials


def test_full_credential(simulator: Simulator, launch: Launch) -> None:
    """All fields: the tenant and the token URL of the access key, and the CA as pasted text."""
    key = simulator.access_keys["second_tenant"]
    full = launch.but(
        senhasegura_client_id=key["client_id"],
        senhasegura_client_secret=key["client_secret"],
        senhasegura_tenant="second",
        senhasegura_token_url=f"{simulator.url}/iso/oauth2/token",
        senhasegura_token_cache=True,
        senhasegura_skip_tls_verification=False,
    )

    job = full("api_secret.yml", BILLING)

    assert job.status == "successful", job
    assert only(simulator, "billing-api")["client_secret"] == "first-of-billing"
    assert next(row["path"] for row in simulator.requests()) == "/iso/oauth2/token"


def test_full_credential_with_a_client_certificate(
    controller: Controller, credential_type: CredentialType, tmp_path: Path
) -> None:
    with Simulator("v4", "--require-client-cert") as simulator:
        key = simulator.access_keys["certificate"]
        assert simulator.client_cert is not None
        ca, certificate, private_key = (
            Path(str(path)).read_text("ascii") for path in (simulator.ca_path, *simulator.client_cert)
        )
        credential = {
            "senhasegura_url": simulator.url,
            "senhasegura_client_id": key["client_id"],
            "senhasegura_client_secret": key["client_secret"],
            "senhasegura_ca_certificate": ca,
            "senhasegura_client_certificate": certificate,
            "senhasegura_client_key": private_key,
        }
        job = Launch(controller, credential_type, credential)("api_secret.yml", BILLING)

        assert job.status == "successful", job
        assert len(simulator.writes()) == 1


def test_full_credential_with_a_decryption_key(simulator: Simulator, launch: Launch) -> None:
    key = simulator.access_keys["encrypted"]
    encrypted = launch.but(
        senhasegura_client_id=key["client_id"],
        senhasegura_client_secret=key["client_secret"],
        senhasegura_decryption_key=Path(key["decryption_key"]).read_text("ascii"),
    )

    jobs = [encrypted("api_secret.yml", BILLING) for _job in range(2)]

    assert [job.status for job in jobs] == ["successful"] * 2, jobs
    assert len(simulator.writes()) == 1


def test_minimal_credential_trusts_what_the_execution_environment_trusts(simulator: Simulator, minimal: Launch) -> None:
    job = minimal("api_secret.yml", BILLING, environment={"REQUESTS_CA_BUNDLE": str(simulator.ca_path)})

    assert job.status == "successful", job
    assert len(simulator.writes()) == 1


def test_minimal_credential_verifies_the_vaults_certificate(simulator: Simulator, minimal: Launch) -> None:
    job = minimal("api_secret.yml", BILLING)

    assert job.failure["error"]["kind"] == "tls"
    assert simulator.requests() == []


def test_blank_fields_count_as_not_set(simulator: Simulator, minimal: Launch, credential_type: CredentialType) -> None:
    optional = {
        field["id"]: ""
        for field in credential_type.inputs["fields"]
        if field["type"] == "string" and field["id"] not in credential_type.inputs["required"]
    }

    job = minimal.but(**optional)("api_secret.yml", BILLING, environment={"REQUESTS_CA_BUNDLE": str(simulator.ca_path)})

    assert job.status == "successful", job
    assert len(simulator.writes()) == 1


def test_verification_can_be_skipped(simulator: Simulator, minimal: Launch) -> None:
    job = minimal.but(senhasegura_skip_tls_verification=True)("api_secret.yml", BILLING)

    assert job.status == "successful", job
    assert len(simulator.writes()) == 1


def test_wrong_secret(simulator: Simulator, launch: Launch) -> None:
    job = launch.but(senhasegura_client_secret="not-the-secret-of-alice")("api_secret.yml", BILLING)

    assert job.status == "failed"
    assert job.failure["error"]["kind"] == "authentication"
    assert "not-the-secret-of-alice" not in job.text
    assert simulator.writes() == []


def test_no_credential_says_where_to_attach_one(controller: Controller) -> None:
    nothing = CredentialType({"fields": []}, {})

    job = Launch(controller, nothing, {})("api_secret.yml", BILLING)

    assert job.failure["error"]["kind"] == "configuration"
    assert "SENHASEGURA_URL" in job.failure["error"]["solution"]


@pytest.mark.parametrize(("exempt", "kind"), [("", "connection"), ("127.0.0.1,localhost", None)])
def test_the_proxy_of_the_job_settings_is_used(
    simulator: Simulator, launch: Launch, exempt: str, kind: str | None
) -> None:
    with socket.socket() as refusing:
        refusing.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        job = launch("api_secret.yml", BILLING, environment={"HTTPS_PROXY": proxy, "NO_PROXY": exempt})

    if kind is None:
        assert job.status == "successful", job
    else:
        assert job.failure["error"]["kind"] == kind
        assert "proxy" in job.failure["msg"]
        assert simulator.requests() == []


def test_an_execution_environment_without_requests_is_named(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "requests.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")

    job = launch("api_secret.yml", BILLING, environment={"PYTHONPATH": str(tmp_path / "python")})

    assert job.failure["error"]["kind"] == "missing_library"
    assert "execution environment" in job.failure["error"]["solution"]


def test_a_credential_of_the_vendors_type_works_unchanged(
    simulator: Simulator, controller: Controller, login: dict[str, t.Any]
) -> None:
    trusted = {"REQUESTS_CA_BUNDLE": str(simulator.ca_path)}

    job = Launch(controller, CredentialType.of_the_vendor(), login)("api_secret.yml", BILLING, environment=trusted)

    assert job.status == "successful", job
    assert len(simulator.writes()) == 1


def test_a_pasted_text_that_is_not_a_certificate_is_named(simulator: Simulator, launch: Launch) -> None:
    job = launch.but(senhasegura_ca_certificate="not a certificate")("api_secret.yml", BILLING)

    assert job.failure["error"]["kind"] == "tls"
    assert "no certificate" in job.failure["msg"]
    assert simulator.requests() == []


# Create or rotate an API secret


def test_a_survey_creates_an_api_secret(simulator: Simulator, launch: Launch) -> None:
    job = launch("api_secret.yml", BILLING)

    assert job.result(HAVE)["action"] == "create"
    assert job.result(SAY)["msg"].startswith("create: API secret ")
    assert {
        name: only(simulator, "billing-api")[name] for name in ("name", "url", "client_id", "client_secret", "notes")
    } == {
        "name": "Billing API",
        "url": "https://billing.example.org",
        "client_id": "billing-robot",
        "client_secret": "first-of-billing",
        "notes": "Owned by the platform team.",
    }
    assert job.result(HAVE)["api_entity"]["tags"] == "billing, production"


@pytest.mark.exhaustive
def test_a_second_job_with_the_same_answers_changes_nothing(simulator: Simulator, launch: Launch) -> None:
    launch("api_secret.yml", BILLING)

    job = launch("api_secret.yml", BILLING)

    assert (job.result(HAVE)["action"], job.result(HAVE)["changed"]) == ("none", False)
    assert len(simulator.writes()) == 1


@pytest.mark.parametrize("blank", [None, ""], ids=["absent", "empty"])
def test_code_and_client_secret_suffice_to_rotate_it(simulator: Simulator, launch: Launch, blank: str | None) -> None:
    stored(simulator, "billing-api")
    before = only(simulator, "billing-api")
    answers = {name: blank for name in BILLING if blank is not None}

    job = launch("api_secret.yml", {**answers, **CODE_ALONE, "api_secret_client_secret": "second-of-billing"})

    assert job.result(HAVE)["action"] == "update"
    after = only(simulator, "billing-api")
    described = ("name", "url", "client_id", "notes", "tags", "method")
    assert [after[name] for name in described] == [before[name] for name in described]
    assert after["client_secret"] == "second-of-billing"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("api_secret_client_secret", "0123"),
        pytest.param("api_secret_client_secret", "on", marks=pytest.mark.exhaustive),
        ("api_secret_identifier_code", "007"),
    ],
)
def test_an_answer_that_ansible_converts_is_refused(
    simulator: Simulator, launch: Launch, question: str, answer: str
) -> None:
    """Since ansible-core 2.19, a text marked unsafe, as all answers are, becomes a number if it looks like one."""
    job = launch("api_secret.yml", {**BILLING, question: answer})

    assert job.status == "failed"
    assert question in job.stdout
    assert simulator.requests() == []


def test_an_answer_that_ansible_takes_as_null_counts_as_empty(simulator: Simulator, launch: Launch) -> None:
    stored(simulator, "billing-api")

    job = launch("api_secret.yml", {**CODE_ALONE, "api_secret_client_secret": "null"})

    assert job.result(HAVE)["action"] == "none"
    assert only(simulator, "billing-api")["client_secret"] == "first-of-billing"


def test_a_refused_client_secret_is_not_shown(launch: Launch) -> None:
    job = launch("api_secret.yml", {**BILLING, "api_secret_client_secret": "98765432109876543210"}, verbosity=5)

    assert "api_secret_client_secret looks like a number" in job.stdout
    assert "98765432109876543210" not in job.text


def test_the_job_type_check_writes_nothing(simulator: Simulator, launch: Launch) -> None:
    job = launch("api_secret.yml", BILLING, check=True)

    assert (job.status, job.result(HAVE)["action"]) == ("successful", "create")
    assert job.result(SAY)["msg"].startswith("would create: API secret")
    assert simulator.writes() == []


def test_an_answer_is_never_a_template(simulator: Simulator, launch: Launch) -> None:
    answers = {
        **BILLING,
        "api_secret_client_secret": "a{{ 7 * 7 }}b",
        "api_secret_notes": "{{ lookup('env', 'HOME') }}",
    }

    job = launch("api_secret.yml", answers)

    assert job.status == "successful", job
    stored = only(simulator, "billing-api")
    assert (stored["client_secret"], stored["notes"]) == ("a{{ 7 * 7 }}b", "{{ lookup('env', 'HOME') }}")


def test_a_job_at_the_highest_verbosity_shows_no_secret(simulator: Simulator, launch: Launch) -> None:
    job = launch("api_secret.yml", BILLING, verbosity=5)

    assert job.status == "successful", job
    assert "first-of-billing" not in job.text


# Onboard a list

LIST = """
- identifier_code: billing-api
  name: Billing API
  url: https://billing.example.org
  client_id: billing-robot
  tags: [billing, production]
  users_allowed:
    - username: bob
      can_edit: true
- identifier_code: reporting-api
  name: Reporting API
  url: https://reporting.example.org
  client_id: reporting-robot
"""
SECRETS = json.dumps({"billing-api": "first-of-billing", "reporting-api": "first-of-{{ 7 * 7 }}"})


def entries(count: int, **options: t.Any) -> str:
    """Return the answer that lists this many API secrets."""
    listed = [
        {
            "identifier_code": f"api-{n}",
            "name": f"API {n}",
            "url": "https://example.org",
            "client_id": "robot",
            **options,
        }
        for n in range(1, count + 1)
    ]
    return json.dumps(listed)


def test_a_list_is_onboarded(simulator: Simulator, launch: Launch) -> None:
    job = launch("onboard_list.yml", {"api_secrets": LIST, "api_secrets_client_secrets": SECRETS})

    assert job.result(SAY)["msg"] == ["2 API secrets: 2 created", "create: billing-api, reporting-api"]
    assert only(simulator, "billing-api")["client_secret"] == "first-of-billing"
    assert only(simulator, "reporting-api")["client_secret"] == "first-of-{{ 7 * 7 }}"
    assert job.result(HAVE_EACH)["results"][0]["api_entity"]["users_allowed"] == [{"username": "bob", "can_edit": True}]


def test_a_list_takes_one_token(simulator: Simulator, launch: Launch) -> None:
    launch("onboard_list.yml", {"api_secrets": LIST})

    assert token_requests(simulator) == 1


@pytest.mark.exhaustive
def test_the_output_of_an_unchanged_list_is_short(simulator: Simulator, launch: Launch) -> None:
    answers = {"api_secrets": entries(60)}
    launch("onboard_list.yml", answers)
    simulator.clear_log()

    job = launch("onboard_list.yml", answers)

    assert job.result(SAY)["msg"] == ["60 API secrets: 60 unchanged"]
    assert simulator.writes() == []
    assert "api-1" not in job.stdout
    assert len(job.stdout.splitlines()) < 30


def test_a_list_without_client_secrets_leaves_them_alone(simulator: Simulator, launch: Launch) -> None:
    stored(simulator, "billing-api")
    entry = "- identifier_code: billing-api\n  name: Billing, renamed\n"

    job = launch("onboard_list.yml", {"api_secrets": entry, "api_secrets_client_secrets": ""})

    assert job.result(SAY)["msg"] == ["1 API secret: 1 updated", "update: billing-api"]
    assert only(simulator, "billing-api")["client_secret"] == "first-of-billing"


def test_an_entry_may_have_a_number_or_a_state(simulator: Simulator, launch: Launch) -> None:
    stored(simulator, "billing-api")
    stored(simulator, "old-api")
    number, old = (only(simulator, code)["identifier"] for code in ("billing-api", "old-api"))
    listed = f"- identifier: '{number}'\n  name: Renamed\n- identifier_code: old-api\n  state: absent\n"

    job = launch("onboard_list.yml", {"api_secrets": listed})

    assert job.result(SAY)["msg"] == [
        "2 API secrets: 1 updated, 1 deactivated",
        f"deactivate: old-api ({old})",
        "update: billing-api",
        KEEP,
    ]


def test_the_job_type_check_of_a_list_writes_nothing(simulator: Simulator, launch: Launch) -> None:
    job = launch("onboard_list.yml", {"api_secrets": LIST}, check=True)

    assert job.result(SAY)["msg"] == [
        "Nothing was written. Run would do this:",
        "2 API secrets: 2 created",
        "would create: billing-api, reporting-api",
    ]
    assert simulator.writes() == []


def test_client_secrets_from_a_job_template_may_be_a_dictionary(simulator: Simulator, launch: Launch) -> None:
    """Extra variables of a job template or of a schedule are not limited to texts."""
    variables = {"api_secrets_client_secrets": {"billing-api": "first-of-billing"}}

    job = launch("onboard_list.yml", {"api_secrets": LIST}, extra_vars=variables)

    assert job.status == "successful", job
    assert only(simulator, "billing-api")["client_secret"] == "first-of-billing"


def test_the_example_in_the_survey_is_not_onboarded_by_mistake(simulator: Simulator, launch: Launch) -> None:
    """MySafe deletes nothing, so launching the survey unchanged must not write its example."""
    job = launch("onboard_list.yml")

    assert "Lines that begin with # are ignored" in job.failure["msg"]
    assert simulator.requests() == []


def test_the_example_in_the_survey_without_its_number_signs_is_onboarded(simulator: Simulator, launch: Launch) -> None:
    survey = json.loads((AWX / "surveys" / "onboard_list.json").read_text("utf-8"))
    example = survey["spec"][0]["default"].replace("# ", "")

    job = launch("onboard_list.yml", {"api_secrets": example})

    assert job.result(SAY)["msg"] == ["1 API secret: 1 created", "create: billing-api"]
    assert only(simulator, "billing-api")["name"] == "Billing API"


def test_a_list_keeps_a_client_secret_that_looks_like_a_number(simulator: Simulator, launch: Launch) -> None:
    launch("onboard_list.yml", {"api_secrets": LIST, "api_secrets_client_secrets": '{"billing-api": "0123"}'})

    assert only(simulator, "billing-api")["client_secret"] == "0123"


@pytest.mark.parametrize(
    "answer",
    [
        "billing-api",
        pytest.param("[]", marks=pytest.mark.exhaustive),
        pytest.param("123", marks=pytest.mark.exhaustive),
        "- identifier_code: a\n  client_secret: in-the-wrong-field",
    ],
)
def test_an_answer_that_is_no_list_stops_the_job_before_anything_is_sent(
    simulator: Simulator, launch: Launch, answer: str
) -> None:
    job = launch("onboard_list.yml", {"api_secrets": answer})

    assert job.failure["msg"].startswith("api_secrets must be a YAML list")
    assert "in-the-wrong-field" not in job.text
    assert simulator.requests() == []


def test_all_faults_of_a_list_are_named_before_anything_is_sent(simulator: Simulator, launch: Launch) -> None:
    listed = (
        "- name: no code\n- {identifier_code: a, tags: {a: b}}\n- identifier_code: twice\n- identifier_code: twice\n"
    )

    job = launch("onboard_list.yml", {"api_secrets": listed, "api_secrets_client_secrets": '{"other": "of-nobody"}'})

    assert job.failure["error"]["kind"] == "invalid_input"
    for fault in ("item 1:", "item 2 ('a')", "item 4 ('twice')", "entry 1 of client_secrets:"):
        assert fault in job.failure["msg"]
    assert "of-nobody" not in job.text
    assert simulator.requests() == []


def test_a_list_that_is_not_yaml_is_reported_with_its_line_and_without_its_text(
    simulator: Simulator, launch: Launch
) -> None:
    listed = "- identifier_code: a\n  client_secret: 'of-nobody\n  name: B\n"

    job = launch("onboard_list.yml", {"api_secrets": listed}, verbosity=5)

    assert job.results("Say where it is not YAML")[0]["msg"].startswith(
        "api_secrets is not valid YAML (line 4, column 1)"
    )
    assert "of-nobody" not in job.stdout
    assert simulator.requests() == []


@pytest.mark.parametrize(
    "answer",
    [
        '{"other": "of-nobody"}',
        pytest.param('{"billing-api": "of-nobody", "reporting-api": 123}', marks=pytest.mark.exhaustive),
        '{"billing-api": of-nobody',
        # YAML would quote these in its message.
        '{"billing-api": *of-nobody}',
        pytest.param('{"billing-api": !of-nobody x}', marks=pytest.mark.exhaustive),
        pytest.param('["of-nobody"]', marks=pytest.mark.exhaustive),
        pytest.param("of-nobody", marks=pytest.mark.exhaustive),
    ],
)
def test_invalid_client_secrets_stop_the_job_and_are_not_shown(
    simulator: Simulator, launch: Launch, answer: str
) -> None:
    job = launch("onboard_list.yml", {"api_secrets": LIST, "api_secrets_client_secrets": answer})

    assert job.status == "failed"
    assert "of-nobody" not in job.text
    assert simulator.requests() == []


def test_refused_entries_do_not_stop_the_others_and_are_shown_once(simulator: Simulator, launch: Launch) -> None:
    job = launch("onboard_list.yml", {"api_secrets": "- identifier_code: incomplete\n" + LIST})

    assert job.status == "failed"
    assert {secret["identifier_code"] for secret in simulator.secrets()} >= {"billing-api", "reporting-api"}
    counts, created, failed = job.result(SAY)["msg"]
    assert (counts, created) == ("3 API secrets: 2 created, 1 failed", "create: billing-api, reporting-api")
    assert failed.startswith("failed: incomplete: ")
    assert job.stdout.count("name, url, client_id missing") == 1
    assert job.failure["msg"].startswith("1 of 3 API secrets failed.")


def test_only_the_first_failures_are_quoted(launch: Launch) -> None:
    listed = json.dumps([{"identifier_code": f"api-{number}"} for number in range(1, 31)])

    job = launch("onboard_list.yml", {"api_secrets": listed})

    report = job.result(SAY)["msg"]
    assert [line.split(":")[0] for line in report] == ["30 API secrets", *["failed"] * 10, "failed as well"]
    assert report[-1].endswith(": " + ", ".join(f"api-{number}" for number in range(11, 31)))


def test_a_rejected_login_fails_the_task_of_the_list(simulator: Simulator, launch: Launch) -> None:
    job = launch.but(senhasegura_client_secret="not-the-secret-of-alice")("onboard_list.yml", {"api_secrets": LIST})

    assert job.failure["error"]["kind"] == "authentication"
    assert job.results(SAY) == []
    assert simulator.writes() == []


def test_a_list_at_the_highest_verbosity_shows_no_secret(launch: Launch) -> None:
    job = launch("onboard_list.yml", {"api_secrets": LIST, "api_secrets_client_secrets": SECRETS}, verbosity=5)

    assert job.status == "successful", job
    assert "first-of-" not in job.text


# A sliced inventory

HOSTS: dict[str, dict[str, t.Any]] = {f"app{number}.example.org": {} for number in range(1, 4)}


@pytest.mark.exhaustive
def test_slices_process_each_host_once(simulator: Simulator, launch: Launch) -> None:
    jobs = [launch("onboard_inventory.yml", inventory=slice_of(HOSTS, number, 2)) for number in (1, 2)]

    assert [len(job.results(HAVE_HOST, "runner_on_ok")) for job in jobs] == [2, 1]
    assert [only(simulator, host)["url"] for host in HOSTS] == [f"https://{host}" for host in HOSTS]
    assert len(simulator.writes()) == len(HOSTS)


def test_a_slice_with_the_token_cache_logs_in_once(simulator: Simulator, launch: Launch) -> None:
    launch.but(senhasegura_token_cache=True)("onboard_inventory.yml", inventory=HOSTS)

    assert token_requests(simulator) == 1


def test_a_slice_without_the_token_cache_logs_in_once_per_host(simulator: Simulator, launch: Launch) -> None:
    launch("onboard_inventory.yml", inventory=HOSTS)

    assert token_requests(simulator) == len(HOSTS)


def test_the_hosts_of_the_inventory_are_not_connected_to(launch: Launch) -> None:
    unreachable = {"app1.example.org": {"ansible_connection": "ssh", "ansible_host": "192.0.2.1"}}

    job = launch("onboard_inventory.yml", inventory=unreachable)

    assert job.status == "successful", job


@pytest.mark.parametrize(
    "described",
    [
        {"ansible_become": True, "ansible_become_user": "deploy", "ansible_become_exe": "/usr/bin/no-such-sudo"},
        {"ansible_connection": "winrm", "ansible_shell_type": "powershell", "ansible_user": "Administrator"},
        {"ansible_python_interpreter": "/usr/libexec/no-such-python"},
    ],
    ids=["privilege escalation", "Windows", "another Python"],
)
def test_connection_variables_of_the_inventory_do_not_matter(
    simulator: Simulator, launch: Launch, described: dict[str, t.Any]
) -> None:
    job = launch("onboard_inventory.yml", inventory={"app1.example.org": described})

    assert job.status == "successful", job
    assert only(simulator, "app1.example.org")


@pytest.mark.exhaustive
def test_a_second_run_keeps_the_random_client_secrets(simulator: Simulator, launch: Launch) -> None:
    launch("onboard_inventory.yml", inventory=HOSTS)
    before = {host: only(simulator, host)["client_secret"] for host in HOSTS}

    job = launch("onboard_inventory.yml", inventory=HOSTS)

    assert {one["action"] for one in job.results(HAVE_HOST, "runner_on_ok")} == {"none"}
    assert {host: only(simulator, host)["client_secret"] for host in HOSTS} == before
    assert len(set(before.values())) == len(HOSTS)


def test_variables_of_a_host_describe_its_api_secret(simulator: Simulator, launch: Launch) -> None:
    described = {"api_secret_identifier_code": "billing", "api_secret_name": "Billing", "api_secret_client_id": "robot"}

    launch("onboard_inventory.yml", inventory={"app1.example.org": described})

    stored = only(simulator, "billing")
    assert [stored[name] for name in ("name", "client_id", "url")] == ["Billing", "robot", "https://app1.example.org"]


# A bastion: the module runs on another host than the controller


@pytest.mark.parametrize(
    ("playbook", "answers"), [("api_secret.yml", BILLING), ("onboard_list.yml", {"api_secrets": LIST})]
)
def test_the_credential_reaches_a_bastion(
    simulator: Simulator, minimal: Launch, playbook: str, answers: dict[str, t.Any]
) -> None:
    job = minimal.but(senhasegura_skip_tls_verification=True)(
        playbook, answers, inventory=BASTION, extra_vars=ON_BASTION
    )

    assert job.status == "successful", job
    assert only(simulator, "billing-api")
    assert token_requests(simulator) == 1


def test_a_bastion_missing_in_the_inventory_fails_the_job(simulator: Simulator, launch: Launch) -> None:
    job = launch("api_secret.yml", BILLING, extra_vars={"mysafe_run_on": "no-such-host.invalid"})

    assert job.status == "failed"
    assert simulator.requests() == []


def test_pasted_files_do_not_reach_a_bastion(simulator: Simulator, launch: Launch) -> None:
    """They stay in the container, at a path that no other machine has."""
    job = launch("api_secret.yml", BILLING, inventory=BASTION, extra_vars=ON_BASTION, mounted=False)

    assert job.failure["error"]["kind"] == "configuration"
    assert "ca_path" in job.failure["msg"]
    assert simulator.requests() == []
