"""照片核查: questions asked once, decisions with a name, and what they say of a station."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.reading import ReviewDecision, ReviewItem, ReviewKind, ReviewState
from server.models.station import Station
from server.policy.standard.examine import Finding
from server.policy.standard.facts import Ownership, Word
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.review.decisions import decide, newest_decision, open_item, withdraw
from server.services.review.lists import decisions_of
from server.services.standing import statements
from server.services.standing.standing import standing_of
from tests.factories import NOW, TODAY, Cast
from tests.reviews import ask_double, ask_hours, ask_sign, make_photo

Standards = tuple[Standard, ...]


def finding(session: Session, station: Station, standards: Standards, code: str) -> Finding:
    found = standing_of(session, station=station, on=TODAY, standards=standards)
    return next(one for one in found.findings if one.code == code)


def reviewer_says(session: Session, station: Station) -> dict[str, Any]:
    """The reviewer's newest word by fact."""
    found = statements.newest(session, station_ids=[station.id], word=Word.REVIEWER)
    return {one.fact: one.value for one in found}


def seen(session: Session, item: ReviewItem) -> int:
    held = newest_decision(session, item)
    return held.id if held else 0


def test_the_same_question_is_asked_once_and_kept_up_to_date_while_open(
    session: Session, cast: Cast
) -> None:
    first = ask_sign(session, cast.c1)
    again = open_item(
        session, county="140926", station_id=cast.c1.id, photo_id=first.photo_id,
        kind=ReviewKind.SIGN, key=first.key, question="登记改过了，再看一眼？",
        details={"parts": []}, now=NOW + timedelta(hours=1),
    )  # fmt: skip

    assert again is first
    assert (first.question, first.opened_at) == ("登记改过了，再看一眼？", NOW)
    assert session.scalars(select(ReviewItem)).all() == [first]


def test_a_decided_question_is_not_opened_again_and_a_withdrawn_one_is(
    session: Session, cast: Cast
) -> None:
    decided, gone = ask_sign(session, cast.c1), ask_sign(session, cast.c2)
    decide(session, item=decided, decision="unclear", by=cast.office, now=NOW)
    later = NOW + timedelta(days=1)
    withdraw(session, county="140926", key=decided.key, now=later)
    withdraw(session, county="140926", key=gone.key, now=later)
    states = (decided.state, gone.state)
    for one, station in ((decided, cast.c1), (gone, cast.c2)):
        open_item(
            session, county="140926", station_id=station.id, photo_id=one.photo_id,
            kind=one.kind, key=one.key, question="还是不一样？", details=one.details, now=later,
        )  # fmt: skip

    assert states == (ReviewState.DECIDED, ReviewState.WITHDRAWN)
    assert (decided.state, decided.question) == (ReviewState.DECIDED, "牌上的字和登记的一样吗？")
    assert (gone.state, gone.opened_at) == (ReviewState.OPEN, later)
    assert withdraw(session, county="140926", key="nothing", now=later) is None


@pytest.mark.parametrize(
    ("name", "number", "decision", "extra", "says"),
    [
        (
            ("differs", "马家沟村快递服务点"), ("matches", "C0001"), "matches", {},
            {"sign_text": "马家沟村快递便民服务点", "sign_code_visible": True},
        ),
        (
            ("differs", "马家沟村快递服务点"), ("matches", "C0001"), "differs", {},
            {"sign_text": "马家沟村快递服务点"},
        ),
        (
            ("differs", "马家沟村快遂服务点"), None, "differs",
            {"sign_text": " 马家沟村快递服务点 "}, {"sign_text": "马家沟村快递服务点"},
        ),
        (("matches", "马家沟村快递便民服务点"), ("differs", "C0007"), "differs", {}, {}),
        (
            ("matches", "马家沟村快递便民服务点"), ("unreadable", ""), "differs",
            {"number_missing": True}, {"sign_code_visible": False},
        ),
        (("differs", "马家沟村快递服务点"), ("differs", "C0007"), "unclear", {}, {}),
    ],
    ids=["all-right", "name-as-read", "name-as-typed", "other-number", "no-number", "unclear"],
)  # fmt: skip
def test_a_decision_on_a_sign_becomes_the_reviewers_word(
    session: Session,
    cast: Cast,
    name: tuple[str, str],
    number: tuple[str, str] | None,
    decision: str,
    extra: dict[str, Any],
    says: dict[str, Any],
) -> None:
    item = ask_sign(session, cast.c1, name=name, number=number)

    decide(session, item=item, decision=decision, by=cast.office, now=NOW, **extra)

    assert reviewer_says(session, cast.c1) == says


def test_a_wrong_name_fails_the_rule_about_names_only_on_the_reviewers_word(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = make_photo(session, cast.c1, days_ago=3)
    item = ask_sign(session, cast.c1, photo)
    before = finding(session, cast.c1, standards, "A3-22a")

    decide(session, item=item, decision="differs", by=cast.office, now=NOW)
    after = finding(session, cast.c1, standards, "A3-22a")

    assert before.verdict is Verdict.UNKNOWN
    assert (after.verdict, after.word, after.since) == (Verdict.FAIL, Word.REVIEWER, photo.day_on)
    assert after.evidence == (f"photo:{photo.id}",)
    assert "马家沟村快递服务点" in after.why


def test_a_name_that_is_not_the_filed_one_fails_a_self_operated_station(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.xz1.ownership = Ownership.SELF_OPERATED
    item = ask_sign(session, cast.xz1, name=("differs", "鹅城快递综合服务站"))

    decide(session, item=item, decision="differs", by=cast.office, now=NOW)

    assert finding(session, cast.xz1, standards, "A3-21e").verdict is Verdict.FAIL


def test_hours_are_judged_by_one_answer(session: Session, cast: Cast, standards: Standards) -> None:
    item = ask_hours(session, cast.c1)

    decide(session, item=item, decision="differs", by=cast.office, now=NOW)
    advice = finding(session, cast.c1, standards, "A3-3b")
    decide(
        session, item=item, decision="matches", by=cast.office, now=NOW, seen=seen(session, item)
    )

    assert (advice.verdict, advice.counts_against) == (Verdict.FAIL, False)
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.PASS


def test_a_revised_decision_takes_back_what_the_older_one_said_and_both_stay(
    session: Session, cast: Cast, standards: Standards
) -> None:
    item = ask_sign(session, cast.c1)
    decide(session, item=item, decision="differs", by=cast.office, now=NOW)
    later = NOW + timedelta(minutes=5)

    decide(
        session, item=item, decision="unclear", by=cast.officer, now=later, note="反光，认错了",
        seen=seen(session, item),
    )  # fmt: skip

    assert finding(session, cast.c1, standards, "A3-22a").verdict is Verdict.UNKNOWN
    assert (item.decision, item.decided_by, item.decided_at) == ("unclear", cast.officer.id, later)
    assert [(one.label, one.who, one.note) for one in decisions_of(session, item)] == [
        ("不符", "县办", ""),
        ("看不清", "镇干", "反光，认错了"),
    ]
    told = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "review-decided").order_by(HistoryLine.id)
    ).all()
    assert [(one.summary, one.person_id) for one in told] == [
        ("门头标识牌照片：不符", cast.office.id),
        ("门头标识牌照片：改判为看不清", cast.officer.id),
    ]


def test_what_the_office_had_said_before_the_photo_holds_again_after_a_revision(
    session: Session, cast: Cast
) -> None:
    statements.say(
        session, station=cast.c1, fact="hours_board_matches", value=False, word=Word.REVIEWER,
        on=TODAY - timedelta(days=30), by=cast.office, now=NOW,
    )  # fmt: skip
    item = ask_hours(session, cast.c1)

    decide(session, item=item, decision="matches", by=cast.office, now=NOW)
    between = reviewer_says(session, cast.c1)
    decide(
        session, item=item, decision="unclear", by=cast.office, now=NOW, seen=seen(session, item)
    )

    assert between == {"hours_board_matches": True}
    assert reviewer_says(session, cast.c1) == {"hours_board_matches": False}


def test_a_revision_leaves_alone_what_was_said_later_about_another_photo(
    session: Session, cast: Cast
) -> None:
    older = ask_hours(session, cast.c1, make_photo(session, cast.c1, "hours_board", days_ago=9))
    newer = ask_hours(session, cast.c1)
    decide(session, item=older, decision="differs", by=cast.office, now=NOW)
    decide(session, item=newer, decision="matches", by=cast.office, now=NOW)

    decide(
        session, item=older, decision="unclear", by=cast.office, now=NOW, seen=seen(session, older)
    )

    assert reviewer_says(session, cast.c1) == {"hours_board_matches": True}


def test_the_second_of_two_who_decide_at_once_is_told_and_can_revise_knowingly(
    session: Session, cast: Cast
) -> None:
    item = ask_sign(session, cast.c1)
    first = decide(session, item=item, decision="matches", by=cast.office, now=NOW)

    with pytest.raises(Conflict) as refused:
        decide(session, item=item, decision="differs", by=cast.officer, now=NOW)
    repeated = decide(session, item=item, decision="matches", by=cast.office, now=NOW)
    revised = decide(
        session, item=item, decision="differs", by=cast.officer, now=NOW, seen=first.id
    )

    assert refused.value.code == "review-decided-meanwhile"
    assert "县办" in refused.value.message
    assert "相符" in refused.value.message
    assert repeated is first
    assert session.scalars(select(ReviewDecision).order_by(ReviewDecision.id)).all() == [
        first,
        revised,
    ]


def test_of_two_answers_in_the_same_moment_one_is_kept_and_the_other_is_told(
    engine: Engine, session: Session, cast: Cast
) -> None:
    item = ask_sign(session, cast.c1)
    session.commit()
    start = Barrier(2)

    def answer(person_id: int, decision: str) -> str:
        start.wait()
        try:
            with writing(engine) as own:
                by = own.get_one(Person, person_id)
                asked = own.get_one(ReviewItem, item.id)
                decide(own, item=asked, decision=decision, by=by, now=NOW)
        except Conflict as refused:
            return refused.code
        return decision

    with ThreadPoolExecutor(2) as both:
        told = list(both.map(answer, (cast.office.id, cast.officer.id), ("matches", "differs")))
    session.expire_all()

    assert "review-decided-meanwhile" in told
    assert [item.decision] == [one for one in told if one != "review-decided-meanwhile"]
    assert len(session.scalars(select(ReviewDecision)).all()) == 1


def test_answers_that_do_not_fit_are_refused_and_change_nothing(
    session: Session, cast: Cast
) -> None:
    unread = ask_sign(session, cast.c1, name=("unreadable", "马?"), kind=ReviewKind.UNREAD)
    gone = ask_hours(session, cast.c1)
    withdraw(session, county="140926", key=gone.key, now=NOW)

    with pytest.raises(Invalid) as strange:
        decide(session, item=unread, decision="same_picture", by=cast.office, now=NOW)
    with pytest.raises(Invalid) as wordless:
        decide(session, item=unread, decision="differs", by=cast.office, now=NOW)
    with pytest.raises(Conflict) as late:
        decide(session, item=gone, decision="matches", by=cast.office, now=NOW)

    assert [one.value.code for one in (strange, wordless, late)] == [
        "review-decision-unknown",
        "review-text-needed",
        "review-withdrawn",
    ]
    assert (unread.state, reviewer_says(session, cast.c1)) == (ReviewState.OPEN, {})
    assert session.scalars(select(ReviewDecision)).all() == []


def test_a_picture_used_twice_is_no_evidence_of_the_later_day(
    session: Session, cast: Cast, standards: Standards
) -> None:
    older = make_photo(session, cast.c1, "shelves", days_ago=10)
    newer = make_photo(session, cast.c1, "shelves")
    item = ask_double(session, newer, older)
    before = finding(session, cast.c1, standards, "A3-42b").evidence

    decide(session, item=item, decision="same_picture", by=cast.office, now=NOW)
    after = finding(session, cast.c1, standards, "A3-42b").evidence
    decide(
        session, item=item, decision="different_pictures", by=cast.office, now=NOW,
        seen=seen(session, item),
    )  # fmt: skip
    revised = finding(session, cast.c1, standards, "A3-42b").evidence

    assert before == revised == (f"photo:{newer.id}",)
    assert after == (f"photo:{older.id}",)


def test_the_later_picture_is_the_one_that_does_not_count_even_if_it_arrived_first(
    session: Session, cast: Cast, standards: Standards
) -> None:
    copied = make_photo(session, cast.c2, "shelves")
    late_arrival = make_photo(session, cast.c1, "shelves", days_ago=2)
    item = ask_double(session, late_arrival, copied)

    decide(session, item=item, decision="same_picture", by=cast.office, now=NOW)

    assert finding(session, cast.c2, standards, "A3-42b").verdict is Verdict.UNKNOWN
    assert finding(session, cast.c1, standards, "A3-42b").verdict is Verdict.PASS


def test_the_desks_and_the_machines_word_on_a_reused_picture_does_not_count_an_inspectors_does(
    session: Session, cast: Cast, standards: Standards
) -> None:
    older = make_photo(session, cast.c1, "hours_board", days_ago=10)
    newer = make_photo(session, cast.c1, "hours_board")
    say: dict[str, Any] = {"station": cast.c1, "on": TODAY, "by": None, "now": NOW}
    for fact, word in (
        ("hours_board_matches", Word.MACHINE),
        ("sign_text", Word.REVIEWER),
        ("sign_code_visible", Word.INSPECTOR),
    ):
        value = cast.c1.name if fact == "sign_text" else True
        statements.say(session, fact=fact, value=value, word=word, photo_id=newer.id, **say)
    item = ask_double(session, newer, older)

    decide(session, item=item, decision="same_picture", by=cast.office, now=NOW)
    verdicts = {
        code: finding(session, cast.c1, standards, code).verdict
        for code in ("A3-3b", "A3-22a", "A3-23c")
    }

    assert verdicts == {
        "A3-3b": Verdict.UNKNOWN,
        "A3-22a": Verdict.UNKNOWN,
        "A3-23c": Verdict.PASS,
    }
