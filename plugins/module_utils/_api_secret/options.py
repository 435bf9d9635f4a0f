# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Validation of the options that identify an API secret, and the failure of an option that cannot be used."""

from __future__ import annotations

from .._errors import Kind, MySafeError


def invalid(option: str, cause: str, solution: str) -> MySafeError:
    """Make the failure (kind ``invalid_input``) of an option that cannot be used."""
    return MySafeError(Kind.INVALID_INPUT, f"The option {option} cannot be used", cause=cause, solution=solution)


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
