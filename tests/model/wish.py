# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a task asks for, in the terms of the model."""

from __future__ import annotations

import dataclasses
import typing as t

from .mysafe import TEXTS, Item, Shares, tags_of

Options = t.Mapping[str, t.Any]
#: Option of a task -> field of the model, and the key of a name in it.
SHARING = {"users_allowed": ("users", "username"), "groups_allowed": ("groups", "name")}


@dataclasses.dataclass(frozen=True)
class Wish:
    """What a task asks for of one API secret."""

    code: str = ""
    number: str = ""
    present: bool = True
    texts: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    shares: t.Mapping[str, Shares] = dataclasses.field(default_factory=dict)
    update: bool = True
    update_client_secret: bool = True
    sharing: str = "replace"

    @classmethod
    def of(cls, options: Options) -> Wish:
        """Return what the options of a task ask for."""
        texts = {name: options[name] for name in TEXTS if options.get(name) is not None}
        if "tags" in texts:
            texts["tags"] = ", ".join(dict.fromkeys(texts["tags"]))
        shares = {
            field: {entry[key]: bool(entry.get("can_edit")) for entry in options[option]}
            for option, (field, key) in SHARING.items()
            if options.get(option) is not None
        }
        return cls(
            options.get("identifier_code", ""),
            options.get("identifier", ""),
            options.get("state", "present") == "present",
            texts,
            shares,
            options.get("update", True),
            options.get("update_client_secret", "always") == "always",
            options.get("sharing", "replace"),
        )

    def differing(self, item: Item, *, unreadable: t.Container[str]) -> dict[str, str]:
        """Return the texts to write: those that differ from what is there, and those that cannot be compared."""
        return {
            name: wanted
            for name, wanted in self.texts.items()
            if (name != "client_secret" or self.update_client_secret)
            and (not is_same(name, getattr(item, name), wanted) or (name in unreadable and getattr(item, name)))
        }

    def changed_shares(self, item: Item) -> dict[str, Shares]:
        """Return the whole lists to write: those that differ from what is there."""
        wanted = {field: self.applied(field, getattr(item, field)) for field in self.shares}
        return {field: shares for field, shares in wanted.items() if shares != getattr(item, field)}

    def applied(self, field: str, there: Shares) -> dict[str, bool]:
        """Return the whole list that is wanted, by what is there."""
        wanted = self.shares[field]
        if self.sharing == "replace":
            return dict(wanted)
        if self.sharing == "add":
            return {**there, **wanted}
        return {name: right for name, right in there.items() if name not in wanted}

    def is_met(self, item: Item, *, was_created: bool = False) -> bool:
        """Whether an API secret is as wanted. White space around a text does not count: servers may remove it."""
        for name, wanted in self.texts.items():
            applies = name != "client_secret" or self.update_client_secret or was_created
            if applies and not is_same(name, getattr(item, name).strip(), wanted.strip()):
                return False
        return all(self.applied(field, getattr(item, field)) == getattr(item, field) for field in self.shares)


def is_same(name: str, one: str, other: str) -> bool:
    """Whether two values of a field mean the same."""
    if name == "tags":
        return tags_of(one) == tags_of(other)
    return one == other if name == "client_secret" else one.strip() == other.strip()
