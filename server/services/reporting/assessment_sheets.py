"""What a 考核 sheet holds: points given by people over what is proposed; issued, it is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotFound
from server.models.assessment import Assessment, AssessmentPoints
from server.models.county import County
from server.models.person import Person
from server.policy.plan.assessment import (
    MEASURES,
    Item,
    Proposal,
    number_typed,
    points_text,
    proposal,
    ranks_of,
    total_of,
)
from server.policy.plan.assessment_frozen import (
    AssessmentContent,
    FrozenCell,
    FrozenFigure,
    FrozenRow,
    FrozenScheme,
    counted_of,
)
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.county.round_options import round_options
from server.services.people.people import names_of
from server.services.people.scope import Everybody, refuse_unless_may_do
from server.services.reporting.actions import ReportingAction
from server.services.reporting.assessment_figures import Figures, figure_text, same_counts
from server.services.reporting.assessments import (
    days_of_period,
    hold_open,
    own_subjects,
    sees_all_of,
    tell,
    title_of,
)
from server.services.reporting.reports import content_hash
from server.services.reporting.schemes import items_of, scheme_of

Typed = Mapping[str, tuple[str, str]]
"""What was typed for one of those assessed: points and reason by item."""


@dataclass(frozen=True, slots=True)
class Change:
    """A count of a sheet that today's records would make another."""

    name: str
    item: str
    then: str
    now: str


def sheet_items(session: Session, sheet: Assessment) -> list[Item]:
    """The items that the sheet is held against."""
    return items_of(scheme_of(session, county=sheet.county, scheme_id=sheet.scheme_id))


def rows_of(session: Session, sheet: Assessment) -> list[FrozenRow]:
    """Every row of a sheet: as issued, or as it stands now; in the order of those assessed."""
    if sheet.content is not None:
        return sheet.content["rows"]
    given = _given(session, sheet)
    who = names_of(session, person_ids=[one.by for one in given.values()])
    items = sheet_items(session, sheet)
    made: list[tuple[str, str, list[FrozenCell], Decimal | None]] = []
    for one in sheet.subjects:
        key = one["key"]
        figures = sheet.figures.get(key, {})
        cells = [
            _cell(item, figures.get(item.measure), given.get((key, item.key)), who)
            for item in items
        ]
        points = [Decimal(cell["points"]) if cell["points"] else None for cell in cells]
        made.append((key, one["name"], cells, total_of(points)))
    totals = [total for *_, total in made]
    # Before everybody's points are there a place would be nobody's in the end.
    ranks = [None] * len(totals) if None in totals else ranks_of(totals)
    return [
        {
            "subject": key,
            "name": name,
            "cells": cells,
            "total": "" if total is None else points_text(total),
            "rank": rank,
        }
        for (key, name, cells, total), rank in zip(made, ranks, strict=True)
    ]


def missing_points(rows: list[FrozenRow]) -> int:
    """How many points nobody has given and no rule proposes."""
    return sum(not cell["points"] for row in rows for cell in row["cells"])


def rows_hash(rows: list[FrozenRow]) -> str:
    """What a form carries of the rows that it shows."""
    return content_hash({"rows": rows})


def by_rank(rows: list[FrozenRow]) -> list[FrozenRow]:
    """The rows by rank, equals in the order of those assessed; who has none comes last."""
    return sorted(rows, key=lambda one: (one["rank"] is None, one["rank"] or 0))


def give_points(
    session: Session,
    *,
    sheet: Assessment,
    subject: str,
    typed: Typed,
    seen: str,
    by: Person,
    now: datetime,
) -> int:
    """Keep the points that a person gave one of those assessed; gives how many changed.

    `seen` is `rows_hash` of the row on the page. What is proposed counts where nothing else is
    typed; what differs from it, and every number by hand, needs a reason. Raises NotAllowed
    deed-not-yours; NotFound assessment-unknown; Conflict assessment-issued, assessment-withdrawn,
    assessment-changed-meanwhile; Invalid assessment-points-wrong (`fields`), text-too-long.
    """
    hold_open(session, sheet, by)
    row = row_of(rows_of(session, sheet), subject)
    if rows_hash([row]) != seen:
        raise Conflict(
            "assessment-changed-meanwhile",
            f"您填写的时候，{row['name']}的数字或者得分有人改过。您填的还没有保存，"
            "请看一下现在的，再保存一次。",
        )
    given = _given(session, sheet)
    changes = []
    for item, cell in zip(sheet_items(session, sheet), row["cells"], strict=True):
        if item.key not in typed:
            continue
        points, reason = _read(item, cell, *typed[item.key])
        old = given.get((subject, item.key))
        held = (old.points, old.reason) if old else (None, "")
        if (points, reason) == held:
            continue
        session.add(
            AssessmentPoints(
                county=sheet.county,
                assessment_id=sheet.id,
                subject=subject,
                item=item.key,
                points=points,
                reason=reason,
                by=by.id,
                at=now,
            )
        )
        changes.append(
            history.Change(
                field=item.key,
                label=item.title,
                old=_told(held),
                new=_told((points, reason)),
            )
        )
    if not changes:
        return 0
    session.flush()
    name, action = row["name"], ReportingAction.POINTS_GIVEN
    tell(session, sheet, action, by=by, now=now, more=f"：{name}", changes=changes)
    return len(changes)


def issue_assessment(
    session: Session,
    *,
    sheet: Assessment,
    seen: str,
    whole_ranking: bool,
    by: Person,
    now: datetime,
) -> Assessment:
    """Freeze a sheet as it was looked at (`seen`: `rows_hash`), with every number and text.

    `whole_ranking`: those assessed see everybody's total, else only their own. Raises NotAllowed
    deed-not-yours; Conflict assessment-issued, assessment-withdrawn, assessment-changed-meanwhile;
    Invalid assessment-incomplete.
    """
    hold_open(session, sheet, by)
    rows = rows_of(session, sheet)
    if rows_hash(rows) != seen:
        raise Conflict(
            "assessment-changed-meanwhile",
            "您看的时候，考核表有人改过。还没有发布，请看一遍现在的，再发布。",
        )
    missing = missing_points(rows)
    if missing:
        raise Invalid("assessment-incomplete", f"还有{missing}处没有得分，打完分才能发布。")
    county = session.get_one(County, sheet.county)
    content: AssessmentContent = {
        "county": county.name,
        "issuer": round_options(county).issuer,
        "whom": sheet.whom.value,
        "title": title_of(county, sheet),
        "period": days_of_period(sheet),
        "from_on": sheet.from_on.isoformat(),
        "until_on": sheet.until_on.isoformat(),
        "version": sheet.version,
        "on": beijing_day(now).isoformat(),
        "by": by.name,
        "because": sheet.because,
        "drawn_at": sheet.drawn_at.isoformat(),
        "last_day": sheet.last_day,
        "whole_ranking": whole_ranking,
        "demo": county.demo,
        "scheme": _scheme(session, sheet),
        "rows": rows,
    }
    sheet.content, sheet.content_sha256 = content, content_hash(content)
    sheet.whole_ranking, sheet.issued_by, sheet.issued_at = whole_ranking, by.id, now
    session.flush()
    open_to = "，全部名次公开给被考核的" if whole_ranking else "，各看各的"
    # The sheet was there before: its hash stands in the chain by this line and by its files.
    hashed = history.Change(
        field="content_sha256", label="校验码", old="", new=sheet.content_sha256
    )
    action = ReportingAction.ASSESSMENT_ISSUED
    tell(session, sheet, action, by=by, now=now, more=open_to, changes=[hashed])
    return sheet


def withdraw_assessment(
    session: Session, *, sheet: Assessment, reason: str, by: Person, now: datetime
) -> None:
    """Take a sheet back with a reason, issued or not; it stays to be read.

    Raises NotAllowed deed-not-yours; Conflict assessment-withdrawn; Invalid reason-needed.
    """
    refuse_unless_may_do(session, by, Deed.ASSESS)
    session.refresh(sheet, with_for_update=True)
    if sheet.withdrawn_at is not None:
        raise Conflict("assessment-withdrawn", "这张考核表已经撤回过了。")
    text = reason_given(reason, "请写明为什么撤回。", into=Assessment.withdrawn_because)
    sheet.withdrawn_because, sheet.withdrawn_by, sheet.withdrawn_at = text, by.id, now
    session.flush()
    more = "" if sheet.issued_at else "（没有发布）"
    action = ReportingAction.ASSESSMENT_WITHDRAWN
    tell(session, sheet, action, by=by, now=now, more=more, reason=text)


def content_for(
    session: Session, *, sheet: Assessment, reader: Person | Everybody
) -> AssessmentContent:
    """An issued sheet as somebody may see it: of others' rows only totals, or nothing.

    Raises NotFound assessment-unknown for one that was not issued.
    """
    if sheet.content is None:
        raise NotFound("assessment-unknown", "这张考核表还没有发布。")
    if sees_all_of(session, sheet, reader):
        return sheet.content
    own = own_subjects(session, reader)
    rows = [
        row if row["subject"] in own else FrozenRow({**row, "cells": []})
        for row in sheet.content["rows"]
        if row["subject"] in own or sheet.whole_ranking
    ]
    return AssessmentContent({**sheet.content, "rows": rows})


def is_whole(sheet: Assessment) -> bool:
    """Whether an issued sheet still hashes to what was issued."""
    return sheet.content is not None and content_hash(sheet.content) == sheet.content_sha256


def changed_since(
    session: Session, sheet: Assessment, rows: list[FrozenRow], now_figures: Figures
) -> list[Change]:
    """Where today's records say otherwise of the same days than the rows do."""
    found = []
    items = sheet_items(session, sheet)
    for row in rows:
        held = {cell["item"]: cell["figure"] for cell in row["cells"]}
        for item in items:
            then = held.get(item.key)
            now = now_figures.get(row["subject"], {}).get(item.measure)
            if then is not None and now is not None and not same_counts(then, now):
                words = [figure_text(item.measure, one) for one in (then, now)]
                found.append(Change(row["name"], item.title, *words))
    return found


def row_of(rows: list[FrozenRow], subject: str) -> FrozenRow:
    """The row of one of those assessed. Raises NotFound assessment-unknown."""
    for row in rows:
        if row["subject"] == subject:
            return row
    raise NotFound("assessment-unknown", "这张考核表里没有这一行。请返回考核表重新选择。")


def _scheme(session: Session, sheet: Assessment) -> FrozenScheme:
    held = scheme_of(session, county=sheet.county, scheme_id=sheet.scheme_id)
    return {
        "name": held.name,
        "version": held.version,
        "from_on": held.from_on.isoformat(),
        "basis": held.basis,
        "sha256": held.content_sha256,
        "items": held.items,
    }


def _given(session: Session, sheet: Assessment) -> dict[tuple[str, str], AssessmentPoints]:
    """The newest points that a person gave, by subject and item."""
    rows = session.scalars(
        sa.select(AssessmentPoints)
        .where(AssessmentPoints.assessment_id == sheet.id)
        .order_by(AssessmentPoints.id)
    )
    newest = {(one.subject, one.item): one for one in rows}
    return {key: one for key, one in newest.items() if one.points is not None}


def _cell(
    item: Item,
    figure: FrozenFigure | None,
    given: AssessmentPoints | None,
    who: Mapping[int, str],
) -> FrozenCell:
    found: Proposal | None = proposal(item, counted_of(figure))
    points = given.points if given else found.points if found else None
    return {
        "item": item.key,
        "figure": figure,
        "lowest": points_text(found.lowest) if found else "",
        "highest": points_text(found.highest) if found else "",
        "points": "" if points is None else points_text(points),
        "reason": given.reason if given else "",
        "by": who.get(given.by, "") if given else "",
    }


def _read(item: Item, cell: FrozenCell, points: str, reason: str) -> tuple[Decimal | None, str]:
    """What was typed for one item: a person's points with the reason, or None for the proposal."""
    field, why = f"points-{item.key}", f"reason-{item.key}"
    text = written(reason, f"{item.title}的原因", field=why, into=AssessmentPoints.reason)
    proposed = cell["lowest"] if cell["lowest"] == cell["highest"] else ""
    if not points.strip():
        if text:
            raise _wrong(f"“{item.title}”写了原因，没有写得分。", field)
        return None, ""
    number = number_typed(points)
    if number is None or number > item.points:
        raise _wrong(
            f"“{item.title}”的得分应在0到{points_text(item.points)}之间，最多一位小数。", field
        )
    if proposed and not text and number == Decimal(proposed):
        return None, ""
    if not text:
        differs = f"和建议的{proposed}分不同" if proposed else "是由人打的"
        raise _wrong(f"“{item.title}”的得分{differs}，请写一句原因。", why)
    return number, text


def _told(held: tuple[Decimal | None, str]) -> str:
    points, reason = held
    return "" if points is None else f"{points_text(points)}分（{reason}）"


def _wrong(sentence: str, field: str) -> Invalid:
    return Invalid("assessment-points-wrong", sentence, fields={field: "请核对"})


def measure_label(key: str) -> str:
    """What a measure is called."""
    return MEASURES[key].label if key in MEASURES else ""
