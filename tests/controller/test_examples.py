# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The examples in the documentation work as written: those of all plugins, and the tasks and plays of the guides."""

from __future__ import annotations

import ast
import functools
import json
import os
import re
import subprocess
import sys
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml

from .stage import login

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Controller, Run

_CHECKOUT = Path(__file__).resolve().parents[2]
_COLLECTION = "senhasegura.mysafe"
_KINDS = {"modules": "module", "lookup": "lookup"}
_PLUGINS = sorted(
    path for folder in _KINDS for path in (_CHECKOUT / "plugins" / folder).glob("*.py") if not path.stem.startswith("_")
)
_GUIDES = [_CHECKOUT / "README.md", *sorted((_CHECKOUT / "docs" / "docsite" / "rst").glob("*.rst"))]
# In the README (Markdown), and in the guides (reStructuredText).
_BLOCK = re.compile(
    r"^```ya?ml\n(.*?)^```$|^\.\. code-block:: yaml\+jinja\n\n((?:   [^\n]*\n|\n)+)", re.DOTALL | re.MULTILINE
)
_STORED: list[dict[str, t.Any]] = [
    {"identifier_code": "billing-api", "name": "Billing API", "tags": "billing, production", "users": {"bob": True}},
    {"identifier_code": "reporting-api", "name": "Reporting API"},
    {"identifier_code": "billing-production", "name": "Billing service"},
]
#: What an item of a list needs besides its code.
_DESCRIBED = {"name": "Listed API", "url": "https://example.org", "client_id": "robot"}
_BILLING_SECRET = "s3cret-of-the-billing-service"
_REPORTING_SECRET = "s3cret-of-the-reporting-service"
_LEDGER_SECRET = "s3cret-of-the-ledger"
_IN_A_FILE = "s3cret-in-a-file"
# The identifier that an example uses.
_NUMBER = 43


class Example(t.NamedTuple):
    """Tasks or plays from the documentation."""

    name: str
    text: str

    @property
    def content(self) -> t.Any:
        """The parsed example."""
        return yaml.safe_load(self.text)

    @property
    def is_plays(self) -> bool:
        """Whether it is a whole playbook."""
        return "hosts" in self.content[0]

    @property
    def names(self) -> set[str]:
        """The names of all tasks that run if nothing fails, including those in blocks."""
        tasks = [task for play in self.content for task in play["tasks"]] if self.is_plays else self.content
        return _names(tasks)


def _names(tasks: list[dict[str, t.Any]]) -> set[str]:
    names: set[str] = set()
    for task in tasks:
        inner = [part for key in ("block", "always") for part in task.get(key, [])]
        names |= _names(inner) if inner else {task["name"]}
    return names


def _is_task_or_play(part: t.Any) -> bool:
    """Whether it is a task or a play, not variables or survey answers. Tasks of the guides use full module names."""
    return isinstance(part, dict) and any(key in ("hosts", "block") or "." in key for key in part)


def _of_plugin(path: Path) -> Example:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            return Example(f"{path.parent.name}/{path.stem}", ast.literal_eval(node.value))
    raise AssertionError(f"{path} has no examples")


def _of_guide(path: Path) -> list[Example]:
    found = []
    for number, match in enumerate(_BLOCK.finditer(path.read_text(encoding="utf-8")), 1):
        example = Example(f"{path.name}, block {number}", textwrap.dedent(match.group(1) or match.group(2)))
        if isinstance(example.content, list) and all(map(_is_task_or_play, example.content)):
            found.append(example)
    return found


_EXAMPLES = {
    example.name: example
    for examples in ([_of_plugin(path) for path in _PLUGINS], *map(_of_guide, _GUIDES))
    for example in examples
}


@pytest.fixture(name="run", scope="module")
def _run(controller_of_module: Controller, running: Simulator) -> t.Callable[[str], Run]:
    """Return a function that runs an example as written, once for all tests, with the state that it assumes."""
    key = running.access_keys["alice"]
    alice = login(running)
    client_secrets = {"billing-api": _BILLING_SECRET, "reporting-api": _REPORTING_SECRET}
    imported = {"identifier_code": "imported-api", "name": "Imported API", "url": "https://i.org", "client_id": "robot"}
    variables = {
        "billing_client_secret": _BILLING_SECRET,
        "client_secrets": client_secrets,
        "billing_client_secrets": client_secrets,
        "ledger_client_secret": _LEDGER_SECRET,
        "billing_api_secrets": [{"identifier_code": code} for code in client_secrets],
        "imported_api_secrets": [imported, {"identifier_code": "billing-api"}],
        "imported_client_secrets": {"imported-api": _LEDGER_SECRET},
        "service_account": {"private_key": _IN_A_FILE},
        "billing_token_url": f"{running.url}/api/oauth2/token",
        "vault_url": alice["SENHASEGURA_URL"],
        "vault_client_id": alice["SENHASEGURA_CLIENT_ID"],
        "vault_client_secret": alice["SENHASEGURA_CLIENT_SECRET"],
    }

    @functools.cache
    def run(name: str) -> Run:
        running.reset()
        for stored in _STORED:
            # The API secret of the billing service is a valid access key, since an example logs in with it.
            secret = {"client_id": key["client_id"], "client_secret": key["client_secret"]}
            running.add_secret(owner="alice", url="https://example.org", **secret, **stored)
        others = {"owner": "alice", "name": "One of many", "url": "https://example.org", "client_id": "robot"}
        while int(running.add_secret(**others)) < _NUMBER:
            pass
        example = _EXAMPLES[name]
        play = "- hosts: all\n  gather_facts: false\n  tasks:\n"
        return controller_of_module.play(
            text=example.text if example.is_plays else play + textwrap.indent(example.text, "    "),
            hosts={"localhost": {}},
            arguments=["-e", json.dumps(variables)],
            beside={"service-account.json": json.dumps({"active": True, "private_key": _IN_A_FILE})},
            # For other modules, such as uri.
            environment={"SSL_CERT_FILE": str(running.ca_path)},
        )

    return run


def test_there_are_examples_of_all_plugins_and_in_the_guides() -> None:
    plugins = {f"{path.parent.name}/{path.stem}" for path in _PLUGINS}
    assert plugins | {"README.md, block 1", "errors.rst, block 1"} <= set(_EXAMPLES)


@pytest.mark.parametrize("name", _EXAMPLES)
def test_example_works_as_written(run: t.Callable[[str], Run], name: str) -> None:
    done = {outcome.task for outcome in run(name).succeeded().outcomes if outcome.status == "ok"}
    assert _EXAMPLES[name].names - done == set()


@pytest.mark.parametrize("name", _EXAMPLES)
def test_example_shows_no_client_secret(run: t.Callable[[str], Run], running: Simulator, name: str) -> None:
    secrets = {_BILLING_SECRET, _REPORTING_SECRET, _LEDGER_SECRET, _IN_A_FILE}
    secrets |= {*(key["client_secret"] for key in running.access_keys.values())}
    assert {secret for secret in secrets if secret in run(name).output} == set()


@pytest.mark.parametrize("name", [name for name in _EXAMPLES if "README" in name and _EXAMPLES[name].is_plays])
def test_playbook_of_the_readme_changes_nothing_the_second_time(
    controller: Controller, simulator: Simulator, name: str
) -> None:
    variables = ["-e", json.dumps({"billing_client_secret": _BILLING_SECRET})]
    controller.play(text=_EXAMPLES[name].text, arguments=variables, hosts={"localhost": {}}).succeeded()
    simulator.clear_log()
    output = controller.play(text=_EXAMPLES[name].text, arguments=variables, hosts={"localhost": {}}).succeeded().output
    assert (simulator.writes(), "changed=0" in output) == ([], True)


@pytest.mark.parametrize("path", _PLUGINS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_ansible_doc_renders_the_plugin(path: Path, ansible_home: Path, controller: Controller) -> None:
    finished = subprocess.run(
        [
            Path(sys.executable).with_name("ansible-doc"),
            *("-t", _KINDS[path.parent.name]),
            f"{_COLLECTION}.{path.stem}",
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(ansible_home),
            "ANSIBLE_HOME": str(ansible_home),
            "ANSIBLE_COLLECTIONS_PATH": str(controller.collections),
            "ANSIBLE_NOCOLOR": "true",
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    # Its name, shared options, examples and return values.
    for part in (f"{_COLLECTION}.{path.stem}", "mysafe_url", "SENHASEGURA_URL", "EXAMPLES:", "RETURN VALUES:"):
        assert part in finished.stdout
