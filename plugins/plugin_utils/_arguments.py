# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Checks the arguments of a task as they were given, before Ansible converts them.

Ansible converts values of another type silently, repeats values in its messages, and stops collecting the values of
``no_log`` options at the first one of a wrong type. So a task is checked here first, for both ways in which it may run.
"""

from __future__ import annotations

import difflib
import typing as t

from ..module_utils._api_secret.options import invalid
from ..module_utils._api_secret.texts import is_unicode, named_type
from ..module_utils._errors import Kind, MySafeError
from ..module_utils._http.environment import converted, is_blank, misconfigured
from ..module_utils._http.options import OPTIONS

Spec = t.Mapping[str, t.Mapping[str, t.Any]]
Normal = t.Callable[[str, t.Any], t.Any]

_CONNECTION = {option.name: option for option in OPTIONS}
#: Options in which a number is often a code that YAML has read as another one.
_CODES = ("identifier_code", "client_id")


def checked(arguments: t.Mapping[str, t.Any], spec: Spec, normal: Normal) -> dict[str, t.Any]:
    """Return the arguments in the types of their options; ``normal`` gives those of the API secret theirs.

    Raises MySafeError (kind ``invalid_input`` or ``configuration``) that names the option and never the value.
    """
    unknown = [name for name in arguments if name not in spec]
    if unknown:
        raise _unknown(unknown, spec)
    return {
        name: value if value is None else _checked(name, spec[name], normal(name, value))
        for name, value in arguments.items()
    }


def doubts(arguments: t.Mapping[str, t.Any]) -> list[str]:
    """Return warnings about arguments that are taken, but may not be what was meant."""
    return [
        f"The option {name} is a number, and is used as its decimal digits. Put quotes around it: YAML also reads 0123 or"
        " 12:30 as numbers, and other ones."
        for name in _CODES
        if isinstance(arguments.get(name), int) and not isinstance(arguments[name], bool)
    ]


def texts(value: t.Any) -> t.Iterator[str]:
    """Return all texts in a value, at any depth; numbers as texts."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple, set)):
        for inner in value:
            yield from texts(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def secret_texts(arguments: t.Mapping[str, t.Any], spec: Spec) -> list[str]:
    """Return the texts of all arguments that may be secrets: of secret options, and of options that do not exist."""
    return [
        text
        for name, value in arguments.items()
        if name not in spec or spec[name].get("no_log")
        for text in texts(value)
        if text.strip()
    ]


def shown(arguments: t.Mapping[str, t.Any], spec: Spec) -> dict[str, t.Any]:
    """Return the arguments that are safe to show of a task that was refused."""
    return {
        name: value
        for name, value in arguments.items()
        if name in spec
        and not spec[name].get("no_log")
        and (value is None or isinstance(value, (int, float)) or (isinstance(value, str) and is_unicode(value)))
    }


def _checked(name: str, spec: t.Mapping[str, t.Any], value: t.Any) -> t.Any:
    if name in _CONNECTION:
        return _checked_connection(name, value)
    if "choices" in spec and value not in spec["choices"]:
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
    if not is_unicode(text):
        raise misconfigured(name, "it holds bytes that are not UTF-8")
    return text


def _boolean(name: str, value: t.Any) -> bool:
    from ansible.module_utils.parsing.convert_bool import boolean

    try:
        return bool(boolean(value))
    except TypeError:
        raise invalid(name, f"it is {named_type(value)} that is neither true nor false", "give true or false") from None


def meant(names: t.Iterable[str], known: t.Iterable[str]) -> str:
    """Return which options may be meant by names of options that do not exist; empty where none is similar."""
    matches = [match for name in names for match in difflib.get_close_matches(name, list(known), n=1)]
    return " and ".join(dict.fromkeys(matches))


def _unknown(names: t.Sequence[str], spec: Spec) -> MySafeError:
    likely = meant(names, spec)
    meanings = f"did you mean {likely}? " if likely else ""
    plural = "s" if len(names) > 1 else ""
    return MySafeError(
        Kind.INVALID_INPUT,
        f"There is no option{plural} {', '.join(names)}",
        cause="the task gives an option that the module does not have",
        solution=f"{meanings}ansible-doc lists the options",
    )
