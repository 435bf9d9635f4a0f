# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What several places list by themselves, so that none shares the mistakes of another, is the same in all of them."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import model.mysafe
import probe.documented
import pytest
import simulator.state
import yaml
from simulator.api import _ROUTES

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, SECRET, SHARING
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.failures import _BY_CODE

from .description import operations
from .documented import OUTCOMES

_COPY = Path(__file__).resolve().parents[2] / "docs" / "recipes" / "copy.yml"
_TEXTS = set(FIELDS) - set(SHARING)
#: Its kind depends on the message, and is not in the table of the others.
_SEVERAL_MEANINGS = 1001


def _behind_the_login(description: dict[str, t.Any]) -> dict[tuple[str, str], str]:
    """Return the names of the operations by method and path, without that which gets a token."""
    named = {key: operation["operationId"] for key, operation in operations(description).items()}
    return {key: name for key, name in named.items() if name != "getToken"}


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(simulator.state.TEXT_FIELDS, id="simulator"),
        pytest.param(probe.documented.TEXT_FIELDS, id="probe"),
        pytest.param(model.mysafe.TEXTS, id="model"),
    ],
)
def test_the_texts_of_an_api_secret_are_those_of_the_field_table(listed: tuple[str, ...]) -> None:
    assert set(listed) == _TEXTS


def test_the_recipe_that_copies_api_secrets_copies_every_field_that_it_can() -> None:
    [play] = yaml.safe_load(_COPY.read_text(encoding="utf-8"))
    assert set(play["vars"]["copy_fields"]) == _TEXTS - set(SECRET)


def test_the_simulator_has_the_described_operations_and_no_others(description: dict[str, t.Any]) -> None:
    described = _behind_the_login(description)
    routed = [
        [key for key in described if key[0] == method and pattern.fullmatch(re.sub("{.*?}", "17", key[1]))]
        for method, pattern, _handler in _ROUTES
    ]
    assert sorted(key for keys in routed for key in keys) == sorted(described)
    assert [len(keys) for keys in routed] == [1] * len(_ROUTES)


def test_each_operation_has_a_success_and_a_failure_that_is_provoked(description: dict[str, t.Any]) -> None:
    provoked = {(outcome.operation, outcome.status < 300) for outcome in OUTCOMES}
    names = _behind_the_login(description).values()
    assert {(name, succeeds) for name in names for succeeds in (True, False)} <= provoked


def test_the_numbers_of_failures_are_those_that_have_a_meaning(description: dict[str, t.Any]) -> None:
    failure = description["components"]["schemas"]["BusinessError"]["properties"]["exception"]
    assert {_SEVERAL_MEANINGS, *_BY_CODE} == set(failure["properties"]["code"]["enum"])
