# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A temporary folder for one run of the benchmark: the checkout as a collection, one for the floor, and a clean environment."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Scratch:
    """The folder, as a context manager that removes it at the end."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="mysafe-benchmark-")
        self.path = Path(self._directory.name)

    def __enter__(self) -> Scratch:
        collections = self.path / "ansible_collections"
        (collections / "senhasegura").mkdir(parents=True)
        (collections / "senhasegura" / "mysafe").symlink_to(ROOT)
        actions = collections / "benchmark" / "floor" / "plugins" / "action"
        actions.mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("floor_action.py"), actions / "unchanged.py")
        (self.path / "ansible.cfg").touch()
        (self.path / "runtime").mkdir(0o700)
        # The core is measured inside this process too.
        sys.path.insert(0, self._directory.name)
        return self

    def __exit__(self, *_exception: object) -> None:
        sys.path.remove(self._directory.name)
        self._directory.cleanup()

    def forget_tokens(self) -> None:
        """Empty the token cache."""
        for file in (self.path / "runtime").glob("*/*"):
            file.unlink()

    def environment(self, **variables: str) -> dict[str, str]:
        """Return an environment without the user's own settings for Ansible and Python."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "SENHASEGURA_", "PYTHON"))
        }
        return {
            **inherited,
            "ANSIBLE_COLLECTIONS_PATH": str(self.path),
            "ANSIBLE_CONFIG": str(self.path / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.path / "home"),
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_REMOTE_TEMP": str(self.path / "home" / "tmp"),
            # The token cache is kept here.
            "XDG_RUNTIME_DIR": str(self.path / "runtime"),
            **variables,
        }

    def script_environment(self, **variables: str) -> dict[str, str]:
        """Return an environment for scripts that import the collection, with compiled files kept between runs."""
        compiled = str(self.path / "compiled")  # and not in the checkout
        return self.environment(PYTHONPATH=str(self.path), PYTHONPYCACHEPREFIX=compiled, **variables)
