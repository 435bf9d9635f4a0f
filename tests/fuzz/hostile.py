# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Values for options, right and hostile ones, by what the argument spec says that an option takes."""

from __future__ import annotations

import datetime
import typing as t

from controller.wrong_types import kind_of
from hypothesis import strategies as st

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

#: Is in every text that must not be repeated, and in no other.
MARK = "qX7vM4rk"
PLACEHOLDERS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********", "__omit_place_holder__5f2a")
NO_UNICODE = ("\ud800", "caf\udce9", "\udfff\ud800")

_ODD = [
    *("", " ", "\t\n", "\0", "a\0b", "\u202eabc", "e\u0301", "\u00e9", "\u2028", "a\u2029b", "\x85", "a\r\nb", "\U0001f511", "\ufeff", "\uffff"),
    *("{{ x }}", "{% raw %}", "true", "no", "007", "0x1f", "1_000", "1e3", "nan", "inf", "null", "~", "~a\0b", "$HOME", "${A}"),
    *("%s%n", "{0}", "-----BEGIN KEY-----\nx", "../../x", "a=b", '{"a": 1}', "[1]", "a,b", ",", "bob", "\u0663", "<script>", "'\"\\", "3", "billing-api"),
    *PLACEHOLDERS,
    *NO_UNICODE,
]  # fmt: skip
odd_texts = (
    st.just(70_000).map(lambda size: "x" * size)
    | st.sampled_from(_ODD)
    | st.sampled_from(_ODD)
    | st.text(max_size=12)
    | st.text(st.characters(categories=["Cs", "Cc", "Zl", "Mn"]), max_size=3)
)


def is_usable(text: str, *, is_secret: bool) -> bool:
    """Whether a text is none that stands for another, and can be written in UTF-8."""
    hidden, mask, omit = PLACEHOLDERS
    if hidden in text or omit in text or text.strip() == mask or (is_secret and mask in text):
        return False
    return not any("\ud800" <= character <= "\udfff" for character in text)


usable_texts = odd_texts.filter(lambda text: is_usable(text, is_secret=True) and bool(text.strip()))
secret_texts = st.builds(
    lambda first, text, last: f"{first}{text}{last}", st.sampled_from([MARK, ""]), odd_texts, st.just(MARK)
)
numbers = (
    st.sampled_from([0, 1, -1, 2**31, 2**64, 10**30, 10**400, 0.5, 1.0, 1e300, float("nan"), float("inf")])
    | st.integers()
)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | st.sampled_from([datetime.date(2026, 1, 2), b"\xff", datetime.datetime(2026, 1, 2)])
)
#: Texts in these must not be repeated: they are no right value of any option.
nested: st.SearchStrategy[t.Any] = st.recursive(
    scalars | secret_texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(odd_texts | st.just("client_secret"), inner, max_size=3)
    ),
    max_leaves=6,
)
mappings = st.dictionaries(st.sampled_from(["inner", "name", "1", "\ud800"]), nested, min_size=1, max_size=2)


def _deep(depth: int) -> t.Any:
    value: t.Any = MARK
    for level in range(depth):
        value = [value] if level % 2 else {"deeper": value}
    return value


deep = st.integers(2, 100).map(_deep)


wrong = mappings | st.lists(mappings, min_size=1, max_size=2) | deep
shares = st.one_of(
    st.lists(
        st.sampled_from(["bob", "carol", "Security", 7, "no such", ""])
        | st.builds(
            lambda key, name, right: {key: name, **right},
            st.sampled_from(["username", "name"]),
            st.sampled_from(["bob", "carol", "Security", " bob ", 5]) | odd_texts | scalars,
            st.sampled_from(
                [
                    {},
                    {"can_edit": True},
                    {"can_edit": "yes"},
                    {"can_edit": None},
                    {"can_edit": "maybe"},
                    {"can_edit": [MARK]},
                ]
            ),
        ),
        max_size=3,
    ),
    st.sampled_from(["", "bob", [[]], [None], {"username": "bob"}]),
)
right_shares = st.dictionaries(st.sampled_from(["bob", "carol"]), st.booleans()).map(
    lambda rights: [{"username": name, "can_edit": right} for name, right in rights.items()]
)
right_tags = st.lists(usable_texts.map(lambda text: " ".join(text.replace(",", "").split())), max_size=4)
tags = st.lists(st.sampled_from(["a", " b ", "a,b", "a\nb", 7, True, ""]) | odd_texts, max_size=3) | odd_texts


def values(name: str, spec: t.Mapping[str, t.Any]) -> st.SearchStrategy[t.Any]:
    """Return what an option may be given: more often what it takes than what it does not."""
    kind = kind_of(spec)
    right: st.SearchStrategy[t.Any]
    if kind == "secret":
        return st.one_of(*[secret_texts] * 12, scalars, wrong, st.lists(secret_texts, max_size=2))
    if kind == "choice":
        right = st.sampled_from([*spec["choices"] * 6, spec["choices"][0].upper(), ""])
    elif kind == "bool":
        right = st.sampled_from([*[True, False, "yes", "off", 1, 0, "1.0"] * 3, 2, "maybe", ""])
    elif kind == "int":
        right = st.sampled_from([1, 5, "7", " 8 ", 3.0, 86_400, 0, -1, 86_401, "1_0", "\u0663", "5.0", ""])
    elif kind == "shares":
        right = right_shares | right_shares | right_shares | shares if name == "users_allowed" else shares | st.just([])
    elif kind == "texts":
        right = right_tags | right_tags | right_tags | tags
    elif name == "identifier":
        right = st.sampled_from(["3", 3, " 003 ", "4", "3a", "", "99"])
    else:
        right = usable_texts | usable_texts | usable_texts | odd_texts | st.integers(0, 10**6)
    return st.one_of(*[right] * 17, scalars, odd_texts, wrong)


def options(spec: Spec, *, without: t.Container[str] = ()) -> st.SearchStrategy[dict[str, t.Any]]:
    """Return some options of a spec, and sometimes one that does not exist. Those of the connection are seldom among them."""
    each = {name: st.tuples(st.just(name), values(name, one)) for name, one in spec.items() if name not in without}
    own = [one for name, one in each.items() if name not in VARIABLES]
    unknown = st.tuples(
        st.sampled_from(["client_secrt", "Name", "no_log", "", "caf\u00e9", "{{ x }}"]), nested | secret_texts
    )
    several = st.lists(st.one_of(*own), min_size=1, max_size=2)
    one_more = st.one_of(*each.values(), unknown).map(lambda one: [one])
    return st.builds(lambda some, more: dict([*some, *more]), several, st.one_of(*[st.just([])] * 6, one_more))


def refused(spec: Spec, given: t.Mapping[str, t.Any]) -> set[str]:
    """Return the options that must be refused, by what the documentation says of texts, lists and choices."""
    return {
        name
        for name, value in given.items()
        if name not in spec or (value is not None and _is_wrong(name, spec[name], value))
    }


def _is_wrong(name: str, spec: t.Mapping[str, t.Any], value: t.Any) -> bool:
    kind = kind_of(spec)
    if kind in ("text", "secret"):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return (
            not is_usable(value, is_secret=kind == "secret")
            if isinstance(value, str)
            else not is_number or kind == "secret"
        )
    if kind == "choice":
        return value not in spec["choices"] if isinstance(value, str) else True
    if kind in ("bool", "int"):
        return isinstance(value, (list, dict, bytes, datetime.date))
    if kind == "texts":
        return not isinstance(value, (str, list)) or any(isinstance(one, (dict, list, float, bool)) for one in value)
    if kind == "shares":
        return not isinstance(value, list) and not (isinstance(value, str) and not value.strip())
    return kind == "items" and not isinstance(value, list)
