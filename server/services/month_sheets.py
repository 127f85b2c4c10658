"""A month's counts as a workbook for the office's report: what was approved, then corrections."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import BEIJING, moment_text, next_month
from server.media.workbook import Workbook
from server.models.county import County
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.station import Station
from server.services.months import Correction, Month, StationMonth, Sums, corrections, frozen_month

COLUMNS = ("应报（天）", "报了（天）", "没报（天）", "收到", "寄出", "其中农产品")


@dataclass(frozen=True)
class Version:
    """One of several entries for a station's day; `holds` says whether it is the newest."""

    day_on: date
    code: str
    station: str
    received: int
    sent: int
    agri_sent: int
    on_hand: int
    reason: str
    who: str
    at: datetime
    holds: bool


@dataclass(frozen=True)
class MonthContent:
    """What a month's file says: `month` is as approved if it was, else as it stands on `on`.

    `now` is the month with its corrections. `scope` names whose stations these are when they are
    not the whole county's.
    """

    county: County
    month: Month
    now: Month
    approval: MonthApproval | None
    approver: str
    corrections: tuple[Correction, ...]
    versions: tuple[Version, ...]
    on: date
    scope: str

    @property
    def title(self) -> str:
        """静乐县2023年7月件数."""
        return f"{self.county.name}{self.month.name}件数"

    @property
    def stamp(self) -> str:
        """Whether these figures may go into a report."""
        if self.approval is None:
            return f"未核准，统计到{self.on.isoformat()}，数字还会变"
        return f"{self.approver}于{moment_text(self.approval.approved_at)}核准，数字不再变"


def month_content(
    session: Session,
    *,
    county: County,
    now: Month,
    approval: MonthApproval | None,
    station_ids: Collection[int] | None,
    on: date,
    scope: str = "",
) -> MonthContent:
    """Gather what the file says, for these stations only unless `station_ids` is None."""
    whole = frozen_month(approval) if approval else now
    month = whole if station_ids is None else whole.of_stations(station_ids)
    late = corrections(session, approval=approval) if approval else []
    return MonthContent(
        county=county,
        month=month,
        now=now,
        approval=approval,
        approver=session.get_one(Person, approval.approved_by).name if approval else "",
        corrections=tuple(
            one for one in late if station_ids is None or one.station.id in station_ids
        ),
        versions=tuple(
            _versions(session, month_on=now.month_on, county=county.code, ids=station_ids)
        ),
        on=on,
        scope=scope,
    )


def _versions(
    session: Session, *, county: str, month_on: date, ids: Collection[int] | None
) -> list[Version]:
    """Every entry of the days that were entered more than once, day by day, in order of arrival."""
    other = aliased(ParcelCount)
    rows = session.execute(
        sa.select(ParcelCount, Station, Person.name, PhoneEvent.received_at)
        .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
        .join(Station, Station.id == ParcelCount.station_id)
        .join(Person, Person.id == ParcelCount.person_id)
        .where(
            ParcelCount.county == county,
            ParcelCount.day_on.between(month_on, next_month(month_on) - timedelta(days=1)),
            sa.exists().where(
                other.county == ParcelCount.county,
                other.station_id == ParcelCount.station_id,
                other.day_on == ParcelCount.day_on,
                other.version != ParcelCount.version,
            ),
        )
    ).all()
    newest: dict[tuple[int, date], int] = {}
    for count, *_ in rows:
        key = (count.station_id, count.day_on)
        newest[key] = max(newest.get(key, 0), count.version)
    found = [
        Version(
            day_on=count.day_on,
            code=station.code or "",
            station=station.name,
            received=count.received,
            sent=count.sent,
            agri_sent=count.agri_sent,
            on_hand=count.on_hand,
            reason=count.reason,
            who=who,
            at=at,
            holds=newest[count.station_id, count.day_on] == count.version,
        )
        for count, station, who, at in rows
        if ids is None or station.id in ids
    ]
    return sorted(found, key=lambda one: (one.day_on, one.code or "~", one.station, one.at))


def month_xlsx(content: MonthContent) -> bytes:
    """The file: 汇总, 乡镇, 站点 as approved, for ever the same; then what came afterwards."""
    month, approval = content.month, content.approval
    book = Workbook(
        content.title,
        created=approval.approved_at.astimezone(BEIJING)
        if approval
        else datetime.combine(content.on, time()),
        foot=f"{content.title}　{content.stamp}",
    )
    book.sheet("汇总", ("项目", "数值"), _summary(content), (18, 80))
    book.sheet(
        "乡镇",
        ("乡镇", "站点数", *COLUMNS),
        [(one.name, one.stations, *_numbers(one)) for one in month.townships],
        (18, 9, *(12,) * len(COLUMNS)),
        total=("合计", month.total.stations, *_numbers(month.total)),
    )
    book.sheet(
        "站点",
        ("编号", "站点", "乡镇", *COLUMNS),
        [(one.code or "未编号", one.name, one.township, *_numbers(one)) for one in month.stations],
        (10, 32, 16, *(12,) * len(COLUMNS)),
        total=("合计", f"{month.total.stations}站", "", *_numbers(month.total)),
    )
    listed_to = f"{content.title}　列到{content.on.isoformat()}"
    if approval:
        book.sheet(
            "核准后更正",
            ("哪天", "编号", "站点", "核准的收到", "更正的收到", "核准的寄出", "更正的寄出",
             "核准的农产品", "更正的农产品", "理由", "谁", "什么时候", "算不算数"),
            [_correction(one) for one in content.corrections],
            (12, 10, 30, *(9,) * 6, 36, 10, 17, 16),
            foot=listed_to,
        )  # fmt: skip
        book.sheet(
            "按更正算",
            ("乡镇", "站点数", *COLUMNS),
            [(one.name, one.stations, *_numbers(one)) for one in content.now.townships],
            (18, 9, *(12,) * len(COLUMNS)),
            total=("合计", content.now.total.stations, *_numbers(content.now.total)),
            foot=listed_to,
        )
    book.sheet(
        "改过的数",
        ("哪天", "编号", "站点", "收到", "寄出", "其中农产品", "没取走", "理由", "谁填的",
         "什么时候收到", "算不算数"),
        [
            (
                one.day_on.isoformat(), one.code or "未编号", one.station, one.received, one.sent,
                one.agri_sent, one.on_hand, one.reason, one.who, moment_text(one.at),
                _holds(one),
            )
            for one in content.versions
        ],
        (12, 10, 30, 9, 9, 11, 9, 36, 10, 17, 16),
        foot=listed_to,
    )  # fmt: skip
    return book.content()


def _summary(content: MonthContent) -> list[tuple[str, object]]:
    """Names and values of the first sheet; nothing in it changes once the month is approved."""
    total, approval = content.month.total, content.approval
    lines: list[tuple[str, object]] = [
        ("县", content.county.name),
        ("月份", content.month.name),
        ("范围", content.scope or "全县"),
        ("核准情况", content.stamp),
    ]
    if approval and approval.note:
        lines.append(("核准说明", approval.note))
    lines += [
        ("站点数", total.stations),
        *zip(COLUMNS, _numbers(total), strict=True),
        ("应报天数怎么算", "按站点登记的营业时间；开办以前、停业以后的不算"),
    ]
    if approval:
        lines += [
            (
                "哪些会变",
                "“汇总”“乡镇”“站点”是核准的数，什么时候下载都一样；后面几张列到下载那天",
            ),
            ("全县数字的校验码", approval.figures_sha256),
        ]
    if content.county.demo:
        lines.append(("说明", "演示数据，不是真实件数"))
    return lines


def _numbers(one: StationMonth | Sums) -> Sequence[int]:
    return (one.due, one.counted, one.without, one.received, one.sent, one.agri_sent)


def _correction(one: Correction) -> Sequence[object]:
    before, count = one.before, one.count
    return (
        count.day_on.isoformat(),
        one.station.code or "未编号",
        one.station.name,
        before.received if before else "没报",
        count.received,
        before.sent if before else "没报",
        count.sent,
        before.agri_sent if before else "没报",
        count.agri_sent,
        count.reason,
        one.who,
        moment_text(one.at),
        _holds(one),
    )


def _holds(one: Correction | Version) -> str:
    return "算数" if one.holds else "后来又有新的"
