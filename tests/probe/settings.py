# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Reads integration_config.yml: the vault, its access keys, and with whom to share."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from pathlib import Path

import yaml

from .failures import ProbeError

#: In the order of the template: the user whose secrets the probe creates, another user, and keys that make it see more.
KEYS = ("alice", "bob", "encrypted", "unauthorized")


@dataclasses.dataclass(frozen=True)
class Key:
    """An access key, and the name of its user if it is known."""

    client_id: str
    client_secret: str
    username: str = ""


@dataclasses.dataclass(frozen=True)
class Settings:
    """The vault to ask, and what may be used for it."""

    url: str
    ca_path: str
    own: Key
    second: Key | None = None
    encrypted: Key | None = None
    unauthorized: Key | None = None
    group: str = ""
    tenant: str = ""


def read(path: Path) -> Settings:
    """Return the settings of a file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProbeError(
            f"Cannot read {path}: {error.strerror}. Copy tests/integration/integration_config.yml.template to this"
            " path, and fill in the URL and one access key."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        # The error quotes the file, which holds secrets.
        raise ProbeError(f"{path} is not valid YAML.") from error
    if not isinstance(content, dict):
        raise ProbeError(f"{path} is not a mapping. Compare it with integration_config.yml.template.")
    return _settings(content, path)


def _settings(content: dict[str, t.Any], path: Path) -> Settings:
    url = str(content.get("mysafe_url") or "").strip().rstrip("/")
    if not re.fullmatch(r"https?://[^/?#@\s]+", url):
        raise ProbeError(f"mysafe_url in {path} must be the address of the vault alone, such as https://vault.example.")
    keys = content.get("mysafe_access_keys")
    found = {name: _key(keys.get(name)) if isinstance(keys, dict) else None for name in KEYS}
    if found["alice"] is None:
        raise ProbeError(f"mysafe_access_keys.alice in {path} needs a client_id and a client_secret.")
    own, second = found["alice"], found["bob"]
    if second is not None and second.username and second.username == own.username:
        raise ProbeError(f"mysafe_access_keys in {path}: alice and bob must be two different users.")
    return Settings(
        url,
        str(content.get("mysafe_ca_path") or ""),
        own,
        second,
        found["encrypted"],
        found["unauthorized"],
        str(content.get("mysafe_group") or ""),
        str(content.get("mysafe_tenant") or ""),
    )


def _key(entry: t.Any) -> Key | None:
    if not isinstance(entry, dict) or not entry.get("client_id") or not entry.get("client_secret"):
        return None
    return Key(str(entry["client_id"]), str(entry["client_secret"]), str(entry.get("username") or ""))
