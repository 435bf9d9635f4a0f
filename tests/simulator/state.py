# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The vault of one tenant: API secrets, who may see them, and the rules for changing them, without any HTTP.

Each method runs to its end without waiting, so it is atomic. The order of the checks is marked [A] in section 6 of
the API reference.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

if t.TYPE_CHECKING:
    from .access_keys import AccessKey
    from .switches import Switches

TEXT_FIELDS = ("name", "url", "client_id", "client_secret", "identifier_code", "method", "tags", "notes")
# In the order in which missing ones are reported (V40 create page).
BASE_FIELDS = ("name", "url", "client_id")


class Reason(enum.Enum):
    """Why the vault refuses a request."""

    NOT_INFORMED = "a required parameter is missing"
    DUPLICATE = "another secret of this owner has the identifier code"
    NOT_FOUND = "no such secret"
    NO_ACCESS = "the user may not do this with the secret"
    INACTIVE = "the secret is inactive"
    UNEXPECTED_TYPE = "the identifier is not a number"


class RefusedError(Exception):
    """The vault refuses a request."""

    def __init__(self, reason: Reason, parameter: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.parameter = parameter


@dataclasses.dataclass
class Group:
    """A user group. `visible_to` names the users who may share with it; None means everybody."""

    name: str
    members: frozenset[str]
    visible_to: frozenset[str] | None = None


@dataclasses.dataclass
class Secret:
    """An API secret as stored."""

    identifier: int
    owner: str
    name: str = ""
    url: str = ""
    client_id: str = ""
    client_secret: str = ""
    identifier_code: str = ""
    method: str = ""
    tags: str = ""
    notes: str = ""
    users: dict[str, bool] = dataclasses.field(default_factory=dict)
    groups: dict[str, bool] = dataclasses.field(default_factory=dict)
    active: bool = True
    need_justify: bool = False
    need_approval: bool = False
    can_view: bool = True
    # How many "View" events the audit has, and how many notices of sharing went out (e-mails from v4.0 on, section 5).
    views: int = 0
    share_notices: int = 0


@dataclasses.dataclass
class Share:
    """An entry of users_allowed or groups_allowed."""

    name: str
    can_edit: bool = False


@dataclasses.dataclass
class Changes:
    """The changes that a request asks for. A text of None is a JSON null; sharing of None was left out."""

    texts: dict[str, str | None] = dataclasses.field(default_factory=dict)
    users: list[Share] | None = None
    groups: list[Share] | None = None


class ShareProblem(enum.Enum):
    """Why a sharing entry was not applied."""

    USER = "unknown user"
    GROUP = "unknown group, or one that the caller does not see"
    OWNER = "the user owns the secret"


@dataclasses.dataclass
class ShareError:
    """A sharing entry that was not applied."""

    problem: ShareProblem
    name: str


@dataclasses.dataclass
class Written:
    """The outcome of a create or an update."""

    before: Secret | None
    after: Secret
    errors: list[ShareError]


class Vault:
    """The API secrets of one tenant."""

    def __init__(self, switches: Switches, users: t.Iterable[str], groups: t.Iterable[Group]) -> None:
        self.switches = switches
        self.users = frozenset(users)
        self.groups = {group.name: group for group in groups}
        self.secrets: dict[int, Secret] = {}
        # Code -> the identifiers of the secrets that have it now or had it before.
        self._by_code: dict[str, set[int]] = {}
        # Counts every write, even one that changes nothing: the audit would record it as a change.
        self.writes = 0
        self._last_identifier = 0

    def listing(self, key: AccessKey, filters: dict[str, str]) -> list[tuple[Secret, bool]]:
        """Return the secrets that the caller sees, each with the right to edit it. Unknown filters are ignored [A]."""
        rows = []
        for secret in self._listed_for(filters.get("identifier_code", "")):
            sees, edits = self._rights(secret, key)
            if sees and (secret.active or self.switches.list_inactive) and self._matches(secret, filters):
                rows.append((secret, edits))
        return rows

    def _listed_for(self, code: str) -> t.Iterable[Secret]:
        """Return the secrets among which are all that the filter for a code lets pass, in their order."""
        if code and self.switches.identifier_code_filter == "exact":
            return self._with_code(code)
        return self.secrets.values()

    def _with_code(self, code: str) -> list[Secret]:
        found = [self.secrets[number] for number in sorted(self._by_code.get(code, ()))]
        return [secret for secret in found if secret.identifier_code == code]

    def read(self, key: AccessKey, identifier: str) -> Secret:
        """Return a secret with its values, and count a view."""
        secret = self._find(identifier)
        sees, _ignored = self._rights(secret, key)
        needs = secret.need_approval and self.switches.need_approval == "refused"
        if not sees or not secret.can_view or needs:
            raise RefusedError(Reason.NO_ACCESS)
        if not secret.active:
            raise RefusedError(Reason.INACTIVE)
        secret.views += 1
        return secret

    def create(self, key: AccessKey, changes: Changes, accept: t.Callable[[Secret], t.Any]) -> Written:
        """Store a new secret, owned by the caller. `accept` can still refuse it by raising an exception."""
        texts = self._texts(changes)
        required = BASE_FIELDS + (("client_secret",) if self.switches.client_secret_required else ())
        self._require(texts, required)
        self._require_unique(key.user, texts.get("identifier_code", ""), None)
        secret = _with_texts(Secret(self.next_identifier(), key.user), texts)
        errors = self._share(secret, key, changes)
        accept(secret)
        self.insert(secret)
        return Written(None, secret, errors)

    def insert(self, secret: Secret) -> None:
        """Store a secret as given."""
        self._last_identifier = max(self._last_identifier, secret.identifier)
        self._keep(secret)
        self.writes += 1

    def _keep(self, secret: Secret) -> None:
        self.secrets[secret.identifier] = secret
        self._by_code.setdefault(secret.identifier_code, set()).add(secret.identifier)

    def next_identifier(self) -> int:
        """Return the identifier of the next new secret."""
        return self._last_identifier + 1

    def update(self, key: AccessKey, identifier: str, changes: Changes, accept: t.Callable[[Secret], t.Any]) -> Written:
        """Merge the changes into a secret. A sharing array replaces the present one."""
        before = self._find_to_edit(key, identifier)
        if not before.active and self.switches.update_inactive == "refused":
            raise RefusedError(Reason.INACTIVE)
        texts = self._texts(changes)
        if self.switches.update_requires_base_fields:
            self._require(texts, BASE_FIELDS)
        # Assumption: a field that create requires cannot be cleared.
        self._require(texts, [name for name in BASE_FIELDS if name in texts])
        if "identifier_code" in texts:
            # Unique among the owner's secrets, whoever edits: "of this user" (V40 create page).
            self._require_unique(before.owner, texts["identifier_code"], before)
        after = dataclasses.replace(before, users=dict(before.users), groups=dict(before.groups))
        _with_texts(after, texts)
        errors = self._share(after, key, changes)
        accept(after)
        self._keep(after)
        self.writes += 1
        return Written(before, after, errors)

    def set_active(self, key: AccessKey, identifier: str, active: bool) -> bool:
        """Activate or deactivate a secret. Return whether that changed anything."""
        secret = self._find_to_edit(key, identifier)
        if secret.active == active:
            return False
        secret.active = active
        self.writes += 1
        return True

    def _find(self, identifier: str) -> Secret:
        if not (identifier.isascii() and identifier.isdigit()):
            raise RefusedError(Reason.UNEXPECTED_TYPE)
        # No identifier is longer, and Python refuses to convert much longer ones.
        secret = self.secrets.get(int(identifier)) if len(identifier) < 20 else None
        if secret is None:
            raise RefusedError(Reason.NOT_FOUND)
        return secret

    def _find_to_edit(self, key: AccessKey, identifier: str) -> Secret:
        secret = self._find(identifier)
        if not self._rights(secret, key)[1]:
            raise RefusedError(Reason.NO_ACCESS)
        return secret

    def _rights(self, secret: Secret, key: AccessKey) -> tuple[bool, bool]:
        if key.items is not None and secret.identifier not in key.items:
            return False, False
        if secret.owner == key.user:
            return True, True
        grants = [secret.users[key.user]] if key.user in secret.users else []
        for name, can_edit in secret.groups.items():
            if name in self.groups and key.user in self.groups[name].members:
                grants.append(can_edit)
        return bool(grants), any(grants)

    def _matches(self, secret: Secret, filters: dict[str, str]) -> bool:
        code = filters.get("identifier_code", "")
        tag = filters.get("tag", "")
        # Assumption: an empty filter counts as none.
        return (not code or _code_matches(self.switches.identifier_code_filter, secret.identifier_code, code)) and (
            not tag or _tag_matches(self.switches.tag_filter, secret.tags, tag)
        )

    def _texts(self, changes: Changes) -> dict[str, str]:
        texts = {}
        for name, text in changes.texts.items():
            if text is None and self.switches.null_on_update == "keeps":
                continue
            texts[name] = (text or "").strip() if self.switches.trim_text else text or ""
        return texts

    @staticmethod
    def _require(texts: dict[str, str], names: t.Iterable[str]) -> None:
        for name in names:
            if not texts.get(name):
                raise RefusedError(Reason.NOT_INFORMED, name)

    def _require_unique(self, owner: str, code: str, own: Secret | None) -> None:
        if not code or not self.switches.enforce_unique:
            return
        for secret in self._with_code(code):
            if secret.owner != owner:
                continue
            if own is not None and secret.identifier == own.identifier and not self.switches.self_collision:
                continue
            if secret.active or self.switches.duplicate_counts_inactive:
                raise RefusedError(Reason.DUPLICATE)

    def _share(self, secret: Secret, key: AccessKey, changes: Changes) -> list[ShareError]:
        errors: list[ShareError] = []
        if changes.users is not None and (changes.users or self.switches.empty_array_clears_sharing):
            secret.users = self._shared_users(secret, changes.users, errors)
            secret.share_notices += bool(secret.users)
        if changes.groups is not None and (changes.groups or self.switches.empty_array_clears_sharing):
            secret.groups = self._shared_groups(key, changes.groups, errors)
            secret.share_notices += bool(secret.groups)
        return errors

    def _shared_users(self, secret: Secret, shares: list[Share], errors: list[ShareError]) -> dict[str, bool]:
        users = {}
        for share in shares:
            if share.name not in self.users:
                errors.append(ShareError(ShareProblem.USER, share.name))
            elif share.name == secret.owner and self.switches.share_with_owner != "kept":
                if self.switches.share_with_owner == "shared_error":
                    errors.append(ShareError(ShareProblem.OWNER, share.name))
            else:
                users[share.name] = share.can_edit
        return users

    def _shared_groups(self, key: AccessKey, shares: list[Share], errors: list[ShareError]) -> dict[str, bool]:
        groups = {}
        for share in shares:
            group = self.groups.get(share.name)
            if group is None or (group.visible_to is not None and key.user not in group.visible_to):
                errors.append(ShareError(ShareProblem.GROUP, share.name))
            else:
                groups[share.name] = share.can_edit
        return groups


def _with_texts(secret: Secret, texts: dict[str, str]) -> Secret:
    for name, text in texts.items():
        setattr(secret, name, text)
    return secret


def _code_matches(rule: str, code: str, wanted: str) -> bool:
    if rule == "contains":
        return wanted in code
    if rule == "prefix":
        return code.startswith(wanted)
    if rule == "suffix":
        return code.endswith(wanted)
    if rule == "case_insensitive":
        return code.lower() == wanted.lower()
    return rule == "ignored" or code == wanted


def _tag_matches(rule: str, tags: str, wanted: str) -> bool:
    parts = [tag.strip() for tag in tags.split(",")]
    if rule == "case_sensitive":
        return wanted in parts
    if rule == "contains":
        return wanted.lower() in tags.lower()
    return rule == "ignored" or wanted.lower() in [part.lower() for part in parts]
