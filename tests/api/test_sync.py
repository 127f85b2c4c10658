"""A phone's batch: every event once, each for itself."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.history import HistoryLine
from server.models.person import Keeping, Person
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from server.models.sign import Sign
from server.services.days.count_versions import DayCounts
from server.services.plates.signs import issue_sign, replace_sign
from tests.api.events import (
    batch,
    check_in,
    count,
    id_of,
    jpeg,
    note,
    now_text,
    photo,
    results,
    rows,
)
from tests.factories import Cast, make_keeping, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
Send = Callable[..., Any]


def test_a_check_in_by_the_plate_keeps_distance_and_plate(
    session: Session, cast: Cast, send: Send
) -> None:
    sign = make_sign(session, cast.c1)
    position = {"latitude": 38.3567, "longitude": 111.9403, "accuracy_m": 12, "fix_age_s": 3}
    sent = check_in(cast.c1.id, f"https://kd.example.cn/s/{token_of(sign)}", position=position)

    answer = send(sent)

    assert results(answer) == ["ok"]
    kept = session.get_one(CheckIn, id_of(sent))
    assert (kept.method, kept.sign_id, kept.time_verified) == ("scan", sign.id, True)
    assert kept.distance_m == pytest.approx(100, abs=1)
    assert kept.day_on == clock.today()


def test_a_typed_number_checks_in_without_proving_the_plate(
    session: Session, cast: Cast, send: Send
) -> None:
    make_sign(session, cast.c1)
    sent = check_in(cast.c1.id, "c1", method="typed")

    assert results(send(sent)) == ["ok"]
    kept = session.get_one(CheckIn, id_of(sent))
    assert (kept.method, kept.sign_id) == ("typed", None)


def test_nonsense_for_a_position_never_blocks(session: Session, cast: Cast, send: Send) -> None:
    sent = check_in(cast.c1.id, "C0001", position={"latitude": 999, "longitude": "x"})

    assert results(send(sent)) == ["ok"]
    assert session.get_one(CheckIn, id_of(sent)).latitude is None


def test_sending_again_is_safe(session: Session, cast: Cast, send: Send) -> None:
    sent = [check_in(cast.c1.id, "C0001"), count(cast.c1.id)]
    send(*sent)

    again = send(*[one | {"seq": 9, "clock_offset_ms": 250} for one in sent])

    assert results(again) == ["same", "same"]
    assert rows(session, PhoneEvent) == 2


def test_the_same_id_with_another_content_is_a_conflict_naming_the_fields(
    session: Session, cast: Cast, send: Send
) -> None:
    sent = count(cast.c1.id, received=12)
    send(sent)

    answer = send(sent | {"payload": sent["payload"] | {"received": 13, "on_hand": 0}})

    [result] = answer["results"]
    assert (result["result"], result["code"]) == ("conflict", "event-differs")
    assert result["fields"] == ["payload.on_hand", "payload.received"]
    assert session.scalars(select(ParcelCount.received)).all() == [12]


def test_somebody_elses_id_says_nothing_about_their_event(
    client: FlaskClient, cast: Cast, signed_in: Headers, send: Send
) -> None:
    sent = count(cast.c1.id)
    send(sent)

    theirs = client.post(
        "/api/v1/sync", json=batch(sent | {"station_id": cast.c2.id}), headers=signed_in(cast.zhao)
    )

    [result] = theirs.json["results"]
    assert (result["code"], result["fields"]) == ("event-differs", ["id"])


def test_one_bad_item_changes_none_of_the_others(session: Session, cast: Cast, send: Send) -> None:
    answer = send(
        count(cast.c1.id, received=-1),
        {"id": "not-an-id", "kind": "check_in"},
        count(cast.c1.id, received=7),
        check_in(cast.c2.id, "C0002"),
    )

    assert results(answer) == ["invalid", "invalid", "ok", "invalid"]
    assert answer["results"][1]["id"] == "not-an-id"
    assert session.scalars(select(ParcelCount.received)).all() == [7]


def test_a_second_count_of_the_day_becomes_version_two(
    session: Session, cast: Cast, send: Send
) -> None:
    send(count(cast.c1.id, received=10, device_at=now_text(timedelta(minutes=-9))))

    assert results(send(count(cast.c1.id, received=11, reason="数错了"))) == ["ok"]
    found = session.execute(
        select(ParcelCount.version, ParcelCount.received).order_by(ParcelCount.version)
    ).all()
    assert [tuple(one) for one in found] == [(1, 10), (2, 11)]


def test_a_phone_that_says_what_it_corrects_says_why(
    session: Session, cast: Cast, send: Send
) -> None:
    first = count(cast.c1.id, received=10, device_at=now_text(timedelta(minutes=-9)))
    send(first)

    [refused] = send(count(cast.c1.id, received=11, corrects=first["id"]))["results"]
    assert (refused["code"], refused["fields"]) == ("correction-unexplained", ["payload.reason"])
    sent = count(cast.c1.id, received=11, corrects=first["id"], reason="数错了")
    assert [results(send(sent)), results(send(sent))] == [["ok"], ["same"]]
    assert sorted(session.scalars(select(ParcelCount.received))) == [10, 11]


def test_an_app_of_an_earlier_version_changes_a_day_without_a_word_and_the_office_sees_it(
    session: Session, cast: Cast, send: Send
) -> None:
    send(count(cast.c1.id, received=10, device_at=now_text(timedelta(minutes=-9))))
    send(count(cast.c1.id, received=10, device_at=now_text(timedelta(minutes=-8))))  # tapped twice
    assert rows(session, HistoryLine) == 0

    assert results(send(count(cast.c1.id, received=11))) == ["ok"]
    line = session.scalars(select(HistoryLine)).one()
    assert line.summary.endswith("的件数报了不止一次，没写为什么改，各版都留着")


def test_a_count_kept_before_the_server_knew_of_corrections_is_still_the_same(
    session: Session, cast: Cast, send: Send
) -> None:
    send(count(cast.c1.id))
    kept = session.scalars(select(PhoneEvent)).one()
    assert set(kept.payload) == {
        "day_on", "received", "sent", "agri_sent", "on_hand", "by_brand", "reason",
    }  # fmt: skip


def test_an_older_count_that_arrives_late_does_not_win(
    session: Session, cast: Cast, send: Send
) -> None:
    send(count(cast.c1.id, received=11))
    send(count(cast.c1.id, received=10, device_at=now_text(timedelta(minutes=-30))))

    newest = session.scalars(
        select(ParcelCount).order_by(ParcelCount.version.desc()).limit(1)
    ).one()
    assert (newest.version, newest.received) == (2, 11)


def test_another_keepers_count_of_the_day_is_kept_beside_and_told(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Headers, send: Send
) -> None:
    make_keeping(session, cast.zhao, cast.c1)
    send(count(cast.c1.id, received=10))

    theirs = client.post(
        "/api/v1/sync", json=batch(count(cast.c1.id, received=12)), headers=signed_in(cast.zhao)
    )

    assert results(theirs.json) == ["merged"]
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "count-merged")).one()
    assert line.station_id == cast.c1.id
    assert {"field": "received", "label": "收到", "old": "10", "new": "12"} in line.changes


def test_a_plate_of_the_next_village_is_refused_by_name(
    session: Session, cast: Cast, send: Send
) -> None:
    other = make_sign(session, cast.c2)

    [result] = send(check_in(cast.c1.id, token_of(other)))["results"]

    assert (result["result"], result["code"]) == ("invalid", "plate-of-another-station")
    assert "杨家山村" in result["message"]


def replaced_plate(session: Session, cast: Cast) -> tuple[Sign, str]:
    """C0001's plate of the last twenty days, replaced two days ago, and what is written in it."""
    old = issue_sign(session, station=cast.c1, by=cast.office, now=clock.now() - timedelta(days=20))
    text = token_of(old)
    replaced_at = clock.now() - timedelta(days=2)
    replace_sign(session, sign=old, by=cast.office, now=replaced_at, reason="牌面破损")
    session.commit()
    return old, text


def test_check_ins_made_before_the_plate_was_replaced_come_in_afterwards(
    session: Session, cast: Cast, send: Send
) -> None:
    old, text = replaced_plate(session, cast)

    answers = send(
        *(
            check_in(cast.c1.id, text, device_at=now_text(timedelta(days=-days)))
            for days in (10, 3, 1)
        )
    )

    assert results(answers) == ["ok", "ok", "invalid"]
    assert {row.sign_id for row in session.scalars(select(CheckIn))} == {old.id}


def test_a_clock_wrong_beyond_mending_never_costs_a_check_in_by_a_plate_that_served(
    session: Session, cast: Cast, send: Send
) -> None:
    _, text = replaced_plate(session, cast)

    answer = send(check_in(cast.c1.id, text, device_at=now_text(timedelta(days=400))))

    assert results(answer) == ["ok"]
    assert session.scalars(select(CheckIn)).one().time_verified is False


def test_a_record_that_breaks_us_leaves_the_others_in_and_stays_on_the_phone(
    session: Session, cast: Cast, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_counts: DayCounts, _row: object) -> None:
        raise KeyError("no such rule")

    monkeypatch.setattr(DayCounts, "add", broken)

    answer = send(check_in(cast.c1.id, "C0001"), count(cast.c1.id, 3), check_in(cast.c1.id, "C1"))

    assert results(answer) == ["ok", "invalid", "ok"]
    bad = answer["results"][1]
    assert bad["code"] == "item-broken"
    assert "别删" in bad["message"]
    assert rows(session, PhoneEvent) == 2


def test_a_handed_over_station_still_takes_what_was_done_before(
    session: Session, cast: Cast, send: Send
) -> None:
    keeping = session.scalars(select(Keeping).where(Keeping.person_id == cast.li.id)).one()
    keeping.until_at = clock.now() - timedelta(hours=1)

    answer = send(
        check_in(cast.c1.id, "C0001", device_at=now_text(timedelta(hours=-2))),
        check_in(cast.c1.id, "C0001"),
    )

    assert results(answer) == ["ok", "invalid"]
    assert answer["results"][1]["code"] == "station-not-yours"


def test_what_was_done_between_two_keepings_is_not_taken(
    session: Session, cast: Cast, send: Send
) -> None:
    """Given back, kept by somebody else for three days, and taken again."""
    now = clock.now()
    keeping = session.scalars(select(Keeping).where(Keeping.person_id == cast.li.id)).one()
    keeping.until_at = now - timedelta(days=4)
    make_keeping(session, cast.li, cast.c1, from_at=now - timedelta(days=1))

    answer = send(
        *(
            check_in(cast.c1.id, "C0001", device_at=now_text(timedelta(days=-ago)))
            for ago in (5, 3, 0)
        )
    )

    assert results(answer) == ["ok", "invalid", "ok"]
    assert answer["results"][1]["code"] == "station-not-yours"


def test_a_phone_three_hours_fast_is_put_right(session: Session, cast: Cast, send: Send) -> None:
    fast = timedelta(hours=3)
    sent = check_in(cast.c1.id, "C0001", device_at=now_text(fast), clock_offset_ms=-3 * 3_600_000)

    send(sent, ahead=fast)

    kept = session.get_one(CheckIn, id_of(sent))
    assert kept.time_verified
    assert abs(kept.occurred_at - clock.now()) < timedelta(seconds=30)


def test_a_clock_of_1970_is_kept_but_not_trusted(session: Session, cast: Cast, send: Send) -> None:
    sent = check_in(cast.c1.id, "C0001", device_at="1970-01-02T00:00:00Z", clock_offset_ms=None)

    assert results(send(sent)) == ["ok"]
    kept = session.get_one(CheckIn, id_of(sent))
    assert (kept.time_verified, kept.day_on) == (False, clock.today())


def test_announced_photos_are_asked_for_until_they_come(
    session: Session, cast: Cast, send: Send
) -> None:
    first, second = photo(jpeg(10)), photo(jpeg(20), subject="shelves")
    send(note(cast.c1.id, first))

    answer = send(note(cast.c1.id, second))

    assert set(answer["need_photos"]) == {first["id"], second["id"]}
    assert rows(session, Photo) == 2


def test_a_photo_id_used_elsewhere_is_a_conflict_and_keeps_nothing_of_its_event(
    session: Session, cast: Cast, send: Send
) -> None:
    taken = photo(jpeg(10))
    send(note(cast.c1.id, taken))

    [result] = send(note(cast.c1.id, taken))["results"]

    assert (result["result"], result["code"]) == ("conflict", "photo-differs")
    assert rows(session, PhoneEvent) == 1


def test_thirty_days_of_backlog_sync_whole(session: Session, cast: Cast, send: Send) -> None:
    today = clock.today()
    backlog = []
    for days in range(30):
        at = now_text(-timedelta(days=days))
        backlog += [
            check_in(cast.c1.id, "C0001", device_at=at),
            count(cast.c1.id, day_on=(today - timedelta(days=days)).isoformat(), device_at=at),
        ]

    for start in range(0, len(backlog), 20):
        assert set(results(send(*backlog[start : start + 20]))) == {"ok"}

    assert rows(session, CheckIn) == rows(session, ParcelCount) == 30
    days = session.scalars(select(CheckIn.day_on).distinct()).all()
    assert len(days) == 30


def test_chinese_text_with_stray_control_characters_is_kept_clean(
    session: Session, cast: Cast, send: Send
) -> None:
    sent = count(cast.c1.id, reason="雨天\x00路滑\ud800", by_brand={"圆通\x07": 3})

    assert results(send(sent)) == ["ok"]
    kept = session.get_one(ParcelCount, id_of(sent))
    assert (kept.reason, kept.by_brand) == ("雨天路滑", {"圆通": 3})


def test_half_a_character_in_a_record_is_refused_with_it_alone(
    session: Session, cast: Cast, client: FlaskClient, signed_in: Headers, send: Send
) -> None:
    good, last = count(cast.c1.id), check_in(cast.c1.id, "C0001", method="typed")
    bad = [
        count(cast.c1.id, id="\ud800" * 40),
        count(cast.c1.id) | {"kind": "\udfff"},
        count(cast.c1.id, by_brand={"\ud800": "a"}),
        check_in(cast.c1.id, "C0001", method="\ud834"),
    ]

    answer = send(good, *bad, last)

    assert results(answer) == ["ok", *["invalid"] * len(bad), "ok"]
    assert all(
        "手机" in one["message"] or "填" in one["message"] for one in answer["results"][1:-1]
    )
    assert rows(session, PhoneEvent) == 2
    bound = client.post(
        "/api/v1/session/bind",
        data=json.dumps({"code": "\ud800", "device_id": "\ud800", "\ud800": {"\ud800": 1}}),
        content_type="application/json",
    )
    assert 400 <= bound.status_code < 500
