# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Secrets that are short, long, or look like something else, and the tasks that each of them goes through."""

from __future__ import annotations

import typing as t

from .play import INFO, LIST, LOOKUP
from .vault import echoes

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .play import Play

#: So long a secret is not repeated in every form.
_LONG = 1000
#: What the variable holds whose name is the item of a loop.
_VALUE = "lookup('ansible.builtin.vars', item)"
_INNER = "v1-inner-s3cret"
#: By what is odd about it.
ODD: dict[str, str] = {
    "one character": "z",
    "one blank": " ",
    "blanks": "   ",
    "blanks around": "  s3cret between blanks\t ",
    "percents": "100%s3cret%41%%zz%",
    "quotes": "it's \"s3cret\" `so` to say'",
    "backslashes": "C:\\s3cret\\new\\u00e9\\",
    "templates": "s3cret {{ 7 * 7 }} {% raw %} ${HOME}",
    "markup": '<s3cret & co="1">it\'s</s3cret>',
    "beyond ASCII": "pässwörd-ключ-漢字-🔑",
    "4 kB": "".join(f"{number:04d}/é+" for number in range(512)),
    "several lines": "first line of s3cret\r\nsecond: line # no comment\n\n  last-line\t\n",
    "a word of ours": "configuration",
    "an action": "update",
    "a sentence of ours": "Could not update",
    "a number": "4711",
    "a number that is the status": "500",
    "a truth value": "true",
    "asterisks": "**",
    "JSON": '{"n": [1, null], "pair": "in-s3cret-json"}',
    "a secret": _INNER,
    "a secret with another in it": f"{_INNER}+outer",
    "a secret twice": f"{_INNER}{_INNER}",
}
#: What is also in texts that have nothing to do with it.
ORDINARY = frozenset(
    {
        "one character",
        "one blank",
        "blanks",
        "a word of ours",
        "an action",
        "a sentence of ours",
        "a number",
        "a number that is the status",
        "a truth value",
        "asterisks",
    }
)


def variable(name: str) -> str:
    """Return the variable that holds a secret in the play."""
    return f"odd_{sorted(ODD).index(name)}"


def use(play: Play, simulator: Simulator) -> None:
    """Add tasks that store, compare and repeat secrets, log in with them, and give them to an option that does not exist.

    The items of their loops are the names of the variables.
    """
    names = list(ODD)
    variables = list(map(variable, names))
    template = f"{{{{ {_VALUE} }}}}"
    described = {"name": "Odd", "url": "https://example.org", "client_id": "robot"}
    play.add_for_each(
        variables, "Create", "changed", {"identifier_code": "code-{{ item }}", **described, "client_secret": template}
    )
    numbers = {
        variable(name): simulator.add_secret(owner="alice", **described, client_secret=ODD[name]) for name in names
    }
    repeated = {name: _repeated(ODD[name]) for name in names}

    def fail() -> None:
        for name in names:
            failed = {"status": 500, "body": {"message": repeated[name]}}
            simulator.fault(failed, path=f"secretapi/update/{numbers[variable(name)]}$")

    fail()
    number = {"identifier": "{{ numbers[item] }}"}
    play.add_for_each(variables, "Repeat", "write_uncertain", {**number, "notes": "New."}, vars={"numbers": numbers})
    compared = {
        "api_secrets": [{"identifier_code": "code-{{ item }}"}],
        "client_secrets": f"{{{{ {{'code-' + item: {_VALUE}}} }}}}",
    }
    play.add_for_each(variables, "Compare", "ok", compared, LIST)
    fail()
    failing = {"api_secrets": [{**number, "client_secret": "other"}]}
    play.add_for_each(variables, "Repeat in a list", "items_failed", failing, LIST, vars={"numbers": numbers})
    # An option that is blank is not set.
    given = [name for name in names if ODD[name].strip()]
    variables = list(map(variable, given))
    misspelt = {"identifier_code": "code", "client_secrt": [template]}
    play.add_for_each(variables, "Misspell", "invalid_input", misspelt)
    for name in [*given, *given]:
        refused = {"error": "invalid_client", "error_description": repeated[name]}
        simulator.fault({"status": 401, "body": refused}, path="^/iso/oauth2/token$")
    url = f"{simulator.url}/iso/oauth2/token"
    login = {"mysafe_client_secret": template, "mysafe_token_url": url, "identifier": "1"}
    play.add_for_each(variables, "Log in", "authentication", login, INFO)
    query = f"{{{{ query('{LOOKUP}', 'code', mysafe_client_secret={_VALUE}, mysafe_token_url='{url}') }}}}"
    play.add_for_each(variables, "Look up", "failed", {"msg": query}, "ansible.builtin.debug")


def _repeated(value: str) -> str:
    return " ".join(list(echoes(value).values())[: 3 if len(value) > _LONG else None])
