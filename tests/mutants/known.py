# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The list of mutants that are known to survive, and why: known.yml."""

from __future__ import annotations

import typing as t
from pathlib import Path

import yaml

from .worker import CORE

if t.TYPE_CHECKING:
    from .operators import Mutant, Source

PATH = Path(__file__).with_name("known.yml")

Key = tuple[str, str, str, str, int]


class Known:
    """The list."""

    def __init__(self) -> None:
        entries = yaml.safe_load(PATH.read_text(encoding="utf-8"))
        #: No test can tell them from the original.
        self.equal: set[Key] = {_key(entry) for entry in entries["equal"]}
        #: A test could, but would not be worth it.
        self.accepted: set[Key] = {_key(entry) for entry in entries["accepted"]}

    def find(self, sources: t.Mapping[str, Source]) -> tuple[dict[Key, Mutant], list[Key]]:
        """Return the mutants of the list that are in some files, and the entries for which there is none."""
        wanted = {key for key in self.equal | self.accepted if key[0] in sources or not (CORE / key[0]).exists()}
        found: dict[Key, Mutant] = {}
        for file, function in sorted({key[:2] for key in wanted if key[0] in sources}):
            for mutant in sources[file].find(function, lambda one: one.key in wanted):
                found[mutant.key] = mutant
        return found, sorted(wanted - set(found))


def as_entries(mutants: t.Iterable[Mutant]) -> str:
    """Return mutants as entries for the list."""
    names = ("file", "function", "was", "becomes", "number")
    entries = [{**dict(zip(names, mutant.key)), "reason": ""} for mutant in mutants]
    for entry in entries:
        if not entry["number"]:
            del entry["number"]
    text: str = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=120)
    return text


def _key(entry: t.Mapping[str, t.Any]) -> Key:
    if not entry["reason"]:
        raise ValueError(f"{PATH.name} has an entry without a reason: {entry}")
    return (entry["file"], entry["function"], entry["was"], entry["becomes"], entry.get("number", 0))
