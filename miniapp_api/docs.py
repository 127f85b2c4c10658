"""The OpenAPI document, Swagger UI from PyPI's own files, and the list of problem codes."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_smorest import Api
from werkzeug.exceptions import NotFound as NoSuchPage

from miniapp_api.app_files import KINDS
from miniapp_api.batch import PAYLOADS
from miniapp_api.shapes import ProblemOut
from server.http.guards import GUARDS, open_to_all
from server.settings import ROOT

pages = Blueprint("docs", __name__, template_folder="templates", static_folder=None)
open_to_all(pages, "documentation holds nothing of anybody's")
SWAGGER = files("flask_swagger_ui") / "dist"
START = Path(__file__).with_name("static") / "start.js"
PROBLEM_ROW = re.compile(r"^\| `([a-z0-9-]+)` \| (.+?) \|$", re.MULTILINE)
JSON, PROBLEM_JSON = "application/json", "application/problem+json"


class HouseApi(Api):
    """flask-smorest for its schemas and document; errors stay with server.http.problems."""

    ERROR_SCHEMA = ProblemOut

    def _register_error_handlers(self) -> None:
        """None: the house answers every error in one shape already."""


def make_api(app: Any) -> HouseApi:
    """The document's frame: title, how phones sign in, the shapes of events."""
    app.config |= {"API_TITLE": "村站通", "API_VERSION": "v1", "OPENAPI_VERSION": "3.1.0"}
    api = HouseApi(
        app,
        spec_kwargs={
            "info": {
                "description": "手机端接口，和给县里其他系统读的开放数据（/api/open/v1）。"
                "手机可以放心重发：同一个编号只收一次。"
                "出错时按 RFC 9457 回答，`code` 见 /api/problems。"
            }
        },
    )
    for who in ("phone", "machine"):
        api.spec.components.security_scheme(who, {"type": "http", "scheme": "bearer"})
    for kind, schema in PAYLOADS.items():
        api.spec.components.schema(
            "".join(word.title() for word in str(kind).split("_")) + "Payload", schema=schema
        )
    app.extensions["openapi"] = api
    return api


def document() -> dict[str, Any]:
    """The OpenAPI document of this app, with what flask-smorest leaves out."""
    spec: dict[str, Any] = current_app.extensions["openapi"].spec.to_dict()
    schemas = spec["components"]["schemas"]
    payloads = [name for name in schemas if name.endswith("Payload")]
    for name, schema in schemas.items():
        if name.startswith("ItemIn"):
            schema["properties"]["payload"] = {
                "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in sorted(payloads)]
            }
    responses = spec["components"]["responses"]
    for response in responses.values():
        if JSON in response.get("content", {}):
            response["content"][PROBLEM_JSON] = response["content"].pop(JSON)
    for operations in spec["paths"].values():
        for operation in operations.values():
            if not isinstance(operation, dict):
                continue
            operation["responses"].setdefault(
                "default", {"$ref": "#/components/responses/DEFAULT_ERROR"}
            )
            guard = GUARDS.get(operation["tags"][0])
            if guard is not None and guard.door != "public":
                operation["security"] = [{guard.door: []}]
    return spec


@cache
def problem_codes() -> tuple[tuple[str, str], ...]:
    """Every problem code and its meaning, as docs/problems.md lists them."""
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    return tuple(PROBLEM_ROW.findall(text))


@pages.get("/api/v1/openapi.json")
def openapi() -> Response:
    """The document itself."""
    return jsonify(document())


@pages.get("/api/problems")
def problems() -> Response:
    """Every code a `problem+json` answer may carry."""
    return jsonify([{"code": code, "meaning": meaning} for code, meaning in problem_codes()])


@pages.get("/api/v1/docs/")
def swagger() -> str:
    """Swagger UI, without any other server and without inline scripts."""
    return render_template("docs/swagger.html")


@pages.get("/api/v1/docs/<name>")
def swagger_file(name: str) -> Response:
    """One of Swagger UI's own files, or the few lines that start it."""
    file = START if name == START.name else SWAGGER / name
    kind = KINDS.get(PurePosixPath(name).suffix)
    if kind is None or not file.is_file():
        raise NoSuchPage
    response = Response(file.read_bytes(), content_type=kind)
    response.cache_control.max_age = 86400
    return response
