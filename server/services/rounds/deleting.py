"""Deletes a round in which nothing has happened yet; who draws again is seen to have drawn."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, NotAllowed
from server.models.inspection import Campaign, DrawPreview, Inspection, RoundReport, Visit
from server.models.person import Person
from server.models.station import Station
from server.policy.rounds.sampling import SampleKind
from server.services.common import history
from server.services.common.written import cut, reason_given
from server.services.rounds.actions import RoundsAction
from server.services.rounds.draws import drawn_as


def may_delete(session: Session, *, campaign: Campaign, by: Person) -> bool:
    """Whether this person opened the round and nothing has come of it."""
    return campaign.made_by == by.id and not _has_records(session, campaign)


def delete_campaign(
    session: Session, *, campaign: Campaign, because: str, by: Person, now: datetime
) -> None:
    """Take a round off all lists, with the reason: only whoever opened it, before any record.

    The rows stay, for a record of it may still be on a phone without a net: once one comes, the
    round is on the lists again, ended. Its draw counts as one looked at before the next round.
    Raises NotAllowed round-not-yours, Conflict round-has-records, Invalid reason-needed.
    """
    if campaign.made_by != by.id:
        raise NotAllowed("round-not-yours", "只有开这一轮的人能删除它。请联系开轮的同事。")
    session.refresh(campaign, with_for_update=True)  # of two at once, one waits
    if _has_records(session, campaign):
        raise Conflict(
            "round-has-records",
            f"{campaign.name}已经有督导记录或上报，不能删除。不再查的，请结束这一轮。",
        )
    because = reason_given(because, "请写明为什么删除这一轮。", into=Visit.withdrawn_because)
    if campaign.deleted_at is not None:
        return
    title = f"{campaign.period} {campaign.name}"
    if campaign.sample is not SampleKind.ALL:
        session.add(_as_looked_at(session, campaign, title, by, now))
    campaign.deleted_at, campaign.closed_at = now, campaign.closed_at or now
    # The name is free for the round that is opened in its place.
    room = Campaign.name.type.length or 0
    campaign.name = f"{campaign.name[: room - 20]}（{beijing_day(now)}删 {campaign.id}）"
    for visit in session.scalars(
        sa.select(Visit).where(Visit.campaign_id == campaign.id, Visit.withdrawn_at.is_(None))
    ):
        visit.withdrawn_at = now
        visit.withdrawn_because = cut(f"这一轮已删除：{because}", Visit.withdrawn_because)
    session.flush()
    history.write(
        session,
        of=campaign,
        by=by,
        at=now,
        action=RoundsAction.ROUND_DELETED,
        summary=f"删除{title}，{campaign.sample_size}个站点"
        + (f"，抽签码 {campaign.seed}" if campaign.seed else ""),
        reason=because,
    )


def _has_records(session: Session, campaign: Campaign) -> bool:
    inspected = sa.select(Inspection.id).join(Visit, Visit.id == Inspection.visit_id)
    reported = sa.select(RoundReport.id).where(RoundReport.campaign_id == campaign.id)
    return bool(
        session.scalar(
            sa.select(
                inspected.where(Visit.campaign_id == campaign.id).exists() | reported.exists()
            )
        )
    )


def _as_looked_at(
    session: Session, campaign: Campaign, title: str, by: Person, now: datetime
) -> DrawPreview:
    """The deleted round's draw, as one that was seen before the next round."""
    drawn = session.scalars(
        sa.select(Station)
        .join(Visit, Visit.station_id == Station.id)
        .where(Visit.campaign_id == campaign.id)
        .order_by(Station.code, Station.id)
    )
    return DrawPreview(
        county=campaign.county,
        made_by=by.id,
        made_at=now,
        opens_on=campaign.opens_on,
        sample=campaign.sample,
        seed=campaign.seed,
        drawn_from=campaign.drawn_from,
        stations=[[drawn_as(one), one.name] for one in drawn],
        deleted_round=cut(title, DrawPreview.deleted_round),
    )
