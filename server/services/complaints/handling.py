"""The office's side of a complaint: accepted, forwarded, answered, called back, looked into."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.complaint import (
    Complaint,
    ComplaintDeed,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
    FollowUp,
)
from server.models.county import County
from server.models.matter import Matter, MatterKind, MatterSource, MatterStage, MatterStep
from server.models.person import Person
from server.models.station import Station
from server.policy.masking import masked_text
from server.services.common.insisting import ask_unless_sure
from server.services.common.written import reason_given
from server.services.complaints.actions import ComplaintAction
from server.services.complaints.codes import fresh_code, hash_of_code
from server.services.complaints.following import answered_now, heard_again
from server.services.complaints.rights import OPEN, Move, may_read_all
from server.services.complaints.said import amount_text
from server.services.complaints.sight import complaints_visible_to
from server.services.complaints.steps import step, taken_up
from server.services.matters.closing import reopen
from server.services.matters.handling import refer
from server.services.matters.registering import register
from server.services.matters.steps import number_text

LOOK_LASTS = timedelta(minutes=10)
_KINDS = {
    ComplaintKind.DELIVERY: MatterKind.DELIVERY,
    ComplaintKind.CHARGING: MatterKind.CHARGING,
    ComplaintKind.OTHER: MatterKind.OTHER,
}


def accept(
    session: Session,
    *,
    complaint: Complaint,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """受理: the office has read it; what was 待核 is so no more. Raises as `taken_up`."""
    taken_up(session, complaint, Move.ACCEPT, by=by, sealed=sealed)
    complaint.state, complaint.held = ComplaintState.ACCEPTED, False
    step(
        session, complaint, ComplaintDeed.ACCEPTED, by=by, now=now, note=note,
        action=ComplaintAction.COMPLAINT_ACCEPTED, due_on=complaint.due_on,
    )  # fmt: skip


def forward(
    session: Session,
    *,
    complaint: Complaint,
    to: str,
    due_on: date | None,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> Matter:
    """转办: it becomes a problem of 问题清单 with whoever is to put it right.

    They read the words with every number hidden, and the telephone only where the villager said
    that it may be passed on. The day given lies within the complaint's own while that has not
    passed. Raises as `taken_up` and as `matters.handling.refer`; Conflict complaint-forwarded while
    it is with somebody.
    """
    taken_up(session, complaint, Move.FORWARD, by=by, sealed=sealed)
    matter = session.get(Matter, complaint.matter_id) if complaint.matter_id else None
    if matter is not None and matter.stage is not MatterStage.CLOSED:
        raise Conflict(
            "complaint-forwarded",
            f"这件投诉已经转给别人在办（{matter.stage.label}）。要改转，请在问题清单里办。",
        )
    if due_on is not None and beijing_day(now) <= complaint.due_on < due_on:
        sentence = f"答复村民的期限是{full_day_text(complaint.due_on)}，转办的期限不能比它晚。"
        raise Invalid("matter-day-wrong", sentence, fields={"due_on": sentence})
    if matter is None:
        matter = _registered(session, complaint, by=by, now=now)
    else:
        reopen(session, matter=matter, note=f"{complaint.number}村民不满意", by=by, now=now)
    told = [note.strip()] if note.strip() else []
    if complaint.phone_shared and complaint.phone:
        told.append(f"村民同意留给办理人的电话：{complaint.phone}")
    refer(session, matter=matter, to=to, due_on=due_on, note="\n".join(told), by=by, now=now)
    complaint.matter_id, complaint.held = matter.id, False
    complaint.state = ComplaintState.HANDLING
    step(
        session, complaint, ComplaintDeed.FORWARDED, by=by, now=now, note=note,
        handed_to=_handed_to(session, matter), action=ComplaintAction.COMPLAINT_FORWARDED,
        due_on=complaint.due_on,
    )  # fmt: skip
    return matter


def _registered(session: Session, complaint: Complaint, *, by: Person, now: datetime) -> Matter:
    facts = [
        complaint.happened_on and f"哪天：{full_day_text(complaint.happened_on)}",
        complaint.amount_fen and f"付了：{amount_text(complaint.amount_fen)}",
    ]
    words = "\n".join([masked_text(complaint.words), *(one for one in facts if one)])
    return register(
        session,
        county=session.get_one(County, complaint.county),
        source=MatterSource.COMPLAINT.value,
        kind=_KINDS[complaint.kind].value,
        heard_on=complaint.received_on,
        words=words,
        said_by=f"村民（{complaint.channel.label}）",
        ref=complaint.number,
        station=session.get(Station, complaint.station_id) if complaint.station_id else None,
        township_code=complaint.township_code,
        by=by,
        now=now,
        demo=complaint.demo,
    )


def _handed_to(session: Session, matter: Matter) -> str:
    """With whom a problem is, in the words of its newest step."""
    return (
        session.scalars(
            sa.select(MatterStep.handed_to)
            .where(MatterStep.matter_id == matter.id)
            .order_by(MatterStep.id.desc())
        ).first()
        or ""
    )


def answer(
    session: Session,
    *,
    complaint: Complaint,
    outcome: str,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
    sure: str | None = None,
) -> None:
    """答复, in words that the villager reads; 已解决 alone counts as solved.

    `sure` is what a person was asked of and insists on, "" before; None asks nothing. Raises as
    `taken_up`; Invalid complaint-outcome-wrong, reason-needed; Conflict complaint-matter-open.
    """
    taken_up(session, complaint, Move.ANSWER, by=by, sealed=sealed)
    if outcome not in ComplaintOutcome.labels():
        sentence = "请选择结果。"
        raise Invalid("complaint-outcome-wrong", sentence, fields={"outcome": sentence})
    note = reason_given(
        note, "请写给村民看的答复：查了什么、怎么办的。", field="note", label="答复",
        into=ComplaintStep.note,
    )  # fmt: skip
    ending = ComplaintOutcome(outcome)
    if ending is ComplaintOutcome.SOLVED:
        _ask_if_not_closed(session, complaint, sure)
    answered_now(session, complaint, ending, note, by=by, now=now)


def _ask_if_not_closed(session: Session, complaint: Complaint, sure: str | None) -> None:
    """Raise Conflict complaint-matter-open: by telephone one may know sooner that it is solved."""
    matter = session.get(Matter, complaint.matter_id) if complaint.matter_id else None
    if matter is None or matter.stage is MatterStage.CLOSED:
        return
    ask_unless_sure(
        f"转办的{number_text(matter)}还没有办结，现在是“{matter.stage.label}”",
        sure,
        code="complaint-matter-open",
        otherwise="确实已经解决，请勾选“确实已解决”，再答复一次",
    )


def answer_held(
    session: Session,
    *,
    ids: Collection[int],
    real: bool,
    note: str,
    by: Person,
    now: datetime,
) -> int:
    """Settle what is 待核 many at a time: handled like all others, or answered as 不属实.

    Those that somebody has taken up meanwhile are left as they are; gives how many were settled.
    Raises NotAllowed complaint-not-yours; Invalid reason-needed, complaint-none-chosen.
    """
    if not real:
        note = reason_given(note, "请写明凭什么说不属实。", field="note", into=ComplaintStep.note)
    found = session.scalars(
        sa.select(Complaint)
        .where(Complaint.id.in_(ids), Complaint.held, complaints_visible_to(by))
        .order_by(Complaint.id)
    ).all()
    if not found:
        raise Invalid("complaint-none-chosen", "请先勾选待核的投诉；办过的不用再选。")
    settled = 0
    for complaint in found:
        taken_up(session, complaint, Move.ANSWER, by=by, sealed=None)
        if not complaint.held:
            continue
        complaint.held = False
        if real:
            step(
                session, complaint, ComplaintDeed.RELEASED, by=by, now=now, note=note,
                action=ComplaintAction.COMPLAINT_RELEASED, due_on=complaint.due_on,
            )  # fmt: skip
        else:
            answered_now(session, complaint, ComplaintOutcome.UNFOUNDED, note, by=by, now=now)
        settled += 1
    return settled


def call_back(
    session: Session,
    *,
    complaint: Complaint,
    said: str,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> bool:
    """记电话回访: what the villager said when the office called; a no starts the clock again.

    Gives whether it did. Raises as `taken_up`; Invalid complaint-follow-up-wrong, reason-needed.
    """
    taken_up(session, complaint, Move.CALL, by=by, sealed=sealed)
    note = reason_given(
        note, "请写明几点打的电话、对方怎么说。", field="note", label="回访情况",
        into=ComplaintStep.note,
    )  # fmt: skip
    if said not in FollowUp.labels():
        sentence = "请选择对方怎么说。"
        raise Invalid("complaint-follow-up-wrong", sentence, fields={"said": sentence})
    return heard_again(session, complaint, FollowUp(said), note, by=by, now=now)


def add_note(
    session: Session,
    *,
    complaint: Complaint,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """What else became known; only offices read it.

    Raises as `taken_up`; Invalid reason-needed.
    """
    taken_up(session, complaint, Move.NOTE, by=by, sealed=sealed)
    note = reason_given(note, "请写下要补充的情况。", field="note", into=ComplaintStep.note)
    step(
        session, complaint, ComplaintDeed.NOTED, by=by, now=now, note=note,
        action=ComplaintAction.COMPLAINT_NOTED,
    )  # fmt: skip


def look(session: Session, *, complaint: Complaint, by: Person, now: datetime) -> None:
    """Ask for the villager's own words and telephone: who looked, and when, is kept.

    Raises as `taken_up`.
    """
    taken_up(session, complaint, Move.LOOK, by=by, sealed=None)
    step(
        session, complaint, ComplaintDeed.LOOKED, by=by, now=now,
        action=ComplaintAction.COMPLAINT_LOOKED,
    )  # fmt: skip


def looks_now(session: Session, *, complaint: Complaint, by: Person, now: datetime) -> bool:
    """Whether this person asked for it in the last ten minutes and still may."""
    asked = session.scalar(
        sa.select(sa.func.max(ComplaintStep.at)).where(
            ComplaintStep.complaint_id == complaint.id,
            ComplaintStep.person_id == by.id,
            ComplaintStep.deed == ComplaintDeed.LOOKED,
        )
    )
    return may_read_all(by) and asked is not None and now - LOOK_LASTS <= asked <= now


def new_code(
    session: Session, *, complaint: Complaint, by: Person, secret: str, now: datetime
) -> str:
    """A new 查询码 for a villager who has lost it; the old one opens nothing any more.

    Raises as `taken_up`.
    """
    taken_up(session, complaint, Move.CODE, by=by, sealed=None)
    code = fresh_code()
    complaint.code_hash = hash_of_code(secret, complaint.number, code)
    step(
        session, complaint, ComplaintDeed.NEW_CODE, by=by, now=now,
        action=ComplaintAction.COMPLAINT_CODE,
    )  # fmt: skip
    return code


def is_open(complaint: Complaint) -> bool:
    """Whether the villager still waits for an answer."""
    return complaint.state in OPEN
