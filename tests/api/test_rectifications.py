"""整改 by phone from the finding to a person's acceptance, asked photos, two words."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Disagreement, Inspection, PhotoRequest
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.papers.issued import issue
from server.services.inspections import disagreements, two_words
from server.services.inspections.copies import copy_of
from server.services.inspections.versions import versions_of
from server.services.mending import lists as rectification_lists
from server.services.mending.deadlines import mends_due
from server.services.mending.notice_papers import KINDS, kept_paper
from server.services.mending.notices import issue_notice, notice_of
from server.services.mending.rectifications import accept, return_to_keeper
from server.services.people.scope import EVERYBODY
from server.services.photos.requests import draw_requests, rates
from server.services.rounds.visits import visit_views
from server.services.standing.standing import standing_of
from tests.api.events import id_of, jpeg, note, now_text, photo
from tests.api.rounds import failed, inspection, mend, open_round, visit_of
from tests.factories import Cast

Headers = Callable[[Person], dict[str, str]]
Call = Callable[..., Any]


def test_a_failed_shall_becomes_a_task_with_clause_deadline_and_what_to_do(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    one = failed(session, cast, campaign, hand_in)

    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [task for task in home["todo"] if task["kind"] == "mend"]

    assert (task["rectification_id"], task["clause"], task["state"]) == (one.id, "四（2）", "open")
    assert task["due_on"] == (clock.today() + timedelta(days=15)).isoformat()
    assert task["why"] == one.what_to_do  # the phone says how many days there are


def test_a_photo_answers_a_person_returns_it_with_the_reason_and_then_accepts(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, standards: Any
) -> None:
    one = failed(session, cast, campaign, hand_in)
    answer = mend(one, photo(jpeg(), subject="shelves"), note="买了一组")

    assert [hand_in(cast.li, answer)[0]["result"] for _ in range(2)] == ["ok", "same"]
    [listed] = call(cast.wang, "/rounds/rectifications?state=answered")["rectifications"]
    assert [step["action"] for step in listed["steps"]] == ["opened", "answered"]

    call(cast.wang, f"/rounds/rectifications/{one.id}/return", {"reason": "照片看不清"})
    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [task for task in home["todo"] if task["kind"] == "mend"]
    assert (task["state"], task["returned_because"]) == ("returned", "照片看不清")

    hand_in(cast.li, mend(one, photo(jpeg(90), subject="shelves")))
    accepted = call(cast.wang, f"/rounds/rectifications/{one.id}/accept", {"note": "看到了"})

    assert accepted["state_label"] == "已通过"
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert standing.status == "meets"  # seen by an inspector on the spot


@pytest.mark.parametrize(("held", "told"), [(False, True), (True, False)])
def test_an_answer_across_its_last_day_on_a_clock_that_may_have_been_set_says_so_on_phone_and_desk(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call, *, held: bool,
    told: bool,
) -> None:  # fmt: skip
    one = failed(session, cast, campaign, hand_in)
    one.due_on = clock.today() - timedelta(days=1)
    session.flush()
    at = now_text(timedelta(days=-2))
    shown = photo(jpeg(), subject="shelves", taken_at=at)
    answer = mend(one, shown) | {"device_at": at, "clock_held": held}
    [first], [again] = hand_in(cast.li, answer), hand_in(cast.li, answer)
    assert [first["result"], again["result"]] == ["ok", "same"]
    assert first["message"] == again["message"], "a lost answer says the same"
    assert ("没法证明；跨过期限的，不算按期，也不算逾期" in (first["message"] or "")) == told
    [view] = rectification_lists.rectifications_seen(
        session, county="140926", on=clock.today(), seen_by=EVERYBODY
    )
    assert ("没法证明" in view.steps[-1].told) == told
    day = one.due_on
    [due] = mends_due(session, county="140926", since=day, until=day, on=clock.today())
    assert due.in_time is None, "waiting, or unknown for good"


def test_rectifications_are_judged_only_in_scope_and_only_once(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call
) -> None:
    one = failed(session, cast, campaign, hand_in)
    path = f"/rounds/rectifications/{one.id}"

    assert call(cast.officer, f"{path}/accept", {}, status=403)["code"] == "not-your-station"
    assert call(cast.outsider, f"{path}/accept", {}, status=404)["code"] == "rectification-unknown"
    assert call(cast.wang, f"{path}/return", {"reason": ""}, status=422)["code"] == "reason-needed"
    assert call(cast.wang, f"{path}/return", {"reason": "x"}, status=409)["code"] == (
        "rectification-not-answered"
    )
    call(cast.wang, f"{path}/accept", {"note": "当场就摆上了"})
    assert call(cast.wang, f"{path}/accept", {}, status=409)["code"] == "rectification-closed"
    [late] = hand_in(cast.li, mend(one, photo(jpeg(), subject="shelves")))
    assert (late["result"], late["code"]) == ("invalid", "rectification-closed")


def test_a_rectification_without_a_photo_or_of_another_station_is_refused(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call
) -> None:
    one = failed(session, cast, campaign, hand_in)
    elsewhere = mend(one, photo(jpeg(), subject="shelves")) | {"station_id": cast.c2.id}

    [empty] = hand_in(cast.li, mend(one))
    [foreign] = hand_in(cast.zhao, elsewhere)

    assert empty["code"] == "photo-note-empty"
    assert foreign["code"] == "rectification-unknown"
    assert session.get_one(Rectification, one.id).state is RectificationState.OPEN


def test_a_photo_asked_for_today_is_answered_by_taking_it_today(
    session: Session, cast: Cast, call: Call, hand_in: Call, client: FlaskClient, signed_in: Headers
) -> None:
    today, now = clock.today(), clock.now()
    cast.county.options = {"photo_request_percent": 100}
    asked = draw_requests(session, county=cast.county, on=today, now=now - timedelta(minutes=5))
    session.commit()
    assert {one.station_id for one in asked} == {cast.c1.id, cast.c2.id}  # those with a keeper
    [request] = [one for one in asked if one.station_id == cast.c1.id]
    [home] = call(cast.li, "/keeper/home")["stations"]
    [task] = [one for one in home["todo"] if one["kind"] == "asked_photo"]
    assert (task["subject"], task["done"]) == (request.subject, False)

    picture = jpeg()
    taken = photo(picture, subject=request.subject)
    hand_in(cast.li, note(cast.c1.id, taken))
    client.put(f"/api/v1/photos/{taken['id']}", data=picture, headers=signed_in(cast.li))

    session.expire_all()
    answered = session.get_one(PhotoRequest, request.id)
    assert (answered.photo_id, answered.answered_at is not None) == (UUID(taken["id"]), True)
    [home] = call(cast.li, "/keeper/home")["stations"]
    assert [one["done"] for one in home["todo"] if one["kind"] == "asked_photo"] == [True]
    tomorrow = now + timedelta(days=2)
    over: dict[str, Any] = {"since": today, "until": today, "now": tomorrow}
    found = rates(session, county="140926", seen_by=EVERYBODY, **over)
    assert (found[cast.c1.id].share, found[cast.c2.id].share) == (1.0, 0.0)


def test_the_office_settles_a_disagreement_and_the_keepers_trust_shows_it(
    session: Session, cast: Cast, campaign: Campaign, call: Call, hand_in: Call,
    client: FlaskClient, signed_in: Headers,
) -> None:  # fmt: skip
    for subject in ("shelves", "interior"):
        picture = jpeg(40 + len(subject))
        claim = photo(picture, subject=subject)
        hand_in(cast.li, note(cast.c1.id, claim))
        client.put(f"/api/v1/photos/{claim['id']}", data=picture, headers=signed_in(cast.li))
    failed(session, cast, campaign, hand_in)

    [view] = disagreements.disagreements_seen(session, county="140926", seen_by=EVERYBODY)
    before = two_words.trust_of(session, person=cast.li)
    disagreements.settle_disagreement(
        session,
        disagreement=view.disagreement,
        decision="keeper",
        reason="货架在里屋，督导员没进去",
        by=cast.office,
        now=clock.now(),
    )
    after = two_words.trust_of(session, person=cast.li)

    assert (view.clause, view.title, view.keeper_name) == ("四（2）", "货架", "老李")
    assert (before.agreed, before.differed) == (1, 1)
    assert "货架：站长自报符合，督导员判定不符合" in before.reasons[0]
    assert after.share == 1.0
    [words] = two_words.two_words(session, campaign=campaign, seen_by=EVERYBODY)
    agree = {row.code: row.agree for row in words.rows}
    assert (agree["A3-42b"], agree["A3-42a"], agree["A3-42c"]) == (False, True, None)
    assert session.scalars(select(Disagreement)).one().decision == "keeper"


def test_the_notice_of_a_real_inspection_as_pdf_and_as_docx(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    shown = photo(jpeg(), notes={"rule_code": "A3-42b"})
    sent = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b", "A3-3a"], photos=[shown]
    )
    hand_in(cast.wang, sent)
    inspected = session.get_one(Inspection, UUID(sent["id"]))
    said: dict[str, Any] = {"by": cast.office, "now": clock.now(), "standards": standards}
    notice = issue(session, inspection=inspected, **said)

    papers: Any = {kind: kept_paper(session, notice=notice, kind=kind) for kind in KINDS}
    with pypdfium2.PdfDocument(papers["pdf"].content) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    editable = Document(io.BytesIO(papers["docx"].content))
    words = "".join(paragraph.text for paragraph in editable.paragraphs)

    number, text = f"静快改〔{clock.today().year}〕1号", text.replace("\r\n", "")
    for part in (number, "二、货架（标准四（2））", "现场情况：没有货架。"):
        assert part in text, part
        assert part in words, part
    assert f"{UUID(shown['id']).hex[:8]}" in text
    [view] = rectification_lists.rectifications_seen(
        session, county="140926", on=clock.today(), seen_by=EVERYBODY, limit=1
    )
    assert view.notice_text == number


def test_an_amended_record_keeps_its_rectifications_and_its_notice(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    first = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b", "A3-3a"])
    hand_in(cast.wang, first)
    change = {"failing": ["A3-42b"], "amended_because": "营业时间牌在门后"}
    second = inspection(cast.c1, None, amends_id=first["id"], **change)
    hand_in(cast.wang, second)
    session.expire_all()
    old, new = (session.get_one(Inspection, id_of(one)) for one in (first, second))

    notice = issue_notice(session, inspection=new, by=cast.office, now=clock.now())
    third = inspection(cast.c1, None, amends_id=second["id"], **change)
    hand_in(cast.wang, third)
    session.expire_all()
    newest = session.get_one(Inspection, id_of(third))

    mends = [
        [(one.title, one.state) for one in copy_of(session, version, standards=standards).mends]
        for version in (old, new, newest)
    ]
    assert mends == [
        [("营业时间牌", "withdrawn"), ("货架", "open")],
        [("货架", "open")],
        [("货架", "open")],
    ]
    again = issue_notice(session, inspection=newest, by=cast.office, now=clock.now())
    assert (
        again.id == notice.id == notice_of(session, county=new.county, inspection_id=newest.id).id
    )


def test_an_amendment_speaks_of_the_day_of_the_visit_and_undoes_no_acceptance(
    session: Session, cast: Cast, hand_in: Call, standards: Any
) -> None:
    today, ago = clock.today(), timedelta(days=-7)
    span = {"opens_on": today - timedelta(days=20), "due_on": today - timedelta(days=5)}
    campaign = open_round(session, cast, standards, **span)
    first = inspection(
        cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"],
        arrived_at=now_text(ago - timedelta(hours=1)), finished_at=now_text(ago),
        device_at=now_text(ago),
    )  # fmt: skip
    hand_in(cast.wang, first)
    session.expire_all()
    [mended] = session.scalars(select(Rectification))
    accept(
        session,
        rectification=mended,
        by=cast.wang,
        now=clock.now(),
        standards=standards,
        note="看过",
    )
    session.commit()

    [answer] = hand_in(
        cast.wang,
        inspection(
            cast.c1, failing=["A3-42b"], amends_id=first["id"], amended_because="站长名字写错"
        ),
    )

    assert answer["result"] == "ok"
    session.expire_all()
    old, new = versions_of(session, session.get_one(Inspection, id_of(first)))
    assert (new.day_on, new.arrived_at, new.finished_at) == (
        old.day_on, old.arrived_at, old.finished_at
    )  # fmt: skip
    views = visit_views(session, campaign=session.merge(campaign), on=today, seen_by=EVERYBODY)
    [state] = [view.state for view in views if view.station.id == cast.c1.id]
    assert state == "done"  # not late, though the correction came after the last day
    [only] = session.scalars(select(Rectification))
    assert only.state is RectificationState.ACCEPTED
    standing = standing_of(session, station=cast.c1, on=today, standards=standards)
    assert standing.fails == []


@pytest.mark.parametrize(("closed", "anew"), [(0, "ok"), (1, "invalid")])
def test_a_visit_of_the_last_day_comes_in_and_can_be_corrected_after_it(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, closed: int, anew: str
) -> None:
    first = inspection(cast.c1, visit_of(session, campaign, cast.c1), failing=["A3-42b"])
    hand_in(cast.wang, first)
    session.merge(cast.c1).closed_on = clock.today() - timedelta(days=closed)
    session.commit()

    change = {"amends_id": first["id"], "amended_because": "货架在里屋"}
    told = hand_in(cast.wang, inspection(cast.c1, **change), inspection(cast.c1))

    assert [one["result"] for one in told] == ["ok", anew]


def test_what_was_mended_on_the_very_day_stays_mended_after_an_amendment(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    mended = failed(session, cast, campaign, hand_in)
    accept(
        session,
        rectification=mended,
        by=cast.wang,
        now=clock.now(),
        standards=standards,
        note="看过",
    )
    session.commit()

    change = {"amends_id": str(mended.inspection_id), "amended_because": "站长名字写错"}
    hand_in(cast.wang, inspection(cast.c1, failing=[mended.rule_code], **change))

    session.expire_all()
    [only] = session.scalars(select(Rectification))
    assert only.state is RectificationState.ACCEPTED
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    assert standing.fails == []


def test_one_photo_answers_what_two_visits_found_of_one_clause_and_one_yes_closes_both(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, call: Call, standards: Any
) -> None:
    for visit in (visit_of(session, campaign, cast.c1), None):  # in the round, and outside
        hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"]))
    first, second = session.scalars(select(Rectification).order_by(Rectification.id)).all()

    def tasks() -> list[tuple[int, str]]:
        [home] = call(cast.li, "/keeper/home")["stations"]
        found = [task for task in home["todo"] if task["rectification_id"]]
        return [(task["rectification_id"], task["state"]) for task in found]

    before = tasks()
    hand_in(cast.li, mend(first, photo(jpeg(), "shelves")))
    answered = tasks()
    session.expire_all()
    return_to_keeper(
        session, rectification=second, by=cast.office, now=clock.now(), reason="太暗，看不清"
    )
    session.commit()
    returned = tasks()
    hand_in(cast.li, mend(first, photo(jpeg(140), "shelves")))
    session.expire_all()
    accept(
        session,
        rectification=first,
        by=cast.office,
        now=clock.now(),
        standards=standards,
        note="看过",
    )
    session.commit()

    assert [before, answered, returned, tasks()] == [
        [(first.id, "open")], [(first.id, "answered")], [(first.id, "returned")], []
    ]  # fmt: skip
    assert {first.state, second.state} == {RectificationState.ACCEPTED}


def test_an_old_photo_accepted_late_does_not_close_what_a_later_visit_found(
    session: Session, cast: Cast, campaign: Campaign, hand_in: Call, standards: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    hand_in(cast.wang, inspection(cast.c1, visit, failing=["A3-42b"]))
    older = session.scalars(select(Rectification)).one()
    hand_in(cast.li, mend(older, photo(jpeg(), "shelves")))
    hand_in(cast.wang, inspection(cast.c1, failing=["A3-42b"]))  # outside the round
    session.expire_all()

    accept(
        session,
        rectification=older,
        by=cast.office,
        now=clock.now(),
        standards=standards,
        note="看过",
    )

    [newer] = session.scalars(select(Rectification).where(Rectification.id != older.id))
    assert (older.state, newer.state) == (RectificationState.ACCEPTED, RectificationState.OPEN)
