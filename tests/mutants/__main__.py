# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The command line: chooses mutants, tries them and reports those that no test notices.

It is run in a copy of the checkout, and makes further copies of that: no other file is changed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import os
import random
import signal
import sys
import time
import typing as t
from collections import Counter
from pathlib import Path

from . import known, reach, trial
from .operators import Mutant, Source
from .pool import Pool
from .worker import CORE

#: Percentage of the mutants that tests must kill, of those that can be told from the original.
KILLED_AT_LEAST = 92.0


def main() -> int:
    """Try mutants. Return 1 if too many survive, or if the list of known ones or the tests are wrong without any."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    begin = time.monotonic()
    sources = {file: Source(CORE / file, file) for file in _files(arguments)}
    listed = known.Known()
    found, missing = listed.find(sources)
    for key in missing:
        print(f"known.yml: no mutant (any more): {' / '.join(map(str, key))}")
    mutants = [*found.values()] if arguments.known else _chosen(arguments, sources)
    if not mutants and not arguments.known:
        print("No such mutant.")
        return 2
    try:
        with Pool(Path.cwd(), arguments.work, arguments.workers) as pool:
            wanted = [one for one in mutants if arguments.known or arguments.mutant or one.key not in found]
            verdicts = _try_all(pool, arguments, wanted)
    except reach.BrokenTestsError as error:
        print(error)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    if arguments.known:
        return _report_known(verdicts)
    survivors = [one.mutant for one in verdicts if not one.by]
    (arguments.work / "survivors.yml").write_text(known.as_entries(survivors), encoding="utf-8")
    skipped = [one for one in mutants if one not in wanted]
    percentage = _report(verdicts, skipped, listed, time.monotonic() - begin)
    return 1 if percentage < KILLED_AT_LEAST or missing else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("mutant", nargs="*", help="names of mutants, as they are printed: only these, with details")
    parser.add_argument("--sample", type=int, default=150, help="how many mutants to choose (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="the seed of the choice (default: another one each time)")
    parser.add_argument("--all", action="store_true", help="every mutant: takes hours")
    parser.add_argument("--file", action="append", help="only mutants of this file below plugins/module_utils: all")
    parser.add_argument("--known", action="store_true", help="see whether those in known.yml still survive")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--work", type=Path, default=Path(".cache", "mutants"), help="folder for temporary files")
    parser.add_argument("--verbose", action="store_true", help="show every mutant's diff and the test that killed it")
    arguments = parser.parse_args()
    arguments.work = arguments.work.absolute()
    return arguments


def _files(arguments: argparse.Namespace) -> list[str]:
    """Return the files of the core that matter: to find out where one can be changed takes a while."""
    files = sorted(str(path.relative_to(CORE)) for path in CORE.rglob("*.py"))
    named = [name.removeprefix(f"{CORE}/") for name in arguments.file or ()]
    # file::function::digest
    named.extend(name.partition("::")[0] for name in arguments.mutant)
    return [file for file in files if file in named] if named else files


def _chosen(arguments: argparse.Namespace, sources: t.Mapping[str, Source]) -> list[Mutant]:
    if arguments.mutant:
        named = {tuple(name.split("::")[:2]) for name in arguments.mutant}
        return _different(
            mutant
            for file, function in named
            if file in sources
            for mutant in sources[file].find(
                "" if function == "module" else function, lambda one: one.name in arguments.mutant
            )
        )
    places = [(source, index) for source in sources.values() for index in range(len(source))]
    if arguments.all or arguments.file:
        return _different(source.mutant(index) for source, index in places)
    seed = random.SystemRandom().randrange(1_000_000) if arguments.seed is None else arguments.seed
    print(f"A sample of {arguments.sample} from {len(places)} mutants, --seed {seed}", flush=True)
    random.Random(seed).shuffle(places)
    mutants: list[Mutant] = []
    for source, index in places:
        if len(mutants) == arguments.sample:
            break
        mutants = _different([*mutants, source.mutant(index)])
    return mutants


def _different(mutants: t.Iterable[Mutant | None]) -> list[Mutant]:
    """Leave out those that are none, and those that come to the same."""
    return [*{one.key: one for one in mutants if one}.values()]


def _try_all(pool: Pool, arguments: argparse.Namespace, mutants: list[Mutant]) -> list[trial.Verdict]:
    """Try mutants with each layer of tests, in turn, until one kills it."""
    verdicts: list[trial.Verdict] = []
    for layer in reach.LAYERS:
        # The others need not be learnt.
        if mutants:
            reached = reach.learn(pool, arguments.work / "reached" / layer, layer)
            print(f"Trying {len(mutants)} mutants with the {layer}.", flush=True)
            tried = _try(pool, layer, reached, mutants, verbose=arguments.verbose or bool(arguments.mutant))
            verdicts = [*(one for one in verdicts if one.by), *tried]
            mutants = [one.mutant for one in tried if not one.by]
    return verdicts


def _try(pool: Pool, layer: str, reached: reach.Reach, mutants: list[Mutant], *, verbose: bool) -> list[trial.Verdict]:
    """Try mutants with one layer of tests, and show those that survive it as soon as they do."""
    running = [pool.submit(functools.partial(trial.try_mutant, one, layer, reached)) for one in mutants]
    verdicts: list[trial.Verdict] = []
    for future in concurrent.futures.as_completed(running):
        verdict: trial.Verdict = future.result()
        verdicts.append(verdict)
        if not verdict.by:
            print(f"\nSurvived the {layer} ({verdict.tests} tests):\n{verdict.mutant.diff}\n", flush=True)
        elif verbose:
            print(f"\nKilled ({verdict.by}), by {verdict.test}:\n{verdict.mutant.diff}\n", flush=True)
        if len(verdicts) % 25 == 0:
            print(f"{len(verdicts)} of {len(mutants)} tried", flush=True)
    return verdicts


def _report(verdicts: list[trial.Verdict], skipped: list[Mutant], listed: known.Known, seconds: float) -> float:
    """Print the counts, and return the percentage that was killed."""
    by = Counter(one.by for one in verdicts)
    equal = sum(one.key in listed.equal for one in skipped)
    accepted = len(skipped) - equal
    killed = by["units"] + by["wire"] + by["timeout"]
    told_apart = len(verdicts) + accepted
    percentage = 100.0 * killed / told_apart if told_apart else 100.0
    print(f"{len(verdicts) + len(skipped)} mutants tried in {seconds:.0f} s, {equal} of them known to be equal")
    print(f"Killed by units: {by['units']}, by wire: {by['wire']}, by timeout: {by['timeout']}")
    print(f"Survived: {by['']} not in known.yml, {accepted} accepted there")
    print(f"Killed of those that can be told apart: {percentage:.1f} % (at least {KILLED_AT_LEAST:.0f} %)")
    return percentage


def _report_known(verdicts: list[trial.Verdict]) -> int:
    """Print which entries of the list are killed after all."""
    killed = [one for one in verdicts if one.by]
    for one in killed:
        print(f"known.yml: killed by {one.test or one.by}: {' / '.join(map(str, one.mutant.key))}")
    print(f"{len(verdicts)} known mutants tried, {len(killed)} of them do not survive")
    return 1 if killed else 0


if __name__ == "__main__":
    sys.exit(main())
