# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A plain model of MySafe: what is stored, who may see and change it, and what each request does to it.

It is written from the API reference (sections 3 and 6), knows nothing of HTTP, and shares no code with the simulator or
the plugins. ``rules`` are the values of the simulator's switches: they decide what the reference leaves open.
"""

from __future__ import annotations

import dataclasses
import typing as t

Shares = t.Mapping[str, bool]

#: Of users without access keys, one is enough here.
USERS = frozenset({"alice", "bob", "carol", "dave", "guest-1"})
#: Group -> its members.
GROUPS = {"Platform": {"alice", "bob"}, "Security": {"carol"}, "Hidden": {"carol"}}
#: Group -> who may share with it; the others are visible to everybody.
VISIBLE_TO = {"Hidden": {"carol"}}
BASE = ("name", "url", "client_id")
TEXTS = (*BASE, "client_secret", "identifier_code", "method", "tags", "notes")


class RefusedError(Exception):
    """MySafe refuses a request, with one of its codes. Code 1001 has two meanings, which ``kind`` tells apart."""

    def __init__(self, code: int, kind: str) -> None:
        super().__init__(f"{code}: {kind}")
        self.code = code
        self.kind = kind


@dataclasses.dataclass(frozen=True)
class Item:
    """An API secret."""

    identifier: str
    owner: str
    name: str = ""
    url: str = ""
    client_id: str = ""
    client_secret: str = ""
    identifier_code: str = ""
    method: str = ""
    tags: str = ""
    notes: str = ""
    users: Shares = dataclasses.field(default_factory=dict)
    groups: Shares = dataclasses.field(default_factory=dict)
    active: bool = True
    can_view: bool = True
    need_approval: bool = False


class MySafe:
    """The API secrets, and the requests that read and change them."""

    def __init__(self, rules: t.Mapping[str, t.Any], items: t.Mapping[str, Item]) -> None:
        self.rules = rules
        self.items = dict(items)

    def copy(self) -> MySafe:
        """Return a vault with the same content, to try something on."""
        return MySafe(self.rules, self.items)

    # Who may do what (sections 2.6 and 3)

    def may_see(self, user: str, item: Item) -> bool:
        """Whether the user owns it, or it is shared with the user or a group of the user."""
        return item.owner == user or bool(self._grants(user, item))

    def may_edit(self, user: str, item: Item) -> bool:
        """Whether the user owns it, or may edit it by one of the shares."""
        return item.owner == user or any(self._grants(user, item))

    @staticmethod
    def _grants(user: str, item: Item) -> list[bool]:
        own = [right for name, right in item.users.items() if name == user]
        return own + [right for name, right in item.groups.items() if user in GROUPS.get(name, ())]

    # The requests (sections 3.1 to 3.6)

    def listed(self, user: str, *, code: str = "", tag: str = "") -> list[Item]:
        """Return what the list shows, with its filters."""
        return [
            item
            for item in self.items.values()
            if self.may_see(user, item)
            and (item.active or self.rules["list_inactive"])
            and (not code or self._code_matches(item.identifier_code, code))
            and (not tag or self._tag_matches(item.tags, tag))
        ]

    def _code_matches(self, code: str, wanted: str) -> bool:
        return {
            "exact": code == wanted,
            "contains": wanted in code,
            "prefix": code.startswith(wanted),
            "suffix": code.endswith(wanted),
            "case_insensitive": code.lower() == wanted.lower(),
            "ignored": True,
        }[self.rules["identifier_code_filter"]]

    def _tag_matches(self, tags: str, wanted: str) -> bool:
        each = tags_of(tags)
        return {
            "exact": wanted.lower() in {tag.lower() for tag in each},
            "case_sensitive": wanted in each,
            "contains": wanted.lower() in tags.lower(),
            "ignored": True,
        }[self.rules["tag_filter"]]

    def read(self, user: str, number: str) -> Item:
        """Return an API secret. An inactive one cannot be read."""
        item = self._known(number)
        refused = item.need_approval and self.rules["need_approval"] == "refused"
        if not self.may_see(user, item) or not item.can_view or refused:
            raise self._denied()
        if not item.active:
            raise RefusedError(1009, "inactive")
        return item

    def create(self, user: str, texts: t.Mapping[str, str], shares: t.Mapping[str, Shares]) -> tuple[Item, set[str]]:
        """Store a new API secret; return it, and with whom it could not be shared."""
        texts = self._stored(texts)
        required = (*BASE, "client_secret") if self.rules["client_secret_required"] else BASE
        if any(not texts.get(name) for name in required):
            raise RefusedError(1001, "missing_parameter")
        self._require_unique(user, texts.get("identifier_code", ""), "")
        number = str(1 + max(map(int, self.items), default=0))
        item, refused = self._shared(user, Item(number, user, **texts), shares)
        self.items[number] = item
        return item, refused

    def update(
        self, user: str, number: str, texts: t.Mapping[str, str], shares: t.Mapping[str, Shares]
    ) -> tuple[Item, set[str]]:
        """Change the given fields; return the API secret, and with whom it could not be shared."""
        item = self._editable(user, number)
        if not item.active and self.rules["update_inactive"] == "refused":
            raise RefusedError(1009, "inactive")
        texts = self._stored(texts)
        required = BASE if self.rules["update_requires_base_fields"] else [name for name in BASE if name in texts]
        if any(not texts.get(name) for name in required):
            raise RefusedError(1001, "missing_parameter")
        if "identifier_code" in texts:
            own = "" if self.rules["self_collision"] else number
            self._require_unique(item.owner, texts["identifier_code"], own)
        item, refused = self._shared(user, dataclasses.replace(item, **texts), shares)
        self.items[number] = item
        return item, refused

    def set_active(self, user: str, number: str, active: bool) -> None:
        """Activate or deactivate an API secret; it may be so already."""
        item = self._editable(user, number)
        self.items[number] = dataclasses.replace(item, active=active)

    def _known(self, number: str) -> Item:
        if number not in self.items:
            raise RefusedError(1005, "not_found")
        return self.items[number]

    def _editable(self, user: str, number: str) -> Item:
        item = self._known(number)
        if not self.may_edit(user, item):
            raise self._denied()
        return item

    def _denied(self) -> RefusedError:
        return (
            RefusedError(1005, "not_found")
            if self.rules["denied_code"] == 1005
            else RefusedError(1006, "access_denied")
        )

    def _stored(self, texts: t.Mapping[str, str]) -> dict[str, t.Any]:
        return {name: text.strip() if self.rules["trim_text"] else text for name, text in texts.items()}

    def _require_unique(self, owner: str, code: str, own: str) -> None:
        if not code or not self.rules["enforce_unique"]:
            return
        for item in self.items.values():
            counts = item.active or self.rules["duplicate_counts_inactive"]
            if item.owner == owner and item.identifier_code == code and item.identifier != own and counts:
                raise RefusedError(1001, "duplicate_identifier_code")

    def _shared(self, user: str, item: Item, shares: t.Mapping[str, Shares]) -> tuple[Item, set[str]]:
        """Replace the lists that are given; return the names that could not be added."""
        refused: set[str] = set()
        for field, wanted in shares.items():
            if not wanted and not self.rules["empty_array_clears_sharing"]:
                continue
            unknown = {name for name in wanted if not _is_visible(user, field, name)}
            owner = (
                {item.owner} & set(wanted) if field == "users" and self.rules["share_with_owner"] != "kept" else set()
            )
            refused |= unknown | (owner if self.rules["share_with_owner"] == "shared_error" else set())
            kept: dict[str, t.Any] = {
                field: {name: right for name, right in wanted.items() if name not in unknown | owner}
            }
            item = dataclasses.replace(item, **kept)
        return item, refused


def tags_of(tags: str) -> set[str]:
    """Return the tags in a text."""
    return {tag.strip() for tag in tags.split(",")} - {""}


def _is_visible(user: str, field: str, name: str) -> bool:
    if field == "users":
        return name in USERS
    return name in GROUPS and user in VISIBLE_TO.get(name, {user})
