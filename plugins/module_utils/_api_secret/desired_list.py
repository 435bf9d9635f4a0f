# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""What a task wants of a list of API secrets: the options of the list module, checked as a whole before anything is sent."""

from __future__ import annotations

import sys
import typing as t

from .._errors import Kind, MySafeError
from .._http.transport import MOST_CONNECTIONS
from .._stop import CONNECTIONS
from . import desired
from .desired import Desired
from .options import invalid, most_alike, unknown_options
from .texts import as_text, named_type, require_one_tag

#: The option of an item that the mapping client_secrets can give instead.
_OPTION = "client_secret"


def argument_spec() -> dict[str, dict[str, t.Any]]:
    """Argument spec of a list of API secrets; the documentation is in the module ``mysafe_api_secrets``."""
    return {
        "api_secrets": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": desired.argument_spec(),
            "no_log": False,
        },
        "client_secrets": {"type": "dict", "no_log": True},
        **desired.policy_spec(),
        "concurrency": {"type": "int", "default": CONNECTIONS},
        "on_error": {"type": "str", "choices": ["continue", "stop"], "default": "continue"},
        "tag": {"type": "str"},
        "unlisted": {"type": "str", "choices": ["ignore", "report", "deactivate"], "default": "ignore"},
    }


class DesiredList(t.NamedTuple):
    """The API secrets that a task describes, and what to do with others that carry ``tag``."""

    items: tuple[Desired, ...] = ()
    tag: str = ""
    unlisted: str = "ignore"
    update: bool = True
    concurrency: int = CONNECTIONS
    stops_on_error: bool = False

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> DesiredList:
        """Check the options of the list module.

        Raises MySafeError (kind ``invalid_input``) that names every item that cannot be used, by its place and its code, each
        with the first thing that is wrong with it.
        """
        faults = _Faults()
        items = _items(params.get("api_secrets"), faults)
        items = _with_client_secrets(items, params.get("client_secrets"), faults)
        policy = {name: params[name] for name in desired.policy_spec() if params.get(name) is not None}
        wanted = [faults.of(item, _parsed, item, policy) for item in items]
        _require_each_once(items, wanted, faults)
        found = cls(
            items=tuple(filter(None, wanted)),
            tag=faults.of("", _tag, params.get("tag")) or "",
            unlisted=params.get("unlisted") or "ignore",
            update=params.get("update", True),
            concurrency=faults.of("", _concurrency, params.get("concurrency")) or CONNECTIONS,
            stops_on_error=params.get("on_error") == "stop",
        )
        if found.unlisted != "ignore" and not found.tag:
            faults.add(
                "the option tag", "it is missing or empty, and unlisted needs it", "give the tag, or leave out unlisted"
            )
        if found.unlisted == "deactivate" and params.get("api_secrets") == []:
            faults.add(
                "the option api_secrets",
                "it is empty, so unlisted: deactivate would deactivate every API secret with the tag",
                "check where the list comes from, or use unlisted: report",
            )
        faults.raise_them()
        return found


def normal(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return options that ``DesiredList.from_params`` takes, in their types: Ansible itself would convert them silently."""
    normalised = {
        **params,
        "api_secrets": [
            {name: desired.normal(name, value) for name, value in entry.items() if value is not None}
            for entry in params["api_secrets"]
        ],
    }
    if params.get("client_secrets"):
        normalised["client_secrets"] = {str(code): secret for code, secret in params["client_secrets"].items()}
    return normalised


class _Item(t.NamedTuple):
    """One entry of the list as it was given, with its client secret, and its place counted from 1."""

    place: int
    options: t.Any

    @property
    def label(self) -> str:
        return f"item {self.place}" + (f" ('{self.code}')" if self.code else "")

    @property
    def code(self) -> str:
        return _stripped(self.options, "identifier_code")

    @property
    def number(self) -> str:
        return _stripped(self.options, "identifier").lstrip("0")


class _Faults:
    """Collects what is wrong, in the order of the items, so that a user learns all of it at once."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def add(self, where: _Item | str, cause: str, solution: str) -> None:
        at, label = (where.place, where.label) if isinstance(where, _Item) else (sys.maxsize, where)
        self._found.append((at, f"{label}: {cause} ({solution})"))

    def of(self, where: _Item | str, call: t.Callable[..., t.Any], *arguments: t.Any) -> t.Any:
        """Return what a check returns, None where it raises MySafeError."""
        try:
            return call(*arguments)
        except MySafeError as error:
            message = f"{error.message[0].lower()}{error.message[1:]}"
            if where:
                self.add(where, f"{message}: {error.cause}", error.solution)
            else:
                self.add(message, error.cause, error.solution)
            return None

    def raise_them(self) -> None:
        if self._found:
            raise MySafeError(
                Kind.INVALID_INPUT,
                "The list of API secrets cannot be used, and nothing was sent",
                cause="; ".join(fault for _at, fault in sorted(self._found, key=lambda found: found[0])),
                solution="correct what is named, and run the task again",
            )


def _parsed(item: _Item, policy: t.Mapping[str, t.Any]) -> Desired:
    """Check one entry. Raises MySafeError (kind ``invalid_input``)."""
    spec = desired.argument_spec()
    unknown = [name for name in item.options if name not in spec]
    if unknown:
        raise unknown_options(unknown, spec)
    choices = spec["state"]["choices"]
    if item.options.get("state") not in (None, *choices):
        raise invalid("state", "its value is not one of the choices", f"give one of: {', '.join(choices)}")
    given = {name: value for name, value in item.options.items() if value is not None}
    return Desired.from_params({**given, **policy})


def _items(entries: t.Any, faults: _Faults) -> list[_Item]:
    """Return the entries of the list that are mappings."""
    if not isinstance(entries, list):
        faults.add("the option api_secrets", f"it is {named_type(entries)}, not a list", "give a list of mappings")
        return []
    items = [_Item(place, options) for place, options in enumerate(entries, 1)]
    for item in items:
        if not isinstance(item.options, dict):
            faults.add(item, f"it is {named_type(item.options)}, not a mapping", "give the options of one API secret")
    return [item for item in items if isinstance(item.options, dict)]


def _with_client_secrets(items: list[_Item], given: t.Any, faults: _Faults) -> list[_Item]:
    """Return the items, each with the client secret that the mapping client_secrets has for its code."""
    items = list(items)
    if given is not None and not isinstance(given, dict):
        faults.add(
            "the option client_secrets",
            f"it is {named_type(given)}, not a mapping",
            "give a mapping from identifier codes to client secrets",
        )
        given = None
    at = {item.code: index for index, item in enumerate(items) if item.code}
    for place, (key, secret) in enumerate((given or {}).items(), 1):
        code = str(key).strip()
        # Any other key is not shown: a mapping the wrong way round has secrets for keys.
        label = f"entry {place} of client_secrets" + (f" ('{code}')" if code in at else "")
        if code not in at:
            meant = most_alike(code, at)
            faults.add(
                label,
                "no item of the list has its identifier code",
                f"did you mean '{meant}'? correct the code, or remove the entry"
                if meant
                else "correct or remove the entry",
            )
        elif secret is not None and faults.of(label, desired.normal, _OPTION, secret) is not None:
            item = items[at[code]]
            if item.options.get(_OPTION) is not None:
                faults.add(label, f"{item.label} has a client_secret of its own", "give it in one place only")
            items[at[code]] = item._replace(options={**item.options, _OPTION: secret})
    return items


def _require_each_once(items: list[_Item], wanted: list[Desired | None], faults: _Faults) -> None:
    """Note the items that have the code or the number of an earlier one."""
    for name, values in (
        ("identifier_code", [item.code for item in items]),
        ("identifier", [item.number if found is None else found.identifier for item, found in zip(items, wanted)]),
    ):
        first: dict[str, _Item] = {}
        for item, value in zip(items, values):
            if value and first.setdefault(value, item) is not item:
                faults.add(item, f"{first[value].label} has the same {name}", "describe each API secret once")


def _stripped(options: t.Any, name: str) -> str:
    """Return an option of an entry as messages may show it; empty where it is no code or number."""
    value = options.get(name) if isinstance(options, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    try:
        return as_text(name, value).strip()
    except MySafeError:
        return ""


def _tag(value: t.Any) -> str:
    tag = "" if value is None else as_text("tag", value)
    require_one_tag(tag)
    return tag.strip()


def _concurrency(value: t.Any) -> int:
    if value is None:
        return CONNECTIONS
    number = int(value) if str(value).strip().isdecimal() else 0
    if not 1 <= number <= MOST_CONNECTIONS:
        raise invalid(
            "concurrency",
            f"it is not a whole number from 1 to {MOST_CONNECTIONS}",
            "give the number of connections to use at once, or leave the option out",
        )
    return number
