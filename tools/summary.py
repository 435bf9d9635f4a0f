# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Closes "make test": which sessions failed, by nox's reports, and how many tests passed, by their JUnit files."""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

JUNIT = Path(__file__).resolve().parents[1] / ".cache" / "junit"


def show(reports: t.Mapping[str, Path], seconds: float) -> int:
    """Print the summary of the sessions, each with nox's report of it, and return 1 if any failed or is not in its report."""
    total: Counter[str] = Counter()
    red = []
    print("\nSummary")
    for name, report in reports.items():
        session = _session(name, report)
        good = session["result"] == "success"
        counts = count_tests(name) if session["duration"] else Counter()
        if not good:
            red.append(name)
            # A session can fail without a failed test: a linter, or a test run that could not start.
            counts["failed"] = counts["failed"] or 1
        total += counts
        print(f"  {'ok' if good else 'FAILED':7} {name:18} {session['duration']:4.0f} s   {describe(counts)}".rstrip())
        if session["duration"]:
            show_parts(name)
    print(f"Together {sum(_session(*one)['duration'] for one in reports.items()):.0f} s, in {seconds:.0f} s")
    for name in red:
        print(f"{name} failed: see {reports[name].with_suffix('.log')}; to run it again: .venv/bin/nox -s {name}")
    for name in reports:
        for reason, count in sorted(reasons_for_skips(name).items()):
            print(f"{name}: {count} skipped: {reason}")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if red else 0


def _session(name: str, report: Path) -> dict[str, t.Any]:
    """Return what nox reports of a session: a failure without a duration if nox ended before it."""
    sessions = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.exists() else []
    return next((one for one in sessions if one["name"] == name), {"result": "missing", "duration": 0.0})


def show_parts(session: str) -> None:
    """Print the counts of the parts of a session that runs its tests on several Pythons, or combinations of versions.

    A Python that is missing on a machine is missing here, which explains why the total differs from another machine's.
    """
    parts = count_parts(session)
    if session in ("units", "versions"):
        for part, counts in parts.items():
            print(f"    {part:38} {describe(counts)}")


def count_tests(session: str) -> Counter[str]:
    """Return how many tests of a session passed, failed and were skipped; none where it is a mere check."""
    return sum(count_parts(session).values(), Counter())


def count_parts(session: str) -> dict[str, Counter[str]]:
    """Return how many tests passed, failed and were skipped in each JUnit file of a session."""
    parts = {}
    for path in sorted((JUNIT / session).glob("*.xml")):
        outcomes = Counter(map(outcome, ElementTree.parse(path).iter("testcase")))
        if session == "integration":
            # There a file is a target, and its cases are the tasks that the target ran.
            outcomes = Counter(["failed" if outcomes["failed"] else "passed"])
        parts[path.stem] = outcomes
    return parts


def reasons_for_skips(session: str) -> Counter[str]:
    """Return how many tests of a session pytest skipped, by the reason."""
    return Counter(
        str(skipped.get("message"))
        for path in (JUNIT / session).glob("pytest.xml")
        for skipped in ElementTree.parse(path).iter("skipped")
    )


def outcome(case: ElementTree.Element) -> str:
    """Return passed, failed or skipped."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def describe(counts: t.Mapping[str, int]) -> str:
    """Return the counts that are not zero, in words."""
    return ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped") if counts[word])
