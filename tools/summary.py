# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Closes "make test": which parts failed, by nox's report, and how many tests passed, by the JUnit files of each part."""

from __future__ import annotations

import json
import sys
import typing as t
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

JUNIT = Path(__file__).resolve().parents[1] / ".cache" / "junit"


def main(report: Path) -> int:
    """Print the summary of the sessions in nox's report, and return 1 if any failed."""
    if not report.exists():
        print("nox ended early: no part of the tests ran to its end.")
        return 1
    total: Counter[str] = Counter()
    red = []
    print("\nSummary")
    for session in json.loads(report.read_text(encoding="utf-8"))["sessions"]:
        name, good = session["name"], session["result"] == "success"
        counts = count_tests(name)
        if not good:
            red.append(name)
            # A part can fail without a failed test: a linter, or a test run that could not start.
            counts["failed"] = counts["failed"] or 1
        total += counts
        print(f"  {'ok' if good else 'FAILED':7} {name:18} {session['duration']:4.0f} s   {describe(counts)}".rstrip())
    if red:
        print(f"Failed: {', '.join(red)}. To run one again: .venv/bin/nox -s {red[0]}")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if red else 0


def count_tests(session: str) -> Counter[str]:
    """Return how many tests of a session passed, failed and were skipped; none where it is a mere check."""
    counts: Counter[str] = Counter()
    for path in sorted((JUNIT / session).glob("*.xml")):
        outcomes = Counter(map(outcome, ElementTree.parse(path).iter("testcase")))
        if session == "integration":
            # There a file is a target, and its cases are the tasks that the target ran.
            outcomes = Counter(["failed" if outcomes["failed"] else "passed"])
        counts += outcomes
    return counts


def outcome(case: ElementTree.Element) -> str:
    """Return passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def describe(counts: t.Mapping[str, int]) -> str:
    """Return the counts that are not zero, in words."""
    return ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped") if counts[word])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
