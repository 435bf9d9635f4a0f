# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What is read from an answer: its message, its code, and the beginning of an answer that is not JSON."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import Fate
from ansible_collections.senhasegura.mysafe.tests.unit.answers import an_answer


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"response": {"message": " Unexpected error \n"}}, "Unexpected error"),
        ({"response": {"mensagem": "Erro inesperado"}}, "Erro inesperado"),
        ({"response": {"message": "", "mensagem": "Erro"}}, "Erro"),
        ({"response": {}, "message": "from the gateway"}, ""),
        ({"message": "Client authentication failed", "error": "invalid_client"}, "Client authentication failed"),
        ({"error_description": "Description", "error": "invalid_client"}, "Description"),
        ({"error": "invalid_client", "hint": "Hint"}, "invalid_client"),
        ({"message": 5}, "5"),
        ({}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_message_of_an_answer(body: t.Any, message: str) -> None:
    assert an_answer(400, body).message == message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"exception": {"code": 1005}, "response": {}}, 1005),
        ({"exception": {"code": 1005}}, None),
        ({"exception": {"code": "1005"}, "response": {"error_code": 1105}}, 1005),
        ({"exception": {"code": 0}, "response": {"message": "1006: No", "error_code": 1105}}, 1006),
        ({"exception": {"code": None}, "response": {"message": "No", "error_code": 1105}}, 1105),
        ({"exception": "1005", "response": {"message": "1006 No"}}, 1006),
        ({"response": {"message": "1006"}}, 1006),
        ({"response": {"message": "10061: No", "error_code": 1}}, None),
        ({"response": {"message": "No: 1006", "error_code": 4}}, None),
        ({"response": {"error_code": 100}}, 100),
        ({"response": {"error_code": "1105"}}, 1105),
        ({"message": "1005: Api secret not found"}, None),
        ({"error_code": 1105}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_code_of_an_answer(body: t.Any, code: int | None) -> None:
    assert an_answer(400, body).code == code


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("Bad\n gateway\t!", "Bad gateway !"),
        ("<h1>Bad</h1><p class='x'>gateway</p>", "Bad gateway"),
        ("<style>\nh1 { color: red }\n</style>Bad<SCRIPT>alert('<b>')</SCRIPT> gateway", "Bad gateway"),
        ("x" * 160, "x" * 160),
        ("x" * 161, "x" * 160 + "…"),
        ("", ""),
    ],
    ids=["white space", "tags", "style and script", "just fits", "cut", "empty"],
)
def test_the_excerpt_of_an_unreadable_answer(text: str, excerpt: str) -> None:
    assert an_answer(502, text=text).excerpt == excerpt


#: Pages for which a search that starts again at each "<" takes minutes.
HOSTILE = {
    "<": "<" * 200_000,
    "<script": "<script " * 25_000,
    "<style and </script>": "<style></script>" * 12_500,
    "< and one >": "<" * 200_000 + ">",
    "<script></script": "<script></script" * 12_500,
    "blanks": " " * 200_000,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("status", [200, 502])
def test_a_hostile_page_is_described_like_any_other(page: str, status: int) -> None:
    assert len(an_answer(status, text=page).shape) < 300


def test_an_unterminated_script_is_not_shown() -> None:
    assert an_answer(502, text="<h1>Bad gateway</h1><script>alert('now')").excerpt == "Bad gateway"


def test_a_letter_that_is_longer_in_lower_case_does_not_shift_the_text() -> None:
    assert an_answer(502, text="İİİ<script>x</script>Bad gateway").excerpt == "İİİ Bad gateway"


@pytest.mark.parametrize(
    ("text", "excerpt"), [("an unknown secret", ""), ("<html><h1>Log in</h1>", "Log in")], ids=["text", "page"]
)
def test_of_an_answer_that_reports_success_only_a_page_is_shown(text: str, excerpt: str) -> None:
    assert an_answer(200, text=text).excerpt == excerpt


@pytest.mark.parametrize("flag", ["error", "erro"])
@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_a_failed_status_with_the_envelope_of_a_success_leaves_the_fate_open(status: int, flag: str) -> None:
    assert an_answer(status, {"response": {flag: False}}).fate is Fate.UNKNOWN
