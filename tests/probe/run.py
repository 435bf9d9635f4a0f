# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A whole run: first contact, questions, clean-up."""

from __future__ import annotations

import dataclasses
import typing as t

from . import catalogue
from .bench import Bench
from .clean_up import Left, clean_up
from .client import Lockdown
from .failures import Inconclusive, Stop
from .login import Login
from .question import Need, Unknown

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import Client
    from .interrupts import Interrupts
    from .question import Findings, Question
    from .settings import Settings

Tell = t.Callable[[str], None]


@dataclasses.dataclass
class Result:
    """What a run found out."""

    findings: Findings
    # By area and title of the question.
    notes: list[tuple[str, str, list[str]]]
    created: int
    left: list[Left]
    used: list[str]
    stopped: str = ""
    requests: int = 0


class Run:
    """Asks the questions, and deactivates what they created."""

    def __init__(
        self, settings: Settings, client: Client, interrupts: Interrupts, tell: Tell, *, sharing: bool, wait: float
    ) -> None:
        self._settings = settings
        self._client = client
        self._interrupts = interrupts
        self._tell = tell
        self._sharing = sharing
        self._wait = wait
        self._login = Login(client, settings)
        self.left: list[Left] = []
        self.result = Result({}, [], 0, self.left, self._used())

    def ask_all(self) -> Result:
        """Return what was found out. Whatever ends the run, `left` then says what is still active."""
        bench = None
        findings = self.result.findings
        try:
            self._login.begin()
            findings[catalogue.LOCKDOWN] = ""
            bench = Bench(self._client, self._settings, self._login, self._sharing, self._wait)
            bench.findings = findings
            self._ask(catalogue.QUESTIONS, bench)
        except Stop as stop:
            self._stop(stop)
        finally:
            if bench is not None:
                self.result.created = len(bench.created)
                self._tidy(bench)
        if bench is not None and not self.result.stopped:
            try:
                self._ask(catalogue.AFTERWARDS, bench)
            except Stop as stop:
                self._stop(stop)
        for question in (*catalogue.QUESTIONS, *catalogue.AFTERWARDS):
            for switch in question.switches:
                findings.setdefault(switch, Unknown(self.result.stopped))
        findings.update({switch: Unknown(reason) for switch, reason in catalogue.NOT_OBSERVABLE.items()})
        self.result.requests = self._client.sent
        return self.result

    def _ask(self, questions: Iterable[Question], bench: Bench) -> None:
        for question in questions:
            self._interrupts.check()
            self._client.leave_room()
            bench.notes = []
            found = self._answer(question, bench)
            bench.findings.update(found)
            self.result.notes.append((question.area, question.title, bench.notes))
            values = [f"{name} = {'unknown' if isinstance(v, Unknown) else v}" for name, v in found.items()]
            self._tell(f"{question.area}: {question.title}: {', '.join(values) or '; '.join(bench.notes)}")

    def _answer(self, question: Question, bench: Bench) -> Findings:
        for need in question.needs:
            if not self._has(need):
                bench.notes.append(f"Not asked: it needs {need.value}.")
                return {switch: Unknown(f"it needs {need.value}") for switch in question.switches}
        try:
            return question.ask(bench)
        except Inconclusive as reason:
            if not question.switches:
                bench.notes.append(f"Not found out: {reason}.")
            return {switch: Unknown(str(reason)) for switch in question.switches}

    def _has(self, need: Need) -> bool:
        settings = self._settings
        return {
            Need.OWN_NAME: bool(settings.own.username),
            Need.SECOND_KEY: settings.second is not None,
            Need.PARTNER: bool(settings.group or (settings.second and settings.second.username)),
            Need.SHARING: self._sharing,
            Need.UNAUTHORIZED_KEY: settings.unauthorized is not None,
        }[need]

    def _used(self) -> list[str]:
        own, *others = (
            ("one access key", True),
            ("a second user", self._settings.second is not None),
            ("a group", bool(self._settings.group)),
            ("an access key with encryption", self._settings.encrypted is not None),
            ("an access key without permission", self._settings.unauthorized is not None),
            ("sharing", self._sharing),
        )
        return [own[0], *(text for text, there in others if there)]

    def _stop(self, stop: Stop) -> None:
        self.result.stopped = str(stop)
        if isinstance(stop, Lockdown):
            found = stop.until or Unknown("the vault is under lockdown, until a date that it does not say")
            self.result.findings[catalogue.LOCKDOWN] = found
        self._tell(f"No further question is asked: {stop}.")

    def _tidy(self, bench: Bench) -> None:
        self._interrupts.shield()
        try:
            self.left.extend(clean_up(bench, self._interrupts.wait))
        finally:
            self._interrupts.expose()
