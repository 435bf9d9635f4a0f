# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What a task wants of one API secret: the options of the module, checked before anything is sent."""

from __future__ import annotations

import typing as t

from ._entity import REQUIRED_FIELDS, SHARING_FIELDS, Entity, join_tags, sharing_list
from ._options import checked_identifier, invalid


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of one API secret; the documentation is in the module ``mysafe_api_secret``."""
    return {
        "identifier_code": {"type": "str"},
        "identifier": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "name": {"type": "str"},
        "url": {"type": "str"},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "method": {"type": "str"},
        "tags": {"type": "list", "elements": "str"},
        "notes": {"type": "str"},
        "users_allowed": {
            "type": "list",
            "elements": "dict",
            "options": {"username": {"type": "str", "required": True}, "can_edit": {"type": "bool", "default": False}},
        },
        "groups_allowed": {
            "type": "list",
            "elements": "dict",
            "options": {"name": {"type": "str", "required": True}, "can_edit": {"type": "bool", "default": False}},
        },
        "update": {"type": "bool", "default": True},
        "update_client_secret": {
            "type": "str",
            "choices": ["always", "on_create"],
            "default": "always",
            "no_log": False,
        },
    }


class Desired(t.NamedTuple):
    """What a task wants.

    ``fields`` holds only what the task gives, as the API takes it: texts, tags as one text, sharing as lists. What
    addresses the secret is ``identifier`` where it is given, otherwise ``identifier_code``.
    """

    identifier_code: str = ""
    identifier: str = ""
    present: bool = True
    fields: t.Mapping[str, t.Any] = {}
    update: bool = True
    update_client_secret: bool = True

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
        code, identifier = params.get("identifier_code"), params.get("identifier")
        if code is not None and not code.strip():
            raise invalid("identifier_code", "it is empty", "give the code that addresses the API secret")
        if code is None and identifier is None:
            raise invalid("identifier_code", "it is missing, and so is identifier", "give one of the two")

        fields: Entity = {}
        for field in ("identifier_code", "name", "url", "client_id", "client_secret", "method", "notes"):
            if params.get(field) is not None:
                fields[field] = params[field]
        for field in REQUIRED_FIELDS:
            if field in fields and not fields[field].strip():
                raise invalid(
                    field, "it is empty, and MySafe wants a value in it", "give a value, or leave the option out"
                )
        if "identifier_code" in fields:
            fields["identifier_code"] = fields["identifier_code"].strip()
        if params.get("tags") is not None:
            fields["tags"] = join_tags(_tags(params["tags"]))
        for field in SHARING_FIELDS:
            if params.get(field) is not None:
                fields[field] = sharing_list(field, _rights(field, params[field]))
        return cls(
            identifier_code=(code or "").strip(),
            identifier="" if identifier is None else checked_identifier(identifier),
            present=params.get("state", "present") == "present",
            fields=fields,
            update=params.get("update", True),
            update_client_secret=params.get("update_client_secret", "always") == "always",
        )


def _tags(tags: t.Sequence[str]) -> list[str]:
    wanted: list[str] = []
    for tag in (tag.strip() for tag in tags):
        if "," in tag:
            raise invalid(
                "tags", f"the tag '{tag}' holds a comma, by which MySafe separates tags", "write it as two tags"
            )
        if tag and tag not in wanted:
            wanted.append(tag)
    return wanted


def _rights(field: str, shares: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, bool]:
    key = SHARING_FIELDS[field]
    rights: dict[str, bool] = {}
    for share in shares:
        name = share[key].strip()
        if not name:
            raise invalid(field, f"an entry has an empty {key}", f"give a {key}, or leave the entry out")
        if rights.setdefault(name, share["can_edit"]) != share["can_edit"]:
            raise invalid(field, f"'{name}' is listed twice, with and without can_edit", "list it once")
    return rights
