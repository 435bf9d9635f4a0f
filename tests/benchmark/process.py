# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs a command, and measures its time and its memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
import typing as t

if t.TYPE_CHECKING:
    from pathlib import Path


class Done(t.NamedTuple):
    """A command that ended."""

    status: int
    output: str
    seconds: float
    #: Seconds of processor time, together with the processes it waited for.
    processor: float
    #: Bytes of memory that it, or one of those processes, had resident at the most.
    peak: int


def run(command: t.Sequence[str], folder: Path, environment: t.Mapping[str, str], deadline: float) -> Done:
    """Run a command in a folder, and kill it if it takes longer than the deadline."""
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        timer = threading.Timer(deadline, process.kill)
        timer.start()
        try:
            # Unlike subprocess, it tells what this child used.
            _pid, status, usage = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Done(process.returncode, text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
