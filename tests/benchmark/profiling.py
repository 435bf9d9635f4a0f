# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Shows where the time goes: the core under cProfile, and the imports of the module beyond AnsibleModule."""

from __future__ import annotations

import cProfile
import importlib
import pstats
import re
import subprocess
import sys
import typing as t

if t.TYPE_CHECKING:
    from .scratch import Scratch
    from .vault import Vault

_TIMES = 100
_LINES = 25
_RUNS = 10
_BASE = "ansible.module_utils.basic"
_MODULE = "ansible_collections.senhasegura.mysafe.plugins.modules.mysafe_api_secret"
_IMPORT = re.compile(r"import time: +(\d+) \| +\d+ \| +(\S+)")


def profile(scratch: Scratch, vault: Vault) -> None:
    """Print both profiles."""
    run = importlib.import_module("benchmark.core_script").run
    run(vault.environment)
    profiler = cProfile.Profile()
    profiler.enable()
    for _time in range(_TIMES):
        run(vault.environment)
    profiler.disable()
    print(f"The core for one unchanged secret, {_TIMES} times, by own time:")
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(_LINES)
    _imports(scratch)


def _imports(scratch: Scratch) -> None:
    best: dict[str, float] = {}
    for _run in range(_RUNS):
        for name, own in _import_times(scratch):
            best[name] = min(own, best.get(name, own))
    names = list(best)
    beyond = names[names.index(_BASE) + 1 :]
    base_total, total = sum(best.values()) - sum(best[name] for name in beyond), sum(best[name] for name in beyond)
    print(f"Imports of the module, from compiled files, best of {_RUNS} runs:")
    print(f"AnsibleModule {base_total:.1f} ms, beyond it {total:.1f} ms in {len(beyond)} modules; the slowest:")
    for name in sorted(beyond, key=best.__getitem__, reverse=True)[:_LINES]:
        print(f"{best[name]:8.2f} ms  {name}")


def _import_times(scratch: Scratch) -> list[tuple[str, float]]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {_BASE}, {_MODULE}"],
        env=scratch.script_environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [(name, int(own) / 1000) for own, name in _IMPORT.findall(done.stderr)]
