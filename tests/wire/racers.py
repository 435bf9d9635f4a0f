# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Starts 24 processes. Reads tasks as lines of JSON, runs each task in all processes at once, and writes the results."""

from __future__ import annotations

import json
import multiprocessing
import sys
import typing as t

RACERS = 24
_DEADLINE = 60.0


def main() -> None:
    """Start the processes, which are used in all rounds, and run until the input ends."""
    # This process has no threads and has imported everything, so forking is safe and fast.
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret

    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(RACERS)
    ends = []
    for _number in range(RACERS):
        ours, theirs = context.Pipe()
        context.Process(target=_race, args=(theirs, barrier, api_secret.run), daemon=True).start()
        ends.append(ours)
    for line in sys.stdin:
        for end in ends:
            end.send(json.loads(line))
        print(json.dumps([end.recv() if end.poll(_DEADLINE) else {"error": "no result"} for end in ends]), flush=True)


def _race(commands: t.Any, barrier: t.Any, run: t.Callable[..., t.Any]) -> None:
    while True:
        params = commands.recv()
        barrier.wait(_DEADLINE)
        try:
            commands.send(run(params, check_mode=False, diff=False).values)
        except Exception as error:
            commands.send({"error": repr(error)})


if __name__ == "__main__":
    main()
