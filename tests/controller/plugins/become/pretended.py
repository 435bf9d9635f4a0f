# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Become plugin that works for everybody, as it stays the same user."""

from __future__ import annotations

import typing as t

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: pretended
short_description: Becomes nobody else
description: Runs the command in one more shell, as the same user.
options:
  become_user:
    description: Not looked at.
    default: root
    vars:
      - name: ansible_become_user
    keyword:
      - name: become_user
  become_pass:
    description: Not needed.
"""


class BecomeModule(BecomeBase):
    """Stays who it is."""

    name = "pretended"

    def build_become_command(self, cmd: str, shell: t.Any) -> str:
        """Return the command, preceded by what tells that the other user is there."""
        super().build_become_command(cmd, shell)
        return str(self._build_success_command(cmd, shell)) if cmd else cmd
