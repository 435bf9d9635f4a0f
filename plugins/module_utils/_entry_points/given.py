# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Finds the secrets in what a task or lookup was given, at any depth."""

from __future__ import annotations

import typing as t
from collections import abc

from .._http.connection import PATHS, is_pasted
from .._secrets import Secrets

Spec = t.Mapping[str, t.Mapping[str, t.Any]]


def given(arguments: t.Mapping[str, t.Any], spec: Spec) -> Secrets:
    """Return the secrets that a task itself was given."""
    secrets = Secrets()
    secrets.add(*secret_texts(arguments, spec))
    return secrets


def secret_texts(arguments: t.Mapping[str, t.Any], spec: Spec) -> t.Iterator[str]:
    """Return the texts of all arguments that may be secrets.

    These are secret options, options that do not exist, keys that were pasted where a path belongs, and what is no mapping
    in a list of mappings with a secret option.
    """
    for name, value in arguments.items():
        option = spec.get(name)
        if option is None or option.get("no_log"):
            yield from texts(value)
        elif name in PATHS:
            yield from filter(is_pasted, texts(value))
        elif any(inner.get("no_log") for inner in option.get("options", {}).values()):
            for entry in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(entry, abc.Mapping):
                    yield from secret_texts(entry, option["options"])
                else:
                    yield from texts(entry)


def texts(value: t.Any) -> t.Iterator[str]:
    """Return all texts in a value, at any depth, apart from blank ones; numbers as texts."""
    if value is None or isinstance(value, bool):
        return
    # Mappings last, and dict by name: in every process that Ansible forks, the first check for one takes a millisecond.
    if isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from texts(inner)
    elif not isinstance(value, (str, int, float)) and isinstance(value, (dict, abc.Mapping)):
        for inner in value.values():
            yield from texts(inner)
    elif str(value).strip():
        yield str(value)
