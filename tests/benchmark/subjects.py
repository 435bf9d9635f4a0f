# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The subjects measured in playbooks: our tasks, the cheapest module, and what users write without the collection."""

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

import ansible_mitogen

from .vault import described

Task = dict[str, t.Any]

#: Every play has the variables mysafe_url, mysafe_ca, access_key, ready_token, identifiers, fresh (prefix of new codes), and
#: listed and client_secrets (for a list).
_API = "{{ mysafe_url }}/api/mysafe/secretapi"


class Requests(t.NamedTuple):
    """The requests that one secret takes, without those for tokens."""

    lookups: int = 0
    reads: int = 0
    creates: int = 0


@dataclasses.dataclass(frozen=True)
class Subject:
    """A subject of the benchmark, for any number of secrets, as single tasks or as a loop."""

    key: str
    title: str
    single: t.Callable[[int], list[Task]]
    loop: t.Callable[[int], list[Task]]
    requests: Requests
    #: The number of rounds (of seven) that it takes part in: fewer for slow subjects.
    single_rounds: int
    loop_rounds: int
    variables: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    environment: dict[str, str] = dataclasses.field(default_factory=dict)


def _all(count: int) -> str:
    return f"{{{{ range({count}) | list }}}}"


def ours(number: str, **options: t.Any) -> Task:
    """Return our task for one secret of the vault."""
    fields = {**described(number), "tags": ["billing", "production"]}
    return {
        "name": "Ensure that the API secret exists",
        "senhasegura.mysafe.mysafe_api_secret": {"identifier_code": code(number), **fields, **options},
    }


def _floor(number: str) -> Task:
    task = ours(number)
    return {"name": "Send the same requests", "benchmark.floor.unchanged": task["senhasegura.mysafe.mysafe_api_secret"]}


def _ping(_number: str) -> Task:
    return {"name": "Ping", "ansible.builtin.ping": {}}


def _uri(name: str, url: str, token: str = "", **options: t.Any) -> Task:
    arguments = {"url": url, "ca_path": "{{ mysafe_ca }}", **options}
    if token:
        arguments["headers"] = {"Authorization": "Bearer {{ " + token + " }}"}
    return {"name": name, "ansible.builtin.uri": arguments}


def get(number: str, query: str = "") -> Task:
    """Return a task that reads one secret of the vault, or sends a query."""
    return _uri("Read one secret", _API + (query or "/{{ identifiers[" + number + "] }}"), "ready_token")


def the_list() -> Task:
    """Return our task for all secrets that the playbook lists."""
    return {
        "name": "Ensure that the API secrets exist",
        "senhasegura.mysafe.mysafe_api_secrets": {
            "api_secrets": "{{ listed }}",
            "client_secrets": "{{ client_secrets }}",
        },
    }


# What users write today. It does less than our task: it does not compare the fields.


def _token() -> Task:
    task = _uri(
        "Get a token",
        "{{ mysafe_url }}/api/oauth2/token",
        method="POST",
        body_format="form-urlencoded",
        body={
            "grant_type": "client_credentials",
            "client_id": "{{ access_key.client_id }}",
            "client_secret": "{{ access_key.client_secret }}",
        },
    )
    return {**task, "register": "login", "no_log": True}


def _lookup(number: str) -> Task:
    url = _API + "?identifier_code={{ fresh }}-" + number
    return {**_uri("Look the secret up", url, "login.json.access_token"), "register": "found"}


def _create(number: str, found: str) -> Task:
    task = _uri(
        "Create the secret",
        _API,
        "login.json.access_token",
        method="POST",
        body_format="json",
        body={"identifier_code": "{{ fresh }}-" + number, **described(number)},
        status_code=201,
    )
    return {
        **task,
        "register": "created",
        "changed_when": "created.status == 201",
        "when": f"not ({found}.json.api_secret_on_list | default([], true))",
        "no_log": True,
    }


def _recipe(count: int) -> list[Task]:
    return [
        task
        for number in map(str, range(count))
        for task in (_token(), _lookup(number), _create(number, found="found"))
    ]


def _looped_recipe(count: int) -> list[Task]:
    # Faster than a loop over included tasks, since all items share one token.
    return [
        _token(),
        {**_lookup("{{ item }}"), "loop": _all(count)},
        {
            **_create("{{ item.item }}", found="item"),
            "loop": "{{ found.results }}",
            "loop_control": {"label": "{{ item.item }}"},
        },
    ]


def _singles(task: t.Callable[[str], Task]) -> t.Callable[[int], list[Task]]:
    return lambda count: [task(str(number)) for number in range(count)]


def in_loop(task: t.Callable[[str], Task], item: str = "{{ item }}") -> t.Callable[[int], list[Task]]:
    """Return what makes a loop of a task, for any number of secrets. ``item`` stands for the number of one."""
    return lambda count: [{**task(item), "loop": _all(count)}]


def _cached(number: str) -> Task:
    return ours(number, mysafe_token_cache=True)


def code(number: int | str) -> str:
    """Return the identifier code of a secret in the vault."""
    return f"service-{number}"


def _look_up(count: int) -> list[Task]:
    codes = f"range({count}) | map('regex_replace', '^', '{code('')}') | list"
    found = f"query('senhasegura.mysafe.mysafe_api_secret', {codes}, field='name') | length"
    # Without codes it is the play alone, whose time is subtracted.
    return [{"name": "Read them", "ansible.builtin.debug": {"msg": f"{{{{ {found if count else 0} }}}}"}}]


#: One lookup of many codes, measured on its own with a vault that answers slowly.
LOOKUP = Subject("lookup", "our lookup", _look_up, _look_up, Requests(lookups=1, reads=1), 7, 0)

_MITOGEN = {
    "ANSIBLE_STRATEGY": "mitogen_linear",
    "ANSIBLE_STRATEGY_PLUGINS": str(Path(ansible_mitogen.__file__).parent / "plugins" / "strategy"),
    # Ansible calls every strategy but its own deprecated.
    "ANSIBLE_DEPRECATION_WARNINGS": "false",
}

_UNCHANGED = Requests(lookups=1, reads=1)

IN_PLACE = Subject("in_place", "our task", _singles(ours), in_loop(ours), _UNCHANGED, 7, 7)
#: The least that a task in place takes.
FLOOR = Subject("floor", "the floor in place", _singles(_floor), in_loop(_floor), _UNCHANGED, 7, 7)

MITOGEN = Subject(
    "mitogen",
    "the same with mitogen_linear",
    _singles(get),
    in_loop(get, "item"),
    Requests(reads=1),
    3,
    5,
    environment=_MITOGEN,
)
SUBJECTS = (
    IN_PLACE,
    Subject("cached", "our task, with token cache", _singles(_cached), in_loop(_cached), _UNCHANGED, 7, 7),
    Subject(
        "module",
        "our task, as a module",
        _singles(ours),
        in_loop(ours),
        _UNCHANGED,
        5,
        3,
        variables={"mysafe_in_place": False},
    ),
    Subject("ping", "ansible.builtin.ping", _singles(_ping), in_loop(_ping), Requests(), 5, 2),
    Subject("uri", "ansible.builtin.uri, one GET", _singles(get), in_loop(get, "item"), Requests(reads=1), 5, 3),
    MITOGEN,
    Subject("recipe", "without us: uri three times", _recipe, _looped_recipe, Requests(lookups=1, creates=1), 3, 2),
)
