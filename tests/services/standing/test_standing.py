from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from server.errors import Invalid, NotFound
from server.models.phone_event import (
    EventKind,
    ParcelCount,
    PhoneEvent,
    Photo,
    PhotoState,
)
from server.models.station import Station
from server.policy.standard.examine import Finding, Status
from server.policy.standard.facts import Ownership, Word
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.people.scope import EVERYBODY
from server.services.standing.standing import (
    NO_STANDARD,
    narrowed,
    photo_of,
    standing_json,
    standing_of,
    standings,
    summary,
)
from server.services.standing.statements import said_of, say
from tests.factories import NOW, TODAY, Cast, make_person, make_station
from tests.queries import queries

Standards = tuple[Standard, ...]
GOOD = {
    "premises_fixed": True, "services_posting": True, "services_delivery": True,
    "signboard_present": True, "signboard_unobstructed": True, "signboard_prominent": True,
    "hours_board_present": True, "area_fits_volume": True, "service_counter": True,
    "shelves": True, "barcode_scanner": True,
}  # fmt: skip


def tell(session: Session, station: Station, word: Word, on: date = TODAY, **facts: Any) -> None:
    for fact, value in facts.items():
        say(session, station=station, fact=fact, value=value, word=word, on=on, by=None, now=NOW)


def all_good(session: Session, station: Station, word: Word, **other: Any) -> None:
    tell(session, station, word, **(GOOD | {"sign_text": station.name} | other))


def finding(session: Session, station: Station, standards: Standards, code: str) -> Finding:
    found = standing_of(session, station=station, on=TODAY, standards=standards)
    return next(one for one in found.findings if one.code == code)


def send(session: Session, station: Station, kind: EventKind) -> PhoneEvent:
    keeper = make_person(session, station.county, "站长")
    sent = PhoneEvent(
        id=uuid4(), kind=kind, county=station.county, station_id=station.id,
        person_id=keeper.id, device_id="phone-1", device_seq=1, payload={}, content_sha256="0" * 64,
        result="ok", day_on=TODAY, occurred_at=NOW, time_verified=True, device_at=NOW,
        clock_offset_ms=0, received_at=NOW,
    )  # fmt: skip
    session.add(sent)
    session.flush()
    return sent


def photograph(
    session: Session, station: Station, subject: str, state: PhotoState = PhotoState.EXAMINED
) -> Photo:
    sent = send(session, station, EventKind.PHOTO_NOTE)
    photo = Photo(
        id=uuid4(), county=station.county, station_id=station.id, person_id=sent.person_id,
        event_id=sent.id, subject=subject, state=state, sha256="1" * 64, size_bytes=9,
        taken_at=NOW, time_verified=True, day_on=TODAY,
    )  # fmt: skip
    session.add(photo)
    session.flush()
    return photo


def count(session: Session, station: Station, received: int, sent: int, version: int = 1) -> None:
    event = send(session, station, EventKind.PARCEL_COUNT)
    session.add(
        ParcelCount(
            id=event.id,
            county=station.county,
            station_id=station.id,
            person_id=event.person_id,
            day_on=TODAY,
            version=version,
            received=received,
            sent=sent,
            agri_sent=0,
            on_hand=0,
            entered_at=NOW,
        )
    )
    session.flush()


def test_nine_square_metres_fail_a_township_station_and_four_do_not_fail_a_village_point(
    session: Session, cast: Cast, standards: Standards
) -> None:
    all_good(session, cast.xz1, Word.INSPECTOR, floor_area_m2="9")
    all_good(session, cast.c1, Word.INSPECTOR, floor_area_m2="4")

    hub = standing_of(session, station=cast.xz1, on=TODAY, standards=standards)
    point = standing_of(session, station=cast.c1, on=TODAY, standards=standards)

    assert (hub.status, [one.clause for one in hub.fails]) == (Status.FAILS, ["四（1）"])
    assert "9平方米" in hub.why
    assert (point.status, point.fails) == (Status.MEETS, [])


def test_the_desks_word_alone_leaves_a_station_to_be_verified(
    session: Session, cast: Cast, standards: Standards
) -> None:
    all_good(session, cast.c1, Word.REVIEWER)

    found = standing_of(session, station=cast.c1, on=TODAY, standards=standards)

    assert found.status is Status.TO_VERIFY


def test_nothing_said_is_not_a_failure(session: Session, cast: Cast, standards: Standards) -> None:
    found = standing_of(session, station=cast.c1, on=TODAY, standards=standards)

    assert (found.status, found.fails) == (Status.NOT_ASSESSED, [])


def test_a_keepers_photo_is_the_keepers_word_with_the_photo_as_evidence(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = photograph(session, cast.c1, "hours_board")

    found = finding(session, cast.c1, standards, "A3-3a")

    assert (found.verdict, found.word) == (Verdict.PASS, Word.KEEPER)
    assert photo_of(found) == photo.id


@pytest.mark.parametrize("state", [PhotoState.ANNOUNCED, PhotoState.UNREADABLE])
def test_a_photo_that_is_not_there_or_not_readable_says_nothing(
    session: Session, cast: Cast, standards: Standards, state: PhotoState
) -> None:
    photograph(session, cast.c1, "hours_board", state)

    assert finding(session, cast.c1, standards, "A3-3a").verdict is Verdict.UNKNOWN


def test_counts_both_ways_show_that_a_station_posts_and_delivers(
    session: Session, cast: Cast, standards: Standards
) -> None:
    count(session, cast.c1, received=12, sent=0)
    assert finding(session, cast.c1, standards, "A3-1b").verdict is Verdict.UNKNOWN

    count(session, cast.c1, received=12, sent=3, version=2)
    found = finding(session, cast.c1, standards, "A3-1b")

    assert (found.verdict, found.word) == (Verdict.PASS, Word.KEEPER)


def test_a_corrected_count_no_longer_speaks(
    session: Session, cast: Cast, standards: Standards
) -> None:
    count(session, cast.c1, received=12, sent=3)
    count(session, cast.c1, received=12, sent=0, version=2)

    assert finding(session, cast.c1, standards, "A3-1b").verdict is Verdict.UNKNOWN


def test_an_inspectors_no_outweighs_a_keepers_newer_photo(
    session: Session, cast: Cast, standards: Standards
) -> None:
    tell(session, cast.c1, Word.INSPECTOR, TODAY - timedelta(days=3), shelves=False)
    photograph(session, cast.c1, "shelves")

    found = finding(session, cast.c1, standards, "A3-42b")

    assert (found.verdict, found.word, found.counts_against) == (Verdict.FAIL, Word.INSPECTOR, True)
    assert [said.word for said in found.contradicted_by] == [Word.KEEPER]


def test_what_is_said_later_does_not_change_an_earlier_day(
    session: Session, cast: Cast, standards: Standards
) -> None:
    all_good(session, cast.c1, Word.INSPECTOR)
    tell(session, cast.c1, Word.INSPECTOR, TODAY, shelves=False)

    [before] = standings(
        session, county=cast.county, on=TODAY - timedelta(days=1), standards=standards,
        station_ids=[cast.c1.id], seen_by=EVERYBODY,
    )  # fmt: skip

    assert before.fails == []
    assert standing_of(session, station=cast.c1, on=TODAY, standards=standards).fails != []


def test_a_county_without_a_standard_has_stations_nobody_assessed(
    session: Session, cast: Cast, standards: Standards
) -> None:
    all_good(session, cast.foreign, Word.INSPECTOR)

    [found] = standings(
        session, county=cast.other_county, on=TODAY, standards=standards, seen_by=EVERYBODY
    )

    assert (found.status, found.why) == (Status.NOT_ASSESSED, NO_STANDARD)


def test_a_standard_a_county_chose_itself_is_used(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.other_county.standard_id = "shanxi-2023-trial"
    all_good(session, cast.foreign, Word.INSPECTOR, shelves=False)

    [found] = standings(
        session, county=cast.other_county, on=TODAY, standards=standards, seen_by=EVERYBODY
    )

    assert found.status is Status.FAILS


def test_a_closed_station_is_not_on_the_list(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.c2.closed_on = TODAY
    session.flush()

    found = standings(session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY)

    assert "C0002" not in [one.station.code for one in found]
    assert standing_of(session, station=cast.c2, on=TODAY, standards=standards).findings == []


def test_the_number_of_queries_does_not_grow_with_the_number_of_stations(
    session: Session, cast: Cast, standards: Standards
) -> None:
    for station in (cast.c1, cast.c2, cast.c3, cast.xz1):
        all_good(session, station, Word.INSPECTOR)
        photograph(session, station, "signboard")
        count(session, station, 5, 5)
    with queries(session) as few:
        assert (
            len(
                standings(
                    session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY
                )
            )
            == 4
        )
    for number in range(4, 64):
        station = make_station(
            session, cast.county, f"C{number:04}", f"第{number}村快递便民服务点",
            township_code=cast.township.code, ownership=Ownership.COOPERATIVE,
        )  # fmt: skip
        all_good(session, station, Word.REVIEWER)

    with queries(session) as sixty_four:
        assert (
            len(
                standings(
                    session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY
                )
            )
            == 64
        )

    assert len(few) == len(sixty_four) == 7


def test_the_board_is_narrowed_and_summed_up(
    session: Session, cast: Cast, standards: Standards
) -> None:
    all_good(session, cast.c1, Word.INSPECTOR)
    all_good(session, cast.c2, Word.INSPECTOR, shelves=False)
    found = standings(session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY)

    def codes(chosen: Sequence[Any]) -> list[str]:
        return [one.station.code for one in chosen]

    assert codes(narrowed(found, status=Status.FAILS)) == ["C0002"]
    assert codes(narrowed(found, clause="A3-42b")) == codes(narrowed(found, clause="四（2）"))
    assert codes(narrowed(found, clause="A3-42b")) == ["C0002"]
    assert codes(narrowed(found, township=cast.other_township.code)) == ["C0003"]
    assert codes(narrowed(found, level="township_station")) == ["XZ0001"]
    assert codes(narrowed(found, q="鹅城 杨家山")) == ["C0002"]
    total = summary(found)
    assert (total.total, total.per_status[Status.FAILS], total.per_status[Status.MEETS]) == (
        4,
        1,
        1,
    )
    assert sum(sum(one.per_status.values()) for one in total.per_township) == 4
    assert [(one.rule.code, one.fails) for one in total.per_clause if one.fails] == [("A3-42b", 1)]


def test_the_commands_answer_names_rule_word_and_reason(
    session: Session, cast: Cast, standards: Standards
) -> None:
    tell(session, cast.c1, Word.INSPECTOR, shelves=False)

    answer = standing_json(standing_of(session, station=cast.c1, on=TODAY, standards=standards))

    [failed] = [one for one in answer["findings"] if one["counts_against"]]
    assert (answer["code"], answer["status_label"]) == ("C0001", "不达标")
    assert (failed["code"], failed["verdict"], failed["word"]) == ("A3-42b", "fail", "inspector")
    assert "货架" in failed["why"]


def test_a_statement_is_kept_once_and_taken_back_by_saying_nothing(
    session: Session, cast: Cast, standards: Standards
) -> None:
    tell(session, cast.c1, Word.REVIEWER, floor_area_m2="12.50")
    again = say(
        session, station=cast.c1, fact="floor_area_m2", value="12.50", word=Word.REVIEWER,
        on=TODAY, by=None, now=NOW,
    )  # fmt: skip
    [said] = said_of(session, station_id=cast.c1.id)
    assert (again, said.text, said.word_label) == (None, "12.50平方米", "县办")

    tell(session, cast.c1, Word.REVIEWER, floor_area_m2=None)

    [said] = said_of(session, station_id=cast.c1.id)
    assert (said.value, said.text) == (None, "不作判断")
    assert finding(session, cast.c1, standards, "A3-41c").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("floor_area_m2", "-1", "fact-value-invalid"),
        ("floor_area_m2", "十平米", "fact-value-invalid"),
        ("shelves", "也许", "fact-value-invalid"),
        ("wallpaper", True, "fact-unknown"),
    ],
)
def test_what_cannot_be_said_is_refused(
    session: Session, cast: Cast, fact: str, value: Any, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tell(session, cast.c1, Word.REVIEWER, **{fact: value})

    assert refused.value.code == code
    assert said_of(session, station_id=cast.c1.id) == []


def test_a_statement_cannot_be_of_tomorrow_or_rest_on_anothers_photo(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(Invalid, match="还没有到"):
        tell(session, cast.c1, Word.REVIEWER, TODAY + timedelta(days=1), shelves=True)
    photo = photograph(session, cast.c2, "shelves")
    with pytest.raises(NotFound, match="没有这张照片"):
        say(
            session, station=cast.c1, fact="shelves", value=True, word=Word.REVIEWER, on=TODAY,
            by=None, now=NOW, photo_id=photo.id,
        )  # fmt: skip


def test_a_verdict_says_since_when_it_has_held_without_a_break(
    session: Session, cast: Cast, standards: Standards
) -> None:
    station = cast.c1
    said = [(40, False), (30, True), (20, False), (10, False), (3, False)]
    for days, value in said:
        tell(session, station, Word.REVIEWER, TODAY - timedelta(days), shelves=value)

    found = finding(session, station, standards, "A3-42b")

    assert found.verdict is Verdict.FAIL
    assert found.since == TODAY - timedelta(20)  # not the last look, nor the failing before July


def test_a_word_taken_back_breaks_the_run(
    session: Session, cast: Cast, standards: Standards
) -> None:
    station = cast.c1
    for days, value in [(40, True), (20, None), (5, True), (1, True)]:
        tell(session, station, Word.REVIEWER, TODAY - timedelta(days), shelves=value)

    assert finding(session, station, standards, "A3-42b").since == TODAY - timedelta(5)
