"""What every answer says of itself to a browser, and what no log line says of anybody."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header
from werkzeug.routing import Rule

from desk.frame.papers import made_out, zip_out
from server.http.database import db
from server.logs import set_up_logs
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.factories import Cast

pytestmark = ON_SQLITE
NAME, PHONE, LETTERS = "欧阳大娘", "13812345678", "geheime-woorden"
ENDS_IT = ("/desk/sign-out", "/api/v1/session/sign-out")
Headers = Callable[[Person], dict[str, str]]


@pytest.fixture
def told(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """The log so far."""
    app.config["LOG_REQUESTS"] = True
    set_up_logs()
    yield lambda: capsys.readouterr().err
    app.config["LOG_REQUESTS"] = False


def doors(app: Flask, method: str) -> Iterator[Rule]:
    """Every address that takes a method; where it has parts, the first row is asked for."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.rule not in ENDS_IT:
            yield rule


def filled(rule: Rule) -> str:
    """An address of a rule: row 1, the first of everything."""
    parts = {
        name: min(kind.items)
        if hasattr(kind, "items")
        else 1
        if hasattr(kind, "num_convert")
        else "x"
        for name, kind in rule._converters.items()
    }
    found = rule.build(parts, append_unknown=False)
    assert found is not None, rule.rule
    return found[1]


def test_whatever_is_asked_the_answer_says_what_it_is_and_what_may_be_done_with_it(
    app: Flask, client: FlaskClient, cast: Cast, at_desk: Any, signed_in: Headers
) -> None:
    at_desk(cast.office)
    phone = signed_in(cast.li)
    asked = [filled(rule) for rule in doors(app, "GET")]
    assert len(asked) > 150
    written: set[tuple[str, str]] = set()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if (
            found := re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement)
        ) is not None:
            written.add((path, found[1]))

    with app.app_context():
        bind = db.engine
    sa.event.listen(bind, "before_cursor_execute", note)
    path = ""
    for path in [*asked, "/nothing-here", "/desk/nothing", "/api/v1/nothing", "/desk/static/"]:
        headers = {"Origin": "https://evil.example"} | (phone if path.startswith("/api/") else {})
        answer = client.get(path, headers=headers)
        kind = answer.headers.get("Content-Type", "")
        if answer.get_data():
            assert kind, path
        if kind.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], path
        if "Content-Disposition" in answer.headers:  # a name of ours, with an ending of ours
            _, parts = parse_options_header(answer.headers["Content-Disposition"])
            named = parts.get("filename", "x.html")
            assert re.fullmatch(r"[\w（）()·.\- ]+\.[a-z0-9]{2,11}", named), (path, named)
        assert b"Traceback" not in answer.get_data(), path
        assert "Werkzeug" not in answer.headers.get("Server", ""), path
        part_of_a_page = path.startswith("/app/") and not kind.startswith("text/html")
        if not part_of_a_page:
            policy = answer.headers["Content-Security-Policy"]
            sealed_off = "default-src 'none'; sandbox" in policy
            for word in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
                assert word in policy or sealed_off, path
            assert answer.headers["Referrer-Policy"] == "same-origin", path
    sa.event.remove(bind, "before_cursor_execute", note)
    # Who reads changes nothing: that somebody took a file, or was here, is all that is noted.
    lines = {"history", "chain_heads", "chain_lines"}
    assert {(path, table) for path, table in written if table not in lines} == {
        ("/readyz", "heartbeats")
    }
    taken = {path.rpartition(".")[2] for path, table in written if table in lines}
    assert taken <= {"csv", "xlsx", "pdf", "zip"}, taken
    for folder in ("/desk/static/", "/app/core/"):
        assert client.get(folder).status_code == 404, folder
    assert client.open("/desk/", method="TRACE").status_code == 405


@pytest.mark.parametrize(
    "name",
    ['a"b.xlsx', "回执；甲\\乙.pdf", "../../etc/x.zip", "a;b=c.csv"],
)
def test_a_files_odd_name_stays_a_name_within_its_header(app: Flask, name: str) -> None:
    with app.test_request_context("/desk/"):
        answers = [made_out(b"x", name, saved=True), zip_out([], name)]
    for answer in answers:
        said = answer.headers["Content-Disposition"]
        assert said.isascii()
        how, parts = parse_options_header(said)
        assert how == "attachment"
        assert set(parts) == {"filename"}
        assert parts["filename"].replace("\\", "/").split("/")[-1] in name.replace("\\", "/")
    with app.test_request_context("/desk/"), pytest.raises(ValueError, match="newline"):
        made_out(b"x", f"a\r\nSet-Cookie: {name}")


def test_no_door_writes_a_name_or_a_telephone_into_the_log(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    at_desk: Any,
    signed_in: Headers,
    told: Callable[[], str],
) -> None:
    client.goes_on = False  # type: ignore[attr-defined]
    phone = signed_in(cast.li)
    words = dict.fromkeys(
        ("name", "phone", "q", "note", "reason", "text", "title", "login", "code", "number", "to"),
        NAME,
    ) | {"phone": PHONE, "telephone": PHONE, "q": PHONE, "password": LETTERS, "old": LETTERS}
    for rule in [*doors(app, "GET"), *doors(app, "POST"), *doors(app, "PUT")]:
        path, method = filled(rule), next(iter({"POST", "PUT", "GET"} & (rule.methods or set())))
        if path.startswith("/api/"):
            said = {"json": words} if method != "GET" else {"query_string": words}
            client.open(path, method=method, headers=phone, **said)
        else:
            # A session of its own for each: some of them end it.
            form = words | {"csrf": at_desk(cast.office).csrf}
            said = {"data": form} if method != "GET" else {"query_string": words}
            client.open(path, method=method, **said)

    log = told()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert len([line for line in lines if line["event"] == "request"]) > 300
    for secret in (NAME, PHONE, LETTERS, json.dumps(NAME)[1:-1], phone["Authorization"].split()[1]):
        assert secret not in log, secret


def test_a_refusal_is_a_line_and_no_line_breaks_out(
    client: FlaskClient, cast: Cast, at_desk: Any, signed_in: Headers, told: Callable[[], str]
) -> None:
    held = at_desk(cast.officer)
    client.goes_on = False  # type: ignore[attr-defined]
    forged = '%0A{"event": "forged"}%0D%0A'
    client.get("/desk/county")  # not for townships
    client.post(f"/desk/people/{cast.li.id}/revoke", data={"csrf": "wrong"})
    client.get("/api/v1/inspector/stations", headers=signed_in(cast.li))
    client.get("/api/v1/session", headers={"Authorization": "Bearer nobody's"})
    client.get(f"/desk/{forged}", headers={"X-Request-ID": 'a"}{"event": "forged"}'})
    client.post("/desk/sign-in", data={"login": '\n{"event": "forged"}', "gate": held.csrf})

    lines = [json.loads(line) for line in told().splitlines()]  # every line is one of ours
    assert "forged" not in {line["event"] for line in lines}
    requests = [line for line in lines if line["event"] == "request"]
    refused = [(line["rule"], line["status"], line.get("person")) for line in requests][:4]
    assert refused[0] == ("/desk/county", 403, cast.officer.id)
    assert refused[1] == ("/desk/people/<int:person_id>/revoke", 303, cast.officer.id)
    assert {"code": "page-too-old", "status": 400, "person": cast.officer.id}.items() <= max(
        (line for line in lines if line["event"] == "problem"),
        key=lambda line: line["status"] == 400,
    ).items()
    assert refused[2][1:] == (403, cast.li.id)
    assert refused[3] == ("/api/v1/session", 401, None)
    assert all(line["request_id"] and line["timestamp"].endswith("Z") for line in requests)
