# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Texts are texts: the checks of what a task gives for a text, before anything is sent.

YAML, templates and Ansible turn texts into other types, and put placeholders in place of secrets. Such a value would be
stored, and the real one lost, so it is refused. No value is repeated in a message.
"""

from __future__ import annotations

import typing as t

from .._secrets import HIDDEN
from .options import invalid

#: What Ansible shows in place of a part of a text that must not be logged.
_MASK = "********"
#: What ansible-core shows instead of both from 2.22 on.
_REDACTED = "$REDACTED$"
#: With what the value of the variable omit begins, up to ansible-core 2.18.
_OMIT = "__omit_place_holder__"


def as_text(option: str, value: t.Any, *, is_secret: bool = False) -> str:
    """Return a value as a text; a whole number counts as its decimal digits, except for a secret.

    Raises MySafeError (kind ``invalid_input``) for every other type, and for a text that cannot be meant.
    """
    if isinstance(value, str):
        found = fault(value, is_secret=is_secret)
        if found is not None:
            raise invalid(option, *found)
        return value
    if isinstance(value, int) and not isinstance(value, bool) and not is_secret:
        return str(value)
    if isinstance(value, (dict, list, tuple, set)):
        remedy = 'if it is JSON, keep it a text with the filter string or to_json, as in "{{ … | string }}"'
    else:
        remedy = "put quotes around it, so that it stays as it is written, or use the filter string"
    raise invalid(option, f"it is {named_type(value)}, not a text", remedy)


def require_one_tag(tag: str) -> None:
    """Raise MySafeError (kind ``invalid_input``) where a text is more than one tag."""
    if len(tag.strip().replace(",", "\n").splitlines()) > 1:
        raise invalid("tag", "it contains a comma or a line break, so it is more than one tag", "give one tag")


def named_type(value: t.Any) -> str:
    """Return the type of a value as YAML calls it."""
    for kind, name in (
        (type(None), "null"),
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a decimal number"),
        (str, "a text"),
        (dict, "a mapping"),
    ):
        if isinstance(value, kind):
            return name
    return "a list" if isinstance(value, (list, tuple, set)) else "a date or another type"


def is_unicode(text: str) -> bool:
    """Whether a text can be sent and written into a result: bytes that were no UTF-8 become lone surrogates in Python."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def fault(text: str, *, is_secret: bool) -> tuple[str, str] | None:
    """Return why a text cannot be meant, or cannot be sent, and what to do; None for every other text."""
    if HIDDEN in text or _REDACTED in text or text.strip() == _MASK or (is_secret and _MASK in text):
        return (
            "it has the placeholder that Ansible shows in place of a secret",
            "give the secret itself; mysafe_api_secret_info returns it only with reveal: true, and the lookup always",
        )
    if _OMIT in text:
        return (
            "it has the left-over placeholder of omit",
            "use omit for the whole option, or default('') for a part of it",
        )
    if not is_unicode(text):
        return "it holds bytes that are not UTF-8", "check the encoding of the file or variable that it comes from"
    return None
