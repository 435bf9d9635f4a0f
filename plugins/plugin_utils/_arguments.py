# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Checks the arguments of a task or lookup as they were given, before Ansible converts them.

Ansible converts values of another type silently, repeats values in its messages, and stops collecting the values of
``no_log`` options at the first one of a wrong type. So they are checked here first, for both ways in which a task may run.
"""

from __future__ import annotations

import math
import typing as t
from collections import abc

from ..module_utils._api_secret.options import invalid, unknown_options
from ..module_utils._api_secret.texts import fault, named_type
from ..module_utils._errors import MySafeError
from ..module_utils._http.environment import converted, is_blank, misconfigured
from ..module_utils._http.options import OPTIONS

Spec = t.Mapping[str, t.Mapping[str, t.Any]]
Normal = t.Callable[[str, t.Any], t.Any]

_CONNECTION = {option.name: option for option in OPTIONS}
#: How many bits a number may have: Python refuses to write one of more than 4300 digits.
_LARGEST = 10_000
#: Options in which a number is often a code that YAML has read as another one.
_CODES = ("identifier_code", "client_id", "mysafe_client_id")


def plain(value: t.Any) -> t.Any:
    """Return a value as it would reach a module: the controller's strings carry tags, or are not decrypted yet."""
    # Mappings last, and dict by name: in every process that Ansible forks, the first check for one takes a millisecond.
    if isinstance(value, str) or is_vaulted(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > _LARGEST:
        return math.inf  # it cannot be written in digits, and is refused wherever one that can is not
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple, set)):
        return [plain(inner) for inner in value]
    if isinstance(value, (dict, abc.Mapping)):
        return {str(key): plain(inner) for key, inner in value.items()}
    return value  # a date, for instance, is refused: it is not the text that was written


def is_vaulted(value: t.Any) -> bool:
    """Whether it is a text that is decrypted when it is used: no str before ansible-core 2.19."""
    return hasattr(value, "__ENCRYPTED__")


def as_given(_option: str, value: t.Any) -> t.Any:
    """Return the value itself: the ``normal`` of a plugin with no option that describes an API secret."""
    return value


def checked(arguments: t.Mapping[str, t.Any], spec: Spec, normal: Normal) -> dict[str, t.Any]:
    """Return the arguments in the types of their options; ``normal`` gives those of the API secret theirs.

    Null is as if the option was left out. Ansible would refuse it for an option with a default.

    Raises MySafeError (kind ``invalid_input`` or ``configuration``) that names the option and never the value.
    """
    unknown = [name for name in arguments if name not in spec]
    if unknown:
        raise unknown_options(unknown, spec)
    return {
        name: _checked(name, spec[name], normal(name, value)) for name, value in arguments.items() if value is not None
    }


def doubts(arguments: t.Mapping[str, t.Any]) -> list[str]:
    """Return warnings about arguments that are taken, but may not be what was meant."""
    items = arguments.get("api_secrets")
    described = [arguments, *(item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict))]
    return [
        f"The option {name} is a number, so its decimal digits are used. Put quotes around it: YAML reads 0123 as 83, and"
        " 12:30 as 750."
        for name in _CODES
        if any(isinstance(one.get(name), int) and not isinstance(one[name], bool) for one in described)
    ]


def shown(arguments: t.Mapping[str, t.Any], spec: Spec, normal: Normal) -> dict[str, t.Any]:
    """Return the arguments that are safe to show of a task that was refused: those that are right, and no secrets."""
    safe = {}
    for name, value in arguments.items():
        option = spec.get(name, {"no_log": True})
        if not option.get("no_log") and not _has_secrets(option) and _may_be(value, option):
            try:
                safe.update(checked({name: value}, spec, normal))
            except MySafeError:
                continue
    return safe


def _may_be(value: t.Any, option: t.Mapping[str, t.Any]) -> bool:
    """Whether a value can be one of the option: some are checked together with others only."""
    if option["type"] == "int":
        return str(value).strip().isdecimal()
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return option["type"] != "str" or isinstance(value, str) or is_number


def _has_secrets(option: t.Mapping[str, t.Any]) -> bool:
    """Whether it is a list of mappings that have a secret: which of its texts are right cannot be told one by one."""
    return any(inner.get("no_log") for inner in option.get("options", {}).values())


def _checked(name: str, spec: t.Mapping[str, t.Any], value: t.Any) -> t.Any:
    if name in _CONNECTION:
        return _checked_connection(name, value)
    if spec.get("choices") and value not in spec["choices"]:
        raise invalid(name, "its value is not one of the choices", f"give one of: {', '.join(spec['choices'])}")
    if spec["type"] == "bool":
        return _boolean(name, value)
    return value


def _checked_connection(name: str, value: t.Any) -> t.Any:
    option = _CONNECTION[name]
    if option.type not in ("str", "path"):
        return value if is_blank(value) else converted(option, value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, str) and (option.no_log or not is_number):
        raise misconfigured(name, f"it is {named_type(value)}, not a text")
    text = str(value)
    found = fault(text, is_secret=bool(option.no_log))
    if found is not None:
        raise misconfigured(name, found[0])
    if option.is_path and "\0" in text:
        raise misconfigured(name, "no file has such a name")  # Ansible itself would fail with a traceback
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise misconfigured(name, "the address must not hold a user name or a password")
    return text


def _boolean(name: str, value: t.Any) -> bool:
    from ansible.module_utils.parsing.convert_bool import boolean

    try:
        return bool(boolean(value))
    except TypeError:
        raise invalid(name, f"it is {named_type(value)} that is neither true nor false", "give true or false") from None
