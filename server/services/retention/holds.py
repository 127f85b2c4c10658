"""What is kept although its time is over: evidence of what is not over yet, or still stands."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.models.acceptance import Acceptance
from server.models.complaint import Complaint, ComplaintState
from server.models.inspection import Disagreement, DoubleRecord, Inspection
from server.models.matter import Matter, MatterStage
from server.models.operator_total import ReconciliationDecision
from server.models.phone_event import TO_SHOW, Photo
from server.models.reading import ReviewItem, ReviewState
from server.models.rectification import OVER, NoticeQuestion, Rectification
from server.models.referral import Referral, ReferralItem
from server.models.signal import IntegritySignal, SignalState
from server.models.statement import Statement
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.policy.plan.referral import FactKind, Kept

WHY: tuple[tuple[str, str], ...] = (
    (
        "站里有没办完的",
        "整改、投诉、问题、异议、重复记录、照片复核、异常提示、没付完的补贴，办完以前都留着",
    ),
    (
        "移送问责的线索用到的",
        "没有反馈的，涉及的站都留着；反馈了也没有撤回的，用到的照片一直留着（有关机关要核对）",
    ),
    (
        "结论靠它的",
        "每个站每种照片最新的一张、现在的说法依据的照片、最近一次督导、验收所依据的那次督导",
    ),
    ("会计凭证", "付款名单、银行回单、拨付凭证按《会计档案管理办法》存30年，不在这里删"),
    (
        "签了字的记录本身",
        "签名、结论、条款、时间和校验码长期留着；删的只是位置和照片，记录上写明哪天删的",
    ),
    ("法院、纪检、审计要求保全的", "在上面勾“到期也先不删”，写明依据；解除以后再取消"),
)
"""For the county's page: what stays, and why."""

_OF_FACT: dict[FactKind, Any] = {
    FactKind.SIGNAL: IntegritySignal,
    FactKind.OVERDUE: Rectification,
    FactKind.DIFFERING: Inspection,
    FactKind.DOUBLE: DoubleRecord,
    FactKind.COMPLAINT: Complaint,
    FactKind.RECONCILIATION: ReconciliationDecision,
    FactKind.REVERSED: SubsidyEntitlement,
}


def stations_held(session: Session, *, county: str) -> frozenset[int]:
    """Stations with something open: nothing of theirs is erased until it is over."""
    rows = (
        sa.select(Rectification.station_id).where(
            Rectification.county == county,
            Rectification.state.not_in(OVER),
        ),
        sa.select(Complaint.station_id).where(
            Complaint.county == county, Complaint.state != ComplaintState.ANSWERED
        ),
        sa.select(Matter.station_id).where(
            Matter.county == county, Matter.stage != MatterStage.CLOSED
        ),
        sa.select(Disagreement.station_id).where(
            Disagreement.county == county, Disagreement.settled_at.is_(None)
        ),
        sa.select(DoubleRecord.station_id).where(
            DoubleRecord.county == county, DoubleRecord.settled_at.is_(None)
        ),
        sa.select(NoticeQuestion.station_id).where(
            NoticeQuestion.county == county, NoticeQuestion.settled_at.is_(None)
        ),
        sa.select(ReviewItem.station_id).where(
            ReviewItem.county == county, ReviewItem.state == ReviewState.OPEN
        ),
        sa.select(IntegritySignal.station_id).where(
            IntegritySignal.county == county, IntegritySignal.state != SignalState.SETTLED
        ),
        sa.select(SubsidyEntitlement.station_id).where(
            SubsidyEntitlement.county == county,
            SubsidyEntitlement.state.in_(
                [EntitlementState.PROPOSED, EntitlementState.REVIEWED, EntitlementState.APPROVED]
            ),
        ),
    )
    held = {one for asked in rows for one in session.scalars(asked.distinct())}
    return frozenset({*held, *referred_stations(session, county)} - {None})  # type: ignore[arg-type]


def referred_stations(session: Session, county: str) -> set[int | None]:
    """Stations of facts that a referral picked which was neither taken back nor answered."""
    picked = session.execute(
        sa.select(ReferralItem.kind, ReferralItem.ref)
        .join(Referral, Referral.id == ReferralItem.referral_id)
        .where(
            Referral.county == county,
            Referral.withdrawn_at.is_(None),
            Referral.answered_at.is_(None),
        )
    )
    found = set()
    for kind, ref in picked:
        noun = _OF_FACT[kind]
        row = session.get(noun, UUID(ref) if noun is Inspection else int(ref))
        found.add(None if row is None else row.station_id)
    return found


def bytes_held(session: Session, *, county: str) -> frozenset[str]:
    """SHA-256 of photos that referrals carry as evidence, answered ones too."""
    contents = session.scalars(
        sa.select(Referral.content).where(
            Referral.county == county,
            Referral.content_sha256.is_not(None),
            Referral.withdrawn_at.is_(None),
        )
    )
    return frozenset(
        piece["sha256"]
        for content in contents
        for fact in (content or {"facts": []})["facts"]
        for piece in fact["pieces"]
        if piece["kept"] == Kept.BLOB
    )


def inspections_held(session: Session, *, county: str) -> frozenset[UUID]:
    """The last record of each station, and that on which each standing acceptance rests."""
    records = session.execute(
        sa.select(Inspection.station_id, Inspection.day_on, Inspection.id)
        .where(Inspection.county == county, Inspection.holds())
        .order_by(Inspection.station_id, Inspection.day_on, Inspection.received_at)
    ).all()
    by_station: dict[int, list[tuple[date, UUID]]] = {}
    for station_id, day_on, key in records:
        by_station.setdefault(station_id, []).append((day_on, key))
    held = {some[-1][1] for some in by_station.values()}
    accepted = sa.select(Acceptance.station_id, Acceptance.accepted_on).where(
        Acceptance.county == county, Acceptance.withdrawn_at.is_(None)
    )
    for station_id, accepted_on in session.execute(accepted):
        before = [key for day_on, key in by_station.get(station_id, ()) if day_on <= accepted_on]
        held.update(before[-1:])
    return frozenset(held)


_Later, _Newer = aliased(Photo), aliased(Statement)
NEWEST = ~(
    sa.select(_Later.id)
    .where(
        _Later.county == Photo.county,
        _Later.station_id == Photo.station_id,
        _Later.subject == Photo.subject,
        _Later.taken_at > Photo.taken_at,
        _Later.state.in_(TO_SHOW),
    )
    .correlate(Photo)
    .exists()
)
"""In a query over photos: no later one of this subject of the station can be shown."""
SPEAKS = (
    sa.select(Statement.id)
    .where(
        Statement.county == Photo.county,
        Statement.station_id == Photo.station_id,
        Statement.photo_id == Photo.id,
        ~sa.select(_Newer.id)
        .where(
            _Newer.county == Statement.county,
            _Newer.station_id == Statement.station_id,
            _Newer.fact == Statement.fact,
            _Newer.word == Statement.word,
            _Newer.id > Statement.id,
        )
        .correlate(Statement)
        .exists(),
    )
    .correlate(Photo)
    .exists()
)
"""In a query over photos: what somebody says of the station now rests on this one."""
