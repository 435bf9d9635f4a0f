# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Checks the archive of a release as a user meets it: installed into an empty place, and used as the README says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "demo")]

from run import playbook_environment
from simulator.process import Simulator

COLLECTION = "senhasegura.mysafe"
PLUGINS = {
    "module": ("mysafe_api_secret", "mysafe_api_secrets", "mysafe_api_secret_info"),
    "lookup": ("mysafe_api_secret",),
}
#: The only folders and files that users need.
WANTED = {
    *("CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md"),
    *("SECURITY.md", "changelogs", "docs", "meta", "plugins", "requirements.txt"),
}
CLIENT_SECRET = "a-client-secret-for-the-release-check"  # noqa: S105 - of a simulated vault


def main() -> str | None:
    """Check the archive in dist/ that has the version of galaxy.yml. Return what is wrong with it, if anything."""
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    archive = ROOT / "dist" / f"{COLLECTION.replace('.', '-')}-{version}.tar.gz"
    with tarfile.open(archive) as opened:
        names = [member.name for member in opened if member.isfile()]
    print(f"{archive.name}: {len(names)} files, {archive.stat().st_size / 1024:.0f} KiB")
    unwanted = sorted({name.partition("/")[0] for name in names} - WANTED)
    if unwanted:
        return f"the archive holds what users do not need: {', '.join(unwanted)}"
    problem = problem_of_changelog(version)
    if problem:
        return problem
    with tempfile.TemporaryDirectory(prefix="mysafe-release-") as name, Simulator() as mysafe:
        scratch = Path(name)
        installed = scratch / "collections"
        environment = playbook_environment(scratch, mysafe, CLIENT_SECRET, installed)
        install = (
            "ansible-galaxy",
            "collection",
            "install",
            "--offline",
            "--force",
            str(archive),
            "-p",
            str(installed),
        )
        for attempt in ("installed", "upgraded with --force"):
            run(*install, environment=environment)
            print(f"{attempt}: ok")
        for kind, plugins in PLUGINS.items():
            for plugin in plugins:
                run("ansible-doc", "-t", kind, f"{COLLECTION}.{plugin}", environment=environment)
        print("ansible-doc of every plugin: ok")
        return problem_of_readme(scratch, environment) or problem_of_demo(installed)


def problem_of_changelog(version: str) -> str | None:
    """Return what is wrong with the changelog, if anything."""
    changes = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    if version not in changes["releases"]:
        return f"the changelog does not know version {version}: run antsibull-changelog release"
    if f"## v{version}" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("\\", ""):
        return f"CHANGELOG.md does not have version {version}"
    left = sorted(path.name for path in (ROOT / "changelogs" / "fragments").glob("*.yml"))
    if left:
        return f"these fragments are not part of a release yet: {', '.join(left)}"
    print(f"the changelog has version {version}: ok")
    return None


def problem_of_readme(scratch: Path, environment: dict[str, str]) -> str | None:
    """Do what the README says, from the check of the access key on, and return what goes wrong, if anything."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    check = t.cast("re.Match[str]", re.search(r"^ansible localhost .*$", readme, re.MULTILINE))[0]
    run(*check.split(), environment=environment)
    print("README, check of the access key: ok")
    playbook = scratch / "playbook.yml"
    playbook.write_text(
        t.cast("re.Match[str]", re.search(r"^```yaml\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE))[1]
    )
    variables = scratch / "secrets.yml"
    variables.write_text(json.dumps({"billing_client_secret": CLIENT_SECRET}))
    for turn, changed in (("first", 1), ("second", 0)):
        output = run("ansible-playbook", "-e", f"@{variables}", str(playbook), environment=environment)
        recap = re.search(r"changed=(\d+) +unreachable=0 +failed=0", output)
        if recap is None or int(recap[1]) != changed:
            return f"the {turn} run of the README's playbook does not report changed={changed}:\n{output}"
        if CLIENT_SECRET in output:
            return f"the {turn} run of the README's playbook shows the client secret"
        if "billing-agent" not in output:
            return f"the {turn} run of the README's playbook does not read the client ID back"
    print("README, first playbook, twice: ok")
    return None


def problem_of_demo(installed: Path) -> str | None:
    """Run the demo with the installed collection, and return what goes wrong, if anything."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "demo" / "run.py"), "--collections", str(installed)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return f"the demo failed:\n{done.stdout}{done.stderr}"
    print("demo: ok")
    return None


def run(command: str, *arguments: str, environment: dict[str, str]) -> str:
    """Return the output of a command that is installed beside this Python. End with its output if it fails or warns."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command)), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or "[WARNING]" in done.stdout:
        sys.exit(f"{command} {' '.join(arguments)}\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
