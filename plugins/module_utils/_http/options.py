# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The connection options, declared once: argument spec, environment variables and checks follow from this table."""

from __future__ import annotations

import typing as t


class Option(t.NamedTuple):
    """One connection option. ``no_log`` is as in an argument spec; None where the name of the option raises no doubt."""

    name: str
    variable: str
    type: str = "str"
    default: t.Any = None
    no_log: bool | None = None

    @property
    def is_path(self) -> bool:
        """Whether it names a file or directory."""
        return self.type == "path"


#: The documentation is in the doc fragment ``connection``. The vendor's own tools use the three credential variables too.
OPTIONS = (
    Option("mysafe_url", "SENHASEGURA_URL"),
    Option("mysafe_client_id", "SENHASEGURA_CLIENT_ID"),
    Option("mysafe_client_secret", "SENHASEGURA_CLIENT_SECRET", no_log=True),
    Option("mysafe_access_token", "SENHASEGURA_ACCESS_TOKEN", no_log=True),
    Option("mysafe_token_url", "SENHASEGURA_TOKEN_URL", no_log=False),
    Option("mysafe_tenant", "SENHASEGURA_TENANT"),
    Option("mysafe_token_cache", "SENHASEGURA_TOKEN_CACHE", "bool", default=False, no_log=False),
    Option("validate_certs", "SENHASEGURA_VALIDATE_CERTS", "bool", default=True),
    Option("ca_path", "SENHASEGURA_CA_PATH", "path"),
    Option("client_cert", "SENHASEGURA_CLIENT_CERT", "path"),
    Option("client_key", "SENHASEGURA_CLIENT_KEY", "path"),
    Option("timeout", "SENHASEGURA_TIMEOUT", "int", default=30),
    Option("retries", "SENHASEGURA_RETRIES", "int", default=3),
    Option("decryption_key", "SENHASEGURA_DECRYPTION_KEY", "path"),
)
