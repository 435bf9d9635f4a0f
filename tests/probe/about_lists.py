# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about lists: what the filters match, and what an empty list looks like."""

from __future__ import annotations

import typing as t

from . import documented
from .failures import Inconclusive
from .question import Area, Findings

if t.TYPE_CHECKING:
    from .bench import Bench

AREA = Area("Lists")
#: Asked about an inactive secret.
LATE = Area("Lists")


@AREA.question("What the filter identifier_code matches", "identifier_code_filter")
def by_code(bench: Bench) -> Findings:
    """The code itself, no code at all, another case, and parts of it."""
    code = bench.first.code
    asked = {
        "exact": code,
        "ignored": bench.code("none"),
        "case_insensitive": code.swapcase(),
        "prefix": code[:-2],
        "suffix": code[2:],
        "contains": code[2:-2],
    }
    matches = {rule: bench.own.lists(bench.first.identifier, identifier_code=text) for rule, text in asked.items()}
    if not matches.pop("exact"):
        raise Inconclusive("a secret is not listed by its own code")
    found = {rule for rule, listed in matches.items() if listed}
    rules = {
        frozenset(): "exact",
        frozenset(matches): "ignored",
        frozenset(("prefix", "suffix", "contains")): "contains",
        **{frozenset((rule,)): rule for rule in ("case_insensitive", "prefix", "suffix")},
    }
    if frozenset(found) not in rules:
        raise Inconclusive(f"it matches in a way for which the switch has no value: {', '.join(sorted(found))}")
    return {"identifier_code_filter": rules[frozenset(found)]}


@AREA.question("What the filter tag matches", "tag_filter")
def by_tag(bench: Bench) -> Findings:
    """The tag itself, no tag at all, another case, and a part of it."""
    asked = {"itself": bench.tag, "other": bench.code("none"), "case": bench.tag.swapcase(), "part": bench.tag[2:-2]}
    found = {how for how, text in asked.items() if bench.own.lists(bench.first.identifier, tag=text)}
    rules = {
        frozenset(("itself",)): "case_sensitive",
        frozenset(("itself", "case")): "exact",
        frozenset(("itself", "case", "part")): "contains",
        frozenset(asked): "ignored",
    }
    if frozenset(found) not in rules:
        raise Inconclusive("it matches in a way for which the switch has no value")
    return {"tag_filter": rules[frozenset(found)]}


@AREA.question("What an empty list looks like", "list_key")
def empty_list(bench: Bench) -> Findings:
    """A list filtered by what no secret has."""
    for query in ({"identifier_code": bench.code("none")}, {"tag": bench.code("none")}):
        answer = bench.own.call("GET", "", **query)
        if not answer.succeeded:
            raise answer.inconclusive("listing")
        if "api_secret_on_list" not in answer.object:
            return {"list_key": "absent_when_empty"}
        if answer.object["api_secret_on_list"] is None:
            return {"list_key": "null_when_empty"}
        if answer.object["api_secret_on_list"] == []:
            return {"list_key": "documented"}
    raise Inconclusive("both filters are ignored, so no list is empty")


@AREA.question("What a listed secret shows, and whether an unknown filter is ignored")
def rows(bench: Bench) -> Findings:
    """List with a filter that is documented for passwords only."""
    name = bench.first.name
    found = [row for row in bench.own.listing(identifier_code=bench.first.code) if row.get("name") == name]
    keys = set(found[0]) if found else documented.ROW_KEYS
    if keys - documented.ROW_KEYS:
        bench.note(f"A listed secret has more keys than documented: {bench.names(keys - documented.ROW_KEYS)}.")
    if documented.ROW_KEYS - keys:
        bench.note(f"A listed secret lacks: {bench.names(documented.ROW_KEYS - keys)}.")
    answer = bench.own.call("GET", "", identifier_code=bench.first.code, name=bench.code("none"))
    if not answer.succeeded:
        bench.note(f"The filter name, which is not documented, is refused: {answer.outcome}.")
    else:
        listed = any(
            str(row.get("identifier")) == bench.first.identifier
            for row in answer.object.get("api_secret_on_list") or []
        )
        bench.note(f"The filter name, which is not documented, is {'ignored' if listed else 'applied'}.")
    return {}


@LATE.question("Whether inactive secrets are listed", "list_inactive")
def inactive(bench: Bench) -> Findings:
    """List the first secret, now inactive."""
    secret = bench.inactive_first()
    return {"list_inactive": bench.own.lists(secret.identifier, identifier_code=secret.code)}
