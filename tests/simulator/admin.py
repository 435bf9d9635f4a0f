# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The control routes under /_simulator, which are not part of the API."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import seed
from .state import TEXT_FIELDS, Secret

if t.TYPE_CHECKING:
    from starlette.requests import Request

    from .appliance import Appliance
    from .faults import Faults
    from .journal import Journal

PREFIX = "/_simulator/"
# The fields of an access key that can be changed at run time, with their JSON types.
_KEY_OPTIONS: dict[str, t.Any] = {
    "revoked": bool,
    "expires_at": (int, float),
    "items": list,
    "permitted": bool,
    "encrypted": bool,
    "referers": list,
    "ips": list,
}


class ControlError(ValueError):
    """An invalid control request."""


class Admin:
    """Reads and changes the state of the simulator, bypassing the rules of the API."""

    def __init__(self, appliance: Appliance, faults: Faults, journal: Journal) -> None:
        self._appliance = appliance
        self._faults = faults
        self._journal = journal

    def application(self) -> Starlette:
        """Return the routes as an ASGI application."""
        routes = [
            Route(PREFIX + "log", self._log, methods=["GET", "DELETE"]),
            Route(PREFIX + "reset", self._reset, methods=["POST"]),
            Route(PREFIX + "switches", self._switches, methods=["GET", "PATCH"]),
            Route(PREFIX + "faults", self._faults_route, methods=["GET", "POST", "DELETE"]),
            Route(PREFIX + "secrets", self._secrets, methods=["GET", "POST"]),
            Route(PREFIX + "access-keys/{name}", self._access_key, methods=["PATCH"]),
            Route(PREFIX + "expire-tokens", self._expire_tokens, methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={ValueError: _bad_request})

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._journal.clear()
        return JSONResponse(self._journal.content())

    async def _reset(self, request: Request) -> Response:
        content = await _content(request, dict)
        unknown = set(content) - {"profile", "switches"}
        if unknown:
            raise ControlError(f"unknown fields: {', '.join(sorted(unknown))}")
        self._appliance.reset(content.get("profile"), content.get("switches"))
        self._faults.clear()
        self._journal.clear()
        return JSONResponse(dataclasses.asdict(self._appliance.switches))

    async def _switches(self, request: Request) -> Response:
        if request.method == "PATCH":
            self._appliance.switches.update(await _content(request, dict))
        return JSONResponse(dataclasses.asdict(self._appliance.switches))

    async def _faults_route(self, request: Request) -> Response:
        if request.method == "POST":
            self._faults.add(await _content(request, list))
        elif request.method == "DELETE":
            self._faults.clear()
        return JSONResponse({"faults": self._faults.content()})

    async def _secrets(self, request: Request) -> Response:
        if request.method == "POST":
            content = await _content(request, (dict, list))
            entries = content if isinstance(content, list) else [content]
            return JSONResponse({"identifiers": [self._add(entry) for entry in entries]})
        secrets = [
            {**dataclasses.asdict(secret), "identifier": str(secret.identifier), "tenant": tenant}
            for tenant, vault in self._appliance.vaults.items()
            for secret in vault.secrets.values()
        ]
        return JSONResponse({"secrets": secrets})

    async def _access_key(self, request: Request) -> Response:
        key = self._appliance.keys.get(request.path_params["name"])
        if key is None:
            raise ControlError("no such access key")
        content = await _content(request, dict)
        for name, value in content.items():
            if name not in _KEY_OPTIONS:
                raise ControlError(f"unknown field '{name}' of an access key; known are: {', '.join(_KEY_OPTIONS)}")
            if value is not None and not isinstance(value, _KEY_OPTIONS[name]):
                raise ControlError(f"'{name}' has the wrong JSON type")
        if content.get("items") is not None:
            content["items"] = frozenset(int(item) for item in content["items"])
        for name, value in content.items():
            setattr(key, name, tuple(value) if isinstance(value, list) else value)
        return JSONResponse({})

    async def _expire_tokens(self, _request: Request) -> Response:
        return JSONResponse({"expired": self._appliance.tokens.expire_all()})

    def _add(self, entry: t.Any) -> str:
        settable = set(TEXT_FIELDS) | {
            "owner",
            "users",
            "groups",
            "active",
            "need_approval",
            "need_justify",
            "can_view",
            "tenant",
        }
        if not isinstance(entry, dict) or "owner" not in entry:
            raise ControlError("a secret must be an object with at least 'owner'")
        unknown = set(entry) - settable
        if unknown:
            raise ControlError(f"unknown fields of a secret: {', '.join(sorted(unknown))}")
        values = dict(entry)
        vault = self._appliance.vaults.get(values.pop("tenant", seed.DEFAULT_TENANT))
        if vault is None or values["owner"] not in vault.users:
            raise ControlError(f"no such tenant, or no such user in it: {values['owner']}")
        secret = Secret(vault.next_identifier(), **values)
        vault.insert(secret)
        return str(secret.identifier)


async def _content(request: Request, kind: t.Any) -> t.Any:
    body = await request.body()
    try:
        content = json.loads(body) if body else {}
    except ValueError as error:
        raise ControlError(f"not JSON: {error}") from error
    if not isinstance(content, kind):
        raise ControlError("the body has the wrong JSON type")
    return content


async def _bad_request(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)
