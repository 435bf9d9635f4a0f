# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reading any answer of a server raises only MySafeError."""

from __future__ import annotations

import contextlib
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate, MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.answer import Answer
from ansible_collections.senhasegura.mysafe.plugins.module_utils._secrets import Secrets
from ansible_collections.senhasegura.mysafe.tests.unit.answers import an_answer

#: Texts that JSON can contain, including lone surrogates.
texts = st.text(st.characters() | st.just("\ud800"), max_size=12)
words = st.sampled_from(
    [
        *("1005: Api secret not found", "1001: 'Identifier' already found", "no Route matched with those values"),
        *("Lockdown", "already been", "1", "true", "43", "\ud800"),
    ]
)
numbers = st.integers(-5, 1200) | st.floats() | st.sampled_from([0, 1, 4, 100, 1001, 1005, 1006, 1009])
scalars = st.none() | st.booleans() | numbers | words | texts
keys = st.sampled_from(
    [
        *("response", "exception", "message", "mensagem", "error", "erro", "error_code", "code", "detail", "status"),
        *("api_secret_on_list", "api_entity", "api_secret_entity", "identifier", "users_allowed", "groups_allowed"),
        *("shared_error", "tags", "client_secret", "username", "name", "can_edit", "request_id", "error_description"),
    ]
)
anything: st.SearchStrategy[t.Any] = scalars | st.lists(
    scalars | st.dictionaries(keys, scalars, max_size=2), max_size=2
)
anything = anything | st.dictionaries(keys, anything, max_size=3)
#: What a success has, with anything in it.
successes = st.fixed_dictionaries(
    {
        "response": st.fixed_dictionaries(
            {"message": words | texts}, optional={"status": scalars, "error_code": scalars}
        )
    },
    optional={"api_entity": anything, "api_secret_on_list": anything},
)
#: What a failure has, with anything in it.
failures = st.fixed_dictionaries(
    {},
    optional={
        "response": st.dictionaries(keys, scalars, max_size=4) | anything,
        "exception": st.fixed_dictionaries({"code": anything}) | anything,
        "message": anything,
        "request_id": scalars,
    },
)
statuses = st.sampled_from([200, 201, 204, 301, 302, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504]) | st.integers(
    200, 599
)
answers = st.builds(
    an_answer,
    status=statuses,
    body=anything | failures | successes,
    text=texts,
    headers=st.dictionaries(st.sampled_from(["Location", "X-Request-Id", "X-Kong-Request-Id"]), st.text(max_size=20)),
    earlier=st.sampled_from(Fate),
)


@given(answers)
def test_an_answer_is_a_success_or_a_mysafe_error(answer: Answer) -> None:
    is_success = answer.status < 300 and isinstance(answer.body, dict) and not answer.is_refused
    with contextlib.nullcontext() if is_success else pytest.raises(MySafeError) as failure:
        answer.require_success("do it")
    assert failure is None or str(failure.value)


@given(st.lists(texts), texts)
def test_any_text_can_be_hidden(values: list[str], text: str) -> None:
    secrets = Secrets()
    secrets.add(*values)
    assert isinstance(secrets.hide(text), str)
