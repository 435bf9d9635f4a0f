# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Describes the machine of the figures, without identifying it."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import ssl
from pathlib import Path


def facts() -> dict[str, str]:
    """Return the facts that affect the figures."""
    return {
        "Date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "Processor": f"{_processor()}, {os.cpu_count()} logical",
        "Load average when it began": f"{os.getloadavg()[0]:.1f}",
        "System": f"{platform.system()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "TLS": ssl.OPENSSL_VERSION,
        **{name: importlib.metadata.version(name) for name in ("ansible-core", "requests", "urllib3")},
    }


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown"
