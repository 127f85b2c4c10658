"""Writes the text that an inspector's phone writes for both to sign, for visits made up here."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import Campaign, InspectionOutcome
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.examine import Finding, Status, finding_json, status
from server.policy.standard.inspection_form import Heard, hear, on_keepers_word
from server.policy.standard.signed_text import SHAPE
from server.policy.standard.standards import Standard
from server.services.common.phone_items import AnnouncedPhoto, InspectionEntry
from server.services.county.counties import policy_options
from server.services.inspections.register_words import register_words
from server.services.inspections.values import values_told
from server.services.intake.inspection_entries import answers_of
from server.services.people.scope import EVERYBODY
from server.services.standing.facts import facts_of


def signed_text(
    session: Session,
    entry: InspectionEntry,
    *,
    id: UUID,
    station: Station,
    campaign: Campaign | None,
    by: Person,
    standards: Sequence[Standard],
    photos: Sequence[AnnouncedPhoto],
    day: date,
) -> str:
    """The text in the one spelling: keys sorted, no blanks (`miniapp/core/document.js`)."""
    county = session.get_one(County, station.county)
    options = policy_options(county)
    [known] = facts_of(
        session,
        county=county,
        on=day,
        options=options,
        seen_by=EVERYBODY,
        station_ids=[station.id],
        closed_too=True,
    )
    shut = entry.outcome == InspectionOutcome.CLOSED_DOOR.value
    heard, own_word = Heard([], {}, {}), list[Finding]()
    if not shut:
        heard = hear(
            standards,
            known.facts,
            answers_of(entry.answers, standards),
            on=day,
            photos=_references(photos),
        )
        own_word = on_keepers_word(standards, known.facts, day)
    findings = [finding_json(one) for one in heard.findings]
    text: dict[str, Any] = {
        "shape": SHAPE,
        "id": str(id),
        "station": register_words(session, station),
        "visit_id": entry.visit_id,
        "round": f"{campaign.period} {campaign.name}" if campaign else "",
        "inspector": by.name,
        "inspector_id": by.id,
        "arrived_at": entry.arrived_at.astimezone(UTC).isoformat(),
        "day_on": day.isoformat(),
        "method": entry.method,
        "text": entry.text,
        "plate_remark": "",
        "position": [
            entry.position.latitude,
            entry.position.longitude,
            entry.position.accuracy_m,
        ]
        if entry.position
        else None,
        "package": {
            "taken_on": day.isoformat(),
            "standards": [
                {"id": one.id, "name": one.name, "sha256": one.sha256} for one in standards
            ],
        },
        "answers": [_answer(one, heard, options) for one in entry.answers],
        "findings": findings,
        "keeper_findings": [_short(finding_json(one)) for one in own_word],
        "status": (status(heard.findings) if findings else Status.NOT_ASSESSED).value,
        "fails": sum(one["counts_against"] for one in findings),
        "unanswered": [],
        "photos": {str(one.id): one.sha256 for one in photos},
        "keeper_name": entry.keeper_name,
        "amends_id": str(entry.amends_id) if entry.amends_id else None,
        "amended_because": entry.amended_because,
    }
    return canonical(text)


def canonical(text: Mapping[str, Any]) -> str:
    """JSON as the phone spells it."""
    return json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _answer(one: Mapping[str, Any], heard: Heard, options: Any) -> dict[str, Any]:
    doubt = heard.doubts.get(str(one["rule"]), "")
    return {
        "rule": one["rule"],
        "verdict": one["verdict"],
        "values": dict(one.get("values") or {}),
        "values_told": [[told.fact, told.title, told.text] for told in values_told(one, options)],
        "note": one.get("note") or "",
        "doubt": doubt,
        "insisted": bool(doubt),
    }


def _short(finding: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "verdict", "label", "why", "since", "word", "evidence")
    return {name: finding[name] for name in names}


def _references(photos: Sequence[AnnouncedPhoto]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for photo in photos:
        code = (photo.notes or {}).get("rule_code")
        if isinstance(code, str):
            found.setdefault(code, []).append(f"photo:{photo.id}")
    return found
