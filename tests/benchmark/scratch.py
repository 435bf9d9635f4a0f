# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""A folder for one run of the benchmark: this checkout as an importable collection, and an environment of its own."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Scratch:
    """The folder; a context manager that removes it."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="mysafe-benchmark-")
        self.path = Path(self._directory.name)

    def __enter__(self) -> Scratch:
        namespace = self.path / "ansible_collections" / "senhasegura"
        namespace.mkdir(parents=True)
        (namespace / "mysafe").symlink_to(ROOT)
        (self.path / "ansible.cfg").touch()
        (self.path / "runtime").mkdir(0o700)
        # The core is also measured inside this process.
        sys.path.insert(0, self._directory.name)
        return self

    def __exit__(self, *_exception: object) -> None:
        sys.path.remove(self._directory.name)
        self._directory.cleanup()

    def forget_tokens(self) -> None:
        """Empty the folder that the token cache is in."""
        for file in (self.path / "runtime").glob("*/*"):
            file.unlink()

    def environment(self, **variables: str) -> dict[str, str]:
        """Return an environment in which nothing of the user's own settings for Ansible and Python has a say."""
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
            # Where the token cache goes.
            "XDG_RUNTIME_DIR": str(self.path / "runtime"),
            **variables,
        }

    def script_environment(self, **variables: str) -> dict[str, str]:
        """Return an environment for scripts that import the collection, as one that is compiled once and for all."""
        compiled = str(self.path / "compiled")  # and not in the checkout
        return self.environment(PYTHONPATH=str(self.path), PYTHONPYCACHEPREFIX=compiled, **variables)
