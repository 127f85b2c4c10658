"""One unit's month: drafted, handed in version by version, with the figures that were looked at."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import (
    beijing_day,
    day_text,
    full_month_text,
    month_of,
)
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.monthly_report import MonthlyReport, MonthlyReportVersion
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.report_frozen import FrozenPart, ReportContent, ReportFigure
from server.policy.plan.reports import Blank, Part, blank_parts
from server.services.common import history
from server.services.common.insisting import ask_unless_sure
from server.services.common.written import named, reason_given
from server.services.people.people import names_of
from server.services.reporting.actions import ReportingAction
from server.services.reporting.drafts import Wording, save_draft
from server.services.reporting.rules import ReportOptions


@dataclass(frozen=True, slots=True)
class Entered:
    """代录: what the office enters for a unit: from what (`source`), and which day that came."""

    source: str
    received_on: date


def versions_of(session: Session, *, report: MonthlyReport) -> list[MonthlyReportVersion]:
    """Every version that was handed in, the newest first; none is ever changed."""
    return list(
        session.scalars(
            sa.select(MonthlyReportVersion)
            .where(MonthlyReportVersion.report_id == report.id)
            .order_by(MonthlyReportVersion.version.desc())
        )
    )


def version_of(session: Session, *, report: MonthlyReport, version: int) -> MonthlyReportVersion:
    """One version. Raises NotFound monthly-report-unknown."""
    found = session.scalars(
        sa.select(MonthlyReportVersion).where(
            MonthlyReportVersion.report_id == report.id, MonthlyReportVersion.version == version
        )
    ).one_or_none()
    if found is None:
        raise NotFound("monthly-report-unknown", "没有这一版报送。请返回“每月报送”重新选择。")
    return found


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over a frozen content in one canonical spelling."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def figures_hash(figures: Iterable[ReportFigure]) -> str:
    """The same over figures alone: what a form carries of those that it shows."""
    return content_hash({"figures": list(figures)})


def hand_in(
    session: Session,
    *,
    county: County,
    unit: Organisation,
    options: ReportOptions,
    month_on: date,
    wording: Wording,
    figures: list[ReportFigure],
    seen_sha256: str,
    by: Person,
    now: datetime,
    because: str = "",
    entered: Entered | None = None,
    sure: str | None = None,
    seal: str | None = None,
) -> MonthlyReportVersion:
    """Make a version of what is written and of the `figures` of this moment; it stays for good.

    Late is late and no reason to refuse. `seen_sha256` are the figures on the page; `because` says
    what was put right, from the second version on. Who is not the liaison enters for the unit
    (`entered`). Somebody who is not `sure` of just that (None: nobody's form) is asked about
    blanks without a reason. Raises what
    `save_draft` raises and Invalid report-empty, reason-needed, report-source-needed,
    report-day-wrong; Conflict report-incomplete-asked, report-figures-changed, report-unchanged.
    """
    report = save_draft(
        session,
        unit=unit,
        options=options,
        month_on=month_on,
        wording=wording,
        by=by,
        now=now,
        seal=seal,
    )
    on = beijing_day(now)
    source, received_on = _came(unit, by, entered, month_on, on)
    texts = {part.value: getattr(report, part.value) for part in Part}
    missing = blank_parts(texts, report.blanks)
    if len(missing) == len(Part):
        raise Invalid("report-empty", "三项都空着，也没有写原因，不能报。请至少写一项。")
    names = "、".join(f"“{one.label}”" for one in missing)
    ask_unless_sure(
        f"{names}空着，没有选原因，报上去会记为不完整" if missing else "", sure,
        code="report-incomplete-asked",
        otherwise="请补写或者选一个原因；确实要先这样报，请勾选“先这样报”，再报一次",
    )  # fmt: skip
    if figures_hash(figures) != seen_sha256:
        raise Conflict(
            "report-figures-changed",
            "您填写的时候系统里的数字变了，还没有报。请看一下现在的数字，再报一次。",
        )
    before = next(iter(versions_of(session, report=report)), None)
    if before is not None and _same(before, texts, report.blanks, figures):
        raise Conflict(
            "report-unchanged",
            f"第{before.version}版已经报过了，内容和数字都没有变，不用再报。",
        )
    if before is not None:
        because = reason_given(
            because,
            "这个月已经报过一版。再报请写一句改了什么。",
            field="because",
            label="改了什么",
            into=MonthlyReportVersion.because,
        )
    due_on = report.due_on or options.rule.due_on(month_on)
    liaison = session.get(Person, unit.liaison_id) if unit.liaison_id else None
    content: ReportContent = {
        "county": county.name,
        "unit": unit.name,
        "unit_short": unit.short,
        "month": month_of(month_on),
        "version": report.newest + 1,
        "on": on.isoformat(),
        "due_on": due_on.isoformat(),
        "received_on": received_on.isoformat(),
        "liaison": liaison.name if liaison else "",
        "by": by.name,
        "source": source,
        "because": because,
        "demo": county.demo,
        "figures": figures,
        "parts": [_frozen_part(part, texts, report.blanks) for part in Part],
    }
    made = MonthlyReportVersion(
        county=county.code,
        report_id=report.id,
        version=report.newest + 1,
        content=content,
        content_sha256=content_hash(content),
        complete=not missing,
        received_on=received_on,
        handed_in_at=now,
        handed_in_by=by.id,
        source=source,
        because=because,
    )
    session.add(made)
    report.newest, report.returned = made.version, None
    report.due_on, report.received_on = due_on, report.received_on or received_on
    session.flush()
    late = (report.received_on - due_on).days
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ReportingAction.REPORT_HANDED_IN,
        summary=f"{unit.short}{full_month_text(month_on)}报送第{made.version}版"
        f"{f'，代录（{source}）' if source else ''}"
        f"{f'，迟{late}天' if late > 0 else ''}{'，不完整' if missing else ''}",
        reason=because,
    )
    return made


def is_whole(made: MonthlyReportVersion) -> bool:
    """Whether a version's content still hashes to what was handed in."""
    return content_hash(made.content) == made.content_sha256


def writers_of(session: Session, versions: Iterable[MonthlyReportVersion]) -> dict[int, str]:
    """Who handed them in, by id."""
    return names_of(session, person_ids=[one.handed_in_by for one in versions])


def _came(
    unit: Organisation, by: Person, entered: Entered | None, month_on: date, on: date
) -> tuple[str, date]:
    """From what a version was entered ("" by the liaison), and the day on which that came."""
    if by.id == unit.liaison_id:
        return "", on
    source = named(
        entered.source if entered else "", "代录的依据", field="source",
        into=MonthlyReportVersion.source,
    )  # fmt: skip
    if entered is None or not source:
        raise Invalid(
            "report-source-needed",
            f"您替{unit.short}代录，请写明依据，例如“纸质件，王某送来”或“微信发来”。",
            fields={"source": "请填写"},
        )
    if not month_on <= entered.received_on <= on:
        raise Invalid(
            "report-day-wrong",
            f"收到的日子应在{day_text(month_on, on)}到今天之间，请核对。",
            fields={"received_on": "请核对"},
        )
    return source, entered.received_on


def _same(
    before: MonthlyReportVersion,
    texts: Mapping[str, str],
    blanks: Mapping[str, str],
    figures: list[ReportFigure],
) -> bool:
    parts = [_frozen_part(part, texts, blanks) for part in Part]
    return bool(before.content["parts"] == parts and before.content["figures"] == figures)


def _frozen_part(part: Part, texts: Mapping[str, str], blanks: Mapping[str, str]) -> FrozenPart:
    blank = blanks.get(part.value, "")
    return {
        "key": part.value,
        "label": part.label,
        "text": texts[part.value],
        "blank": blank,
        "blank_label": Blank(blank).label if blank else "",
    }
