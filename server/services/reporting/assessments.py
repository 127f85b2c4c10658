"""考核 sheets: a period opened against the scheme that holds, counted, and seen by whom it may."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.assessment import Assessment, AssessmentPoints, AssessmentScheme
from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.policy.plan.assessment import Period, Whom
from server.policy.plan.duties import Deed
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.written import reason_given
from server.services.county.counties import townships
from server.services.people.organisations import task_force_of
from server.services.people.scope import (
    EVERYBODY,
    Everybody,
    may_do,
    organisations_visible_to,
    refuse_unless_may_do,
)
from server.services.programme.days import EARLIEST
from server.services.reporting.actions import ReportingAction
from server.services.reporting.assessment_figures import (
    Drawn,
    Figures,
    Span,
    draw,
    draw_again,
    subject_of,
)
from server.services.reporting.reports import content_hash
from server.services.reporting.rules import ReportOptions
from server.services.reporting.schemes import items_of, scheme_of, scheme_on

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CountBook:
    """What is needed to count: the standards, and when this county's units report (None: never)."""

    standards: tuple[Standard, ...]
    options: ReportOptions | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody opens: who is assessed (`chosen` of them), and of which days."""

    whom: Whom
    period: Period
    from_on: date
    until_on: date
    chosen: Collection[str]
    because: str = ""


def may_assess(session: Session, by: Person) -> bool:
    """Whether somebody makes schemes, opens, gives points, issues and withdraws."""
    return may_do(session, by, Deed.ASSESS)


def subjects_of(session: Session, *, county: str, whom: Whom) -> dict[str, str]:
    """Everybody who can be assessed, by key, with the name: by division code, units as entered."""
    if whom is Whom.UNITS:
        return {subject_of(one): one.short for one in task_force_of(session, county=county)}
    return {one.code: one.name for one in townships(session, county)}


def title_of(county: County, sheet: Assessment) -> str:
    """What a sheet is called on pages and papers."""
    return f"{county.name}{sheet.whom.short}{sheet.period.label}考核"


def days_of_period(sheet: Assessment) -> str:
    """Its days as people write them."""
    return f"{full_day_text(sheet.from_on)}至{full_day_text(sheet.until_on)}"


def open_assessment(
    session: Session, *, county: County, asked: Asked, by: Person, now: datetime, book: CountBook
) -> Assessment:
    """Open the sheet of a period that is over, and count. The last day has to be written down.

    A period whose sheet was withdrawn is opened again with a reason; points that people gave come
    along where the scheme is the same. Raises NotAllowed deed-not-yours; Invalid
    assessment-days-wrong, assessment-no-scheme, assessment-nobody, reason-needed; Conflict
    assessment-exists.
    """
    refuse_unless_may_do(session, by, Deed.ASSESS)
    _check_days(asked.from_on, asked.until_on, beijing_day(now))
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    before = _of_period(session, county.code, asked)
    if before and before[-1].withdrawn_at is None:
        raise Conflict("assessment-exists", "这段日子的考核表已经开了，请接着那一张办。")
    scheme = scheme_on(session, county=county.code, whom=asked.whom, on=asked.until_on)
    if scheme is None:
        raise Invalid(
            "assessment-no-scheme",
            f"{full_day_text(asked.until_on)}还没有施行的{asked.whom.short}考核办法。"
            "请先登记本县的考核办法，或者核对它从哪天起施行。",
        )
    known = subjects_of(session, county=county.code, whom=asked.whom)
    subjects = {key: name for key, name in known.items() if key in asked.chosen}
    if not subjects:
        raise Invalid("assessment-nobody", f"请至少选一个要考核的{asked.whom.short}。")
    because = ""
    if before:
        because = reason_given(
            asked.because,
            "这段日子的考核撤回过。再开一张请写明为什么。",
            field="because",
            into=Assessment.because,
        )
    span = _span(county, scheme, subjects, asked.from_on, asked.until_on)
    drawn = draw(session, span, options=book.options, standards=book.standards, now=now)
    made = Assessment(
        county=county.code,
        scheme_id=scheme.id,
        whom=asked.whom,
        period=asked.period,
        from_on=asked.from_on,
        until_on=asked.until_on,
        version=len(before) + 1,
        because=because,
        subjects=[{"key": key, "name": name} for key, name in subjects.items()],
        figures=drawn.figures,
        last_day=drawn.last_day,
        drawn_at=now,
        opened_by=by.id,
        opened_at=now,
    )
    session.add(made)
    session.flush()
    if before and before[-1].scheme_id == scheme.id:
        _bring_points(session, before[-1], made, subjects)
    tell(session, made, ReportingAction.ASSESSMENT_OPENED, by=by, now=now, reason=because)
    return made


def count_again(
    session: Session,
    *,
    sheet: Assessment,
    by: Person,
    now: datetime,
    book: CountBook,
    seen: str | None = None,
) -> int:
    """Count anew for a sheet that was not issued; gives how many counts changed.

    `seen` is `counts_hash` of the page: what stands in the sheet and what it says of now. None is
    nobody's form. Points that people gave stay. Raises NotAllowed deed-not-yours; Conflict
    assessment-issued, assessment-withdrawn, assessment-changed-meanwhile.
    """
    hold_open(session, sheet, by)
    if seen is not None and seen != counts_hash(
        sheet, figures_now(session, sheet=sheet, book=book, now=now)
    ):
        raise Conflict(
            "assessment-changed-meanwhile",
            "您看的时候，数又变了（别人重新取过，或者来了新的记录）。"
            "请看一下现在的数，再决定要不要重新取。",
        )
    drawn = _draw(session, sheet, book, now)
    old = sheet.figures
    changed = sum(
        bool(figure != old.get(subject, {}).get(measure))
        for subject, row in drawn.figures.items()
        for measure, figure in row.items()
    )
    sheet.figures, sheet.last_day, sheet.drawn_at = drawn.figures, drawn.last_day, now
    session.flush()
    tell(
        session, sheet, ReportingAction.ASSESSMENT_DRAWN, by=by, now=now, more=f"，{changed}处变了"
    )
    return changed


def counts_hash(sheet: Assessment, now_figures: Figures) -> str:
    """What a form carries of the counts that it shows: those of the sheet, and those of now."""
    return content_hash({"held": sheet.figures, "now": now_figures})


def figures_now(session: Session, *, sheet: Assessment, book: CountBook, now: datetime) -> Figures:
    """What today's records say of the same days, for whoever sees the sheet."""
    return draw_again(
        session, _sheet_span(session, sheet), options=book.options, standards=book.standards,
        now=now,
    )  # fmt: skip


def assessments_in_sight(
    session: Session, *, county: str, seen_by: Person | Everybody
) -> list[Assessment]:
    """The sheets that somebody may see, the newest period first.

    Who assesses and auditors see all, others what was issued to them: a bureau those of townships
    and its own, a township officer those with the own township.
    """
    rows = session.scalars(
        sa.select(Assessment)
        .where(Assessment.county == county)
        .order_by(Assessment.until_on.desc(), Assessment.from_on.desc(), Assessment.id.desc())
    )
    own = own_subjects(session, seen_by)
    return [one for one in rows if _shown(session, one, seen_by, own)]


def assessment_for(
    session: Session, *, assessment_id: int, seen_by: Person | Everybody
) -> Assessment:
    """One sheet that somebody may see. Raises NotFound assessment-unknown."""
    found = session.get(Assessment, assessment_id)
    own = own_subjects(session, seen_by)
    if found is None or not _shown(session, found, seen_by, own):
        raise NotFound("assessment-unknown", "没有找到这张考核表。请返回“考核”重新选择。")
    return found


def sees_all_of(session: Session, sheet: Assessment, reader: Person | Everybody) -> bool:
    """Whether somebody sees every row of a sheet, and not only the own."""
    if reader is EVERYBODY:
        return True
    if reader.county != sheet.county:
        return False
    if reader.role is Role.AUDITOR or may_assess(session, reader):
        return True
    return reader.role is Role.BUREAU and sheet.whom is Whom.TOWNSHIPS


def own_subjects(session: Session, reader: Person | Everybody) -> frozenset[str]:
    """The keys under which somebody is assessed: the own township, the own body."""
    if reader is EVERYBODY:
        return frozenset()
    if reader.role is Role.TOWNSHIP_OFFICER:
        return frozenset({reader.township_code} if reader.township_code else ())
    if reader.role is not Role.BUREAU:
        return frozenset()
    rows = session.scalars(sa.select(Organisation).where(organisations_visible_to(reader)))
    return frozenset(subject_of(one) for one in rows)


def _shown(
    session: Session, sheet: Assessment, reader: Person | Everybody, own: Collection[str]
) -> bool:
    if reader is EVERYBODY:
        return True
    if reader.county != sheet.county:
        return False
    if reader.role is Role.AUDITOR or may_assess(session, reader):
        return True
    if sheet.issued_at is None:
        return False
    mine = any(one["key"] in own for one in sheet.subjects)
    return mine or sees_all_of(session, sheet, reader)


def hold_open(session: Session, sheet: Assessment, by: Person) -> None:
    """Hold a sheet still for a change of it. Raises what says that nothing may be changed."""
    refuse_unless_may_do(session, by, Deed.ASSESS)
    session.refresh(sheet, with_for_update=True)
    if sheet.withdrawn_at is not None:
        raise Conflict("assessment-withdrawn", "这张考核表已经撤回，不能再改。")
    if sheet.issued_at is not None:
        raise Conflict("assessment-issued", "这张考核表已经发布，内容固定了。要改，请先撤回。")


def tell(
    session: Session,
    sheet: Assessment,
    action: ReportingAction,
    *,
    by: Person,
    now: datetime,
    more: str = "",
    reason: str = "",
    changes: Iterable[history.Change] = (),
) -> None:
    """Write a line about a sheet into the county's history."""
    county = session.get_one(County, sheet.county)
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=action,
        summary=f"{title_of(county, sheet)}（{days_of_period(sheet)}）第{sheet.version}版{more}",
        reason=reason,
        changes=changes,
    )


def _check_days(from_on: date, until_on: date, today: date) -> None:
    wrong = ""
    if until_on < from_on:
        wrong = "最后一天比第一天还早，请核对。"
    elif from_on < EARLIEST or until_on - from_on > LONGEST:
        wrong = "考核期最长一年，请核对起止日期。"
    elif until_on >= today:
        wrong = (
            f"{full_day_text(until_on)}还没有过完。考核用最后一天夜里留的底，请第二天再开考核表。"
        )
    if wrong:
        raise Invalid(
            "assessment-days-wrong", wrong, fields={"from_on": "请核对", "until_on": "请核对"}
        )


def _of_period(session: Session, county: str, asked: Asked) -> Sequence[Assessment]:
    return session.scalars(
        sa.select(Assessment)
        .where(
            Assessment.county == county,
            Assessment.whom == asked.whom,
            Assessment.from_on == asked.from_on,
            Assessment.until_on == asked.until_on,
        )
        .order_by(Assessment.version)
    ).all()


def _span(
    county: County,
    scheme: AssessmentScheme,
    subjects: Mapping[str, str],
    from_on: date,
    until_on: date,
) -> Span:
    measures = {one.measure for one in items_of(scheme) if one.measure}
    return Span(county, subjects, measures, from_on, until_on)


def _sheet_span(session: Session, sheet: Assessment) -> Span:
    scheme = scheme_of(session, county=sheet.county, scheme_id=sheet.scheme_id)
    county = session.get_one(County, sheet.county)
    names = {one["key"]: one["name"] for one in sheet.subjects}
    return _span(county, scheme, names, sheet.from_on, sheet.until_on)


def _draw(session: Session, sheet: Assessment, book: CountBook, now: datetime) -> Drawn:
    span = _sheet_span(session, sheet)
    return draw(session, span, options=book.options, standards=book.standards, now=now)


def _bring_points(
    session: Session, old: Assessment, new: Assessment, subjects: Collection[str]
) -> None:
    """Take over what people gave on the sheet that was withdrawn, with who gave it and why."""
    rows = session.scalars(
        sa.select(AssessmentPoints)
        .where(AssessmentPoints.assessment_id == old.id)
        .order_by(AssessmentPoints.id)
    )
    newest = {(one.subject, one.item): one for one in rows}
    session.add_all(
        AssessmentPoints(
            county=one.county,
            assessment_id=new.id,
            subject=one.subject,
            item=one.item,
            points=one.points,
            reason=one.reason,
            by=one.by,
            at=one.at,
        )
        for one in newest.values()
        if one.points is not None and one.subject in subjects
    )
    session.flush()
