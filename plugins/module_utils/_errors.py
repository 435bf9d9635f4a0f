# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The one exception of the core, the stable kinds of failure, and what can have become of a request.

``MySafeError`` is complete when it is made and never changes: code that knows more makes a new one with ``but``. What
was written before a failure is not part of it; the journal of the run keeps that.
"""

from __future__ import annotations

import enum
import functools
import typing as t


class Kind(str, enum.Enum):
    """Kind of failure. Playbooks branch on the value, so a value is never renamed."""

    #: The Python library requests, or cryptography for decryption_key, cannot be imported where the code runs.
    MISSING_LIBRARY = "missing_library"
    #: A connection option is missing or malformed, or not right for the access key.
    CONFIGURATION = "configuration"
    #: The task asks for something that MySafe cannot store; nothing was written.
    INVALID_INPUT = "invalid_input"
    #: MySafe could not be reached, or the connection was lost.
    CONNECTION = "connection"
    #: The TLS connection could not be set up: certificate, CA or client certificate.
    TLS = "tls"
    #: No answer arrived within the timeout.
    TIMEOUT = "timeout"
    #: The server answered with a redirect, which is never followed.
    REDIRECT = "redirect"
    #: The access key or the token was rejected, or the address is wrong.
    AUTHENTICATION = "authentication"
    #: The access key is valid, but is not allowed to use this API.
    NOT_AUTHORIZED = "not_authorized"
    #: The vault is under lockdown.
    LOCKDOWN = "lockdown"
    #: Too many requests, even after waiting.
    RATE_LIMITED = "rate_limited"
    #: The gateway got no answer from MySafe.
    UNAVAILABLE = "unavailable"
    #: MySafe reported an unexpected error of its own.
    SERVER_ERROR = "server_error"
    #: The answer is not what the API documents.
    UNEXPECTED_ANSWER = "unexpected_answer"
    #: The server does not know the path: a wrong base URL or an unsupported version.
    WRONG_PATH = "wrong_path"
    #: MySafe refused the request for an undocumented reason.
    BAD_REQUEST = "bad_request"
    #: MySafe requires a parameter that the task does not give.
    MISSING_PARAMETER = "missing_parameter"
    #: The identifier code is taken by an API secret that cannot be addressed by it.
    DUPLICATE_IDENTIFIER_CODE = "duplicate_identifier_code"
    #: There is no API secret with this identifier.
    NOT_FOUND = "not_found"
    #: The user of the access key may not do this with the API secret.
    ACCESS_DENIED = "access_denied"
    #: The API secret is inactive, so it cannot be read.
    INACTIVE = "inactive"
    #: The identifier is not a number.
    INVALID_IDENTIFIER = "invalid_identifier"
    #: More than one API secret may be meant.
    AMBIGUOUS = "ambiguous"
    #: The API secret was saved, but could not be shared with everyone.
    SHARING_INCOMPLETE = "sharing_incomplete"
    #: MySafe accepted a write, but does not hold what was written.
    NOT_APPLIED = "not_applied"
    #: Some API secrets of a list failed; the results say which and why.
    ITEMS_FAILED = "items_failed"
    #: The task ended before this API secret of a list was tried; nothing was sent for it.
    NOT_TRIED = "not_tried"
    #: A write was sent, and it is unknown whether it was applied.
    WRITE_UNCERTAIN = "write_uncertain"


class Fate(enum.Enum):
    """What became of a request, as far as the client can know."""

    #: It never reached the server.
    NOT_SENT = enum.auto()
    #: The server says that it did nothing.
    REFUSED = enum.auto()
    #: The server says that it failed on its side, which may have been half-way; nothing more will happen.
    FAILED = enum.auto()
    #: It reached the server, or may have, and nothing says whether it was or will be applied.
    UNKNOWN = enum.auto()
    #: The server says that it was applied.
    APPLIED = enum.auto()

    @property
    def is_open(self) -> bool:
        """Whether only the vault itself can tell if the request was applied."""
        return self in (Fate.FAILED, Fate.UNKNOWN)

    def after(self, earlier: Fate) -> Fate:
        """Return the fate of a request whose earlier tries met another: what was unknown once stays unknown."""
        return Fate.UNKNOWN if earlier is Fate.UNKNOWN and self is not Fate.APPLIED else self


class MySafeError(Exception):
    """A failure that a user can act on. It cannot be changed.

    ``message`` says what happened, ``cause`` why (the documented cause, where there is one), ``solution`` what to do.
    ``code`` is MySafe's own number (``exception.code`` or ``response.error_code``), ``http_status`` the status of the
    answer, ``request_id`` the gateway's name for the request. ``fate`` is what became of the request, and
    ``transient`` means that the same request may succeed later.
    """

    kind: Kind
    message: str
    cause: str
    solution: str
    code: int | None
    http_status: int | None
    request_id: str | None
    fate: Fate
    transient: bool

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        cause: str = "",
        solution: str = "",
        code: int | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        fate: Fate = Fate.NOT_SENT,
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        vars(self).update(
            kind=kind,
            message=message,
            cause=cause,
            solution=solution,
            code=code,
            http_status=http_status,
            request_id=request_id,
            fate=fate,
            transient=transient,
        )

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse, except for what Python itself keeps on an exception, such as its traceback."""
        if not name.startswith("__"):
            raise AttributeError(f"MySafeError cannot be changed: make a new one with but({name}=…)")
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[t.Any, ...]:
        """Let copy and pickle make an equal failure."""
        return functools.partial(type(self), **self._fields()), ()

    def __str__(self) -> str:
        """What happened, why and what to do, as one text."""
        parts = [self.message, self.cause and f"Cause: {self.cause}", self.solution and f"What to do: {self.solution}"]
        return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)

    def __repr__(self) -> str:
        """The kind and the whole text."""
        return f"<MySafeError {self.kind.value}: {self}>"

    def but(self, **changes: t.Any) -> MySafeError:
        """Return the same failure with some attributes changed."""
        return MySafeError(**{**self._fields(), **changes})

    def details(self) -> dict[str, t.Any]:
        """The machine-readable part of the failure, as the modules return it under ``error``."""
        return {
            "kind": self.kind.value,
            "code": self.code,
            "http_status": self.http_status,
            "cause": self.cause,
            "solution": self.solution,
            "request_id": self.request_id,
        }

    def entry(self) -> dict[str, t.Any]:
        """The failure of one of several API secrets, as their results return it under ``error``."""
        return {"msg": str(self), **self.details()}

    def _fields(self) -> dict[str, t.Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("__")}
