# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The demo: starts the simulator, runs playbook.yml against it twice, and checks the outcome."""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO = Path(__file__).resolve().parent
ROOT = DEMO.parent
sys.path.insert(0, str(ROOT / "tests"))

from simulator.process import Simulator


def main() -> str | None:
    """Run the demo. Return what went wrong, if anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--collections", type=Path, help="folder with the installed collection, instead of this checkout"
    )
    installed: Path | None = parser.parse_args().collections
    # When it is terminated, the demo still stops the simulator and removes its files.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    say("Starting the simulator: a MySafe server on this machine, with TLS, just for this demo.")
    with Simulator() as mysafe, tempfile.TemporaryDirectory(prefix="mysafe-demo-") as scratch:
        say(f"It listens on {mysafe.url}.")
        api_secret = secrets.token_urlsafe(24)
        environment = playbook_environment(Path(scratch), mysafe, api_secret, installed)
        outputs = []
        for run, expectation in (("first", "the API secret is missing"), ("second", "it exists and matches the task")):
            say(f"Running demo/playbook.yml for the {run} time: {expectation}.")
            outputs.append(run_playbook(environment))
        problem = judge(outputs, writes=len(mysafe.writes()))
        hidden = [api_secret, environment["SENHASEGURA_CLIENT_SECRET"]]
        if any(secret in output for output in outputs for secret in hidden):
            problem = "a secret appeared in the output"
    say("The simulator is stopped, and its data is gone.")
    if problem:
        return f"The demo failed: {problem}."
    say(
        "The first run created the API secret; the second found it and wrote nothing. No secret appeared in the output."
    )
    return None


def playbook_environment(
    scratch: Path, mysafe: Simulator, api_secret: str, installed: Path | None = None
) -> dict[str, str]:
    """Return the environment of ansible-playbook: access to the simulator, and this checkout unless it is installed."""
    if installed is None:
        namespace = scratch / "ansible_collections" / "senhasegura"
        namespace.mkdir(parents=True)
        (namespace / "mysafe").symlink_to(ROOT)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SENHASEGURA_"))}
    return {
        **inherited,
        "ANSIBLE_COLLECTIONS_PATH": str(installed or scratch),
        "ANSIBLE_HOME": str(scratch / "home"),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        **mysafe.environment(),
        "BILLING_CLIENT_SECRET": api_secret,
    }


def run_playbook(environment: dict[str, str]) -> str:
    """Run the playbook, show its output as it comes, and return it."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(DEMO / "playbook.yml")]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lines = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines)


def judge(outputs: list[str], writes: int) -> str | None:
    """Return what is wrong with the two runs, if anything, judging by Ansible's recap and the simulator's log."""
    for run, output, changed in zip(("first", "second"), outputs, (1, 0), strict=True):
        recap = re.search(r"ok=2 +changed=(\d+) +unreachable=0 +failed=0", output)
        if not recap:
            return f"the {run} run did not succeed"
        if int(recap[1]) != changed:
            return f"the {run} run reports changed={recap[1]} instead of {changed}"
    return None if writes == 1 else f"{writes} writes reached the simulator instead of 1"


def say(text: str) -> None:
    """Print a line that stands out from Ansible's output."""
    print(f"\n==> {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
