# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What the vendor's pages say: paths, keys, and the spelling of messages in each version."""

from __future__ import annotations

PREFIXES = ("api", "iso")
SECRETS = "/mysafe/secretapi"
TOKEN = "/oauth2/token"

TEXT_FIELDS = ("name", "url", "client_id", "client_secret", "identifier_code", "method", "tags", "notes")
ROW_KEYS = frozenset(("identifier", "name", "need_justify", "need_approval", "can_view", "can_write"))

#: By the occasion of a message: its spelling for each value of the switch wording. The double space is in the original.
WORDINGS = {
    "deactivated": {
        "v4": "Api secret successfully deactivated",
        "v3_32": "API secret  successfully deactivated",
    },
    "inactive": {"v4": "1009: Inactive Api secret", "v3_32": "1009: Inactive api secret"},
    "not found": {"v4": "1005: Api secret not found", "v3_32": "1005: API secret not found"},
    "duplicate": {
        "v4": "1001: Identifier already found in another API key of this user",
        "v3_32": "1001: 'Identifier' already found in another API key of this user",
    },
}
