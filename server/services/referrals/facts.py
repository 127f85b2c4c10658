"""What is recorded of each fact of a referral: told without a verdict, with what it rests on."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, moment_text
from server.models.complaint import Complaint, ComplaintPhoto, ComplaintStep
from server.models.inspection import DoubleRecord, Inspection
from server.models.matter import MatterDeed, MatterStep
from server.models.month import MonthApproval
from server.models.operator_total import OperatorFile, OperatorTotal, ReconciliationDecision
from server.models.person import Person
from server.models.rectification import Notice, Rectification, RectificationStep
from server.models.referral import ReferralItem
from server.models.signal import IntegritySignal
from server.models.station import Station
from server.models.subsidy import SubsidyEntitlement
from server.models.subsidy_payment import SubsidyEntry
from server.money import yuan_said
from server.policy.masking import masked_text
from server.policy.plan.referral import Fact, FactKind
from server.policy.signals.options import KINDS, OF_COUNTS
from server.services.complaints.said import amount_text
from server.services.inspections.answers import outcome_text
from server.services.inspections.looking import differences_told
from server.services.intake.double_records import DECISIONS
from server.services.mending.deadlines import recorded, said_at
from server.services.mending.lists import ACTION_LABELS
from server.services.referrals.gathering import Gathering
from server.services.referrals.picking import can_be_picked, row_of
from server.services.subsidies.ledger import came_back_on

GONE = "原来的记录已经不在了，请把这条拿出来。"
LAPSED = "选进来以后有了变化，现在不能列入了，请把这条拿出来。"
"""Of what was accepted, withdrawn or decided otherwise since it was picked: no letter says it."""
AROUND = timedelta(days=14)
"""Counts so many days before an odd one show whether it was odd."""


def facts_of(session: Session, *, county: str, items: list[ReferralItem], on: date) -> list[Fact]:
    """The facts of a referral in its order, as everything stands now.

    One whose row is gone, or could not be picked by now, says so; it has to be taken out before
    the referral is sent.
    """
    return [_fact(session, county, number, item, on) for number, item in enumerate(items, 1)]


def inspections_of(session: Session, *, county: str, item: ReferralItem) -> list[Inspection]:
    """The records that a fact rests on: their papers have to be kept before it is sent."""
    row = row_of(session, county=county, kind=item.kind, ref=item.ref)
    if row is None:
        return []
    match item.kind:
        case FactKind.SIGNAL:
            ids = [UUID(str(one)) for one in [row.measured.get("inspection")] if one]
        case FactKind.OVERDUE:
            ids = [row.inspection_id]
        case FactKind.DIFFERING:
            ids = [row.id]
        case FactKind.DOUBLE:
            ids = [row.beside_id, row.inspection_id]
        case _:
            return []
    found = (session.get(Inspection, one) for one in ids)
    return [one for one in found if one is not None and one.county == county]


def _fact(session: Session, county: str, number: int, item: ReferralItem, on: date) -> Fact:
    row = row_of(session, county=county, kind=item.kind, ref=item.ref)
    if row is None:
        gone = Gathering(session, county, number, item.kind.label, None, on)
        gone.tell("现在", GONE)
        return gone.fact(item.kind, item.ref)
    station = session.get(Station, row.station_id) if row.station_id else None
    made = Gathering(session, county, number, item.kind.label, station, on)
    if not can_be_picked(session, county=county, kind=item.kind, ref=item.ref, on=on):
        made.tell("现在", LAPSED)
        return made.fact(item.kind, item.ref)
    made.records = inspections_of(session, county=county, item=item)
    _TOLD[item.kind](made, row)
    if item.statement:
        day = full_day_text(item.statement_on) if item.statement_on else ""
        made.said.append(f"{item.statement_by}{day}陈述：“{item.statement}”")
    return made.fact(item.kind, item.ref)


def _signal(made: Gathering, row: IntegritySignal) -> None:
    made.day = row.day_on
    made.title = f"{FactKind.SIGNAL.label}（{KINDS.get(row.kind, row.kind)}）"
    made.tell("系统提的问题", row.question)
    made.tell("依据的数字", str(row.measured.get("why", "")))
    if row.settled_at:
        day = full_day_text(beijing_day(row.settled_at))
        made.tell("县专班", f"{day}看过，存疑：{row.reason}")
    if row.answer and row.answered_at:
        made.said.append(f"{full_day_text(beijing_day(row.answered_at))}答复：“{row.answer}”")
    made.data("提示依据的数字和当时的界限", row.measured)
    for inspection in made.records:
        made.record(inspection)
    made.photos(UUID(str(one)) for one in row.measured.get("photos", ()))
    if row.kind in OF_COUNTS:
        made.counts(row.day_on - AROUND, row.day_on)
    made.deed("处理记录", row.settled_at)


def _overdue(made: Gathering, row: Rectification) -> None:
    on, made.day = made.day, row.due_on
    made.tell("要求", f"{row.title}（{row.clause}）")
    made.tell("督导发现", row.why)
    made.tell("怎么改", row.what_to_do)
    made.tell("期限", f"{full_day_text(row.due_on)}，到{full_day_text(on)}还没有验收通过")
    for inspection in made.records:
        made.record(inspection)
    if row.notice_id is not None:
        notice = made.session.get_one(Notice, row.notice_id)
        made.letters(notice.id, f"{full_day_text(notice.issued_on)}整改通知书")
        took_back = sa.select(Notice).where(Notice.revokes_id == notice.id).order_by(Notice.id)
        for one in made.session.scalars(took_back):
            made.tell("撤销通知", f"{full_day_text(one.issued_on)}撤销了整改通知书的部分内容")
            made.letters(one.id, f"{full_day_text(one.issued_on)}撤销通知")
    steps = made.session.execute(
        recorded()
        .where(RectificationStep.rectification_id == row.id)
        .order_by(RectificationStep.id)
    ).all()
    for step, recorded_at, proven in steps:
        said_on, came_on = beijing_day(said_at(step, recorded_at)), beijing_day(step.at)
        day = full_day_text(said_on)
        if said_on < came_on and not proven:
            day = f"手机记的是{day}、{full_day_text(came_on)}才收到（时间没法证明）："
        if step.action == "answered":
            made.said.append(f"{day}{ACTION_LABELS['answered']}{_quoted(step.note)}")
        elif step.action == "returned":
            made.tell("退回", f"{day}{_quoted(step.note)}")
    made.photos(step.photo_id for step, *_ in steps if step.photo_id is not None)


def _quoted(words: str) -> str:
    return f"：“{words}”" if words else ""


def _differing(made: Gathering, row: Inspection) -> None:
    made.day = row.day_on
    for one in differences_told(row.differences):
        made.tell(
            f"{one.kind.label}{f'（{one.about}）' if one.about else ''}",
            f"签字的是“{one.signed or '没有'}”，核算是“{one.now or '没有'}”",
        )
    if row.looked_decision and row.looked_at:
        day = full_day_text(beijing_day(row.looked_at))
        made.tell("县专班", f"{day}{row.looked_decision.label}：{row.looked_reason}")
    if row.refusal:
        made.said.append(f"站长：“{row.refusal}”")
    made.record(row)
    made.deed("看过的记录", row.looked_at)


def _double(made: Gathering, row: DoubleRecord) -> None:
    both = tuple(zip(("先收到的记录", "后收到的记录"), made.records, strict=True))
    made.day = made.records[0].day_on
    for what, inspection in both:
        who = made.session.get_one(Person, inspection.inspector_id)
        made.tell(
            what,
            f"{who.name} {moment_text(inspection.arrived_at)}到，"
            f"{moment_text(inspection.received_at)}收到，{outcome_text(inspection)}",
        )
    made.tell("县专班", f"{DECISIONS.get(row.decision, '')}：{row.reason}")
    for what, inspection in both:
        made.record(inspection, what)
    made.deed("决定", row.settled_at)


def _reconciliation(made: Gathering, row: ReconciliationDecision) -> None:
    made.day = row.day_on
    made.tell("站长填报", f"收到{row.keeper_received}件，寄出{row.keeper_sent}件")
    made.tell("企业系统数", f"收到{row.operator_inbound}件，寄出{row.operator_outbound}件")
    who = made.session.get_one(Person, row.decided_by)
    made.tell(
        "县里决定",
        f"{who.name} {full_day_text(beijing_day(row.decided_at))}定：{row.choice.label}，"
        f"收到{row.inbound}件，寄出{row.outbound}件；理由：{row.reason}",
    )
    made.counts(row.day_on, row.day_on)
    lines = made.session.execute(
        sa.select(OperatorTotal, OperatorFile)
        .join(OperatorFile, OperatorFile.id == OperatorTotal.file_id)
        .where(
            OperatorTotal.county == made.county,
            OperatorTotal.station_id == row.station_id,
            OperatorTotal.day_on == row.day_on,
        )
        .order_by(OperatorTotal.id)
    ).all()
    if lines:
        said = [
            {
                "文件": file.file_name, "文件SHA-256": file.file_sha256, "第几行": one.file_row,
                "品牌": one.brand, "第几版": one.version, "算数": one.current,
                "收到": one.inbound, "寄出": one.outbound,
            }
            for one, file in lines
        ]  # fmt: skip
        made.data("企业系统数的这一天，各版都在", said)
    for file in {file.id: file for _, file in lines}.values():
        kind = file.file_name.rpartition(".")[2][:4] or "xlsx"
        made.blob(f"企业文件“{file.file_name}”", file.file_sha256, kind)
        made.link(f"企业文件“{file.file_name}”", OperatorFile.__tablename__, str(file.id))
    if row.evidence_sha256:
        made.blob(f"作决定的凭据“{row.evidence_name}”", row.evidence_sha256, row.evidence_kind)
    made.link("对账决定", ReconciliationDecision.__tablename__, str(row.id))
    month = sa.select(MonthApproval.id).where(
        MonthApproval.county == made.county, MonthApproval.month_on == row.day_on.replace(day=1)
    )
    for key in made.session.scalars(month):
        made.link("当月核准", MonthApproval.__tablename__, str(key))


def _complaint(made: Gathering, row: Complaint) -> None:
    """Of the villager nothing but what it was about: words and telephone stay where they are."""
    made.day = row.received_on
    made.title = f"{FactKind.COMPLAINT.label}（{row.kind.label}）"
    day = f"，发生在{full_day_text(row.happened_on)}" if row.happened_on else ""
    paid = f"，说付了{amount_text(row.amount_fen)}" if row.amount_fen else ""
    made.tell("反映", f"{row.channel.label}反映{row.kind.label}{day}{paid}（编号{row.number}）")
    made.tell("答复", row.outcome.label if row.outcome else row.state.label)
    steps = made.session.execute(
        sa.select(MatterStep, Person.name)
        .outerjoin(Person, Person.id == MatterStep.person_id)
        .where(MatterStep.matter_id == row.matter_id)
        .order_by(MatterStep.id)
    ).all()
    for step, who in steps:
        at = full_day_text(beijing_day(step.at))
        if step.deed is MatterDeed.PUNISHED:
            made.tell("监管部门所记", f"{who or ''} {at}：“{masked_text(step.note)}”")
            made.deed("监管部门所记", step.at)
        elif step.deed is MatterDeed.ANSWERED:
            made.said.append(
                f"承办的{step.handed_to or who or ''}{at}答复：“{masked_text(step.note)}”"
            )
    own = made.session.scalars(
        sa.select(ComplaintStep)
        .where(ComplaintStep.complaint_id == row.id)
        .order_by(ComplaintStep.id)
    )
    made.data(
        "投诉的办理经过，不含群众原话和电话",
        [
            {"时间": moment_text(one.at), "办理": one.deed.label, "交给": one.handed_to}
            for one in own
        ],
    )
    photos = sa.select(ComplaintPhoto).where(
        ComplaintPhoto.complaint_id == row.id, ComplaintPhoto.sha256.is_not(None)
    )
    for photo in made.session.scalars(photos.order_by(ComplaintPhoto.place)):
        made.blob(f"群众交的照片{photo.place}", photo.sha256 or "", "jpg")


def _reversed(made: Gathering, row: SubsidyEntitlement) -> None:
    made.day = beijing_day(row.ended_at) if row.ended_at else made.day
    made.tell("补贴", row.sentence)
    made.tell("收款人", row.payee_name)
    paid = f"，{full_day_text(row.paid_on)}付" if row.paid_on else ""
    made.tell("金额", f"{yuan_said(row.amount_fen)}{paid}")
    back = came_back_on(made.session, row)
    told = f"（{full_day_text(back)}缴回）" if back else ""
    made.tell("冲回", f"{full_day_text(made.day)}登记{told}，{row.ended_because}")
    made.data(
        "这笔补贴当时的依据",
        {"内容": row.contents, "内容SHA-256": row.contents_sha256, "金额（分）": row.amount_fen},
    )
    entries = made.session.scalars(
        sa.select(SubsidyEntry)
        .where(SubsidyEntry.entitlement_id == row.id)
        .order_by(SubsidyEntry.id)
    ).all()
    made.data(
        "这笔补贴的账目",
        [
            {
                "账目": one.account.label, "金额（分）": one.amount_fen, "冲回第几笔": one.reverses,
                "日期": full_day_text(one.on_day), "原因": one.reason, "编号": one.id,
            }
            for one in entries
        ],
    )  # fmt: skip
    made.link("补贴", SubsidyEntitlement.__tablename__, str(row.id))
    for one in entries:
        made.link(f"{one.account.label}账目", SubsidyEntry.__tablename__, str(one.id))


_TOLD: Mapping[FactKind, Callable[[Gathering, Any], None]] = {
    FactKind.SIGNAL: _signal,
    FactKind.OVERDUE: _overdue,
    FactKind.DIFFERING: _differing,
    FactKind.DOUBLE: _double,
    FactKind.RECONCILIATION: _reconciliation,
    FactKind.COMPLAINT: _complaint,
    FactKind.REVERSED: _reversed,
}
