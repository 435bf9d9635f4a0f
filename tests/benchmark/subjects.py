# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""What is measured in playbooks: ours, the cheapest module there is, and what users write without us."""

from __future__ import annotations

import dataclasses
import typing as t

from .vault import described

Task = dict[str, t.Any]

#: The variables of every play: mysafe_url, mysafe_ca, access_key, ready_token, identifiers, fresh (begins new codes).
_API = "{{ mysafe_url }}/api/mysafe/secretapi"
_ALL = "{{ range(%d) | list }}"


class Requests(t.NamedTuple):
    """What one secret costs in requests, beside those for tokens."""

    lookups: int = 0
    reads: int = 0
    creates: int = 0


@dataclasses.dataclass(frozen=True)
class Subject:
    """Something to measure, for any number of secrets as single tasks or as a loop."""

    key: str
    title: str
    single: t.Callable[[int], list[Task]]
    loop: t.Callable[[int], list[Task]]
    requests: Requests
    #: In how many of seven rounds it takes part: the slow ones in fewer.
    single_rounds: int
    loop_rounds: int
    variables: dict[str, t.Any] = dataclasses.field(default_factory=dict)


def _ours(number: str, **options: t.Any) -> Task:
    fields = {**described(number), "tags": ["billing", "production"]}
    return {
        "name": "Have the API secret in MySafe",
        "senhasegura.mysafe.mysafe_api_secret": {"identifier_code": code(number), **fields, **options},
    }


def _ping(_number: str) -> Task:
    return {"name": "Ping", "ansible.builtin.ping": {}}


def _uri(name: str, url: str, token: str = "", **options: t.Any) -> Task:
    arguments = {"url": url, "ca_path": "{{ mysafe_ca }}", **options}
    if token:
        arguments["headers"] = {"Authorization": "Bearer {{ " + token + " }}"}
    return {"name": name, "ansible.builtin.uri": arguments}


def _get(number: str) -> Task:
    return _uri("Read one secret", _API + "/{{ identifiers[" + number + "] }}", "ready_token")


# What users write today. No task looks whether the fields are still as described, so this does less than ours.


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
    # Faster than a loop around included tasks: one token serves all.
    return [
        _token(),
        {**_lookup("{{ item }}"), "loop": _ALL % count},
        {
            **_create("{{ item.item }}", found="item"),
            "loop": "{{ found.results }}",
            "loop_control": {"label": "{{ item.item }}"},
        },
    ]


def _singles(task: t.Callable[[str], Task]) -> t.Callable[[int], list[Task]]:
    return lambda count: [task(str(number)) for number in range(count)]


def _looped(task: t.Callable[[str], Task], item: str = "{{ item }}") -> t.Callable[[int], list[Task]]:
    return lambda count: [{**task(item), "loop": _ALL % count}]


def _cached(number: str) -> Task:
    return _ours(number, mysafe_token_cache=True)


def code(number: int | str) -> str:
    """Return the identifier code of a secret that the vault holds."""
    return f"service-{number}"


def _look_up(count: int) -> list[Task]:
    codes = f"range({count}) | map('regex_replace', '^', '{code('')}') | list"
    found = f"query('senhasegura.mysafe.mysafe_api_secret', {codes}, field='name') | length"
    # The play without any is what the lookup comes on top of.
    return [{"name": "Read them", "ansible.builtin.debug": {"msg": f"{{{{ {found if count else 0} }}}}"}}]


#: One lookup of many codes; it is measured on its own, against a vault that takes its time.
LOOKUP = Subject("lookup", "our lookup", _look_up, _look_up, Requests(lookups=1, reads=1), 7, 0)

_UNCHANGED = Requests(lookups=1, reads=1)

SUBJECTS = (
    Subject("in_place", "our task", _singles(_ours), _looped(_ours), _UNCHANGED, 7, 7),
    Subject("cached", "our task, with token cache", _singles(_cached), _looped(_cached), _UNCHANGED, 7, 7),
    Subject(
        "module",
        "our task, as a module",
        _singles(_ours),
        _looped(_ours),
        _UNCHANGED,
        5,
        3,
        variables={"mysafe_in_place": False},
    ),
    Subject("ping", "ansible.builtin.ping", _singles(_ping), _looped(_ping), Requests(), 5, 2),
    Subject("uri", "ansible.builtin.uri, one GET", _singles(_get), _looped(_get, "item"), Requests(reads=1), 5, 3),
    Subject("recipe", "without us: uri three times", _recipe, _looped_recipe, Requests(lookups=1, creates=1), 3, 2),
)
