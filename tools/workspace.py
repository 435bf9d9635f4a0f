# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The workspace of ansible-test below .cache: a copy of the working tree, a separate home, and the Pythons found."""

from __future__ import annotations

import ast
import configparser
import contextlib
import fcntl
import filecmp
import io
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

# A distribution's Python may lack venv and ensurepip: only a call can tell.
_PROBE = "import ensurepip, sys, venv; print(sys.executable)"


def synchronise() -> None:
    """Make the copy equal to the working tree as git sees it.

    Files that are equal stay untouched, because other sessions run in the copy at the same time.
    """
    with _locked("copy"):
        COPY.mkdir(parents=True, exist_ok=True)
        if not (COPY / ".git").exists():
            # Without a repository of its own, git would treat the copy as a folder that the checkout's .gitignore excludes.
            subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)
        # A file that is deleted but not yet committed is still listed.
        wanted = {name for name in _known_to_git(ROOT) if (ROOT / name).is_file() or (ROOT / name).is_symlink()}
        for name in _known_to_git(COPY) - wanted:
            (COPY / name).unlink()
            with contextlib.suppress(OSError):
                os.removedirs((COPY / name).parent)
        for name in wanted:
            if not _equal(ROOT / name, COPY / name):
                (COPY / name).parent.mkdir(parents=True, exist_ok=True)
                new = COPY / f"{name}.new"
                shutil.copy2(ROOT / name, new, follow_symlinks=False)
                new.replace(COPY / name)


def _known_to_git(folder: Path) -> set[str]:
    """Return the names of the files in a repository that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=folder,
        check=True,
        stdout=subprocess.PIPE,
    )
    return set(filter(None, os.fsdecode(listed.stdout).split("\0")))


def _equal(one: Path, other: Path) -> bool:
    """Whether two files have the same type, mode and content."""
    if not os.path.lexists(other) or one.lstat().st_mode != other.lstat().st_mode:
        return False
    return one.readlink() == other.readlink() if one.is_symlink() else filecmp.cmp(one, other, shallow=False)


@contextlib.contextmanager
def _locked(name: str) -> t.Iterator[None]:
    """Let no other session do the same thing at the same time."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def move_in() -> None:
    """Give this process and its children a home below .cache, so that nothing is written to the user's home."""
    user_home = Path.home()
    _write_get_pip()
    _write_pip_settings()
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        os.environ["PYENV_ROOT"] = root
    # Without pyenv on PATH, a run would quietly test fewer Pythons than another one on the same machine.
    elif (user_home / ".pyenv" / "versions").is_dir():
        os.environ.setdefault("PYENV_ROOT", str(user_home / ".pyenv"))
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
    script = Path(__file__).with_name("get_pip.py").read_text(encoding="utf-8")
    for version in SUPPORTED_PYTHONS:
        pip = get_venv_packages(SimpleNamespace(version=version))["pip"]
        _write(cache / f"get_pip_{pip.replace('.', '_')}.py", script)


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
    text = io.StringIO()
    settings.write(text)
    _write(path, text.getvalue())


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at one stroke: other sessions start at the same time and read it."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)
