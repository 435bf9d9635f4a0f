# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads an HTTP answer of MySafe or of its gateway: either the payload, or the failure that it documents.

The envelope and the messages are those of the vendor's API pages for v3.32, v3.33 and v4 (List, Get, Create, Update,
Enable, Disable API secret); the gateway's are those of Kong. Messages differ in case and punctuation between versions,
so codes decide wherever there are any.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ._entity import flag
from ._errors import MySafeError

if t.TYPE_CHECKING:
    from ._secrets import Secrets

#: Statuses after which the same request may succeed. 408 and 429 were refused; 502 and 504 may have been carried out.
TRANSIENT = frozenset({408, 429, 502, 503, 504})
#: Gateway answers that mean that the request never reached MySafe (Kong: no peer, no name, rate limit).
_NOT_FORWARDED = re.compile(r"failure to get a peer|name resolution failed", re.IGNORECASE)
_NO_ROUTE = re.compile(r"no route matched", re.IGNORECASE)
_NOT_AUTHORIZED = re.compile(r"not authorized to access this resource|http referer is not allowed", re.IGNORECASE)
_UNSHOWN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_PAGE = re.compile(r"\s*<(!doctype html|html|head|body|title|h1|p|br)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CODE = re.compile(r"^\s*(\d{4})\b:?\s*")
#: How much of an answer that is not JSON is worth showing, in characters.
_EXCERPT = 160


class Answer(t.NamedTuple):
    """One HTTP answer. ``text`` is empty where ``body`` holds the parsed JSON.

    ``repeated``: an earlier, unanswered try of the same request may have been carried out.
    """

    status: int
    headers: t.Mapping[str, str]
    text: str
    body: t.Any
    repeated: bool = False

    def without(self, secrets: Secrets) -> Answer:
        """Return the answer with the secrets taken out of its text, of which failures show an excerpt."""
        return self._replace(text=secrets.hide(self.text)) if self.text else self

    @property
    def request_id(self) -> str | None:
        """The gateway's name for the request, from a header or (Kong 3.5 and later) the body."""
        named = self.headers.get("X-Kong-Request-Id") or self.headers.get("X-Request-Id")
        if not named and isinstance(self.body, dict):
            named = self.body.get("request_id")
        return str(named) if named else None

    @property
    def envelope(self) -> t.Mapping[str, t.Any] | None:
        """The ``response`` object that everything MySafe itself answers carries; None for anyone else's answer."""
        response = self.body.get("response") if isinstance(self.body, dict) else None
        return response if isinstance(response, dict) else None

    @property
    def message(self) -> str:
        """The text that the answer gives for people, whichever component wrote it."""
        if self.envelope is not None:
            found = self.envelope.get("message") or self.envelope.get("mensagem")
        elif isinstance(self.body, dict):
            found = self.body.get("message") or self.body.get("error_description") or self.body.get("error")
        else:
            found = None
        return str(found).strip() if found else ""

    @property
    def code(self) -> int | None:
        """MySafe's number for the failure: ``exception.code``, the number in the message, or ``response.error_code``."""
        candidates: list[t.Any] = []
        if isinstance(self.body, dict) and isinstance(self.body.get("exception"), dict):
            candidates.append(self.body["exception"].get("code"))
        in_message = _CODE.match(self.message)
        candidates.append(in_message and in_message.group(1))
        if self.envelope is not None:
            candidates.append(self.envelope.get("error_code"))
        for candidate in candidates:
            try:
                number = int(candidate)
            except (TypeError, ValueError, OverflowError):
                continue
            if number >= 100:  # 0 and 1 are flags, 4 means "no such path"
                return number
        return None

    @property
    def is_lockdown(self) -> bool:
        """MySafe is under lockdown (503 with error code 100): waiting for seconds is of no use."""
        return self.envelope is not None and (self.code == 100 or "lockdown" in self.message.lower())

    @property
    def is_refused(self) -> bool:
        """MySafe says that the call failed: ``error``, or its Portuguese twin, is true."""
        return self.envelope is not None and (flag(self.envelope.get("error")) or flag(self.envelope.get("erro")))

    @property
    def is_rejected_login(self) -> bool:
        """The gateway did not accept the token: 401, or the 404 by which this product says "not authenticated"."""
        return self.status == 401 or self.is_no_route

    @property
    def is_no_route(self) -> bool:
        """The gateway knows no such route."""
        return self.status == 404 and self.envelope is None and bool(_NO_ROUTE.search(self.message))

    @property
    def transient(self) -> bool:
        """The same request may succeed later."""
        return self.status in TRANSIENT and not self.is_lockdown

    @property
    def maybe_applied(self) -> bool:
        """The request may have been carried out although the answer does not say so."""
        if self.status < 300:
            return not self.is_refused
        if self.status < 500 or self.is_lockdown:
            return False
        return not (_NOT_AUTHORIZED.search(self.message) or _NOT_FORWARDED.search(self.message or self.text))

    @property
    def excerpt(self) -> str:
        """The beginning of an answer that could not be read, on one line; nothing of what may hold unknown secrets.

        That is what may have been JSON, and what is no page although it reports a success.
        """
        if self.status < 400 and not _PAGE.match(self.text):
            return ""
        # Cut before the tags are taken out: a stray "<" in front of JSON would take a part of it for a tag.
        text = _UNSHOWN.sub(" ", self.text).partition("{")[0]
        words = " ".join(_TAG.sub(" ", text).split())
        return words[:_EXCERPT] + ("…" if len(words) > _EXCERPT else "")


class Documented(t.NamedTuple):
    """What is known about a failure: its kind, its cause as documented, and what a user can do."""

    kind: str
    cause: str
    solution: str


#: exception.code -> what the API pages say of it. 1001 is told apart by its text.
_BY_CODE: dict[int, Documented] = {
    1005: Documented(
        "not_found",
        "there is no API secret with this identifier",
        "check the identifier; it is the number in the ID column of MySafe, not the identifier code",
    ),
    1006: Documented(
        "access_denied",
        "the user of the access key neither owns the API secret nor has it shared with the right that this needs, or the"
        " access key is limited to other items",
        "share the API secret with that user (with can_edit to change it), or use an access key of its owner",
    ),
    1009: Documented(
        "inactive",
        "an inactive API secret cannot be read",
        "activate it, for instance with state: present",
    ),
    1010: Documented(
        "invalid_identifier",
        "the identifier is not a number",
        "give the number from the ID column of MySafe as identifier, and the name you chose as identifier_code",
    ),
}
_MISSING_PARAMETER = Documented(
    "missing_parameter",
    "this version of MySafe requires the parameter to create an API secret (version 3.32 also requires client_secret)",
    "give the parameter to the task",
)
_DUPLICATE = Documented(
    "duplicate_identifier_code",
    "another API secret of the same user already has this identifier code",
    "choose another identifier code, or address that API secret by its number with identifier",
)
_NO_LOGIN = Documented(
    "authentication",
    "the gateway says this when the token is missing, expired or not accepted, and also when the address is wrong",
    "check that mysafe_url is the base URL of the vault, without /api, and that the access key is neither expired nor"
    " revoked",
)
_NOT_ALLOWED = Documented(
    "not_authorized",
    "the access key is known, but its settings (permissions, authorized IPs, HTTP referers) do not allow this call",
    "have a MySafe administrator check the settings of the access key",
)
_LOCKDOWN = Documented(
    "lockdown",
    "an administrator has locked the vault down; no call is answered until the lockdown ends",
    "wait for the end of the lockdown, or ask the vault's administrators",
)
_WRONG_PATH = Documented(
    "wrong_path",
    "the vault answers, but has no such API path",
    "check that mysafe_url is the base URL of the vault, without /api, and that it runs version 3.32 or later",
)
_RATE_LIMITED = Documented(
    "rate_limited",
    "the gateway limits how many requests may be sent; the limit still held after the retries, or asks for a longer wait"
    " than a minute",
    "run fewer forks, raise retries, or ask for a higher limit",
)
_GATEWAY: dict[int, Documented] = {
    502: Documented(
        "unavailable",
        "the gateway got no valid answer from MySafe, which may be restarting",
        "try again; if it stays, have the vault's administrators check the service",
    ),
    503: Documented(
        "unavailable",
        "the gateway has no MySafe that it could ask, as during a restart",
        "try again; if it stays, have the vault's administrators check the service",
    ),
    504: Documented(
        "unavailable",
        "MySafe took longer to answer than the gateway waits",
        "try again; if it stays, have the vault's administrators check the load of the vault",
    ),
}
_SERVER_ERROR = Documented(
    "server_error",
    "an unexpected error inside MySafe",
    "try again; if it stays, give the request id and the time to the vault's administrators",
)
_ENCRYPTION = Documented(
    "server_error",
    "MySafe could not encrypt the text: with encryption of sensitive data switched on for the access key, long values"
    " do not fit",
    "shorten client_secret or notes, or switch the encryption off for this access key",
)
_UNEXPECTED = Documented(
    "unexpected_answer",
    "something between here and MySafe answered in its place (a proxy, a login page, another product), or the answer"
    " was cut off",
    "check mysafe_url and the proxy settings",
)
_BAD_REQUEST = Documented("bad_request", "MySafe does not document this message", "see the message itself")


def require_success(answer: Answer, doing: str) -> None:
    """Raise MySafeError unless the answer is a JSON object that reports a success.

    ``doing`` completes the sentence "Could not …". Failures are: an HTTP status of 400 and above, an envelope that says
    error (``error`` or its Portuguese twin ``erro``), a redirect, anything that is not a JSON object.
    """
    if 300 <= answer.status < 400:
        raise _redirected(answer, doing)
    if answer.status >= 400 or answer.is_refused:
        raise failure(answer, doing, _explain(answer))
    if not isinstance(answer.body, dict):
        raise failure(answer, doing, _UNEXPECTED)


def failure(answer: Answer, doing: str, documented: Documented) -> MySafeError:
    """Make the failure that an answer stands for."""
    said = f'"{answer.message}"' if answer.message else _shape(answer)
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
        transient=answer.transient,
        maybe_applied=answer.maybe_applied or answer.repeated,
    )


def unexpected(answer: Answer, doing: str, lacks: str) -> MySafeError:
    """Make the failure of an answer that is a success by its status, but lacks what the API documents."""
    error = failure(answer, doing, _UNEXPECTED)
    error.message = f"Could not {doing}: the answer lacks {lacks} (HTTP {answer.status})"
    return error


def _shape(answer: Answer) -> str:
    if answer.body is not None:
        return "the answer is JSON, but not the object that the API documents"
    if answer.excerpt:
        return f'the answer is not JSON and begins with "{answer.excerpt}"'
    return "the answer is not JSON" if _TAG.sub("", answer.text).strip() else "the answer is empty"


def _explain(answer: Answer) -> Documented:
    """Find what is documented about a failed answer."""
    message = answer.message
    if answer.code == 1001 or "was not informed" in message.lower():
        return _DUPLICATE if "already found" in message.lower() else _MISSING_PARAMETER
    if answer.code in _BY_CODE:
        return _BY_CODE[answer.code]
    if _NOT_AUTHORIZED.search(message):
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
    return _SERVER_ERROR if answer.status >= 500 else _UNEXPECTED


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
        "redirect",
        f"Could not {doing}: the server redirects to {where} (HTTP {answer.status})",
        cause="redirects are not followed, because the credentials would be sent to wherever they point",
        solution="if that is where MySafe is, set mysafe_url to its base address",
        http_status=answer.status,
        request_id=answer.request_id,
    )
