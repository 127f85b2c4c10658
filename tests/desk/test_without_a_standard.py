"""西平's demonstration has no standard for stations: nothing that anybody opens calls one 不达标."""

import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Keeping, Person, Role
from server.models.sign import Sign
from server.models.station import Stage, Station
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.standard.standards import Standard
from server.sealed_text import key_ring
from server.services.county.divisions import rows_of
from server.services.demo.build import build_demo
from server.services.programme.set_up import set_up_county
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import token_of

pytestmark = ON_SQLITE
XIPING, TOWNSHIP = "411721", "411721101"

# What nobody may read there. 未评估 is no state of a county in which nothing is ever assessed.
REFUSED = re.compile("达标|卡在哪|待核实|未评估|附件3")
SAID_SO = ("不判达标", "不讲达标不达标")  # how pages say that nothing is judged


def words_of(answer: Any) -> str:
    """What somebody reads of an answer: a page's words, a paper's, a table's, an archive's."""
    content, kind = answer.get_data(), answer.mimetype
    if kind == "application/pdf":
        return "".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)
        )
    if "zip" in kind or "officedocument" in kind:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            inside = [one for one in packed.namelist() if one.endswith((".xml", ".csv"))]
            return "".join(packed.read(one).decode("utf-8", "replace") for one in inside)
    if kind.startswith("image/"):
        return ""
    return text_of(answer) if kind == "text/html" else str(answer.get_data(as_text=True))


def spoken(words: str) -> list[str]:
    """The refused words with what stands around them."""
    for allowed in SAID_SO:
        words = words.replace(allowed, "")
    return [words[max(one.start() - 25, 0) : one.end() + 15] for one in REFUSED.finditer(words)]


Kinds = set[tuple[Any, ...]]


def walked(app: Flask, desk: Desk, kinds: Kinds) -> Iterator[tuple[str, Any]]:
    """Every kind of page and file that the desk's links lead to, each kind opened once."""
    routes = app.url_map.bind("localhost")
    todo = ["/desk/"]
    while todo:
        path = todo.pop(0)
        parts = urlsplit(path)
        try:
            rule, _ = routes.match(parts.path, method="GET")
        except HTTPException:
            continue  # the address of a form alone
        kind = (rule, *sorted({key for key, _ in parse_qsl(parts.query)}))
        if kind in kinds or "static" in rule or "photo" in rule:
            continue
        kinds.add(kind)
        answer = desk.client.get(path)
        yield path, answer
        if answer.mimetype == "text/html":
            for found in re.findall(r'(?:href|src)="([^"#]+)', answer.get_data(as_text=True)):
                link = unescape(found)
                if link.startswith(("/desk", "?")):
                    todo.append(link if link.startswith("/") else parts.path + link)


@pytest.fixture
def xiping(session: Session, blobs: FolderStore, standards: tuple[Standard, ...]) -> str:
    """A township of 西平 with its month of demonstration, as `make run COUNTY=411721` shows it."""
    plan = programme_of(programmes_in(ROOT / "standards"), XIPING)
    rows = [
        one for one in rows_of(ROOT / "data", XIPING)
        if len(one.code) <= 6 or (one.code.startswith(TOWNSHIP) and one.code[9:] < "206")
    ]  # fmt: skip
    set_up_county(
        session, code=XIPING, rows=rows, programme=None, now=clock.now(), demo=True,
        with_stations=True,
    )  # fmt: skip
    county = set_up_county(
        session, code=XIPING, rows=rows, programme=plan, now=clock.now(), demo=True
    ).county
    build_demo(
        session, blobs, county=county, on=clock.today(), now=clock.now(), standards=standards,
        programme=plan, ring=key_ring([b"7" * 32]),
    )  # fmt: skip
    session.commit()
    assert county.standard_id is None
    return XIPING


def test_nobody_is_called_wanting_where_no_standard_is_chosen(
    app: Flask,
    client: FlaskClient,
    session: Session,
    xiping: str,
    desk_of: Callable[[Person], Desk],
    signed_in: Callable[[Person], dict[str, str]],
) -> None:
    heard: dict[str, list[str]] = {}
    opened = 0

    def listen(where: str, answer: Any) -> None:
        nonlocal opened
        assert answer.status_code < 500, where
        opened += answer.status_code == 200
        if said := spoken(words_of(answer)):
            heard[where] = said

    kinds: Kinds = set()
    for login in ("xian", "zhen"):
        kinds.discard(("/desk/",))  # a township's own first page, and what only it leads to
        who = session.scalars(select(Person).where(Person.login == login)).one()
        for path, answer in walked(app, desk_of(who), kinds):
            listen(f"{login} {path}", answer)

    # The keeper's and the inspector's phones, and the page behind the plate.
    keeper, station = session.execute(
        select(Person, Station)
        .join(Keeping, Keeping.person_id == Person.id)
        .join(Station, Station.id == Keeping.station_id)
        .where(Station.stage == Stage.BUILT, Station.code.is_not(None))
    ).first()  # type: ignore[misc]
    inspector = session.scalars(select(Person).where(Person.role == Role.INSPECTOR)).first()
    sign = session.scalars(select(Sign).where(Sign.station_id == station.id)).first()
    assert inspector is not None
    assert sign is not None
    for who in (keeper, inspector):
        held = signed_in(who)
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/api/v1") and "GET" in (rule.methods or ()):
                path = rule.rule.replace("<string:code>", str(station.code))
                if "<" not in path and "docs" not in path and "openapi" not in path:
                    listen(f"{who.role} {path}", client.get(path, headers=held))
    for path in (f"/s/{token_of(sign)}", f"/api/v1/public/stations/{token_of(sign)}"):
        listen(path, client.get(path))

    assert heard == {}, sorted(heard)
    assert opened > 150
