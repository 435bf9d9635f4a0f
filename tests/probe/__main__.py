# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The command line: tells the plan, runs the probe, and writes the report and the profile."""

from __future__ import annotations

import argparse
import datetime
import re
import signal
import sys
import typing as t
from pathlib import Path

from . import plan, profile, report, settings
from .client import Client
from .failures import Interrupted, ProbeError
from .interrupts import Interrupts
from .run import Run

if t.TYPE_CHECKING:
    from .run import Result

_ROOT = Path(__file__).resolve().parents[2]
_CONFIG = Path("tests", "integration", "integration_config.yml")
FAILED, LEFT_ACTIVE, SIGNALLED = 1, 3, 128


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 1 for a failure, 3 if a secret is perhaps still active, 128 + n after signal n."""
    options = _options(arguments)
    try:
        _check_writable(options.report_file, options.profile_file)
        chosen = settings.read(options.config)
        _tell(plan.text(chosen, options.sharing))
        if not _confirmed(options.yes):
            return FAILED
    except ProbeError as error:
        return _fail(str(error))
    with Interrupts() as interrupts:
        client = Client(chosen, interrupts, options.pause)
        run = Run(chosen, client, interrupts, _tell, sharing=options.sharing, wait=options.wait)
        status = 0
        try:
            _write(run.ask_all(), options)
        except Interrupted as signalled:
            status = SIGNALLED + signalled.number
            _tell("Interrupted. No report was written.")
        except ProbeError as error:
            status = _fail(f"{error} No report was written.")
        finally:
            client.close()
            _name_left(run)
    return LEFT_ACTIVE if run.left else status


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make probe", description="Find out how a MySafe behaves, for a report and a profile of the simulator."
    )
    parser.add_argument("--config", type=Path, default=_CONFIG, metavar="PATH", help=f"default: {_CONFIG}")
    parser.add_argument("--report-file", type=Path, default=Path("mysafe-probe.md"), metavar="PATH")
    parser.add_argument("--profile-file", type=Path, default=Path("mysafe-probe.json"), metavar="PATH")
    parser.add_argument(
        "--no-sharing", dest="sharing", action="store_false", help="share nothing, so that no e-mail is sent"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation on a terminal")
    parser.add_argument(
        "--pause", type=float, default=0.2, metavar="SECONDS", help="before each request (default: 0.2)"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait up to this long for a token to expire (default: 0)",
    )
    return parser.parse_args(arguments)


def _check_writable(*paths: Path) -> None:
    for path in paths:
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise ProbeError(f"Cannot write {path}: it is a folder, or its folder does not exist.")


def _confirmed(yes: bool) -> bool:
    if yes or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        _tell("")
        return False


def _write(result: Result, options: argparse.Namespace) -> None:
    version = re.search(r"^version: (\S+)", (_ROOT / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    try:
        options.report_file.write_text(report.text(result, version[1] if version else "", today), encoding="utf-8")
        options.profile_file.write_text(profile.text(result.findings), encoding="utf-8")
    except OSError as error:
        raise ProbeError(f"Cannot write the report or the profile: {error.strerror}.") from error
    known = sum(value is not None for value in profile.as_switches(result.findings).values())
    _tell(
        f"{known} of {len(result.findings)} switches were found out. Report: {options.report_file}. Profile for the simulator: {options.profile_file}."
    )
    _tell("Neither has a secret, a host name or a user name in it.")


def _name_left(run: Run) -> None:
    for left in run.left:
        _tell(
            f"STILL ACTIVE, perhaps: the API secret {left.code} (identifier {left.identifier or 'unknown'}): {left.reason}."
        )
    if run.left:
        _tell("Deactivate them in MySafe.")
    elif run.result.created:
        _tell(f"All {run.result.created} API secrets that the probe created are inactive.")


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return FAILED


def _tell(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    # Also where the shell that started it ignores Ctrl-C, as for a job in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
