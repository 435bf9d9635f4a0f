# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What a task wants of one API secret: the options of the module, checked before anything is sent."""

from __future__ import annotations

import typing as t

from .fields import ADD, FIELDS, REMOVE, REPLACE, SHARING
from .options import checked_identifier, invalid
from .texts import as_text


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of what describes one API secret; the documentation is in the module ``mysafe_api_secret``."""
    return {
        "identifier": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **{name: field.spec for name, field in FIELDS.items()},
    }


def policy_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of what may be done to API secrets that are there; the documentation is in the same place."""
    return {
        "update": {"type": "bool", "default": True},
        "update_client_secret": {
            "type": "str",
            "choices": ["always", "on_create"],
            "default": "always",
            "no_log": False,
        },
        "sharing": {"type": "str", "choices": [REPLACE, ADD, REMOVE], "default": REPLACE},
    }


def normal(option: str, value: t.Any) -> t.Any:
    """Return an option that describes an API secret in its type, and any other as it is.

    Raises MySafeError (kind ``invalid_input``).
    """
    if option in FIELDS:
        return FIELDS[option].normal(value)
    return as_text(option, value) if option == "identifier" else value


class Desired(t.NamedTuple):
    """What a task wants.

    ``fields`` holds only what the task gives, as the API takes it. The secret is addressed by ``identifier`` where that
    is given, otherwise by ``identifier_code``.
    """

    identifier_code: str = ""
    identifier: str = ""
    present: bool = True
    fields: t.Mapping[str, t.Any] = {}
    update: bool = True
    update_client_secret: bool = True
    sharing: str = REPLACE

    def __repr__(self) -> str:
        """Name it. No secret of the fields may end in a log."""
        return f"<Desired {self.called}>"

    @property
    def called(self) -> str:
        """The secret as messages name it."""
        if self.identifier:
            return f"the API secret with identifier {self.identifier}"
        return f"the API secret with identifier code '{self.identifier_code}'"

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Desired:
        """Check the options of one API secret.

        Raises MySafeError (kind ``invalid_input``) that names the option.
        """
        code, identifier = (
            None if params.get(option) is None else normal(option, params[option])
            for option in ("identifier_code", "identifier")
        )
        if code is not None and not code.strip():
            raise invalid("identifier_code", "it is empty", "give the code that identifies the API secret")
        if code is None and identifier is None:
            raise invalid("identifier_code", "it is missing, and so is identifier", "give one of the two")
        return cls(
            identifier_code=(code or "").strip(),
            identifier="" if identifier is None else checked_identifier(identifier),
            present=params.get("state", "present") == "present",
            fields={name: field.wish(params[name]) for name, field in FIELDS.items() if params.get(name) is not None},
            update=params.get("update", True),
            update_client_secret=params.get("update_client_secret", "always") == "always",
            sharing=params.get("sharing") or REPLACE,
        )

    @property
    def merged(self) -> tuple[str, ...]:
        """The names of the fields that are to be changed in part: they depend on what is there."""
        return () if self.sharing == REPLACE else tuple(name for name in SHARING if name in self.fields)

    def applied(self, known: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return the fields that the API secret is to have, by what is known of it; left out is what cannot be known."""
        return {
            name: FIELDS[name].applied(wish, known.get(name), self.sharing)
            for name, wish in self.fields.items()
            if name not in self.merged or known.get(name, ()) is not None
        }

    def header(self, known: t.Mapping[str, t.Any] | None) -> str:
        """Name the secret for a diff: by its code and its number, as far as they are known."""
        code, number = ((known or {}).get(key) or getattr(self, key) for key in ("identifier_code", "identifier"))
        return "API secret " + " ".join([f"'{code}'"] * bool(code) + [f"({number})"] * bool(number))

    def by_number(self, identifier: str) -> Desired:
        """Return the same wish, addressed by the number of the API secret."""
        return self._replace(identifier=identifier)
