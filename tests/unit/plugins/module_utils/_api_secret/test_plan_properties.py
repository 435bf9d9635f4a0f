# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Properties of every plan, whatever the vault stores and whatever the task wants."""

from __future__ import annotations

import json
import typing as t

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.desired import Desired
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.entity import Entity, entity
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.fields import FIELDS, REQUIRED
from ansible_collections.senhasegura.mysafe.plugins.module_utils._api_secret.plan import Current, Step, plan
from ansible_collections.senhasegura.mysafe.tests.unit.builders import CIPHERTEXT, CODE, NUMBER


class Vault(t.NamedTuple):
    """A vault with at most one secret: its entity, or None."""

    held: Entity | None
    active: bool = True


def look(vault: Vault) -> Current:
    """Return what can be read: no fields while the secret is inactive."""
    if vault.held is None:
        return Current()
    return Current(NUMBER, active=vault.active, entity=vault.held if vault.active else None)


def apply(vault: Vault, planned: Step) -> Vault:
    """Return the vault after the plan, as documented: fields that are not sent stay, lists replace."""
    if planned.action in {"create", "update"}:
        return Vault(entity({**(vault.held or {"identifier": NUMBER}), **planned.body}))
    if planned.action in {"activate", "deactivate"}:
        return Vault(vault.held, active=planned.action == "activate")
    return vault


# Few different characters, so that values in the vault and in the task are often equal, apart from white space.
texts = st.text('ab ,é"\n', max_size=4)
full_texts = texts.filter(str.strip)
tags = st.lists(st.text("abA é", max_size=3), max_size=4)
rights = st.dictionaries(st.text("abé", min_size=1, max_size=2), st.booleans(), max_size=3)
secrets = st.one_of(st.just(""), st.text('abc"é ', min_size=1).map(lambda rest: f"S3CR3T{rest}"))


def shares(key: str) -> st.SearchStrategy[list[dict[str, t.Any]]]:
    """Return entries of a sharing list that do not contradict each other; some are repeated."""

    def listed(rights_and_twice: tuple[dict[str, bool], bool]) -> list[dict[str, t.Any]]:
        entries = [{key: name, "can_edit": can_edit} for name, can_edit in rights_and_twice[0].items()]
        return entries + entries if rights_and_twice[1] else entries

    return st.tuples(rights, st.booleans()).map(listed)


entities = st.fixed_dictionaries(
    {
        "identifier": st.just(NUMBER),
        **dict.fromkeys(FIELDS, st.none() | texts),
        "identifier_code": st.just(CODE),
        **dict.fromkeys(REQUIRED, full_texts),
        "client_secret": secrets,
        "tags": st.none() | tags.map(",".join),
        "users_allowed": st.none() | shares("name"),
        "groups_allowed": st.none() | shares("name"),
    }
).map(entity)
vaults = st.one_of(
    st.just(Vault(None)),
    st.builds(Vault, entities, st.just(True)),
    st.builds(Vault, entities, st.just(False)),
)
required_options = st.fixed_dictionaries(dict.fromkeys(REQUIRED, full_texts))
other_options = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS.keys() - {*REQUIRED, "identifier_code"}, texts),
        "state": st.sampled_from(["present", "absent"]),
        "client_secret": secrets,
        "tags": tags,
        "users_allowed": shares("username"),
        "groups_allowed": shares("name"),
        "update": st.booleans(),
        "update_client_secret": st.sampled_from(["always", "on_create"]),
    },
)
some_required_options = st.fixed_dictionaries({}, optional=dict.fromkeys(REQUIRED, full_texts))


def desired(*options: dict[str, t.Any]) -> Desired:
    """Return what a task with these options wants."""
    return Desired.from_params({"identifier_code": CODE, **{key: v for part in options for key, v in part.items()}})


@given(vaults, required_options, other_options)
def test_after_the_plan_nothing_is_left_to_do(vault: Vault, required: t.Any, others: t.Any) -> None:
    wanted = desired(required, others)
    planned = plan(look(vault), wanted)
    vault = apply(vault, planned)
    if planned.action == "activate":  # the fields are visible only now
        vault = apply(vault, plan(look(vault), wanted))
    assert plan(look(vault), wanted).action == "none"


@given(vaults, required_options, other_options)
def test_after_the_plan_the_vault_matches_the_task(vault: Vault, required: t.Any, others: t.Any) -> None:
    wanted = desired(required, {**others, "state": "present", "update": True, "update_client_secret": "always"})
    for _turn in range(2):
        vault = apply(vault, plan(look(vault), wanted))
    assert vault.held is not None
    assert [field for field in wanted.fields if not FIELDS[field].same(vault.held[field], wanted.fields[field])] == []


@given(vaults, some_required_options, other_options)
def test_a_field_that_was_not_given_is_never_touched(vault: Vault, required: t.Any, others: t.Any) -> None:
    if vault.held is None:
        required = {field: required.get(field, "given") for field in REQUIRED}
    wanted = desired(required, others)
    after = apply(vault, plan(look(vault), wanted)).held
    before = vault.held or entity({})
    untouched = [field for field in FIELDS if field not in wanted.fields]
    assert [field for field in untouched if after is not None and after[field] != before[field]] == []


@given(entities, some_required_options, other_options)
def test_an_update_sends_the_different_fields_with_name_url_and_client_id(
    held: Entity, required: t.Any, others: t.Any
) -> None:
    wanted = desired(required, {**others, "state": "present"})
    planned = plan(look(Vault(held)), wanted)
    differing = {field for field in planned.body if not FIELDS[field].same(held[field], planned.body[field])}
    assert set(planned.body) == (differing | set(REQUIRED) if differing else set())


@given(vaults, required_options, other_options)
def test_the_diff_shows_exactly_what_the_plan_changes(vault: Vault, required: t.Any, others: t.Any) -> None:
    planned = plan(look(vault), desired(required, others))
    held = vault.held or entity({})
    changes = {field for field in planned.body if not FIELDS[field].same(held[field], planned.body[field])}
    switched = {"active"} if planned.action in {"activate", "deactivate"} else set()
    blank = {field for field in planned.after if vault.held is None and not str(planned.after[field]).strip(" ,\n")}
    assert set(planned.after) - blank == (changes | switched) - blank


@given(vaults, required_options, other_options)
def test_the_predicted_entity_is_what_the_vault_then_stores(vault: Vault, required: t.Any, others: t.Any) -> None:
    planned = plan(look(vault), desired(required, others))
    after = apply(vault, planned)
    if after.held is None or not vault.active:  # no secret, or no known fields
        return
    assert planned.entity is not None
    assert {**planned.entity, "identifier": NUMBER} == after.held


@given(vaults, required_options, other_options, st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_order_or_duplicates(
    vault: Vault, required: t.Any, others: t.Any, chance: t.Any
) -> None:
    shuffled = dict(others)
    for option in {"tags", "users_allowed", "groups_allowed"} & set(others):
        shuffled[option] = [*others[option], *others[option][:1]]
        chance.shuffle(shuffled[option])
    one, other = (plan(look(vault), desired(required, options)) for options in (others, shuffled))
    one_body, other_body = (
        {field: FIELDS[field].comparable(body[field]) for field in body} for body in (one.body, other.body)
    )
    assert (one.action, one_body, one.warnings) == (other.action, other_body, other.warnings)


@given(vaults, required_options, other_options)
def test_no_client_secret_shows_in_a_plan(vault: Vault, required: t.Any, others: t.Any) -> None:
    wanted = desired(required, others)
    planned = plan(look(vault), wanted)
    shown = json.dumps([planned.before, planned.after, planned.warnings], ensure_ascii=False)
    assert "S3CR3T" not in shown + repr(planned) + repr(wanted) + repr(look(vault))


@given(entities, st.sampled_from(["*", "********", CIPHERTEXT]), required_options, other_options)
def test_an_unreadable_client_secret_is_sent_only_with_a_warning(
    held: Entity, unreadable: str, required: t.Any, others: t.Any
) -> None:
    planned = plan(look(Vault({**held, "client_secret": unreadable})), desired(required, others))
    assert bool(planned.body.get("client_secret") is not None) == ("sent every time" in " ".join(planned.warnings))


@given(st.text())
def test_only_asterisks_are_taken_for_an_unreadable_secret(secret: str) -> None:
    assert FIELDS["client_secret"].is_unreadable(secret) == (bool(secret) and set(secret) == {"*"})
