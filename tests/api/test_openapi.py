"""The API's document is valid, whole and shown without any other server."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from server.settings import ROOT


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/api/v1/openapi.json").json


def test_the_document_is_valid(document: Any) -> None:
    validate(document)


def test_every_route_of_the_api_stands_in_the_document(app: Flask, document: Any) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith(("/api/v1/", "/api/open/"))
        and not rule.endpoint.startswith("docs.")
    }
    described = {
        (path, method) for path, operations in document["paths"].items() for method in operations
    }
    assert {(path, m) for path, m in routes if m not in ("head", "options")} <= described


def test_phones_routes_ask_for_a_token_and_public_ones_do_not(document: Any) -> None:
    paths = document["paths"]

    assert paths["/api/v1/sync"]["post"]["security"] == [{"phone": []}]
    assert paths["/api/open/v1/events"]["get"]["security"] == [{"machine": []}]
    assert "security" not in paths["/api/v1/session/bind"]["post"]
    assert "security" not in paths["/api/v1/public/stations/{token}"]["get"]


def test_errors_are_described_as_problem_json(document: Any) -> None:
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_an_item_is_described_with_each_kind_of_payload(document: Any) -> None:
    item = document["components"]["schemas"]["ItemIn"]

    assert len(item["properties"]["payload"]["oneOf"]) == 9


def test_swagger_ui_comes_from_here_and_needs_no_inline_script(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    assert not re.search(r"https?://", page.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(f"/api/v1/docs/{name}").status_code == 200, name


def test_every_problem_code_can_be_looked_up(client: FlaskClient) -> None:
    listed = {one["code"] for one in client.get("/api/problems").json}

    table = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    assert listed == set(re.findall(r"^\| `([a-z0-9-]+)` ", table, re.MULTILINE))
    assert "bind-code-used" in listed
