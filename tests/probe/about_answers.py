# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Questions about the form of the answers: envelope, keys and types."""

from __future__ import annotations

import typing as t

from . import documented
from .bench import entity, is_encrypted
from .failures import Inconclusive, Stop
from .question import Area, Findings, Unknown

if t.TYPE_CHECKING:
    from .bench import Bench
    from .client import Answer

AREA = Area("Form of the answers")
#: Asked last, when all the messages have been seen.
LATE = Area("Form of the answers")
#: No vault has so many secrets, and it fits into 32 bits.
_NO_IDENTIFIER = "2147483647"
_DIGITS = "4711"


@AREA.question("How a new secret is answered", "write_entity_key", "identifier_type", "masked_echo")
def created(bench: Bench) -> Findings:
    """Create the first secret."""
    # Its code has upper and lower case, its method is a number, and it has no notes.
    new, answer = bench.create(bench.own, "First", method=_DIGITS, tags=f"{bench.tag}, mysafe-probe")
    if not answer.succeeded:
        raise Stop(f"no API secret could be created: a create got the answer {answer.outcome}")
    fields = entity(answer)
    if not new.identifier:
        raise Stop("the answer to a create has no identifier")
    echo = fields.get("client_secret")
    masked: t.Any = Unknown("the answer to a create has no client_secret")
    if isinstance(echo, str) and echo:
        masked = not echo.strip("*")
    bench.encrypted = echo != new.client_secret and is_encrypted(echo)
    bench.note(f"A create: {answer.outcome}.")
    return {
        "write_entity_key": _key(answer),
        "identifier_type": "int" if isinstance(fields["identifier"], int) else "str",
        "masked_echo": masked,
    }


@AREA.question(
    "How a secret is read", "get_entity_key", "empty_fields", "numeric_text", "mensagem_key", "tenant_in_answer"
)
def read(bench: Bench) -> Findings:
    """Read the first secret."""
    answer = bench.own.get(bench.first.identifier)
    if answer.code in (1005, 1006):
        raise Stop("the access key cannot read what it creates: use one with full access, not one for specified items")
    if not answer.succeeded:
        raise answer.inconclusive("reading")
    fields = entity(answer)
    empty = fields.get("notes", "absent")
    forms = {None: "null", "": "string", "absent": "absent"}
    number = fields.get("method")
    twins = [key for key in ("mensagem", "Message") if key in answer.response]
    bench.encrypted = bench.encrypted or is_encrypted(fields.get("client_secret"))
    unknown = set(fields) - {*documented.TEXT_FIELDS, "identifier", "users_allowed", "groups_allowed"}
    if unknown:
        bench.note(f"A secret has more fields than documented: {bench.names(unknown)}.")
    return {
        "get_entity_key": _key(answer),
        "empty_fields": forms[empty] if empty in forms else Unknown("the empty field came back with a value"),
        "numeric_text": isinstance(number, int)
        if str(number) == _DIGITS
        else Unknown("the number came back as another text"),
        "mensagem_key": "both" if len(twins) == 2 else twins[0] if twins else Unknown("there is no such key"),
        "tenant_in_answer": "tenant" in answer.object,
    }


@AREA.question("How a secret is refused that does not exist", "legacy_envelope")
def refused(bench: Bench) -> Findings:
    """Read a secret that does not exist."""
    answer = bench.own.get(_NO_IDENTIFIER)
    bench.remember("not found", answer)
    bench.note(f"A secret that does not exist: {answer.outcome}.")
    if answer.code != 1005:
        raise answer.inconclusive("reading what does not exist")
    marks = ("code" not in answer.object, "detail" not in answer.response, answer.response.get("error_code") == 0)
    if len(set(marks)) > 1:
        raise Inconclusive("only some of the marks of the older envelope are there")
    return {"legacy_envelope": marks[0]}


@LATE.question("Which version's spelling the messages have", "wording")
def wording(bench: Bench) -> Findings:
    """Compare the messages that were seen with those of each version."""
    votes: dict[str, list[str]] = {}
    for occasion, message in bench.messages.items():
        spelling = [version for version, text in documented.WORDINGS[occasion].items() if text == message]
        votes.setdefault(spelling[0] if spelling else "neither", []).append(occasion)
    for version, occasions in sorted(votes.items()):
        bench.note(f"Messages with the spelling of {version}: {', '.join(sorted(occasions))}.")
    if len(votes) != 1 or "neither" in votes:
        raise Inconclusive("the messages do not all have the spelling of one version" if votes else "none was seen")
    return {"wording": next(iter(votes))}


def _key(answer: Answer) -> t.Any:
    for key in ("api_entity", "api_secret_entity"):
        if key in answer.object:
            return key
    return Unknown("the fields of the secret are below neither of the two keys")
