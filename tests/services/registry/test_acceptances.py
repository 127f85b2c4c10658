from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.acceptance import Acceptance
from server.models.history import HistoryLine
from server.models.station import Stage, Station
from server.policy.standard.facts import Word
from server.policy.standard.standards import Standard
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import acceptances_of, candidates
from server.services.registry.acceptances import (
    accept_stations,
    send_to_plan,
    withdraw_acceptance,
)
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.registry.sheet_undo import undo_import
from server.services.registry.stations import add_station, close_station
from server.services.standing.statements import say
from tests.factories import NOW, TODAY, Cast

Standards = tuple[Standard, ...]


def accept(session: Session, cast: Cast, standards: Standards, **given: Any) -> list[Acceptance]:
    values: dict[str, Any] = {
        "county": cast.county, "seen": {cast.c1.id: None}, "grade": Stage.BUILT,
        "on": date(2023, 6, 20), "present": "供销社王某、邮政公司李某", "by": cast.office,
        "now": NOW, "standards": standards,
    }  # fmt: skip
    return accept_stations(session, **(values | given))


def candidate(session: Session, cast: Cast, standards: Standards, station_id: int) -> Any:
    [one] = candidates(
        session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY,
        station_ids=[station_id],
    )  # fmt: skip
    return one


def inspected(session: Session, cast: Cast, fact: str, value: object) -> None:
    say(
        session, station=cast.xz1, fact=fact, value=value, word=Word.INSPECTOR, on=TODAY,
        by=cast.wang, now=NOW, note="到场看过",
    )  # fmt: skip


def test_a_new_station_is_only_planned_until_a_named_person_accepts_it(
    session: Session, cast: Cast, standards: Standards
) -> None:
    fresh = add_station(
        session, county=cast.county, level=cast.xz1.level, by=cast.office, now=NOW,
        township_code=cast.other_township.code, basis="方案占位",
    )  # fmt: skip
    assert fresh.stage is Stage.PLANNED

    [made] = accept(session, cast, standards, seen={fresh.id: None})

    assert fresh.stage is Stage.BUILT
    assert (made.accepted_on, made.accepted_by) == (date(2023, 6, 20), cast.office.id)
    assert (made.record["by"], made.record["present"]) == ("县办", "供销社王某、邮政公司李某")
    assert made.record["examined_on"] == "2023-07-05"
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "station-accepted"))
    assert line.station_id == fresh.id
    assert line.changes[0]["old"] == "拟建"
    assert line.changes[0]["new"] == "建成"


def test_the_acceptance_names_every_clause_that_nobody_knows_and_keeps_the_findings(
    session: Session, cast: Cast, standards: Standards
) -> None:
    shown = candidate(session, cast, standards, cast.xz1.id)
    assert shown.unknown

    [made] = accept(
        session, cast, standards, seen={cast.xz1.id: shown.seen}, grade=Stage.STANDARDISED
    )

    assert cast.xz1.stage is Stage.STANDARDISED
    assert made.record["unknown"] == list(shown.unknown)
    assert [one["code"] for one in made.record["findings"]] == [
        one.code for one in shown.standing.findings
    ]
    assert "shanxi-2023-trial" in [one["id"] for one in made.record["standards"]]
    session.expire_all()
    [view] = acceptances_of(session, station_id=cast.xz1.id)
    assert view.whole


def test_a_township_station_with_a_failing_clause_is_never_accepted_as_standardised(
    session: Session, cast: Cast, standards: Standards
) -> None:
    inspected(session, cast, "shelves", False)

    with pytest.raises(Conflict) as refused:
        accept(session, cast, standards, seen={cast.xz1.id: None}, grade=Stage.STANDARDISED)

    assert refused.value.code == "acceptance-fails"
    assert "货架" in refused.value.message
    assert cast.xz1.stage is Stage.PLANNED
    [made] = accept(session, cast, standards, seen={cast.xz1.id: None})  # as built alone it may
    assert [one for one in made.record["failing"] if "货架" in one]
    assert cast.xz1.stage is Stage.BUILT


def test_a_keepers_own_no_stands_in_the_way_as_well(
    session: Session, cast: Cast, standards: Standards
) -> None:
    say(
        session, station=cast.xz1, fact="shelves", value=False, word=Word.KEEPER, on=TODAY,
        by=cast.li, now=NOW,
    )  # fmt: skip

    with pytest.raises(Conflict, match="货架"):
        accept(session, cast, standards, seen={cast.xz1.id: None}, grade=Stage.STANDARDISED)


@pytest.mark.parametrize("what", ["point", "no standard"])
def test_standardised_is_said_of_township_stations_held_against_a_standard_only(
    session: Session, cast: Cast, standards: Standards, what: str
) -> None:
    if what == "no standard":
        cast.county.standard_id = None
        standards = tuple(one for one in standards if one.basis == "national")
    chosen = cast.c1 if what == "point" else cast.xz1

    with pytest.raises(Conflict) as refused:
        accept(session, cast, standards, seen={chosen.id: None}, grade=Stage.STANDARDISED)

    assert refused.value.code == "acceptance-fails"
    assert ("乡镇站" if what == "point" else "没有选定") in refused.value.message


def test_what_changed_since_the_form_was_shown_is_not_accepted_unseen(
    session: Session, cast: Cast, standards: Standards
) -> None:
    shown = candidate(session, cast, standards, cast.xz1.id)
    inspected(session, cast, "shelves", True)

    with pytest.raises(Conflict) as refused:
        accept(session, cast, standards, seen={cast.xz1.id: shown.seen})

    assert refused.value.code == "acceptance-changed-meanwhile"


def test_many_are_accepted_together_or_none_and_history_has_one_line_with_its_parts(
    session: Session, cast: Cast, standards: Standards
) -> None:
    everybody = {cast.c1.id: None, cast.c2.id: None, cast.c3.id: None}
    cast.c3.stage = Stage.BUILT
    session.flush()
    with pytest.raises(Conflict, match="舍科村"):
        accept(session, cast, standards, seen=everybody)
    session.refresh(cast.c1)
    assert cast.c1.stage is Stage.PLANNED
    assert session.scalars(select(Acceptance)).all() == []

    del everybody[cast.c3.id]
    accept(session, cast, standards, seen=everybody)

    [deed] = session.scalars(select(HistoryLine).where(HistoryLine.action == "stations-accepted"))
    parts = session.scalars(select(HistoryLine).where(HistoryLine.part_of_id == deed.id)).all()
    assert {one.station_id for one in parts} == {cast.c1.id, cast.c2.id}


def test_an_acceptance_is_taken_back_with_a_reason_the_newest_first(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.xz1.stage = Stage.BUILT_BEFORE
    session.flush()
    [built] = accept(session, cast, standards, seen={cast.xz1.id: None})
    [higher] = accept(session, cast, standards, seen={cast.xz1.id: None}, grade=Stage.STANDARDISED)
    take_back: dict[str, Any] = {"by": cast.office, "now": NOW, "reason": "选错了站"}

    with pytest.raises(Conflict) as refused:
        withdraw_acceptance(session, acceptance=built, **take_back)
    assert refused.value.code == "acceptance-not-newest"
    with pytest.raises(Invalid) as unexplained:
        withdraw_acceptance(session, acceptance=higher, **(take_back | {"reason": " "}))
    assert unexplained.value.code == "reason-needed"
    withdraw_acceptance(session, acceptance=higher, **take_back)
    assert cast.xz1.stage is Stage.BUILT
    withdraw_acceptance(session, acceptance=built, **take_back)
    assert cast.xz1.stage is Stage.BUILT_BEFORE
    with pytest.raises(Conflict) as again:
        withdraw_acceptance(session, acceptance=built, **take_back)
    assert again.value.code == "acceptance-withdrawn"
    assert [one.acceptance.withdrawn_because for one in acceptances_of(session, station_id=cast.xz1.id)] == ["选错了站", "选错了站"]  # fmt: skip


def test_what_was_registered_before_acceptances_can_be_put_back_onto_the_plan(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.c1.stage = cast.c2.stage = Stage.BUILT_BEFORE
    session.flush()
    moved = send_to_plan(
        session, county=cast.county, station_ids=[cast.c1.id], by=cast.office, now=NOW,
        reason="方案里的占位",
    )  # fmt: skip
    assert moved == [cast.c1]
    assert cast.c1.stage is Stage.PLANNED

    accept(session, cast, standards, seen={cast.c2.id: None})
    with pytest.raises(Conflict) as refused:
        send_to_plan(
            session, county=cast.county, station_ids=[cast.c2.id], by=cast.office, now=NOW,
            reason="占位",
        )  # fmt: skip
    assert refused.value.code == "station-accepted"


def test_nobodys_future_closed_or_foreign_acceptance_is_taken(
    session: Session, cast: Cast, standards: Standards
) -> None:
    close_station(session, station=cast.c3, by=cast.office, now=NOW, on=TODAY, reason="外出务工")
    for given, kind, code in (
        ({"by": None}, Conflict, "acceptance-needs-a-person"),
        ({"on": TODAY + timedelta(days=1)}, Invalid, "field-invalid"),
        ({"present": " "}, Invalid, "field-invalid"),
        ({"grade": Stage.BUILT_BEFORE}, Invalid, "acceptance-grade-wrong"),
        ({"seen": {}}, Invalid, "nothing-chosen"),
        ({"seen": {cast.c3.id: None}}, Conflict, "station-closed"),
        ({"seen": {cast.foreign.id: None}}, NotFound, "station-unknown"),
        ({"note": "长" * 401}, Invalid, "text-too-long"),
    ):
        with pytest.raises(kind) as refused:
            accept(session, cast, standards, **given)
        assert refused.value.code == code
    assert session.scalars(select(Acceptance)).all() == []


def test_a_station_that_was_accepted_stays_when_its_table_is_taken_back(
    session: Session, cast: Cast, standards: Standards
) -> None:
    table = "乡镇,级别,站点名称\n杜家村镇,乡镇站,杜家村镇快递综合服务站\n".encode()
    plan = plan_import(session, county=cast.county, content=table, filename="a.csv", now=NOW)
    made = enter_import(
        session, plan, county=cast.county, by=cast.office, now=NOW, on=TODAY, standards=()
    )
    fresh = made.rows[0]["station_id"]
    accept(session, cast, standards, seen={fresh: None})

    [undone] = undo_import(session, made, by=cast.office, now=NOW, standards=())

    assert not undone.removed
    assert "验收" in "".join(made.left)
    assert session.get_one(Station, fresh).stage is Stage.BUILT
