"""Every route that takes a body has a limit of its own, and opens no file under the write lock."""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from server.http import database
from server.media.apart.opener import Opener
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.factories import Cast, Pass
from tests.house.trees import python_files, text_of
from tests.sheets import Tab, xlsx

KB, MB = 1024, 1024 * 1024
FORM, JSON = 256 * KB, 64 * KB
PAPER, TABLE = 8 * MB + FORM, 10 * MB + FORM
# What takes more, or less, than a form (256 KB) or JSON (64 KB): its kind, and how much.
TAKES: dict[str, tuple[str, int]] = {
    "POST /api/v1/sync": ("json", MB),
    "POST /api/v1/session/bind": ("json", 16 * KB),
    "PUT /api/v1/photos/<uuid:photo_id>": ("bytes", 16 * MB),
    "POST /s/<token>/complain": ("file", 40 * MB),
    "POST /desk/unsent/preview": ("file", 201 * MB),
    "POST /desk/matters/new": ("paper", 16 * MB),
    "POST /desk/matters/<int:matter_id>/<move>": ("paper", 16 * MB),
    "POST /desk/agreements": ("paper", PAPER),
    "POST /desk/agreements/<int:agreement_id>/paper": ("paper", PAPER),
    "POST /desk/hub": ("paper", PAPER),
    "POST /desk/showcase": ("paper", PAPER),
    "POST /desk/filings/<int:station_id>/steps": ("paper", PAPER),
    "POST /desk/reconciliation/<int:station_id>/<day>": ("paper", PAPER),
    "POST /desk/subsidies/batches/<int:batch_id>": ("paper", PAPER),
    "POST /desk/map/outline": ("file", 2 * MB + FORM),
    "POST /desk/import/preview": ("table", TABLE),
    "POST /desk/people/list": ("table", TABLE),
    "POST /desk/operators/list": ("table", TABLE),
    "POST /desk/proposals/list": ("table", TABLE),
    "POST /desk/coverage/populations": ("table", TABLE),
    "POST /desk/operator-totals": ("table", TABLE),
    "POST /desk/subsidies/bank": ("table", TABLE),
    "POST /desk/subsidies/orders/list": ("table", TABLE),
}
LOCK_S = 0.5  # of processor time, under the write lock
MOST_MEMORY = 100 * MB


class Taking(NamedTuple):
    """A route that takes a body, with an address that reaches it."""

    name: str
    method: str
    address: str
    kind: str
    most: int
    own: int | None


def taking(app: Flask, cast: Cast) -> list[Taking]:
    known = {"station_id": cast.c1.id, "person_id": cast.li.id, "campaign_id": 1}

    def value(rule: Rule, argument: str) -> Any:
        converter = rule._converters[argument]
        if items := getattr(converter, "items", None):
            return min(items)
        kinds = {"RowIdConverter": known.get(argument, 1), "UUIDConverter": uuid4()}
        return kinds.get(type(converter).__name__, "a" * 64)

    found = []
    addresses = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & database.WRITING:
            given = {argument: value(rule, argument) for argument in rule.arguments}
            name = f"{method} {named(rule.rule)}"
            usual = ("json", JSON) if rule.rule.startswith("/api/") else ("form", FORM)
            kind, most = TAKES.get(name, usual)
            view = app.view_functions[rule.endpoint]
            own = getattr(view, "most_body_bytes", None)
            address = addresses.build(rule.endpoint, given, method=method)
            found.append(Taking(name, method, address, kind, most, own))
    return found


def named(rule: str) -> str:
    """A rule without the many moves that an address may name."""
    before, any_of, after = rule.partition("<any(")
    return before + "<" + after.partition("):")[2] if any_of and "move>" in after else rule


@pytest.fixture
def ask(
    client: FlaskClient, cast: Cast, at_desk: Callable[[Person], Pass],
    signed_in: Callable[[Person], dict[str, str]],
) -> Callable[..., Any]:  # fmt: skip
    """One request as the county office, or as a keeper's phone."""
    at = at_desk(cast.office)
    phone = signed_in(cast.li)
    client.goes_on = False  # type: ignore[attr-defined]

    def send(to: Taking, **how: Any) -> Any:
        headers = {"X-CSRF-Token": at.csrf} if to.name.split()[1].startswith("/desk") else phone
        return client.open(to.address, method=to.method, headers=headers, **how)

    return send


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """When a write lock was taken, and when a file was opened, by processor time."""
    told: list[tuple[str, float]] = []
    take, ask = database.begin_write, Opener.ask

    def taken(session: Session) -> None:
        take(session)
        told.append(("lock", time.process_time()))

    def asked(*args: Any, **how: Any) -> Any:
        told.append(("open", time.process_time()))
        return ask(*args, **how)

    monkeypatch.setattr(database, "begin_write", taken)
    monkeypatch.setattr(Opener, "ask", asked)
    return told


@ON_SQLITE
def test_more_than_its_limit_is_refused_unread_by_every_route(
    app: Flask, cast: Cast, ask: Callable[..., Any], steps: list[tuple[str, float]]
) -> None:
    routes = taking(app, cast)
    assert {one.name: (one.kind, one.own) for one in routes if one.own is not None} == TAKES
    types = {"json": "application/json", "form": "application/x-www-form-urlencoded",
             "bytes": "image/jpeg"}  # fmt: skip
    refused = 0
    for one in routes:
        del steps[:]
        answer = ask(
            one,
            data=b"x" * 1000,
            content_type=types.get(one.kind, "multipart/form-data; boundary=b"),
            environ_overrides={"CONTENT_LENGTH": str(one.most + 1)},
        )
        # 303: the desk says on the form what was wrong; 403, 404: nothing is here for this person.
        assert answer.status_code in (303, 403, 404, 413), (one.name, answer.text[:300])
        assert steps == [] or answer.status_code == 303, one.name
        refused += answer.status_code in (303, 413)
    assert refused > 0.9 * len(routes) > 100


@ON_SQLITE
def test_the_largest_body_holds_up_nobody(
    app: Flask, cast: Cast, ask: Callable[..., Any], steps: list[tuple[str, float]]
) -> None:
    lists = set(re.findall(r'getlist\("(\w+)"', "".join(map(text_of, python_files("desk")))))
    assert len(lists) > 10
    ticked = "".join(f"{name}=1&" for name in sorted(lists)).encode()  # every list of every form
    for one in taking(app, cast):
        if one.kind not in ("json", "form"):
            continue
        json = one.kind == "json"
        most = one.most // 2 - 10
        body = b'{"items":[' + b"1," * most + b"1]}" if json else ticked * (FORM // len(ticked))
        kind = "application/json" if json else "application/x-www-form-urlencoded"
        del steps[:]
        Path("/proc/self/clear_refs").write_text("5")  # begin to count the peak anew
        before = memory("VmRSS")
        answer = ask(one, data=body, content_type=kind)
        held = [time.process_time() - at for what, at in steps if what == "lock"]
        assert answer.status_code < 500, (one.name, answer.text[:300])
        assert max(held, default=0) < LOCK_S, one.name
        assert memory("VmHWM") - before < MOST_MEMORY, one.name


def memory(what: str) -> int:
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{what}:")[2].split()[0]) * KB


@ON_SQLITE
def test_no_file_is_opened_under_the_write_lock(
    app: Flask, cast: Cast, ask: Callable[..., Any], steps: list[tuple[str, float]]
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(picture, "PNG")
    table = xlsx(Tab([["姓名", "手机号", "企业名称", "村"], ["宋小妹", "13800000001", "甲", "乙"]]))
    papers = ("receipt", "paper", "papers", "evidence", "photo")
    for one in taking(app, cast):
        if one.kind not in ("paper", "table", "file"):
            continue
        del steps[:]
        form: dict[str, Any] = {
            name: (io.BytesIO(picture.getvalue()), "a.png") for name in papers
        } | {"file": (io.BytesIO(table), "a.xlsx"), "what": "paid"}
        answer = ask(one, data=form, content_type="multipart/form-data")
        assert answer.status_code < 500, (one.name, answer.text[:300])
        told = [what for what, _ in steps]
        assert "open" in told or one.kind != "paper", (one.name, told)
        assert "open" not in told[told.index("lock") :] if "lock" in told else True, one.name

    upload = next(one for one in taking(app, cast) if one.name == "POST /desk/people/list")
    del steps[:]
    answer = ask(upload, data={"file": (io.BytesIO(table), "a.xlsx")})
    assert answer.status_code == 303, answer.text
    token = answer.location.rpartition("/")[2].partition("?")[0]
    ask(upload._replace(address=f"/desk/people/list/{token}"), data={"mark": "x"})
    told = [what for what, _ in steps]
    assert told.count("open") >= 2
    assert "open" not in told[told.index("lock") :]
