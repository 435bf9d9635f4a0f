# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a list says of an API secret that was not tried; tests/wire/test_many.py shows all the rest against a vault."""

from __future__ import annotations

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.ensure_list import NOT_TRIED
from ansible_collections.senhasegura.mysafe.tests.unit.wording import faults_of


def test_an_item_that_was_not_tried_says_why_and_what_to_do() -> None:
    assert ("on_error is stop" in NOT_TRIED.cause, [*faults_of(NOT_TRIED)]) == (True, [])
