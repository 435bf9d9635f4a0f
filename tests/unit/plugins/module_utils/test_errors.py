# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The failures: their kinds, which playbooks branch on, and their text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import KINDS, MySafeError

PLUGINS = Path(__file__).parents[4] / "plugins"


def raised_kinds() -> dict[str, str]:
    """Return every kind with which a failure is made in the source, and where that is."""
    found: dict[str, str] = {}
    for path in sorted(PLUGINS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in {"MySafeError", "Documented"} and node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = f"{path.name}:{node.lineno}"
    return found


def compared_kinds() -> dict[str, str]:
    """Return every text with which a kind is compared in the source, and where that is."""
    found: dict[str, str] = {}
    for path in sorted(PLUGINS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "kind":
                for text in ast.walk(node.comparators[0]):
                    if isinstance(text, ast.Constant):
                        found[str(text.value)] = f"{path.name}:{node.lineno}"
    return found


def test_the_source_is_found() -> None:
    assert len(raised_kinds()) > 20
    assert compared_kinds()


@pytest.mark.parametrize("kind", sorted(raised_kinds()))
def test_every_kind_that_is_raised_is_described(kind: str) -> None:
    assert kind in KINDS, raised_kinds()[kind]


@pytest.mark.parametrize("kind", sorted(compared_kinds()))
def test_every_kind_that_is_asked_for_exists(kind: str) -> None:
    assert kind in KINDS, compared_kinds()[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_is_described_is_raised(kind: str) -> None:
    assert kind in raised_kinds()


@pytest.mark.parametrize(
    ("message", "cause", "solution", "text"),
    [
        ("It failed", "", "", "It failed."),
        ("It failed.", "", "", "It failed."),
        ("It failed!", "", "", "It failed!"),
        ("Did it?", "", "", "Did it?"),
        ("It failed", "rain", "", "It failed. Cause: rain."),
        ("It failed", "", "wait", "It failed. What to do: wait."),
        ("It failed", "rain.", "wait", "It failed. Cause: rain. What to do: wait."),
    ],
)
def test_the_text_of_a_failure(message: str, cause: str, solution: str, text: str) -> None:
    assert str(MySafeError("timeout", message, cause=cause, solution=solution)) == text


def test_the_text_follows_the_message() -> None:
    error = MySafeError("timeout", "It failed")
    error.message = "It failed again"
    assert str(error) == "It failed again."


def test_the_details_of_a_failure() -> None:
    error = MySafeError("timeout", "x", cause="rain", solution="wait", code=1, http_status=504, request_id="a")
    assert error.details() == {
        "kind": "timeout",
        "code": 1,
        "http_status": 504,
        "cause": "rain",
        "solution": "wait",
        "request_id": "a",
    }


def test_a_failure_has_written_nothing_unless_it_says_so() -> None:
    error = MySafeError("timeout", "It failed")
    assert (error.changed, error.api_entity, error.transient, error.maybe_applied) == (False, None, False, False)
