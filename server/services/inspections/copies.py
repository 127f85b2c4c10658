"""Shows a frozen inspection: what was signed, its copy for the keeper, its versions."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import Conflict, Invalid, NotFound
from server.media.paper.signature import signature_path
from server.models.county import County, Division
from server.models.inspection import Campaign, Inspection, InspectionOutcome, Visit
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.rectification import Rectification, RectificationState
from server.models.station import Station
from server.policy.rounds.visits import ClauseChange, compare
from server.policy.standard.examine import Status, examine, finding_json
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.common import history
from server.services.county.counties import policy_options
from server.services.inspections.values import OUTCOME_LABELS, values_told
from server.services.standing.facts import facts_of

_NEWER = aliased(Inspection)  # made once: building an alias costs more than its query


def what_is_signed(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the signatures stand under, as JSON; `photos` are SHA-256 by photo id."""
    return {
        "id": str(inspection.id),
        "county": inspection.county,
        "visit_id": inspection.visit_id,
        "station": {"id": station.id, "level": station.level.value},
        "inspector_id": inspector.id,
        "version": inspection.version,
        "amends_id": str(inspection.amends_id) if inspection.amends_id else None,
        "amended_because": inspection.amended_because,
        "outcome": inspection.outcome.value,
        "outcome_note": inspection.outcome_note,
        "arrived_at": _moment(inspection.arrived_at),
        "finished_at": _moment(inspection.finished_at),
        "day_on": inspection.day_on.isoformat(),
        "method": inspection.method,
        "sign_id": inspection.sign_id,
        "sign_remark": inspection.sign_remark,
        "position": [inspection.latitude, inspection.longitude, inspection.accuracy_m],
        "answers": inspection.answers,
        "findings": inspection.findings,
        "keeper_findings": inspection.keeper_findings,
        "status": inspection.status,
        "standards": inspection.standards,
        "keeper_name": inspection.keeper_name,
        "inspector_signature": inspection.inspector_signature,
        "keeper_signature": inspection.keeper_signature,
        "photos": dict(photos),
    }


def frozen_hash(
    inspection: Inspection, *, station: Station, inspector: Person, photos: Mapping[str, str]
) -> str:
    """SHA-256 over what is signed, in one canonical spelling."""
    signed = what_is_signed(inspection, station=station, inspector=inspector, photos=photos)
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def frozen_is_whole(session: Session, inspection: Inspection) -> bool:
    """Whether the kept record still hashes to what was frozen on arrival."""
    return inspection.frozen_sha256 == frozen_hash(
        inspection,
        station=session.get_one(Station, inspection.station_id),
        inspector=session.get_one(Person, inspection.inspector_id),
        photos={str(photo.id): photo.sha256 for photo in photos_of(session, inspection)},
    )


def photos_of(session: Session, inspection: Inspection) -> list[Photo]:
    """The inspector's own photos of this visit."""
    return list(
        session.scalars(
            sa.select(Photo)
            .where(Photo.event_id == inspection.id)
            .order_by(Photo.taken_at, Photo.id)
        )
    )


def inspection_of(session: Session, *, county: str, inspection_id: UUID) -> Inspection:
    """An inspection of this county. Raises NotFound inspection-unknown."""
    found = session.scalars(
        sa.select(Inspection).where(Inspection.county == county, Inspection.id == inspection_id)
    ).one_or_none()
    if found is None:
        raise NotFound("inspection-unknown", "没有找到这份督导记录。请返回列表重新选择。")
    return found


def versions_of(session: Session, inspection: Inspection) -> list[Inspection]:
    """All versions of one visit's record, the oldest first."""
    first = inspection
    while first.amends_id is not None:
        first = session.get_one(Inspection, first.amends_id)
    chain = [first]
    while (newer := _newer(session, chain[-1])) is not None:
        chain.append(newer)
    return chain


def ids_so_far(session: Session, inspection: Inspection) -> list[UUID]:
    """This version's id and those of the versions before it, the oldest first."""
    chain = versions_of(session, inspection)
    return [one.id for one in chain if one.version <= inspection.version]


def current(session: Session, inspection: Inspection) -> Inspection:
    """The newest version."""
    return versions_of(session, inspection)[-1]


def of_stations(session: Session, *, station_ids: Iterable[int]) -> list[Inspection]:
    """The newest version of every inspection of these stations, the newest visit first."""
    return list(
        session.scalars(
            sa.select(Inspection)
            .where(
                Inspection.station_id.in_(list(station_ids)),
                ~sa.select(_NEWER.id).where(_NEWER.amends_id == Inspection.id).exists(),
            )
            .order_by(Inspection.finished_at.desc(), Inspection.id)
        )
    )


def waits_for_keeper(inspection: Inspection) -> bool:
    """Whether the keeper has yet to say yes or no on the own phone."""
    return (
        inspection.outcome is InspectionOutcome.TO_CONFIRM
        and inspection.confirmed_at is None
        and inspection.refused_at is None
    )


def to_confirm(session: Session, *, county: str) -> list[Inspection]:
    """Current inspections that wait for their keeper, the longest waiting first."""
    return list(
        session.scalars(
            sa.select(Inspection)
            .where(
                Inspection.county == county,
                Inspection.outcome == InspectionOutcome.TO_CONFIRM,
                Inspection.confirmed_at.is_(None),
                Inspection.refused_at.is_(None),
                ~sa.select(_NEWER.id).where(_NEWER.amends_id == Inspection.id).exists(),
            )
            .order_by(Inspection.received_at, Inspection.id)
        )
    )


def confirm(
    session: Session,
    *,
    inspection: Inspection,
    person: Person,
    agree: bool,
    note: str,
    now: datetime,
) -> None:
    """The keeper's yes or no on the own phone; the frozen record itself does not change.

    Saying the same again is fine. Raises Invalid reason-needed for a no without a reason, Conflict
    inspection-answered-already, inspection-needs-no-answer, inspection-amended-already.
    """
    session.refresh(inspection, with_for_update=True)  # two phones may answer at once
    if inspection.confirmed_at is not None or inspection.refused_at is not None:
        if (inspection.confirmed_at is not None) == agree and inspection.confirmed_by == person.id:
            return
        raise Conflict(
            "inspection-answered-already",
            "这份督导记录已经答复过了，不能再改。如有疑问请找县专班。",
        )
    if inspection.outcome is not InspectionOutcome.TO_CONFIRM:
        raise Conflict("inspection-needs-no-answer", "这份督导记录不用再确认。")
    if _newer(session, inspection) is not None:
        raise Conflict(
            "inspection-amended-already", "这份记录已经更正过了。请打开最新的一版再确认。"
        )
    if not agree and not note.strip():
        raise Invalid("reason-needed", "请写一句为什么不同意。", fields={"note": "请填写"})
    inspection.confirmed_by = person.id
    if agree:
        inspection.confirmed_at = now
    else:
        inspection.refused_at, inspection.refusal = now, note.strip()[:400]
    session.flush()
    history.write(
        session,
        county=inspection.county,
        station_id=inspection.station_id,
        by=person,
        at=now,
        action="inspection-answered",
        summary=f"{person.name}{'确认' if agree else '不同意'}{inspection.day_on}的督导记录",
        reason=note,
    )


def rerun(
    session: Session, *, inspection: Inspection, standards: Iterable[Standard]
) -> list[ClauseChange]:
    """The same visit under other standards, beside what was frozen; nothing is changed (E3).

    Facts are those known of that day, with what the inspectors said in them.
    """
    county = session.get_one(County, inspection.county)
    found = facts_of(
        session,
        county=county,
        on=inspection.day_on,
        options=policy_options(county),
        station_ids=[inspection.station_id],
    )
    anew = [
        finding_json(finding)
        for known in found
        for finding in examine(tuple(standards), known.facts, inspection.day_on)
    ]
    return compare(inspection.findings, anew)


def copy_of(
    session: Session, inspection: Inspection, *, standards: Iterable[Standard]
) -> dict[str, Any]:
    """The whole record as keeper, inspector and office read it; only frozen words in it."""
    station = session.get_one(Station, inspection.station_id)
    campaign = _campaign(session, inspection)
    options = policy_options(session.get_one(County, station.county))
    rows = _rows(session, inspection, options)
    asked = _asked_codes(inspection, standards, options)
    open_codes = [
        row for row in rows if row["code"] in asked and row["code"] not in inspection.answers
    ]
    newer = _newer(session, inspection)
    return {
        "id": inspection.id,
        "version": inspection.version,
        "station": {
            "id": station.id,
            "code": station.code,
            "name": station.name,
            "level": station.level.value,
            "level_label": station.level.label,
            "township_name": _township(session, station),
            "demo": station.demo,
        },
        "campaign": {"id": campaign.id, "period": campaign.period, "name": campaign.name}
        if campaign
        else None,
        "inspector_name": session.get_one(Person, inspection.inspector_id).name,
        "keeper_name": inspection.keeper_name,
        "arrived_at": inspection.arrived_at,
        "finished_at": inspection.finished_at,
        "time_verified": inspection.time_verified,
        "day_on": inspection.day_on,
        "method": inspection.method,
        "sign_remark": inspection.sign_remark,
        "distance_m": inspection.distance_m,
        "outcome": inspection.outcome.value,
        "outcome_label": outcome_text(inspection),
        "outcome_note": inspection.outcome_note,
        "status": Status(inspection.status),
        "fails": inspection.fails,
        "answered": len(inspection.answers),
        "unanswered": [f"{row['clause']}{row['title']}" for row in open_codes],
        "rows": rows,
        "signatures": {
            "inspector": signature_path(inspection.inspector_signature),
            "keeper": signature_path(inspection.keeper_signature),
        },
        "standards": inspection.standards,
        "frozen_sha256": inspection.frozen_sha256,
        "waits_for_you": waits_for_keeper(inspection),
        "confirmed_at": inspection.confirmed_at,
        "refused_at": inspection.refused_at,
        "refusal": inspection.refusal,
        "amends_id": inspection.amends_id,
        "amended_because": inspection.amended_because,
        "newer_id": newer.id if newer else None,
        "mends": [
            {
                "id": one.id,
                "clause": one.clause,
                "title": one.title,
                "due_on": one.due_on,
                "state": one.state.value,
            }
            for one in session.scalars(
                sa.select(Rectification)
                .where(
                    Rectification.inspection_id.in_(ids_so_far(session, inspection)),
                    # What an amendment took back stands on the version that had found it.
                    (Rectification.inspection_id == inspection.id)
                    | (Rectification.state != RectificationState.WITHDRAWN),
                )
                .order_by(Rectification.id)
            )
        ],
    }


def outcome_text(inspection: Inspection) -> str:
    """How the visit ended, with the keeper's later answer in it."""
    if inspection.confirmed_at is not None:
        return "站长已在手机上确认"
    if inspection.refused_at is not None:
        return "站长在手机上表示不同意"
    return OUTCOME_LABELS[inspection.outcome]


def _rows(session: Session, inspection: Inspection, options: CountyOptions) -> list[dict[str, Any]]:
    own_word = {str(one["code"]): one for one in inspection.keeper_findings}
    pictures: dict[str, list[UUID]] = {}
    for photo in photos_of(session, inspection):
        pictures.setdefault(str(photo.phone_notes.get("rule_code")), []).append(photo.id)
    return [
        {
            "code": one["code"],
            "clause": one["clause"],
            "title": one["title"],
            "text": one["text"],
            "level": one["level"],
            "verdict": one["verdict"],
            "verdict_label": one["label"],
            "counts_against": one["counts_against"],
            "word": one["word"],
            "why": one["why"],
            "mend": one["mend"],
            "note": inspection.answers.get(one["code"], {}).get("note", ""),
            "values": values_told(inspection.answers.get(one["code"], {}), options),
            "keeper_verdict_label": Verdict(own_word[one["code"]]["verdict"]).label
            if one["code"] in own_word
            else "",
            "photo_ids": pictures.get(str(one["code"]), []),
        }
        for one in inspection.findings
        if one["verdict"] != Verdict.NOT_APPLICABLE
    ]


def _asked_codes(
    inspection: Inspection, standards: Iterable[Standard], options: CountyOptions
) -> set[str]:
    """The rules that were to be answered on the spot."""
    used = {str(one["id"]) for one in inspection.standards}
    return {
        rule.code
        for standard in standards
        if standard.id in used
        for rule in standard.rules
        if rule.level != "may" and asked_of(rule, options)
    }


def _newer(session: Session, inspection: Inspection) -> Inspection | None:
    return session.scalars(
        sa.select(Inspection).where(Inspection.amends_id == inspection.id)
    ).one_or_none()


def _campaign(session: Session, inspection: Inspection) -> Campaign | None:
    if inspection.visit_id is None:
        return None
    return session.scalars(
        sa.select(Campaign)
        .join(Visit, Visit.campaign_id == Campaign.id)
        .where(Visit.id == inspection.visit_id)
    ).one()


def _township(session: Session, station: Station) -> str:
    if station.township_code is None:
        return ""
    return session.get_one(Division, station.township_code).name


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
