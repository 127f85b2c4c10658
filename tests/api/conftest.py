"""What tests of the phones' door share."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.commits import Commits
from server.db import Base
from server.http import database
from server.models.inspection import Campaign, Inspection
from server.models.person import Person, Role
from server.models.rectification import Rectification
from tests.api.documents import Hand, documented
from tests.api.events import batch, id_of, jpeg, note, photo
from tests.api.rounds import inspection, open_round, taps, visit_of
from tests.factories import Cast, make_keeping, make_person, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
Call = Callable[..., Any]
Send = Callable[..., Any]

# A sign of life and a failed try are written whatever happens.
NOT_LOOKED_AT = {"sign_ins", "failed_tries", "killed_tries"}


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows of all tables that matter."""
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_LOOKED_AT
    }


@pytest.fixture
def headers(cast: Cast, signed_in: Callable[[Person], dict[str, str]]) -> dict[str, str]:
    return signed_in(cast.li)


@pytest.fixture
def unchanged(session: Session) -> Iterator[Callable[[], None]]:
    """Call it when all is arranged; at the end every row must be as it was then."""
    before: dict[str, list[Any]] = {}

    def look() -> None:
        session.commit()
        before.update(everything(session))

    yield look
    session.commit()
    assert before, "the test never said when all was arranged"
    assert everything(session) == before


@pytest.fixture
def campaign(session: Session, cast: Cast, standards: Any) -> Campaign:
    return open_round(session, cast, standards)


@pytest.fixture
def call(client: FlaskClient, signed_in: Headers) -> Call:
    """One request as a person: JSON out, JSON in; `status` is what must come back."""

    def ask(person: Person, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
        headers = signed_in(person)
        answer = (
            client.get(f"/api/v1{path}", headers=headers, **how)
            if body is None
            else client.post(f"/api/v1{path}", json=body, headers=headers, **how)
        )
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return answer.json if answer.is_json else answer

    return ask


@pytest.fixture
def hand_in(call: Call) -> Call:
    """Send events as a person; gives their results."""

    def post(person: Person, *items: dict[str, Any]) -> Any:
        return call(person, "/sync", batch(*items))["results"]

    return post


@pytest.fixture
def send(client: FlaskClient, cast: Cast, signed_in: Headers) -> Send:
    """Send a batch as 老李."""
    headers = signed_in(cast.li)

    def post(*items: dict[str, Any], **how: Any) -> Any:
        # Python's own escapes, for the browser may send lone surrogates too.
        body = json.dumps(batch(*items, **how))
        answer = client.post(
            "/api/v1/sync", data=body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, answer.json
        return answer.json

    return post


@pytest.fixture
def just_before_the_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something happen once, when the next request asks for the write lock by whichever way."""

    def happens(what: Callable[[], None]) -> None:
        left = [what]
        for of, name in ((database, "begin_write"), (Commits, "write")):
            real = getattr(of, name)

            def meanwhile(*given: Any, real: Call = real) -> Any:
                while left:
                    left.pop()()
                return real(*given)

            monkeypatch.setattr(of, name, meanwhile)

    return happens


@pytest.fixture
def hand(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Callable[..., Any], standards: Any
) -> Hand:
    """Hand in a visit of the township's station; `text` are keys of the document made untrue."""

    def send(text: dict[str, Any] | None = None, **answers: Any) -> Inspection:
        given = taps(cast.xz1, **{key: one for key, one in answers.items() if key != "area"})
        given += [{"rule": "A3-41b", **answers["area"]}] if "area" in answers else []
        sent = inspection(cast.xz1, visit_of(session, campaign, cast.xz1), answers=given)
        documented(
            session, sent, station=cast.xz1, campaign=campaign, by=cast.wang,
            standards=standards, changed=text,
        )  # fmt: skip
        [answer] = hand_in(cast.wang, sent)
        assert answer["result"] == "ok", answer
        kept = session.get_one(Inspection, id_of(sent))
        assert kept.document == sent["payload"]["document"]
        return kept

    return send


@pytest.fixture
def world(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Callable[[Person], dict[str, str]],
    standards: Any,
) -> dict[str, Any]:
    """The cast with two more desks and a foreign keeper; a photo and an inspection of C0001."""
    foreign_keeper = make_person(session, cast.other_county, name="外站")
    make_keeping(session, foreign_keeper, cast.foreign)
    people = {
        "老李": cast.li,
        "小赵": cast.zhao,
        "王督导": cast.wang,
        "县办": cast.office,
        "镇干": cast.officer,
        "运营": make_person(session, name="运营", role=Role.OPERATOR),
        "财政": make_person(session, name="财政", role=Role.BUREAU),
        "外县": cast.outsider,
        "外站": foreign_keeper,
    }
    content = jpeg()
    taken = photo(content, subject="shelves")
    li = signed_in(cast.li)
    client.post("/api/v1/sync", json=batch(note(cast.c1.id, taken)), headers=li)
    hashed = {"X-SHA256": hashlib.sha256(content).hexdigest()}
    kept = client.put(f"/api/v1/photos/{taken['id']}", data=content, headers=li | hashed)
    assert kept.status_code == 201
    campaign = open_round(session, cast, standards)
    inspected = inspection(
        cast.c1,
        visit_of(session, campaign, cast.c1),
        failing=["A3-42b"],
        outcome="to_confirm",
        keeper_signature=[],
    )
    client.post("/api/v1/sync", json=batch(inspected), headers=signed_in(cast.wang))
    return {
        "people": people,
        "campaign_id": str(campaign.id),
        "inspection_id": inspected["id"],
        "rectification_id": str(session.scalars(sa.select(Rectification.id)).one()),
        "photo_id": taken["id"],
        "content": content,
        "token": token_of(make_sign(session, cast.c1)),
        "station_id": cast.c1.id,
    }
