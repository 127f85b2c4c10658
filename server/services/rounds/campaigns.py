"""Opens rounds of inspection, draws and assigns their stations, and changes what was planned."""

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.inspection import Campaign, Counted, Inspection, InspectionOutcome, Visit
from server.models.person import Person, Role
from server.models.station import Station
from server.policy.rounds.commitment import DrawHead, commitment
from server.policy.rounds.sampling import SampleKind
from server.policy.standard.standards import (
    Standard,
    standard_by_id,
    standards_for,
    station_standard,
)
from server.services.common import history
from server.services.common.seals import refuse_if_changed
from server.services.common.written import cut, reason_given
from server.services.people.scope import INSPECTING
from server.services.rounds.actions import RoundsAction
from server.services.rounds.assigning import townships_shown, visits_shown
from server.services.rounds.draws import (
    draw_stations,
    go_with,
    refuse_another_draw,
    salt_for,
    seed_read,
)
from server.services.rounds.round_dates import ask_about_dates

_PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")


def open_campaign(
    session: Session,
    *,
    county: County,
    period: str,
    name: str,
    opens_on: date,
    due_on: date,
    sample: SampleKind,
    by: Person,
    now: datetime,
    standards: Iterable[Standard],
    seed: str = "",
    size: int | None = None,
    assignments: Mapping[str, int] | None = None,
    township_codes: Collection[str] | None = None,
    sure: str | None = None,
) -> Campaign:
    """Open a round: draw its stations, pin the standards of `opens_on`, hand out townships.

    A random round without a seed gets one; it is kept, so that the draw can be repeated, and the
    whole draw is written down with a salt. A person who is not `sure` of just that is asked about
    dates that are past or overlap (Conflict round-dates-odd); None asks nothing. Raises
    Invalid (round-period-wrong, round-days-wrong, round-name-missing, round-sample-wrong,
    inspector-unknown, inspector-elsewhere) and Conflict (round-exists, round-without-stations,
    round-without-standard, draw-changed-meanwhile).
    """
    name = name.strip()
    _refuse_wrong_head(session, county, period, name, opens_on=opens_on, due_on=due_on)
    every = tuple(standards)
    pinned = standards_for(every, opens_on, county.code, county.standard_id)
    if station_standard(every, opens_on, county.code, county.standard_id) is None:
        raise Conflict(
            "round-without-standard",
            "开轮那天本县没有可用的站点标准。请先在县设置里选定标准，再开这一轮。",
        )
    today = beijing_day(now)
    ask_about_dates(
        session, county=county.code, opens_on=opens_on, due_on=due_on, on=today, sure=sure
    )
    seed = seed_read(seed)
    if sample is not SampleKind.ALL and not seed:
        seed = secrets.token_hex(4)
    drawing = draw_stations(
        session,
        county,
        sample,
        seed=seed,
        salt=salt_for(session, county.code),
        size=size,
        on=opens_on,
        standards=every,
        township_codes=township_codes,
    )
    refuse_another_draw(
        session, drawing, county=county, sample=sample, seed=seed, size=size, on=opens_on, by=by
    )
    inspectors = {
        township: _inspector(session, county.code, person_id, township)
        for township, person_id in (assignments or {}).items()
    }
    text = None
    if sample is not SampleKind.ALL:
        head = DrawHead(
            county.name, f"{period} {name}", sample, seed, len(drawing.chosen), drawing.salt
        )
        text = drawing.text(head)
    campaign = Campaign(
        county=county.code,
        period=period,
        name=name,
        standards=[{"id": one.id, "name": one.name, "sha256": one.sha256} for one in pinned],
        opens_on=opens_on,
        due_on=due_on,
        sample=sample,
        seed="" if sample is SampleKind.ALL else seed,
        sample_size=len(drawing.chosen),
        drawn_from=len(drawing.drum),
        drum=[
            [one.key, one.tickets, one.why, own]
            for one, own in zip(drawing.drum, drawing.names, strict=True)
        ],
        draw_text=text,
        commitment=commitment(text) if text else "",
        made_by=by.id,
        made_at=now,
        demo=county.demo,
    )
    session.add(campaign)
    session.flush()
    session.add_all(
        Visit(
            campaign_id=campaign.id,
            county=county.code,
            station_id=one.station.id,
            inspector_id=person.id
            if (person := inspectors.get(one.station.township_code or ""))
            else None,
            drawn_because=cut(one.because, Visit.drawn_because),
        )
        for one in drawing.chosen
    )
    session.flush()
    go_with(session, campaign)
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RoundsAction.ROUND_OPENED,
        summary=f"{period} {name}：{campaign.drawn_from}个站点中检查{campaign.sample_size}个，"
        f"{full_day_text(opens_on)}至{full_day_text(due_on)}，"
        f"标准{'、'.join(one.id for one in pinned)}",
        reason=f"抽签码 {campaign.seed}" if campaign.seed else "",
    )
    return campaign


def assign(
    session: Session,
    *,
    campaign: Campaign,
    inspector: Person | None,
    by: Person,
    now: datetime,
    township_code: str | None = None,
    visit_ids: Collection[int] | None = None,
    sealed: str | None = None,
) -> int:
    """Give a township's (or the chosen) visits to an inspector, or to nobody; how many changed.

    `sealed` is what the form showed of them. Raises Conflict round-closed, assignment-changed;
    Invalid inspector-unknown, inspector-elsewhere.
    """
    session.refresh(campaign, with_for_update=True)  # of two at once, one waits and is told
    _refuse_if_closed(campaign, "改分派")
    held = (
        visits_shown(session, campaign=campaign, ids=visit_ids)
        if visit_ids is not None
        else townships_shown(session, campaign=campaign, only=[township_code or ""])
    )
    refuse_if_changed(sealed, held, code="assignment-changed", what="分派")
    query = (
        sa.select(Visit, Station.township_code)
        .join(Station, Station.id == Visit.station_id)
        .where(Visit.campaign_id == campaign.id, Visit.withdrawn_at.is_(None))
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    if visit_ids is not None:
        query = query.where(Visit.id.in_(list(visit_ids)))
    changed = 0
    wanted = inspector.id if inspector else None
    for visit, township in session.execute(query).all():
        if visit.inspector_id == wanted:
            continue
        if inspector is not None:
            _inspector(session, campaign.county, inspector.id, township or "")
        visit.inspector_id = wanted
        changed += 1
    session.flush()
    if changed:
        history.write(
            session,
            of=campaign,
            by=by,
            at=now,
            action=RoundsAction.ROUND_ASSIGNED,
            summary=f"{campaign.period} {campaign.name}：{changed}个站点"
            + (f"交给{inspector.name}" if inspector else "改为未分派"),
        )
    return changed


def withdraw_visit(
    session: Session, *, visit: Visit, because: str, by: Person, now: datetime
) -> None:
    """Take a station out of a round, with the reason: only what nobody has inspected yet.

    Raises Invalid reason-needed; Conflict round-closed, visit-withdrawn, visit-inspected.
    """
    because = reason_given(because, "请写明为什么这个站点不查了。", into=Visit.withdrawn_because)
    campaign = session.get_one(Campaign, visit.campaign_id)
    session.refresh(campaign, with_for_update=True)  # of two at once, one waits and is told
    session.refresh(visit, with_for_update=True)
    _refuse_if_closed(campaign, "撤出站点")
    if visit.withdrawn_at is not None:
        raise Conflict(
            "visit-withdrawn",
            f"这个站已经撤出了，写的原因是“{visit.withdrawn_because}”。您写的没有记下。",
        )
    seen = session.scalar(_results(visit).limit(1))
    if seen is not None:
        raise Conflict(
            "visit-inspected",
            f"您看的时候，这个站{full_day_text(seen)}的督导记录收到了，算这一轮查过的，没有撤出。",
        )
    visit.withdrawn_at, visit.withdrawn_because = now, because
    session.flush()
    history.write(
        session,
        of=visit,
        by=by,
        at=now,
        action=RoundsAction.VISIT_WITHDRAWN,
        summary=f"撤出{campaign.period} {campaign.name}",
        reason=because,
    )


def close_campaign(session: Session, *, campaign: Campaign, by: Person, now: datetime) -> None:
    """End a round; what phones still hold is taken in afterwards all the same.

    Raises Conflict round-closed.
    """
    session.refresh(campaign, with_for_update=True)  # of two at once, one waits and is told
    _refuse_if_closed(campaign)
    campaign.closed_at = now
    session.flush()
    history.write(
        session,
        of=campaign,
        by=by,
        at=now,
        action=RoundsAction.ROUND_CLOSED,
        summary=f"结束{campaign.period} {campaign.name}",
    )


def campaigns_of(session: Session, *, county: str) -> list[Campaign]:
    """The county's rounds, newest first."""
    return list(
        session.scalars(
            sa.select(Campaign)
            .where(Campaign.county == county, _is_there())
            .order_by(Campaign.period.desc(), Campaign.id.desc())
        )
    )


def campaign_of(session: Session, *, county: str, campaign_id: int) -> Campaign:
    """A round of this county. Raises NotFound round-unknown."""
    found = session.scalars(
        sa.select(Campaign).where(
            Campaign.county == county, Campaign.id == campaign_id, _is_there()
        )
    ).one_or_none()
    if found is None:
        raise NotFound("round-unknown", "没有找到这一轮督导。请返回列表重新选择。")
    return found


def visit_of(session: Session, *, campaign: Campaign, visit_id: int) -> tuple[Visit, Station]:
    """A station in a round, with the visit that it is due. Raises NotFound visit-unknown."""
    found = session.execute(
        sa.select(Visit, Station)
        .join(Station, Station.id == Visit.station_id)
        .where(Visit.id == visit_id, Visit.campaign_id == campaign.id)
    ).one_or_none()
    if found is None:
        raise NotFound("visit-unknown", "这一轮督导里没有这个站点。请返回列表重新选择。")
    visit, station = found
    return visit, station


def standards_of(campaign: Campaign, standards: Iterable[Standard]) -> tuple[Standard, ...]:
    """The standards this round is held against. Raises NotFound standard-unknown."""
    every = tuple(standards)
    return tuple(standard_by_id(every, str(one["id"])) for one in campaign.standards)


def _is_there() -> sa.ColumnElement[bool]:
    """Not deleted; one of which a record has come after all is there again."""
    inspected = sa.select(Inspection.id).join(Visit, Visit.id == Inspection.visit_id)
    return sa.or_(
        Campaign.deleted_at.is_(None),
        inspected.where(Visit.campaign_id == Campaign.id).correlate(Campaign).exists(),
    )


def _refuse_wrong_head(
    session: Session, county: County, period: str, name: str, *, opens_on: date, due_on: date
) -> None:
    if not _PERIOD.fullmatch(period):
        raise Invalid("round-period-wrong", "轮次要写成年和月，例如 2026-11。")
    if not 1 <= len(name) <= 60:
        raise Invalid("round-name-missing", "请给这一轮起个名字，最多60个字。")
    if due_on < opens_on:
        raise Invalid("round-days-wrong", "截止日期早于开始日期，请改正。")
    if (due_on - opens_on).days > 366:
        raise Invalid("round-days-wrong", "一轮督导最多一年，请核对起止日期。")
    known = sa.select(Campaign.id).where(
        Campaign.county == county.code, Campaign.period == period, Campaign.name == name
    )
    if session.scalar(known) is not None:
        raise Conflict("round-exists", f"{period}已经有一轮叫“{name}”。请换一个名字。")


def _refuse_if_closed(campaign: Campaign, what: str = "") -> None:
    if campaign.closed_at is not None:
        on = full_day_text(beijing_day(campaign.closed_at))
        no_more = f"不能再{what}" if what else "不用再办一次"
        raise Conflict("round-closed", f"{campaign.name}已于{on}结束，{no_more}。")


def _results(visit: Visit) -> sa.Select[date]:
    """The days of what counts of a visit: records of somebody who got in."""
    return sa.select(Inspection.day_on).where(
        Inspection.visit_id == visit.id,
        Inspection.counted == Counted.YES,
        Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
        Inspection.is_current(),
    )


def _inspector(session: Session, county: str, person_id: int, township: str) -> Person:
    person = session.get(Person, person_id)
    if (
        person is None
        or person.county != county
        or person.role not in INSPECTING
        or not person.active
    ):
        raise Invalid("inspector-unknown", "没有这位督导员，或者已经停用。请重新选择。")
    if person.role is not Role.COUNTY_OFFICE and person.township_code not in (None, township):
        raise Invalid(
            "inspector-elsewhere",
            f"{person.name}只管自己的乡镇，不能分派到别的乡镇。请换一位督导员。",
        )
    return person
