# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Runs groups of nox sessions for "make test" and "make full", two groups at a time, and closes with a summary."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import summary

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / ".cache" / "suite"


class Group(t.NamedTuple):
    """Sessions that run in one process of nox."""

    sessions: tuple[str, ...]

    @property
    def report(self) -> Path:
        """Where nox writes what became of the sessions."""
        return RESULTS / f"{self.sessions[0]}.json"

    def run(self) -> None:
        """Run the sessions, and show their output once they have ended: that of two groups would be mixed up."""
        begin = time.monotonic()
        print(f"Started: {', '.join(self.sessions)}", flush=True)
        log = self.report.with_suffix(".log")
        command = [sys.executable, "-m", "nox", "--report", self.report, "--session", *self.sessions]
        with log.open("wb") as output:
            status = subprocess.run(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        result = "FAILED" if status else "ok"
        text = log.read_text(encoding="utf-8", errors="replace")
        # In one call, so that no other group writes in between.
        print(f"\n{text}\nEnded: {', '.join(self.sessions)}: {result}, {time.monotonic() - begin:.0f} s\n", flush=True)


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
        for ended in [lanes.submit(group.run) for group in groups]:
            ended.result()
    if arguments.last:
        arguments.last.run()
        groups.append(arguments.last)
    reports = {session: group.report for group in groups for session in group.sessions}
    return summary.show(reports, time.monotonic() - begin)


def _group(names: str) -> Group:
    return Group(tuple(names.split()))


if __name__ == "__main__":
    sys.exit(main())
