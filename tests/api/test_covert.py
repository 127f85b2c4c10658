"""暗访: a visit that the keeper is not told of; it settles nothing and is reported apart."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.http import clock
from server.models.inspection import Campaign, Counted, Disagreement, Inspection
from server.models.person import Person, Role
from server.models.phone_event import Photo, PhotoState
from server.models.rectification import Rectification
from server.models.statement import Statement
from server.papers.round_report import round_pdf
from server.papers.round_sheet import round_xlsx
from server.policy.rounds.visits import VisitState
from server.services.inspections.freezing import frozen_is_whole
from server.services.people.scope import EVERYBODY
from server.services.photos.missing import missing_of
from server.services.photos.photos import photo_for
from server.services.review.questions import better_photos
from server.services.rounds.contents import live_content
from server.services.rounds.covert import covert_text
from server.services.rounds.figures import round_figures
from server.services.rounds.visits import visit_views
from tests.api.events import jpeg, photo
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast, Pass, make_person

Call = Callable[..., Any]
COVERT: dict[str, Any] = {"outcome": "covert", "keeper_signature": [], "keeper_name": ""}


def view_of(session: Session, campaign: Campaign, cast: Cast) -> Any:
    [one] = [
        one
        for one in visit_views(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
        if one.station.id == cast.c1.id
    ]
    return one


def test_it_is_frozen_like_any_record_and_settles_nothing(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    visit = visit_of(session, campaign, cast.c1)

    [answer] = hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"], **COVERT))

    assert answer["result"] == "ok"
    one = session.query(Inspection).one()
    assert (one.counted, one.fails) == (Counted.APART, 1)
    assert frozen_is_whole(session, one)
    for noun in (Statement, Rectification, Disagreement):
        assert session.scalar(sa.select(sa.func.count()).select_from(noun)) == 0, noun
    seen = view_of(session, campaign, cast)
    assert (seen.state, seen.result, len(seen.covert)) == (VisitState.DUE, None, 1)


def test_the_open_visit_afterwards_is_the_rounds_result_and_no_second_record(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"], **COVERT))
    [answer] = hand_in(cast.wang, inspection(cast.c1, visit))

    assert answer["result"] == "ok"
    seen = view_of(session, campaign, cast)
    assert (seen.state, seen.waiting, seen.two_results) == (VisitState.DONE, False, False)
    assert seen.result is not None
    assert seen.result.fails == 0


def test_it_is_reported_apart_with_what_it_found(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"], **COVERT))

    figures = round_figures(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)

    assert (figures["totals"]["inspected"], figures["totals"]["fails"]) == (0, 0)
    assert figures["clauses"] == []
    [row] = [one for one in figures["stations"] if one["station_id"] == cast.c1.id]
    assert row["covert"] == [
        {
            "day_on": clock.today().isoformat(),
            "inspector": "王督导",
            "status_label": "不达标",
            "fails": ["四（2）货架"],
        }
    ]
    assert covert_text(figures) == "另有暗访1次，1次发现不符合，不计入以上结果"
    content = live_content(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
    assert round_pdf(content).startswith(b"%PDF")
    assert round_xlsx(content)


def test_the_keeper_is_told_nothing_of_it(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    sent = inspection(cast.c1, visit_of(session, campaign, cast.c1), **COVERT)
    hand_in(cast.wang, sent)

    assert call(cast.li, "/keeper/inspections")["inspections"] == []
    for path in (f"/keeper/inspections/{sent['id']}", f"/keeper/inspections/{sent['id']}/copy.pdf"):
        assert call(cast.li, path, status=404)["code"] == "inspection-unknown"
    assert call(cast.wang, f"/rounds/inspections/{sent['id']}")["outcome_label"] == (
        "暗访，没有惊动站长"
    )


def test_its_photos_are_shown_to_nobody_of_the_station(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    call: Call,
    hand_in: Call,
    at_desk: Callable[[Person], Pass],
) -> None:
    """Neither to its keeper nor to its firm: a photo on the station's page says who came when."""
    shots = [photo(jpeg(), subject="clause"), photo(jpeg(90))]
    secret = inspection(cast.c1, photos=shots, **COVERT)
    hand_in(cast.wang, secret)
    clerk = make_person(session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id)

    def seen_at_desk(who: Person) -> list[bool]:
        at_desk(who)
        station = f"/desk/stations/{cast.c1.id}"
        pages = (
            station,
            f"{station}/photos",
            f"{station}/history",
            f"/desk/inspections/{secret['id']}",
        )
        texts = [client.get(page).get_data(as_text=True) for page in pages]
        return ["王督导" in text for text in texts]

    awaited = missing_of(session, station=cast.c1, to=clerk)
    assert (awaited, len(missing_of(session, station=cast.c1, to=cast.office))) == ([], 2)
    session.execute(sa.update(Photo).values(state=PhotoState.KEPT))
    assert seen_at_desk(clerk) == [False] * 4
    assert seen_at_desk(cast.office) == [True] * 4
    told = json.dumps([call(cast.li, "/keeper/home"), call(cast.li, "/keeper/history")])
    for shot in shots:
        assert shot["id"] not in told
        for who in (cast.li, clerk):
            with pytest.raises(NotFound):
                photo_for(session, who, UUID(shot["id"]))
        assert photo_for(session, cast.wang, UUID(shot["id"]))
    assert better_photos(session, station_ids=[cast.c1.id], now=clock.now()) == {}


@pytest.mark.parametrize(("before", "after"), [(COVERT, {}), ({}, COVERT)])
def test_an_amendment_makes_neither_secret_of_open_nor_open_of_secret(
    cast: Cast, hand_in: Call, before: dict[str, Any], after: dict[str, Any]
) -> None:
    first = inspection(cast.c1, **before)
    hand_in(cast.wang, first)

    [answer] = hand_in(
        cast.wang,
        inspection(cast.c1, amends_id=first["id"], amended_because="看错了", **after),
    )

    assert (answer["result"], answer["code"]) == ("invalid", "inspection-covert-changed")


def test_the_inspector_signs_it_alone(cast: Cast, hand_in: Call) -> None:
    [answer] = hand_in(cast.wang, inspection(cast.c1, **COVERT, inspector_signature=[]))

    assert (answer["result"], answer["code"]) == ("invalid", "signature-missing")
