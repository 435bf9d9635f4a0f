# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Finds the connection options of a lookup: in its arguments, variables, the environment and ansible.cfg.

Ansible finds them by itself, but counts a variable of the environment that is set and empty as a value, and knows
nothing of the precedence between access key and token.
"""

from __future__ import annotations

import configparser
import os
import typing as t
from collections.abc import Mapping

from ansible import constants as C  # noqa: N812 - as all of Ansible calls it

from ..module_utils._http.environment import VARIABLES, complete, is_blank
from ._arguments import as_given, checked, plain

if t.TYPE_CHECKING:
    from ansible.plugins.lookup import LookupBase

#: Connection option -> the variable of Ansible that sets it.
_VARIABLES = {option: option if option.startswith("mysafe_") else f"mysafe_{option}" for option in VARIABLES}
#: Ansible's own argument, which it also hands on where the lookup is a loop (with_…).
_WANTLIST = "wantlist"
#: An option in the documentation only: terms are no argument with a name.
_TERMS = "_terms"


def set_options(lookup: LookupBase, variables: Mapping[str, t.Any], arguments: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Set the options of a lookup, and return its connection options.

    Raises MySafeError (kind ``invalid_input`` or ``configuration``) that names the option and never the value.
    """
    definitions = {option: spec for option, spec in lookup.option_definitions.items() if option != _TERMS}
    given = {option: value for option, value in plain(arguments).items() if option != _WANTLIST}
    named = {
        # Ansible hands over variables as they are written.
        option: plain(lookup._templar.template(variables[variable]))
        for option, variable in _VARIABLES.items()
        if variables.get(variable) is not None and is_blank(given.get(option))
    }
    # Ansible would ignore a misspelt "field", and so return whole API secrets, and repeat values of a wrong type.
    named = checked({**given, **named}, definitions, as_given)
    found = complete({option: value for option, value in named.items() if option in VARIABLES}, os.environ)
    unset = {
        option: _from_ini(definitions[option])
        for option, variable in VARIABLES.items()
        if option not in found and variable in os.environ
    }
    own = {option: value for option, value in named.items() if option not in VARIABLES}
    lookup.set_options(direct={**unset, **found, **own})
    values = {option: lookup.get_option(option) for option in VARIABLES if unset.get(option, "") is not None}
    return {option: None if is_blank(values.get(option)) else values[option] for option in VARIABLES}


def _from_ini(definition: Mapping[str, t.Any]) -> t.Any:
    """Return what an option is where nothing else sets it: from ansible.cfg, or its default."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(C.config.get_config_value("CONFIG_FILE") or [])
    for entry in definition.get("ini", ()):
        value = config.get(entry["section"], entry["key"], fallback=None)
        if value is not None:
            return value
    return definition.get("default")
