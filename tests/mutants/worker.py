# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A process that runs tests in its own copy of the tree, each run in a fork of it, so that libraries are imported once.

It reads one request a line from its standard input, and answers with one line: see Request and Answer. It ends with its
standard input.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
import typing as t
from pathlib import Path

import coverage
import pytest

CORE = Path("plugins", "module_utils")

#: What the tests import, besides the collection and the simulator. Nothing of Ansible's controller: where that is
#: imported, modules do not return their warnings.
_LIBRARIES = ("ansible.module_utils.basic", "cryptography.x509", "hypothesis", "requests", "trustme", "urllib3", "yaml")
#: Seconds that a test may take at least, whatever it took before; how many times as long as before; and if it never ran.
#: A machine may be busy.
_PATIENCE, _TIMES, _FIRST = 30.0, 20.0, 900.0
#: The memory of a run, so that a mutant that collects for ever fails instead of stopping the machine.
_MEMORY = 4 << 30


class Request(t.TypedDict):
    """What to run."""

    #: The file below plugins/module_utils to replace, and its text; or empty.
    file: str
    code: str
    #: Names of tests in the order in which they run, with the seconds that each took before; all of the files if empty.
    tests: dict[str, float]
    files: list[str]
    #: Whether to record which lines each test reaches.
    record: bool


class Answer(t.TypedDict):
    """How it ended."""

    #: passed, failed or timeout
    outcome: str
    #: The test that failed or that did not end.
    test: str
    output: str
    seconds: dict[str, float]
    #: For each file the tests that reach a line; those that reach it while they are imported have no name.
    reached: dict[str, dict[int, list[str]]]


class _Plugin:
    """Chooses and orders the tests, says when each begins and records what it reaches."""

    def __init__(self, request: Request, channel: int) -> None:
        self._wanted = {name: number for number, name in enumerate(request["tests"])}
        self._channel = channel
        self._coverage = coverage.Coverage(data_file=None, include=[f"{CORE}/*"]) if request["record"] else None
        self.seconds: dict[str, float] = {}
        self.failed = ""

    def say(self, **message: t.Any) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self._channel, data) :]

    def start(self) -> None:
        if self._coverage:
            self._coverage.start()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if self._wanted:
            # A mutant can change the parameters of a test, and so its name. Such a test neither counts for nor against it.
            items[:] = sorted(
                (item for item in items if item.nodeid in self._wanted), key=lambda item: self._wanted[item.nodeid]
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> t.Iterator[None]:
        self.say(begins=item.nodeid)
        begin = time.monotonic()
        if self._coverage:
            self._coverage.switch_context(item.nodeid)
        result = yield
        if self._coverage:
            self._coverage.switch_context("")
        self.seconds[item.nodeid] = time.monotonic() - begin
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def reached(self) -> dict[str, dict[int, list[str]]]:
        if not self._coverage:
            return {}
        self._coverage.stop()
        data = self._coverage.get_data()
        core = CORE.resolve()
        return {str(Path(file).relative_to(core)): data.contexts_by_lineno(file) for file in data.measured_files()}


def _run(request: Request, channel: int, output: t.BinaryIO) -> None:
    """Run the tests; in a process of its own, which this ends."""
    status = 3
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        plugin = _Plugin(request, channel)
        plugin.start()
        stop = [] if request["record"] else ["-x"]
        arguments = ["-q", "-m", "not exhaustive", "--tb=short", f"--basetemp={Path('tests', 'output', 'tmp')}", *stop]
        status = int(pytest.main([*arguments, *request["files"]], plugins=[plugin]))
        # 5: no test is left, as the mutant renamed those that there were.
        outcome = "passed" if status in (0, 5) else "failed"
        plugin.say(outcome=outcome, test=plugin.failed, seconds=plugin.seconds, reached=plugin.reached())
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _watch(request: Request) -> Answer:
    """Run the tests in a fork, and end it when a test takes too long."""
    reading, writing = os.pipe()
    log = Path("tests", "output", "log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = os.fork()
        if not child:
            os.close(reading)
            _run(request, writing, output)
        os.close(writing)
        # A run that ends without a message was ended by the mutant.
        answer = Answer(outcome="failed", test="", output="", seconds={}, reached={})
        test, pending = "", b""
        limit = _FIRST
        try:
            while True:
                ready = select.select([reading, 0], [], [], limit)[0]
                if 0 in ready:
                    sys.exit()  # The other side is gone.
                if not ready:
                    answer["outcome"], answer["test"] = "timeout", test
                    break
                data = os.read(reading, 1 << 20)
                if not data:
                    break
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    message = json.loads(line)
                    if "begins" in message:
                        test = message["begins"]
                        limit = _PATIENCE + _TIMES * request["tests"][test] if request["tests"] else _FIRST
                    else:
                        answer.update(message)
                        limit = _FIRST
        finally:
            os.close(reading)
            # With what the tests started. The child may not have its own group yet, so it is ended by its id as well.
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(child, signal.SIGKILL)
            os.waitpid(child, 0)
    answer["test"] = answer["test"] or test
    answer["output"] = log.read_text(encoding="utf-8", errors="replace")[-6000:]
    return answer


def serve() -> None:
    """Answer requests until there are no more."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Read byte by byte, so that nothing waits in a buffer where select does not see it.
    while line := _line():
        request: Request = json.loads(line)
        path = CORE / request["file"]
        if request["file"]:
            kept = path.read_bytes()
            _replace(path, request["code"].encode())
        try:
            answer = _watch(request)
        finally:
            if request["file"]:
                _replace(path, kept)
        print(json.dumps(answer), file=answers, flush=True)
    os._exit(0)  # without the second that it takes to clean up


def _line() -> bytes:
    data = bytearray()
    while not data.endswith(b"\n"):
        more = os.read(0, 1 << 16)
        if not more:
            return b""
        data += more
    return bytes(data)


def _replace(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    # Python compares time and size only, and both can be the same.
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


if __name__ == "__main__":
    serve()
