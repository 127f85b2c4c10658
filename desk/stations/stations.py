"""One station's page: what it is, how it stands clause by clause, and all that was sent of it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, send_file

from desk.frame.access import county_of_desk, may, me
from desk.frame.pages import page
from desk.stations.proposing import waiting_here
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.phone_event import Opening
from server.policy.standard.examine import Finding, Verdict
from server.policy.standard.facts import Word
from server.services.common import history
from server.services.complaints.lists import Wanted as ComplaintsWanted
from server.services.complaints.lists import complaint_lines
from server.services.complaints.rights import may_record
from server.services.days.activity import StationDay, newest_photos, photos_of, station_days
from server.services.inspections.answers import outcome_text
from server.services.inspections.two_words import trust_of
from server.services.inspections.versions import of_stations
from server.services.matters.lists import Wanted as MattersWanted
from server.services.matters.lists import matter_lines
from server.services.matters.rights import sources_open_to
from server.services.mending.lists import rectifications_seen
from server.services.mending.rectifications import OPEN_STATES
from server.services.people.people import names_of
from server.services.people.scope import SEES_ROUNDS, TOWNSHIP, station_for, told_of_secret_visits
from server.services.photos.missing import missing_of
from server.services.photos.photos import photo_for, picture
from server.services.photos.requests import Rate, rates
from server.services.plates.signs import signs_of
from server.services.registry.showcase import live_models
from server.services.registry.stations import station_view
from server.services.registry.venues import venue_kind
from server.services.review.lists import reviews_of_station
from server.services.signals.lists import Wanted, signals_seen
from server.services.standing.open_work import record_statuses
from server.services.standing.standing import standing_of
from server.services.subsidies.lists import Wanted as MoneyWanted
from server.services.subsidies.lists import entitlements_seen, state_said

blueprint = Blueprint("desk_station", __name__, url_prefix="/desk")
guard_desk(blueprint)
DAYS = 30
PHOTO_PAGE = 40
HISTORY_PAGE = 50
HISTORY_ON_STATION = 12
QUESTIONS = 6
MONEY_ON_STATION = 6
COMPLAINTS = 8


def _only_claimed(finding: Finding) -> bool:
    """Passed, but on the word of somebody whose look at the place does not settle it."""
    return (
        finding.verdict is Verdict.PASS
        and finding.level == "shall"
        and finding.rule.settled_by == "on_site"
        and finding.word is not Word.INSPECTOR
    )


def _grouped(findings: Sequence[Finding]) -> list[tuple[str, str, list[Finding]]]:
    """Findings in the order in which somebody would work: flaws, gaps, advice, then the rest."""
    flaws = [one for one in findings if one.counts_against]
    open_ones = [
        one
        for one in findings
        if one.level == "shall"
        and not one.counts_against
        and one.mended_on is None
        and one.verdict in (Verdict.FAIL, Verdict.UNKNOWN)
    ]
    advice = [
        one
        for one in findings
        if one.level != "shall" and one.verdict in (Verdict.FAIL, Verdict.UNKNOWN)
    ]
    claimed = [one for one in findings if _only_claimed(one)]
    good = [
        one
        for one in findings
        if (one.verdict is Verdict.PASS and not _only_claimed(one)) or one.mended_on is not None
    ]
    idle = [one for one in findings if one.verdict is Verdict.NOT_APPLICABLE]
    groups = (
        ("fails", "不符合", flaws),
        ("open", "还说不准（没有证据，或还没有人确认）", open_ones),
        ("claimed", "说是符合，等督导员到场确认", claimed),
        ("good", "符合", good),
        ("advice", "建议项（宜，不影响达标）", advice),
        ("idle", "不适用", idle),
    )
    return [(key, title, found) for key, title, found in groups if found]


def _totals(days: Sequence[StationDay]) -> dict[str, int]:
    counts = [day.count for day in days if day.count is not None]
    return {
        "received": sum(count.received for count in counts),
        "sent": sum(count.sent for count in counts),
        "agri_sent": sum(count.agri_sent for count in counts),
        "days": len(counts),
        "open": sum(1 for day in days if day.check_ins),
        "closed": sum(
            1
            for day in days
            if not day.check_ins and day.opening and day.opening.opening is Opening.CLOSED
        ),
    }


@blueprint.get("/stations/<int:station_id>")
def station(station_id: int) -> Any:
    """The whole station on one page."""
    found = station_for(session(), me(), station_id)
    today = clock.today()
    days = station_days(
        session(), station=found, since=today - timedelta(days=DAYS - 1), until=today
    )
    standing = standing_of(session(), station=found, on=today, standards=standards_here())
    view = station_view(session(), station=found, now=clock.now())
    asked = rates(
        session(),
        county=found.county,
        seen_by=me(),
        since=today - timedelta(days=DAYS - 1),
        until=today,
        now=clock.now(),
    )
    inspections = of_stations(session(), station_ids=[found.id])
    return page(
        "station.html",
        model=found.id in live_models(session(), [found.id]),
        station=found,
        money=entitlements_seen(
            session(),
            county=found.county,
            wanted=MoneyWanted(station_id=found.id),
            seen_by=me(),
        )[:MONEY_ON_STATION],
        state_said=state_said,
        venue_kind=venue_kind(found.venue, county_of_desk()),
        view=view,
        waiting=waiting_here(found) if may(*TOWNSHIP) else [],
        inspections=inspections,
        record_statuses=record_statuses(session(), inspections),
        inspectors=names_of(session(), person_ids=[one.inspector_id for one in inspections]),
        outcome_text=outcome_text,
        mends=rectifications_seen(
            session(),
            county=found.county,
            on=today,
            seen_by=me(),
            station_id=found.id,
            states=OPEN_STATES,
        ),
        matters=matter_lines(
            session(),
            county=found.county,
            on=today,
            seen_by=me(),
            wanted=MattersWanted(choice="all", brought=True, station_id=found.id),
        ),
        complaints=complaint_lines(
            session(),
            county=found.county,
            on=today,
            seen_by=me(),
            wanted=ComplaintsWanted(choice="all", station_id=found.id),
            limit=COMPLAINTS,
        )
        if may(*SEES_ROUNDS)
        else None,
        complaints_most=COMPLAINTS,
        may_record=may_record(session(), me()),
        may_register=bool(sources_open_to(session(), me())),
        reviews=reviews_of_station(session(), seen_by=me(), station_id=found.id),
        trusts=[(keeper, trust_of(session(), person=keeper)) for keeper in view.keepers],
        asked_rate=asked.get(found.id, Rate(0, 0)),
        standing=standing,
        groups=_grouped(standing.findings),
        questions=signals_seen(
            session(),
            seen_by=me(),
            wanted=Wanted(choice="all", station_id=found.id),
            limit=QUESTIONS,
        )
        if may(*SEES_ROUNDS)
        else None,
        newest=newest_photos(session(), station=found, to=me()),
        missing=missing_of(session(), station=found, to=me()),
        days=days,
        totals=_totals(days),
        chart=[
            (day.day_on, day.count.received, day.count.sent)
            if day.count
            else (day.day_on, None, None)
            for day in days
        ],
        signs=signs_of(session(), found.id),
        lines=history.lines(
            session(),
            county=found.county,
            station_id=found.id,
            secret=told_of_secret_visits(me()),
            limit=HISTORY_ON_STATION,
        ),
        standards={one.id: one for one in standards_here()},
    )


@blueprint.get("/stations/<int:station_id>/photos")
def photos(station_id: int) -> Any:
    """All photos of a station, newest first, by subject if asked."""
    found = station_for(session(), me(), station_id)
    subject = request.args.get("subject") or None
    before = _moment(request.args.get("before"))
    shown = photos_of(
        session(), station=found, to=me(), subject=subject, before=before, limit=PHOTO_PAGE + 1
    )
    return page(
        "photos.html",
        station=found,
        shown=shown[:PHOTO_PAGE],
        more=shown[PHOTO_PAGE - 1].photo.taken_at.isoformat() if len(shown) > PHOTO_PAGE else None,
        subject=subject,
    )


def _moment(text: str | None) -> datetime | None:
    """A moment from the address of the next page; nonsense shows the first page."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo and 2000 <= moment.year < 2200 else None


@blueprint.get("/stations/<int:station_id>/history")
def station_history(station_id: int) -> Any:
    """Everything that was ever changed of a station."""
    found = station_for(session(), me(), station_id)
    before = request.args.get("before", type=row_id)
    lines = history.lines(
        session(),
        county=found.county,
        station_id=found.id,
        secret=told_of_secret_visits(me()),
        before=before,
        limit=HISTORY_PAGE + 1,
    )
    return page(
        "history.html",
        station=found,
        lines=lines[:HISTORY_PAGE],
        more=lines[HISTORY_PAGE - 1].id if len(lines) > HISTORY_PAGE else None,
    )


@blueprint.get("/photos/<uuid:photo_id>/<any(thumb, view, drawn):size>")
def photo(photo_id: UUID, size: str) -> Any:
    """A photo for the eyes of whoever may see its station; the original's EXIF stays behind."""
    found = photo_for(session(), me(), photo_id)
    content = picture(session(), current_app.extensions["blobs"], found, size)
    # A renamed station's stamp is another picture of the same bytes.
    tag = hashlib.sha256(content).hexdigest()[:20]
    answer = send_file(BytesIO(content), mimetype="image/jpeg", etag=tag)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
