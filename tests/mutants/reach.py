# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Learns which test reaches which line: runs each test file once, and keeps the outcome until something changes."""

from __future__ import annotations

import functools
import hashlib
import json
import typing as t
from collections import defaultdict
from pathlib import Path

if t.TYPE_CHECKING:
    from .pool import Ask, Pool

#: The layers of tests, from the cheapest up.
LAYERS = {"units": "tests/unit", "wire": "tests/wire"}


class BrokenTestsError(Exception):
    """A test fails without any mutant."""


class Reach:
    """Which tests of a layer reach a line of the core, and how long each takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._tests: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))

    def add(self, file: str, kept: dict[str, t.Any]) -> None:
        """Add what the tests of a file reach."""
        self.seconds.update(kept["seconds"])
        for source, lines in kept["reached"].items():
            for line, tests in lines.items():
                # What is reached while the file is imported counts for all its tests.
                named = kept["seconds"] if "" in tests else tests
                self._tests[source][int(line)].update(named)

    def stages(self, source: str, lines: tuple[int, int]) -> t.Iterator[list[str]]:
        """Return the tests that reach a line, in the order in which they are most likely to fail soon and cheaply."""
        tests = {name for line in range(lines[0], lines[1] + 1) for name in self._tests[source].get(line, ())}
        by_file: dict[str, list[str]] = defaultdict(list)
        for name in sorted(tests, key=lambda name: self.seconds[name]):
            by_file[_file(name)].append(name)
        own = f"tests/unit/plugins/module_utils/{Path(source).parent / ('test_' + Path(source).stem.lstrip('_'))}.py"
        files = sorted(
            by_file, key=lambda name: (name != own, -len(by_file[name]) / (1 + self._duration(by_file[name])))
        )
        # To collect a file takes time too, so that those that are most to the point are tried first.
        for first, last in ((0, 1), (1, 5), (5, len(files))):
            if stage := [test for name in files[first:last] for test in by_file[name]]:
                yield stage

    def _duration(self, tests: t.Iterable[str]) -> float:
        return sum(self.seconds[name] for name in tests)


def learn(pool: Pool, folder: Path, layer: str) -> Reach:
    """Return what the tests of a layer reach: run those that changed since the last time. Raises BrokenTestsError."""
    source = pool.tree
    folder.mkdir(parents=True, exist_ok=True)
    files = [str(path.relative_to(source)) for path in sorted((source / LAYERS[layer]).rglob("test_*.py"))]
    common = _common(source)
    kept = {file: folder / f"{_digest(common, file, (source / file).read_bytes())}.json" for file in files}
    for path in set(folder.iterdir()) - set(kept.values()):
        path.unlink()
    missing = [file for file in files if not kept[file].exists()]
    if missing:
        print(f"Learning which lines the {layer} reach: {len(missing)} files.", flush=True)
    running = [pool.submit(functools.partial(_learn, file, kept[file])) for file in missing]
    if broken := [*filter(None, (future.result() for future in running))]:
        raise BrokenTestsError("\n".join(broken))
    reach = Reach()
    for file, path in kept.items():
        reach.add(file, json.loads(path.read_text(encoding="utf-8")))
    return reach


def _learn(file: str, kept: Path, ask: Ask) -> str:
    """Run a file of tests, and keep what it reaches; return what is wrong, if anything."""
    answer = ask({"file": "", "code": "", "tests": {}, "files": [file], "record": True})
    if answer["outcome"] != "passed":
        return f"{answer['test'] or file}: {answer['outcome']} without a mutant\n{answer['output']}"
    kept.write_text(json.dumps(answer), encoding="utf-8")
    return ""


def _common(source: Path) -> bytes:
    """Return a digest of what all tests depend on."""
    digest = hashlib.sha256()
    for name in ("plugins", "tests/simulator", *LAYERS.values()):
        for path in sorted((source / name).rglob("*.py")):
            if not path.name.startswith("test_"):
                digest.update(_digest(path.read_bytes()).encode())
    return digest.digest()


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return digest.hexdigest()[:32]


def _file(test: str) -> str:
    return test.partition("::")[0]
