# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The field table: all that the code knows about each field of an API secret is declared here, once.

Argument spec, wishes, comparison, hiding, diff, and what an update always sends follow from ``FIELDS``. The names and
their order are those of the answer to a create (vendor page "Create API secret").
"""

from __future__ import annotations

import re
import typing as t

from .._mysafe.answer import flag, is_flag
from .options import invalid
from .texts import as_text, named_type

#: What Ansible takes for true and for false.
_TRUE = frozenset({"y", "yes", "on", "1", "true", "t", "1.0"})
_FALSE = frozenset({"n", "no", "off", "0", "false", "f", "0.0"})
#: What the option ``sharing`` makes of the lists of users and groups.
REPLACE, ADD, REMOVE = "replace", "add", "remove"
#: What can be RSA ciphertext: base64 of exactly 256, 384 or 512 bytes, for keys of 2048, 3072 and 4096 bits.
_CIPHERTEXT = "[A-Za-z0-9+/]{342}==|[A-Za-z0-9+/]{512}|[A-Za-z0-9+/]{683}="
_CIPHERTEXT_LENGTHS = (344, 512, 684)


def is_text(raw: t.Any) -> bool:
    """Whether an answer has a text: some versions return one of digits as a number."""
    return isinstance(raw, (str, int)) and not isinstance(raw, bool)


class Field:
    """One field of an API secret: a text, unless a subclass says otherwise.

    ``required``: MySafe needs it to create and never lets it be empty. ``secret``: its value must not be shown.
    ``encryptable``: an access key with "Encryption of sensitive data" may get it encrypted, and some versions masked.
    ``stripped``: white space around it is dropped before it is sent.
    """

    #: The value that stands for "nothing", and is not sent to create.
    empty: t.ClassVar[t.Any] = ""

    def __init__(
        self,
        name: str,
        *,
        required: bool = False,
        secret: bool = False,
        encryptable: bool = False,
        stripped: bool = False,
    ) -> None:
        self.name = name
        self.required = required
        self.secret = secret
        self.encryptable = encryptable
        self._stripped = stripped

    @property
    def spec(self) -> dict[str, t.Any]:
        """The argument spec of the option."""
        return {"type": "str", "no_log": True} if self.secret else {"type": "str"}

    def normal(self, value: t.Any) -> t.Any:
        """Return what a task gives in the type of the option. Raises MySafeError (kind ``invalid_input``)."""
        return as_text(self.name, value, is_secret=self.secret)

    def wish(self, value: t.Any) -> t.Any:
        """Return what a task gives as the API takes it. Raises MySafeError (kind ``invalid_input``)."""
        text = self.normal(value)
        if self.required and not text.strip():
            raise invalid(
                self.name, "it is empty, and MySafe requires a value", "give a value, or leave the option out"
            )
        return text.strip() if self._stripped else text

    def is_documented(self, raw: t.Any) -> bool:
        """Whether an answer has the field in a type that the API documents: only that is brought into the one shape."""
        return raw is None or is_text(raw)

    def shaped(self, raw: t.Any) -> t.Any:
        """Return what any endpoint answers in the one shape."""
        return "" if raw is None else str(raw)

    def comparable(self, value: t.Any) -> t.Any:
        """Return a value such that two values are equal exactly when they mean the same.

        White space around a text means nothing, as servers may trim it; around a secret it does.
        """
        return self.shaped(value) if self.secret else self.shaped(value).strip()

    def same(self, one: t.Any, other: t.Any) -> bool:
        """Whether two values mean the same."""
        return bool(self.comparable(one) == self.comparable(other))

    def is_stored(self, found: t.Any, wanted: t.Any) -> bool:
        """Whether what the vault holds is what was written, as far as a server that trims texts can hold it."""
        return self.same(found, wanted) or (self.secret and self.shaped(found).strip() == self.shaped(wanted).strip())

    def is_unreadable(self, value: t.Any) -> bool:
        """Whether a value that was read is not the value itself: asterisks, or what looks like RSA ciphertext.

        Nothing in the answer marks ciphertext: it is base64 of the size of the access key's RSA key.
        """
        if not self.encryptable or not value:
            return False
        return not value.strip("*") or self.is_ciphertext(value)

    def is_ciphertext(self, value: t.Any) -> bool:
        """Whether a value that was read can be RSA ciphertext."""
        if not self.encryptable or len(value or "") not in _CIPHERTEXT_LENGTHS:
            return False  # hardly any value gets further, and the pattern takes time to compile
        return re.fullmatch(_CIPHERTEXT, value) is not None

    def without(self, value: t.Any, names: t.Container[str]) -> t.Any:  # noqa: ARG002 - only sharing has names
        """Return the value without the named users or groups."""
        return value

    def applied(self, wish: t.Any, known: t.Any, mode: str) -> t.Any:  # noqa: ARG002 - only sharing has modes
        """Return the value that a wish makes of what is known; ``mode`` is the option ``sharing``."""
        return wish


class Tags(Field):
    """Tags: the task gives a list, MySafe keeps one text that is separated by commas."""

    @property
    def spec(self) -> dict[str, t.Any]:
        """The argument spec of the option."""
        return {"type": "list", "elements": "str"}

    def normal(self, value: t.Any) -> list[str]:
        """Return a list of texts; a text is a list separated by commas. Raises MySafeError (kind ``invalid_input``)."""
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list):
            raise invalid(self.name, f"it is {named_type(value)}, not a list", "give a list of texts")
        tags = [as_text(self.name, tag) for tag in value]
        if any(len(tag.strip().splitlines()) > 1 for tag in tags):
            raise invalid(self.name, "a tag contains a line break", "give each tag as an entry of its own")
        return tags

    def wish(self, value: t.Any) -> str:
        """Return the tags as one text, each once. Raises MySafeError (kind ``invalid_input``)."""
        wanted: list[str] = []
        for tag in (tag.strip() for tag in self.normal(value)):
            if "," in tag:
                raise invalid(
                    self.name,
                    "a tag contains a comma, with which MySafe separates tags",
                    "write it as two tags",
                )
            if tag and tag not in wanted:
                wanted.append(tag)
        return self.shaped(wanted)

    def is_documented(self, raw: t.Any) -> bool:
        """Whether an answer has tags: a text, or a list of texts."""
        return all(map(is_text, raw)) if isinstance(raw, list) else super().is_documented(raw)

    def shaped(self, raw: t.Any) -> str:
        """Return tags as MySafe keeps them."""
        return ", ".join(map(str, raw)) if isinstance(raw, list) else super().shaped(raw)

    def comparable(self, value: t.Any) -> frozenset[str]:
        """Return the set of tags: their order and the white space around them mean nothing."""
        return frozenset(tag.strip() for tag in self.shaped(value).split(",")) - {""}


class Sharing(Field):
    """With whom an API secret is shared: a list of objects, each with a name under ``key`` and ``can_edit``."""

    empty: t.ClassVar[t.Any] = []

    def __init__(self, name: str, key: str) -> None:
        super().__init__(name)
        self.key = key

    @property
    def spec(self) -> dict[str, t.Any]:
        """The argument spec of the option."""
        options = {self.key: {"type": "str", "required": True}, "can_edit": {"type": "bool", "default": False}}
        return {"type": "list", "elements": "dict", "options": options}

    def normal(self, value: t.Any) -> list[dict[str, t.Any]]:
        """Return a list of objects; a plain name may only view, and an empty text is an empty list.

        Raises MySafeError (kind ``invalid_input``).
        """
        if isinstance(value, str) and not value.strip():
            return []
        if not isinstance(value, list):
            raise invalid(
                self.name, f"it is {named_type(value)}, not a list", f"give a list of {self.key} and can_edit"
            )
        return [self._entry(f"entry {number}", share) for number, share in enumerate(value, 1)]

    def _entry(self, place: str, share: t.Any) -> dict[str, t.Any]:
        if not isinstance(share, dict):
            return {self.key: as_text(f"{self.name} ({place})", share), "can_edit": False}
        unknown = sorted(set(share) - {self.key, "can_edit"})
        if unknown:
            raise invalid(
                self.name, f"{place} has the unknown key {', '.join(unknown)}", f"give {self.key} and can_edit only"
            )
        if share.get(self.key) is None:
            raise invalid(self.name, f"{place} has no {self.key}", f"give a {self.key}, or remove the entry")
        can_edit = share.get("can_edit")
        if can_edit is not None and str(can_edit).strip().lower() not in _TRUE | _FALSE:
            raise invalid(self.name, f"can_edit of {place} is neither true nor false", "give true or false")
        return {
            self.key: as_text(f"{self.name} ({place})", share[self.key]),
            "can_edit": str(can_edit).strip().lower() in _TRUE,
        }

    def wish(self, value: t.Any) -> list[dict[str, t.Any]]:
        """Return the list that the API takes, each name once. Raises MySafeError (kind ``invalid_input``)."""
        rights: dict[str, bool] = {}
        for number, share in enumerate(self.normal(value), 1):
            name = share[self.key].strip()
            if not name:
                raise invalid(self.name, f"entry {number} has no {self.key}", f"give a {self.key}, or remove the entry")
            if rights.setdefault(name, share["can_edit"]) != share["can_edit"]:
                raise invalid(
                    self.name, f"entry {number} repeats an earlier {self.key} with another can_edit", "list each once"
                )
        return [{self.key: name, "can_edit": can_edit} for name, can_edit in rights.items()]

    def is_documented(self, raw: t.Any) -> bool:
        """Whether an answer has a list of objects, each with a name and a right."""
        return isinstance(raw, list) and all(
            isinstance(share, dict)
            and is_text(share.get("username") or share.get("name"))
            and is_flag(share.get("can_edit"))
            for share in raw
        )

    def shaped(self, raw: t.Any) -> list[dict[str, t.Any]]:
        """Return the list in the one shape. A read names users by ``name``, everything else by ``username``."""
        return [
            {
                self.key: super(Sharing, self).shaped(share.get("username") or share.get("name")),
                "can_edit": flag(share.get("can_edit")),
            }
            for share in (raw if isinstance(raw, list) else [])
            if isinstance(share, dict)
        ]

    def comparable(self, value: t.Any) -> dict[str, bool]:
        """Return the right of each name: the order means nothing."""
        return {share[self.key]: share["can_edit"] for share in value or []}

    def without(self, value: t.Any, names: t.Container[str]) -> t.Any:
        """Return the list without the named users or groups."""
        return [share for share in value if share[self.key] not in names]

    def touched(self, known: t.Any, wanted: t.Any) -> dict[str, bool | None]:
        """Return the names whose right differs between two lists, with that of the second; None for no share."""
        before, after = self.comparable(known), self.comparable(wanted)
        return {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}

    def applied(self, wish: t.Any, known: t.Any, mode: str) -> t.Any:
        """Return the whole list: the wish itself, or what is known with it, or without those that it names."""
        if mode == REPLACE:
            return wish
        rights, wanted = self.comparable(known), self.comparable(wish)
        if mode == REMOVE:
            return self.without(known or [], wanted)
        return [{self.key: name, "can_edit": can_edit} for name, can_edit in {**rights, **wanted}.items()]


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", required=True),
        Field("url", required=True),
        Field("client_secret", secret=True, encryptable=True),
        Field("client_id", required=True),
        Field("identifier_code", stripped=True),
        Field("method"),
        Tags("tags"),
        Field("notes", encryptable=True),
        Sharing("users_allowed", "username"),
        Sharing("groups_allowed", "name"),
    )
}
#: What MySafe needs to create, and what an update always sends: the pages of v3.33 and v4 contradict each other on
#: whether an update may leave it out.
REQUIRED = tuple(name for name, field in FIELDS.items() if field.required)
SECRET = tuple(name for name, field in FIELDS.items() if field.secret)
ENCRYPTABLE = tuple(name for name, field in FIELDS.items() if field.encryptable)
SHARING = tuple(name for name, field in FIELDS.items() if isinstance(field, Sharing))
