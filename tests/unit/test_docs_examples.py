# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Every option of every plugin is used in an example, or in YAML that a guide shows."""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml

from ansible_collections.senhasegura.mysafe.tests.unit.documents import (
    GUIDES,
    LOOKUPS,
    MODULES,
    ROOT,
    Options,
    in_lookup,
    in_module,
    shared_options,
    strings_in,
    yaml_blocks,
)

COLLECTION = "senhasegura.mysafe"
GROUP = f"group/{COLLECTION}.mysafe"
LOOKUP_CALL = re.compile(r"(?:lookup|query)\('senhasegura\.mysafe\.(\w+)'(.*?)\)", re.DOTALL)
RECIPES = sorted((ROOT / "docs" / "recipes").glob("*.yml"))
EXAMPLES = [
    *(
        strings_in(path)["EXAMPLES"]
        for name in ("modules", "lookup")
        for path in (ROOT / "plugins" / name).glob("*.py")
    ),
    *(block for guide in GUIDES for block in yaml_blocks(guide)),
    *(
        path.read_text(encoding="utf-8")
        for path in [*(ROOT / "docs" / "awx" / "playbooks").glob("*.yml"), *RECIPES, ROOT / "demo" / "playbook.yml"]
    ),
]


def mappings(value: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Return a mapping and all mappings inside it."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(inner)


def used(arguments: t.Any, prefix: str = "") -> set[str]:
    """Return the options and suboptions that arguments use."""
    found: set[str] = set()
    for item in arguments if isinstance(arguments, list) else [arguments]:
        for name, value in item.items() if isinstance(item, dict) else ():
            found |= {prefix + name, *used(value, f"{prefix}{name}.")}
    return found


def shown(name: str) -> set[str]:
    """Return the options that examples use under a name: a module, or the action group."""
    return {
        option for text in EXAMPLES for mapping in mappings(yaml.safe_load(text)) for option in used(mapping.get(name))
    }


def flat(options: Options, prefix: str = "") -> set[str]:
    """Return the names of options and suboptions."""
    return {
        path
        for name, option in options.items()
        for path in (prefix + name, *flat(option.get("suboptions", {}), f"{prefix}{name}."))
    }


@pytest.mark.parametrize("module", MODULES)
def test_an_example_uses_every_option_of_the_module(module: str) -> None:
    options = flat(in_module(module, "DOCUMENTATION")["options"])
    assert options - shown(f"{COLLECTION}.{module}") == set()


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_an_example_uses_every_option_of_the_lookup(lookup: str) -> None:
    calls = [rest for text in EXAMPLES for name, rest in LOOKUP_CALL.findall(text) if name == lookup]
    options = set(in_lookup(lookup, "DOCUMENTATION")["options"]) - {"_terms"}
    assert options - set(re.findall(r"(\w+)=", " ".join(calls))) == set()


def test_an_example_uses_every_connection_option() -> None:
    assert set(shared_options()) - shown(GROUP) == set()
