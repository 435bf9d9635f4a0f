# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The workspace of ansible-test below .cache: a copy of the working tree, a separate home, and the Pythons found."""

from __future__ import annotations

import ast
import configparser
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages
from ansible_test._util.target.common.constants import CONTROLLER_PYTHON_VERSIONS, REMOTE_ONLY_PYTHON_VERSIONS

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
# ansible-test only accepts a collection at such a path, wherever the checkout is.
COLLECTIONS = CACHE / "collections"
COPY = COLLECTIONS / "ansible_collections" / "senhasegura" / "mysafe"
OUTPUT = COPY / "tests" / "output"
HOME = CACHE / "home"

PROJECT_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
SUPPORTED_PYTHONS = (*REMOTE_ONLY_PYTHON_VERSIONS, *CONTROLLER_PYTHON_VERSIONS)

# ansible-test makes its virtual environments without pip and downloads get-pip.py into them, unless it finds that
# script in its cache. The pip that every Python brings along does as well, and then nothing but packages is downloaded.
_GET_PIP = '''\
"""Stands in for get-pip.py: bootstraps pip with ensurepip."""
import subprocess
import sys

packages = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install"] + packages)
'''

# A distribution's Python may lack venv and ensurepip: only a call can tell.
_PROBE = "import ensurepip, sys, venv; print(sys.executable)"


def synchronise() -> None:
    """Make the copy equal to the working tree as git sees it; ansible-test's own output in it stays."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    fresh = COPY.with_name("mysafe.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        # A file that is deleted but not yet committed is still listed.
        if os.path.lexists(ROOT / name):
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, fresh / name, follow_symlinks=False)
    if OUTPUT.exists():
        OUTPUT.rename(fresh / "tests" / "output")
    shutil.rmtree(COPY, ignore_errors=True)
    fresh.rename(COPY)
    # Without a repository of its own the copy would pass for a folder that the checkout's .gitignore excludes.
    subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)


def move_in() -> None:
    """Give this process and its children a home below .cache, so that nothing is written to the user's home."""
    user_home = Path.home()
    _write_get_pip()
    _write_pip_settings()
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        os.environ["PYENV_ROOT"] = root
    os.environ["HOME"] = str(HOME)
    if (user_home / ".gitconfig").exists():
        os.environ.setdefault("GIT_CONFIG_GLOBAL", str(user_home / ".gitconfig"))
    # A pyenv shim exists even if its Python does not, so find_pythons() looks behind the shims.
    inherited = [folder for folder in os.environ["PATH"].split(os.pathsep) if Path(folder).name != "shims"]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), *inherited])


def find_pythons(versions: t.Iterable[str]) -> dict[str, Path]:
    """Return the interpreters of the versions that run here, from PATH or from pyenv."""
    found = {}
    for version in versions:
        candidates = [Path(folder, f"python{version}") for folder in os.environ["PATH"].split(os.pathsep)]
        if "PYENV_ROOT" in os.environ:
            pyenv = Path(os.environ["PYENV_ROOT"], "versions")
            candidates.extend(sorted(pyenv.glob(f"{version}.*/bin/python{version}")))
        for candidate in filter(Path.is_file, candidates):
            probe = subprocess.run([candidate, "-c", _PROBE], check=False, capture_output=True, text=True)
            if probe.returncode == 0:
                found[version] = Path(probe.stdout.strip())
                break
    return found


def _write_get_pip() -> None:
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in SUPPORTED_PYTHONS:
        pip = get_venv_packages(SimpleNamespace(version=version))["pip"]
        (cache / f"get_pip_{pip.replace('.', '_')}.py").write_text(_GET_PIP, encoding="utf-8")


def _write_pip_settings() -> None:
    """Copy pip's settings to the new home, since ansible-test passes on neither HOME nor PIP_* variables."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, stdout=subprocess.PIPE, text=True
    )
    settings = configparser.RawConfigParser()
    for line in listed.stdout.splitlines():
        name, value = line.split("=", 1)
        section, key = name.replace(":env:", "global").split(".", 1)
        settings.setdefault(section, {})
        settings[section][key] = ast.literal_eval(value)
    settings.setdefault("global", {})
    # ansible-test shows the output of pip, which would bury its own results. Errors are still shown.
    settings["global"]["quiet"] = "2"
    path = HOME / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # It may name an index with its password.
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        settings.write(file)
