# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The documented failures of MySafe and its gateway: what an answer that is no success means, and what to do.

Messages and codes are those of the vendor's API pages for v3.32, v3.33 and v4; the gateway's are those of Kong.
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from .._errors import Fate, Kind, MySafeError

if t.TYPE_CHECKING:
    from .answer import Answer


class Documented(t.NamedTuple):
    """What is known about a failure: its kind, its cause as documented, and what a user can do."""

    kind: Kind
    cause: str
    solution: str


#: exception.code -> what the API pages say about it. 1001 has two meanings, which the message tells apart.
_BY_CODE: dict[int, Documented] = {
    1005: Documented(
        Kind.NOT_FOUND,
        "there is no API secret with this identifier",
        "check the identifier; it is the number in the ID column of MySafe, not the identifier code",
    ),
    1006: Documented(
        Kind.ACCESS_DENIED,
        "the user of the access key neither owns the API secret nor has the required access to it, or the access key is"
        " limited to other items",
        "share the API secret with that user (with can_edit to change it), or use an access key of its owner",
    ),
    1009: Documented(
        Kind.INACTIVE,
        "an inactive API secret cannot be read",
        "activate it, for example with state: present",
    ),
    1010: Documented(
        Kind.INVALID_IDENTIFIER,
        "the identifier is not a number",
        "give the number from the ID column of MySafe as identifier, and the name you chose as identifier_code",
    ),
}
_MISSING_PARAMETER = Documented(
    Kind.MISSING_PARAMETER,
    "this version of MySafe requires the parameter to create an API secret (version 3.32 also requires client_secret)",
    "give the parameter to the task",
)
_DUPLICATE = Documented(
    Kind.DUPLICATE_IDENTIFIER_CODE,
    "another API secret of the same user already has this identifier code",
    "choose another identifier code, or address that API secret by its number with identifier",
)
_LOGIN_REFUSED = Documented(
    Kind.AUTHENTICATION,
    "the client ID or the client secret is wrong, or the access key is expired or revoked, or does not accept this address",
    "compare mysafe_client_id and mysafe_client_secret with the access key in MySafe, and check its expiration and"
    " authorized IPs; a vault with several tenants that is reached by IP address also needs mysafe_tenant",
)
_GIVEN_TOKEN_REJECTED = Documented(
    Kind.AUTHENTICATION,
    "the token in mysafe_access_token has expired or is not one of this vault, or the address is wrong",
    "get a new token, or give mysafe_client_id and mysafe_client_secret instead so that it is renewed automatically",
)
_NO_LOGIN = Documented(
    Kind.AUTHENTICATION,
    "the gateway says this when the token is missing, expired or not accepted, and also when the address is wrong",
    "check that mysafe_url is the base URL of the vault, without /api, and that the access key is neither expired nor"
    " revoked",
)
_NOT_ALLOWED = Documented(
    Kind.NOT_AUTHORIZED,
    "the access key is known, but its settings (permissions, authorized IPs, HTTP referers) do not allow this call",
    "have a MySafe administrator check the settings of the access key",
)
_LOCKDOWN = Documented(
    Kind.LOCKDOWN,
    "an administrator has locked the vault down; no call is answered until the lockdown ends",
    "wait for the end of the lockdown, or ask the vault's administrators",
)
_WRONG_PATH = Documented(
    Kind.WRONG_PATH,
    "the vault answers, but has no such API path",
    "check that mysafe_url is the base URL of the vault, without /api, and that it runs version 3.32 or later",
)
_RATE_LIMITED = Documented(
    Kind.RATE_LIMITED,
    "the gateway limits how many requests may be sent; still rate limited after all retries, or asked to wait over a minute",
    "run fewer forks, raise retries, or ask for a higher limit",
)
_GATEWAY: dict[int, Documented] = {
    502: Documented(
        Kind.UNAVAILABLE,
        "the gateway got no valid answer from MySafe, which may be restarting",
        "try again; if the problem persists, have the vault's administrators check the service",
    ),
    503: Documented(
        Kind.UNAVAILABLE,
        "the gateway has no MySafe backend available, for example during a restart",
        "try again; if the problem persists, have the vault's administrators check the service",
    ),
    504: Documented(
        Kind.UNAVAILABLE,
        "MySafe took longer to answer than the gateway waits",
        "try again; if the problem persists, have the vault's administrators check the load of the vault",
    ),
}
_SERVER_ERROR = Documented(
    Kind.SERVER_ERROR,
    "an unexpected error inside MySafe",
    "try again; if the problem persists, give the request id and the time to the vault's administrators",
)
_ENCRYPTION = Documented(
    Kind.SERVER_ERROR,
    "MySafe could not encrypt the text: with encryption of sensitive data switched on for the access key, long values"
    " do not fit",
    "shorten client_secret or notes, or switch the encryption off for this access key",
)
_UNEXPECTED = Documented(
    Kind.UNEXPECTED_ANSWER,
    "something between here and MySafe answered in its place (a proxy, a login page, another product), or the answer"
    " was cut off",
    "check mysafe_url and the proxy settings",
)
#: (status, text, what it means): refusals of the gateway, or of another server of the nginx family, before MySafe is asked.
_BY_PAGE = (
    (
        400,
        "no required ssl certificate",
        Documented(
            Kind.TLS,
            "the server in front of MySafe requires a client certificate",
            "set client_cert and client_key",
        ),
    ),
    (
        400,
        "ssl certificate error",
        Documented(
            Kind.TLS,
            "the server in front of MySafe does not accept the client certificate: it has expired, or was not issued by a"
            " CA that is trusted there",
            "check client_cert and client_key",
        ),
    ),
    (
        400,
        "plain http request was sent to https port",
        Documented(Kind.CONNECTION, "the server expects TLS", "mysafe_url must begin with https://"),
    ),
    (
        413,
        "",
        Documented(
            Kind.UNEXPECTED_ANSWER,
            "the server in front of MySafe does not accept a request of this size",
            "shorten client_secret or notes, or have the limit raised (nginx: client_max_body_size)",
        ),
    ),
)
_BAD_REQUEST = Documented(Kind.BAD_REQUEST, "MySafe does not document this message", "see the message itself")


def refusal(answer: Answer, doing: str) -> MySafeError:
    """Return the failure of an answer that reports no success.

    ``doing`` completes the sentence "Could not …". Such are: an HTTP status of 400 and above, an envelope that says error
    (``error`` or its Portuguese twin ``erro``), a redirect, anything that is not a JSON object.
    """
    if 300 <= answer.status < 400:
        return _redirected(answer, doing)
    if answer.status >= 400 or answer.is_refused:
        return explained(answer, doing)
    return failure(answer, doing, _UNEXPECTED)


def login_refused(answer: Answer, doing: str) -> MySafeError:
    """Return the failure of a login that the server refuses."""
    return failure(answer, doing, _refused_in_front(answer) or _LOGIN_REFUSED)


def given_token_rejected(answer: Answer, doing: str) -> MySafeError:
    """Return the failure of a call whose token, given by the user, the server rejects."""
    return failure(answer, doing, _GIVEN_TOKEN_REJECTED)


def explained(answer: Answer, doing: str) -> MySafeError:
    """Return the failure that an answer stands for, with what is documented about it."""
    return failure(answer, doing, _explain(answer))


def failure(answer: Answer, doing: str, documented: Documented) -> MySafeError:
    """Return the failure that an answer stands for, with something else than what is documented in general."""
    said = f'"{answer.message}"' if answer.message else answer.shape
    asked = answer.headers.get("Retry-After")
    wait = f", to be tried again after: {asked}" if asked else ""
    return MySafeError(
        documented.kind,
        f"Could not {doing}: {said} (HTTP {answer.status}{wait})",
        cause=documented.cause,
        solution=documented.solution,
        code=answer.code,
        http_status=answer.status,
        request_id=answer.request_id,
        fate=answer.fate.after(answer.earlier),
        transient=answer.transient,
    )


def unexpected(answer: Answer, doing: str, lacks: str) -> MySafeError:
    """Return the failure of an answer that is a success by its status, but lacks what the API documents.

    Such an answer is not trusted about the fate of the request either.
    """
    return failure(answer, doing, _UNEXPECTED).but(
        message=f"Could not {doing}: the answer lacks {lacks} (HTTP {answer.status})", fate=Fate.UNKNOWN
    )


def _explain(answer: Answer) -> Documented:
    """Find what is documented about a failed answer."""
    message = answer.message.lower()
    if answer.code == 1001 or (answer.envelope is not None and "was not informed" in message):
        return _DUPLICATE if "already found" in message else _MISSING_PARAMETER
    if answer.code in _BY_CODE:
        return _BY_CODE[answer.code]
    if answer.is_not_allowed:
        return _NOT_ALLOWED
    if answer.is_rejected_login:
        return _NO_LOGIN
    if answer.status == 429:
        return _RATE_LIMITED
    if answer.status == 403:
        return _NOT_ALLOWED
    if answer.envelope is not None:
        return _explain_envelope(answer)
    if answer.status in _GATEWAY:
        return _GATEWAY[answer.status]
    return _SERVER_ERROR if answer.status >= 500 else _refused_in_front(answer) or _UNEXPECTED


def _refused_in_front(answer: Answer) -> Documented | None:
    """Find what is known about a refusal that is not MySafe's own."""
    if answer.envelope is not None:
        return None
    said = (answer.message or answer.text).lower()
    return next((known for status, text, known in _BY_PAGE if answer.status == status and text in said), None)


def _explain_envelope(answer: Answer) -> Documented:
    if answer.is_lockdown:
        return _LOCKDOWN
    if answer.status == 404:
        return _WRONG_PATH
    if answer.status >= 500:
        said = f"{answer.message} {answer.body.get('exception')}"
        return _ENCRYPTION if "criptografar" in said.lower() else _SERVER_ERROR
    return _BAD_REQUEST


def _redirected(answer: Answer, doing: str) -> MySafeError:
    try:
        target = urlsplit(answer.headers.get("Location", ""))
        server = target.netloc.rpartition("@")[2]
        where = f"{target.scheme}://{server}{target.path}" if server else target.path or "nowhere"
    except ValueError:
        where = "something that is not a URL"
    return MySafeError(
        Kind.REDIRECT,
        f"Could not {doing}: the server redirects to {where} (HTTP {answer.status})",
        cause="redirects are not followed, because the credentials would be sent to wherever they point",
        solution="if that is where MySafe is, set mysafe_url to its base address",
        http_status=answer.status,
        request_id=answer.request_id,
        fate=answer.fate.after(answer.earlier),
    )
