"""A round's result in figures: live, compared with an earlier round, frozen when it goes up."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.inspection import Campaign, Inspection, RoundReport, Visit
from server.models.person import Person
from server.policy.examine import Status
from server.policy.rounds import CHANGE_LABELS, VisitState, compare
from server.services import history
from server.services.moments import beijing_day
from server.services.visits import VisitView, visit_views

WORTH_TELLING = ("mended", "still_failing", "newly_failing")
CHANGES_TOLD = 50


def figures(session: Session, *, campaign: Campaign, on: date) -> dict[str, Any]:
    """Per county, township, station and clause, as of a Beijing day; three queries.

    Plain JSON, so that it can be frozen as it is. Only what counts for each visit is in it (see
    `visits.VisitView.result`); `others` names how many further inspections a station has.
    """
    views = [
        one
        for one in visit_views(session, campaign=campaign, on=on)
        if one.state is not VisitState.WITHDRAWN
    ]
    findings = _findings(session, [one.result.id for one in views if one.result])
    townships: dict[str, list[VisitView]] = {}
    for one in views:
        townships.setdefault(one.township_code or "", []).append(one)
    return {
        "campaign": {
            "id": campaign.id,
            "period": campaign.period,
            "name": campaign.name,
            "opens_on": campaign.opens_on.isoformat(),
            "due_on": campaign.due_on.isoformat(),
            "sample": campaign.sample.value,
            "seed": campaign.seed,
            "drawn_from": campaign.drawn_from,
            "standards": campaign.standards,
        },
        "totals": _totals(views),
        "townships": [
            {"code": code, "name": members[0].township_name, **_totals(members)}
            for code, members in townships.items()
        ],
        "stations": [_station_row(one, findings) for one in views],
        "clauses": _clause_rows(findings),
    }


def comparison(
    session: Session, *, campaign: Campaign, earlier: Campaign, on: date
) -> dict[str, Any]:
    """Clause by clause, station by station, against an earlier round; only frozen verdicts.

    Stations that only one of the rounds has inspected are counted apart.
    """
    now = _results(session, campaign, on)
    then = _results(session, earlier, on)
    findings = _findings(
        session, [one.result.id for one in (*now.values(), *then.values()) if one.result]
    )
    stations: list[dict[str, Any]] = []
    clauses: dict[str, dict[str, Any]] = {}
    for station_id, view in now.items():
        before = then.get(station_id)
        if before is None or before.result is None or view.result is None:
            continue
        changes = compare(findings[before.result.id], findings[view.result.id])
        for change in changes:
            row = clauses.setdefault(
                change.code,
                {
                    "code": change.code,
                    "clause": change.clause,
                    "title": change.title,
                    "level": change.level,
                    **dict.fromkeys(CHANGE_LABELS, 0),
                },
            )
            row[change.kind] += 1
        stations.append(
            {
                "station_id": station_id,
                "code": view.station.code,
                "name": view.station.name,
                "township": view.township_name,
                "before": Status(before.result.status).label,
                "after": Status(view.result.status).label,
                **{
                    kind: [
                        f"{one.clause}{one.title}"
                        for one in changes
                        if one.kind == kind and one.level == "shall"
                    ]
                    for kind in WORTH_TELLING
                },
            }
        )
    return {
        "earlier": {"period": earlier.period, "name": earlier.name},
        "stations": stations,
        "clauses": list(clauses.values()),
        "only_now": len(now.keys() - then.keys()),
        "only_then": len(then.keys() - now.keys()),
    }


def report(
    session: Session,
    *,
    campaign: Campaign,
    reported_to: str,
    by: Person,
    now: datetime,
    because: str = "",
) -> RoundReport:
    """Record that the result went up, with its figures frozen; a further one is a new version.

    Raises Invalid reported-to-missing, reason-needed (from the second version on), and Conflict
    report-same when nothing has changed since and it goes to the same office.
    """
    reported_to = reported_to.strip()
    if not 1 <= len(reported_to) <= 80:
        raise Invalid(
            "reported-to-missing",
            "请写明报给哪个单位，最多80个字。",
            fields={"reported_to": "请填写"},
        )
    content = figures(session, campaign=campaign, on=beijing_day(now))
    digest = figures_hash(content)
    earlier = reports_of(session, campaign=campaign)
    if earlier:
        last = earlier[0]
        if last.figures_sha256 == digest and last.reported_to == reported_to:
            raise Conflict(
                "report-same", f"同样的结果已于{beijing_day(last.reported_at)}报给{reported_to}。"
            )
        if not because.strip():
            raise Invalid(
                "reason-needed",
                "这一轮已经报过。再报一次请写明原因。",
                fields={"because": "请填写"},
            )
    made = RoundReport(
        county=campaign.county,
        campaign_id=campaign.id,
        version=earlier[0].version + 1 if earlier else 1,
        figures=content,
        figures_sha256=digest,
        reported_to=reported_to,
        reported_at=now,
        reported_by=by.id,
        because=because.strip()[:400],
    )
    session.add(made)
    session.flush()
    totals = content["totals"]
    history.write(
        session,
        county=campaign.county,
        station_id=None,
        by=by,
        at=now,
        action="round-reported",
        summary=f"{campaign.period} {campaign.name}第{made.version}版报{reported_to}："
        f"{totals['total']}个站点，已查{totals['inspected']}，达标{totals['meets']}，"
        f"不达标{totals['fails']}",
        reason=because,
    )
    return made


def reports_of(session: Session, *, campaign: Campaign) -> list[RoundReport]:
    """Every version that went up, the newest first; none is ever changed."""
    return list(
        session.scalars(
            sa.select(RoundReport)
            .where(RoundReport.campaign_id == campaign.id)
            .order_by(RoundReport.version.desc())
        )
    )


def report_is_whole(made: RoundReport) -> bool:
    """Whether a kept report's figures still hash to what went up."""
    return figures_hash(made.figures) == made.figures_sha256


def unreported(session: Session, *, county: str, on: date) -> list[Campaign]:
    """Rounds that are over (closed, or past their last day) and never went up, oldest first."""
    gone_up = sa.select(RoundReport.id).where(RoundReport.campaign_id == Campaign.id).exists()
    return list(
        session.scalars(
            sa.select(Campaign)
            .where(
                Campaign.county == county,
                sa.or_(Campaign.closed_at.is_not(None), Campaign.due_on < on),
                ~gone_up,
            )
            .order_by(Campaign.due_on, Campaign.id)
        )
    )


def changed_since_report(session: Session, *, campaign: Campaign, on: date) -> list[str]:
    """What is different now from the newest report, in words; empty when nothing is."""
    made = next(iter(reports_of(session, campaign=campaign)), None)
    if made is None:
        return []
    before = {one["station_id"]: one for one in made.figures["stations"]}
    told = []
    for row in figures(session, campaign=campaign, on=on)["stations"]:
        old = before.pop(row["station_id"], None)
        name = f"{row['code'] or ''} {row['name']}".strip()
        if old is None:
            told.append(f"{name}：报告里没有")
        elif _told_of(old) != _told_of(row):
            told.append(f"{name}：报告里是{_told_of(old)}，现在是{_told_of(row)}")
    told += [f"{one['code'] or ''} {one['name']}：已撤出本轮".strip() for one in before.values()]
    return told[:CHANGES_TOLD]


def figures_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over figures in one canonical spelling."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _told_of(row: Mapping[str, Any]) -> str:
    status = f"，{row['status_label']}" if row["status_label"] else ""
    fails = f"（{'、'.join(row['fails'])}）" if row["fails"] else ""
    return f"{row['state_label']}{status}{fails}"


def _totals(views: Iterable[VisitView]) -> dict[str, Any]:
    every = list(views)
    states = Counter(one.state for one in every)
    statuses = Counter(one.result.status for one in every if one.result)
    return {
        "total": len(every),
        "inspected": sum(one.state.inspected for one in every),
        **{state.value: states[state] for state in VisitState if state is not VisitState.WITHDRAWN},
        **{status.value: statuses[status.value] for status in Status},
        "late_days": sum(one.in_time is False for one in every),
    }


def _station_row(
    one: VisitView, findings: Mapping[UUID, list[Mapping[str, Any]]]
) -> dict[str, Any]:
    result = one.result
    frozen = findings.get(result.id, []) if result else []
    return {
        "station_id": one.station.id,
        "code": one.station.code,
        "name": one.station.name,
        "level": one.station.level.value,
        "township": one.township_name,
        "state": one.state.value,
        "state_label": one.state.label,
        "inspector": result.inspector_name if result else one.inspector_name,
        "day_on": result.day_on.isoformat() if result else None,
        "outcome": result.outcome.value if result else None,
        "outcome_label": result.outcome_label if result else "",
        "status": result.status if result else None,
        "status_label": Status(result.status).label if result else "",
        "fails": [f"{row['clause']}{row['title']}" for row in frozen if row["counts_against"]],
        "inspection_id": str(result.id) if result else None,
        "others": len(one.all) - (1 if result else 0),
    }


def _clause_rows(findings: Mapping[UUID, list[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Per clause how many stations pass, fail or were not seen; in the standards' order."""
    rows: dict[str, dict[str, Any]] = {}
    for frozen in findings.values():
        for one in frozen:
            row = rows.setdefault(
                one["code"],
                {
                    "code": one["code"],
                    "clause": one["clause"],
                    "title": one["title"],
                    "level": one["level"],
                    "pass": 0,
                    "fail": 0,
                    "unknown": 0,
                    "not_applicable": 0,
                },
            )
            row[one["verdict"]] += 1
    return list(rows.values())


def _findings(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    """The frozen findings of these inspections, in a stable order; one query."""
    found = session.execute(
        sa.select(Inspection.id, Inspection.findings)
        .join(Visit, Visit.id == Inspection.visit_id)
        .where(Inspection.id.in_(list(ids)))
        .order_by(Inspection.station_id, Inspection.id)
    )
    return {row.id: row.findings for row in found}


def _results(session: Session, campaign: Campaign, on: date) -> dict[int, VisitView]:
    return {
        one.station.id: one
        for one in visit_views(session, campaign=campaign, on=on)
        if one.result is not None
    }
