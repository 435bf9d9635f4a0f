# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The command line: measures, writes the page and the chart, and reports missed targets."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from . import chart, growth, machine, many, measure, profiling, report, targets
from .figures import Figures
from .playbooks import BenchmarkError, Playbooks
from .scratch import ROOT, Scratch
from .vault import Vault

#: Where the guides are, of which the page is one.
GUIDES = ROOT / "docs" / "docsite" / "rst"


def main() -> str | None:
    """Run the benchmark. Return what went wrong, if anything; a missed target is no error."""
    arguments = _arguments()
    plan = measure.QUICK if arguments.quick else measure.Plan()
    if arguments.rounds:
        plan = dataclasses.replace(plan, rounds=arguments.rounds)
    # A smoke run must not overwrite the published figures.
    output = arguments.output or (ROOT / ".cache" / "benchmark" if arguments.quick else GUIDES)
    facts = machine.facts()
    figures = Figures()
    with Scratch() as scratch, Vault(secrets=plan.items) as vault:
        if arguments.profile:
            profiling.profile(scratch, vault)
            return None
        try:
            measure.measure_scripts(plan, figures, scratch, vault)
            playbooks = Playbooks(scratch, vault)
            measure.measure_lookup(plan, figures, playbooks, vault)
            measure.measure_floor(plan, figures, playbooks)
            measure.measure_plays(plan, figures, playbooks)
            with Vault(secrets=plan.many) as full:
                many.measure_many(plan, figures, Playbooks(scratch, full, listed=plan.many), full)
            with Vault(secrets=0) as empty:
                growth.measure_growth(plan, figures, scratch, empty)
        except BenchmarkError as error:
            return str(error)
        output.mkdir(parents=True, exist_ok=True)
        page = report.page(figures, plan, facts, quick=arguments.quick)
        (output / "performance.rst").write_text(page, encoding="utf-8")
        chart.draw(figures, plan.items, output / "benchmark.svg", scratch.path)
    for target in targets.of(figures):
        measure.say(str(target))
    measure.say(f"Written: performance.rst and benchmark.svg in {output}")
    return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__)
    parser.add_argument("--rounds", type=int, help=f"number of rounds (default: {measure.Plan.rounds}; quick: 1)")
    parser.add_argument("--quick", action="store_true", help="a smoke run of about a minute, with meaningless figures")
    parser.add_argument(
        "--output",
        type=Path,
        help="folder for the page and the chart (default: docs/docsite/rst; quick: .cache/benchmark)",
    )
    parser.add_argument("--profile", action="store_true", help="profile the core, and measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
