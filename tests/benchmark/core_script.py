# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The core of the collection without Ansible, for one secret that already matches the task."""

from __future__ import annotations

import os
import sys
import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._loading import loading

with loading():
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret


def run(environment: t.Mapping[str, str]) -> None:
    """Run the task, from its validated options on."""
    params = {
        "mysafe_url": environment["SENHASEGURA_URL"],
        "mysafe_client_id": environment["SENHASEGURA_CLIENT_ID"],
        "mysafe_client_secret": environment["SENHASEGURA_CLIENT_SECRET"],
        "ca_path": environment["SENHASEGURA_CA_PATH"],
        "identifier_code": "service-0",
        "name": "Service 0",
        "url": "https://service-0.example.com/api",
        "client_id": "agent-0",
        "client_secret": "not so secret 0",
        "method": "POST",
        "tags": ["billing", "production"],
        "notes": "Rotated every 90 days by the payments team.",
    }
    result = api_secret.run(params, check_mode=False, diff=False)
    if result.failed or result.values.get("action") != "none":
        sys.exit(f"not unchanged: {result.values}")


if __name__ == "__main__":
    run(os.environ)
