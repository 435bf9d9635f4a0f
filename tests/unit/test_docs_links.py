# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The links, paths and commands in the guides lead somewhere."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.senhasegura.mysafe.tests.unit.documents import GUIDES, ROOT, plugin_texts

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TEXTS = {**GUIDES, "CONTRIBUTING.md": CONTRIBUTING}
#: A path in CONTRIBUTING.md begins with one of these folders. Other texts in backquotes are not paths.
PATH = re.compile(r"`((?:plugins|tests|docs|demo|tools|requirements|changelogs)/[^`\s*]*)`")
#: How the labels of the guides begin.
DOCSITE = r"ansible_collections\.senhasegura\.mysafe\.docsite\."
#: These exist only on a developer's machine, or when there is something to put there.
LOCAL = {"tests/integration/integration_config.yml", "docs/profiles"}


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def is_dead(path: str, link: str) -> bool:
    """Whether a link in a guide leads to a file or heading that does not exist."""
    name, _hash, anchor = link.partition("#")
    target = (ROOT / path).parent / name if name else ROOT / path
    return not target.exists() or bool(anchor and anchor not in anchors(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [path for path in TEXTS if path.endswith(".md")])
def test_every_link_leads_somewhere(path: str) -> None:
    links: list[t.Any] = re.findall(r"\]\(([^)]+)\)", TEXTS[path])
    assert [link for link in links if "://" not in link and is_dead(path, link)] == []


def test_every_label_that_a_guide_or_a_plugin_refers_to_exists() -> None:
    texts = [*GUIDES.values(), *plugin_texts().values()]
    labels = {label for text in texts for label in re.findall(rf"\.\. _({DOCSITE}[\w.]+):", text)}
    referred = {label for text in texts for label in re.findall(rf"(?<!\.\. _)\b({DOCSITE}[\w.]+\w)", text)}
    assert referred - labels == set()


@pytest.mark.parametrize(("path", "text"), plugin_texts().items())
def test_markup_in_a_plugin_holds_no_bracket(path: str, text: str) -> None:
    """Ansible's markup ends at the first closing bracket, whatever was opened."""
    assert re.findall(r"\b[BCEIPORV]\([^)]*\(.*", text) == [], path


def test_the_table_of_contents_has_every_guide_once() -> None:
    content = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    listed = [name for section in content["sections"] for name in section["toctree"]]
    assert sorted(listed) == sorted(Path(path).stem for path in GUIDES if path.endswith(".rst"))


@pytest.mark.parametrize("path", [path for path in TEXTS if path.endswith(".rst")])
def test_every_path_in_a_guide_exists(path: str) -> None:
    named = set(re.findall(r"``((?:docs|tests)/[^`\s]*)``", TEXTS[path])) - LOCAL
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_path_in_the_guide_for_contributors_exists() -> None:
    assert {path for path in PATH.findall(CONTRIBUTING) if not (ROOT / path).exists()} - LOCAL == set()


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_exists(path: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = re.findall(r"^make ([a-z -]+)$|`make ([a-z -]+)", TEXTS[path], re.MULTILINE)
    commands = {command for line in lines for command in "".join(line).split()}
    assert {command for command in commands if not re.search(rf"^{command}:", makefile, re.MULTILINE)} == set()


def test_the_guide_for_contributors_lists_every_make_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    listed = set(re.findall(r"`make ([a-z-]+)", CONTRIBUTING))
    assert commands - listed - {"help"} == set()
