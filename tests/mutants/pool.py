# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Workers, each with a copy of the tree: they run tests at the same time, and leave nothing behind."""

from __future__ import annotations

import concurrent.futures
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

if t.TYPE_CHECKING:
    from .worker import Answer, Request

    Ask = t.Callable[[Request], Answer]

Result = t.TypeVar("Result")
_COLLECTION = Path("ansible_collections", "senhasegura", "mysafe")
_IGNORED = shutil.ignore_patterns(".git", ".cache", ".nox", ".venv", ".*_cache", "__pycache__", "output")


class Pool:
    """The workers, as a context manager."""

    def __init__(self, source: Path, folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._directory = tempfile.TemporaryDirectory(prefix="trees-", dir=folder)
        self._source = source
        self._size = size
        self._workers: list[subprocess.Popen[str]] = []
        self._idle: queue.SimpleQueue[subprocess.Popen[str]] = queue.SimpleQueue()
        self._threads = concurrent.futures.ThreadPoolExecutor(size)

    def __enter__(self) -> Pool:
        try:
            for number in range(self._size):
                worker = self._start(Path(self._directory.name, str(number)))
                self._workers.append(worker)
                self._idle.put(worker)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            t.cast(t.IO[str], worker.stdin).close()
        for worker in self._workers:
            # It ends its own child first.
            worker.wait()
        self._directory.cleanup()

    def _start(self, root: Path) -> subprocess.Popen[str]:
        copy = root / _COLLECTION
        shutil.copytree(self._source, copy, symlinks=True, ignore=_IGNORED)
        temporary = root / "tmp"
        temporary.mkdir()
        environment = {
            **os.environ,
            "COVERAGE_CORE": "ctrace",  # the only one with contexts on every Python
            "HOME": str(temporary),
            "PYTHONPATH": os.pathsep.join([str(root), "tests"]),
            "TMPDIR": str(temporary),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "mutants.worker"],
            cwd=copy,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for this process, which ends its workers
        )

    @property
    def tree(self) -> Path:
        """One of the copies: unlike the original, nobody changes it meanwhile."""
        return Path(self._directory.name, "0", _COLLECTION)

    def submit(self, function: t.Callable[[Ask], Result]) -> concurrent.futures.Future[Result]:
        """Let a function make requests of one worker, as soon as one is idle."""
        return self._threads.submit(self._lend, function)

    def _lend(self, function: t.Callable[[Ask], Result]) -> Result:
        worker = self._idle.get()
        try:
            return function(lambda request: _ask(worker, request))
        finally:
            self._idle.put(worker)


def _ask(worker: subprocess.Popen[str], request: Request) -> Answer:
    requests, answers = t.cast(t.IO[str], worker.stdin), t.cast(t.IO[str], worker.stdout)
    requests.write(json.dumps(request) + "\n")
    requests.flush()
    line = answers.readline()
    if not line:
        raise RuntimeError("a worker ended")
    answer: Answer = json.loads(line)
    return answer
