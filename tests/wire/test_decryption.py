# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The option decryption_key: an encrypted access key works as any other, and a wrong key fails clearly."""

from __future__ import annotations

import base64
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import (
    api_secret_info,
    api_secrets,
    lookup,
)
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import Sessions

from .support import (
    CLIENT_SECRET,
    CODE,
    DESCRIBED,
    HIDDEN,
    OTHER_CLIENT_SECRET,
    STORED,
    add,
    calls,
    login,
    vault,
    with_code,
)
from .tasks import Tasks

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result

#: The access key of alice whose answers are encrypted.
KEY = "encrypted"
each_profile = pytest.mark.parametrize("profile", ["v3_32", "v3_33", "v4", "v4_en_doc", "legacy_envelope"])
each_kind_of_server = pytest.mark.parametrize("encrypt_notes", [True, False], ids=["notes too", "secrets only"])
#: What looks like ciphertext of keys of 2048, 3072 and 4096 bits, and is none.
LOOKALIKES = [base64.b64encode(bytes(size)).decode() for size in (256, 384, 512)]


@pytest.fixture(name="right_key")
def _right_key(simulator: Simulator) -> str:
    """Return the path of the private key of the access key."""
    return str(simulator.access_keys[KEY]["decryption_key"])


@pytest.fixture(name="keys", scope="session")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Return the paths of wrong keys by their size."""
    place = tmp_path_factory.mktemp("keys")
    paths = {}
    for bits in (2048, 3072, 4096):
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        path = place / f"{bits}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        paths[bits] = str(path)
    return paths


@pytest.fixture(name="wrong_key")
def _wrong_key(keys: dict[int, str]) -> str:
    return keys[2048]


@pytest.fixture(autouse=True)
def _no_part_of_a_key_is_shown(request: pytest.FixtureRequest, right_key: str, wrong_key: str) -> t.Iterator[None]:
    yield
    if "task" in request.fixturenames:
        shown = repr([(one.values, one.warnings) for one in request.getfixturevalue("task").results])
        for path in (right_key, wrong_key):
            assert not [line for line in Path(path).read_text("ascii").splitlines() if line in shown]


def info(simulator: Simulator, decryption_key: str | None, **options: t.Any) -> Result:
    """Run the info module with the encrypted access key."""
    given = {**login(simulator, KEY), "retries": 0, "decryption_key": decryption_key, **options}
    checked = ArgumentSpecValidator(api_secret_info.argument_spec()).validate(given)
    assert not checked.error_messages
    return api_secret_info.run(checked.validated_parameters)


def look_up(simulator: Simulator, decryption_key: str, *codes: str) -> lookup.Lookup:
    """Run the lookup with the encrypted access key."""
    return lookup.run({**login(simulator, KEY), "decryption_key": decryption_key}, codes or (CODE,), Sessions())


# Everything works as with any other access key.


@each_profile
@each_kind_of_server
@pytest.mark.parametrize("update_client_secret", ["always", "on_create"])
def test_what_is_described_again_is_unchanged(
    simulator: Simulator, task: Tasks, right_key: str, profile: str, encrypt_notes: bool, update_client_secret: str
) -> None:
    simulator.reset(profile, encrypt_notes=encrypt_notes)
    options: dict[str, t.Any] = {"identifier_code": CODE, "key": KEY, "decryption_key": right_key, **DESCRIBED}
    runs = [task(update_client_secret=update_client_secret, **options) for _run in range(3)]
    assert [run.values["action"] for run in runs] == ["create", "none", "none"]
    assert [run.warnings for run in runs] == [(), (), ()]


@each_profile
@each_kind_of_server
def test_a_rotation_is_one_update(
    simulator: Simulator, task: Tasks, right_key: str, profile: str, encrypt_notes: bool
) -> None:
    simulator.reset(profile, encrypt_notes=encrypt_notes)
    identifier = add(simulator)
    options: dict[str, t.Any] = {
        "identifier_code": CODE,
        "key": KEY,
        "decryption_key": right_key,
        "client_secret": OTHER_CLIENT_SECRET,
    }
    runs = [task(**options) for _run in range(2)]
    assert [(run.values["action"], run.values["changed"]) for run in runs] == [("update", True), ("none", False)]
    assert vault(simulator)[identifier] == {
        **vault(simulator)[identifier],
        **STORED,
        "client_secret": OTHER_CLIENT_SECRET,
    }
    assert len(simulator.writes()) == 1


def test_check_mode_tells_a_rotation_from_none(simulator: Simulator, task: Tasks, right_key: str) -> None:
    add(simulator)
    options: dict[str, t.Any] = {"identifier_code": CODE, "key": KEY, "decryption_key": right_key, "check_mode": True}
    actions = [task(client_secret=one, **options).values["action"] for one in (CLIENT_SECRET, OTHER_CLIENT_SECRET)]
    assert actions == ["none", "update"]


def test_the_diff_shows_the_notes_as_text(simulator: Simulator, task: Tasks, right_key: str) -> None:
    add(simulator)
    values = task(identifier_code=CODE, key=KEY, decryption_key=right_key, notes="Other.").values
    assert values["diff"]["before"] == {"notes": STORED["notes"]}
    assert (values["api_entity"]["notes"], values["api_entity"]["client_secret"]) == ("Other.", HIDDEN)


def test_a_decrypted_client_secret_is_hidden(simulator: Simulator, task: Tasks, right_key: str) -> None:
    add(simulator)
    result = task(identifier_code=CODE, key=KEY, decryption_key=right_key, method="get")
    assert CLIENT_SECRET in set(result.secrets)


def test_an_empty_client_secret_stays_empty(simulator: Simulator, task: Tasks, right_key: str) -> None:
    add(simulator, client_secret="")
    options: dict[str, t.Any] = {"identifier_code": CODE, "key": KEY, "decryption_key": right_key}
    assert task(client_secret="", **options).values["action"] == "none"
    assert task(client_secret=CLIENT_SECRET, **options).values["action"] == "update"


def test_a_list_is_unchanged_when_described_again(simulator: Simulator, right_key: str) -> None:
    task = Tasks(simulator, api_secrets)
    listed = [
        {**DESCRIBED, "identifier_code": f"code-{number}", "client_secret": f"s3cr3t-{number}"} for number in range(20)
    ]
    runs = [task(api_secrets=listed, key=KEY, decryption_key=right_key).values["summary"] for _run in range(2)]
    assert [(run["created"], run["unchanged"]) for run in runs] == [(20, 0), (0, 20)]


def test_the_lookup_returns_plain_text(simulator: Simulator, right_key: str) -> None:
    add(simulator)
    found = look_up(simulator, right_key)
    entity = found.fetched[0].entity
    assert entity is not None
    assert ((entity["client_secret"], entity["notes"]), found.warnings) == ((CLIENT_SECRET, STORED["notes"]), ())


def test_reveal_returns_plain_text(simulator: Simulator, right_key: str) -> None:
    add(simulator)
    values = info(simulator, right_key, identifier_code=CODE, reveal=True).values
    assert values["api_secrets"][0]["client_secret"] == CLIENT_SECRET


def test_without_reveal_the_info_module_hides_it(simulator: Simulator, right_key: str) -> None:
    add(simulator)
    result = info(simulator, right_key, identifier_code=CODE)
    assert (result.values["api_secrets"][0]["client_secret"], CLIENT_SECRET in set(result.secrets)) == (HIDDEN, True)


def test_a_lost_answer_is_settled_by_what_was_decrypted(simulator: Simulator, task: Tasks, right_key: str) -> None:
    add(simulator)
    simulator.fault({"gateway": 504}, method="PUT", when="after", times=1000)
    values = task(
        identifier_code=CODE, key=KEY, decryption_key=right_key, retries=0, client_secret=OTHER_CLIENT_SECRET
    ).values
    assert (values.get("error"), values["action"]) == (None, "update")


@pytest.mark.parametrize("length", [214, 215])
def test_a_client_secret_too_long_to_encrypt_is_reported(
    simulator: Simulator, task: Tasks, right_key: str, length: int
) -> None:
    described = {**DESCRIBED, "client_secret": "x" * length}
    values = task(identifier_code=CODE, key=KEY, decryption_key=right_key, **described).values
    kind = values.get("error", {}).get("kind")
    assert (kind, len(with_code(simulator))) == ((None, 1) if length == 214 else ("server_error", 0))


# What is no ciphertext stays as it is.


@pytest.mark.parametrize("secret", ["s3cr3t", "A" * 344, "A" * 343 + "=", "A" * 684, "QUJD" * 3])
def test_with_another_access_key_the_option_does_no_harm(
    simulator: Simulator, task: Tasks, right_key: str, secret: str
) -> None:
    options: dict[str, t.Any] = {
        "identifier_code": CODE,
        "decryption_key": right_key,
        **DESCRIBED,
        "client_secret": secret,
    }
    runs = [task(**options) for _run in range(2)]
    assert [(run.values["action"], run.warnings) for run in runs] == [("create", ()), ("none", ())]


@pytest.mark.parametrize("secret", LOOKALIKES, ids=len)
def test_what_looks_like_ciphertext_and_does_not_open_is_refused(
    simulator: Simulator, task: Tasks, right_key: str, secret: str
) -> None:
    add(simulator, client_secret=secret)
    error = task(identifier_code=CODE, decryption_key=right_key, client_secret=secret).values["error"]
    assert error["kind"] == "configuration"


# A wrong key.


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_wrong_key_is_refused_before_anything_is_written(
    simulator: Simulator, task: Tasks, keys: dict[int, str], bits: int, check_mode: bool
) -> None:
    identifier = add(simulator)
    values = task(
        identifier_code=CODE,
        key=KEY,
        decryption_key=keys[bits],
        client_secret=OTHER_CLIENT_SECRET,
        check_mode=check_mode,
    ).values
    assert (values["error"]["kind"], values["changed"]) == ("configuration", False)
    assert f"does not decrypt client_secret of the API secret with identifier {identifier}" in values["error"]["cause"]
    assert "SENHASEGURA_DECRYPTION_KEY" in values["error"]["solution"]
    assert calls(simulator) == ["token", "list", "get"]


@each_profile
def test_a_wrong_key_that_only_the_answer_to_a_create_shows(
    simulator: Simulator, task: Tasks, wrong_key: str, profile: str
) -> None:
    simulator.reset(profile)
    options: dict[str, t.Any] = {"identifier_code": CODE, "key": KEY, "decryption_key": wrong_key, **DESCRIBED}
    first, second = task(**options).values, task(**options).values
    assert (first["error"]["kind"], first["changed"]) == ("configuration", True)
    assert (first["api_entity"]["name"], first["api_entity"]["client_secret"]) == (DESCRIBED["name"], None)
    assert first["api_entity"]["identifier"] == with_code(simulator)[0]["identifier"]
    assert (second["error"]["kind"], second["changed"]) == ("configuration", False)
    assert len(simulator.writes()) == 1


def test_a_wrong_key_that_only_the_answer_to_an_update_shows(simulator: Simulator, task: Tasks, wrong_key: str) -> None:
    identifier = add(simulator, client_secret="")
    values = task(identifier_code=CODE, key=KEY, decryption_key=wrong_key, client_secret=CLIENT_SECRET).values
    assert (values["error"]["kind"], values["changed"]) == ("configuration", True)
    assert (values["api_entity"]["identifier"], values["api_entity"]["client_secret"]) == (identifier, None)
    assert vault(simulator)[identifier]["client_secret"] == CLIENT_SECRET


def test_a_wrong_key_that_shows_after_an_activation(simulator: Simulator, task: Tasks, wrong_key: str) -> None:
    identifier = add(simulator, active=False)
    values = task(identifier=identifier, key=KEY, decryption_key=wrong_key, client_secret=CLIENT_SECRET).values
    assert (values["error"]["kind"], values["changed"]) == ("configuration", True)
    assert values["api_entity"]["identifier"] == identifier


@pytest.mark.parametrize("way", [{}, {"tag": "billing"}, {"identifier_code": CODE}], ids=str)
def test_a_wrong_key_fails_the_info_module(simulator: Simulator, wrong_key: str, way: dict[str, t.Any]) -> None:
    add(simulator)
    assert info(simulator, wrong_key, **way).values["error"]["kind"] == "configuration"


def test_a_wrong_key_fails_the_lookup(simulator: Simulator, wrong_key: str) -> None:
    add(simulator)
    with pytest.raises(MySafeError, match="decryption_key") as failure:
        look_up(simulator, wrong_key)
    assert failure.value.kind == "configuration"


def test_a_wrong_key_fails_the_items_of_a_list_that_have_a_client_secret(simulator: Simulator, wrong_key: str) -> None:
    add(simulator)
    add(simulator, identifier_code="without", client_secret="", notes="")
    task = Tasks(simulator, api_secrets)
    listed = [{"identifier_code": CODE}, {"identifier_code": "without", "method": "get"}]
    results = task(api_secrets=listed, key=KEY, decryption_key=wrong_key).values["results"]
    assert [result.get("error", {}).get("kind") for result in results] == ["configuration", None]
    assert results[1]["action"] == "update"


# Notes that the key does not decrypt are taken as they are.


def test_notes_that_do_not_open_are_taken_with_a_warning(simulator: Simulator, wrong_key: str) -> None:
    numbers = [add(simulator, identifier_code=f"code-{one}", client_secret="") for one in range(5)]
    result = info(simulator, wrong_key, tag="billing")
    assert len({secret["notes"] for secret in result.values["api_secrets"]} - {STORED["notes"]}) == 5
    assert len(result.warnings) == 1
    assert f"notes of the API secrets {', '.join(numbers[:3])} and 2 more:" in result.warnings[0]


def test_notes_that_do_not_open_do_not_fail_the_lookup(simulator: Simulator, wrong_key: str) -> None:
    add(simulator, client_secret="")
    found = look_up(simulator, wrong_key)
    assert found.fetched[0].entity is not None
    assert ["notes" in warning for warning in found.warnings] == [True]


@pytest.mark.parametrize(
    "change", [{"method": "get"}, {"name": "Other"}, {"users_allowed": []}, {"tags": ["x"]}], ids=str
)
def test_notes_that_do_not_open_are_not_written_back(
    simulator: Simulator, task: Tasks, wrong_key: str, change: dict[str, t.Any]
) -> None:
    identifier = add(simulator, client_secret="")
    result = task(identifier_code=CODE, key=KEY, decryption_key=wrong_key, **change)
    assert (result.values["action"], len(result.warnings)) == ("update", 1)
    assert vault(simulator)[identifier]["notes"] == STORED["notes"]


# Without the key.


def test_the_warning_without_the_key_names_the_option(simulator: Simulator, task: Tasks) -> None:
    add(simulator)
    result = task(identifier_code=CODE, key=KEY, client_secret=CLIENT_SECRET)
    assert (result.values["action"], ["decryption_key" in warning for warning in result.warnings]) == ("update", [True])


def test_a_mask_is_nothing_that_a_key_decrypts(simulator: Simulator, task: Tasks, right_key: str) -> None:
    simulator.switch(masked_echo=True)
    task(identifier_code=CODE, key=KEY, decryption_key=right_key, **DESCRIBED)
    assert calls(simulator) == ["token", "list", "create"]


# A file that cannot be used.

FILES: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "garbage": b"garbage",
    "no key": b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_sent(
    simulator: Simulator, task: Tasks, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "access.key"
    if content is not None:
        path.write_bytes(content)
    values = task(identifier_code=CODE, key=KEY, decryption_key=str(path), **DESCRIBED).values
    assert (values["error"]["kind"], values["changed"]) == ("configuration", False)
    assert "decryption_key" in values["msg"]
    assert calls(simulator) == []


def test_a_key_pasted_in_place_of_its_path_is_not_shown(simulator: Simulator, task: Tasks, right_key: str) -> None:
    pasted = Path(right_key).read_text("ascii")
    result = task(identifier_code=CODE, key=KEY, decryption_key=pasted, **DESCRIBED)
    assert (result.values["error"]["kind"], pasted in set(result.secrets)) == ("configuration", True)
    assert calls(simulator) == []
