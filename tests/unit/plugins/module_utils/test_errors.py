# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Failures: their kinds, which playbooks branch on, their text, and that they are immutable."""

from __future__ import annotations

import ast
import copy
import pickle
import typing as t
from pathlib import Path

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, Kind, MySafeError

ROOT = Path(__file__).parents[4]
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "plugins" / "module_utils").rglob("*.py"))
}
SOURCE = ast.Module([statement for tree in TREES.values() for statement in tree.body], [])


def used_kinds() -> set[str]:
    """Return the names of the kinds that the plugins mention."""
    return {node.attr for node in ast.walk(SOURCE) if isinstance(node, ast.Attribute) and is_kind(node)}


def raised_kinds() -> set[str]:
    """Return the names of the kinds that the plugins pass to a call."""
    calls = [node for node in ast.walk(SOURCE) if isinstance(node, ast.Call)]
    arguments = [argument for call in calls for argument in (*call.args, *(word.value for word in call.keywords))]
    return {argument.attr for argument in arguments if isinstance(argument, ast.Attribute) and is_kind(argument)}


def is_kind(node: ast.Attribute) -> bool:
    """Whether a node of the source reads a member of Kind."""
    return isinstance(node.value, ast.Name) and node.value.id == "Kind"


def assigned_attributes() -> list[str]:
    """Return every assignment to an attribute of a variable with the name of a failure, with file and line."""
    return [
        f"{path.name}:{node.lineno}: {node.value.id}.{node.attr}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("error", "failure", "refusal", "lost", "uncertain")
    ]


def unused_explanations() -> set[str]:
    """Return the names of the documented failures that no code mentions."""
    return {
        target.id
        for tree in TREES.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
        and ast.unparse(node.value.func) == "Documented"
        and not is_read(target.id, tree)
    }


def is_read(name: str, tree: ast.Module) -> bool:
    """Whether a module reads a name."""
    return any(
        node.id == name and isinstance(node.ctx, ast.Load) for node in ast.walk(tree) if isinstance(node, ast.Name)
    )


def test_every_kind_that_is_used_exists() -> None:
    assert used_kinds() <= set(Kind.__members__)


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_every_kind_is_raised(kind: Kind) -> None:
    assert kind.name in raised_kinds()


def test_every_documented_failure_is_used() -> None:
    assert unused_explanations() == set()


def test_no_failure_is_changed_after_it_was_created() -> None:
    assert assigned_attributes() == []


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_a_kind_equals_its_value(kind: Kind) -> None:
    assert kind == kind.value


# The failure.

ERROR = MySafeError(
    Kind.TIMEOUT,
    "It failed",
    cause="rain",
    solution="wait",
    code=1,
    http_status=504,
    request_id="a",
    fate=Fate.UNKNOWN,
    transient=True,
)


def attributes(error: MySafeError) -> dict[str, t.Any]:
    """Return all attributes of a failure."""
    return {name: value for name, value in vars(error).items() if not name.startswith("__")}


@pytest.mark.parametrize("name", [*attributes(ERROR), "changed"])
def test_a_failure_is_immutable(name: str) -> None:
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(ERROR, name, None)


def test_a_failure_can_be_raised_from_another() -> None:
    with pytest.raises(MySafeError) as caught:
        raise ERROR.but() from ValueError()
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error)), MySafeError.but],
    ids=["copy", "deepcopy", "pickle", "but"],
)
def test_a_copy_is_equal(copied: t.Callable[[MySafeError], MySafeError]) -> None:
    other = copied(ERROR)
    assert (other is ERROR, attributes(other), other.args) == (False, attributes(ERROR), ERROR.args)


def test_a_changed_copy_differs_in_what_was_changed() -> None:
    other = ERROR.but(message="It failed again", fate=Fate.REFUSED)
    assert attributes(other) == {**attributes(ERROR), "message": "It failed again", "fate": Fate.REFUSED}


def test_the_text_of_a_changed_copy_has_the_new_message() -> None:
    assert str(ERROR.but(message="It failed again")).startswith("It failed again.")


def test_the_representation_has_the_kind_and_the_text() -> None:
    assert repr(ERROR) == "<MySafeError timeout: It failed. Cause: rain. What to do: wait.>"


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
    assert str(MySafeError(Kind.TIMEOUT, message, cause=cause, solution=solution)) == text


def test_the_details_of_a_failure() -> None:
    assert ERROR.details() == {
        "kind": "timeout",
        "code": 1,
        "http_status": 504,
        "cause": "rain",
        "solution": "wait",
        "request_id": "a",
    }


def test_a_failure_was_not_sent_unless_it_says_so() -> None:
    error = MySafeError(Kind.TIMEOUT, "It failed")
    assert (error.fate, error.transient) == (Fate.NOT_SENT, False)


@pytest.mark.parametrize(
    ("earlier", "last", "together"),
    [
        (Fate.UNKNOWN, Fate.NOT_SENT, Fate.UNKNOWN),
        (Fate.UNKNOWN, Fate.REFUSED, Fate.UNKNOWN),
        (Fate.UNKNOWN, Fate.UNKNOWN, Fate.UNKNOWN),
        (Fate.UNKNOWN, Fate.APPLIED, Fate.APPLIED),
        (Fate.REFUSED, Fate.NOT_SENT, Fate.NOT_SENT),
        (Fate.NOT_SENT, Fate.UNKNOWN, Fate.UNKNOWN),
    ],
)
def test_an_unknown_fate_stays_unknown_unless_it_was_applied(earlier: Fate, last: Fate, together: Fate) -> None:
    assert last.after(earlier) is together
