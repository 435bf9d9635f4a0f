# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a value means for a user of the collection, where it makes a difference."""

from __future__ import annotations

import typing as t

_LOOSE = (
    "The filter finds more than the code. The collection reads what it finds and compares the code exactly, which takes"
    " more requests. An inactive secret is not activated by its code: use identifier."
)
_MEANINGS: dict[str, dict[t.Any, str]] = {
    "api_paths": {"iso": "The collection cannot use this vault: it calls the API below /api only."},
    "token_paths": {
        "iso": "Each login takes one request more, because /api is tried first. Set mysafe_token_url to save it."
    },
    "rate_limit_headers": {
        False: "After a refusal by a rate limit, the collection waits for a time of its own choice."
    },
    "tenant_required": {True: "Set mysafe_tenant."},
    "no_permission": {
        "gateway": "An access key without permission is reported as a failed login (authentication), not as not_authorized."
    },
    "encrypt_notes": {
        True: "With an access key with encryption, notes come back encrypted too: set decryption_key.",
        False: "With an access key with encryption, only the client secret comes back encrypted: set decryption_key.",
    },
    "list_inactive": {
        False: "An inactive secret cannot be found by its code: use identifier to activate or to inspect it.",
        True: "An inactive secret is found by its code, and activated by it if the filter finds nothing else.",
    },
    "identifier_code_filter": {
        **dict.fromkeys(("contains", "prefix", "suffix", "case_insensitive"), _LOOSE),
        "ignored": _LOOSE + " Each lookup lists the whole vault.",
    },
    "tag_filter": {
        "case_sensitive": "Write a tag exactly as it is stored.",
        "contains": "Reading by tag also returns secrets whose tags contain the text.",
        "ignored": "Reading by tag returns every secret.",
    },
    "denied_code": {1005: "A secret that you may not see is reported as not_found, not as access_denied."},
    "client_secret_required": {True: "A task that creates a secret needs client_secret."},
    "enforce_unique": {
        False: "Two secrets can have the same code. The collection then fails with ambiguous: use identifier."
    },
    "duplicate_counts_inactive": {
        True: "The code of an inactive secret stays taken. A create that is refused for it says so.",
        False: "The code of an inactive secret is free: where inactive secrets are not listed, a task creates a new one.",
    },
    "trim_text": {True: "White space around a text is lost. The collection does not count it as a difference."},
    "empty_array_clears_sharing": {
        False: "Sharing cannot be ended with an empty list: the task fails with not_applied."
    },
    "share_with_owner": {
        "dropped": "Leave the owner out of users_allowed.",
        "shared_error": "Leave the owner out of users_allowed: the task fails with sharing_incomplete otherwise.",
    },
}


def meaning(switch: str, value: t.Any) -> str:
    """Return what a value means for a user; empty if it makes no difference to them."""
    if switch == "rate_limit" and value:
        return "Tasks that exceed the limit wait and try again. Run fewer forks if they fail with rate_limited."
    if switch == "lockdown" and value:
        return "Every task fails at once with lockdown."
    return _MEANINGS.get(switch, {}).get(value, "")
