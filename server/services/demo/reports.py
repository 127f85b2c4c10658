"""The demonstration's monthly reports: a month accepted, one late, and this month under way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from server.calendar import BEIJING, first_of_month, month_of
from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.nouns import Programme
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import Section, sections_of
from server.policy.standard.standards import Standard
from server.services.people.organisations import task_force_of
from server.services.reporting.accepting import accept_report, return_report
from server.services.reporting.drafts import Wording, report_of
from server.services.reporting.figures import report_figures
from server.services.reporting.reminders import remind
from server.services.reporting.reports import figures_hash, hand_in
from server.services.reporting.rules import KEY, ReportOptions, report_options

LATE_DAYS = 2
SAID = (
    ("开了一次调度会，督促补上没备案的点。", "两个乡镇站的房子没定。", "下旬到两个乡镇看房子。"),
    ("补助按上月核准的件数核了一遍，等拨付文件。", "", "文件到了就拨。"),
    ("抽查了3个站的寄件台账，件数对得上。", "有的站长不会填农产品件数。", "下月集中讲一次。"),
    ("审核了下行件数，和企业系统核对，差的两天已经更正。", "", "继续按月核对。"),
    ("邮快合作的村级点都能正常投递。", "冬天路不好走，送件会慢。", "和企业商量下雪天的班次。"),
    ("县级分拣场地运转正常。", "", "月底前把消防检查做完。"),
)  # fmt: skip


def report_months(
    session: Session,
    office: Person,
    *,
    county: County,
    programme: Programme | None,
    standards: Iterable[Standard],
    on: date,
    now: datetime,
) -> None:
    """Last month: handed in by all, one late, accepted. This month: as far as its days allow.

    Nothing where the plan asks for no report, or before its bodies have somebody who writes.
    """
    options = report_options(county, programme)
    units = [one for one in task_force_of(session, county=county.code) if one.liaison_id]
    if options is None or not units or on.day == 1:
        return
    this = first_of_month(on)
    last = first_of_month(this - timedelta(days=1))
    first = max(options.first, last) if options.first > this else last
    county.options = {**county.options, KEY: {"first": month_of(first), "day": options.day}}
    options = ReportOptions(options.day, first)
    desk = _Desk(session, county, programme, tuple(standards), options, office)
    due = options.rule.due_on(last)
    for index, unit in enumerate(units):
        late = LATE_DAYS if index == len(units) - 1 else -1 - index % 3
        desk.hand_in(unit, last, due + timedelta(days=late), SAID[index % len(SAID)])
        desk.accept(unit, last, due + timedelta(days=LATE_DAYS + 1))
    came = min(on, options.rule.due_on(this) - timedelta(days=2))
    remind(session, county=county, programme=programme, now=_at(came, 8, now))
    for index, unit in enumerate(units[:2]):
        desk.hand_in(unit, this, came, SAID[index % len(SAID)])
    if len(units) > 1:
        report = report_of(session, unit=units[1], month_on=this)
        if report is not None:
            return_report(
                session, report=report, version=1, reason="请写上拨了多少、到哪个月。", by=office,
                now=_at(came, 15, now),
            )  # fmt: skip
    remind(session, county=county, programme=programme, now=now)


@dataclass
class _Desk:
    """Hands in and accepts for the demonstration; figures of a day are worked out once."""

    session: Session
    county: County
    programme: Programme | None
    standards: tuple[Standard, ...]
    options: ReportOptions
    office: Person
    known: dict[date, list[ReportFigure]] = field(default_factory=dict)

    def hand_in(self, unit: Organisation, month_on: date, on: date, said: Sequence[str]) -> None:
        liaison = self.session.get_one(Person, unit.liaison_id)
        figures = self._figures(unit, month_on, on)
        texts = dict(zip(("progress", "problems", "next"), said, strict=True))
        hand_in(
            self.session, county=self.county, unit=unit, options=self.options, month_on=month_on,
            wording=Wording(texts, {"problems": "nothing"}), figures=figures,
            seen_sha256=figures_hash(figures), by=liaison, now=_at(on, 10, None),
        )  # fmt: skip

    def accept(self, unit: Organisation, month_on: date, on: date) -> None:
        report = report_of(self.session, unit=unit, month_on=month_on)
        if report is not None:
            accept_report(
                self.session, report=report, version=1, by=self.office, now=_at(on, 16, None)
            )

    def _figures(self, unit: Organisation, month_on: date, on: date) -> list[ReportFigure]:
        if on not in self.known:
            self.known[on] = report_figures(
                self.session, county=self.county,
                standards=self.standards, sections=tuple(Section), month_on=month_on, on=on,
                today=on + timedelta(days=1),
            )  # fmt: skip
        wanted = {one.value for one in sections_of(unit.held_duties)}
        return [one for one in self.known[on] if one["section"] in wanted]


def _at(day: date, hour: int, latest: datetime | None) -> datetime:
    """An hour of a Beijing day; never later than `latest`."""
    at = datetime.combine(day, time(hour), BEIJING).astimezone(UTC)
    return at if latest is None else min(at, latest)
