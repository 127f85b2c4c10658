from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.media.paper.qr import station_url
from server.models.sign import SignState
from server.services.people.scope import EVERYBODY
from server.services.plates.scans import read_scan
from server.services.plates.signs import (
    issue_missing_signs,
    issue_sign,
    live_sign,
    mark,
    replace_sign,
    signs_of,
    token_of,
)
from server.services.registry.stations import close_station
from tests.factories import NOW, RING, Cast, make_sign, make_station
from tests.factories import token_of as printed

OTHER_RING = (("k9", bytes.fromhex("77" * 32)),)


def scan(session: Session, text: str, county: str | None = "140926"):
    return read_scan(session, text=text, ring=RING, county=county, now=NOW)


def test_a_plate_answers_with_its_station(session: Session, cast: Cast) -> None:
    sign = issue_sign(session, station=cast.c1, by=cast.office, now=NOW)
    token = token_of(RING, sign)

    for text in (station_url("https://kd.example.cn", token), token, token.upper(), f" {token} "):
        found = scan(session, text)
        assert (found.station.id, found.sign, found.method) == (cast.c1.id, sign, "scan")


@pytest.mark.parametrize("typed", ["C0001", "c1", "Ｃ０００１", "140926-C0001", "c 0001"])
def test_a_typed_number_answers_too(session: Session, cast: Cast, typed: str) -> None:
    found = scan(session, typed)

    assert (found.station.id, found.sign, found.method) == (cast.c1.id, None, "typed")


def test_a_forged_plate_is_unknown(session: Session, cast: Cast) -> None:
    sign = make_sign(session, cast.c1)
    genuine = printed(sign)
    changed = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")

    for text in (
        changed,
        printed(sign, OTHER_RING),
        "https://evil.example/s/abc",
        "随便什么",
        "C9999",
    ):
        with pytest.raises(NotFound) as refused:
            scan(session, text)
        assert refused.value.code == "sign-unknown"


def test_nothing_scanned_is_said_so(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="没有扫到内容"):
        scan(session, "  ")


def test_another_countys_plate_is_foreign(session: Session, cast: Cast) -> None:
    plate = printed(make_sign(session, cast.foreign))

    for text in (plate, "411721-C0001"):
        with pytest.raises(NotAllowed) as refused:
            scan(session, text)
        assert refused.value.code == "sign-foreign"
    assert scan(session, plate, county=None).station.id == cast.foreign.id


def test_the_same_number_means_each_countys_own_station(session: Session, cast: Cast) -> None:
    assert scan(session, "C0001").station.id == cast.c1.id
    assert scan(session, "C0001", county="411721").station.id == cast.foreign.id


@pytest.mark.parametrize("state", [SignState.LOST, SignState.RETIRED])
def test_a_lost_or_retired_plate_stops_working(
    session: Session, cast: Cast, state: SignState
) -> None:
    sign = issue_sign(session, station=cast.c1, by=None, now=NOW)
    mark(session, sign=sign, state=state, by=cast.office, now=NOW, reason="大风刮落")

    with pytest.raises(Conflict, match="不能再用") as refused:
        scan(session, token_of(RING, sign))

    assert refused.value.code == "sign-retired"


def test_of_two_who_say_why_a_plate_is_gone_the_second_is_told(
    session: Session, cast: Cast
) -> None:
    sign = issue_sign(session, station=cast.c1, by=None, now=NOW)
    mark(session, sign=sign, state=SignState.LOST, by=cast.office, now=NOW, reason="被风刮走")
    mark(session, sign=sign, state=SignState.LOST, by=cast.office, now=NOW)  # nothing is said

    with pytest.raises(Conflict, match="已经由别人记成了“已丢失”，您写的原因没有记下"):
        mark(session, sign=sign, state=SignState.LOST, by=cast.office, now=NOW, reason="被拆走")


def test_a_replaced_plate_stops_and_the_new_one_works(session: Session, cast: Cast) -> None:
    old = issue_sign(session, station=cast.c1, by=None, now=NOW)

    new = replace_sign(session, sign=old, by=cast.office, now=NOW, reason="牌面破损")

    assert (new.plate_no, live_sign(session, cast.c1.id)) == (2, new)
    assert scan(session, token_of(RING, new)).station.id == cast.c1.id
    with pytest.raises(Conflict, match="已换新牌"):
        scan(session, token_of(RING, old))
    with pytest.raises(Conflict):
        replace_sign(session, sign=old, by=None, now=NOW, reason="再换")


def test_a_closed_stations_plate_is_retired_with_it(session: Session, cast: Cast) -> None:
    sign = issue_sign(session, station=cast.c1, by=None, now=NOW)
    cast.c1.closed_on = NOW.date()
    session.flush()

    for text in (token_of(RING, sign), "C0001"):
        with pytest.raises(Conflict, match="停业"):
            scan(session, text)


def test_a_plate_replaced_before_the_phone_found_a_net_still_proves_what_was_done_by_it(
    session: Session, cast: Cast
) -> None:
    first, found, gone, closed = (NOW + timedelta(days=days) for days in (0, 4, 6, 8))
    old = issue_sign(session, station=cast.c1, by=None, now=first)
    replace_sign(session, sign=old, by=cast.office, now=gone, reason="牌面破损")
    close_station(
        session, station=cast.c1, by=cast.office, now=closed, on=closed.date(), reason="外出"
    )

    def told_later(then: datetime, text: str) -> int:
        later = NOW + timedelta(days=30)
        seen = read_scan(session, text=text, ring=RING, county="140926", now=later, then=then)
        return seen.station.id

    old_plate = token_of(RING, old)
    assert {told_later(found, old_plate), told_later(closed, "C0001")} == {cast.c1.id}
    for then, text in (
        (first - timedelta(days=1), old_plate),
        (gone + timedelta(hours=1), old_plate),
        (closed + timedelta(days=1), "C0001"),
    ):
        with pytest.raises(Conflict) as refused:
            told_later(then, text)
        assert refused.value.code == "sign-retired"


def test_a_station_has_one_live_plate(session: Session, cast: Cast) -> None:
    issue_sign(session, station=cast.c1, by=None, now=NOW)

    with pytest.raises(Conflict) as refused:
        issue_sign(session, station=cast.c1, by=None, now=NOW)

    assert refused.value.code == "sign-live-already"


def test_a_station_without_a_number_gets_no_plate(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="请先发放编号"):
        issue_sign(session, station=make_station(session, code=None), by=None, now=NOW)


def test_a_plate_that_has_ended_never_works_again(session: Session, cast: Cast) -> None:
    sign = issue_sign(session, station=cast.c1, by=None, now=NOW)
    mark(session, sign=sign, state=SignState.RETIRED, by=None, now=NOW)

    with pytest.raises(Conflict) as refused:
        mark(session, sign=sign, state=SignState.MOUNTED, by=None, now=NOW)

    assert refused.value.code == "sign-step-impossible"


def test_a_plates_life_is_told_with_who_and_why(session: Session, cast: Cast) -> None:
    sign = issue_sign(session, station=cast.c1, by=cast.office, now=NOW)
    mark(session, sign=sign, state=SignState.PRINTED, by=cast.office, now=NOW)
    mark(session, sign=sign, state=SignState.LOST, by=cast.office, now=NOW, reason="大风刮落")

    [view] = signs_of(session, cast.c1.id)

    assert [(step.label, step.who, step.reason) for step in view.events] == [
        ("已编发", "县办", ""), ("已印", "县办", ""), ("已丢失", "县办", "大风刮落"),
    ]  # fmt: skip


def test_missing_plates_are_made_once_for_each_numbered_station(
    session: Session, cast: Cast
) -> None:
    issue_sign(session, station=cast.c1, by=None, now=NOW)

    made = issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)

    assert {one.station_id for one in made} == {cast.c2.id, cast.c3.id, cast.xz1.id}
    assert (
        issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY) == []
    )
