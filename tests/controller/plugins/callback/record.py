# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Callback plugin that records every task and every result, with its invocation, as lines of JSON."""

from __future__ import annotations

import importlib.util
import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Writes results for the tests
description: Appends a line of JSON for every task that starts and every result to the file in MYSAFE_TEST_RECORD.
"""

#: From ansible-core 2.22 on, callbacks get no secret that was registered.
_MASKED = importlib.util.find_spec("ansible.module_utils.secrets") is not None


class CallbackModule(CallbackBase):
    """Appends to the file in MYSAFE_TEST_RECORD, as the Python interpreter of the tests does."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "record"

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        """Record the start of a task: everything up to the next one belongs to it."""
        _append(event="task", task=task.get_name(), action=str(task.action))

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        """Record the start of a handler."""
        self.v2_playbook_on_task_start(task, is_conditional=False)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """Record a success."""
        _result("ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """Record a failure."""
        _result("failed", result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """Record that a host was unreachable."""
        _result("unreachable", result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        """Record the success of one loop item."""
        _result("item ok", result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        """Record the failure of one loop item."""
        _result("item failed", result)


def _result(status: str, result: t.Any) -> None:
    task, host = result._task, result._host
    _append(
        event="result",
        status=status,
        task=task.get_name(),
        action=str(task.action),
        host=host.get_name(),
        result=_unmasked(result),
    )


def _unmasked(result: t.Any) -> t.Any:
    """Return a result before Ansible masks secrets in it: the tests check what the collection itself hides and returns."""
    if not _MASKED:
        return result._result
    whole = result._CallbackTaskResult__utr
    return whole.as_result_dict(for_callback=True, censor_callback_result=result.task.no_log or whole.no_log)


def _append(**what: t.Any) -> None:
    line = json.dumps(what, default=lambda value: {"of another type": repr(value)}) + "\n"
    with Path(os.environ["MYSAFE_TEST_RECORD"]).open("a", encoding="utf-8") as file:
        file.write(line)
