# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Makes the mutants of a file, with the operators of mutmut.

mutmut's own runner imports the mutated files by their path below the working directory, which is not how a collection is
imported. It also leaves out module level and decorated functions. So only its operators are used.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import hashlib
import typing as t

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

if t.TYPE_CHECKING:
    from pathlib import Path

#: They only concern a type checker, so that nothing can tell a mutant of their arguments.
_ONLY_TYPES = {"cast", "TypeVar", "NewType"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One file with one change."""

    #: Below plugins/module_utils.
    file: str
    #: The function or class around the change, such as Client.get; empty at module level.
    function: str
    #: The changed lines, before and after, without indentation.
    was: str
    becomes: str
    #: How many times the lines stand in the function before this place.
    number: int
    #: First and last line of the statement that is changed: of a compound statement only its head.
    lines: tuple[int, int]
    code: str = dataclasses.field(repr=False)
    original: str = dataclasses.field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What stays the same when other code changes."""
        return (self.file, self.function, self.was, self.becomes, self.number)

    @property
    def name(self) -> str:
        """A short name for the command line."""
        digest = hashlib.sha256(repr(self.key).encode()).hexdigest()[:8]
        return f"{self.file}::{self.function or 'module'}::{digest}"

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        old, new = self.original.splitlines(), self.code.splitlines()
        return "\n".join(difflib.unified_diff(old, new, self.file, self.name, n=2, lineterm=""))


class Source:
    """A file of the core: where it can be changed, and the mutant of each such place.

    A mutant is only rendered when it is asked for, which takes some milliseconds: there are thousands.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        self._text = path.read_text(encoding="utf-8")
        visitor = _Visitor()
        self._module = MetadataWrapper(cst.parse_module(self._text)).visit(visitor)
        self._parts = [self._module.code_for_node(node) for node in (*self._module.header, *self._module.body)]
        self._heads = len(self._module.header)
        self._tree = ast.parse(self._text)
        self._places = _Places(self._tree)
        self._mutations = [
            (mutation, line, self._places.function_at(line)) for mutation, line in zip(visitor.mutations, visitor.lines)
        ]
        self._dump = _dump(self._tree)

    def __len__(self) -> int:
        return len(self._mutations)

    def find(self, function: str, is_wanted: t.Callable[[Mutant], bool]) -> t.Iterator[Mutant]:
        """Return the mutants of a function that are wanted, by their key or name."""
        for index, (_mutation, _line, name) in enumerate(self._mutations):
            if name == function and is_wanted(self._rendered(index)) and (mutant := self.mutant(index)):
                yield mutant

    def mutant(self, index: int) -> Mutant | None:
        """Return a mutant; None if Python refuses it, or sees no difference to the original."""
        mutant = self._rendered(index)
        try:
            tree = ast.parse(mutant.code)
            compile(tree, self.file, "exec")
        except SyntaxError:
            return None
        return mutant if _dump(tree) != self._dump else None

    def _rendered(self, index: int) -> Mutant:
        mutation, line, function = self._mutations[index]
        code = self._apply(mutation, line)
        first, was, becomes = _changed_lines(self._text, code)
        number = self._places.lines_before(function, first, was, self._text.splitlines())
        lines = self._places.statement_at(line)
        return Mutant(self.file, function, "\n".join(was), "\n".join(becomes), number, lines, code, self._text)

    def _apply(self, mutation: Mutation, line: int) -> str:
        # To replace in the one statement of the module, not in the whole of it, saves most of the time.
        part = max(i for i, statement in enumerate(self._tree.body) if i == 0 or _begin(statement) <= line)
        changed = deep_replace(self._module.body[part], mutation.original_node, mutation.mutated_node)
        parts = [*self._parts]
        parts[self._heads + part] = self._module.code_for_node(t.cast(cst.CSTNode, changed))
        return "".join(parts)


class _Visitor(MutationVisitor):
    """Collects the mutations of a file, those in decorated functions too, with their lines."""

    def __init__(self) -> None:
        super().__init__(mutation_operators, IgnoredCode(set(), set(), set()))
        self.lines: list[int] = []

    def _create_mutations(self, node: cst.CSTNode) -> None:
        super()._create_mutations(node)
        if new := len(self.mutations) - len(self.lines):
            self.lines.extend([self.get_metadata(PositionProvider, node).start.line] * new)

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        if (
            isinstance(node, cst.If)
            and isinstance(node.test, cst.Attribute)
            and node.test.attr.value == "TYPE_CHECKING"
        ):
            return True
        if isinstance(node, cst.Assign) and "__all__" in (getattr(one.target, "value", "") for one in node.targets):
            return True  # the collection has no import of *
        if isinstance(node, cst.Call):
            called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
            if isinstance(called, cst.Name) and called.value in _ONLY_TYPES:
                return True
        skipped: bool = super()._skip_node_and_children(node)
        return skipped


def _dump(tree: ast.Module) -> str:
    """Return what matters at run time: no positions, and no annotations of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def _changed_lines(original: str, code: str) -> tuple[int, list[str], list[str]]:
    """Return the number of the first line that differs, and the lines before and after, without their indentation."""
    old, new = original.splitlines(), code.splitlines()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    was, becomes = ([line.strip() for line in lines[start : len(lines) - end]] for lines in (old, new))
    return start + 1, was, becomes


class _Places:
    """Finds the statement and the function around a line."""

    def __init__(self, tree: ast.Module) -> None:
        #: first and last line, name
        self._functions: list[tuple[int, int, str]] = [(1, 1_000_000, "")]
        self._statements: list[tuple[int, int]] = []
        self._visit(tree, "")

    def _visit(self, node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.stmt):
                self._statements.append(_head(child))
                if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                    inner = f"{name}.{child.name}".lstrip(".")
                    self._functions.append((_begin(child), child.end_lineno or child.lineno, inner))
            self._visit(child, inner)

    def function_at(self, line: int) -> str:
        """Return the innermost function or class that contains the line."""
        return max(one for one in self._functions if one[0] <= line <= one[1])[2]

    def statement_at(self, line: int) -> tuple[int, int]:
        """Return the innermost statement that contains the line."""
        return max((one for one in self._statements if one[0] <= line <= one[1]), default=(line, line))

    def lines_before(self, function: str, line: int, wanted: list[str], text: list[str]) -> int:
        """Return how many times some lines stand in a function before a line."""
        begin = next(first for first, _last, name in self._functions if name == function)
        stripped = [one.strip() for one in text]
        return sum(stripped[i : i + len(wanted)] == wanted for i in range(begin - 1, line - 1))


def _begin(statement: ast.stmt) -> int:
    """Return the first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _head(statement: ast.stmt) -> tuple[int, int]:
    """Return the first and last line of a statement, without the statements in it."""
    body = getattr(statement, "body", None)
    if not body:
        return statement.lineno, statement.end_lineno or statement.lineno
    return statement.lineno, max(statement.lineno, _begin(body[0]) - 1)
