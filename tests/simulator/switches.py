# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The switches of the simulator, and the profiles, which are presets of the switches.

"Section" means a section of the API reference. [A] marks a point that is undocumented.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t

if t.TYPE_CHECKING:
    from pathlib import Path


class SwitchError(ValueError):
    """An unknown switch, or an invalid value for one."""


def _switch(default: t.Any, meaning: str, *choices: t.Any) -> t.Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning, "choices": choices})  # pylint: disable=invalid-field-call


@dataclasses.dataclass
class Switches:
    """Every point where versions differ or the documentation is silent, with the default of profile v4."""

    # Gateway: sections 2.4 and 2.5
    kong: str = _switch("3.6", "version of the gateway, which determines the format of its bodies", "3.2", "3.4", "3.6")
    auth_failure: int = _switch(401, "status for a bad or expired token: 401, or the 404 for a missing one", 401, 404)
    token_expired_body: str = _switch(
        "exp",
        'body of the 401 for an expired token: {"exp": …} or {"message": …}; or the 404 for a missing one',
        "exp",
        "message",
        "404",
    )
    api_paths: str = _switch("both", "prefixes under which the API is routed", "both", "api", "iso")
    token_paths: str = _switch("both", "prefixes under which the token endpoint is routed", "both", "api", "iso")
    rate_limit: int = _switch(0, "requests per window before 429; 0 means no limit")
    rate_limit_window: str = _switch("minute", "window of rate_limit", "second", "minute", "hour")
    rate_limit_headers: bool = _switch(True, "send rate limit headers, with the 429 of a fault too")
    latency: float = _switch(0.0, "seconds by which each answer is delayed")

    # Token endpoint: sections 2.1 to 2.3
    token_get_allowed: bool = _switch(False, "the token endpoint accepts GET (documented by mistake: section 2.1)")
    token_json_allowed: bool = _switch(True, "the token endpoint accepts a JSON body")
    token_basic_allowed: bool = _switch(True, "the token endpoint accepts Basic authentication")
    token_lifetime: float = _switch(3600.0, "seconds until a new token expires")
    token_type_case: str = _switch("Bearer", "spelling of token_type", "Bearer", "bearer", "BEARER")
    token_error: str = _switch(
        "league",
        "errors of the token endpoint: with error_description, without it, or in an envelope",
        "league",
        "league_old",
        "envelope",
    )
    tenant_required: bool = _switch(
        False, "a token request must name the tenant (multi-tenant vault reached by IP address)"
    )

    # Before a resource is reached: sections 1.2 and 2.4
    lockdown: str = _switch("", "date until which the vault is under lockdown; empty means no lockdown")
    no_permission: str = _switch(
        "envelope",
        "answer to an access key without permission: a 500 envelope, or the 404 of the gateway",
        "envelope",
        "gateway",
    )

    # Form of the answers: sections 1.1, 1.2 and 8
    wording: str = _switch("v4", "spelling of the messages", "v4", "v3_32")
    legacy_envelope: bool = _switch(False, "no code, no detail, error_code 0 for errors, empty exception detail")
    mensagem_key: str = _switch("mensagem", "key of the Portuguese twin of message", "mensagem", "Message", "both")
    tenant_in_answer: bool = _switch(False, "each envelope has a top-level tenant, as in A2A answers")
    deactivate_code: bool = _switch(True, "the answer to a deactivation has a top-level code")
    identifier_type: str = _switch("str", "JSON type of identifier", "str", "int")
    numeric_text: bool = _switch(False, "a text of digits is returned as a JSON number")
    empty_fields: str = _switch("string", "how an empty field is returned", "string", "null", "absent")
    get_entity_key: str = _switch("api_secret_entity", "payload key of get", "api_secret_entity", "api_entity")
    write_entity_key: str = _switch("api_entity", "payload key of create and update", "api_entity", "api_secret_entity")
    get_users_key: str = _switch("name", "key of the username in the answer to get", "name", "username")
    write_users_key: str = _switch(
        "username", "key of the username in the answer to create and update", "username", "name"
    )
    masked_echo: bool = _switch(False, "create and update return client_secret as asterisks")
    encrypt_notes: bool = _switch(True, "an access key with encryption gets encrypted notes too [A]")

    # List: sections 3.1 and 3.9
    list_inactive: bool = _switch(False, "inactive secrets are listed [A]")
    list_key: str = _switch(
        "documented",
        "how an empty list is returned: as [], without the key, or as null",
        "documented",
        "absent_when_empty",
        "null_when_empty",
    )
    identifier_code_filter: str = _switch(
        "exact",
        "how the filter identifier_code matches",
        "exact",
        "contains",
        "prefix",
        "suffix",
        "case_insensitive",
        "ignored",
    )
    tag_filter: str = _switch(
        "exact",
        "how the filter tag matches one of the tags (exact ignores case)",
        "exact",
        "case_sensitive",
        "contains",
        "ignored",
    )

    # Get: sections 3.2 and 3.8
    non_numeric_identifier: int = _switch(1010, "error for an identifier that is not a number", 1010, 1005)
    denied_code: int = _switch(1006, "error for a secret that the user may not see", 1006, 1005)
    need_approval: str = _switch(
        "ignored",
        "get on a secret that needs approval: it is returned anyway, or refused with 1006 [A]",
        "ignored",
        "refused",
    )

    # Create and update: sections 3.3 and 3.4
    client_secret_required: bool = _switch(False, "create requires client_secret")
    enforce_unique: bool = _switch(True, "an identifier_code is unique among the secrets of one owner")
    duplicate_counts_inactive: bool = _switch(True, "an inactive secret keeps its identifier_code taken [A]")
    self_collision: bool = _switch(False, "an update with the secret's own identifier_code is a duplicate")
    trim_text: bool = _switch(False, "leading and trailing blanks of a text are removed")
    null_on_update: str = _switch("keeps", "what null does to a field in an update [A]", "keeps", "clears")
    update_status: int = _switch(200, 'status of an update: 200, or 201 with "successfully registered"', 200, 201)
    update_old_values: bool = _switch(False, "an update returns the old values")
    update_requires_base_fields: bool = _switch(False, "an update requires name, url and client_id (V33PT, V40PT)")
    update_inactive: str = _switch(
        "allowed", "an update of an inactive secret: allowed, or refused with 1009 [A]", "allowed", "refused"
    )
    empty_array_clears_sharing: bool = _switch(True, "an empty array removes the sharing; otherwise it is ignored")
    share_with_owner: str = _switch(
        "kept",
        "sharing with the owner: kept, dropped silently, or reported in shared_error [A]",
        "kept",
        "dropped",
        "shared_error",
    )
    shared_error_shape: str = _switch(
        "object", "form of an entry of shared_error [A]", "object", "string", "username_only"
    )
    shared_error_status: int = _switch(
        0, "status when shared_error is not empty; 0 means the usual status", 0, 200, 201, 207
    )

    # Activate and deactivate: sections 3.5 and 3.6
    already_message: bool = _switch(True, 'answer "has already been …" when nothing changes')

    def update(self, values: dict[str, t.Any]) -> None:
        """Set switches: all of them, or none if one is invalid."""
        known = {field.name: field for field in dataclasses.fields(self)}
        for name, value in values.items():
            if name not in known:
                raise SwitchError(f"unknown switch '{name}'; known are: {', '.join(sorted(known))}")
            _check(known[name], value)
        for name, value in values.items():
            setattr(self, name, value)


def _check(field: dataclasses.Field[t.Any], value: t.Any) -> None:
    choices = field.metadata["choices"]
    if choices:
        if not any(value == choice and isinstance(value, type(choice)) for choice in choices):
            known = ", ".join(map(str, choices))
            raise SwitchError(f"switch '{field.name}' must be one of {known}, not {json.dumps(value)}")
        return
    kind = type(field.default)
    # To Python a bool is an int, but never to a switch.
    fits = isinstance(value, (int, float) if kind is float else kind) and isinstance(value, bool) == (kind is bool)
    if not fits:
        raise SwitchError(f"switch '{field.name}' must be of type {kind.__name__}, not {json.dumps(value)}")


# The gateway version of each profile is an assumption: the vendor names none.
PROFILES: dict[str, dict[str, t.Any]] = {
    "v4": {},
    "v3_33": {"kong": "3.4"},
    "v3_32": {
        "kong": "3.2",
        "wording": "v3_32",
        "deactivate_code": False,
        "client_secret_required": True,
        "non_numeric_identifier": 1005,
    },
    # The English pages of v3.33 and v4.0 about updates, taken at their word.
    "v4_en_doc": {"update_status": 201, "update_old_values": True},
    # The older samples of the v3.32 password and note pages.
    "legacy_envelope": {
        "kong": "3.2",
        "wording": "v3_32",
        "deactivate_code": False,
        "client_secret_required": True,
        "non_numeric_identifier": 1005,
        "legacy_envelope": True,
    },
}


def preset(profile: str) -> Switches:
    """Return the switches of a profile."""
    if profile not in PROFILES:
        raise SwitchError(f"unknown profile '{profile}'; known are: {', '.join(PROFILES)}")
    return Switches(**PROFILES[profile])


def parse(assignment: str) -> tuple[str, t.Any]:
    """Parse `name=value` from the command line, where the value is JSON, or the plain text of a text switch."""
    name, equals, text = assignment.partition("=")
    if not equals:
        raise SwitchError(f"'{assignment}' is not name=value")
    fields = {field.name: field for field in dataclasses.fields(Switches)}
    if name in fields and isinstance(fields[name].default, str):
        return name, text
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def read_profile(path: Path) -> dict[str, t.Any]:
    """Read the switches of a profile file, as the probe writes it. A switch of null keeps its default."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SwitchError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise SwitchError(f"{path} is not JSON") from error
    values = content.get("switches") if isinstance(content, dict) else None
    if not isinstance(values, dict):
        raise SwitchError(f"{path} has no object 'switches'")
    return {name: value for name, value in values.items() if value is not None}


def describe() -> str:
    """Return a readable list of all switches."""
    lines = []
    for field in dataclasses.fields(Switches):
        choices = " | ".join(map(str, field.metadata["choices"])) or type(field.default).__name__
        lines.append(f"{field.name} = {json.dumps(field.default)}\n    {field.metadata['meaning']}  [{choices}]")
    return "\n".join([*lines, "", "[A] marks an assumption: the point is undocumented."])
