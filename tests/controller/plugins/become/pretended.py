# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Become plugin that works everywhere, since it does not change the user."""

from __future__ import annotations

import typing as t

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: pretended
short_description: Does not change the user
description: Runs the command in another shell, as the same user.
options:
  become_user:
    description: Ignored.
    default: root
    vars:
      - name: ansible_become_user
    keyword:
      - name: become_user
  become_pass:
    description: Ignored.
"""


class BecomeModule(BecomeBase):
    """Runs commands as the same user."""

    name = "pretended"

    def build_become_command(self, cmd: str, shell: t.Any) -> str:
        """Return the command, preceded by the marker of a successful become."""
        super().build_become_command(cmd, shell)
        return str(self._build_success_command(cmd, shell)) if cmd else cmd
