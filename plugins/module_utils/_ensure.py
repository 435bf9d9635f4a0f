# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Makes one API secret be as described: find it, plan, carry the plan out, and know what was written whatever happens."""

from __future__ import annotations

import contextlib
import typing as t

from ._entity import SHARING_FIELDS, TEXT_FIELDS, Entity, looks_unreadable, same
from ._errors import MySafeError
from ._find import find
from ._http import Tries
from ._plan import Current, Plan, plan
from ._secrets import hidden_entity

if t.TYPE_CHECKING:
    from ._api_secrets import ApiSecrets
    from ._desired import Desired


class Outcome(t.NamedTuple):
    """What was done, or in check mode would be. The client secret in ``api_entity`` is hidden."""

    changed: bool
    action: str
    api_entity: Entity | None
    diff: dict[str, dict[str, t.Any]]
    warnings: tuple[str, ...] = ()


def ensure(api: ApiSecrets, desired: Desired, *, check_mode: bool = False) -> Outcome:
    """Make the API secret be as described, and return what was done.

    Raises MySafeError; where something was written before the failure, with ``changed`` and the ``api_entity``.
    """
    planned = plan(find(api, desired), desired)
    if check_mode:
        return _outcome([planned], planned.entity)
    return _carry_out(api, desired, planned)


def _carry_out(api: ApiSecrets, desired: Desired, planned: Plan) -> Outcome:
    if planned.action == "create":
        return _create(api, desired, planned)
    if planned.action == "update":
        return _outcome([planned], _update(api, planned))
    if planned.action == "activate":
        return _activate(api, desired, planned)
    if planned.action == "deactivate":
        return _deactivate(api, planned)
    return _outcome([planned], planned.entity)


def _outcome(plans: t.Sequence[Plan], entity: Entity | None) -> Outcome:
    """Sum up the plans that were carried out one after the other."""
    done = [planned for planned in plans if planned.action != "none"]
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    for planned in done:
        before.update(planned.before)
        after.update(planned.after)
    return Outcome(
        changed=bool(done),
        action="+".join(planned.action for planned in done) or "none",
        api_entity=hidden_entity(entity),
        diff={"before": before, "after": after},
        warnings=tuple(warning for planned in plans for warning in planned.warnings),
    )


# Creating is not idempotent on the server: it is never simply sent again.


def _create(api: ApiSecrets, desired: Desired, planned: Plan) -> Outcome:
    tries = Tries(api.client.retries)
    unanswered = False
    while True:
        try:
            answered = api.create(planned.body, desired.called)
        except MySafeError as error:
            if error.kind == "duplicate_identifier_code":
                return _converge(api, desired, error, planned if unanswered else None)
            if not error.maybe_applied and not unanswered:
                raise
            unanswered = True
            with _uncertain(error):
                current = find(api, desired)
            if current.identifier or current.obstacle:
                return _adopt(api, desired, current, planned)
            if not error.transient or not tries.another():
                error.message += "; it was looked up afterwards and was not there (yet): a further run finds out"
                raise
        else:
            return _outcome([planned], _settled(api, planned, answered, before=None))


def _converge(api: ApiSecrets, desired: Desired, refusal: MySafeError, ours: Plan | None) -> Outcome:
    """Go on with the secret that got the code first, be it of another play or of our own unanswered request."""
    tries = Tries(min(2, api.client.retries))  # the winner's write may not show yet, but will within a moment
    while True:
        current = find(api, desired)
        if current.identifier or current.obstacle:
            if ours is not None:
                return _adopt(api, desired, current, ours)
            return _carry_out(api, desired, plan(current, desired))
        if not tries.another():
            if ours is not None:
                raise _write_uncertain(
                    refusal,
                    "the answer to an earlier try was lost, so it may well be the API secret which that one created",
                    cause="MySafe does not list it for this access key, which may be limited to other items",
                    solution="look it up in MySafe, and address it by its number with the option identifier",
                )
            refusal.cause = "the code is taken by an API secret that MySafe does not list for this access key: most likely an inactive one"
            refusal.solution = "look it up in MySafe (with disabled items shown) and give its number as identifier, or choose another code"
            raise refusal


def _adopt(api: ApiSecrets, desired: Desired, current: Current, planned: Plan) -> Outcome:
    """Take a secret that was not there before our unanswered create as the one that we created."""
    with _written(current.entity):
        rest = plan(current, desired)
        outcome = _carry_out(api, desired, rest)
    if rest.action == "none":
        return _outcome([planned], current.entity)
    return outcome._replace(changed=True)


# Update, activate and deactivate are idempotent: they are repeated, and after a lost answer the vault itself is asked.


def _update(api: ApiSecrets, planned: Plan) -> Entity:
    entity = t.cast(Entity, planned.entity)
    identifier = entity["identifier"]
    before = {**entity, **planned.before}
    try:
        answered = api.update(identifier, planned.body)
    except MySafeError as error:
        if not error.maybe_applied:
            raise
        with _uncertain(error):
            answered = api.read(identifier)
            _require_readable(planned, answered)
        if _wrong_fields(planned, answered, read=True):
            error.changed = _differ(before, answered)
            error.api_entity = hidden_entity(answered)
            raise
        return answered
    return _settled(api, planned, answered, before)


def _activate(api: ApiSecrets, desired: Desired, planned: Plan) -> Outcome:
    identifier = t.cast(Entity, planned.entity)["identifier"]
    switched = _switch(api, identifier, active=True)
    with _written(None) if switched else contextlib.nullcontext():
        entity = api.read(identifier)
        is_another = not desired.identifier and entity["identifier_code"].strip() != desired.identifier_code
        if is_another and switched:
            api.deactivate(identifier)
    if is_another:
        raise _activated_another(desired, identifier)
    with _written(entity) if switched else contextlib.nullcontext():
        rest = plan(Current(identifier, entity=entity), desired)
        entity = _update(api, rest) if rest.action == "update" else entity
    return _outcome([planned if switched else Plan("none"), rest], entity)


def _deactivate(api: ApiSecrets, planned: Plan) -> Outcome:
    switched = _switch(api, t.cast(Entity, planned.entity)["identifier"], active=False)
    return _outcome([planned if switched else Plan("none")], planned.entity)


def _switch(api: ApiSecrets, identifier: str, *, active: bool) -> bool:
    """Activate or deactivate; return whether that changed anything."""
    try:
        return api.activate(identifier) if active else api.deactivate(identifier)
    except MySafeError as error:
        if not error.maybe_applied:
            raise
        with _uncertain(error):
            is_active = _is_active(api, identifier)
        if is_active is not active:
            raise
        return True


def _is_active(api: ApiSecrets, identifier: str) -> bool:
    try:
        api.read(identifier)
    except MySafeError as error:
        if error.kind != "inactive":
            raise
        return False
    return True


def _activated_another(desired: Desired, identifier: str) -> MySafeError:
    return MySafeError(
        "ambiguous",
        f"Could not find {desired.called}: the inactive one that MySafe lists for it, with identifier {identifier}, bears"
        " another code",
        cause="MySafe lists more than the code, and an inactive API secret shows its code only once it is active; this one"
        " was activated to look, and deactivated again",
        solution="address the API secret by its number with the option identifier",
    )


# What is known after a write.


def _settled(api: ApiSecrets, planned: Plan, answered: Entity, before: Entity | None) -> Entity:
    """Return what the vault holds after a write that it accepted.

    Raises MySafeError where it could not share with everyone, or does not hold what was written.
    """
    refused = answered["shared_error"]
    # Who could not be added is missing from the sharing anyway: that alone is no reason to read.
    ignored = set(SHARING_FIELDS if refused else ())
    read = False
    if set(_wrong_fields(planned, answered, read=False)) - ignored:
        # Documented answers to an update show the old values (v3.33 and v4, English): the vault has the last word.
        with _written(answered):
            seen = _read_if_allowed(api, answered)
        read = seen is not answered
        answered = {**seen, "shared_error": refused}
    wrong = [field for field in _wrong_fields(planned, answered, read=read) if field not in ignored]
    if refused:
        error = MySafeError(
            "sharing_incomplete",
            f"The API secret with identifier {answered['identifier']} was saved, but not shared with"
            f" {', '.join(_refused_name(entry) for entry in refused)}",
            cause="MySafe knows no such user or group, or the user of the access key may not see it",
            solution="correct users_allowed and groups_allowed; "
            + (
                f"these fields differ from the task too: {', '.join(wrong)}"
                if wrong
                else "the other fields are as described"
            ),
        )
    elif wrong:
        error = MySafeError(
            "not_applied",
            f"MySafe accepted the write, but the API secret with identifier {answered['identifier']} now differs from the"
            f" task in: {', '.join(wrong)}",
            cause="this version of MySafe ignores or rewrites what was sent in these fields",
            solution="compare the task with api_entity, and describe these fields as MySafe keeps them, or leave them out",
        )
    else:
        return answered
    rotated = "client_secret" in planned.before and "client_secret" not in wrong
    error.changed = before is None or _differ(before, answered) or rotated
    error.api_entity = hidden_entity(answered)
    raise error


def _wrong_fields(planned: Plan, answered: Entity, *, read: bool) -> list[str]:
    """Return the fields that are not as planned, as far as they can be compared.

    An answer to a write may leave the client secret out. Where it was ``read``, none means that there is none.
    """
    wrong = []
    for field, wanted in planned.body.items():
        found = answered[field]
        if _is_unreadable(field, answered):
            continue
        if field == "client_secret":
            if (found or read) and found.strip() != wanted.strip():
                wrong.append(field)
        elif not same(field, found, wanted):
            wrong.append(field)
    return wrong


def _is_unreadable(field: str, answered: Entity) -> bool:
    return field in ("client_secret", "notes") and looks_unreadable(answered[field])


def _require_readable(planned: Plan, answered: Entity) -> None:
    """Raise MySafeError where reading cannot tell whether a field was written."""
    unreadable = [field for field in planned.body if field in planned.after and _is_unreadable(field, answered)]
    if unreadable:
        raise MySafeError("write_uncertain", f"MySafe returns {' and '.join(unreadable)} encrypted or masked")


def _differ(before: Entity, after: Entity) -> bool:
    fields = [field for field in (*TEXT_FIELDS, *SHARING_FIELDS) if field != "client_secret"]
    return any(not same(field, before[field], after[field]) for field in fields)


def _refused_name(entry: t.Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    name = str(entry.get("username") or entry.get("name") or entry)
    return f"{name} ({entry['message']})" if entry.get("message") else name


def _read_if_allowed(api: ApiSecrets, answered: Entity) -> Entity:
    """Read what was just written. An access key that is limited to certain items may write what it may not read."""
    try:
        return api.read(answered["identifier"])
    except MySafeError as error:
        if error.kind != "access_denied":
            raise
        return answered


@contextlib.contextmanager
def _written(entity: Entity | None) -> t.Iterator[None]:
    """Mark failures inside as coming after a write, which left the entity as given (None: not known)."""
    try:
        yield
    except MySafeError as error:
        error.changed = True
        error.api_entity = error.api_entity or hidden_entity(entity)
        raise


@contextlib.contextmanager
def _uncertain(lost: MySafeError) -> t.Iterator[None]:
    """Turn a failure to look after a lost answer into the failure that says that nobody knows."""
    try:
        yield
    except MySafeError as error:
        raise _write_uncertain(
            lost,
            f"it may have been carried out nevertheless, and looking failed too: {error.message}",
            cause=lost.cause,
            solution="run the task again when MySafe can be reached: it finds what is there and does the rest",
        ) from error


def _write_uncertain(failure: MySafeError, doubt: str, *, cause: str, solution: str) -> MySafeError:
    """Make the failure that says that nobody knows whether a write was carried out."""
    uncertain = MySafeError(
        "write_uncertain",
        f"{failure.message}; {doubt}",
        cause=cause,
        solution=solution,
        code=failure.code,
        http_status=failure.http_status,
        request_id=failure.request_id,
    )
    uncertain.changed = True
    return uncertain
