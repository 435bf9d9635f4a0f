# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The one exception of the core, and the stable kinds by which playbooks can tell failures apart."""

from __future__ import annotations

import typing as t

#: Kind of failure -> what it stands for. Playbooks branch on the kind, so a kind is never renamed.
KINDS: dict[str, str] = {
    "missing_library": "the Python library requests cannot be imported where the code runs",
    "configuration": "an option that says how to reach MySafe is missing or malformed; nothing was sent",
    "invalid_input": "the task describes something that MySafe cannot hold; nothing was written",
    "connection": "MySafe could not be reached, or the connection was lost",
    "tls": "the TLS connection could not be set up: certificate, CA, client certificate",
    "timeout": "no answer within the time-out",
    "redirect": "the server answered with a redirect, which is never followed",
    "authentication": "the access key or the token was not accepted, or the address is wrong",
    "not_authorized": "the access key is valid, but is not allowed to use this API",
    "lockdown": "the vault is under lockdown",
    "rate_limited": "too many requests, also after waiting",
    "unavailable": "the gateway could not get an answer from MySafe",
    "server_error": "MySafe reported an unexpected error of its own",
    "unexpected_answer": "the answer is not what the API documents",
    "wrong_path": "the server does not know the path: a wrong base URL or an unsupported version",
    "bad_request": "MySafe refused the request for a reason that is not documented",
    "missing_parameter": "MySafe wants a parameter that the task does not give",
    "duplicate_identifier_code": "the identifier code is taken by a secret that cannot be addressed by it",
    "not_found": "there is no API secret with this identifier",
    "access_denied": "the user of the access key may not do this with the API secret",
    "inactive": "the API secret is inactive, so it cannot be read",
    "invalid_identifier": "the identifier is not a number",
    "ambiguous": "more than one API secret may be the one that is meant",
    "sharing_incomplete": "the API secret was saved, but could not be shared with everyone",
    "not_applied": "MySafe accepted a write, but does not hold what was written",
    "write_uncertain": "a write was sent, and it cannot be told whether it was carried out",
}


class MySafeError(Exception):
    """A failure that a user can act on.

    ``message`` says what happened, ``cause`` why (the documented cause, where there is one), ``solution`` what to do.
    ``code`` is MySafe's own number (``exception.code`` or ``response.error_code``), ``http_status`` the status of the
    answer, ``request_id`` the gateway's name for the request.

    ``transient``: the same request may succeed later. ``maybe_applied``: the request reached the server, or may have,
    and nothing says that it was refused: a write may have been carried out.

    ``changed`` and ``api_entity`` tell what was written before the failure.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        cause: str = "",
        solution: str = "",
        code: int | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        transient: bool = False,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.cause = cause
        self.solution = solution
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.transient = transient
        self.maybe_applied = maybe_applied
        self.changed = False
        self.api_entity: dict[str, t.Any] | None = None

    def __str__(self) -> str:
        """What happened, why and what to do, as one text."""
        parts = [self.message, self.cause and f"Cause: {self.cause}", self.solution and f"What to do: {self.solution}"]
        return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)

    def details(self) -> dict[str, t.Any]:
        """The machine-readable part of the failure, as the modules return it under ``error``."""
        return {
            "kind": self.kind,
            "code": self.code,
            "http_status": self.http_status,
            "cause": self.cause,
            "solution": self.solution,
            "request_id": self.request_id,
        }
