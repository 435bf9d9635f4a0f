# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What a task with a list does to the model, and how it ends: each item by itself, then what is unlisted."""

from __future__ import annotations

import dataclasses
import typing as t

from .expected import Caller, Expected, FailedError, ensure, find
from .mysafe import Item, MySafe, RefusedError, tags_of
from .wish import Options, Wish


@dataclasses.dataclass
class ListWish:
    """What a task with a list asks for."""

    items: list[Wish]
    tag: str = ""
    unlisted: str = "ignore"
    update: bool = True
    stops: bool = False

    @classmethod
    def of(cls, options: Options) -> ListWish:
        """Return what the options of a task ask for."""
        policy = {name: options[name] for name in ("update", "update_client_secret", "sharing") if name in options}
        client_secrets = options.get("client_secrets") or {}
        items = []
        for item in options["api_secrets"]:
            code = item.get("identifier_code", "")
            given = {"client_secret": client_secrets[code]} if code in client_secrets else {}
            items.append(Wish.of({**item, **given, **policy}))
        return cls(
            items,
            options.get("tag", ""),
            options.get("unlisted", "ignore"),
            options.get("update", True),
            options.get("on_error") == "stop",
        )

    @property
    def is_usable(self) -> bool:
        """Whether the list can be used as a whole."""
        for values in ([item.code for item in self.items], [item.number for item in self.items]):
            given = [value for value in values if value]
            if len(set(given)) < len(given):
                return False
        if self.unlisted != "ignore" and not self.tag:
            return False
        return bool(self.items) or self.unlisted != "deactivate"


@dataclasses.dataclass
class Unlisted:
    """An API secret with the tag that is not in the list."""

    item: Item
    can_write: bool
    is_read: bool
    action: str = "none"


@dataclasses.dataclass
class ExpectedList:
    """How a task ends: each item of the list, and what is unlisted."""

    vault: MySafe
    items: list[Expected]
    unlisted: list[Unlisted]

    @property
    def kind(self) -> str:
        """The kind of the task's error; empty: none."""
        return "items_failed" if any(item.kind for item in self.items) else ""

    @property
    def changed(self) -> bool:
        """Whether the task reports a change."""
        return any(item.changed for item in self.items) or any(one.action != "none" for one in self.unlisted)

    @property
    def summary(self) -> dict[str, int]:
        """The counts that the task reports."""
        words = {"create": "created", "update": "updated", "activate": "activated", "deactivate": "deactivated"}
        counts = dict.fromkeys(("unchanged", *words.values(), "failed", "untried"), 0)
        for item in self.items:
            if item.kind:
                counts["untried" if item.kind == "not_tried" else "failed"] += 1
            else:
                counts[words.get(item.action.partition("+")[0], "unchanged")] += 1
        for one in self.unlisted:
            counts["deactivated"] += one.action == "deactivate"
        return {"total": len(self.items), **counts, "unlisted": len(self.unlisted)}


def ensure_list(vault: MySafe, caller: Caller, wish: ListWish, *, check: bool) -> ExpectedList:
    """Return how the list module ends. The vault is left as it is."""
    vault = vault.copy()
    ended: dict[int, Expected] = {}
    taken: dict[str, int] = {}
    # By code first: then it is known which numbers those have.
    for place in sorted(range(len(wish.items)), key=lambda place: bool(wish.items[place].number)):
        if wish.stops and any(item.kind for item in ended.values()):
            ended[place] = Expected(vault, kind="not_tried")
            continue
        second = _second(vault, caller, wish.items, place, taken)
        item = ended[place] = second or ensure(vault, caller, wish.items[place], check=check)
        vault = item.vault
        if item.number and not second:
            taken.setdefault(item.number, place)
    items = [ended[place] for place in range(len(wish.items))]
    unlisted: list[Unlisted] = []
    if wish.unlisted != "ignore":
        vault = vault.copy()
        numbers = {item.number for item in items} | {one.number for one in wish.items}
        unlisted = _unlisted(vault, caller.user, wish, numbers)
        if wish.unlisted == "deactivate" and wish.update and not any(item.kind for item in items):
            for one in unlisted:
                if one.can_write and one.is_read:
                    one.action = "deactivate"
                    if not check:
                        vault.set_active(caller.user, one.item.identifier, False)
    return ExpectedList(vault, items, unlisted)


def _second(
    vault: MySafe, caller: Caller, wishes: t.Sequence[Wish], place: int, taken: t.Mapping[str, int]
) -> Expected | None:
    """Return how an item fails that describes the same API secret as an earlier one; None where it does not."""
    found = _found(vault, caller.user, wishes[place])
    if not found:
        return None
    earlier = [other for other in range(place) if wishes[other].number == found]
    if not earlier and taken.get(found, place) == place:
        return None
    return Expected(vault, number=found, kind="invalid_input")


def _found(vault: MySafe, user: str, wish: Wish) -> str:
    """Return the number of what a task means; empty where it means nothing, or nothing clear."""
    try:
        return find(vault, user, wish).number
    except FailedError:
        return ""


def _unlisted(vault: MySafe, user: str, wish: ListWish, numbers: t.Container[str]) -> list[Unlisted]:
    codes = {item.code for item in wish.items if item.code}
    unlisted = []
    for item in vault.listed(user, tag=wish.tag):
        if item.identifier in numbers:
            continue
        can_write = vault.may_edit(user, item)
        try:
            vault.read(user, item.identifier)
        except RefusedError as refusal:
            if refusal.code != 1009:
                unlisted.append(Unlisted(item, can_write, is_read=False))
        else:
            if wish.tag in tags_of(item.tags) and item.identifier_code not in codes:
                unlisted.append(Unlisted(item, can_write, is_read=True))
    return unlisted
