# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every plugin fails with every kind of failure that it has, and none of them shows a secret."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind

from .kinds import IMPOSSIBLE, IMPOSSIBLE_FOR_LOOKUP, OTHERWISE, Failures, answers
from .play import INFO, LIST, MODULE, Play
from .vault import Vault

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

    from .play import Stage

_PLUGINS = (MODULE, LIST, INFO)
#: Those with which a task fails before it loads anything that could be missing need a play of their own.
_USUAL = [kind for kind in Kind if kind is not Kind.MISSING_LIBRARY]


def _kinds(value: t.Any) -> Iterator[str]:
    """Return all kinds of failure in a result, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("error"), dict):
            yield value["error"]["kind"]
        for inner in value.values():
            yield from _kinds(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _kinds(inner)


def _failures(simulator: Simulator, stage: Stage) -> Failures:
    vault = Vault.of(simulator)
    files = {"client_cert": vault.client_cert, "client_key": vault.client_key.value, "ca_path": vault.client_cert}
    for name, content in files.items():
        (stage.elsewhere / name).write_text(content, encoding="ascii")
    paths = {name: str(stage.elsewhere / name) for name in files}
    paths["decryption_key"] = str(simulator.access_keys["encrypted"]["decryption_key"])
    return Failures(Play(), simulator, vault, paths)


def _check(failures: Failures, stage: Stage, *, in_place: bool, **changes: str | None) -> None:
    secrets = dict(failures.vault.items())
    stage.run(failures.play, secrets, in_place=in_place, **changes)
    assert failures.simulator.faults() == []
    results = {noted["task"]: noted["result"] for noted in stage.results()}
    wrong = {
        name: kinds
        for name, plugin, kind in failures.added
        if kind.value not in (kinds := [*_kinds(results[name])])
        # For the module that reads, no API secret with this number is no failure.
        and (plugin, kind) != (INFO, Kind.NOT_FOUND)
    }
    assert not wrong, f"tasks without the kind of failure that they are for: {wrong}"
    stage.must_not_hold(secrets)


def test_every_kind_is_tried() -> None:
    """A new kind of failure needs an answer, or tasks of its own."""
    assert set(answers("")) | OTHERWISE == set(Kind)
    assert not set(answers("")) & OTHERWISE


@pytest.mark.parametrize(
    "in_place",
    [
        pytest.param(True, id="in place"),
        pytest.param(False, id="as a module", marks=pytest.mark.exhaustive),
    ],
)
def test_no_kind_of_failure_shows_a_secret(simulator: Simulator, stage: Stage, in_place: bool) -> None:
    failures = _failures(simulator, stage)
    if in_place:  # where lookups always run
        failures.look_up([kind for kind in _USUAL if kind not in IMPOSSIBLE_FOR_LOOKUP])
    for plugin in _PLUGINS:
        failures.fail(plugin, [kind for kind in _USUAL if kind not in IMPOSSIBLE[plugin]])
    _check(failures, stage, in_place=in_place)


@pytest.mark.parametrize(
    ("library", "in_place"),
    [
        pytest.param("cryptography", True, id="cryptography, in place"),
        pytest.param("cryptography", False, id="cryptography, as a module", marks=pytest.mark.exhaustive),
        # Without it, no module runs in place.
        pytest.param("requests", True, id="requests", marks=pytest.mark.exhaustive),
    ],
)
def test_a_missing_library_shows_no_secret(simulator: Simulator, stage: Stage, library: str, in_place: bool) -> None:
    missing = stage.elsewhere / "missing" / library
    missing.mkdir(parents=True)
    (missing / "__init__.py").write_text(f"raise ImportError('No module named {library}')\n", encoding="utf-8")
    failures = _failures(simulator, stage)
    failures.look_up([Kind.MISSING_LIBRARY])
    for plugin in _PLUGINS:
        failures.fail(plugin, [Kind.MISSING_LIBRARY])
    _check(failures, stage, in_place=in_place, PYTHONPATH=str(missing.parent))
