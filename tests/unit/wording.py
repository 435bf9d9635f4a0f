# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""How every failure is worded that the core makes, in whatever test: complete, and with names spelt as the vendor does."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

from ansible_collections.senhasegura.mysafe.plugins.module_utils import _errors
from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError

if t.TYPE_CHECKING:
    import pytest

_CORE = str(Path(_errors.__file__).parent)
_INITIALS = {
    "API",
    "AWX",
    "CA",
    "CAs",
    "HTTP",
    "HTTPS",
    "ID",
    "IP",
    "IPs",
    "JSON",
    "PEM",
    "PKCS",
    "RFC",
    "RSA",
    "TLS",
    "URL",
    "UTF",
}
#: What is quoted comes from the task or the vault. An environment variable or option is spelt as it is.
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\S*_\S*|https?://\S*|\(_ssl.*?\)")


class Wording:
    """The failures that the core made, and what is wrong with their texts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._made: list[MySafeError] = []
        original = MySafeError.__init__

        def record(error: MySafeError, *arguments: t.Any, **named: t.Any) -> None:
            original(error, *arguments, **named)
            # In _errors.py, a failure is only copied, perhaps one that a test made.
            made_in = sys._getframe(1).f_code.co_filename
            if made_in.startswith(_CORE) and not made_in.endswith("_errors.py"):
                self._made.append(error)

        monkeypatch.setattr(MySafeError, "__init__", record)

    def faults(self) -> list[str]:
        """Return what is wrong: nothing, if all is well."""
        return [f"{fault}: {error!r}" for error in self._made for fault in faults_of(error)]


def faults_of(error: MySafeError) -> t.Iterator[str]:
    """Return what is wrong with the texts of a failure."""
    for name in ("message", "cause", "solution"):
        text = getattr(error, name)
        # There may be no text of a library that could be the cause, and the message of a lookup may hold all of it.
        if not isinstance(text, str) or not (text or name == "cause" or "What to do: " in error.message):
            yield f"no {name}"
            continue
        own = _QUOTED.sub("'x'", text)
        if re.search(r"\bNone\b", own):
            yield f"None in the {name}"
        if name != "solution":
            # There may be words of a library or a server in it.
            shouted = {own} if own.isupper() else {*re.findall(r"\bXX\w*", own)}
        else:
            shouted = {*re.findall(r"\b[A-Z]{2,}\w*", own)} - _INITIALS
        if shouted:
            yield f"capital letters in the {name}: {', '.join(sorted(shouted))}"
        if name == "message" and not re.match(r"[A-Z\d]|'x'", own):
            yield "the message does not begin with a capital letter"
        if name == "solution" and own and not re.match(r"[a-z]|'x'", own):
            yield "the solution does not go on in small letters"
        # OpenSSL writes "unknown ca".
        names = "mysafe|api|tls|rfc" if name == "cause" else "mysafe|api|ca|tls|rfc"
        if misspelt := re.findall(rf"(?<![/.\w-])(?:{names})(?![\w/.-])", own):
            yield f"small letters in the {name}: {', '.join(misspelt)}"
