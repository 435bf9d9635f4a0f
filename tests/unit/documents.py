# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reads what users read: the guides, and the documentation inside the plugins."""

from __future__ import annotations

import ast
import re
import textwrap
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
LOOKUPS = sorted(path.stem for path in (ROOT / "plugins" / "lookup").glob("*.py"))
#: The guides for users, by their path in the repository.
GUIDES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))]
}
_PLUGINS = sorted(
    path for name in ("modules", "lookup", "doc_fragments") for path in (ROOT / "plugins" / name).glob("*.py")
)
_STRINGS = ("DOCUMENTATION", "PLUGINS", "EXAMPLES", "RETURN")
# Blocks of YAML: in the README (Markdown), and in the guides (reStructuredText).
_YAML_BLOCK = re.compile(
    r"^```ya?ml\n(.*?)^```$|^\.\. code-block:: yaml\+jinja\n\n((?:   [^\n]*\n|\n)+)", re.DOTALL | re.MULTILINE
)
# A sentence ends before white space. A table cell counts as a sentence.
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\s*\|\s*|\n\s*\n|\n\s*[-*]\s")
_LABEL = re.compile(r"^\.\. _[\w.]+:$")

Options = dict[str, dict[str, t.Any]]


def strings_in(path: Path) -> dict[str, str]:
    """Return the parts of a Python file that document it, as text."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in _STRINGS
    }


def text_in(path: Path, name: str) -> t.Any:
    """Return the YAML that is assigned to a name in a Python file."""
    return yaml.safe_load(strings_in(path)[name])


def in_module(module: str, name: str) -> t.Any:
    """Return a part of a module's documentation."""
    return text_in(ROOT / "plugins" / "modules" / f"{module}.py", name)


def in_lookup(lookup: str, name: str) -> t.Any:
    """Return a part of a lookup's documentation."""
    return text_in(ROOT / "plugins" / "lookup" / f"{lookup}.py", name)


def shared_options() -> Options:
    """Return the options that all plugins share, as documented."""
    options: Options = text_in(ROOT / "plugins" / "doc_fragments" / "connection.py", "DOCUMENTATION")["options"]
    return options


def documented(module: str) -> Options:
    """Return all options of a module, as documented."""
    return {**shared_options(), **in_module(module, "DOCUMENTATION")["options"]}


def sources() -> Options:
    """Return the documented sources of the shared options for plugins that are not modules."""
    options: Options = text_in(ROOT / "plugins" / "doc_fragments" / "connection.py", "PLUGINS")["options"]
    return options


def plugin_texts() -> dict[str, str]:
    """Return the documentation inside each plugin and doc fragment, by its path in the repository."""
    return {path.relative_to(ROOT).as_posix(): "\n".join(strings_in(path).values()) for path in _PLUGINS}


def sentences(pattern: str) -> list[tuple[str, str]]:
    """Return the sentences in guides and plugins that match a pattern, each with the path of its file."""
    return [
        (path, " ".join(sentence.split()))
        for path, text in {**GUIDES, **plugin_texts()}.items()
        for sentence in _END_OF_SENTENCE.split(text)
        if re.search(pattern, " ".join(sentence.split()))
    ]


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables in reStructuredText: rows of cells, the heading first. Labels are left out."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith(".. list-table::"):
            found.append([])
            inside = True
        elif line and not line.startswith("   "):
            inside = False
        elif inside and (cell := re.match(r"   (\* -|  -)( |$)", line)):
            if cell[1] == "* -":
                found[-1].append([])
            found[-1][-1].append("")
        if inside and found[-1]:
            content = line[7:].strip()
            if content and not _LABEL.match(content):
                found[-1][-1][-1] = f"{found[-1][-1][-1]} {content}".strip()
    return found


def table(guide: str, first_column: str) -> list[list[str]]:
    """Return the rows of all tables in a guide whose first column has this heading."""
    return [row for head, *rows in tables(GUIDES[guide]) if head[0] == first_column for row in rows]


def yaml_blocks(guide: str) -> list[str]:
    """Return the YAML that a guide shows."""
    return [textwrap.dedent(markdown or rest) for markdown, rest in _YAML_BLOCK.findall(GUIDES[guide])]


def quoted(text: str) -> list[str]:
    """Return the literal texts, which are in double backquotes."""
    return re.findall(r"``([^`]+)``", text)
