# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The search: what identifies a secret in any encoding, and where it is found.

A secret that a test makes up has marks inside: lower-case letters and digits, which survive every kind of quoting, so
that a part of a secret is found too. Where the value itself is what matters, it is searched for in every encoding, whole
and in parts. A value as short or as ordinary as the text around it can only be told by the option that names it.
"""

from __future__ import annotations

import dataclasses
import secrets
import typing as t

from .encodings import base64_forms, forms

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

#: With ANSIBLE_DEBUG, Ansible itself prints the arguments of every module, ours or not.
_ANSIBLES_OWN = b": done with _execute_module ("
#: How long a value must be not to be in a text by chance.
_TELLING = 6
_PART = 12
#: The options that hold a secret, and how formats write an option with its value.
_NAMES = ("client_secret", "mysafe_client_secret", "mysafe_access_token")
_ASSIGNMENTS = ('{}": "{}"', "{}': '{}'", '{}\\": \\"{}\\"', "{}: {}\n", '{}: "{}"', "{}: '{}'", "{}={}\n", "{}={}&")


class Secret:
    """A value that must not appear anywhere, and the texts that identify it."""

    def __init__(self, value: str = "", marks: t.Sequence[str] = ()) -> None:
        self.marks = tuple(marks) or tuple(secrets.token_hex(8) for _time in range(4))
        first, second, third, fourth = (*self.marks, "", "", "", "")[:4]
        # Between the marks are characters that some format quotes, including a line break.
        self.value = value or (
            f"{first} \"q\" 'p' \\b\\n &amp; {second}\r\n\t<b>&{third}</b> 100% %41 + é漢 {{}}, : # {fourth}"
        )
        texts = {form for mark in self.marks for form in {mark, *base64_forms(mark)}}
        self.needles = frozenset(text.encode() for text in texts)

    @classmethod
    def known(cls, value: str) -> Secret:
        """Make a secret from a value that the test cannot choose. All tokens begin alike, so one finds the others."""
        middle = len(value) // 2
        return cls(value, [value[:24], value[middle : middle + 24], value[-24:]])

    @classmethod
    def key(cls, pem: str) -> Secret:
        """Make a secret from a private key: its lines, but for the first, which is the same in many keys."""
        return cls(
            pem, [line[at : at + 24] for line in pem.splitlines()[2:-1] for at in (0, 24) if len(line) > at + 20]
        )

    @classmethod
    def exactly(cls, value: str, *, ordinary: bool = False) -> Secret:
        """Make a secret that is this value. An ordinary one is also a word, a number or a blank in other texts."""
        secret = cls(value, [value])
        if ordinary or len(value.strip()) < _TELLING:
            texts = {form.format(name, text) for text in forms(value) for name in _NAMES for form in _ASSIGNMENTS}
        else:
            starts = (0, (len(value) - _PART) // 2, len(value) - _PART) if len(value) > 2 * _PART else ()
            texts = {form for part in (value, *(value[at : at + _PART] for at in starts)) for form in forms(part)}
            texts = {text for text in texts if len(text.strip()) >= _TELLING}
        secret.needles = frozenset(text.encode() for text in texts)
        return secret

    def found_in(self, content: bytes) -> list[bytes]:
        """Return the texts that identify the secret and are in the content."""
        return [needle for needle in self.needles if needle in content]


@dataclasses.dataclass
class Counts:
    """What was done in the whole test run, for its last lines."""

    plays: int = 0
    #: Each item of a loop is one.
    tasks: int = 0
    places: int = 0
    size: int = 0
    needles: int = 0

    def __str__(self) -> str:
        """Tell the numbers."""
        return (
            f"{self.plays} plays of {self.tasks} tasks; {self.places} places ({self.size / 1e6:.0f} MB) searched for secrets,"
            f" by {self.needles} needles"
        )


COUNTS = Counts()


def leaks_in(place: Path, secrets_by_name: Mapping[str, Secret]) -> list[str]:
    """Return where secrets are in the files below a directory: file, line, name of the secret, and the text around."""
    # The results come first, since their lines start with the name of the task.
    files = sorted((path for path in place.rglob("*") if path.is_file()), key=lambda path: path.name != "results")
    return leaks([(str(path.relative_to(place)), path.read_bytes()) for path in files], secrets_by_name)


def leaks(places: Iterable[tuple[str, bytes]], secrets_by_name: Mapping[str, Secret]) -> list[str]:
    """Return where secrets are in these contents, which have names."""
    found = []
    COUNTS.needles += sum(len(secret.needles) for secret in secrets_by_name.values())
    for place, content in places:
        COUNTS.places += 1
        COUNTS.size += len(content)
        there = {name: needles for name, one in secrets_by_name.items() if (needles := one.found_in(content))}
        for name, needles in there.items():
            found += [f"{place}:{described} {name}" for described in _described(content, needles)]
    return found


def _described(content: bytes, needles: list[bytes]) -> list[str]:
    """Return the lines with needles: number, beginning, and the text around. What spans several lines counts as one."""
    described = []
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        needle = next((needle for needle in needles if needle in line), None)
        if needle is not None and _ANSIBLES_OWN not in line:
            at = line.find(needle)
            begins, around = (part.decode(errors="replace") for part in (line[:80], line[max(0, at - 80) : at + 60]))
            described.append(f"{number}: {begins}… in …{around}…")
    if not described and not any(needle in line for needle in needles for line in content.splitlines(keepends=True)):
        described.append(f" over several lines: {needles[0]!r}")
    return described
