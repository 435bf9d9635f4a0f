# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Validation of the options that identify an API secret, and the failure of an option that cannot be used."""

from __future__ import annotations

import typing as t

from .._errors import Kind, MySafeError


def invalid(option: str, cause: str, solution: str) -> MySafeError:
    """Make the failure (kind ``invalid_input``) of an option that cannot be used."""
    return MySafeError(Kind.INVALID_INPUT, f"The option {option} cannot be used", cause=cause, solution=solution)


def unknown_options(names: t.Sequence[str], known: t.Collection[str]) -> MySafeError:
    """Make the failure (kind ``invalid_input``) of options that do not exist, with those that may be meant."""
    meant = dict.fromkeys(filter(None, (most_alike(name, known) for name in names)))
    meanings = f"did you mean {' and '.join(meant)}? " if meant else ""
    return MySafeError(
        Kind.INVALID_INPUT,
        f"{'There are no options' if len(names) > 1 else 'There is no option'} {', '.join(names)}",
        cause="the plugin has no option of that name",
        solution=f"{meanings}ansible-doc lists the options",
    )


def most_alike(text: str, known: t.Collection[str]) -> str:
    """Return the known text that a mistyped one is most like; empty where none is."""
    import difflib  # only a mistake needs it

    return next(iter(difflib.get_close_matches(text, known, n=1)), "")


def checked_identifier(identifier: str) -> str:
    """Return the number of an API secret as MySafe writes it: digits, without leading zeros.

    Raises MySafeError (kind ``invalid_input``) for anything else, which MySafe refuses with 1010 (v3.33 and later).
    """
    digits = identifier.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise invalid(
            "identifier",
            "it is not a number",
            "give the number from the ID column of MySafe; the name you chose yourself is the identifier_code",
        )
    return digits.lstrip("0") or "0"
