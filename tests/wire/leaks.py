# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Searches the result of a task for secrets."""

from __future__ import annotations

import json
import re
import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points.result import Result

#: How the two readable parts of each token of the simulator begin: {"typ":"JWT" and {"aud":, in base64. A shorter beginning
#: is found in one of a thousand ciphertexts.
_JWT = re.compile("eyJ0eXAiOiJKV1Qi|eyJhdWQiOi")


def require_none(result: Result, secrets: t.Iterable[str]) -> None:
    """Check that a result contains none of these secrets, no access token, and no secret that it names itself."""
    texts = (
        repr(result.values),
        json.dumps(result.values),
        json.dumps(result.values, ensure_ascii=False),
        repr(result.warnings),
    )
    for number, secret in enumerate(sorted(filter(None, secrets))):
        assert not any(secret in text for text in texts), f"secret number {number} is in a result"
    for text in texts:
        assert not _JWT.search(text), "an access token is in a result"
        assert not any(secret in text for secret in result.secrets), "a secret is in the result that names it"
