# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Connection plugin that simulates another machine: it runs commands here, without the controller's environment."""

from __future__ import annotations

import os
import shlex
import typing as t

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: elsewhere
short_description: Runs commands as if on a bastion
description: Runs commands on this machine with an environment that holds PATH, HOME and what the inventory says.
options:
  become_success_timeout:
    type: int
    default: 10
    description: As for local.
  become_strip_preamble:
    type: bool
    default: true
    description: As for local.
  environment_there:
    type: dict
    default: {}
    description: The environment variables of that machine.
    vars:
      - name: environment_there
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    """A connection that Ansible does not recognise as local."""

    transport = "elsewhere"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> t.Any:
        """Run a command in the environment of the other machine."""
        there = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **self.get_option("environment_there")}
        words = ["env", "-i", *(f"{name}={value}" for name, value in there.items())]
        return super().exec_command(f"{shlex.join(words)} {cmd}", in_data=in_data, sudoable=sudoable)
