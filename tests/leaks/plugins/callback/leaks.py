# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Callback plugin that writes every result into a file, a line of JSON each: what AWX and any other callback gets."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: leaks
type: aggregate
short_description: Writes results for the search for secrets
description: Appends a line of JSON for every result to the file in LEAKS_RESULTS.
"""


class CallbackModule(CallbackBase):
    """Appends to the file in LEAKS_RESULTS."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "leaks"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: t.Any, failed: bool = False) -> None:
        """Write a result."""
        line = {"task": result._task.get_name(), "failed": failed, "result": result._result}
        with Path(os.environ["LEAKS_RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=repr, ensure_ascii=False) + "\n")

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """Write the result of a failure."""
        self.v2_runner_on_ok(result, failed=True)

    v2_runner_item_on_ok = v2_runner_on_ok
    v2_runner_item_on_failed = v2_runner_on_failed
