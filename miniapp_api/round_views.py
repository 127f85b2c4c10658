"""Turns rounds, packages, copies and rectifications into what phones are shown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, g, make_response

from miniapp_api.views import plate_token
from server.http.database import session
from server.http.rulebook import standards_here
from server.models.inspection import Campaign, Inspection
from server.models.phone_event import Subject
from server.models.sign import LIVE_STATES, Sign
from server.policy.hours import hours_lines
from server.policy.rounds.visits import VisitState
from server.policy.standard.examine import Finding, Status
from server.policy.standard.facts import Ownership
from server.services.inspections.answers import waits_for_keeper
from server.services.inspections.copies import InspectionCopy, copy_of
from server.services.mending.lists import RectificationView
from server.services.review.reading_views import ReadingView
from server.services.rounds.packages import Package, PackedStation, registered_name
from server.services.rounds.visits import VisitView, coverage
from server.services.standing.standing import photo_of


def round_brief(campaign: Campaign) -> dict[str, Any]:
    """A round in one line."""
    return {
        "id": campaign.id,
        "period": campaign.period,
        "name": campaign.name,
        "opens_on": campaign.opens_on,
        "due_on": campaign.due_on,
        "closed": campaign.closed_at is not None,
        "demo": campaign.demo,
    }


def round_view(
    campaign: Campaign, views: Sequence[VisitView], plates: Mapping[int, Sequence[Sign]]
) -> dict[str, Any]:
    """A round with its stations; withdrawn ones are left out of the list, not of the totals."""
    covered = coverage(views)
    mine = [one for one in views if one.visit.inspector_id == g.person.id]
    return {
        **round_brief(campaign),
        "totals": {state.value: count for state, count in covered.per_state.items()},
        "townships": [
            {
                "code": township.code,
                "name": township.name,
                "total": township.total,
                "mine": sum(one.township_code == township.code for one in mine),
                "done": sum(
                    count for state, count in township.per_state.items() if state.inspected
                ),
            }
            for township in covered.per_township
        ],
        "visits": [
            _visit_view(one, plates.get(one.station.id, ()))
            for one in views
            if one.state is not VisitState.WITHDRAWN
        ],
    }


def _visit_view(one: VisitView, plates: Iterable[Sign]) -> dict[str, Any]:
    station = one.station
    return {
        "id": one.visit.id,
        "station_id": station.id,
        "code": station.code,
        "name": station.name,
        "level": station.level.value,
        "township_code": one.township_code,
        "township_name": one.township_name,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "head_name": station.head_name,
        "mine": one.visit.inspector_id == g.person.id,
        "inspector_name": one.inspector_name or None,
        "state": one.state.value,
        "state_label": one.state.label,
        "plates": [plate_view(sign) for sign in plates],
        "inspections": [
            {
                "id": seen.id,
                "by": seen.inspector_name,
                "at": seen.finished_at,
                "outcome_label": seen.outcome_label,
            }
            for seen in one.all
        ],
    }


def plate_view(sign: Sign) -> dict[str, Any]:
    """A plate as a phone recognises it offline."""
    return {
        "plate_no": sign.plate_no,
        "state": sign.state.value,
        "live": sign.state in LIVE_STATES,
        "token": plate_token(sign),
    }


def package_view(packed: Package, township: str | None) -> dict[str, Any]:
    """What an inspector takes along."""
    return {
        "campaign": round_brief(packed.campaign) if packed.campaign else None,
        "township": township,
        "standards": packed.standards,
        "form": [
            {
                "code": row.rule.code,
                "clause": row.rule.clause,
                "title": row.rule.title,
                "text": row.rule.text,
                "level": row.rule.level,
                "mend": row.rule.mend,
                "standard_id": row.rule.standard_id,
                "subject": row.subject,
                "asks": [
                    {
                        "fact": ask.fact.name,
                        "title": ask.fact.title,
                        "kind": ask.fact.kind,
                        "yes": ask.fact.yes,
                        "no": ask.fact.no,
                        "unit": ask.unit,
                    }
                    for ask in row.asks
                ],
            }
            for row in packed.form
        ],
        "stations": [_packed_station(one, packed.readings) for one in packed.stations],
        "thumbs": {str(photo_id): text for photo_id, text in packed.thumbs.items()},
    }


def _packed_station(one: PackedStation, read: Mapping[UUID, ReadingView]) -> dict[str, Any]:
    station, facts = one.known.station, one.known.facts
    return {
        "visit_id": one.visit_id,
        "station_id": station.id,
        "code": station.code,
        "name": station.name,
        "level": station.level.value,
        "level_label": station.level.label,
        "ownership_label": Ownership(facts.ownership).label if facts.ownership else "未登记",
        "address": station.address,
        "operator": one.known.operator_name,
        "head_name": station.head_name,
        "head_phone_masked": _masked(station.head_phone),
        "registered_name": registered_name(station),
        "hours_lines": hours_lines(station.hours),
        "latitude": station.latitude,
        "longitude": station.longitude,
        "plates": [plate_view(sign) for sign in one.plates],
        "asked": list(one.asked),
        "findings": [_packed_finding(finding) for finding in one.findings],
        "photos": [
            {
                "id": photo.id,
                "subject": photo.subject,
                "subject_label": Subject(photo.subject).label,
                "day_on": photo.day_on,
                "taken_at": photo.taken_at,
                "reading": read.get(photo.id),
            }
            for photo in one.photos
        ],
        "open_mends": one.mends,
        "last_check_in": one.month.last_check_in_at,
        "counts_30d": {
            "received": one.month.received,
            "sent": one.month.sent,
            "days": one.month.days_counted,
        },
    }


def _packed_finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "verdict": finding.verdict.value,
        "verdict_label": finding.label,
        "word": finding.word.value if finding.word else None,
        "word_label": finding.word.label if finding.word else None,
        "since": finding.since,
        "why": finding.why,
        "photo_id": photo_of(finding),
    }


def copy_here(inspection: Inspection) -> InspectionCopy:
    """An inspection's copy."""
    return copy_of(session(), inspection, standards=standards_here())


def inspection_line(inspection: Inspection, inspector: str, outcome: str) -> dict[str, Any]:
    """An inspection in a list."""
    return {
        "id": inspection.id,
        "station_id": inspection.station_id,
        "day_on": inspection.day_on,
        "inspector_name": inspector,
        "outcome": inspection.outcome.value,
        "outcome_label": outcome,
        "status": Status(inspection.status),
        "fails": inspection.fails,
        "waits_for_you": waits_for_keeper(inspection),
    }


def rectification_view(one: RectificationView) -> dict[str, Any]:
    """A rectification with its way so far."""
    item, station = one.rectification, one.station
    return {
        "id": item.id,
        "clause": item.clause,
        "title": item.title,
        "due_on": item.due_on,
        "state": item.state.value,
        "state_label": one.state_label,
        "station_id": station.id,
        "station_code": station.code,
        "station_name": station.name,
        "township_name": one.township_name,
        "why": item.why,
        "what_to_do": item.what_to_do,
        "subject": item.subject,
        "days_left": one.days_left,
        "overdue": one.overdue,
        "notice": one.notice_text,
        "steps": one.steps,
    }


def paper_answer(content: bytes, name: str) -> Response:
    """A PDF to show or save; private to this person."""
    answer = make_response(content)
    answer.content_type = "application/pdf"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return answer


def _masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else ""
