# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs a module as Ansible does, and returns what it prints."""

from __future__ import annotations

import contextlib
import json
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES


@contextlib.contextmanager
def arguments(values: dict[str, t.Any]) -> t.Iterator[None]:
    """Pass arguments to AnsibleModule, as the installed ansible-core expects them."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # before ansible-core 2.17
        kept = basic._ANSIBLE_ARGS
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": values}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = kept
    else:
        with patch_module_args(values):
            yield


@pytest.fixture(autouse=True)
def fixture_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset the environment variables of the connection options."""
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture(name="run")
def fixture_run(capsys: pytest.CaptureFixture[str]) -> t.Callable[..., dict[str, t.Any]]:
    """Run the main function of a module, and return its result."""

    def run(main: t.Callable[[], None], **values: t.Any) -> dict[str, t.Any]:
        with arguments(values), pytest.raises(SystemExit):
            main()
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        # From version 2.22 on, modules tell ansible-core in such a key which values to hide; it takes them out.
        return {name: value for name, value in result.items() if not name.startswith("_ansible_")}

    return run
