"""通报: drafted from an issued assessment or a day's ranking, edited, issued, withdrawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.assessment import Assessment
from server.models.circular import Circular
from server.models.county import County
from server.models.person import Person
from server.policy.plan.circular import (
    CLOSING,
    CircularContent,
    CircularPart,
    CircularSource,
    CircularTable,
    chapters_of,
    table_changes,
)
from server.policy.plan.duties import Deed
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import cut, longest, reason_given, written
from server.services.county.counties import townships
from server.services.county.round_options import round_options
from server.services.people.scope import (
    refuse_unless_may_do,
)
from server.services.reporting.actions import ReportingAction
from server.services.reporting.assessments import days_of_period, title_of
from server.services.reporting.circular_tables import assessment_table, pace_table
from server.services.reporting.letter_numbers import refuse_taken_number
from server.services.reporting.reports import content_hash

COLUMNS = {
    "title": ("标题", Circular.title),
    "to": ("主送机关", Circular.to),
    **{part.value: (part.label, getattr(Circular, part.value)) for part in CircularPart},
    "copies_to": ("抄送机关", Circular.copies_to),
    "number": ("发文字号", Circular.number),
}
DATED, MOST_TOLD = "成文日期", 3


@dataclass(frozen=True, slots=True)
class Wording:
    """What the office wrote: texts by the names of COLUMNS, and the day on the letter."""

    texts: Mapping[str, str]
    dated_on: date | None


def draft_of_assessment(
    session: Session, *, county: County, sheet: Assessment, by: Person, now: datetime
) -> Circular:
    """A draft over an issued assessment.

    Raises NotAllowed deed-not-yours; Conflict circular-source-gone.
    """
    refuse_unless_may_do(session, by, Deed.CIRCULATE)
    _refuse_gone(sheet)
    title = title_of(county, sheet)
    return _draft(
        session,
        Circular(
            county=county.code,
            source=CircularSource.ASSESSMENT,
            assessment_id=sheet.id,
            table=assessment_table(sheet),
            drawn_at=sheet.issued_at or now,
            title=f"关于{title}结果的通报",
            to=_addressees([one["name"] for one in sheet.subjects]),
            opening=f"现将{title}（{days_of_period(sheet)}）结果通报如下。",
        ),
        by=by,
        now=now,
    )


def draft_of_pace(
    session: Session,
    *,
    county: County,
    on: date,
    level: Level,
    key: IndicatorKey,
    by: Person,
    now: datetime,
    standards: Sequence[Standard],
) -> Circular:
    """A draft over the townships' order by one indicator on a day.

    Raises NotAllowed deed-not-yours; Invalid day-not-yet.
    """
    refuse_unless_may_do(session, by, Deed.CIRCULATE)
    table = pace_table(
        session, county=county, on=on, level=level, key=key, now=now, standards=standards
    )
    what = f"{level.short}{key.label}"
    names = [one.name for one in townships(session, county.code)]
    return _draft(
        session,
        Circular(
            county=county.code,
            source=CircularSource.PACE,
            pace_on=on,
            pace_level=level,
            pace_key=key.value,
            table=table,
            drawn_at=now,
            title=f"关于{county.name}各乡镇{what}情况的通报",
            to=_addressees(names),
            opening=f"现将截至{full_day_text(on)}各乡镇{what}情况通报如下。",
        ),
        by=by,
        now=now,
    )


def draft_shown(circular: Circular) -> list[Shown]:
    """What the form shows of a draft, as its seal tells it."""
    shown = [Shown(name, label, getattr(circular, name)) for name, (label, _) in COLUMNS.items()]
    dated = circular.dated_on.isoformat() if circular.dated_on else ""
    return [*shown, Shown("dated_on", DATED, dated)]


def save_draft(
    session: Session,
    *,
    circular: Circular,
    wording: Wording,
    by: Person,
    seal: str | None = None,
) -> list[history.Change]:
    """Keep what the office wrote.

    Raises NotAllowed deed-not-yours; Conflict circular-issued, circular-withdrawn,
    circular-changed-meanwhile; Invalid text-too-long, circular-wrong.
    """
    _hold_draft(session, circular, by)
    before = draft_shown(circular)
    refuse_if_changed(seal, before, code="circular-changed-meanwhile", what="这份通报")
    for name, (label, column) in COLUMNS.items():
        text = written(wording.texts.get(name, ""), label, field=name, into=column)
        setattr(circular, name, text.replace("\r\n", "\n"))
    circular.dated_on = wording.dated_on
    for name in ("title", "to"):
        if not getattr(circular, name):
            raise _wrong(f"请写{COLUMNS[name][0]}。", name)
    session.flush()
    return changes(before, draft_shown(circular))


def draw_anew(
    session: Session,
    *,
    circular: Circular,
    now: datetime,
    by: Person,
    standards: Sequence[Standard],
) -> list[str]:
    """Put the ranking's figures of this moment into a draft; gives what changed.

    Raises NotAllowed deed-not-yours; Conflict circular-issued, circular-withdrawn,
    circular-source-gone.
    """
    _hold_draft(session, circular, by)
    new = table_now(session, circular, now=now, standards=standards)
    told = table_changes(circular.table, new)
    circular.table, circular.drawn_at = new, now
    session.flush()
    return told


def table_now(
    session: Session, circular: Circular, *, now: datetime, standards: Sequence[Standard]
) -> CircularTable:
    """The ranking that a draft tells of, as it stands now. Raises Conflict circular-source-gone."""
    if circular.assessment_id is not None:
        sheet = session.get_one(Assessment, circular.assessment_id)
        _refuse_gone(sheet)
        return assessment_table(sheet)
    if circular.pace_on is None or circular.pace_level is None:
        raise ValueError(f"circular {circular.id} has no source")
    return pace_table(
        session,
        county=session.get_one(County, circular.county),
        on=circular.pace_on,
        level=circular.pace_level,
        key=IndicatorKey(circular.pace_key),
        now=now,
        standards=standards,
    )


def content_of(session: Session, circular: Circular) -> CircularContent:
    """What is issued: of an issued one as frozen, of a draft as it would be now."""
    if circular.content is not None:
        return circular.content
    county = session.get_one(County, circular.county)
    texts = {part.value: getattr(circular, part.value) for part in CircularPart}
    chapters, after = chapters_of(texts, circular.table["title"])
    sheet = session.get_one(Assessment, circular.assessment_id) if circular.assessment_id else None
    return {
        "county": county.name,
        "issuer": round_options(county).issuer,
        "number": circular.number,
        "title": circular.title,
        "to": circular.to,
        "chapters": chapters,
        "table": circular.table,
        "table_after": after,
        "closing": CLOSING,
        "date": circular.dated_on.isoformat() if circular.dated_on else "",
        "copies_to": circular.copies_to,
        "source": source_text(session, circular),
        "source_sha256": (sheet.content_sha256 or "") if sheet else "",
        "drawn_at": circular.drawn_at.isoformat(),
        "demo": county.demo,
    }


def source_text(session: Session, circular: Circular) -> str:
    """Whose figures a circular tells, in words."""
    if circular.assessment_id is not None:
        sheet = session.get_one(Assessment, circular.assessment_id)
        county = session.get_one(County, circular.county)
        return f"{title_of(county, sheet)}（{days_of_period(sheet)}）第{sheet.version}版"
    on = full_day_text(circular.pace_on) if circular.pace_on else ""
    level = circular.pace_level.short if circular.pace_level else ""
    return f"{on}{level}{IndicatorKey(circular.pace_key).label}的乡镇排名"


def changes_said(changes: Sequence[str]) -> str:
    """What somebody ticks who issues a draft in spite of just these changes."""
    return "；".join(changes)


def issue_circular(
    session: Session,
    *,
    circular: Circular,
    seen: str,
    as_drafted: str,
    by: Person,
    now: datetime,
    standards: Sequence[Standard],
) -> Circular:
    """Freeze a draft as it was looked at (`seen`: `content_hash` of its content).

    Figures that changed since they were drawn are issued only where somebody has ticked just those
    changes (`as_drafted`: `changes_said`). Raises NotAllowed
    deed-not-yours; Conflict circular-issued, circular-withdrawn, circular-changed-meanwhile,
    circular-source-gone, circular-figures-changed, circular-number-taken; Invalid circular-wrong.
    """
    session.execute(sa.select(County.code).where(County.code == circular.county).with_for_update())
    _hold_draft(session, circular, by)
    content = content_of(session, circular)
    if content_hash(content) != seen:
        raise Conflict(
            "circular-changed-meanwhile",
            "您看的时候，这份通报有人改过。还没有印发，请看一遍现在的，再印发。",
        )
    _check_complete(circular, beijing_day(now))
    told = table_changes(circular.table, table_now(session, circular, now=now, standards=standards))
    if told and as_drafted != changes_said(told):
        raise Conflict(
            "circular-figures-changed",
            f"起草以后数字变了（{'；'.join(told[:MOST_TOLD])}"
            f"{'等' if len(told) > MOST_TOLD else ''}）。还没有印发。"
            "请换成现在的数字，或者勾选“仍用起草时的数字”，再印发。",
        )
    refuse_taken_number(session, county=circular.county, number=circular.number)
    circular.content, circular.content_sha256 = content, content_hash(content)
    circular.issued_by, circular.issued_at = by.id, now
    session.flush()
    # The draft was there before: its hash stands in the chain by this line and by its papers.
    hashed = history.Change(
        field="content_sha256", label="校验码", old="", new=circular.content_sha256
    )
    action = ReportingAction.CIRCULAR_ISSUED
    _tell(session, circular, action, by=by, now=now, changed=[hashed])
    return circular


def withdraw_circular(
    session: Session, *, circular: Circular, reason: str, by: Person, now: datetime
) -> None:
    """Take a circular back, or throw a draft away, with a reason; the paper stays, marked.

    Raises NotAllowed deed-not-yours; Conflict circular-withdrawn; Invalid reason-needed.
    """
    refuse_unless_may_do(session, by, Deed.CIRCULATE)
    session.refresh(circular, with_for_update=True)
    if circular.withdrawn_at is not None:
        raise Conflict("circular-withdrawn", "这份通报已经撤回过了。")
    text = reason_given(reason, "请写明为什么撤回。", into=Circular.withdrawn_because)
    circular.withdrawn_because, circular.withdrawn_by, circular.withdrawn_at = text, by.id, now
    session.flush()
    _tell(session, circular, ReportingAction.CIRCULAR_WITHDRAWN, by=by, now=now, reason=text)


def _draft(session: Session, made: Circular, *, by: Person, now: datetime) -> Circular:
    made.title = cut(made.title, Circular.title)
    made.drafted_by, made.drafted_at = by.id, now
    session.add(made)
    session.flush()
    _tell(session, made, ReportingAction.CIRCULAR_DRAFTED, by=by, now=now)
    return made


def _addressees(names: Sequence[str]) -> str:
    """Everybody by name; where a letter cannot hold them all, in a word rather than cut off."""
    every = "、".join(names)
    return every if len(every) <= longest(Circular.to) else f"各有关单位（共{len(names)}个）"


def _hold_draft(session: Session, circular: Circular, by: Person) -> None:
    refuse_unless_may_do(session, by, Deed.CIRCULATE)
    session.refresh(circular, with_for_update=True)
    if circular.withdrawn_at is not None:
        raise Conflict("circular-withdrawn", "这份通报已经撤回，不能再改。")
    if circular.issued_at is not None:
        raise Conflict(
            "circular-issued", "这份通报已经印发，内容固定了。要改，请撤回以后重新起草。"
        )


def _refuse_gone(sheet: Assessment) -> None:
    if sheet.content is None or sheet.withdrawn_at is not None:
        raise Conflict(
            "circular-source-gone",
            "这份通报用的考核结果已经撤回或者还没有发布，不能照它通报。请换发布的考核重新起草。",
        )


def _check_complete(circular: Circular, today: date) -> None:
    if not circular.number:
        raise _wrong("请写发文字号，先保存，再印发。", "number")
    if circular.dated_on is None:
        raise _wrong("请写成文日期，先保存，再印发。", "dated_on")
    first = circular.pace_on or beijing_day(circular.drawn_at)
    if not first <= circular.dated_on <= today:
        raise _wrong(
            f"成文日期应在{full_day_text(first)}（数字的那一天）到今天之间，请核对。", "dated_on"
        )


def _tell(
    session: Session,
    circular: Circular,
    action: ReportingAction,
    *,
    by: Person,
    now: datetime,
    reason: str = "",
    changed: Iterable[history.Change] = (),
) -> None:
    number = f"{circular.number} " if circular.issued_at else ""
    draft = "" if circular.issued_at else "（草稿）"
    history.write(
        session,
        of=session.get_one(County, circular.county),
        by=by,
        at=now,
        action=action,
        summary=f"{number}《{circular.title}》{draft}，用的是{source_text(session, circular)}",
        reason=reason,
        changes=changed,
    )


def _wrong(sentence: str, field: str) -> Invalid:
    return Invalid("circular-wrong", sentence, fields={field: "请核对"})
