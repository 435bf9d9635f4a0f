# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Builders of answers by MySafe and its gateway."""

from __future__ import annotations

import typing as t

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer


def an_answer(
    status: int = 200,
    body: t.Any = None,
    text: str = "",
    headers: t.Mapping[str, str] | None = None,
    earlier: Fate = Fate.NOT_SENT,
) -> Answer:
    """Return an HTTP answer."""
    return Answer(status, headers or {}, text, body, earlier)


def envelope(
    status: int = 200, message: str = "Success", code: int | None = None, **payload: t.Any
) -> dict[str, t.Any]:
    """Return an envelope of v3.33 and v4: a success, or from status 400 on a failure with its exception code."""
    failed = status >= 400
    flag = int(failed)
    body: dict[str, t.Any] = {
        "code": status,
        "response": {
            "status": status,
            "message": message,
            "error": failed,
            "error_code": flag,
            "detail": "",
            "mensagem": message,
            "erro": failed,
            "cod_erro": flag,
        },
        **payload,
    }
    if code is not None:
        body["exception"] = {"code": code, "message": message, "detail": None}
    return body
