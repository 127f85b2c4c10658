"""Takes in an inspector's visit once: works the form through, freezes it, draws what follows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.county import County
from server.models.inspection import Campaign, Counted, Inspection, InspectionOutcome, Visit
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.models.station import Station
from server.policy.drawings import FrozenDrawing, drawings_in
from server.policy.standard.examine import Finding
from server.policy.standard.facts import StationFacts
from server.policy.standard.frozen import Entered
from server.policy.standard.inspection_form import Heard, hear, on_keepers_word
from server.policy.standard.signed_text import text_sha256
from server.policy.standard.standards import Standard, standards_for
from server.services.common import history
from server.services.common.moments import Moment
from server.services.common.phone_items import AnnouncedPhoto, InspectionEntry
from server.services.common.written import cut
from server.services.county.counties import policy_options
from server.services.days.check_ins import distance_to
from server.services.inspections.freezing import as_signed, frozen_hash
from server.services.inspections.register_words import register_words, words_frozen
from server.services.inspections.values import asked_codes
from server.services.intake import double_records
from server.services.intake.actions import IntakeAction
from server.services.intake.inspection_effects import sayings_of, settle, withheld
from server.services.intake.inspection_entries import (
    amended_version,
    answers_of,
    refuse_incomplete,
    visit_of,
)
from server.services.intake.presence import marks_on_arrival, presence_of
from server.services.intake.signed_documents import frozen
from server.services.people.colleagues import second_inspector
from server.services.people.scope import EVERYBODY
from server.services.plates.scans import read_scan
from server.services.rounds.campaigns import standards_of
from server.services.standing.facts import facts_of
from server.services.standing.open_work import record_statuses


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an inspection arrives with besides its own content."""

    ring: Sequence[tuple[str, bytes]]
    standards: Sequence[Standard]
    arrived: Moment
    finished: Moment
    photos: tuple[AnnouncedPhoto, ...]


def keep_inspection(
    session: Session,
    *,
    event: PhoneEvent,
    station: Station,
    entry: InspectionEntry,
    by: Person,
    receipt: Receipt,
) -> Inspection:
    """Keep one visit, frozen, with its statements, disagreements and rectifications.

    A plate that is not this station's is a remark on the record, never a reason to lose the visit.
    An amendment, whenever it is made, speaks of the day of the visit: it keeps its moments.
    Raises Invalid (visit-unknown, inspection-rule-unknown, signature-missing, signature-too-big,
    reason-needed, inspection-unknown, fact-value-invalid) and Conflict
    (inspection-amended-already).
    """
    outcome = InspectionOutcome(entry.outcome)
    refuse_incomplete(entry, outcome)
    amended = amended_version(session, entry, by, station)
    visit, campaign = visit_of(session, entry, station, amended)
    second = (
        second_inspector(session, first=by, person_id=entry.second_inspector_id)
        if entry.second_inspector_id is not None
        else None
    )
    county = session.get_one(County, station.county)
    day = amended.day_on if amended else receipt.finished.day_on
    standards = (
        standards_of(campaign, receipt.standards)
        if campaign
        else standards_for(receipt.standards, day, county.code, county.standard_id)
    )
    answers = answers_of(entry.answers, standards)
    if outcome is InspectionOutcome.CLOSED_DOOR:
        heard, own_word = Heard([], {}, {}), list[Finding]()
    else:
        facts = _facts(session, county, station, day)
        heard = hear(standards, facts, answers, on=day, photos=_photo_references(receipt.photos))
        own_word = on_keepers_word(standards, facts, day)
    photos = _photo_hashes(receipt.photos)
    what = frozen(
        entry,
        id=event.id,
        station=station,
        by=by,
        heard=heard,
        own_word=own_word,
        answers=answers,
        standards=standards,
        photos=photos,
        drawings=_drawings(receipt.photos),
        published=receipt.standards,
        options=policy_options(county),
        day=day,
    )
    seen_at = amended.finished_at if amended else receipt.finished.at
    method, sign_id, remark = _plate(session, entry, station, receipt, seen_at)
    inspection = Inspection(
        id=event.id,
        county=station.county,
        visit_id=visit.id if visit else None,
        station_id=station.id,
        inspector_id=by.id,
        version=amended.version + 1 if amended else 1,
        amends_id=amended.id if amended else None,
        amended_because=entry.amended_because.strip() if amended else "",
        outcome=outcome,
        outcome_note=entry.outcome_note.strip(),
        arrived_at=amended.arrived_at if amended else receipt.arrived.at,
        finished_at=amended.finished_at if amended else receipt.finished.at,
        time_verified=amended.time_verified
        if amended
        else receipt.arrived.verified
        and receipt.finished.verified
        and receipt.arrived.at <= receipt.finished.at,
        day_on=day,
        received_at=event.received_at,
        method=method,
        sign_id=sign_id,
        sign_remark=remark,
        latitude=round(entry.position.latitude, 6) if entry.position else None,
        longitude=round(entry.position.longitude, 6) if entry.position else None,
        accuracy_m=entry.position.accuracy_m if entry.position else None,
        distance_m=distance_to(station, entry.position),
        answers=_entered(entry),
        findings=what.findings,
        keeper_findings=what.keeper_findings,
        status=what.status.value,
        fails=what.fails,
        document=entry.document,
        document_sha256=None if entry.document is None else text_sha256(entry.document),
        signed_how=what.how,
        differences=what.differences,
        differing=len(what.differences),
        standards=[{"id": one.id, "name": one.name, "sha256": one.sha256} for one in standards],
        keeper_name=entry.keeper_name.strip(),
        witness_name=(entry.witness_name or "").strip() if entry.keeper_signature else "",
        presence=amended.presence if amended else presence_of(station, entry),
        inspector_signature=list(entry.inspector_signature),
        keeper_signature=list(entry.keeper_signature),
        second_inspector_id=second.id if second else None,
        second_signature=list(entry.second_signature or []) if second else None,
        content_sha256=event.content_sha256,
        frozen_sha256="",
        demo=station.demo,
    )
    inspection.marks = marks_on_arrival(
        inspection,
        campaign=campaign,
        county=county,
        amended=amended,
        pictures=len(receipt.photos),
    )
    inspection.as_signed = as_signed(
        inspection,
        signed=what.signed,
        station=words_frozen(amended) if amended else None,
        register=register_words(session, station),
        inspector=by,
        second=second.name if second else "",
        campaign=campaign,
        photos=photos,
        drawings=_drawings(receipt.photos),
        asked=asked_codes(standards, policy_options(county)),
        options=policy_options(county),
    )
    inspection.frozen_sha256 = frozen_hash(inspection, station=station, inspector=by, photos=photos)
    beside = double_records.met_by(session, inspection, station=station, amended=amended)
    sayings = sayings_of(inspection, heard.said)
    if outcome is InspectionOutcome.COVERT:
        inspection.counted = Counted.APART
        inspection.withheld = withheld(sayings)
    elif beside is not None or (amended and amended.counted is not Counted.YES):
        inspection.counted = amended.counted if amended and not beside else Counted.WAITS
        inspection.withheld = withheld(sayings)
    session.add(inspection)
    session.flush()
    if beside is not None:
        double_records.ask(session, inspection=inspection, beside=beside, now=event.received_at)
    if inspection.counted is Counted.YES:
        settle(
            session,
            inspection=inspection,
            sayings=sayings,
            standards=standards,
            by=by,
            amended=amended,
            now=event.received_at,
        )
    state = record_statuses(session, [inspection])[inspection.id]
    history.write(
        session,
        of=station,
        by=by,
        at=event.received_at,
        action=IntakeAction.INSPECTION_AMENDED if amended else IntakeAction.INSPECTION_RECEIVED,
        summary=f"{day} {outcome.label}，{state.label}"
        + (f"，{inspection.fails}条不符合" if inspection.fails else "")
        + (f"（第{inspection.version}版）" if amended else "")
        + ("" if inspection.counted is Counted.YES else f"（{inspection.counted.label}）"),
        reason=inspection.amended_because,
    )
    return inspection


def what_to_tell(session: Session, inspection: Inspection) -> str | None:
    """What the inspector should know after handing in: who else was there, where it does not count.

    Worked out anew each time, so that a lost answer is not a lost message.
    """
    told = list(double_records.told_of(session, inspection))
    told += [
        f"{period} {name}里也有这个站点，还没有人查；这一次不在轮次里，不算那一轮的结果。"
        "要算进去，请从那一轮的名单里进站再查"
        for period, name in _rounds_passed_by(session, inspection)
    ]
    return "。".join(told) + "。" if told else None


def _rounds_passed_by(session: Session, inspection: Inspection) -> Iterable[tuple[str, str]]:
    """Rounds under way on the day of a visit outside any, in which nobody has been there yet."""
    if inspection.visit_id is not None:
        return []
    seen = sa.select(Inspection.id).where(Inspection.visit_id == Visit.id).exists()
    return session.execute(
        sa.select(Campaign.period, Campaign.name)
        .join(Visit, Visit.campaign_id == Campaign.id)
        .where(
            Visit.station_id == inspection.station_id,
            Visit.withdrawn_at.is_(None),
            Campaign.closed_at.is_(None),
            Campaign.opens_on <= inspection.day_on,
            ~seen,
        )
        .order_by(Campaign.period, Campaign.id)
    ).all()


def _facts(session: Session, county: County, station: Station, day: date) -> StationFacts:
    [known] = facts_of(
        session,
        county=county,
        on=day,
        options=policy_options(county),
        seen_by=EVERYBODY,
        station_ids=[station.id],
        closed_too=True,
    )
    return known.facts


def _plate(
    session: Session, entry: InspectionEntry, station: Station, receipt: Receipt, seen_at: datetime
) -> tuple[str, int | None, str]:
    """How the station was recognised, the plate, and what is odd about it."""
    try:
        scan = read_scan(
            session,
            text=entry.text,
            ring=receipt.ring,
            county=station.county,
            now=seen_at,
            then=seen_at,
        )
    except Problem as problem:
        return entry.method, None, cut(problem.message, Inspection.sign_remark)
    method = entry.method if scan.method == "scan" else "typed"
    sign_id = scan.sign.id if scan.sign and scan.method == "scan" else None
    if scan.station.id != station.id:
        return method, sign_id, f"扫到的是{scan.station.name}的标识牌，不是本站的。"
    return method, sign_id, ""


def _photo_references(photos: Iterable[AnnouncedPhoto]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for photo in photos:
        code = (photo.notes or {}).get("rule_code")
        if isinstance(code, str):
            found[code].append(f"photo:{photo.id}")
    return found


def _entered(entry: InspectionEntry) -> dict[str, Entered]:
    """What was entered, by rule, as it was sent."""
    return {
        str(one["rule"]): cast(
            "Entered", {name: value for name, value in one.items() if name != "rule"}
        )
        for one in entry.answers
    }


def _drawings(photos: Iterable[AnnouncedPhoto]) -> dict[str, list[FrozenDrawing]]:
    """What is drawn on the photos, by photo; only those that have something on them."""
    found = {str(photo.id): [one.json for one in drawings_in(photo.notes)] for photo in photos}
    return {photo_id: drawn for photo_id, drawn in found.items() if drawn}


def _photo_hashes(photos: Iterable[AnnouncedPhoto]) -> dict[str, str]:
    return {str(photo.id): photo.sha256 for photo in photos}
