import re
from collections.abc import Callable
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.stations import numbers
from server.models.person import Person
from server.models.sign import Sign, SignState
from server.models.station import CodeSequence, IssuedCode, Station
from server.policy.standard.facts import Level
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast, make_sign, make_station, token_of

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
def _numbers_given_so_far(session: Session, cast: Cast) -> None:
    """The cast's numbers as the sequence would have given them."""
    for one in (cast.c1, cast.c2, cast.c3, cast.xz1):
        session.add(IssuedCode(county=one.county, code=one.code, station_id=one.id, issued_at=NOW))
    session.add_all(
        CodeSequence(county="140926", level=level, next_seq=upcoming)
        for level, upcoming in (
            (Level.VILLAGE_POINT, 4),
            (Level.TOWNSHIP_STATION, 2),
        )
    )
    session.commit()


def numberless(session: Session, cast: Cast, names: str) -> list[Station]:
    return [
        make_station(
            session,
            code=None,
            name=f"{name}村快递便民服务点",
            township_code=cast.township.code,
            village_code=None,
        )
        for name in names
    ]


def codes_in(pdf: bytes) -> list[str]:
    found = []
    for sheet in pypdfium2.PdfDocument(pdf):
        picture = sheet.render(scale=2).to_pil()
        found += [one.text for one in zxingcpp.read_barcodes(picture)]
    return found


def test_numbers_are_given_after_a_second_look_and_each_gets_a_plate(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    first, second, third = numberless(session, cast, "甲乙丙")
    desk = desk_of(cast.office)

    look = text_of(desk.get(f"/numbers/confirm?station={first.id}&station={second.id}"))
    session.refresh(first)
    before = first.code
    said = desk.done("/numbers/issue", station=[first.id, second.id])

    for one in (first, second, third):
        session.refresh(one)
    assert "给 2 个站编号" in look
    assert before is None
    assert (first.code, second.code, third.code) == ("C0004", "C0005", None)
    assert "已编发 2 个编号" in said
    assert len(session.scalars(select(Sign)).all()) == 2


def test_issuing_again_gives_nobody_a_second_number(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    [one] = numberless(session, cast, "甲")
    desk = desk_of(cast.office)
    desk.done("/numbers/issue", station=one.id)

    said = desk.done("/numbers/issue", station=[one.id, cast.c1.id])

    session.refresh(one)
    assert one.code == "C0004"
    assert "都有编号了" in said


def test_nothing_chosen_is_said(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).post("/numbers/issue")

    assert answer.status_code == 422
    assert "还没有选站点" in text_of(answer)


def test_plates_go_from_issued_to_printed_to_mounted_many_at_once(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, ids = desk_of(cast.office), [cast.c1.id, cast.c2.id]

    desk.done("/numbers/plates", step="issue", station=ids)
    desk.done("/numbers/plates", step="printed", station=ids, **plates_on(desk))
    said = desk.done("/numbers/plates", step="mounted", station=ids, **plates_on(desk))

    assert "2 块标识牌记为已挂" in said
    assert "没有动" not in said
    assert {sign.state for sign in session.scalars(select(Sign))} == {SignState.MOUNTED}


def plates_on(desk: Desk) -> dict[str, str]:
    """Which plate the page shows of each station, as its ticks send it."""
    page = desk.get("/numbers").get_data(as_text=True)
    return dict(re.findall(r'name="(plate-\d+)" value="(\d+)"', page))


def test_a_plate_replaced_since_the_page_was_opened_is_not_noted_as_printed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, ids = desk_of(cast.office), [cast.c1.id, cast.c2.id]
    desk.done("/numbers/plates", step="issue", station=ids)
    shown = plates_on(desk)
    old = session.scalars(select(Sign).where(Sign.station_id == cast.c1.id)).one()
    desk.done(f"/stations/{cast.c1.id}/signs/{old.id}/change", what="replace", reason="印坏了")

    said = desk.done("/numbers/plates", step="printed", station=ids, **shown)

    assert f"1 块标识牌记为已印。另有 1 站没有动（{cast.c1.code}）：牌子换过了" in said
    states = {one.plate_no: one.state for one in session.scalars(select(Sign)) if one.id != old.id}
    new = session.scalars(select(Sign).where(Sign.station_id == cast.c1.id, Sign.id != old.id))
    assert new.one().state is SignState.ISSUED
    assert SignState.PRINTED in states.values()
    again = desk.done("/numbers/plates", step="issue", station=ids)
    assert "已编发 0 块标识牌。另有 2 站没有动" in again


def test_many_left_as_they_are_are_counted_and_a_closed_one_is_told(
    session: Session, cast: Cast, desk_of: DeskOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "MOST_NAMED", 1)
    desk, ids = desk_of(cast.office), [cast.c1.id, cast.c2.id]
    desk.done("/numbers/plates", step="issue", station=ids)
    again = desk.done("/numbers/plates", step="issue", station=ids)
    assert f"另有 2 站没有动（{cast.c1.code}等）：已经有牌" in again
    cast.c2.closed_on = date(2020, 1, 1)
    session.commit()
    said = desk.done("/numbers/plates", step="issue", station=ids)
    assert "另有 1 站没有动" in said
    assert "另有 1 站已经停业或不归您管，没有动。" in said
    assert "没有新编发编号。另有 1 站没有动" in desk.done("/numbers/issue", station=ids)


def test_a_replaced_plate_stops_and_the_next_one_is_issued(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    old = make_sign(session, cast.c1)
    desk = desk_of(cast.office)
    path = f"/stations/{cast.c1.id}/signs/{old.id}/change"

    refused = desk.post(path, what="replace", reason=" ")
    said = desk.done(path, what="replace", reason="大风刮走")

    assert refused.status_code == 422
    assert "新的是第 2 块" in said
    states = {one.plate_no: one.state for one in session.scalars(select(Sign))}
    assert states == {1: SignState.REPLACED, 2: SignState.ISSUED}
    assert "大风刮走" in text_of(desk.get(f"/stations/{cast.c1.id}"))


@pytest.mark.parametrize(("what", "state"), [("lost", "lost"), ("retired", "retired")])
def test_a_plate_may_end_without_a_successor(
    session: Session, cast: Cast, desk_of: DeskOf, what: str, state: str
) -> None:
    sign = make_sign(session, cast.c1)

    desk_of(cast.office).done(
        f"/stations/{cast.c1.id}/signs/{sign.id}/change", what=what, reason="丢了"
    )

    session.refresh(sign)
    assert sign.state == state


def test_a_plate_of_another_station_is_not_there(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    sign = make_sign(session, cast.c2)

    answer = desk_of(cast.office).post(
        f"/stations/{cast.c1.id}/signs/{sign.id}/mark", state="printed"
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("kind", ["a4", "sticker"])
def test_the_printed_pdf_carries_the_plates_own_token(
    session: Session, cast: Cast, desk_of: DeskOf, kind: str
) -> None:
    sign = make_sign(session, cast.c1)
    make_sign(session, cast.c2)

    answer = desk_of(cast.office).get(f"/plaques.pdf?station={cast.c1.id}&kind={kind}")

    assert answer.mimetype == "application/pdf"
    assert codes_in(answer.data) == [f"https://kd.example.cn/s/{token_of(sign)}"]


def test_a_township_officer_prints_the_own_township_only(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    own = make_sign(session, cast.c3)
    make_sign(session, cast.c1)
    desk = desk_of(cast.officer)

    everything = codes_in(desk.get("/plaques.pdf").data)
    foreign = desk.get(f"/plaques.pdf?station={cast.c1.id}")

    assert everything == [f"https://kd.example.cn/s/{token_of(own)}"]
    assert foreign.status_code == 422
    assert "还没有标识牌" in text_of(foreign)


def test_gaps_are_explained(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    cast.c2.closed_on = cast.c2.opened_on
    session.commit()

    page = text_of(desk_of(cast.office).get("/numbers"))

    assert "C0002" in page.split("断号与去向")[1]
