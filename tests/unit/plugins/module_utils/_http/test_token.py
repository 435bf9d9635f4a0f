# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A token that threads share: they ask for one once, and those that wait for a login share its failure."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.token import BearerToken, Token
from ansible_collections.senhasegura.mysafe.tests.unit.builders import refused
from ansible_collections.senhasegura.mysafe.tests.unit.stub_server import URL

THREADS = 4
DEADLINE = 20.0


class Lock:
    """A lock that tells when all the threads have come to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.all_are_here = threading.Barrier(THREADS + 1)
        self._came = threading.local()

    def __enter__(self) -> None:
        if not hasattr(self._came, "before"):
            self._came.before = True
            threading.Thread(target=self.all_are_here.wait, args=(DEADLINE,), daemon=True).start()
        self._lock.acquire()

    def __exit__(self, *_exception: object) -> None:
        self._lock.release()


def together(obtain: t.Callable[[], Token]) -> tuple[list[str], int]:
    """Let threads ask for a token at the same time; return what each got, and how many logins that took."""
    logins: list[None] = []

    def log_in() -> Token:
        logins.append(None)
        lock.all_are_here.wait(DEADLINE)
        return obtain()

    token = BearerToken(Connection(url=URL, client_id="id", client_secret="hush"), log_in)
    lock = token._lock = Lock()  # type: ignore[assignment]
    got: list[str] = []

    def work() -> None:
        try:
            got.append(token.current())
        except MySafeError as error:
            got.append(error.kind.value)

    threads = [threading.Thread(target=work, daemon=True) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return got, len(logins)


def test_threads_that_need_a_token_share_one_login() -> None:
    assert together(lambda: Token("t")) == (["t"] * THREADS, 1)


@pytest.mark.parametrize("kind", ["authentication", "connection"])
def test_threads_that_wait_for_a_login_share_its_failure(kind: str) -> None:
    def fail() -> Token:
        raise refused(kind)

    assert together(fail) == ([kind] * THREADS, 1)


def test_a_login_that_failed_before_is_tried_again() -> None:
    answers: t.Iterator[MySafeError | Token] = iter([refused("connection"), Token("t")])

    def obtain() -> Token:
        answer = next(answers)
        if isinstance(answer, MySafeError):
            raise answer
        return answer

    token = BearerToken(Connection(url=URL, client_id="id", client_secret="hush"), obtain)
    with pytest.raises(MySafeError):
        token.current()
    assert token.current() == "t"
