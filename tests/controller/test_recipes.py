# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The playbooks in docs/recipes work as written, change nothing the second time, and show no secret."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from simulator.process import Simulator

from .stage import login

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .stage import Controller, Run

_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "recipes"
_GUIDE = _FOLDER.parent / "docsite" / "rst" / "recipes.rst"
_FILES = {path.name: path.read_text(encoding="utf-8") for path in (_FOLDER / "files").iterdir()}
_SECRETS = {"billing-api": "s3cret-of-billing", "reporting-api": "s3cret-of-reporting"}
_SECOND = "s3cret-in-the-second-vault"
#: Notes that must stay a text, however often they are exported and applied.
_TEMPLATE = "{{ 7 * 7 }}"


class Recipes:
    """Runs recipes, and keeps their output."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.outputs: list[str] = []

    def __call__(
        self,
        name: str,
        *arguments: str,
        files: dict[str, str] | None = None,
        hosts: t.Iterable[str] = ("localhost",),
        changed: t.Callable[[str], str] = str,
        **variables: t.Any,
    ) -> Run:
        """Run a recipe with the files of the documentation, or others, beside it. Its text may be changed before."""
        run = self._controller.play(
            text=changed((_FOLDER / f"{name}.yml").read_text(encoding="utf-8")),
            hosts={host: {} for host in hosts},
            arguments=["-e", json.dumps(variables), *arguments],
            beside={**_FILES, **(files or {})},
        )
        self.outputs.append(run.output)
        return run


@pytest.fixture(name="recipe")
def _recipe(controller: Controller, simulator: Simulator) -> Iterator[Recipes]:
    """Return a runner of recipes. After the test, check that their output contains no secret."""
    recipes = Recipes(controller)
    yield recipes
    secrets = {*_SECRETS.values(), _SECOND, *(key["client_secret"] for key in simulator.access_keys.values())}
    secrets |= {secret["client_secret"] for secret in simulator.secrets()} - {""}
    assert {secret for secret in secrets for output in recipes.outputs if secret in output} == set()


@pytest.fixture(name="second")
def _second() -> Iterator[tuple[Simulator, dict[str, t.Any]]]:
    """Return another vault, and the variables with which the recipes reach it."""
    with Simulator() as other:
        bob = login(other, "bob")
        names = {"url": "URL", "client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET", "ca_path": "CA_PATH"}
        yield other, {f"second_{name}": bob[f"SENHASEGURA_{variable}"] for name, variable in names.items()}


def _add(simulator: Simulator, code: str, **fields: t.Any) -> str:
    """Store an API secret of alice's, and return its number."""
    return str(
        simulator.add_secret(
            **{
                "owner": "alice",
                "name": f"Name of {code}",
                "url": "https://example.org",
                "client_id": "robot",
                "identifier_code": code,
                **fields,
            }
        )
    )


def _stored(simulator: Simulator) -> dict[str, dict[str, t.Any]]:
    """Return the API secrets that have a code."""
    return {secret["identifier_code"]: secret for secret in simulator.secrets() if secret["identifier_code"]}


def _fields(simulator: Simulator) -> list[dict[str, t.Any]]:
    """Return all API secrets, without what reading them changes."""
    return [{name: value for name, value in secret.items() if name != "views"} for secret in simulator.secrets()]


def _unchanged(run: Run, simulator: Simulator) -> bool:
    """Whether a run succeeded and wrote nothing."""
    return "changed=0" in run.succeeded().output and simulator.writes() == []


def test_apply(recipe: Recipes, simulator: Simulator) -> None:
    _add(simulator, "old-billing-api")

    run = recipe("apply", client_secrets=_SECRETS).succeeded()

    assert run["Ensure the API secrets match the list"]["summary"]["created"] == 2
    assert _stored(simulator)["reporting-api"]["client_secret"] == _SECRETS["reporting-api"]
    assert not _stored(simulator)["old-billing-api"]["active"]
    simulator.clear_log()
    assert _unchanged(recipe("apply", "-vvv", client_secrets=_SECRETS), simulator)


def test_apply_shows_failures_once_and_does_the_others(recipe: Recipes, simulator: Simulator) -> None:
    listed = "- identifier_code: incomplete\n" + _FILES["api_secrets.yml"].partition("here.\n")[2]

    run = recipe("apply", files={"api_secrets.yml": listed})

    assert run.status != 0
    assert run.output.count("name, url, client_id missing") == 1
    assert "1 of 4 API secrets failed" in run.output
    assert {"billing-api", "reporting-api"} <= set(_stored(simulator))


def test_from_csv(recipe: Recipes, simulator: Simulator) -> None:
    recipe("from_csv", client_secrets=_SECRETS).succeeded()

    stored = _stored(simulator)["reporting-api"]
    assert [stored[name] for name in ("name", "client_id", "notes", "client_secret")] == [
        'Reporting "classic", v2',
        "0123",
        "Two lines:\nthe second one.",
        _SECRETS["reporting-api"],
    ]
    simulator.clear_log()
    assert _unchanged(recipe("from_csv", client_secrets=_SECRETS), simulator)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'a,"{_TEMPLATE}",https://example.org,robot\r\n\r\n', {"name": _TEMPLATE}),
        ('a,"""Quoted"", ""twice""",https://example.org,1e3\n', {"name": '"Quoted", "twice"', "client_id": "1e3"}),
        pytest.param("a,no,https://example.org,[1]", {"name": "no", "client_id": "[1]"}, marks=pytest.mark.exhaustive),
    ],
)
def test_from_csv_keeps_every_text(recipe: Recipes, simulator: Simulator, line: str, expected: dict[str, str]) -> None:
    recipe("from_csv", files={"api_secrets.csv": f"identifier_code,name,url,client_id\n{line}"}).succeeded()

    stored = _stored(simulator)["a"]
    assert {name: stored[name] for name in expected} == expected


@pytest.mark.exhaustive
def test_from_csv_as_spreadsheets_write_it(recipe: Recipes, simulator: Simulator) -> None:
    text = "\ufeffidentifier_code;name;url;client_id\r\na;Name, first;https://example.org;robot\r\n"

    recipe("from_csv", files={"api_secrets.csv": text}, csv_separator=";").succeeded()

    assert _stored(simulator)["a"]["name"] == "Name, first"


@pytest.mark.exhaustive
def test_from_csv_leaves_options_of_empty_fields_alone(recipe: Recipes, simulator: Simulator) -> None:
    _add(simulator, "a", notes="Kept.")

    recipe("from_csv", files={"api_secrets.csv": "identifier_code,name,notes\na,New,\n"}).succeeded()

    assert (_stored(simulator)["a"]["name"], _stored(simulator)["a"]["notes"]) == ("New", "Kept.")


@pytest.mark.parametrize("line", ["a,b", "a,b,c,d", "", 'a,b"c"d,e', 'a,"b"c,d', 'a, "b",c', 'a,,"b\nc,d,e'])
def test_from_csv_refuses_a_malformed_file(recipe: Recipes, simulator: Simulator, line: str) -> None:
    run = recipe("from_csv", files={"api_secrets.csv": f"identifier_code,name,notes\n{line}\n"})

    assert "must be quoted" in run.output
    assert run.status != 0
    assert simulator.requests() == []


def test_drift(recipe: Recipes, simulator: Simulator) -> None:
    recipe("apply", client_secrets=_SECRETS).succeeded()
    simulator.clear_log()
    assert _unchanged(recipe("drift", client_secrets=_SECRETS), simulator)

    number = _add(simulator, "forgotten", tags="billing")
    changed = {**_SECRETS, "billing-api": _SECOND}
    listed = _FILES["api_secrets.yml"].replace("name: Billing API", "name: Renamed")
    run = recipe("drift", client_secrets=changed, files={"api_secrets.yml": listed})

    billing = _stored(simulator)["billing-api"]["identifier"]
    assert run["Show what differs"]["msg"] == {
        "different": [f"API secret 'billing-api' ({billing}): name, client_secret"],
        "not in the list": ["Name of forgotten"],
    }
    assert (run.status != 0, simulator.writes(), bool(number)) == (True, [], True)


def test_export_and_apply(recipe: Recipes, simulator: Simulator, tmp_path: Path) -> None:
    shared = {"users": {"bob": True}, "groups": {"Platform": False}, "tags": "billing, production"}
    _add(simulator, "billing-api", client_secret=_SECOND, notes=_TEMPLATE, method="post", **shared)
    _add(simulator, "", name="Without a code")
    _add(simulator, "inactive", active=False)
    _add(simulator, "of-bob", owner="bob", users={"alice": False})
    exported = tmp_path / "exported.yml"
    before = _fields(simulator)

    run = recipe("export", export_file=str(exported)).succeeded()
    simulator.clear_log()
    applied = recipe("apply", apply_file=str(exported))

    listed = yaml.safe_load(exported.read_text(encoding="utf-8"))
    assert [one["name"] for one in listed] == ["Name of billing-api", "Without a code"]
    assert (listed[0]["notes"], "client_secret" in listed[0]) == (_TEMPLATE, False)
    assert _SECOND not in exported.read_text(encoding="utf-8")
    assert run["Show what is not in the file"]["msg"]["view-only"] == ["Name of of-bob"]
    assert _unchanged(applied, simulator)
    assert _fields(simulator) == before
    assert "changed=0" in recipe("export", export_file=str(exported)).succeeded().output


def test_prune(recipe: Recipes, simulator: Simulator) -> None:
    _add(simulator, "forgotten", tags="billing")
    _add(simulator, "of-others", tags="other")

    predicted = recipe("prune", "--check", client_secrets=_SECRETS).succeeded()
    assert (simulator.writes(), "Name of forgotten" in predicted.output) == ([], True)
    recipe("prune", client_secrets=_SECRETS).succeeded()

    stored = _stored(simulator)
    assert {code: stored[code]["active"] for code in ("forgotten", "of-others", "billing-api")} == {
        "forgotten": False,
        "of-others": True,
        "billing-api": True,
    }
    simulator.clear_log()
    assert _unchanged(recipe("prune", client_secrets=_SECRETS), simulator)


def test_prune_refuses_to_deactivate_too_many(recipe: Recipes, simulator: Simulator) -> None:
    for number in range(3):
        _add(simulator, f"forgotten-{number}", tags="billing")

    run = recipe("prune", prune_at_most=2)

    assert "3 API secrets with the tag billing are not in the list" in run.output
    assert (run.status != 0, simulator.writes()) == (True, [])


@pytest.mark.parametrize(
    ("mode", "rights"),
    [("add", {"bob": True, "carol": False}), pytest.param("remove", {"bob": True}, marks=pytest.mark.exhaustive)],
)
def test_share(mode: str, rights: dict[str, bool], recipe: Recipes, simulator: Simulator) -> None:
    for number in range(3):
        _add(simulator, f"billing-{number}", tags="billing", users={"bob": True, **({"carol": True} if number else {})})
    _add(simulator, "of-others", tags="other", users={"bob": True, "carol": True})
    _add(simulator, "of-bob", tags="billing", owner="bob", users={"alice": False})

    recipe("share", share_mode=mode).succeeded()

    stored = _stored(simulator)
    assert [stored[f"billing-{number}"]["users"] for number in range(3)] == [rights] * 3
    assert (stored["of-others"]["users"], stored["of-bob"]["users"]) == ({"bob": True, "carol": True}, {"alice": False})
    simulator.clear_log()
    assert _unchanged(recipe("share", share_mode=mode), simulator)


def test_two_vaults(recipe: Recipes, simulator: Simulator, second: tuple[Simulator, dict[str, t.Any]]) -> None:
    other, variables = second

    recipe("two_vaults", client_secrets=_SECRETS, **variables).succeeded()

    for vault in (simulator, other):
        assert _stored(vault)["billing-api"]["client_secret"] == _SECRETS["billing-api"]
        vault.clear_log()
    assert _unchanged(recipe("two_vaults", client_secrets=_SECRETS, **variables), simulator)
    assert other.writes() == []


def test_copy(recipe: Recipes, simulator: Simulator, second: tuple[Simulator, dict[str, t.Any]]) -> None:
    other, variables = second
    _add(simulator, "billing-api", client_secret=_SECOND, notes=_TEMPLATE, tags="billing")
    _add(simulator, "reporting-api", tags="billing")
    _add(simulator, "of-others", tags="other")
    _add(other, "reporting-api", owner="bob", client_secret=_SECRETS["reporting-api"])

    recipe("copy", "-vvv", **variables).succeeded()

    copied = _stored(other)
    assert (copied["billing-api"]["client_secret"], copied["billing-api"]["notes"]) == (_SECOND, _TEMPLATE)
    assert (copied["reporting-api"]["client_secret"], "of-others" in copied) == ("", False)
    other.clear_log()
    assert _unchanged(recipe("copy", **variables), other)
    assert simulator.writes() == []


@pytest.mark.parametrize("count", [5, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_fetch_once(recipe: Recipes, simulator: Simulator, tmp_path: Path, count: int) -> None:
    """The number of requests does not depend on the number of hosts. Without run_once, it is a multiple of it."""
    _add(simulator, "billing-api", client_secret=_SECOND)
    _add(simulator, "reporting-api", client_secret=f"{_SECRETS['reporting-api']} {_TEMPLATE}")
    hosts = [f"host{number}" for number in range(count)]
    file = str(tmp_path / "{{ inventory_hostname }}.conf")

    recipe("fetch_once", "--diff", "-vvv", hosts=hosts, fetch_file=file).succeeded()
    once = (len(simulator.requests()), _stored(simulator)["billing-api"]["views"])
    again = recipe("fetch_once", "--limit=host1", hosts=hosts, fetch_file=file).succeeded()
    simulator.clear_log()
    before = _stored(simulator)["billing-api"]["views"]
    recipe("fetch_once", "--check", hosts=hosts, fetch_file=file, changed=_for_each_host).succeeded()

    texts = {Path(file.replace("{{ inventory_hostname }}", host)).read_text(encoding="utf-8") for host in hosts}
    assert len(texts) == 1
    assert f"client_secret = {_SECOND}\n" in (text := texts.pop())
    assert f"client_secret = {_SECRETS['reporting-api']} {_TEMPLATE}\n" in text
    assert "changed=0" in again.output
    assert once == (5, 1)
    assert (len(simulator.requests()), _stored(simulator)["billing-api"]["views"] - before) == (5 * count, count)


def _for_each_host(text: str) -> str:
    """Return the recipe as it is without its point: a variable, which each host evaluates on its own."""
    [play] = yaml.safe_load(text)
    fetch, write = play["tasks"]
    return json.dumps([{**play, "tasks": [{**write, "vars": fetch["ansible.builtin.set_fact"]}]}])


def test_the_guide_states_how_many_requests_many_hosts_take() -> None:
    """They are those that test_fetch_once counts."""
    guide = " ".join(_GUIDE.read_text(encoding="utf-8").split())
    assert f"requests for 200 hosts: 5 against {5 * 200}" in guide
    assert f"two views instead of {2 * 200}" in guide


def test_every_recipe_is_tested_and_in_the_guide() -> None:
    guide = _GUIDE.read_text(encoding="utf-8")
    tests = Path(__file__).read_text(encoding="utf-8")
    names = {path.stem for path in _FOLDER.glob("*.yml")}
    assert {
        name for name in names if f"``docs/recipes/{name}.yml``" not in guide or f'recipe("{name}"' not in tests
    } == set()
