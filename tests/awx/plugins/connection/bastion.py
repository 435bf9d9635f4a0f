# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Connection plugin that simulates a bastion: commands run on this machine, without the controller's credential."""

from __future__ import annotations

import os
import shlex
import typing as t

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: bastion
short_description: Runs commands as if on another machine
description: Runs commands on this machine with an environment that holds PATH and HOME only.
options:
  become_success_timeout:
    type: int
    default: 10
    description: As for local.
  become_strip_preamble:
    type: bool
    default: true
    description: As for local.
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    """A connection that Ansible does not recognise as local."""

    transport = "bastion"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> t.Any:
        """Run a command in the environment of the bastion."""
        words = ["env", "-i", *(f"{name}={os.environ[name]}" for name in ("PATH", "HOME"))]
        return super().exec_command(f"{shlex.join(words)} {cmd}", in_data=in_data, sudoable=sudoable)
