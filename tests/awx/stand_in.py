# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A small stand-in for the API of AWX: the parts that docs/awx/setup.yml needs, with AWX's own checks."""

from __future__ import annotations

import copy
import json
import socket
import threading
import typing as t

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .rules import broken_by_credential, broken_by_survey, broken_by_type

if t.TYPE_CHECKING:
    from starlette.requests import Request

TOKEN = "token-of-the-administrator"
ENCRYPTED = "$encrypted$"
#: The fields of each resource, with their defaults; an asterisk marks a required field.
RESOURCES: dict[str, dict[str, t.Any]] = {
    "organizations": {"name*": None, "description": ""},
    "credential_types": {
        "name*": None,
        "description": "",
        "kind*": None,
        "inputs": {},
        "injectors": {},
        "managed": False,
    },
    "credentials": {"name*": None, "description": "", "organization*": None, "credential_type*": None, "inputs": {}},
    "execution_environments": {
        "name*": None,
        "description": "",
        "organization": None,
        "image*": None,
        "pull": "",
        "credential": None,
    },
    "projects": {
        "name*": None,
        "description": "",
        "organization*": None,
        "scm_type": "",
        "scm_url": "",
        "scm_branch": "",
        "credential": None,
        "default_environment": None,
        "scm_revision": "",
    },
    "inventories": {
        "name*": None,
        "description": "",
        "organization*": None,
        "kind": "",
        "host_filter": None,
        "variables": "",
    },
    "hosts": {"name*": None, "description": "", "inventory*": None, "enabled": True, "variables": ""},
    "job_templates": {
        "name*": None,
        "description": "",
        "organization": None,
        "project*": None,
        "playbook*": None,
        "inventory": None,
        "execution_environment": None,
        "survey_enabled": False,
        "job_slice_count": 1,
        "ask_job_type_on_launch": False,
        "ask_limit_on_launch": False,
    },
}
#: Field -> the resource that it refers to.
REFERENCES = {
    "organization": "organizations",
    "credential_type": "credential_types",
    "credential": "credentials",
    "default_environment": "execution_environments",
    "execution_environment": "execution_environments",
    "inventory": "inventories",
    "project": "projects",
}
PREFIX = "/api/v2"


class StandIn:
    """A stand-in, which runs as a context manager."""

    def __init__(self) -> None:
        self.items: dict[str, dict[int, dict[str, t.Any]]] = {name: {} for name in RESOURCES}
        self.surveys: dict[int, dict[str, t.Any]] = {}
        self.credentials_of: dict[int, list[int]] = {}
        self.writes: list[str] = []
        self.url = ""
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.store("organizations", {"name": "Default"})

    def __enter__(self) -> StandIn:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self._application(), log_level="critical", lifespan="off"))
        # The socket listens already, so clients that connect early just wait.
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._thread.join()

    def copy(self) -> StandIn:
        """Return a copy with the same content, which is not running."""
        other = StandIn()
        other.items, other.surveys, other.credentials_of = copy.deepcopy(
            (self.items, self.surveys, self.credentials_of)
        )
        return other

    def named(self, resource: str, name: str) -> dict[str, t.Any]:
        """Return the only item with a name as it is stored, including its secrets."""
        found = [item for item in self.items[resource].values() if item["name"] == name]
        assert len(found) == 1, f"{len(found)} of {resource} are named {name}"
        return found[0]

    def store(self, resource: str, values: dict[str, t.Any]) -> dict[str, t.Any]:
        """Store a new item."""
        number = len(self.items[resource]) + 1
        defaults = {name.rstrip("*"): value for name, value in RESOURCES[resource].items()}
        item = {**copy.deepcopy(defaults), **values, "id": number}
        self.items[resource][number] = item
        return item

    def _application(self) -> Starlette:
        one = "{resource}/{number:int}/"
        routes = {
            "{resource}/": (self._list, self._create),
            one: (self._read, self._change),
            "job_templates/{number:int}/survey_spec/": (self._read_survey, self._write_survey),
            "job_templates/{number:int}/credentials/": (self._list_associated, self._associate),
            "project_updates/{number:int}/": (self._read_update, self._read_update),
        }
        return Starlette(
            routes=[
                Route(f"{PREFIX}/{path}", _checked(get if method == "GET" else write), methods=[method])
                for path, (get, write) in sorted(routes.items(), key=lambda route: "{resource}" in route[0])
                for method in ("GET", "PATCH" if path == one else "POST")
            ]
        )

    def _list(self, resource: str, _number: int, query: dict[str, t.Any], _body: dict[str, t.Any]) -> Response:
        def matches(item: dict[str, t.Any]) -> bool:
            either = [str(item[name[4:]]) == value for name, value in query.items() if name.startswith("or__")]
            every = [str(item[name]) == value for name, value in query.items() if not name.startswith("or__")]
            return all(every) and (not either or any(either))

        return _page([self._shown(resource, item) for item in self.items[resource].values() if matches(item)])

    def _create(self, resource: str, _number: int, _query: dict[str, t.Any], body: dict[str, t.Any]) -> Response:
        needed = {name[:-1] for name in RESOURCES[resource] if name.endswith("*")}
        if missing := sorted(needed - set(body)):
            return JSONResponse({name: ["This field is required."] for name in missing}, 400)
        refused = self._refused(resource, body, None)
        if refused is not None:
            return refused
        self.writes.append(f"create {resource} {body['name']}")
        return JSONResponse(self._shown(resource, self.store(resource, body), new=True), 201)

    def _read(self, resource: str, number: int, _query: dict[str, t.Any], _body: dict[str, t.Any]) -> Response:
        return JSONResponse(self._shown(resource, self.items[resource][number]))

    def _change(self, resource: str, number: int, _query: dict[str, t.Any], body: dict[str, t.Any]) -> Response:
        item = self.items[resource][number]
        refused = self._refused(resource, body, item)
        if refused is not None:
            return refused
        if resource == "credentials" and "inputs" in body:
            kept = {name: item["inputs"][name] for name, value in body["inputs"].items() if value == ENCRYPTED}
            body = {**body, "inputs": {**body["inputs"], **kept}}
        # As in AWX, null means empty for a text that cannot be null.
        body = {name: "" if value is None and item[name] == "" else value for name, value in body.items()}
        if any(item[name] != value for name, value in body.items()):
            self.writes.append(f"change {resource} {item['name']}")
        item.update(body)
        return JSONResponse(self._shown(resource, item))

    def _refused(self, resource: str, body: dict[str, t.Any], item: dict[str, t.Any] | None) -> Response | None:
        """Return the refusal of values that AWX does not accept."""
        unknown = set(body) - {name.rstrip("*") for name in RESOURCES[resource]}
        if unknown:
            return JSONResponse({"detail": f"this stand-in does not know {sorted(unknown)}"}, 400)
        for name in set(body) & set(REFERENCES):
            if body[name] is not None and body[name] not in self.items[REFERENCES[name]]:
                return JSONResponse({name: [f"Invalid pk {body[name]} - object does not exist."]}, 400)
        merged = {**(item or {}), **body}
        if resource == "credential_types":
            broken = broken_by_type(merged["kind"], merged["inputs"], merged["injectors"])
            used = item and any(one["credential_type"] == item["id"] for one in self.items["credentials"].values())
            if item and used and item["inputs"] != merged["inputs"]:
                return JSONResponse({"detail": "Modifications to inputs are not allowed for types in use"}, 403)
        elif resource == "credentials":
            given = {name: value for name, value in merged["inputs"].items() if item is None or value != ENCRYPTED}
            broken = broken_by_credential(self.items["credential_types"][merged["credential_type"]]["inputs"], given)
        else:
            broken = []
        return JSONResponse({"inputs": broken}, 400) if broken else None

    def _shown(self, resource: str, item: dict[str, t.Any], *, new: bool = False) -> dict[str, t.Any]:
        url = f"{PREFIX}/{resource}/{item['id']}/"
        shown = {**copy.deepcopy(item), "type": resource[:-1], "url": url, "related": {}, "summary_fields": {}}
        if resource == "credentials":
            fields = self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]
            secret = {field["id"] for field in fields if field.get("secret")}
            shown["inputs"] = {name: ENCRYPTED if name in secret else value for name, value in item["inputs"].items()}
        elif resource == "job_templates":
            shown["related"]["survey_spec"] = f"{url}survey_spec/"
        elif resource == "projects" and new:
            # AWX updates a new project immediately.
            shown["summary_fields"]["current_update"] = {"id": item["id"]}
        return shown

    def _read_survey(self, _resource: str, number: int, _query: dict[str, t.Any], _body: dict[str, t.Any]) -> Response:
        return JSONResponse(self.surveys.get(number, {}))

    def _write_survey(self, _resource: str, number: int, _query: dict[str, t.Any], body: dict[str, t.Any]) -> Response:
        if broken := broken_by_survey(body):
            return JSONResponse({"error": "; ".join(broken)}, 400)
        self.writes.append(f"survey {number}")
        self.surveys[number] = body
        return Response()

    def _list_associated(
        self, _resource: str, number: int, _query: dict[str, t.Any], _body: dict[str, t.Any]
    ) -> Response:
        return _page(
            [self._shown("credentials", self.items["credentials"][one]) for one in self.credentials_of.get(number, [])]
        )

    def _associate(self, _resource: str, number: int, _query: dict[str, t.Any], body: dict[str, t.Any]) -> Response:
        self.writes.append(f"associate {number}")
        self.credentials_of.setdefault(number, []).append(body["id"])
        return Response(status_code=204)

    def _read_update(self, _resource: str, _number: int, _query: dict[str, t.Any], _body: dict[str, t.Any]) -> Response:
        return JSONResponse({"status": "successful"})


def _page(results: list[dict[str, t.Any]]) -> Response:
    return JSONResponse({"count": len(results), "next": None, "previous": None, "results": results})


def _checked(handler: t.Callable[[str, int, dict[str, t.Any], dict[str, t.Any]], Response]) -> t.Any:
    """Return an endpoint that requires the token."""

    async def endpoint(request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"detail": "Authentication credentials were not provided."}, 401)
        text = await request.body()
        resource = request.path_params.get("resource", "")
        if resource and resource not in RESOURCES:
            return JSONResponse({"detail": "Not found."}, 404)
        body = json.loads(text) if text and request.method != "GET" else {}
        answer = handler(resource, request.path_params.get("number", 0), dict(request.query_params), body)
        answer.headers["X-API-Product-Name"] = "AWX"
        answer.headers["X-API-Product-Version"] = "24.6.1"
        return answer

    return endpoint
