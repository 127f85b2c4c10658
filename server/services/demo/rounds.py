"""The demonstration's rounds: one that went up, one under way, and what followed; all marked."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import month_of, month_text
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.models.rectification import Rectification, RectificationState
from server.policy.plan.nouns import Programme, round_name
from server.policy.rounds.sampling import SampleKind, pick
from server.policy.standard.standards import Standard, station_standard
from server.services.county.counties import policy_options
from server.services.demo.cast import Character, DemoCast, Member
from server.services.demo.days import (
    MISSING,
    first_round_day,
    take_photo,
)
from server.services.demo.visits import Stage, TrueThings, inspect, show_mended, wall_time
from server.services.inspections import disagreements
from server.services.mending import rectifications
from server.services.mending.lists import escalate
from server.services.mending.notices import issue_notice
from server.services.people.scope import EVERYBODY
from server.services.photos.requests import answered_by, draw_requests
from server.services.rounds.campaigns import close_campaign, open_campaign
from server.services.rounds.reports import report_round

FIRST_SAMPLE = 20  # of the first round; a smaller county is inspected whole
SEED = "静乐-0712"
REPORTED_TO = "县政府办公室"
ASKED_DAYS = 3  # of photo requests; drawing their pictures takes time
NOT_YET_THEN = ("shelves", "hours_board_present", "barcode_scanner")  # in the first round only
INSPECTED = frozenset(
    {Character.MET, Character.SMALL, Character.NO_BOARD, Character.NO_SHELVES, Character.LATE}
)


def hold_rounds(
    session: Session,
    blobs: BlobStore,
    cast: DemoCast,
    true: TrueThings,
    *,
    standards: tuple[Standard, ...],
    programme: Programme | None,
    on: date,
    now: datetime,
) -> None:
    """Both rounds through the same services that serve real ones, in the order of the days.

    Without a standard for stations no round can be opened: then photos alone are asked for.
    """
    county = session.get_one(County, cast.office.county)
    rng = random.Random(f"rounds-{county.code}")
    stage = Stage(
        session, blobs, cast, true, standards, policy_options(county), now, rng, programme
    )
    if station_standard(standards, first_round_day(on), county.code, county.standard_id) is None:
        _ask_for_photos(stage, county, on)
        return
    _first_round(stage, county, first_round_day(on))
    for days in (13, 17, 24):  # the daily job's way: reminded, told the township, told the county
        escalate(
            session, county=county, now=wall_time(first_round_day(on) + timedelta(days=days), 8)
        )
    _in_between(stage, on - timedelta(days=19))
    _second_round(stage, county, on)
    _ask_for_photos(stage, county, on)


def _first_round(stage: Stage, county: County, day: date) -> None:
    """A random sample, some of it wanting; most of that mended, the result reported."""
    campaign = _open(stage, county, day, size=FIRST_SAMPLE)
    visits = _visits(stage, campaign)
    going = [(member, visit) for member, visit in visits if member.character is not Character.GAP]
    wanting = [member for member, _ in going if member.character is Character.MET][:3]
    lacking = {one.station.id: fact for one, fact in zip(wanting, NOT_YET_THEN, strict=False)}
    for turn, (member, visit) in enumerate(going):
        if member.station.code == "C0001":
            continue  # 老李's station waits for its first inspection
        without = lacking.get(member.station.id)
        if without == "shelves":
            # The keeper's photo said otherwise: the office found later that both were right.
            claim_on = day + timedelta(days=turn // 6 - 3)
            take_photo(
                stage.session, stage.blobs, member, "shelves", claim_on,
                seq=stage.next_seq(), now=stage.now, rng=stage.rng,
            )  # fmt: skip
        inspect(stage, member, visit, day + timedelta(days=turn // 6), turn, without=without)
    shut = [one for one in visits if one[0].character is Character.GAP]
    for turn, (member, visit) in enumerate(shut[:2]):
        inspect(
            stage,
            member,
            visit,
            day + timedelta(days=3),
            turn,
            outcome=InspectionOutcome.CLOSED_DOOR,
        )
    over = wall_time(campaign.due_on + timedelta(days=2), 9)
    close_campaign(stage.session, campaign=campaign, by=stage.cast.office, now=over)
    report_round(
        stage.session, campaign=campaign, reported_to=REPORTED_TO, by=stage.cast.office, now=over
    )
    _mend(stage, wanting, day + timedelta(days=9))
    for item in disagreements.disagreements_seen(
        stage.session, county=county.code, seen_by=EVERYBODY, campaign_id=campaign.id
    ):
        disagreements.settle_disagreement(
            stage.session,
            disagreement=item.disagreement,
            decision="both",
            reason="照片拍在督导前三天，货架后来借给村里办活动，两边说的都是当天的样子",
            by=stage.cast.office,
            now=wall_time(campaign.due_on + timedelta(days=1), 15),
        )


def _in_between(stage: Stage, day: date) -> None:
    """日常检查: the inspector comes by where all is well, outside any round."""
    passed_by = [one for one in stage.cast.members if one.character is Character.MET]
    for turn, member in enumerate(passed_by[4:7]):
        inspect(stage, member, None, day + timedelta(days=turn), turn)


def _second_round(stage: Stage, county: County, on: date) -> None:
    """Every station, half of them still to be visited; fresh findings and two kinds of answers."""
    day = on - timedelta(days=6)
    campaign = _open(stage, county, day, size=None)
    going = [one for one in _visits(stage, campaign) if one[0].character in INSPECTED]
    claims = [one for one, _ in going if MISSING.get(one.character)][1:4]
    refusing = next(
        (one.station.id for one, _ in going if one.character is Character.NO_SHELVES), None
    )
    found: list[Inspection] = []
    for turn, (member, visit) in enumerate(going):
        seen_on = day + timedelta(days=turn * 6 // max(len(going), 1))
        if member in claims:
            subject = "shelves" if member.character is Character.NO_SHELVES else "hours_board"
            take_photo(
                stage.session, stage.blobs, member, subject, seen_on - timedelta(days=4),
                seq=stage.next_seq(), now=stage.now, rng=stage.rng,
            )  # fmt: skip
        outcome = InspectionOutcome.SIGNED
        if member.station.code == "C0002":
            outcome = InspectionOutcome.TO_CONFIRM
        elif member.station.id == refusing:
            outcome = InspectionOutcome.REFUSED
        found.append(
            inspect(stage, member, visit, seen_on, turn, outcome=outcome, pictured=turn < 12)
        )
    waiting = [one for one in _visits(stage, campaign) if one[0].character is Character.WAITING]
    for member, visit in waiting[4:5]:
        inspect(
            stage, member, visit, on - timedelta(days=2), 0,
            outcome=InspectionOutcome.CLOSED_DOOR, hour=16,
        )  # fmt: skip
    first_failing = next((one for one in found if one.fails), None)
    if first_failing is not None:
        issue_notice(
            stage.session,
            inspection=first_failing,
            by=stage.cast.office,
            now=wall_time(on - timedelta(days=1), 10),
        )
    _answer_some(stage, campaign, on)


def _name(stage: Stage, day: date) -> str:
    """July and November have their plan's name; a second round of a month has another."""
    again = stage.session.scalar(
        sa.select(Campaign.id).where(
            Campaign.county == stage.cast.office.county, Campaign.period == month_of(day)
        )
    )
    if again:
        return f"{month_text(month_of(day))}补充督导"
    return round_name(stage.programme, day)


def _open(stage: Stage, county: County, day: date, *, size: int | None) -> Campaign:
    """A round that opens two days before the first visit; the last township has no inspector."""
    stations = [one.station for one in stage.cast.members if one.station.township_code is not None]
    townships = sorted({one.township_code for one in stations if one.township_code})
    numbered = sum(1 for one in stations if one.level != "county_hub")
    drawn = size is not None and numbered > size
    opens_on = day - timedelta(days=2 if drawn else 1)
    return open_campaign(
        stage.session,
        county=county,
        period=month_of(day),
        name=_name(stage, day),
        opens_on=opens_on,
        due_on=day + timedelta(days=8 if drawn else 16),
        sample=SampleKind.RANDOM if drawn else SampleKind.ALL,
        seed=SEED if drawn else "",
        size=size if drawn else None,
        by=stage.cast.office,
        now=wall_time(opens_on, 9),
        standards=stage.standards,
        assignments=dict.fromkeys(
            townships if drawn else townships[:-1] or townships, stage.cast.inspector.id
        ),
    )


def _visits(stage: Stage, campaign: Campaign) -> list[tuple[Member, Visit]]:
    """Numbered stations of a round with their members, in the cast's order."""
    by_station = {
        visit.station_id: visit
        for visit in stage.session.scalars(sa.select(Visit).where(Visit.campaign_id == campaign.id))
    }
    return [
        (member, by_station[member.station.id])
        for member in stage.cast.members
        if member.station.id in by_station and member.station.code
    ]


def _mend(stage: Stage, members: Iterable[Member], day: date) -> None:
    """Keepers show what they mended; the office accepts it two days later."""
    for member in members:
        for one in _open_mends(stage, [member.station.id]):
            show_mended(stage, member, one, day)
            rectifications.accept(
                stage.session,
                rectification=one,
                by=stage.cast.office,
                now=wall_time(day + timedelta(days=2), 11),
                standards=stage.standards,
                note="看了照片，已经改好",
            )


def _answer_some(stage: Stage, campaign: Campaign, on: date) -> None:
    """Of the second round's findings one waits to be judged and one was returned."""
    by_station = {member.station.id: member for member in stage.cast.members}
    found = list(
        stage.session.scalars(
            sa.select(Rectification)
            .join(Inspection, Inspection.id == Rectification.inspection_id)
            .join(Visit, Visit.id == Inspection.visit_id)
            .where(
                Visit.campaign_id == campaign.id,
                Rectification.subject.is_not(None),
                Inspection.day_on < on - timedelta(days=2),
            )
            .order_by(Rectification.id)
        )
    )
    shown = [one for one in found if by_station[one.station_id].station.code != "C0002"][:2]
    for one in shown:
        show_mended(stage, by_station[one.station_id], one, on - timedelta(days=2))
    for one in shown[1:]:
        rectifications.return_to_keeper(
            stage.session,
            rectification=one,
            by=stage.cast.office,
            now=wall_time(on - timedelta(days=1), 16),
            reason="照片太近，看不出摆在店里的什么地方，请退后两步再拍一张",
        )


def _open_mends(stage: Stage, station_ids: Sequence[int]) -> list[Rectification]:
    return list(
        stage.session.scalars(
            sa.select(Rectification)
            .where(
                Rectification.station_id.in_(station_ids),
                Rectification.state == RectificationState.OPEN,
            )
            .order_by(Rectification.id)
        )
    )


def _ask_for_photos(stage: Stage, county: County, on: date) -> None:
    """The last days' random requests; three of four were answered, today's are still open."""
    by_station = {member.station.id: member for member in stage.cast.members}
    for back in range(ASKED_DAYS, -1, -1):
        day = on - timedelta(days=back)
        asked = draw_requests(
            stage.session, county=county, on=day, now=wall_time(day, 8), seed=f"演示-{day:%m%d}"
        )
        for request in asked:
            member = by_station[request.station_id]
            mood = pick(("拍", "拍", "拍", "没拍"), seed=request.seed, key=str(request.station_id))
            if back == 0 or mood != "拍":
                continue
            photo = take_photo(
                stage.session, stage.blobs, member, request.subject, day,
                seq=stage.next_seq(), now=stage.now, rng=stage.rng,
            )  # fmt: skip
            answered_by(stage.session, photo=photo, now=photo.taken_at + timedelta(minutes=3))
