"""撤销 or 维持: what an amendment took back of an issued letter, put to the office and decided."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.rectification import (
    Notice,
    NoticeQuestion,
    Rectification,
    RectificationState,
)
from server.models.station import Station
from server.services.common import history
from server.services.common.seals import refuse_if_changed
from server.services.common.written import reason_given
from server.services.inspections.versions import ids_so_far
from server.services.mending.actions import MendingAction
from server.services.mending.notices import lock_numbers, next_notice, notice_number
from server.services.mending.rectifications import OPEN_STATES, withdraw
from server.services.mending.shown import items_shown
from server.services.people.scope import Everybody, stations_visible_to

DECISIONS = {"revoke": "撤销", "uphold": "维持"}
AMENDED = "amended"
LABELS = DECISIONS | {AMENDED: "督导记录又作了更正，不用再定"}


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question, ready for a screen; `number` and `revocation` as they stand on paper."""

    question: NoticeQuestion
    notice: Notice
    station: Station
    inspection: Inspection
    number: str
    taken_back: tuple[Rectification, ...]
    left: int  # how many items of the letter nobody has taken back
    decider: str
    decision_label: str
    revocation: str


def ask_about_letters(
    session: Session,
    *,
    inspection: Inspection,
    amended: Inspection | None,
    failing: Iterable[str],
    now: datetime,
    because: str = "",
) -> list[NoticeQuestion]:
    """Ask about every letter of which this amendment takes something back; withdraw nothing.

    `failing` are the rules that still count against the station. What the amendment finds wanting
    again after all is not asked any more.
    """
    if amended is None:
        return []
    still = set(failing)
    held = session.scalars(
        sa.select(Rectification)
        .where(
            Rectification.inspection_id.in_(ids_so_far(session, inspection)),
            Rectification.notice_id.is_not(None),
            Rectification.state != RectificationState.WITHDRAWN,
        )
        .order_by(Rectification.id)
    ).all()
    letters = {one.notice_id for one in held if one.notice_id is not None}
    asked: set[int] = set()
    upheld: set[int] = set()
    for question in session.scalars(
        sa.select(NoticeQuestion)
        .where(NoticeQuestion.notice_id.in_(letters))
        .order_by(NoticeQuestion.id)
    ):
        if question.settled_at is not None:
            upheld.update(question.rectification_ids if question.decision == "uphold" else ())
            continue
        ids = set(question.rectification_ids)
        left = [one.id for one in held if one.id in ids and one.rule_code not in still]
        if left:
            question.rectification_ids = left
            asked.update(left)
        else:
            question.settled_at, question.decision = now, AMENDED
            question.reason = because
    opened = []
    for letter in sorted(letters):
        back = [
            one.id
            for one in held
            if one.notice_id == letter
            and one.rule_code not in still
            and one.id not in asked | upheld
        ]
        if back:
            opened.append(
                NoticeQuestion(
                    county=inspection.county,
                    station_id=inspection.station_id,
                    notice_id=letter,
                    inspection_id=inspection.id,
                    rectification_ids=back,
                    opened_at=now,
                )
            )
    session.add_all(opened)
    session.flush()
    return opened


def question_of(session: Session, *, county: str, question_id: int) -> NoticeQuestion:
    """A question of this county. Raises NotFound notice-question-unknown."""
    found = session.get(NoticeQuestion, question_id)
    if found is None or found.county != county:
        raise NotFound("notice-question-unknown", "没有找到这一条。请返回列表重新选择。")
    return found


def decide_letter(
    session: Session,
    *,
    question: NoticeQuestion,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> Notice | None:
    """A person upholds the letter, or takes back what the amendment took back of it.

    The letter itself stays as issued. Taking back is a letter of its own, which is given back; what
    was still open of it is withdrawn. `seal` is of the items that the form showed: a record that
    was amended once more is looked at first. Raises Invalid decision-unknown, reason-needed;
    Conflict notice-question-settled, notice-changed-meanwhile.
    """
    lock_numbers(session, question.county)
    session.refresh(question, with_for_update=True)  # of two at once, one is told
    if question.settled_at is not None:
        raise Conflict("notice-question-settled", "这一条已经定过了，不能再改。请刷新页面。")
    items = items_shown(taken_back(session, question))
    refuse_if_changed(seal, items, code="notice-changed-meanwhile", what="通知书里的这几项")
    if decision not in DECISIONS:
        raise Invalid("decision-unknown", "请选择撤销还是维持。", fields={"decision": "请选择"})
    reason = reason_given(reason, "请写明这样定的理由。", label="理由", into=NoticeQuestion.reason)
    notice = session.get_one(Notice, question.notice_id)
    inspection = session.get_one(Inspection, question.inspection_id)
    number = notice_number(session.get_one(County, notice.county), notice)
    question.decision, question.reason = decision, reason
    question.settled_at, question.settled_by = now, by.id
    revocation = None
    if decision == "revoke":
        revocation = next_notice(session, inspection=inspection, revokes=notice, by=by, now=now)
        question.revocation_id = revocation.id
        own = notice_number(session.get_one(County, notice.county), revocation)
        for one in taken_back(session, question):
            if one.state in OPEN_STATES:
                withdraw(session, one, f"{own}：{question.reason}", by, now)
    session.flush()
    titles = "、".join(f"{one.clause}{one.title}" for one in taken_back(session, question))
    history.write(
        session,
        of=inspection,
        by=by,
        at=now,
        action=MendingAction.NOTICE_REVOKED if revocation else MendingAction.NOTICE_UPHELD,
        summary=f"{number}：{LABELS[decision]}{titles}",
        reason=reason,
    )
    return revocation


def taken_back(session: Session, question: NoticeQuestion) -> list[Rectification]:
    """The items of the letter that the amendment took back."""
    return list(
        session.scalars(
            sa.select(Rectification)
            .where(Rectification.id.in_(question.rectification_ids))
            .order_by(Rectification.id)
        )
    )


def question_behind(session: Session, *, revocation: Notice) -> NoticeQuestion:
    """The decision that a 撤销通知 tells of."""
    return session.scalars(
        sa.select(NoticeQuestion).where(NoticeQuestion.revocation_id == revocation.id)
    ).one()


def questions_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    settled: bool = False,
    notice_id: int | None = None,
    limit: int | None = None,
) -> list[QuestionView]:
    """The county's questions in somebody's sight: open ones oldest first, settled newest first."""
    query = (
        sa.select(NoticeQuestion, Notice, Station, Inspection, County, Person.name)
        .join(Notice, Notice.id == NoticeQuestion.notice_id)
        .join(Station, Station.id == NoticeQuestion.station_id)
        .join(Inspection, Inspection.id == NoticeQuestion.inspection_id)
        .join(County, County.code == NoticeQuestion.county)
        .outerjoin(Person, Person.id == NoticeQuestion.settled_by)
        .where(NoticeQuestion.county == county, stations_visible_to(seen_by))
        .limit(limit)
    )
    if notice_id is not None:
        query = query.where(NoticeQuestion.notice_id == notice_id)
    if settled:
        query = query.where(NoticeQuestion.settled_at.is_not(None)).order_by(
            NoticeQuestion.settled_at.desc(), NoticeQuestion.id.desc()
        )
    else:
        query = query.where(NoticeQuestion.settled_at.is_(None)).order_by(NoticeQuestion.id)
    rows = session.execute(query).all()
    ids = {one for question, *_ in rows for one in question.rectification_ids}
    mends = {
        one.id: one
        for one in session.scalars(sa.select(Rectification).where(Rectification.id.in_(ids)))
    }
    letters = [notice.id for _, notice, *_ in rows]
    held = Counter(
        session.scalars(
            sa.select(Rectification.notice_id).where(Rectification.notice_id.in_(letters))
        )
    )
    return [
        QuestionView(
            question=question,
            notice=notice,
            station=station,
            inspection=inspection,
            number=notice_number(home, notice),
            taken_back=tuple(mends[one] for one in question.rectification_ids),
            left=held[notice.id] - len(question.rectification_ids),
            decider=decider or "系统",
            decision_label=LABELS.get(question.decision, ""),
            revocation=_number_of(session, home, question.revocation_id),
        )
        for question, notice, station, inspection, home, decider in rows
    ]


def questions_open(session: Session, *, county: str, seen_by: Person | Everybody) -> int:
    """How many letters wait for 撤销 or 维持."""
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(NoticeQuestion)
            .join(Station, Station.id == NoticeQuestion.station_id)
            .where(
                NoticeQuestion.county == county,
                NoticeQuestion.settled_at.is_(None),
                stations_visible_to(seen_by),
            )
        )
        or 0
    )


def _number_of(session: Session, county: County, notice_id: int | None) -> str:
    return "" if notice_id is None else notice_number(county, session.get_one(Notice, notice_id))
