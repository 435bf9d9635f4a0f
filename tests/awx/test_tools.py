# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The collection and docs/awx work with ansible-builder, ansible-navigator and ansible-lint."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from .job import AWX, ROOT

if t.TYPE_CHECKING:
    from simulator.process import Simulator

TOOLS = Path(sys.executable).parent
ARCHIVE = "senhasegura-mysafe-{version}.tar.gz"


def run(*command: str, cwd: Path, **environment: str) -> str:
    """Run a command and return its output."""
    done = subprocess.run(
        command,
        cwd=cwd,
        # Module fixtures run before PATH is set for a test.
        env={**os.environ, "PATH": os.pathsep.join([str(TOOLS), os.environ["PATH"]]), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module", name="build")
def _build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an image build: definition, archive, and the context created from them."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copy(AWX / "execution-environment.yml", folder)
    # Only the files known to git: a working tree may contain anything.
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / "source" / name)
    run("ansible-galaxy", "collection", "build", "source", "--output-path", ".", cwd=folder)
    run("ansible-builder", "create", "--output-filename", "Containerfile", cwd=folder)
    return folder


def test_introspect_finds_what_the_collection_needs(collections: Path, tmp_path: Path) -> None:
    output = run("ansible-builder", "introspect", "--sanitize", str(collections), cwd=tmp_path)

    found = yaml.safe_load(output)
    assert [Requirement(line.split("#")[0]).name for line in found["python"]] == ["requests"]
    assert not found.get("system")


def test_the_definition_names_the_archive_of_this_version(build: Path) -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
    definition = yaml.safe_load((AWX / "execution-environment.yml").read_text("utf-8"))

    assert (build / ARCHIVE.format(version=version)).exists()
    assert [file["src"] for file in definition["additional_build_files"]] == [ARCHIVE.format(version=version)]


def test_create_makes_a_context_with_the_archive_in_it(build: Path) -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
    steps = (build / "context" / "Containerfile").read_text("utf-8")

    base_image = yaml.safe_load((AWX / "execution-environment.yml").read_text("utf-8"))["images"]["base_image"]["name"]
    assert f'ARG EE_BASE_IMAGE="{base_image}"' in steps
    assert "ENV REQUESTS_CA_BUNDLE=" in steps.rsplit("\nFROM ", 1)[1]
    assert (build / "context" / "_build" / "archives" / ARCHIVE.format(version=version)).exists()
    assert "requests" not in steps


def test_the_context_installs_the_collection_as_the_image_build_does(build: Path, tmp_path: Path) -> None:
    """The image build runs this command in its copy of _build. Nothing may be downloaded."""
    context = build / "context" / "_build"
    command = ["ansible-galaxy", "collection", "install", "--offline", "-r", "requirements.yml"]

    run(*command, "--collections-path", str(tmp_path), cwd=context, ANSIBLE_HOME=str(tmp_path / "home"))

    assert (tmp_path / "ansible_collections" / "senhasegura" / "mysafe" / "meta" / "execution-environment.yml").exists()


def test_navigator_runs_the_demo_without_an_execution_environment(
    simulator: Simulator, collections: Path, tmp_path: Path
) -> None:
    key = simulator.access_keys["alice"]
    playbook = shutil.copy(ROOT / "demo" / "playbook.yml", tmp_path)

    output = run(
        *("ansible-navigator", "run", str(playbook), "--mode=stdout", "--ee=false"),
        *("--playbook-artifact-enable=false", f"--log-file={tmp_path / 'navigator.log'}"),
        cwd=tmp_path,
        ANSIBLE_COLLECTIONS_PATH=str(collections),
        ANSIBLE_HOME=str(tmp_path / "ansible"),
        SENHASEGURA_URL=simulator.url,
        SENHASEGURA_CLIENT_ID=key["client_id"],
        SENHASEGURA_CLIENT_SECRET=key["client_secret"],
        SENHASEGURA_CA_PATH=str(simulator.ca_path),
        BILLING_CLIENT_SECRET="first-of-billing",
    )

    assert "changed=1" in output
    assert len(simulator.writes()) == 1
    assert "first-of-billing" not in output


@pytest.mark.exhaustive
def test_the_playbooks_pass_ansible_lint(collections: Path, awx_collections: Path, tmp_path: Path) -> None:
    """They pass with the profile of the project, and with awx.awx installed: a missing module is an error."""
    project = tmp_path / "project"
    shutil.copytree(AWX, project / "docs" / "awx")
    for name in (".ansible-lint", ".yamllint", ".gitignore"):
        shutil.copy(ROOT / name, project)
    run("git", "init", "--quiet", cwd=project)
    playbooks = sorted(
        str(path.relative_to(project)) for path in (project / "docs" / "awx" / "playbooks").rglob("*.yml")
    )

    output = run(
        *("ansible-lint", "--offline", "--strict", "--profile=production", "docs/awx/setup.yml", *playbooks),
        cwd=project,
        ANSIBLE_COLLECTIONS_PATH=f"{awx_collections}:{collections}",
        ANSIBLE_HOME=str(tmp_path / "ansible"),
        NO_COLOR="1",
    )

    assert "Passed: 0 failure(s), 0 warning(s)" in output
    assert f"in {len(playbooks) + 1} files" in output
