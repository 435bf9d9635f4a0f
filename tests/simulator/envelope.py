# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The envelope around answers of the application; those of the gateway have none (sections 1.1 and 1.2)."""

from __future__ import annotations

import typing as t

from . import messages
from .exchange import Answer, json_answer

if t.TYPE_CHECKING:
    from .switches import Switches


class Envelope:
    """Makes answers in the form that the switches ask for."""

    def __init__(self, switches: Switches, tenant: str) -> None:
        self._switches = switches
        self._tenant = tenant

    def success(
        self, status: int, message: str, payload: dict[str, t.Any] | None = None, with_code: bool = True
    ) -> Answer:
        """Make a success, with a payload if there is one."""
        return self._answer(status, self._response(status, message, False, 0), payload, with_code)

    def refusal(self, code: int, text: str) -> Answer:
        """Make a business error, which is always HTTP 400."""
        message = f"{code}: {text}"
        return self._failure(400, message, 1, {"code": code, "message": message})

    def unexpected(self, exception: str = "") -> Answer:
        """Make an unexpected server error. The V32 note page shows one with an exception, whose code is not 1xxx."""
        text = messages.WORDINGS[self._switches.wording].unexpected
        return self._failure(500, text, 1, {"code": 400, "message": exception} if exception else None)

    def unauthorised(self, message: str, error_code: int = 1) -> Answer:
        """Make a failure of the authorization layer: HTTP 500, no exception, always with the tenant."""
        return self._failure(500, message, error_code, None, {"tenant": self._tenant})

    def no_resource(self) -> Answer:
        """Make the application's own 404, for an unknown path or method."""
        return self._failure(404, messages.RESOURCE_NOT_FOUND, 4)

    def lockdown(self, date: str) -> Answer:
        """Make the answer of a vault under lockdown, which has neither code nor detail (LOCK page)."""
        message = messages.lockdown(date)
        response = self._response(503, message, True, 100)
        response.pop("detail", None)
        return self._answer(503, response, None, with_code=False)

    def _failure(
        self,
        status: int,
        message: str,
        error_code: int,
        exception: dict[str, t.Any] | None = None,
        payload: dict[str, t.Any] | None = None,
    ) -> Answer:
        legacy = self._switches.legacy_envelope
        response = self._response(status, message, True, 0 if legacy and error_code == 1 else error_code)
        payload = dict(payload or {})
        if exception is not None:
            payload["exception"] = {**exception, "detail": "" if legacy else None}
        return self._answer(status, response, payload, with_code=True)

    def _response(self, status: int, message: str, error: bool, error_code: int) -> dict[str, t.Any]:
        response: dict[str, t.Any] = {
            "status": status,
            "message": message,
            "error": error,
            "error_code": error_code,
            "detail": "",
        }
        if self._switches.legacy_envelope:
            del response["detail"]
        for key in ("mensagem", "Message"):
            if self._switches.mensagem_key in (key, "both"):
                response[key] = message
        response.update(erro=error, cod_erro=error_code)
        return response

    def _answer(
        self, status: int, response: dict[str, t.Any], payload: dict[str, t.Any] | None, with_code: bool
    ) -> Answer:
        content: dict[str, t.Any] = {}
        if with_code and not self._switches.legacy_envelope:
            content["code"] = status
        content["response"] = response
        content.update(payload or {})
        if self._switches.tenant_in_answer:
            content["tenant"] = self._tenant
        return json_answer(status, content)
