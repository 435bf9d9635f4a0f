# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Callback plugin that shortens the interval of progress lines, so that no test has to wait for five seconds."""

from __future__ import annotations

from ansible.plugins.callback import CallbackBase

from ansible_collections.senhasegura.mysafe.plugins.plugin_utils import _progress

DOCUMENTATION = """
name: hurry
type: notification
short_description: Shortens the interval of progress lines
description: Sets the interval in the process of ansible-playbook, from which the workers are forked.
"""


class CallbackModule(CallbackBase):
    """Listens to nothing: it is enough to load it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "hurry"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        _progress.INTERVAL = 0.2
