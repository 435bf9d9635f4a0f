# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""An access key with "Encryption of sensitive data": MySafe returns ciphertext instead of what was sent."""

from __future__ import annotations

import typing as t

import pytest

from .support import CODE, DESCRIBED, OTHER_CLIENT_SECRET, add, calls, vault, with_code

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .tasks import Tasks

_PLAIN_NOTES = {"encrypt_notes": False}


def test_a_create_is_a_change_without_a_warning(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(**_PLAIN_NOTES)
    result = task(identifier_code=CODE, key="encrypted", **DESCRIBED)
    assert (result.values["action"], result.warnings) == ("create", ())


def test_always_is_a_change_with_a_warning_in_each_run(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(**_PLAIN_NOTES)
    for _run in range(3):
        result = task(identifier_code=CODE, key="encrypted", **DESCRIBED)
    assert (result.values["action"], result.values["changed"]) == ("update", True)
    assert ["update_client_secret" in warning for warning in result.warnings] == [True]


def test_on_create_is_unchanged(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(**_PLAIN_NOTES)
    task(identifier_code=CODE, key="encrypted", update_client_secret="on_create", **DESCRIBED)
    result = task(identifier_code=CODE, key="encrypted", update_client_secret="on_create", **DESCRIBED)
    assert (result.values["action"], result.warnings) == ("none", ())


def test_a_task_without_a_client_secret_changes_nothing(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(**_PLAIN_NOTES)
    add(simulator)
    options = {name: value for name, value in DESCRIBED.items() if name != "client_secret"}
    assert task(identifier_code=CODE, key="encrypted", **options).values["action"] == "none"


def test_an_update_of_another_field_does_not_send_ciphertext_back(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    before = vault(simulator)[identifier]
    task(identifier_code=CODE, key="encrypted", method="get")
    assert vault(simulator)[identifier] == {**before, "method": "get"}


@pytest.mark.parametrize("update_client_secret", ["always", "on_create"])
def test_encrypted_notes_do_not_fail_a_create(simulator: Simulator, task: Tasks, update_client_secret: str) -> None:
    values = task(identifier_code=CODE, key="encrypted", update_client_secret=update_client_secret, **DESCRIBED).values
    assert ("error" in values, with_code(simulator)[0]["notes"]) == (False, DESCRIBED["notes"])


def test_encrypted_notes_do_not_fail_an_update(simulator: Simulator, task: Tasks) -> None:
    identifier = add(simulator)
    values = task(identifier_code=CODE, key="encrypted", notes="Other.").values
    assert ("error" in values, vault(simulator)[identifier]["notes"]) == (False, "Other.")


def test_a_client_secret_too_long_to_encrypt_is_reported(simulator: Simulator, task: Tasks) -> None:
    values = task(identifier_code=CODE, key="encrypted", **{**DESCRIBED, "client_secret": "x" * 300}).values
    assert (values["error"]["kind"], "encrypt" in values["error"]["cause"], values["changed"]) == (
        "server_error",
        True,
        False,
    )


def test_ciphertext_is_not_shown(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(**_PLAIN_NOTES)
    add(simulator)
    result = task(identifier_code=CODE, key="encrypted", method="get")
    ciphertexts = [secret for secret in result.secrets if len(secret) >= 344 and "." not in secret]
    assert ciphertexts
    assert not any(text in str(result.values) for text in ciphertexts)


@pytest.mark.parametrize("retries", [0, 3])
@pytest.mark.parametrize("do", [{"gateway": 504}, {"reset": True}, {"html": True}], ids=["504", "reset", "html_200"])
def test_a_client_secret_that_never_arrived_is_not_reported_as_updated(
    simulator: Simulator, task: Tasks, do: dict[str, t.Any], retries: int
) -> None:
    simulator.switch(**_PLAIN_NOTES)
    identifier = add(simulator)
    simulator.fault(do, method="PUT", times=1000)
    values = task(identifier_code=CODE, key="encrypted", retries=retries, client_secret=OTHER_CLIENT_SECRET).values
    assert vault(simulator)[identifier]["client_secret"] == DESCRIBED["client_secret"]
    assert "error" in values


def test_a_masked_client_secret_in_the_answer_is_not_read_back(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(masked_echo=True)
    task(identifier_code=CODE, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create"]


def test_a_masked_client_secret_in_the_answer_is_not_a_difference(simulator: Simulator, task: Tasks) -> None:
    simulator.switch(masked_echo=True)
    task(identifier_code=CODE, **DESCRIBED)
    assert task(identifier_code=CODE, **DESCRIBED).values["action"] == "none"
