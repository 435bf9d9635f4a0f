# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Secrets that are short, long, or look like something else are as well hidden as any other.

Of a secret that is also a word, a number or a blank in other texts, a search cannot tell whether a text shows it. What is
guaranteed is that no option or field that is secret shows it, and that no text of a result contains it. The names of
fields, and the values of ``action`` and ``error.kind``, are the same whatever the secret is.
"""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Action
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import HIDDEN

from .odd import ODD, ORDINARY, use, variable
from .play import Play
from .search import Secret

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.process import Simulator

    from .play import Stage

_WORDS = {"action": {action.value for action in Action} | {"activate+update"}, "kind": {kind.value for kind in Kind}}
_OF_OURS = {*_WORDS["action"], *_WORDS["kind"], "Could not update"}
#: What a result of ours consists of.
_OURS = ("msg", "error", "api_entity", "api_secrets", "results", "diff", "warnings", "invocation")


def _texts(value: t.Any, key: str = "") -> Iterator[str]:
    """Return the texts of a result, but for names of fields and the words that are always the same."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
    elif isinstance(value, str) and value not in _WORDS.get(key, ()):
        yield value.replace(HIDDEN, "…").replace("********", "…")


@pytest.mark.parametrize(
    "in_place",
    [pytest.param(True, id="in place"), pytest.param(False, id="as a module", marks=pytest.mark.exhaustive)],
)
def test_an_odd_secret_is_hidden(simulator: Simulator, stage: Stage, in_place: bool) -> None:
    play = Play()
    use(play, simulator)
    secrets = {variable(name): Secret.exactly(value, ordinary=name in ORDINARY) for name, value in ODD.items()}

    stage.run(play, secrets, in_place=in_place)

    assert simulator.faults() == []
    stage.must_not_hold(secrets)
    shown = [
        f"{noted['task']}: {text}"
        for noted in stage.results()
        for name in ODD
        # Of a lookup that fails, the message is mostly Ansible's own.
        if noted["task"].endswith(f": {variable(name)}") and not noted["task"].startswith("Look up")
        for field in _OURS
        for text in _texts(noted["result"].get(field), field)
        if ODD[name] in text
    ]
    assert not shown, "\n".join(shown)


@pytest.mark.parametrize("name", sorted(ODD))
def test_the_kinds_of_odd_secrets_are_what_they_say(name: str) -> None:
    """What is not ordinary is found by its value: it is long enough, and none of our own texts."""
    assert (name in ORDINARY) == (len(ODD[name].strip()) < 6 or ODD[name] in _OF_OURS)
