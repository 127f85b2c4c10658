"""When this county's units report: the plan's day and month, and what the county chose itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.calendar import beijing_day, first_of_month, full_month_text, month_of
from server.errors import Invalid, NotFound
from server.models.county import County
from server.models.person import Person
from server.policy.plan.nouns import Programme
from server.policy.plan.reports import Rule, asked_from
from server.policy.setting import Setting, checked, typed_numbers
from server.policy.typed_days import month_from
from server.services.common import history
from server.services.common.seals import Shown
from server.services.county.choices import hold_still, numbers_shown, save_choices

KEY = "monthly_report"
SETTINGS: Mapping[str, Setting] = {"day": Setting("每月几日前报到（含当日）", "日", 1, 31)}
LABELS = {"first": "从哪个月起报", "last": "报到哪个月为止", "townships": "各乡镇也报"}
INVALID = "report-option-invalid"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The county's choices: `last` None is without an end, as the plan gives none."""

    day: int
    first: date
    last: date | None = None
    townships: bool = False

    @property
    def rule(self) -> Rule:
        """The dates that follow."""
        return Rule(self.day, self.first, self.last)


def report_options(county: County, programme: Programme | None) -> ReportOptions | None:
    """What holds in this county; None where its plan asks for no monthly report.

    Months before the county was set up here are nobody's lateness, unless the county says so.
    """
    since = asked_from(programme)
    if programme is None or programme.monthly_report is None or since is None:
        return None
    given = county.options.get(KEY, {})
    begun = max(since, first_of_month(beijing_day(county.created_at)))
    day = given.get("day")
    return ReportOptions(
        day=day if SETTINGS["day"].may_be(day) else programme.monthly_report.day,
        first=_month(given.get("first", "")) or begun,
        last=_month(given.get("last", "")),
        townships=bool(given.get("townships", False)),
    )


def options_asked(county: County, programme: Programme | None) -> ReportOptions:
    """The same where there are some. Raises NotFound reports-not-asked, which says why."""
    options = report_options(county, programme)
    if options is None:
        of = f"《{programme.name}》没有要求" if programme else "还没有登记方案，也就没有要求"
        raise NotFound("reports-not-asked", f"{county.name}{of}成员单位每月报送，所以没有这一页。")
    return options


def options_shown(options: ReportOptions) -> list[Shown]:
    """The choices as seals and the history tell them."""
    return [
        *numbers_shown(SETTINGS, {"day": options.day}),
        Shown("first", LABELS["first"], full_month_text(options.first)),
        Shown("last", LABELS["last"], full_month_text(options.last) if options.last else "不截止"),
        Shown("townships", LABELS["townships"], "是" if options.townships else "否"),
    ]


def edit_options(
    session: Session,
    *,
    county: County,
    programme: Programme | None,
    typed: Mapping[str, str],
    by: Person,
    now: datetime,
    reason: str,
    seal: str | None = None,
) -> list[history.Change]:
    """Change the choices to what was typed: `day`, `first` and `last` ("2026-11"), `townships`.

    What was received keeps the last day that held then. `seal` is that of `options_shown` when the
    form was filled in. Raises NotFound reports-not-asked; Invalid report-option-invalid (`fields`),
    reason-needed; Conflict county-changed-meanwhile.
    """
    hold_still(session, county)
    old = options_asked(county, programme)
    new = _read(typed, asked_from(programme) or old.first)
    kept = {
        "day": new.day,
        "first": month_of(new.first),
        "last": month_of(new.last) if new.last else "",
        "townships": new.townships,
    }
    return save_choices(
        session,
        county=county,
        held=options_shown(old),
        wished=options_shown(new),
        options={KEY: kept},
        by=by,
        now=now,
        reason=reason,
        seal=seal,
        about="每月报送的",
    )


def _read(typed: Mapping[str, str], since: date) -> ReportOptions:
    numbers = checked(SETTINGS, typed_numbers(SETTINGS, typed), code=INVALID)
    first = _month(typed.get("first", "").strip())
    if first is None:
        raise _invalid("first", "“从哪个月起报”请写成 2026-04 这样。")
    if first < since:
        raise _invalid("first", f"方案从{full_month_text(since)}起要求报送，不能更早。请改正。")
    text = typed.get("last", "").strip()
    last = _month(text)
    if text and last is None:
        raise _invalid("last", "“报到哪个月为止”请写成 2026-12 这样；不截止就空着。")
    if last is not None and last < first:
        raise _invalid("last", "“报到哪个月为止”早于“从哪个月起报”，请核对。")
    return ReportOptions(numbers["day"], first, last, typed.get("townships") == "yes")


def _month(text: str) -> date | None:
    """The first of a month written 2026-11; None for anything else."""
    found = month_from(text)
    return found if found is not None and found.year >= 2000 else None


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid(INVALID, sentence, fields={name: sentence})
