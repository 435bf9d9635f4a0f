# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""How the code of the collection is loaded: compiled once, without a search for garbage, and leaving nothing behind."""

from __future__ import annotations

import ast
import contextlib
import gc
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.senhasegura.mysafe.plugins import module_utils
from ansible_collections.senhasegura.mysafe.plugins.module_utils import _run_module
from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result
from ansible_collections.senhasegura.mysafe.plugins.module_utils._loading import Compiled, loading
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.documents import ROOT

NAME = module_utils.__name__
CODE = ROOT / "plugins" / "module_utils"
#: What is loaded late too, but by one thread only: before a login, or before there are threads.
BY_ONE_THREAD = {"_parallel", "decryption", "token_cache", "_http"}


def imported(nodes: list[ast.AST]) -> list[ast.ImportFrom]:
    """Return the imports of the collection's own code below these nodes."""
    found = [inner for node in nodes for inner in ast.walk(node)]
    return [node for node in found if isinstance(node, ast.ImportFrom) and node.level]


@pytest.fixture(name="place")
def fixture_place(tmp_path: Path) -> list[str]:
    """Return the path of a package with one module, and with a folder that is no package."""
    (tmp_path / "_some.py").write_text("ANSWER = 42\n", encoding="utf-8")
    (tmp_path / "_folder").mkdir()
    return [str(tmp_path)]


def test_a_module_is_loaded_by_what_keeps_it_compiled(place: list[str]) -> None:
    spec = Compiled.find_spec(NAME + "._some", place)
    assert spec is not None
    assert isinstance(spec.loader, SourceFileLoader)
    assert spec.origin == str(Path(place[0], "_some.py"))


@pytest.mark.parametrize(
    "name", ["ansible_collections.another.collection.plugins.module_utils._some", "_some", "requests._some"]
)
def test_what_others_wrote_is_left_to_them(place: list[str], name: str) -> None:
    assert Compiled.find_spec(name, place) is None


@pytest.mark.parametrize("name", ["_folder", "_missing"])
def test_what_is_no_module_is_left_to_others(place: list[str], name: str) -> None:
    assert Compiled.find_spec(f"{NAME}.{name}", place) is None


@pytest.mark.parametrize("path", [None, [], ["/nonexistent/payload.zip/plugins/module_utils"]], ids=str)
def test_a_module_without_a_file_is_left_to_others(path: list[str] | None) -> None:
    assert Compiled.find_spec(NAME + "._some", path) is None


@pytest.mark.parametrize("collects", [True, False])
def test_loading_leaves_nothing_behind(*, collects: bool) -> None:
    finders = [*sys.meta_path]
    before = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        with contextlib.suppress(ImportError), loading():
            meanwhile = (gc.isenabled(), sys.meta_path[:])
            raise ImportError
        after = (gc.isenabled(), sys.meta_path[:])
    finally:
        (gc.enable if before else gc.disable)()
    assert meanwhile == (False, [Compiled, *finders])
    assert after == (collects, finders)


def test_what_threads_may_load_late_is_loaded_before_them_by_the_oldest_python() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in CODE.rglob("*.py")]
    functions: list[ast.AST] = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    late = {str(node.module).rpartition(".")[2] for node in imported(functions)}
    module = ast.parse((CODE / "_run_module.py").read_text(encoding="utf-8"))
    [condition] = [
        node for node in module.body if isinstance(node, ast.If) and "version_info" in ast.unparse(node.test)
    ]
    assert {name.name for node in imported([condition]) for name in node.names} == late - BY_ONE_THREAD


def test_what_writes_is_loaded_before_ansible_forks_a_process_for_the_task() -> None:
    action = ast.parse((ROOT / "plugins" / "plugin_utils" / "_action.py").read_text(encoding="utf-8"))
    at_once = imported([node for node in action.body if isinstance(node, ast.ImportFrom)])
    assert "write" in {name.name for node in at_once for name in node.names}


def test_what_a_module_has_imported_is_left_out_of_searches_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[bool] = []
    module = mock.Mock(params={}, no_log_values=set())
    monkeypatch.setattr(_run_module, "AnsibleModule", lambda *_spec, **_options: module)
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    _run_module.run({}, mock.Mock(return_value=Result({"changed": False}, (), Secrets())))
    assert (frozen, module.exit_json.called) == ([True], True)
