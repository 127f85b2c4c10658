"""A round in figures: per county, township, station and clause, and beside an earlier round."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.policy.rounds.frozen import (
    Alone,
    ChangeCounts,
    ChangeName,
    ClauseFigures,
    Compared,
    ComparedClause,
    ComparedStation,
    EarlierRound,
    Figures,
    FrozenRound,
    StationFigures,
    ToldChange,
    TotalName,
    Totals,
    VerdictCounts,
    VerdictName,
)
from server.policy.rounds.marks import OFF_ROUND, PRESENCE, Mark
from server.policy.rounds.visits import ChangeKind, ClauseChange, VisitState, compare
from server.policy.standard.examine import Status
from server.policy.standard.frozen import FrozenClause, FrozenFinding
from server.policy.standard.verdicts import Verdict
from server.services.people.scope import Everybody
from server.services.rounds.covert import with_covert
from server.services.rounds.visits import VisitView, visit_views

TOTAL_COLUMNS: tuple[tuple[TotalName, str], ...] = (
    ("total", "应查"),
    ("inspected", "已有结果"),
    ("done", VisitState.DONE.label),
    ("late", VisitState.LATE.label),
    ("refused", VisitState.REFUSED.label),
    ("closed_door", VisitState.CLOSED_DOOR.label),
    ("due", VisitState.DUE.label),
    ("missed", VisitState.MISSED.label),
    ("meets", Status.MEETS.label),
    ("meets_open", Status.MEETS_OPEN.label),
    ("fails", Status.FAILS.label),
    ("to_verify", Status.TO_VERIFY.label),
    ("not_assessed", Status.NOT_ASSESSED.label),
)
"""What a township's and the county's totals are called, in the order of pages and papers."""
_JUDGED: tuple[TotalName, ...] = ("meets", "meets_open", "fails", "to_verify")
VERDICT_COLUMNS: tuple[tuple[VerdictName, str], ...] = (
    ("pass", Verdict.PASS.label),
    ("fail", Verdict.FAIL.label),
    ("unknown", Verdict.UNKNOWN.label),
    ("not_applicable", Verdict.NOT_APPLICABLE.label),
)
TOLD_COLUMNS: tuple[tuple[ToldChange, str], ...] = (
    ("mended", ChangeKind.MENDED.label),
    ("still_failing", ChangeKind.STILL_FAILING.label),
    ("newly_failing", ChangeKind.NEWLY_FAILING.label),
)
COMPARABLE_COLUMNS: tuple[tuple[ChangeName, str], ...] = (
    *TOLD_COLUMNS,
    ("steady", ChangeKind.STEADY.label),
)
CHANGE_COLUMNS: tuple[tuple[ChangeName, str], ...] = (
    *COMPARABLE_COLUMNS,
    ("not_comparable", ChangeKind.NOT_COMPARABLE.label),
)


def total_columns(figures: Figures) -> tuple[tuple[TotalName, str], ...]:
    """The columns that these figures have: what went up earlier keeps the columns of its day.

    Where no station could be judged, as in a county without a standard, nothing is said of 达标.
    """
    totals = figures["totals"]
    left_out = () if judged(totals) else _JUDGED
    return tuple(
        (name, label) for name, label in TOTAL_COLUMNS if name in totals and name not in left_out
    )


def judged(totals: Totals) -> bool:
    """Whether any station with a result was more than 未评估; True as long as none has a result."""
    return not totals["inspected"] or totals["not_assessed"] < totals["inspected"]


def round_figures(
    session: Session, *, campaign: Campaign, on: date, seen_by: Person | Everybody
) -> Figures:
    """Per county, township, station and clause, as of a Beijing day; four queries.

    Plain JSON, so that it can be frozen as it is; only the stations in that sight.
    Only what counts for each visit is in it (see `visits.VisitView.result`); `others` names how
    many further inspections a station has.
    """
    views = [
        one
        for one in visit_views(session, campaign=campaign, on=on, seen_by=seen_by)
        if one.state is not VisitState.WITHDRAWN
    ]
    findings = _findings(session, [one.result.id for one in views if one.result])
    covert = _findings(session, [each.id for one in views for each in one.covert])
    return _added_up(
        {
            "id": campaign.id,
            "period": campaign.period,
            "name": campaign.name,
            "opens_on": campaign.opens_on.isoformat(),
            "due_on": campaign.due_on.isoformat(),
            "sample": campaign.sample.value,
            "seed": campaign.seed,
            "drawn_from": campaign.drawn_from,
            "sample_size": campaign.sample_size,
            "standards": campaign.standards,
        },
        [with_covert(_station_row(one, findings), one, covert) for one in views],
        _catalogue(findings.values()),
    )


def round_comparison(
    session: Session,
    *,
    campaign: Campaign,
    earlier: Campaign,
    on: date,
    seen_by: Person | Everybody,
) -> Compared:
    """Clause by clause, station by station, against an earlier round; only frozen verdicts.

    Stations that only one of the rounds has inspected are counted apart (`alone`).
    """
    now = _results(session, campaign, on, seen_by)
    then = _results(session, earlier, on, seen_by)
    findings = _findings(
        session, [one.result.id for one in (*now.values(), *then.values()) if one.result]
    )
    stations: list[ComparedStation] = []
    clauses: dict[str, FrozenClause] = {}
    for station_id, view in now.items():
        before = then.get(station_id)
        if before is None or before.result is None or view.result is None:
            continue
        changes = compare(findings[before.result.id], findings[view.result.id])
        for one in changes:
            clauses.setdefault(
                one.code,
                {"code": one.code, "clause": one.clause, "title": one.title, "level": one.level},
            )
        stations.append(
            {
                "station_id": station_id,
                "code": view.station.code,
                "name": view.station.name,
                "township": view.township_name,
                "township_code": view.township_code,
                "before": Status(before.result.status).label,
                "after": Status(view.result.status).label,
                "kinds": {one.code: one.kind.value for one in changes},
                "mended": _named(changes, ChangeKind.MENDED),
                "still_failing": _named(changes, ChangeKind.STILL_FAILING),
                "newly_failing": _named(changes, ChangeKind.NEWLY_FAILING),
            }
        )
    alone = [("now", one) for key, one in now.items() if key not in then]
    alone += [("then", one) for key, one in then.items() if key not in now]
    return _compared_up(
        {"period": earlier.period, "name": earlier.name},
        stations,
        list(clauses.values()),
        [{"round": which, "township_code": one.township_code} for which, one in alone],
    )


def _named(changes: Iterable[ClauseChange], kind: ChangeKind) -> list[str]:
    """The 应-clauses of which this became."""
    return [
        f"{one.clause}{one.title}" for one in changes if one.kind is kind and one.level == "shall"
    ]


def cut_figures(content: Figures, township_code: str | None) -> Figures:
    """The same figures for one township's stations alone.

    Figures frozen before townships read their own have no verdicts per station; their clauses
    stay out.
    """
    return _added_up(
        content["campaign"],
        [one for one in content["stations"] if _of(content, one) == township_code],
        content["clauses"],
    )


def cut_comparison(compared: Compared, township_code: str | None) -> Compared:
    """The same comparison for one township's stations alone."""
    return _compared_up(
        compared["earlier"],
        [one for one in compared["stations"] if one["township_code"] == township_code],
        compared["clauses"],
        [one for one in compared["alone"] if one["township_code"] == township_code],
    )


def _of(content: Figures, station: StationFigures) -> str | None:
    """The township's code of a frozen station; old reports only kept its name."""
    if "township_code" in station:
        return station["township_code"]
    named = {one["name"]: one["code"] for one in content["townships"]}
    return named.get(station["township"])


def _added_up(
    head: FrozenRound,
    stations: Sequence[StationFigures],
    catalogue: Iterable[FrozenClause],
) -> Figures:
    townships: dict[str, list[StationFigures]] = {}
    for one in stations:
        townships.setdefault(one.get("township_code") or one["township"], []).append(one)
    return {
        "campaign": head,
        "totals": _totals(stations),
        "townships": [
            {
                "code": members[0].get("township_code") or "",
                "name": members[0]["township"],
                **_totals(members),
            }
            for members in townships.values()
        ],
        "stations": list(stations),
        "clauses": _clause_rows(stations, catalogue),
    }


def _totals(stations: Sequence[StationFigures]) -> Totals:
    states = Counter(one["state"] for one in stations)
    statuses = Counter(one["status"] for one in stations if one["status"])
    return {
        "total": len(stations),
        "inspected": sum(VisitState(one["state"]).inspected for one in stations),
        "due": states[VisitState.DUE],
        "done": states[VisitState.DONE],
        "late": states[VisitState.LATE],
        "refused": states[VisitState.REFUSED],
        "closed_door": states[VisitState.CLOSED_DOOR],
        "missed": states[VisitState.MISSED],
        "meets": statuses[Status.MEETS],
        "meets_open": statuses[Status.MEETS_OPEN],
        "fails": statuses[Status.FAILS],
        "to_verify": statuses[Status.TO_VERIFY],
        "not_assessed": statuses[Status.NOT_ASSESSED],
        "late_days": sum(bool(one.get("late")) for one in stations),
        "time_unverified": _marked(stations, {Mark.TIME_UNVERIFIED}),
        "off_round": _marked(stations, OFF_ROUND),
        "presence": _marked(stations, PRESENCE),
    }


def _marked(stations: Iterable[StationFigures], marks: Collection[Mark]) -> int:
    """How many stations' records are marked with one of these."""
    return sum(any(code in marks for code in one.get("marks", ())) for one in stations)


def doubts_text(totals: Totals) -> str:
    """What part of a result rests on records that are marked, in words; empty for none."""
    told = (
        ("time_unverified", "时间未核实"),
        ("off_round", "日期不在本轮起止之内"),
        ("presence", "离站点远、在站时间短或没有定位"),
    )
    parts = [f"{words}{count}个" for name, words in told if (count := totals.get(name))]
    return f"其中{'，'.join(parts)}" if parts else ""


def _station_row(one: VisitView, findings: Mapping[UUID, list[FrozenFinding]]) -> StationFigures:
    result = one.result
    frozen = findings.get(result.id, []) if result else []
    return {
        "station_id": one.station.id,
        "code": one.station.code,
        "name": one.station.name,
        "level": one.station.level.value,
        "township": one.township_name,
        "township_code": one.township_code,
        "state": one.state.value,
        "state_label": one.state.label,
        "late": one.in_time is False,
        "inspector": result.inspector_name if result else one.inspector_name,
        "day_on": result.day_on.isoformat() if result else None,
        "outcome": result.outcome.value if result else None,
        "outcome_label": result.outcome_label if result else "",
        "status": one.status.value if one.status else None,
        "status_label": one.status.label if one.status else "",
        "fails": [f"{row['clause']}{row['title']}" for row in frozen if row["counts_against"]],
        "verdicts": {row["code"]: row["verdict"] for row in frozen},
        "inspection_id": str(result.id) if result else None,
        "others": len(one.all) - len(one.covert) - (1 if result else 0),
        "marks": [mark.value for mark in one.record.marks] if one.record else [],
        "minutes": one.record.minutes if one.record else None,
    }


def _catalogue(findings: Iterable[Sequence[FrozenFinding]]) -> list[FrozenClause]:
    """Every clause that any inspection looked at, in the standards' order."""
    rows: dict[str, FrozenClause] = {}
    for frozen in findings:
        for one in frozen:
            rows.setdefault(one["code"], _clause(one))
    return list(rows.values())


def _clause(one: FrozenClause) -> FrozenClause:
    """What a clause is known by, without the rest of a finding or a row."""
    return {
        "code": one["code"],
        "clause": one["clause"],
        "title": one["title"],
        "level": one["level"],
    }


def _clause_rows(
    stations: Iterable[StationFigures], catalogue: Iterable[FrozenClause]
) -> list[ClauseFigures]:
    """Per clause how many stations pass, fail, were not seen, or are not concerned."""
    counted = Counter(pair for one in stations for pair in (one.get("verdicts") or {}).items())
    rows: list[ClauseFigures] = []
    for one in catalogue:
        code = one["code"]
        counts: VerdictCounts = {
            "pass": counted[code, Verdict.PASS],
            "fail": counted[code, Verdict.FAIL],
            "unknown": counted[code, Verdict.UNKNOWN],
            "not_applicable": counted[code, Verdict.NOT_APPLICABLE],
        }
        if any(counts.values()):
            rows.append({**_clause(one), **counts})
    return rows


def _compared_up(
    earlier: EarlierRound,
    stations: Sequence[ComparedStation],
    catalogue: Iterable[FrozenClause],
    alone: Sequence[Alone],
) -> Compared:
    counted = Counter(pair for one in stations for pair in one["kinds"].items())
    rows: list[ComparedClause] = []
    for one in catalogue:
        code = one["code"]
        counts: ChangeCounts = {
            "mended": counted[code, ChangeKind.MENDED],
            "still_failing": counted[code, ChangeKind.STILL_FAILING],
            "newly_failing": counted[code, ChangeKind.NEWLY_FAILING],
            "steady": counted[code, ChangeKind.STEADY],
            "not_comparable": counted[code, ChangeKind.NOT_COMPARABLE],
        }
        if any(counts.values()):
            rows.append({**_clause(one), **counts})
    return {
        "earlier": earlier,
        "stations": list(stations),
        "clauses": rows,
        "alone": list(alone),
        "only_now": sum(each["round"] == "now" for each in alone),
        "only_then": sum(each["round"] == "then" for each in alone),
    }


def _findings(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[FrozenFinding]]:
    """The frozen findings of these inspections, in a stable order; one query."""
    found = session.execute(
        sa.select(Inspection.id, Inspection.findings)
        .where(Inspection.id.in_(list(ids)))
        .order_by(Inspection.station_id, Inspection.id)
    )
    return {row.id: row.findings for row in found}


def _results(
    session: Session, campaign: Campaign, on: date, seen_by: Person | Everybody
) -> dict[int, VisitView]:
    return {
        one.station.id: one
        for one in visit_views(session, campaign=campaign, on=on, seen_by=seen_by)
        if one.result is not None
    }
