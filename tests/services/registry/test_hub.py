from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.media.attachments import Attachment
from server.media.blobs import FolderStore
from server.models.acceptance import Acceptance
from server.models.history import HistoryLine
from server.models.hub import HubBrand
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.plan.hub import HubFunction, HubGoal
from server.policy.standard.facts import Level
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import candidates, record_hash
from server.services.registry.acceptances import accept_stations
from server.services.registry.hub import hub_brands, record_brand, shared_on, take_back, told
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_station

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
GOAL = HubGoal(brands=2, clause="四（一）", text="至少2个快递品牌")
ALL: dict[HubFunction, bool | None] = dict.fromkeys(HubFunction, True)


def brand(session: Session, blobs: FolderStore, cast: Cast, name: str, **changed: Any) -> HubBrand:
    given: dict[str, Any] = {
        "from_on": TODAY - timedelta(30), "until_on": None, "shares": ALL, "note": "",
        "evidence": None,
    }  # fmt: skip
    return record_brand(
        session, blobs, county=cast.county, brand=name, by=cast.office, now=NOW, **(given | changed)
    )


def centre(session: Session, cast: Cast) -> Station:
    return make_station(
        session, cast.county, level=Level.COUNTY_HUB, code=None, name="静乐县级统仓共配中心",
        stage=Stage.PLANNED,
    )  # fmt: skip


@ON_SQLITE
def test_a_line_is_said_better_by_another_and_none_is_lost(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    half = {HubFunction.STORAGE: True, HubFunction.SORTING: True}
    old = brand(
        session, blobs, cast, "中通", shares=half, evidence=Attachment(PDF, "pdf", "合同.pdf")
    )
    new = brand(
        session, blobs, cast, "中通", shares=ALL, replaces=old, because="配送从上月起并进来"
    )

    assert new.file_sha256 == old.file_sha256
    views = hub_brands(session, county=cast.county.code)
    assert [(one.line.id, one.holds) for one in views] == [(new.id, True), (old.id, False)]
    assert views[1].replaced_by is new
    hub = shared_on(session, county=cast.county.code, on=TODAY)
    assert (hub.sharing, hub.unknown) == (("中通",), ())
    line = session.scalars(select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert line is not None
    assert line.reason == "配送从上月起并进来"
    assert line.changes[0]["old"] == told(old)
    with pytest.raises(Conflict) as late:
        brand(session, blobs, cast, "中通", replaces=old, because="再改")
    assert late.value.code == "hub-brand-replaced"


@ON_SQLITE
def test_what_cannot_be_is_refused_in_words(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    with pytest.raises(Invalid, match="不止一个品牌"):
        brand(session, blobs, cast, "中通、韵达")
    first = brand(session, blobs, cast, "中通", until_on=TODAY)
    with pytest.raises(Conflict) as twice:
        brand(session, blobs, cast, " 中通 ", from_on=TODAY)
    assert twice.value.code == "hub-brand-overlaps"
    with pytest.raises(Invalid):
        brand(session, blobs, cast, "圆通", until_on=TODAY - timedelta(31))
    with pytest.raises(Invalid):
        brand(session, blobs, cast, "  ")
    again = brand(session, blobs, cast, "中通", from_on=TODAY + timedelta(1))
    gone = take_back(session, line=again, by=cast.office, now=NOW, reason="登错了")

    assert gone.mistaken
    hub = shared_on(session, county=cast.county.code, on=TODAY + timedelta(5))
    assert hub.sharing == ()
    assert not first.mistaken


def test_the_database_lets_a_line_be_replaced_once(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore
) -> None:
    old = brand(session, blobs, cast, "中通")
    for _ in range(2):
        session.add(
            HubBrand(
                county=cast.county.code, brand="中通", from_on=TODAY, shares={}, replaces_id=old.id,
                recorded_at=NOW,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


@ON_SQLITE
def test_the_centre_is_accepted_as_a_demonstration_only_with_two_brands(
    session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> None:
    station = centre(session, cast)
    brand(session, blobs, cast, "中通")
    late = brand(session, blobs, cast, "圆通", from_on=TODAY - timedelta(2))
    brand(session, blobs, cast, "韵达", shares={HubFunction.STORAGE: True})

    def accept(on: date, seen: str | None, by: Person = cast.office) -> Acceptance:
        [made] = accept_stations(
            session, county=cast.county, seen={station.id: seen}, grade=Stage.DEMONSTRATION, on=on,
            present="供销社王某", by=by, now=NOW, standards=standards, goal=GOAL,
        )  # fmt: skip
        return made

    def form() -> str:
        [one] = candidates(
            session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY,
            station_ids=[station.id], goal=GOAL,
        )  # fmt: skip
        assert not one.no_demonstration
        return one.seen

    seen = form()
    with pytest.raises(Conflict) as early:
        accept(TODAY - timedelta(3), seen)
    assert "这一天三项都共用的有1家（中通），还没有问清楚的有韵达" in early.value.message
    brand(
        session, blobs, cast, "圆通", from_on=TODAY - timedelta(1), replaces=late, because="晚一天"
    )
    with pytest.raises(Conflict) as moved:
        accept(TODAY, seen)
    assert moved.value.code == "acceptance-changed-meanwhile"
    made = accept(TODAY, form())

    assert station.stage is Stage.DEMONSTRATION
    assert station.stage.accepted
    assert made.record["hub"] == {
        "on": TODAY.isoformat(), "sharing": ["中通", "圆通"], "unknown": ["韵达"], "partly": [],
    }  # fmt: skip
    assert record_hash(made.record) == made.record_sha256


@ON_SQLITE
def test_no_other_level_and_no_other_plan_has_a_demonstration(
    session: Session, cast: Cast, standards: Any
) -> None:
    cast.c1.stage = Stage.PLANNED
    station = centre(session, cast)
    for one, goal, why in ((cast.c1, GOAL, "县级中心"), (station, None, "没有提出")):
        with pytest.raises(Conflict) as refused:
            accept_stations(
                session, county=cast.county, seen={one.id: None}, grade=Stage.DEMONSTRATION,
                on=TODAY, present="王某", by=cast.office, now=NOW, standards=standards, goal=goal,
            )  # fmt: skip
        assert why in refused.value.message
