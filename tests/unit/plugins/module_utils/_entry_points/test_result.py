# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Results: what is told besides the values, whether the task succeeds or fails."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret, api_secret_info
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN, Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.answers import envelope
from ansible_collections.senhasegura.mysafe.tests.unit.builders import CODE, NUMBER, an_entity
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL, Canned, Serve

pytestmark = pytest.mark.usefixtures("waits")

LOGIN = {"mysafe_url": URL, "mysafe_access_token": "t0k3n"}
LISTED = Canned(200, envelope(api_secret_on_list=[{"identifier": NUMBER}]))
READ = Canned(200, envelope(api_secret_entity=an_entity()))
BUSY = Canned(503, {"message": "The upstream server is currently unavailable"})
BROKEN = Canned(500, envelope(500, "Unexpected error"))


def of_module(**options: t.Any) -> Result:
    """Return the result of mysafe_api_secret."""
    defaults = {name: spec.get("default") for name, spec in api_secret.argument_spec().items()}
    params = {**defaults, "identifier_code": CODE, "state": "absent", **LOGIN, **options}
    return api_secret.run(params, check_mode=True, diff=False)


def of_info(**options: t.Any) -> Result:
    """Return the result of mysafe_api_secret_info."""
    defaults = {name: spec.get("default") for name, spec in api_secret_info.argument_spec().items()}
    return api_secret_info.run({**defaults, "identifier_code": CODE, **LOGIN, **options})


ENDS = {"succeeds": [LISTED, READ], "fails": [BROKEN]}


@pytest.mark.parametrize("run", [of_module, of_info], ids=["module", "info"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_result_tells_of_repeated_requests_however_it_ends(
    run: t.Callable[..., Result], end: list[Canned], serve: Serve
) -> None:
    serve(BUSY, BUSY, BUSY, *end)
    result = run()
    assert (result.failed, len(result.repeats), len(result.warnings)) == (end == [BROKEN], 3, 1)
    assert result.warnings[0].startswith("Requests had to be repeated 3 times; the last time: Could not ")


@pytest.mark.parametrize("run", [of_module, of_info], ids=["module", "info"])
def test_a_failed_read_has_changed_nothing(run: t.Callable[..., Result], serve: Serve) -> None:
    serve(BROKEN)
    assert run().values["changed"] is False


@pytest.mark.parametrize("run", [of_module, of_info], ids=["module", "info"])
def test_options_that_cannot_be_used_are_a_failure_without_more_to_tell(run: t.Callable[..., Result]) -> None:
    result = run(mysafe_url="")
    assert (result.values["error"]["kind"], result.repeats, result.warnings) == ("configuration", (), ())


@pytest.mark.parametrize("action", ["none", "create", "update", "activate", "deactivate", "activate+update"])
@pytest.mark.parametrize("secret", ["e", "update", "not_found"])
def test_the_words_that_playbooks_branch_on_are_never_masked(secret: str, action: str) -> None:
    """They are the same whatever the secret is. A mask in one would give a short secret away."""
    secrets = Secrets()
    secrets.add(secret)
    values = {"error": {"kind": "not_found"}, "results": [{"action": action}]}
    assert Result(values, (), secrets).shown(values) == values


@pytest.mark.parametrize("field", ["kind", "action"])
def test_a_secret_in_place_of_such_a_word_is_hidden(field: str) -> None:
    secrets = Secrets()
    secrets.add("hush")
    assert Result({}, (), secrets).shown({field: "hush", "msg": "update"}) == {field: HIDDEN, "msg": "update"}


def test_such_a_word_elsewhere_is_hidden() -> None:
    secrets = Secrets()
    secrets.add("update")
    assert Result({}, (), secrets).shown({"notes": "update", "msg": "No update."}) == {
        "notes": HIDDEN,
        "msg": "No ********.",
    }
