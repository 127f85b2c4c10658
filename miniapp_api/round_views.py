"""Turns rounds, packages, copies and rectifications into what phones are shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, g, make_response

from miniapp_api.reading_rows import Beside
from miniapp_api.views import photo_view, plate_token
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.rulebook import standards_here
from server.models.inspection import Campaign, Inspection
from server.models.sign import LIVE_STATES, Sign
from server.papers.kept import record_paper
from server.policy.hours import hours_lines
from server.policy.masking import masked_number
from server.policy.rounds.visits import VisitState
from server.policy.standard.examine import Finding, Status, finding_json
from server.policy.standard.facts import Ownership
from server.services.inspections.answers import outcome_text, waits_for_keeper
from server.services.inspections.copies import InspectionCopy, copy_of
from server.services.inspections.kept_papers import kept_paper, since_said, stage_of, station_said
from server.services.mending.lists import RectificationView
from server.services.review.reading_views import ReadingView
from server.services.rounds.packages import Package, PackedStation, registered_name
from server.services.rounds.visits import VisitView, coverage
from server.services.standing.standing import photo_of


def round_view(
    campaign: Campaign, views: Sequence[VisitView], plates: Mapping[int, Sequence[Sign]]
) -> Beside:
    """A round with its stations; withdrawn ones are left out of the list, not of the totals."""
    covered = coverage(views)
    mine = [one for one in views if one.visit.inspector_id == g.person.id]
    return Beside(
        campaign,
        totals=covered.per_state,
        townships=[
            Beside(
                township,
                mine=sum(one.township_code == township.code for one in mine),
                done=sum(count for state, count in township.per_state.items() if state.inspected),
            )
            for township in covered.per_township
        ],
        visits=[
            Beside(
                one.station,
                one,
                mine=one.visit.inspector_id == g.person.id,
                inspector_name=one.inspector_name or None,
                plates=[plate_view(sign) for sign in plates.get(one.station.id, ())],
            )
            for one in views
            if one.state is not VisitState.WITHDRAWN
        ],
    )


def plate_view(sign: Sign) -> Beside:
    """A plate as a phone recognises it offline."""
    return Beside(sign, live=sign.state in LIVE_STATES, token=plate_token(sign))


def package_view(packed: Package, township: str | None) -> Beside:
    """What an inspector takes along."""
    stations = [_packed_station(one, packed.readings) for one in packed.stations]
    return Beside(
        packed,
        township=township,
        stations=stations,
        inspector=g.person.name,
        options={"about_percent": packed.options.about_percent, **packed.presence},
    )


def _packed_station(one: PackedStation, read: Mapping[UUID, ReadingView]) -> Beside:
    station, ownership = one.known.station, one.known.facts.ownership
    return Beside(
        station,
        one,
        ownership_label=Ownership(ownership).label if ownership else "未登记",
        head_phone_masked=station.head_phone and masked_number(station.head_phone),
        registered_name=registered_name(station),
        hours_lines=hours_lines(station.hours),
        plates=[plate_view(sign) for sign in one.plates],
        findings=[_packed_finding(finding) for finding in one.findings],
        keeper_findings=[finding_json(finding) for finding in one.own_word],
        photos=[photo_view(photo, reading=read.get(photo.id)) for photo in one.photos],
    )


def _packed_finding(finding: Finding) -> dict[str, Any]:
    return {
        **finding_json(finding),
        "verdict_label": finding.label,
        "word_label": finding.word_label,
        "photo_id": photo_of(finding),
    }


def copy_here(inspection: Inspection) -> InspectionCopy:
    """An inspection's copy."""
    return copy_of(session(), inspection, standards=standards_here())


def inspection_line(inspection: Inspection, inspector: str, status: Status) -> Beside:
    """An inspection in a list."""
    return Beside(
        inspection,
        inspector_name=inspector,
        outcome_label=outcome_text(inspection),
        status=status,
        waits_for_you=waits_for_keeper(inspection),
    )


def rectification_view(one: RectificationView) -> Beside:
    """A rectification with its way so far."""
    return Beside(one.rectification, one)


def paper_of(inspection: Inspection) -> bytes:
    """A record on paper as kept; made now where nobody has asked for it yet."""
    found = kept_paper(session(), of=inspection, stage=stage_of(inspection), kind="pdf")
    if found is not None:
        return found
    with own_write():  # a reader cannot become a writer (decision 0004)
        return record_paper(
            session(),
            inspection=inspection,
            standards=standards_here(),
            now=clock.now(),
            font_dir=settings_of().font_dir,
        )


def paper_name(inspection: Inspection) -> str:
    """What a record's paper is called: its day, its version, and what has become of it."""
    version = f"第{inspection.version}版" if inspection.version > 1 else ""
    of = station_said(session(), inspection)
    return f"督导记录-{of}-{inspection.day_on}{version}{since_said(session(), inspection)}"


def paper_answer(content: bytes, name: str) -> Response:
    """A PDF to show or save; private to this person."""
    answer = make_response(content)
    answer.content_type = "application/pdf"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return answer
