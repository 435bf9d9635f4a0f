# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Reads an HTTP answer of MySafe or of its gateway: the envelope, the message, the code, and what became of the request.

The envelope is that of the vendor's API pages for v3.32, v3.33 and v4; the gateway's answers are those of Kong. Messages
differ in case and punctuation between versions, so codes decide wherever there are any.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import Fate
from .._http.retry import RETRIED_STATUSES, Backoff

if t.TYPE_CHECKING:
    from .._errors import MySafeError
    from .._http.response import Response
    from .._secrets import Secrets

#: Gateway answers that mean that the request never reached MySafe (Kong: no peer, no name).
_NOT_FORWARDED = ("failure to get a peer", "name resolution failed")
_NO_ROUTE = "no route matched"
_NOT_AUTHORIZED = ("not authorized to access this resource", "http referer is not allowed")
# Compiled when they are first used: hardly any run needs them.
_PAGE = r"(?i)\s*<(!doctype html|html|head|body|title|h1|p|br)\b"
_UNSHOWN = r"(?i)<(script|style)\b"
_CODE = r"^\s*(\d{4})\b:?\s*"
#: How much of an answer that is not JSON is worth showing, in characters, and how much of it is searched for that.
_EXCERPT = 160
_SEARCHED = 64 * 1024


def flag(value: t.Any) -> bool:
    """Read a truth value, which MySafe writes as true, 1, "1" or "0"."""
    return value is True or str(value).strip().lower() in ("1", "true")


def is_flag(value: t.Any) -> bool:
    """Whether it is a truth value as MySafe writes one."""
    return isinstance(value, (bool, int, str)) and str(value).strip().lower() in ("0", "1", "false", "true")


class Answer(t.NamedTuple):
    """One HTTP answer. ``text`` is empty where ``body`` holds the parsed JSON.

    ``earlier`` is the fate of the earlier tries of the same request: where it is unknown, one of them, whose answer was
    lost, may have been applied.
    """

    status: int
    headers: t.Mapping[str, str]
    text: str
    body: t.Any
    earlier: Fate = Fate.NOT_SENT

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
        """The ``response`` object in every answer of MySafe itself; None in the answers of anything else."""
        response = self.body.get("response") if isinstance(self.body, dict) else None
        return response if isinstance(response, dict) else None

    @property
    def message(self) -> str:
        """The text for people in the answer, whichever component wrote it."""
        if self.envelope is not None:
            found = self.envelope.get("message") or self.envelope.get("mensagem")
        elif isinstance(self.body, dict):
            found = self.body.get("message") or self.body.get("error_description") or self.body.get("error")
        else:
            found = None
        return str(found).strip() if found else ""

    @property
    def code(self) -> int | None:
        """MySafe's number for the failure: ``exception.code``, the number in the message, or ``response.error_code``.

        A number in any other answer is not MySafe's: "1005: no such cluster" of a gateway says nothing of a secret.
        """
        if self.envelope is None:
            return None
        exception = self.body.get("exception")
        in_message = re.match(_CODE, self.message)
        for candidate in (
            exception.get("code") if isinstance(exception, dict) else None,
            in_message and in_message.group(1),
            self.envelope.get("error_code"),
        ):
            try:
                number = int(candidate)  # type: ignore[arg-type]
            except (TypeError, ValueError, OverflowError):
                continue
            if number >= 100:  # 0 and 1 are flags, 4 means "no such path"
                return number
        return None

    @property
    def is_lockdown(self) -> bool:
        """MySafe is under lockdown (503 with error code 100): waiting for seconds does not help."""
        return self.envelope is not None and (self.code == 100 or "lockdown" in self.message.lower())

    @property
    def is_refused(self) -> bool:
        """MySafe says that the call failed: ``error``, or its Portuguese twin, is true."""
        return self.envelope is not None and (flag(self.envelope.get("error")) or flag(self.envelope.get("erro")))

    @property
    def is_success(self) -> bool:
        """Whether it is a JSON object that reports a success."""
        return self.status < 300 and isinstance(self.body, dict) and not self.is_refused

    def require_success(self, doing: str) -> None:
        """Raise MySafeError, with what is documented about the answer, unless it reports a success.

        ``doing`` completes the sentence "Could not …".
        """
        if not self.is_success:
            from .failures import refusal  # hardly any run needs it, and a module compiles all that it loads

            raise refusal(self, doing)

    def lacking(self, doing: str, what: str) -> MySafeError:
        """Return the failure of an answer that reports a success, but lacks what the API documents."""
        from .failures import unexpected

        return unexpected(self, doing, what)

    @property
    def is_rejected_login(self) -> bool:
        """The gateway did not accept the token: 401, or the 404 by which this product says "not authenticated"."""
        return self.status == 401 or self.is_no_route

    @property
    def is_no_route(self) -> bool:
        """The gateway knows no such route."""
        return self.status == 404 and self.envelope is None and _NO_ROUTE in self.message.lower()

    @property
    def is_not_allowed(self) -> bool:
        """The access key is known, but may not make this call."""
        return _says(self.message, _NOT_AUTHORIZED)

    @property
    def transient(self) -> bool:
        """The same request may succeed later, within a wait that is acceptable."""
        if self.status not in RETRIED_STATUSES or self.is_lockdown:
            return False
        return not Backoff().asks_too_much(self.status, self.headers)

    @property
    def fate(self) -> Fate:
        """What became of the request, by this answer alone."""
        if self.status < 300:
            if self.envelope is None:
                return Fate.UNKNOWN
            return Fate.REFUSED if self.is_refused else Fate.APPLIED
        if self._contradicts_itself:
            return Fate.UNKNOWN
        if self.status < 500 or self.is_lockdown or self.is_not_allowed:
            return Fate.REFUSED
        if self.is_refused:
            return Fate.FAILED
        return Fate.REFUSED if _says(self.message or self.text, _NOT_FORWARDED) else Fate.UNKNOWN

    @property
    def _contradicts_itself(self) -> bool:
        """Whether the HTTP status is that of a failure, and the envelope that of a success."""
        if self.status < 300 or self.envelope is None or self.is_refused:
            return False
        return self.envelope.get("error") is False or self.envelope.get("erro") is False

    @property
    def excerpt(self) -> str:
        """The beginning of an answer that could not be read, on one line, without what may hold unknown secrets.

        Not shown is what may have been JSON, and what reports a success without being a page.
        """
        if self.status < 400 and not re.match(_PAGE, self.text):
            return ""
        # JSON is cut off before the tags are taken out: a stray "<" in front of it would take a part of it for a tag.
        text = _without_tags(_without_scripts(self.text[:_SEARCHED]).partition("{")[0])
        words = " ".join(text.split())
        return words[:_EXCERPT] + ("…" if len(words) > _EXCERPT else "")

    @property
    def shape(self) -> str:
        """What kind of answer it is, where it has no message."""
        if self.body is not None:
            return "the answer is JSON, but not the object that the API documents"
        if self.excerpt:
            return f'the answer is not JSON and begins with "{self.excerpt}"'
        return "the answer is not JSON" if _without_tags(self.text[:_SEARCHED]).strip() else "the answer is empty"


def _says(text: str, phrases: t.Iterable[str]) -> bool:
    said = text.lower()
    return any(phrase in said for phrase in phrases)


# Both take a single pass: a page of nothing but "<" must not keep anybody waiting.


def _without_scripts(page: str) -> str:
    shown: list[str] = []
    at = 0
    for start in re.finditer(_UNSHOWN, page):
        if start.start() >= at:
            shown.append(page[at : start.start()])
            end = re.compile(f"(?i)</{start.group(1)}[^>]*>?").search(page, start.end())
            at = end.end() if end is not None else len(page)
    return " ".join([*shown, page[at:]])


def _without_tags(page: str) -> str:
    shown: list[str] = []
    at = 0
    while (start := page.find("<", at)) >= 0 and (end := page.find(">", start)) >= 0:
        shown.append(page[at:start])
        at = end + 1
    return " ".join([*shown, page[at:]])


def judge(response: Response) -> tuple[Fate, bool]:
    """Say what became of a request by its response, and whether the same request may succeed later."""
    answer = Answer(*response)
    return answer.fate, answer.transient
