# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What holds after every cell of the matrix: one function for each invariant, which returns how it is violated."""

from __future__ import annotations

import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

from wire.support import HIDDEN, holds

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Kind
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.retry import LONGEST_WAIT

from .faults import ONCE
from .operations import INFO, LOOKUP, NUMBER

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .matrix import Seen
    from .tasks import Values, Vault

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{20}")
_KINDS = {kind.value for kind in Kind}
#: How many requests a request may become, besides its repetitions: a new login, a look, a probe.
_MOST_REQUESTS = 3
#: How long, in seconds, a task without retries may wait: for others that change a list at the same time.
_MOST_WAITS = 40
#: What is no part of what an API secret is: that it was looked at, and how often others were told of it.
_BESIDES = ("views", "share_notices")


def never_a_second_secret(seen: Seen) -> Iterator[str]:
    """There are never two API secrets with one code; nothing is deleted, so the end shows it."""
    for code in seen.operation.wanted:
        count = len(_with_code(seen.later, code))
        if count > 1:
            yield f"{count} API secrets have the code {code}"


def nothing_else_is_touched(seen: Seen) -> Iterator[str]:
    """No other secret is ever written to: not even with what it holds, and not only for a moment."""
    own = {number for number in seen.later if number not in seen.faulted.before or int(number) >= int(NUMBER)}
    for row in seen.rows:
        number = row["path"].rpartition("/")[2]
        if row["wrote"] and number.isdigit() and number not in own:
            yield f"{row['method']} {row['path']} was applied"
    for number, secret in seen.faulted.before.items():
        if number not in own and plain(seen.later[number]) != plain(secret):
            yield f"the secret {number} of others differs"
    created = {secret["identifier_code"] for number, secret in seen.later.items() if number not in seen.faulted.before}
    if not created <= {code for code, stored in seen.operation.wanted.items() if stored is not None}:
        yield f"created: {', '.join(created)}"


def changed_is_true(seen: Seen) -> Iterator[str]:
    """On success ``changed`` says exactly whether the vault moved.

    On failure it is true if the vault moved, or does so after the task has ended. It may be true without that only where the
    failure says that it is unknown (``write_uncertain``).
    """
    if seen.operation.check:
        return
    done = seen.faulted.done
    yield from _changed_is_wrong(seen, done.values, set(seen.later), uncertain=done.is_uncertain)
    if done.is_about_several:
        for part in done.parts:
            uncertain = part.get("error", {}).get("kind") == "write_uncertain"
            for told in _changed_is_wrong(seen, part, _numbers(part, seen), uncertain=uncertain):
                yield f"{part.get('identifier_code')}: {told}"


def _changed_is_wrong(seen: Seen, part: Values, numbers: set[str], *, uncertain: bool) -> Iterator[str]:
    moved = _has_moved(seen.faulted.before, seen.faulted.after, numbers)
    moved_later = _has_moved(seen.faulted.before, seen.later, numbers)
    if not part["changed"] and (moved or moved_later):
        yield f"changed is false, but the vault moved{'' if moved else ' after the task had ended'}"
    if part["changed"] and not (moved or uncertain):
        yield "changed is true, but nothing was"


def success_means_wanted(seen: Seen) -> Iterator[str]:
    """Where a task, or an item of its list, succeeds, the vault holds what was wanted, also when all that is late has come.

    An unlisted API secret that could not be read is left alone and has an ``error``, which fails nothing.
    """
    if seen.operation.check or not seen.operation.writes:
        return
    done = seen.faulted.done
    if done.failed:
        parts = [part for part in done.values.get("results", []) if "error" not in part]
        codes = {seen.later[number]["identifier_code"] for part in parts for number in _numbers(part, seen)}
    else:
        parts = [part for part in done.parts if "error" in part]
        left = {seen.later[number]["identifier_code"] for part in parts for number in _numbers(part, seen)}
        codes = set(seen.operation.wanted) - left
    for code in codes & set(seen.operation.wanted):
        if not is_as_wanted(seen.later, code, seen.operation.wanted[code]):
            yield f"a success, but {code} is not as wanted"


def api_entity_is_the_vaults(seen: Seen) -> Iterator[str]:
    """``api_entity`` is what the vault holds. After a failure, what is not known is null; so is an inactive secret's."""
    if seen.operation.check:
        return
    for part in seen.faulted.done.parts:
        entity = part.get("api_entity")
        if not entity:
            continue
        stored = seen.faulted.after.get(entity["identifier"])
        if stored is None:
            yield f"api_entity has the number {entity['identifier']}, which there is not"
            continue
        known = {
            field: _comparable(field, value)
            for field, value in entity.items()
            if value is not None or not ("error" in part or not stored["active"])
        }
        for field, value in known.items():
            expected = _comparable(field, _stored(field, stored))
            if value != expected:
                yield f"api_entity.{field} is {value!r}, not {expected!r}"


def check_mode_predicts(seen: Seen) -> Iterator[str]:
    """Check mode writes nothing, and returns what it returns without the fault, or fails.

    An unlisted API secret that could not be read has an ``error``, and nothing is foretold of it.
    """
    if not seen.operation.check:
        return
    done = seen.faulted.done
    wrote = [row["path"] for row in seen.rows if row["method"] != "GET" and not row["path"].endswith("/oauth2/token")]
    if wrote:
        yield f"check mode sent {', '.join(wrote)}"
    if done.failed and done.values["changed"] and not (done.is_about_several and any(p["changed"] for p in done.parts)):
        yield "check mode failed, and foretells a change"
    if done.failed:
        return
    foretold, right = [part for part in done.parts if "error" not in part], seen.faultless.done.parts
    is_whole = len(foretold) == len(done.parts)
    if is_whole and _essence(done.values) != _essence(seen.faultless.done.values):
        yield "check mode predicts something else than without the fault"
    if not is_whole and (len(done.parts) != len(right) or not all(part in right for part in foretold)):
        yield "check mode predicts something else of one than without the fault"


def reading_is_right(seen: Seen) -> Iterator[str]:
    """What is read is what is there, or a failure, of the task or of the one secret."""
    done, without = seen.faulted.done, seen.faultless.done
    if done.failed or seen.operation.writes:
        return
    if seen.operation.entry == LOOKUP:
        for one, right in zip(done.values["fetched"], without.values["fetched"]):
            if one != right and (one["entity"] is not None or not one["reason"]):
                yield "something else was looked up"
    if seen.operation.entry == INFO:
        found = {one["identifier"]: one for one in done.values["api_secrets"]}
        right = {one["identifier"]: one for one in without.values["api_secrets"]}
        if list(found) != list(right):
            yield f"the numbers {', '.join(found)} instead of {', '.join(right)}"
        for number, one in found.items():
            if one != right.get(number) and (one["error"] is None or one["client_id"] is not None):
                yield f"{number} is not what is there"


def failures_are_ours(seen: Seen) -> Iterator[str]:
    """A failure is one of the documented kinds, with a message; there is never a traceback."""
    done = seen.faulted.done
    if done.crash:
        yield done.crash
    elif done.failed:
        for part in [done.values, *done.parts]:
            kind = part.get("error", {}).get("kind", "timeout")
            if kind not in _KINDS:
                yield f"the kind {kind}"
        if not done.values.get("msg"):
            yield "a failure without a message"


def no_secret_is_told(seen: Seen) -> Iterator[str]:
    """No text of the result holds a client secret, the access key's or a token, however it is written.

    The fields of what was read for their sake are not texts about it.
    """
    text = "\n".join(_texts([seen.faulted.done.values, seen.faulted.done.told]))
    if _JWT.search(text):
        yield f"a token is in: {text}"
    for number, ways in enumerate(seen.secrets):
        if any(way in text for way in ways):
            yield f"the secret {number} is in: {text}"


def requests_and_waits_are_bounded(seen: Seen) -> Iterator[str]:
    """The number of requests and the time spent waiting have a bound that follows from retries."""
    most = (seen.cell.retries + 1) * _MOST_REQUESTS * len(seen.faultless.rows)
    if len(seen.faulted.rows) > most:
        yield f"{len(seen.faulted.rows)} requests, more than {most}"
    if any(wait > LONGEST_WAIT for wait in seen.faulted.waits):
        yield f"a wait of {max(seen.faulted.waits)} seconds"
    if not seen.cell.retries and sum(seen.faulted.waits) > _MOST_WAITS:
        yield f"waits without retries: {seen.faulted.waits}"


def retry_after_is_kept(seen: Seen) -> Iterator[str]:
    """After an answer that asks to wait, and for no longer than anybody waits, nothing is sent before that.

    Without retries nothing waits: ``retries: 0`` asks for an answer now. Nor does the one request for the list of a tag,
    which follows the items of a list that failed.
    """
    asks = seen.fault.asks
    if not seen.cell.retries or not 0 < asks <= LONGEST_WAIT:
        return
    arrivals = seen.faulted.arrivals
    for place, row in enumerate(seen.faulted.rows[:-1]):
        since = arrivals[0] if seen.fault.names_a_date else arrivals[place]
        waited = arrivals[place + 1] - since
        is_next = seen.faulted.rows[place + 1]["query"].startswith("tag=")
        if row["fault"] and not is_next and waited < asks - 1:  # a date has no fractions of a second
            yield f"request {place + 2} came {waited:.1f} seconds after an answer that asks for {asks}"


def one_fault_is_survived(seen: Seen) -> Iterator[str]:
    """With retries, a single transient fault fails nothing."""
    if seen.fault.is_survived and seen.cell.scope == ONCE and seen.cell.retries and seen.faulted.done.failed:
        yield f"failed: {seen.faulted.done.values.get('msg')}"


def the_next_runs_converge(seen: Seen) -> Iterator[str]:
    """Run again without faults, the second run succeeds, and the third at the latest changes nothing.

    If the first one succeeded, and left nothing alone that it could not read, the second one changes nothing.
    """
    if not seen.again:
        return
    last = seen.again[-1]
    for place, again in enumerate(seen.again, 2):
        if again.done.failed:
            yield f"run {place} fails: {again.done.crash or again.done.values.get('msg')}"
            return
        if not seen.operation.check and again.done.values["changed"] != _has_moved(
            again.before, again.after, set(again.after)
        ):
            yield f"run {place} says changed: {again.done.values['changed']}"
    if seen.operation.check or not seen.operation.writes:
        if _essence(last.done.values) != _essence(seen.faultless.done.values):
            yield "it returns something else than without the fault"
    elif last.done.values["changed"]:
        yield f"run {len(seen.again) + 1} still changes something"
    else:
        for code, stored in seen.operation.wanted.items():
            if not is_as_wanted(last.after, code, stored):
                yield f"{code} is not as wanted at the end"


INVARIANTS: tuple[Callable[[Seen], Iterator[str]], ...] = (
    never_a_second_secret,
    nothing_else_is_touched,
    changed_is_true,
    success_means_wanted,
    api_entity_is_the_vaults,
    check_mode_predicts,
    reading_is_right,
    failures_are_ours,
    no_secret_is_told,
    requests_and_waits_are_bounded,
    retry_after_is_kept,
    one_fault_is_survived,
    the_next_runs_converge,
)


def forms(secret: str) -> tuple[str, ...]:
    """Return how a secret may be written in an answer."""
    ways = (secret, json.dumps(secret)[1:-1], html.escape(secret), quote(secret), quote_plus(secret))
    return tuple(dict.fromkeys(ways))


def plain(secret: Values) -> Values:
    """Return what an API secret is, without how often it was looked at."""
    return {field: value for field, value in secret.items() if field not in _BESIDES}


def _has_moved(before: Vault, after: Vault, numbers: set[str]) -> bool:
    return any(plain(before.get(number, {})) != plain(after.get(number, {})) for number in numbers)


def _with_code(secrets: Vault, code: str) -> list[Values]:
    return [secret for secret in secrets.values() if secret["identifier_code"] == code]


def is_as_wanted(secrets: Vault, code: str, stored: Values | None) -> bool:
    """Whether just one API secret has a code, and holds this; None for no API secret."""
    found = _with_code(secrets, code)
    return not found if stored is None else len(found) == 1 and holds(found[0], stored)


def _numbers(part: Values, seen: Seen) -> set[str]:
    """Return the numbers of the API secrets that a part of a result is about."""
    if part.get("identifier"):
        return {str(part["identifier"])}
    code = part.get("identifier_code")
    return {number for number, secret in seen.later.items() if secret["identifier_code"] == code}


def _stored(field: str, stored: Values) -> t.Any:
    if field == "client_secret":
        return HIDDEN if stored[field] else ""
    if field == "users_allowed":
        return [{"username": name, "can_edit": edit} for name, edit in stored["users"].items()]
    if field == "groups_allowed":
        return [{"name": name, "can_edit": edit} for name, edit in stored["groups"].items()]
    return [] if field == "shared_error" else stored[field]


def _comparable(field: str, value: t.Any) -> t.Any:
    return sorted(map(str, value)) if isinstance(value, list) else value


def _essence(values: Values) -> Values:
    return {name: value for name, value in values.items() if name != "msg"}


def _texts(value: t.Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("client_secret", "notes") or inner == HIDDEN:
                yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
