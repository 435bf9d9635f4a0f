# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Puts the collection awx.awx below a folder, out of the ansible package on PyPI.

Galaxy is not needed for that, and neither is an installation of the package: of its 50 MB only these files are unpacked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "ansible>=12,<13"
PREFIX = "ansible_collections/awx/awx/"


def main(folder: Path) -> None:
    """Download the package and unpack the collection, unless it is there."""
    if (folder / PREFIX / "MANIFEST.json").exists():
        return
    with tempfile.TemporaryDirectory(prefix="mysafe-awx-") as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, f"--dest={scratch}", PACKAGE], check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            # The manifest marks a complete collection, so it comes last.
            names = [name for name in archive.namelist() if name.startswith(PREFIX)]
            names.sort(key=lambda name: name.endswith("/MANIFEST.json"))
            archive.extractall(folder, names)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
