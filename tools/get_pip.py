# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Stands in for get-pip.py in the virtual environments of ansible-test: installs the pip that comes with Python.

ansible-test creates them without pip, and downloads get-pip.py unless that script is in its cache. It creates about
fifteen of them, so the first one of each Python is kept and the others get a copy of it.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path
from shutil import copytree, rmtree


def main(arguments: list[str]) -> None:
    """Install pip in the version that ansible-test asks for."""
    packages = [argument for argument in arguments if argument not in ("--no-setuptools", "--no-wheel")]
    wanted = "-".join(package for package in packages if not package.startswith("-"))
    installed = Path(sysconfig.get_path("purelib"))
    kept = Path(__file__).with_name(f"{sys.implementation.cache_tag}-{wanted}")
    if not kept.exists():
        subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
        subprocess.check_call([sys.executable, "-m", "pip", "install", *packages])
        unfinished = kept.with_name(f"{kept.name}.new")
        rmtree(unfinished, ignore_errors=True)
        copytree(installed, unfinished)
        unfinished.rename(kept)
    else:
        copytree(kept, installed, dirs_exist_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
