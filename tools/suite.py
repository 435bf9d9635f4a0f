# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs groups of nox sessions for "make test" and "make full", two groups at a time, and closes with a summary."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

import summary

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / ".cache" / "suite"
PRINTING = threading.Lock()


class Group(t.NamedTuple):
    """Sessions that run in one process of nox."""

    sessions: tuple[str, ...]

    @property
    def report(self) -> Path:
        """The file where nox writes the outcomes of the sessions."""
        return RESULTS / f"{self.sessions[0]}.json"

    def run(self) -> None:
        """Run the sessions, and print their output at the end."""
        begin = time.monotonic()
        _print(f"Started: {', '.join(self.sessions)}")
        log = self.report.with_suffix(".log")
        command = [sys.executable, "-m", "nox", "--report", str(self.report), "--session", *self.sessions]
        with log.open("wb") as output:
            status = subprocess.run(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        result = "FAILED" if status else "ok"
        text = log.read_text(encoding="utf-8", errors="replace")
        _print(f"\n{text}\nEnded: {', '.join(self.sessions)}: {result}, {time.monotonic() - begin:.0f} s\n")


def main() -> int:
    """Run all groups, and return 1 if any session failed or did not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="+", type=_group, help="names of sessions that run one after the other")
    parser.add_argument("--last", type=_group, help="sessions that need the results of the others")
    arguments = parser.parse_args()
    groups: list[Group] = arguments.groups
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as lanes:
        running = [lanes.submit(group.run) for group in groups]
        try:
            for ended in running:
                ended.result()
        finally:
            # After Ctrl-C, start no further groups.
            lanes.shutdown(cancel_futures=True)
    if arguments.last:
        arguments.last.run()
        groups.append(arguments.last)
    reports = {session: group.report for group in groups for session in group.sessions}
    status: int = summary.show(reports, time.monotonic() - begin)
    return status


def _print(text: str) -> None:
    """Print without mixing the output of two groups."""
    with PRINTING:
        print(text, flush=True)


def _group(names: str) -> Group:
    return Group(tuple(names.split()))


if __name__ == "__main__":
    sys.exit(main())
