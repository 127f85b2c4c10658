"""Every route that takes a body has a limit of its own, and opens no file under the write lock."""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.http import clock, database
from server.media.apart.opener import Opener
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.addresses import addresses
from tests.desk.largest import KB, LOCK_S, MB, MOST_MEMORY, memory, multipart
from tests.factories import Cast, Pass
from tests.house.trees import python_files, text_of
from tests.sheets import Tab, xlsx

FORM, JSON = 256 * KB, 64 * KB
FILES = 16 * MB
# What takes more, or less, than a form (256 KB) or JSON (64 KB): its kind, and how much.
TAKES: dict[str, tuple[str, int]] = {
    "POST /api/v1/sync": ("json", MB),
    "POST /api/v1/session/bind": ("json", 16 * KB),
    "POST /api/v1/wechat/bind": ("json", 16 * KB),
    "POST /api/v1/wechat/push": ("json", 64 * KB),
    "POST /api/v1/wechat/session": ("json", 16 * KB),
    "POST /api/v1/wechat/subscriptions": ("json", 4 * KB),
    "PUT /api/v1/photos/<uuid:photo_id>": ("bytes", 16 * MB),
    "POST /s/<token>/complain": ("file", 40 * MB),
    "POST /desk/unsent/preview": ("file", 201 * MB),
    "POST /desk/matters/new": ("paper", FILES),
    "POST /desk/matters/<int:matter_id>/<move>": ("paper", FILES),
    "POST /desk/agreements": ("paper", FILES),
    "POST /desk/agreements/<int:agreement_id>/paper": ("paper", FILES),
    "POST /desk/hub": ("paper", FILES),
    "POST /desk/showcase": ("paper", FILES),
    "POST /desk/filings/<int:station_id>/steps": ("paper", FILES),
    "POST /desk/reconciliation/<int:station_id>/<day>": ("paper", FILES),
    "POST /desk/subsidies/batches/<int:batch_id>": ("paper", FILES),
    "POST /desk/map/outline": ("file", FILES),
    "POST /desk/import/preview": ("table", FILES),
    "POST /desk/people/list": ("table", FILES),
    "POST /desk/operators/list": ("table", FILES),
    "POST /desk/proposals/list": ("table", FILES),
    "POST /desk/coverage/populations": ("table", FILES),
    "POST /desk/operator-totals": ("table", FILES),
    "POST /desk/subsidies/bank": ("table", FILES),
    "POST /desk/subsidies/orders/list": ("table", FILES),
}
PAPERS = ("receipt", "paper", "papers", "evidence")  # what forms call their files


class Taking(NamedTuple):
    """A route that takes a body, with an address that reaches it."""

    name: str
    method: str
    address: str
    kind: str
    most: int
    own: int | None


def taking(app: Flask, cast: Cast) -> list[Taking]:
    found = []
    for rule, method, address in addresses(app, cast):
        if method in database.WRITING:
            name = f"{method} {named(rule.rule)}"
            usual = ("json", JSON) if rule.rule.startswith("/api/") else ("form", FORM)
            kind, most = TAKES.get(name, usual)
            own = getattr(app.view_functions[rule.endpoint], "most_body_bytes", None)
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
    paper = b"\x89PNG\r\n\x1a\n" + b"x" * (FILES // len(PAPERS) - KB)
    for one in taking(app, cast):
        json = one.kind == "json"
        most = one.most // 2 - 10
        how: dict[str, Any] = {
            "data": b'{"items":[' + b"1," * most + b"1]}"
            if json
            else ticked * (FORM // len(ticked)),
            "content_type": "application/json" if json else "application/x-www-form-urlencoded",
        }
        if one.kind in ("paper", "table", "file"):
            names = PAPERS if one.kind == "paper" else ("file", "outline", "photo")
            how = multipart(("what", "", b"paid"), *((n, '; filename="a"', paper) for n in names))
        del steps[:]
        Path("/proc/self/clear_refs").write_text("5")  # begin to count the peak anew
        before = memory("VmRSS")
        answer = ask(one, **how)
        held = [time.process_time() - at for what, at in steps if what == "lock"]
        assert answer.status_code < 500, (one.name, answer.text[:300])
        assert max(held, default=0) < LOCK_S, one.name
        assert memory("VmHWM") - before < MOST_MEMORY, one.name


@ON_SQLITE
def test_no_file_is_opened_under_the_write_lock(
    app: Flask, cast: Cast, ask: Callable[..., Any], steps: list[tuple[str, float]]
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(picture, "PNG")
    table = xlsx(Tab([["姓名", "手机号", "企业名称", "村"], ["宋小妹", "13800000001", "甲", "乙"]]))
    for one in taking(app, cast):
        if one.kind not in ("paper", "table", "file"):
            continue
        del steps[:]
        form: dict[str, Any] = {
            name: (io.BytesIO(picture.getvalue()), "a.png") for name in (*PAPERS, "photo")
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


@ON_SQLITE
def test_what_was_typed_stays_where_a_file_is_too_large(
    client: FlaskClient, cast: Cast, at_desk: Callable[[Person], Pass]
) -> None:
    at = at_desk(cast.office)
    for megabytes, said in ((9, "最多8MB"), (17, "上限 16 MB")):
        sent = multipart(
            ("csrf", "", at.csrf.encode()),
            ("told_on", "", clock.today().isoformat().encode()),
            ("title", "", "村村通快递开业那天".encode()),
            ("paper", '; filename="a.pdf"', b"x" * megabytes * MB),
        )
        shown = client.post("/desk/showcase", **sent)
        assert said in shown.text, shown.text[:2000]
        assert "村村通快递开业那天" in shown.text
