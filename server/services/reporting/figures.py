"""The figures that the house gives to a unit's report, each with the stations behind it.

All but those of `TODAY_ONLY` are worked out from dated facts, so that they can be asked again for
the day of a report: what differs then was changed afterwards.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, first_of_month, full_month_text, next_month
from server.models.acceptance import Acceptance
from server.models.county import County, Operator, OperatorStatus
from server.models.inspection import Inspection
from server.models.rectification import Rectification, RectificationState
from server.models.station import Stage, Station
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import Section
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard, station_standard
from server.services.common.closures import times_away
from server.services.days.months import approval_of, frozen_month, month_figures
from server.services.mending.deadlines import days_then
from server.services.people.scope import EVERYBODY
from server.services.programme.targets import TargetRow, targets_of
from server.services.registry.filed_then import filed_then
from server.services.registry.operator_stations import stations_unserved
from server.services.standing.standing import standings

TODAY_ONLY = ("met", "operators", "unserved")
"""Keys of figures that nobody can ask again for a day that is past."""


def report_figures(
    session: Session,
    *,
    county: County,
    standards: Iterable[Standard],
    sections: Collection[Section],
    month_on: date,
    on: date,
    today: date,
    township_code: str | None = None,
    holidays: Holidays = nobody_knows,
) -> list[ReportFigure]:
    """The figures of these sections as of `on`, of the whole county or of one township.

    A fixed number of queries for any number of stations. What is not known is None with its why.
    """
    asked = _Asked(session, county, month_on, on, township_code)
    found: list[ReportFigure] = []
    if Section.PROGRESS in sections:
        found += _progress(asked)
        if on == today:
            found += _met(asked, standards)
    if Section.ROUNDS in sections:
        found += _rounds(asked)
    if Section.COUNTS in sections:
        found += _counts(asked, today, holidays)
    if Section.OPERATORS in sections and on == today:
        found += _operators(asked)
    return found


class _Asked:
    """The stations that a report is about, and its days."""

    def __init__(
        self, session: Session, county: County, month_on: date, on: date, township: str | None
    ) -> None:
        self.session, self.county, self.month_on, self.on = session, county, month_on, on
        self.township = township
        self.last = min(on, next_month(month_on) - timedelta(days=1))
        # Moments of the report's day are before the end of it, Beijing time.
        self.end = datetime.combine(on + timedelta(days=1), time(), BEIJING)
        where = [Station.county == county.code]
        if township is not None:
            where.append(Station.township_code == township)
        self.stations = session.scalars(sa.select(Station).where(*where)).all()
        self.ids = {one.id for one in self.stations}
        away = times_away(session, county=county.code)
        lost = away.unread(on) & self.ids
        self.untold = (
            f"{len(lost)}个站停业的记录已按规定删除，停没停业查不到，按没停算" if lost else ""
        )
        self.open = {
            one.id
            for one in self.stations
            if not (one.closed_on and one.closed_on <= on) and not away.on(one.id, on)
        }
        # When it was opened says nothing: one imported since was in no register of that day.
        self.known = {one.id for one in self.stations if one.created_at < self.end} & self.open
        self.level = {one.id: one.level for one in self.stations}

    def of_level(self, ids: Iterable[int], level: Level) -> set[int]:
        """Those of a level."""
        return {one for one in ids if self.level.get(one) is level}


def _figure(
    key: str,
    section: Section,
    label: str,
    unit: str,
    *,
    stations: Iterable[int] = (),
    value: int | None = None,
    of: int | None = None,
    unknown: int = 0,
    note: str = "",
) -> ReportFigure:
    """A figure; without a `value` it is the number of its stations."""
    ids = sorted(stations)
    return {
        "key": key,
        "section": section.value,
        "label": label,
        "unit": unit,
        "value": len(ids) if value is None else value,
        "of": of,
        "unknown": unknown,
        "before": None,
        "note": note,
        "stations": ids,
    }


def _unknown(key: str, section: Section, label: str, unit: str, why: str) -> ReportFigure:
    return {**_figure(key, section, label, unit, value=0, note=why), "value": None}


def _progress(asked: _Asked) -> list[ReportFigure]:
    rows = asked.session.execute(
        sa.select(Acceptance.station_id, Acceptance.grade)
        .where(
            Acceptance.county == asked.county.code,
            Acceptance.accepted_on <= asked.on,
            sa.or_(Acceptance.withdrawn_at.is_(None), Acceptance.withdrawn_at >= asked.end),
        )
        .order_by(Acceptance.id)  # of several the newest holds
    )
    accepted = {station_id: grade for station_id, grade in rows if station_id in asked.open}
    standardised = [one for one, grade in accepted.items() if grade is Stage.STANDARDISED]
    then = filed_then(asked.session, county=asked.county.code)
    filed = {
        one.id
        for one in asked.stations
        if one.id in asked.open and then.on(one.id, one.filed_on, asked.on)
    }
    wanted = () if asked.township else targets_of(asked.session, asked.county, asked.on)
    targets = {one.level: one for one in wanted}
    found = []
    for level, key in ((Level.TOWNSHIP_STATION, "township"), (Level.VILLAGE_POINT, "village")):
        of, note = _target(targets.get(level))
        note = "；".join(one for one in (note, asked.untold) if one)
        here = asked.of_level(accepted, level)
        built = f"{level.short}建成（已验收）"
        found.append(
            _figure(f"built_{key}", Section.PROGRESS, built, "个", stations=here, of=of, note=note)
        )
        if level is Level.TOWNSHIP_STATION:
            found.append(
                _figure(
                    "standardised", Section.PROGRESS, "其中标准化乡镇站", "个",
                    stations=asked.of_level(standardised, level), of=of, note=note,
                )
            )  # fmt: skip
        else:
            found.append(
                _figure(
                    "filed", Section.PROGRESS, "村级点完成末端备案", "个",
                    stations=asked.of_level(filed, level), of=of, note=note,
                )
            )  # fmt: skip
    return found


def _target(row: TargetRow | None) -> tuple[int | None, str]:
    """What the plan wants of a level; where two numbers stand in it, both in words.

    A township's own share stands on the plan's page: there is no row for it here.
    """
    if row is None:
        return None, ""
    if len(row.readings) < 2:
        return row.number, ""
    both = "，".join(f"{one.basis}{one.number}个" for one in row.readings)
    if not row.decided:
        return None, f"{both}，还没有决定用哪个"
    return row.number, f"{both}，按{row.basis}"


def _met(asked: _Asked, standards: Iterable[Standard]) -> list[ReportFigure]:
    """How many stations are 达标; nothing is said of it where no standard judges them."""
    county = asked.county
    rules = tuple(standards)
    if station_standard(rules, asked.on, county.code, county.standard_id) is None:
        return []
    every = standings(
        asked.session, county=asked.county, on=asked.on, standards=rules, seen_by=EVERYBODY,
        township_code=asked.township,
    )  # fmt: skip
    unsure = (Status.TO_VERIFY, Status.NOT_ASSESSED)
    return [
        _figure(
            "met",
            Section.PROGRESS,
            "达标的站点",
            "个",
            stations=[one.station.id for one in every if one.status is Status.MEETS],
            of=len(every),
            unknown=sum(one.status in unsure for one in every),
        )
    ]


def _rounds(asked: _Asked) -> list[ReportFigure]:
    month = full_month_text(asked.month_on)
    visited = set(
        asked.session.scalars(
            sa.select(Inspection.station_id).where(
                Inspection.county == asked.county.code,
                Inspection.day_on.between(asked.month_on, asked.last),
                Inspection.holds(),
            )
        )
    )
    mends = asked.session.execute(
        sa.select(
            Rectification.id, Rectification.station_id, Rectification.due_on,
            Rectification.closed_at, Rectification.state,
        ).where(Rectification.county == asked.county.code, Rectification.opened_at < asked.end)
    ).all()  # fmt: skip
    here = [one for one in mends if one.station_id in asked.ids]
    waits = [one for one in here if one.closed_at is None or one.closed_at >= asked.end]
    last = days_then(asked.session, {one.id: one.due_on for one in waits}, before=asked.end)
    late = [one for one in waits if last[one.id] < asked.on]
    begin = datetime.combine(asked.month_on, time(), BEIJING)
    end = datetime.combine(asked.last + timedelta(days=1), time(), BEIJING)
    mended = [
        one
        for one in here
        if one.state is RectificationState.ACCEPTED
        and one.closed_at is not None
        and begin <= one.closed_at < end
    ]
    rows = (
        ("mends_open", "还没办结的整改", waits),
        ("mends_late", "其中逾期的", late),
        ("mends_done", f"{month}整改办结", mended),
    )
    return [
        _figure(
            "visited", Section.ROUNDS, f"{month}督导到的站点", "个",
            stations=visited & asked.ids, of=len(asked.known), note=asked.untold,
        ),
        *(
            _figure(
                key, Section.ROUNDS, label, "条", value=len(some),
                stations={one.station_id for one in some},
            )
            for key, label, some in rows
        ),
    ]  # fmt: skip


def _counts(asked: _Asked, today: date, holidays: Holidays) -> list[ReportFigure]:
    """The month before, which is over when a report is written."""
    month_on = first_of_month(asked.month_on - timedelta(days=1))
    name = full_month_text(month_on)
    code = asked.county.code
    approval = approval_of(asked.session, county=code, month_on=month_on)
    month = (
        frozen_month(approval)
        if approval
        else month_figures(
            asked.session, county=code, month_on=month_on, today=today, holidays=holidays
        )
    ).of_stations(asked.ids)
    labels = {"received": f"{name}收到", "sent": f"{name}寄出", "agri_sent": "其中寄出农产品"}
    if not any(one.counted for one in month.stations):
        why = f"{name}没有站点报过件数"
        return [_unknown(key, Section.COUNTS, one, "件", why) for key, one in labels.items()]
    total = month.total
    note = "已核准" if approval else "还没有核准，数字会变"
    silent = {one.station_id for one in month.stations if one.without}
    return [
        *(
            _figure(key, Section.COUNTS, one, "件", value=getattr(total, key), note=note)
            for key, one in labels.items()
        ),
        _figure(
            "silent", Section.COUNTS, f"{name}没报件数的天数", "站·天", value=total.without,
            of=total.due, stations=silent,
            note=f"{len(month.unread)}个站当时登记的营业时间或停业查不到了，按后来登记的算"
            if month.unread
            else "",
        ),
    ]  # fmt: skip


def _operators(asked: _Asked) -> list[ReportFigure]:
    unserved = [
        one.station.id
        for one in stations_unserved(asked.session, seen_by=EVERYBODY, on=asked.on)
        if one.station.id in asked.ids
    ]
    found = [
        _figure(
            "unserved", Section.OPERATORS, "没有在运营企业的站点", "个",
            stations=unserved, of=len(asked.open),
        )
    ]  # fmt: skip
    if asked.township is not None:
        return found
    states = asked.session.scalars(
        sa.select(Operator.status).where(Operator.county == asked.county.code)
    ).all()
    active = sum(one is OperatorStatus.ACTIVE for one in states)
    return [
        _figure("operators", Section.OPERATORS, "在运营的企业", "家", value=active, of=len(states)),
        *found,
    ]


def told(one: ReportFigure) -> str:
    """A figure in words: 42个（目标48个）, 还不知道."""
    if one["value"] is None:
        return f"还不知道（{one['note']}）" if one["note"] else "还不知道"
    of = f"／{one['of']}" if one["of"] is not None else ""
    unknown = f"，另有{one['unknown']}{one['unit']}还没查清" if one["unknown"] else ""
    return f"{one['value']}{of}{one['unit']}{unknown}"


def differences(frozen: Iterable[ReportFigure], now: Iterable[ReportFigure]) -> list[str]:
    """What is otherwise now than when it was reported, a sentence each; what cannot be asked, not.

    The same number of other stations is a difference as well.
    """
    today = {one["key"]: one for one in now}
    said = []
    for old in frozen:
        new = today.get(old["key"])
        if new is None:
            continue
        if told(old) != told(new):
            said.append(f"{old['label']}：报送时{told(old)}，现在{told(new)}")
        elif old["stations"] != new["stations"]:
            gone = len(set(old["stations"]) - set(new["stations"]))
            said.append(f"{old['label']}：数没变（{told(new)}），但有{gone or '几'}个站换了")
    return said
