# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The documented kinds of failure are the existing ones."""

from __future__ import annotations

import re

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind
from ansible_collections.senhasegura.mysafe.tests.unit.documents import GUIDES, plugin_texts, quoted, table

KINDS = sorted(kind.value for kind in Kind)
TEXTS = {**GUIDES, **plugin_texts()}
ERRORS = "docs/docsite/rst/errors.rst"


def test_the_guide_lists_each_kind_once() -> None:
    listed = [kind for row in table(ERRORS, "``error.kind``") for kind in quoted(row[0])]
    assert sorted(listed) == KINDS


def test_the_guide_says_what_each_kind_means_and_what_to_do() -> None:
    rows = table(ERRORS, "``error.kind``")
    assert [row[0] for row in rows if len(row) != 3 or not all(row)] == []


def test_each_kind_can_be_linked_to() -> None:
    labels = re.findall(r"_ansible_collections\.senhasegura\.mysafe\.docsite\.errors\.(\w+):", GUIDES[ERRORS])
    assert sorted(labels) == KINDS


@pytest.mark.parametrize("path", [path for path in TEXTS if re.search(r"\bkind\b", TEXTS[path])])
def test_a_kind_that_is_mentioned_exists(path: str) -> None:
    mentioned = re.findall(r"\bkind(?:: | C\(| != ')([a-z_]+)", TEXTS[path])
    assert [kind for kind in mentioned if kind not in KINDS] == []
