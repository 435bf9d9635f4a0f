# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""What the probe is about to do, told before it does anything."""

from __future__ import annotations

import typing as t

from .bench import MARK
from .catalogue import MOST_CREATED, QUESTIONS

if t.TYPE_CHECKING:
    from .settings import Settings


def text(settings: Settings, sharing: bool) -> str:
    """Return the plan, with host and user names: it is for the terminal alone."""
    encrypted = ", one of them as that of the key with encryption" if settings.encrypted else ""
    return "\n".join(
        [
            f"The probe is about to ask {settings.url} {len(QUESTIONS)} questions, in about 100 requests, one at a time.",
            f"- It creates at most {MOST_CREATED} API secrets as the user of the first access key{encrypted}.",
            f"  Their codes start with {MARK} and a random number. It changes, shares and reads no others, and deactivates",
            "  all of them at the end, also if you interrupt it. MySafe deletes nothing, so they stay as inactive ones.",
            "- The audit of the vault records what it does, and a few requests with bad tokens that must fail.",
            *_sharing(settings, sharing),
        ]
    )


def _sharing(settings: Settings, sharing: bool) -> list[str]:
    nobody = "- It tries to share one with a user name that does not exist. Nobody gets an e-mail for that."
    if not sharing:
        return [nobody, "- It shares none with anybody (--no-sharing)."]
    partners = [f"the user {settings.own.username}, who owns it" if settings.own.username else ""]
    partners.append(f"the user {settings.second.username}" if settings.second and settings.second.username else "")
    partners.append(f"the group {settings.group}" if settings.group else "")
    named = [partner for partner in partners if partner]
    if not named:
        return [nobody, "- It shares none with anybody: the configuration names no user or group."]
    return [
        nobody,
        f"- It shares secrets with {', '.join(named)}. From version 4.0 on, the vault sends",
        "  an e-mail to each of them, and to each member of a group. --no-sharing leaves that out.",
    ]
