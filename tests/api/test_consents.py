"""A keeper agrees purpose by purpose, or not, and takes it back; the work goes on either way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.http import clock
from server.models.consent import Consent, ConsentText, Purpose
from server.models.history import HistoryLine
from server.models.phone_event import CheckIn, PhoneEvent, Photo
from server.services.audit.verifying import verify
from server.services.county.retention_options import USUAL, DataKind, edit_retention
from server.services.messages.permissions import alive
from server.services.people.own_data import data_of
from server.services.retention.consents import counts, standings
from server.services.retention.wordings import earlier_texts
from tests.api.events import check_in, item, jpeg, note, now_text, photo
from tests.factories import Cast, make_sign, token_of

Call = Callable[..., Any]
Send = Callable[..., Any]
PLACE = {"latitude": 38.3567, "longitude": 111.9403, "accuracy_m": 9, "fix_age_s": 2}


def asked(call: Call, cast: Cast) -> dict[str, Any]:
    return {one["purpose"]: one for one in call(cast.li, "/keeper/home")["consents"]}


def answer(cast: Cast, one: dict[str, Any], *, agreed: bool, **fields: Any) -> dict[str, Any]:
    payload = {
        "purpose": one["purpose"], "agreed": agreed, "text_sha256": one["sha256"], "way": "web",
    }  # fmt: skip
    return item("consent", cast.c1.id, payload, **fields)


@pytest.mark.usefixtures("unasked")
def test_a_yes_and_a_no_stand_with_text_moment_and_way_and_can_be_taken_back(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    home = call(cast.li, "/keeper/home")
    [one] = home["consents"]  # messages are asked about in WeChat alone
    assert (one["purpose"], one["state"]) == ("position", "not_asked")
    assert "位置留365天" in one["text"]
    assert any("730天" in line for line in home["privacy"])

    yes = answer(cast, one, agreed=True)
    assert send(yes)["results"][0]["result"] == "ok"
    assert send(yes)["results"][0]["result"] == "same"
    assert asked(call, cast)["position"]["state"] == "agreed"
    later = now_text(timedelta(seconds=1))
    assert send(answer(cast, one, agreed=False, device_at=later))["results"][0]["result"] == "ok"

    assert asked(call, cast)["position"]["state"] == "declined"
    kept = session.scalars(sa.select(Consent).order_by(Consent.said_at)).all()
    assert [(row.agreed, row.way.value, row.device_id) for row in kept] == [
        (True, "web", "phone-1"), (False, "web", "phone-1"),
    ]  # fmt: skip
    assert {row.text_sha256 for row in kept} == {one["sha256"]}
    assert one["text"] in session.scalars(sa.select(ConsentText.text)).all()
    lines = session.scalars(
        sa.select(HistoryLine.summary)
        .where(HistoryLine.action.startswith("consent-"))
        .order_by(HistoryLine.id)
    ).all()
    assert [line[:6] for line in lines] == ["老李同意：签", "老李不同意："]
    assert all(one["sha256"] in line for line in lines)
    assert verify(session, county=cast.county.code).whole
    told = counts(session, county=cast.county)
    assert {purpose.value: dict(some) for purpose, some in told.items()} == {
        "position": {"declined": 1, "not_asked": 1}, "messages": {"not_asked": 2},
    }  # fmt: skip
    assert [one.person.name for one in standings(session, county=cast.county, first=1)] == ["老李"]
    assert "不同意" in str(lines[-1])
    assert sum(str(data_of(session, cast.li)).count(row.text_sha256) for row in kept)


def test_from_a_no_on_no_place_is_kept_and_the_check_in_counts(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    token = token_of(make_sign(session, cast.c1))
    session.commit()
    one = asked(call, cast)["position"]
    assert one["state"] == "agreed"
    before = check_in(cast.c1.id, token, position=PLACE, device_at=now_text(-timedelta(hours=2)))
    assert send(answer(cast, one, agreed=False))["results"][0]["result"] == "ok"
    after = check_in(cast.c1.id, token, position=PLACE, device_at=now_text(timedelta(seconds=1)))

    # An old phone app that knows nothing of it sends the place all the same.
    assert [got["result"] for got in send(before, after)["results"]] == ["ok", "ok"]
    assert send(after)["results"][0]["result"] == "same"

    rows = session.scalars(sa.select(CheckIn).order_by(CheckIn.occurred_at)).all()
    assert [(row.latitude, row.distance_m is None, row.position_declined) for row in rows] == [
        (38.3567, False, False), (None, True, True),  # what was lawful stays so
    ]  # fmt: skip
    sent = session.get_one(PhoneEvent, rows[1].id).payload
    assert (sent["position"], sent["position_declined"]) == (None, True)
    assert call(cast.li, "/keeper/home")["stations"][0]["today"]["check_in"]


def test_of_a_photo_no_place_is_kept_whatever_an_older_phone_reads_out_of_it(
    session: Session, cast: Cast, send: Send
) -> None:
    read = {"make": "HUAWEI", "latitude": 38.3567, "longitude": 111.9403}
    one = photo(jpeg(), notes={"width": 4, "exif": read, "latitude": 38.3567})
    assert send(note(cast.c1.id, one))["results"][0]["result"] == "ok"
    kept = session.scalars(sa.select(Photo)).one()
    assert kept.phone_notes == {"width": 4, "exif": {"make": "HUAWEI"}}


def test_a_new_text_is_asked_anew_and_a_no_stays_a_no(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    old = asked(call, cast)["position"]
    days = {str(kind): str(days) for kind, days in USUAL.items()}
    edit_retention(
        session, county=cast.county, by=cast.office, now=clock.now(), reason="会议决定",
        typed=days | {DataKind.CHECK_IN_POSITION.value: "400"},
    )  # fmt: skip
    session.commit()

    new = asked(call, cast)["position"]
    assert (old["state"], new["state"]) == ("agreed", "not_asked")
    assert "位置留400天" in new["text"]
    # A phone that has been offline answers the text that it knows, and which is still to be read.
    assert send(answer(cast, old, agreed=True))["results"][0]["result"] == "ok"
    assert asked(call, cast)["position"]["state"] == "not_asked"
    later = now_text(timedelta(seconds=1))
    assert send(answer(cast, old, agreed=False, device_at=later))["results"][0]["result"] == "ok"
    assert asked(call, cast)["position"]["state"] == "declined"
    [held] = earlier_texts(session, cast.county)
    assert (held.sha256, held.text) == (old["sha256"], old["text"])
    assert old["text"] in str(data_of(session, cast.li))


def test_a_text_is_kept_before_it_is_shown_and_a_yes_to_any_other_is_refused(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    cast.county.options = {"retention": {"paused": True}}  # as an update does, or somebody by SQL
    session.commit()
    shown = asked(call, cast)["position"]
    assert {shown["text"]} <= set(session.scalars(sa.select(ConsentText.text)))

    lost = shown | {"sha256": "ab" * 32}
    [refused] = send(answer(cast, lost, agreed=True))["results"]
    assert (refused["result"], refused["code"]) == ("invalid", "consent-text-unknown")
    assert "现在的话再选一次" in refused["message"]
    swapped = shown | {"sha256": asked(call, cast)["messages"]["sha256"]}
    assert send(answer(cast, swapped, agreed=True))["results"][0]["code"] == "consent-text-unknown"
    assert asked(call, cast)["position"]["state"] == "not_asked"
    assert send(answer(cast, lost, agreed=False))["results"][0]["result"] == "ok"
    one = next(one for one in standings(session, county=cast.county) if one.person is cast.li)
    assert one.unread == {Purpose.POSITION}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE consents SET agreed = false WHERE id = 1", "同意与不同意1号"),
        ("UPDATE consents SET text_sha256 = 'ab' WHERE id = 1", "同意与不同意1号"),
        ("DELETE FROM consents WHERE id = 1", "同意与不同意1号"),
        ("UPDATE consent_texts SET text = '都行' WHERE id = 1", "同意的话1号"),
    ],
)
def test_an_answer_or_a_text_that_somebody_changed_is_found(
    session: Session, cast: Cast, change: str, said: str
) -> None:
    assert verify(session, county=cast.county.code).whole
    session.execute(sa.text(change))
    [fault] = verify(session, county=cast.county.code).faults
    assert fault.startswith(said)


def test_messages_stop_with_a_no_and_an_unknown_purpose_is_refused_kindly(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    one = asked(call, cast)["messages"]
    assert send(answer(cast, one, agreed=False))["results"][0]["result"] == "ok"
    session.expire_all()
    assert cast.li.messages_declined_at is not None
    assert "messages_declined_at IS NULL" in str(alive(clock.now()))
    odd = send(answer(cast, one | {"purpose": "faces"}, agreed=True))["results"][0]
    assert (odd["result"], odd["code"]) == ("invalid", "consent-unknown")
    wang = call(cast.wang, "/session")
    assert "consents" not in wang  # an inspector's place is part of what both sign


@pytest.mark.usefixtures("unasked")
def test_while_nothing_is_erased_no_text_says_that_it_is(
    session: Session, cast: Cast, call: Call
) -> None:
    """After an update, or under a court's hold: no days are named that nobody keeps."""
    cast.county.options = {**cast.county.options, "retention": {"paused": True}}
    session.commit()

    home = call(cast.li, "/keeper/home")

    [one] = home["consents"]
    assert "先都留着" in one["text"]
    assert not any(char.isdigit() for char in "".join([one["text"], *home["privacy"]]))


def test_a_no_that_comes_late_takes_back_what_another_phone_had_sent_and_only_that(
    session: Session, cast: Cast, call: Call, send: Send
) -> None:
    """Two phones, one without a net: the no was said before the check-in and comes after it."""
    token = token_of(make_sign(session, cast.c1))
    session.commit()
    one = asked(call, cast)["position"]

    def there(hours: float) -> dict[str, Any]:
        at = now_text(timedelta(hours=hours))
        return check_in(cast.c1.id, token, position=PLACE, device_at=at)

    def said(hours: float, *, agreed: bool) -> dict[str, Any]:
        return answer(cast, one, agreed=agreed, device_at=now_text(timedelta(hours=hours)))

    def places() -> list[tuple[bool, bool, bool]]:
        session.expire_all()
        rows = session.scalars(sa.select(CheckIn).order_by(CheckIn.occurred_at)).all()
        for row in rows:
            sent = session.get_one(PhoneEvent, row.id).payload
            assert (sent["position"] is None) is row.position_declined
        return [
            (row.latitude is not None, row.distance_m is not None, row.position_declined)
            for row in rows
        ]

    kept, gone = (True, True, False), (False, False, True)
    send(there(-5), there(-3))
    assert places() == [kept, kept]
    send(said(-4, agreed=False))
    assert places() == [kept, gone]
    send(said(-2, agreed=True), there(-1))
    assert places() == [kept, gone, kept]

    # The yes of now allows nothing of the time of the no, by the short way or the long one.
    send(there(-3.5))
    assert places() == [kept, gone, gone, kept]
    # A second no does not move the first; one batch has both.
    send(said(-0.5, agreed=False), said(-0.2, agreed=False), there(-0.3), there(-0.1))
    assert places() == [kept, gone, gone, kept, gone, gone]
    send(there(-0.4))
    assert places()[-3:] == [gone, gone, gone]
    assert verify(session, county=cast.county.code).whole
