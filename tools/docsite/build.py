# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Builds the documentation as a website, for "make docs". Every warning is an error, a link that leads nowhere among them."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

COLLECTION = "senhasegura.mysafe"
HERE = Path(__file__).resolve().parent
GUIDES = HERE.parents[1] / "docs" / "docsite" / "rst"
#: What the documentation refers to in that of Ansible, and where it is there. So building needs no network.
OF_ANSIBLE = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_collections.ansible.builtin.uri_module": (
        "collections/ansible/builtin/uri_module.html#ansible-collections-ansible-builtin-uri-module"
    ),
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def main() -> None:
    """Build the website in a folder, which is emptied first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for the website and what it is made from")
    folder: Path = parser.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)
    sources = folder / "rst"
    # antsibull-docs insists that nobody else can write there.
    sources.mkdir(mode=0o700, parents=True)
    shutil.copy(HERE / "conf.py", folder)
    shutil.copytree(HERE / "static", folder / "static")
    (folder / "ansible.inv").write_bytes(inventory(OF_ANSIBLE))
    wanted = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(sources), COLLECTION]
    run("antsibull-docs", "collection", "--cleanup", "everything", *wanted)
    for picture in GUIDES.glob("*.svg"):
        shutil.copy(picture, sources / "docsite")
    run("sphinx-build", "-M", "html", str(sources), str(folder), "-c", str(folder), "-W", "--keep-going", "--quiet")
    print(f"The documentation is in {folder / 'html' / 'index.html'}")


def inventory(labels: dict[str, str]) -> bytes:
    """Return the inventory of a website in the format of Sphinx, for labels and their places."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# The rest is compressed using zlib.\n"
    lines = [f"{label} std:label -1 {place} {label}\n" for label, place in labels.items()]
    return head.encode() + zlib.compress("".join(lines).encode())


def run(command: str, *arguments: str) -> None:
    """Run a command that is installed beside this Python, and end with its status if it fails."""
    status = subprocess.run([str(Path(sys.executable).with_name(command)), *arguments], check=False).returncode
    if status:
        sys.exit(status)


if __name__ == "__main__":
    main()
