"""An issued letter never changes: its files are kept at issue, and people decide about it."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.errors import Conflict, Invalid
from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.rectification import (
    Notice,
    NoticePaper,
    NoticeQuestion,
    Rectification,
    RectificationState,
    RectificationStep,
)
from server.models.station import Station
from server.papers.issued import issue, settle_letter
from server.services.inspections.freezing import frozen_is_whole, what_is_signed
from server.services.mending import notices
from server.services.mending.lists import escalate
from server.services.mending.notice_papers import KINDS, kept_paper
from server.services.mending.notice_questions import questions_open, questions_seen
from server.services.people.scope import EVERYBODY
from server.services.rounds.reports import report_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, named, text_of
from tests.desk.held_rounds import COUNTER, Held, hold
from tests.desk.later_changes import CHANGES, amend, rename
from tests.factories import Cast
from tests.nightly import done_everywhere

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
SHELVES = "A3-42b"


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


@pytest.fixture
def letter(session: Session, held: Held, cast: Cast, standards: Any) -> Notice:
    made = issue(
        session, inspection=held.inspection, by=cast.office, now=clock.now(), standards=standards
    )
    session.commit()
    return made


def served(desk: Desk, held: Held) -> dict[str, str]:
    """SHA-256 of the letter's files and of the record on paper, as the desk gives them."""
    found = {}
    for kind, name in {**{kind: f"notice.{kind}" for kind in KINDS}, "record": "copy.pdf"}.items():
        answer = desk.get(f"/inspections/{held.inspection.id}/{name}")
        assert answer.status_code == 200
        found[kind] = hashlib.sha256(answer.data).hexdigest()
    return found


def signed(session: Session, held: Held) -> str:
    """SHA-256 of the frozen record, from everything that stands in it now."""
    session.expire_all()
    one = session.get_one(Inspection, held.inspection.id)
    whole = what_is_signed(
        one, station=session.get_one(Station, one.station_id),
        inspector=session.get_one(Person, one.inspector_id), photos={},
    )  # fmt: skip
    assert frozen_is_whole(session, one)
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def reported(desk: Desk, held: Held) -> dict[str, str]:
    """SHA-256 of the round's result as it went up."""
    return {
        kind: hashlib.sha256(
            desk.get(f"/rounds/{held.campaign.id}/reports/1.{kind}").data
        ).hexdigest()
        for kind in ("pdf", "xlsx")
    }


def test_both_files_are_made_at_issue_and_given_out_as_kept(
    session: Session, held: Held, letter: Notice, cast: Cast, desk_of: DeskOf
) -> None:
    kept = {
        one.kind: (one.sha256, one.made_later)
        for one in session.scalars(select(NoticePaper).where(NoticePaper.notice_id == letter.id))
    }

    files = served(desk_of(cast.office), held)
    assert {kind: (files[kind], False) for kind in KINDS} == kept
    assert set(kept) == set(KINDS)


@pytest.mark.parametrize("change", CHANGES)
def test_no_later_change_touches_a_byte_of_letter_record_or_report(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast,
    standards: Any, desk_of: DeskOf, change: Callable[..., None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    desk = desk_of(cast.office)
    report_round(
        session, campaign=held.campaign, reported_to="县政府", by=cast.office, now=clock.now()
    )
    session.commit()
    before = served(desk, held), signed(session, held), reported(desk, held)

    change(
        session=session, cast=cast, held=held, client=client, standards=standards,
        tmp_path=tmp_path, monkeypatch=monkeypatch,
    )  # fmt: skip
    session.commit()
    desk.done(f"/inspections/{held.inspection.id}/notice")  # asked to issue once more

    assert (served(desk, held), signed(session, held), reported(desk, held)) == before
    assert session.get_one(Notice, letter.id).number == 1


def test_a_letter_issued_before_files_were_kept_is_made_once_and_marked(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    notices.issue_notice(session, inspection=held.inspection, by=cast.office, now=clock.now())
    session.commit()
    desk = desk_of(cast.office)

    first = served(desk, held)
    rename(session, cast)
    session.commit()

    assert served(desk, held) == first
    session.expire_all()
    assert all(one.made_later for one in session.scalars(select(NoticePaper)))
    assert "事后补存" in text_of(desk.get(f"/inspections/{held.inspection.id}"))


def test_the_night_keeps_the_files_of_old_letters(
    session: Session, engine: Engine, blobs: FolderStore, held: Held, cast: Cast, standards: Any
) -> None:
    notices.issue_notice(session, inspection=held.inspection, by=cast.office, now=clock.now())
    session.commit()

    for _ in range(2):
        workshop = Workshop(engine, blobs, tuple(standards))
        done_everywhere(workshop, "make_up_notices", clock.now())

    kept = session.scalars(select(NoticePaper)).all()
    assert {one.kind for one in kept} == set(KINDS)
    assert len(kept) == 2
    assert all(one.made_later for one in kept)


def test_a_file_changed_behind_its_back_is_not_given_out(
    session: Session, held: Held, letter: Notice, cast: Cast, desk_of: DeskOf
) -> None:
    session.execute(sa.update(NoticePaper).values(content=b"%PDF another"))
    session.commit()

    answer = desk_of(cast.office).get(f"/inspections/{held.inspection.id}/notice.pdf")

    assert answer.status_code == 409
    with pytest.raises(Conflict) as refused:
        kept_paper(session, notice=letter, kind="pdf")
    assert refused.value.code == "notice-paper-changed"


def test_an_amendment_withdraws_nothing_but_asks_the_office(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast, desk_of: DeskOf
) -> None:
    amend(client, session, held, cast, why="台席在里间")

    assert session.get_one(Rectification, held.rectification.id).state is RectificationState.OPEN
    [asked] = questions_seen(session, county="140926", seen_by=EVERYBODY)
    assert [one.rule_code for one in asked.taken_back] == [COUNTER]
    assert asked.number == f"静快改〔{letter.year}〕1号"
    page = text_of(desk_of(cast.office).get("/rectifications"))
    assert "有 1 份通知书等县专班决定" in page
    assert "台席在里间" in text_of(desk_of(cast.office).get("/letters"))


def test_taking_back_is_a_letter_of_its_own_with_the_next_number(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast, desk_of: DeskOf
) -> None:
    amend(client, session, held, cast, why="台席在里间")
    desk = desk_of(cast.office)
    before = served(desk, held)
    [question] = session.scalars(select(NoticeQuestion))

    told = desk.done(
        f"/letters/questions/{question.id}", decision="revoke", reason="当天照片里看得到台席"
    )

    session.expire_all()
    made = session.scalars(select(Notice).where(Notice.revokes_id == letter.id)).one()
    assert f"静快改〔{letter.year}〕2号" in told
    assert (made.number, made.revokes_id) == (2, letter.id)
    assert session.get_one(Rectification, held.rectification.id).state is (
        RectificationState.WITHDRAWN
    )
    files = {kind: desk.get(f"/letters/{made.id}.{kind}") for kind in KINDS}
    kept = {kind: kept_paper(session, notice=made, kind=kind) for kind in KINDS}
    for kind in KINDS:
        paper = kept[kind]
        assert paper is not None
        assert hashlib.sha256(files[kind].data).hexdigest() == paper.sha256
    words = "".join(one.text for one in Document(io.BytesIO(files["docx"].data)).paragraphs)
    for part in (
        f"关于撤销静快改〔{letter.year}〕1号的通知",
        "更正原因：台席在里间",
        "撤销理由：当天照片里看得到台席",
        f"决定人：{cast.office.name}",
        "接待台席",
    ):
        assert part in words, part
        assert part in words, part
    assert served(desk, held) == before
    # The file says nothing of it, and must not: its name does.
    assert named(desk.get(f"/letters/{letter.id}.pdf")) == (
        f"整改通知书{letter.year}-1号（已发撤销通知）.pdf"
    )
    assert named(files["docx"]) == f"撤销通知{letter.year}-2号.docx"


def test_a_reason_as_long_as_its_field_takes_a_letter_back_and_stands_whole(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast, desk_of: DeskOf
) -> None:
    """The number put before it makes it longer than a step keeps: what the house adds is cut."""
    amend(client, session, held, cast, why="台席在里间")
    [question] = session.scalars(select(NoticeQuestion))
    reason = "看" * 400

    desk_of(cast.office).done(f"/letters/questions/{question.id}", decision="revoke", reason=reason)

    session.expire_all()
    assert session.get_one(NoticeQuestion, question.id).reason == reason
    assert session.get_one(Rectification, held.rectification.id).state is (
        RectificationState.WITHDRAWN
    )
    step = session.scalars(
        select(RectificationStep).where(RectificationStep.action == "withdrawn")
    ).one()
    assert len(step.note) == 400
    assert step.note.startswith(f"静快改〔{letter.year}〕2号：看看看")


def test_upholding_leaves_everything_and_is_not_asked_again(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast, standards: Any
) -> None:
    amend(client, session, held, cast, why="台席在里间")
    [question] = session.scalars(select(NoticeQuestion))

    made = settle_letter(
        session, question=question, decision="uphold", reason="里间不算接待台席", by=cast.office,
        now=clock.now(), standards=standards,
    )  # fmt: skip
    session.commit()
    amend(client, session, held, cast, why="又改一个字")

    assert made is None
    assert session.get_one(Rectification, held.rectification.id).state is RectificationState.OPEN
    assert questions_open(session, county="140926", seen_by=EVERYBODY) == 0
    [asked] = questions_seen(session, county="140926", seen_by=EVERYBODY, settled=True)
    assert (asked.decision_label, asked.question.reason) == ("维持", "里间不算接待台席")
    assert asked.decider == cast.office.name


def test_a_finding_made_again_after_all_is_not_asked_any_more(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast
) -> None:
    amend(client, session, held, cast, why="台席在里间")
    amend(client, session, held, cast, COUNTER, why="里间的不算")

    [question] = session.scalars(select(NoticeQuestion))
    assert (question.decision, question.reason) == ("amended", "里间的不算")
    assert session.get_one(Rectification, held.rectification.id).state is RectificationState.OPEN
    assert letter.revokes_id is None


@pytest.mark.parametrize(
    ("decision", "reason", "code"),
    [("", "理由", "decision-unknown"), ("revoke", " ", "reason-needed")],
)
def test_a_decision_needs_a_choice_and_a_reason_and_is_taken_once(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast,
    standards: Any, desk_of: DeskOf, decision: str, reason: str, code: str,
) -> None:  # fmt: skip
    amend(client, session, held, cast, why="台席在里间")
    [question] = session.scalars(select(NoticeQuestion))
    where = f"/letters/questions/{question.id}"
    said: dict[str, Any] = {"by": cast.office, "now": clock.now(), "standards": standards}

    with pytest.raises(Invalid) as invalid:
        settle_letter(session, question=question, decision=decision, reason=reason, **said)
    session.rollback()
    settle_letter(session, question=question, decision="uphold", reason="照旧", **said)
    with pytest.raises(Conflict) as late:
        settle_letter(session, question=question, decision="revoke", reason="照旧", **said)
    session.commit()

    assert (invalid.value.code, late.value.code) == (code, "notice-question-settled")
    refused = desk_of(cast.officer).post(where, decision="revoke", reason="x")
    assert refused.status_code == 403
    assert letter.number == 1


def test_nobody_is_reminded_of_a_letter_while_the_office_has_not_said_whether_it_stands(
    session: Session, client: FlaskClient, held: Held, letter: Notice, cast: Cast
) -> None:
    """The letter asks for the counter; an amendment took that back, and the question is open."""
    late = clock.now() + timedelta(days=60)
    amend(client, session, held, cast, why="台席在里间")

    assert escalate(session, county=cast.county, now=late) == []

    [question] = session.scalars(select(NoticeQuestion))
    settle_letter(
        session, question=question, decision="uphold", reason="台席不在营业间", by=cast.office,
        now=clock.now(), standards=(),
    )  # fmt: skip
    assert [one.rectification_id for one in escalate(session, county=cast.county, now=late)] == [
        held.rectification.id
    ]
