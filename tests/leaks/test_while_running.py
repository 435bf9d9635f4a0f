# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What others see while a task runs, and what Ansible keeps when it is told to keep the files of modules."""

from __future__ import annotations

import typing as t

import pytest

from .play import INFO, LIST, LOOKUP, MODULE, Play
from .search import leaks
from .vault import Vault
from .watch import Watcher

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Stage

_BY_FILE = {"mysafe_in_place": False, "ansible_pipelining": False}
#: How a task may run, and the modules that do; it costs a process each time.
_WAYS: dict[str, tuple[dict[str, t.Any], tuple[str, ...]]] = {
    "in place": ({}, (MODULE, LIST, INFO)),
    "as a module": ({"vars": {"mysafe_in_place": False, "ansible_pipelining": True}}, (INFO,)),
    "by a file": ({"vars": _BY_FILE}, (LIST,)),
    "async": ({"async": 60, "poll": 1}, (MODULE,)),
}
#: Whoever starts ansible-playbook puts the access key there.
_OF_THE_USER = "SENHASEGURA_CLIENT_SECRET="


def _add(play: Play, way: str, plugins: t.Sequence[str], common: dict[str, t.Any], **keywords: t.Any) -> None:
    """Add tasks of these modules, which all send their secrets."""
    code = f"running-{len(play.tasks)}"
    described = {"identifier_code": code, "name": "Running", "url": "https://example.org", "client_id": "robot"}
    options: dict[str, dict[str, t.Any]] = {
        MODULE: {**described, "client_secret": "{{ passed }}"},
        LIST: {"api_secrets": [described], "client_secrets": {code: "{{ rotated }}"}},
        INFO: {"identifier_code": code},
    }
    for plugin in plugins:
        expected = "ok" if plugin == INFO else "changed"
        play.add(f"{plugin} {way}", expected, {**options[plugin], **common}, plugin, **keywords)


def test_no_process_shows_a_secret(simulator: Simulator, stage: Stage) -> None:
    """Command lines hold no secret, nor does any variable of an environment but the one that the user sets."""
    vault, play = Vault.of(simulator), Play()
    temporary = stage.place / "tmp"
    with Watcher(simulator, f"LEAKS_RESULTS={stage.place / 'results'}", temporary) as watcher:
        login = {"mysafe_url": watcher.url, "mysafe_client_id": simulator.access_keys["alice"]["client_id"]}
        for way, (keywords, plugins) in _WAYS.items():
            _add(play, way, plugins, {**login, "mysafe_client_secret": "{{ access_key }}"}, **keywords)
        arguments = f"'running-0', field='name', mysafe_url='{watcher.url}', mysafe_access_token=token"
        query = {"msg": f"{{{{ query('{LOOKUP}', {arguments}) }}}}"}
        play.add("Look up", "ok", query, "ansible.builtin.debug")
        stage.run(play, dict(vault.items()), in_place=True)

    lines = {content for what, content in watcher.seen if what == "command line"}
    expected = (b"ansible-playbook", b"async_wrapper", b"AnsiballZ_mysafe_api_secrets.py", b"/bin/sh")
    assert [text for text in expected if not any(text in line for line in lines)] == [], "a process was not seen"
    assert watcher.modes == {0o700}, "what Ansible keeps while a module runs can be read by others"
    assert ("environment", f"{_OF_THE_USER}{vault.access_key.value}".encode()) in watcher.seen
    seen = [(what, content) for what, content in watcher.seen if not content.startswith(_OF_THE_USER.encode())]
    assert leaks(seen, dict(vault.items())) == []
    stage.must_not_hold(dict(vault.items()))


@pytest.mark.exhaustive
def test_what_ansible_keeps_is_the_file_of_a_module(simulator: Simulator, stage: Stage) -> None:
    """With ANSIBLE_KEEP_REMOTE_FILES, Ansible keeps each module with its arguments, as the guide about security says."""
    vault, play = Vault.of(simulator), Play()
    _add(play, "in place", (MODULE, LIST, INFO), {})
    _add(play, "by a file", (MODULE,), {"mysafe_client_secret": "{{ access_key }}"}, vars=_BY_FILE)
    secrets = dict(vault.items())
    stage.run(play, secrets, in_place=True, ANSIBLE_KEEP_REMOTE_FILES="true")
    kept = {path: path.read_bytes() for path in stage.place.rglob("AnsiballZ_*.py")}
    assert len(kept) == 1
    assert all(leaks([(path.name, content)], secrets) for path, content in kept.items()), "the docs are wrong"
    assert {path.parent.stat().st_mode & 0o777 for path in kept} == {0o700}
    for path in kept:
        path.unlink()
    stage.must_not_hold(secrets)
