"""The demonstration's inspectors and keepers at work: one visit, one answer to a rectification."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.models.phone_event import PhoneEvent
from server.models.rectification import Rectification
from server.policy.plan.nouns import Programme
from server.policy.standard.facts import Level
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule, Standard, standards_for
from server.services.common.moments import Moment
from server.services.common.phone_items import (
    InspectionEntry,
    PhoneItem,
    Position,
    RectificationEntry,
)
from server.services.demo.cast import DemoCast, Member
from server.services.demo.days import drawn_photo, keep_photos, phone_event
from server.services.demo.signed_texts import signed_text
from server.services.intake.inspection_receipt import Receipt, keep_inspection
from server.services.mending import rectifications
from server.services.rounds.campaigns import standards_of

TrueThings = Mapping[int, Mapping[str, Any]]


@dataclass
class Stage:
    """What every scene of the rounds needs."""

    session: Session
    blobs: BlobStore
    cast: DemoCast
    true: TrueThings
    standards: tuple[Standard, ...]
    options: CountyOptions
    now: datetime
    rng: random.Random
    programme: Programme | None
    seq: int = 2000

    def next_seq(self) -> int:
        """The next number of the inspector's or keeper's phone."""
        self.seq += 1
        return self.seq


def inspect(
    stage: Stage,
    member: Member,
    visit: Visit | None,
    day: date,
    turn: int,
    *,
    outcome: InspectionOutcome = InspectionOutcome.SIGNED,
    without: str | None = None,
    pictured: bool = False,
    hour: int | None = None,
) -> Inspection:
    """王督导's visit of that day, received the same evening.

    `turn` tells the hour, one of a day's six, unless `hour` does. `without` is a fact not true
    yet; no `visit` is one outside rounds (日常检查).
    """
    inspector, rng = stage.cast.inspector, stage.rng
    arrived = wall_time(day, hour or 9 + turn % 6, 5 + rng.randint(0, 20))
    finished = arrived + timedelta(minutes=rng.randint(12, 30))
    true = {**stage.true[member.station.id]}
    if without:
        true[without] = False
    shut = outcome is InspectionOutcome.CLOSED_DOOR
    answers = [] if shut else [_answer(one, true, stage.options) for one in _form(stage, member)]
    failed = next((one["rule"] for one in answers if one["verdict"] == "fail"), None)
    pictures = (
        (
            drawn_photo(
                stage.blobs, member.station, "interior", arrived, rng,
                shown_as="clause", rule_code=failed,
            ),
        )
        if failed and pictured
        else ()
    )  # fmt: skip
    signs = outcome in (InspectionOutcome.SIGNED, InspectionOutcome.TO_CONFIRM)
    entry = InspectionEntry(
        arrived_at=arrived,
        finished_at=finished,
        method="typed",
        text=member.station.code or "",
        outcome=outcome.value,
        visit_id=visit.id if visit else None,
        position=_position(member, rng),
        answers=answers,
        outcome_note=_note(outcome),
        keeper_name="" if shut else member.keeper.name,
        inspector_signature=_strokes(rng) if not shut else [],
        keeper_signature=_strokes(rng) if outcome is InspectionOutcome.SIGNED and signs else [],
    )
    row = phone_event(
        member, entry, at=finished, day=day, seq=stage.next_seq(), rng=rng, photos=pictures,
        by=inspector,
    )  # fmt: skip
    campaign = stage.session.get_one(Campaign, visit.campaign_id) if visit else None
    county = stage.session.get_one(County, member.station.county)
    text = signed_text(
        stage.session,
        entry,
        id=row["id"],
        station=member.station,
        campaign=campaign,
        by=inspector,
        standards=standards_of(campaign, stage.standards)
        if campaign
        else standards_for(stage.standards, day, county.code, county.standard_id),
        photos=pictures,
        day=day,
    )
    entry = replace(entry, document=text)
    item = PhoneItem(row["id"], member.station.id, finished, entry, pictures, row["device_seq"], 0)
    row |= {"payload": item.payload, "content_sha256": item.content_sha256}
    row["received_at"] = wall_time(day, 19, turn % 60)
    stage.session.execute(sa.insert(PhoneEvent), [row])
    event = stage.session.get_one(PhoneEvent, row["id"])
    kept = keep_inspection(
        stage.session,
        event=event,
        station=member.station,
        entry=entry,
        by=inspector,
        receipt=Receipt(
            ring=(),
            standards=stage.standards,
            arrived=Moment(arrived, verified=True),
            finished=Moment(finished, verified=True),
            photos=pictures,
        ),
    )
    keep_photos(stage.session, row, pictures, now=stage.now)
    return kept


def _note(outcome: InspectionOutcome) -> str:
    if outcome is InspectionOutcome.REFUSED:
        return "站长说货架当天借给村里办活动，不同意签字"
    return "敲门没有人，电话没有接通" if outcome is InspectionOutcome.CLOSED_DOOR else ""


def _position(member: Member, rng: random.Random) -> Position | None:
    """A fix at the station's door."""
    station = member.station
    if station.latitude is None or station.longitude is None:
        return None
    return Position(
        round(station.latitude + rng.gauss(0, 0.0002), 6),
        round(station.longitude + rng.gauss(0, 0.0002), 6),
        round(rng.uniform(6, 30), 1),
        1.0,
    )


def _form(stage: Stage, member: Member) -> list[Rule]:
    """The rules that the inspector's phone would ask for at this station."""
    station = member.station
    level, owner = station.level, station.ownership
    return [
        rule
        for standard in stage.standards
        for rule in standard.rules
        if rule.level != "may"
        and level in rule.applies_to
        and (not rule.ownership or (owner is not None and owner in rule.ownership))
        and asked_of(rule, stage.options)
    ]


def _answer(rule: Rule, true: Mapping[str, Any], options: CountyOptions) -> dict[str, Any]:
    """One tap with the values behind it; what is not there to be seen stays open."""
    facts = asked_of(rule, options)
    seen = {fact.name: true[fact.name] for fact in facts if fact.name in true}
    verdict, note = "pass", ""
    if len(seen) < len(facts):
        verdict, seen = "unknown", {}
    elif any(value is False for value in seen.values()):
        verdict, note = "fail", "现场没有看到"
    elif seen.get("floor_area_m2") == "9" and Level.VILLAGE_POINT not in rule.applies_to:
        verdict, note = "fail", "卷尺量过，9平方米"
    elif Level.VILLAGE_POINT in rule.applies_to and not _about_right(seen.get("floor_area_m2")):
        note = "村里的房子就这么大，放得下"  # against the measure, with the reason
    return {"rule": rule.code, "verdict": verdict, "values": seen, "note": note}


def _about_right(area: str | None) -> bool:
    """5—10平方米左右, with the tenth that a county calls 左右."""
    return area is None or 4.5 <= float(area) <= 11


def show_mended(stage: Stage, member: Member, one: Rectification, day: date) -> None:
    """The keeper answers a rectification with a picture."""
    at = wall_time(day, 12, stage.rng.randint(0, 50))
    picture = drawn_photo(
        stage.blobs, member.station, one.subject or "interior", at, stage.rng,
        shown_as=one.subject or "mend",
    )  # fmt: skip
    entry = RectificationEntry(one.id, "已经照着改了")
    row = phone_event(
        member, entry, at=at, day=day, seq=stage.next_seq(), rng=stage.rng, photos=(picture,)
    )
    row["received_at"] = at + timedelta(minutes=2)
    stage.session.execute(sa.insert(PhoneEvent), [row])
    keep_photos(stage.session, row, (picture,), now=stage.now)
    rectifications.answer(
        stage.session,
        rectification_id=one.id,
        station=member.station,
        photo_ids=[picture.id],
        note=entry.note,
        by=member.keeper,
        now=row["received_at"],
    )


def _strokes(rng: random.Random) -> list[list[list[int]]]:
    """Something like a name written with a finger, in a box of 600 x 200."""
    strokes, x = [], 70
    for _ in range(rng.randint(5, 8)):
        points = [[x + rng.randint(-8, 8), rng.randint(40, 90)]]
        for _ in range(rng.randint(3, 6)):
            last = points[-1]
            points.append(
                [last[0] + rng.randint(-6, 26), min(max(last[1] + rng.randint(-38, 44), 20), 180)]
            )
        strokes.append(points)
        x += rng.randint(46, 74)
    return strokes


def wall_time(day: date, hour: int, minute: int = 0) -> datetime:
    """A Beijing wall time as a moment."""
    return datetime.combine(day, time(hour, minute), BEIJING).astimezone(UTC)
