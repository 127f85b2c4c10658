"""The files of operators' totals that were entered, and how one of them is taken back."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import full_month_text
from server.errors import Conflict, NotFound
from server.models.county import County, Operator
from server.models.operator_total import OperatorFile, OperatorTotal, ReconciliationDecision
from server.models.person import Person, Role
from server.models.station import Station
from server.services.common import history
from server.services.common.list_plans import one_list_at_a_time
from server.services.common.written import reason_given
from server.services.days.actions import DaysAction
from server.services.days.months import approval_of
from server.services.people.scope import EVERYBODY, WHOLE_COUNTY, Everybody, stations_visible_to


@dataclass(frozen=True, slots=True)
class FileView:
    """One file with its operator and the people who entered it and took it back.

    `holds` counts its lines that no later file has said anew.
    """

    file: OperatorFile
    operator: str
    who: str
    withdrawn_who: str
    holds: int


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a station's day, of whatever version, with its file."""

    total: OperatorTotal
    file: OperatorFile
    operator: str
    who: str


def files_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `OperatorFile`: who sees the whole county all, a clerk the own firm's.

    Others see the files that speak of a station they may see.
    """
    if seen_by is EVERYBODY:
        return sa.true()
    own_county = OperatorFile.county == seen_by.county
    if seen_by.role in WHOLE_COUNTY:
        return own_county
    if seen_by.role is Role.OPERATOR:
        return own_county & (OperatorFile.operator_id == seen_by.operator_id)
    speaks = sa.select(OperatorTotal.id).join(Station, Station.id == OperatorTotal.station_id)
    return (
        own_county
        & speaks.where(OperatorTotal.file_id == OperatorFile.id, stations_visible_to(seen_by))
        .correlate(OperatorFile)
        .exists()
    )


def files_entered(
    session: Session, *, county: str, seen_by: Person | Everybody, month_on: date | None = None
) -> list[FileView]:
    """The files that somebody may see, the newest first; of one month where asked."""
    who, back = aliased(Person), aliased(Person)
    holds = (
        sa.select(sa.func.count())
        .where(OperatorTotal.file_id == OperatorFile.id, OperatorTotal.current)
        .correlate(OperatorFile)
        .scalar_subquery()
    )
    query = (
        sa.select(OperatorFile, Operator.name, who.name, back.name, holds)
        .join(Operator, Operator.id == OperatorFile.operator_id)
        .outerjoin(who, who.id == OperatorFile.entered_by)
        .outerjoin(back, back.id == OperatorFile.withdrawn_by)
        .where(OperatorFile.county == county, files_visible_to(seen_by))
        .order_by(OperatorFile.id.desc())
    )
    if month_on is not None:
        query = query.where(OperatorFile.month_on == month_on)
    return [
        FileView(file, operator, by or "系统", undone or "", lines)
        for file, operator, by, undone, lines in session.execute(query)
    ]


def file_for(session: Session, *, file_id: int, seen_by: Person) -> OperatorFile:
    """One of the files that somebody may see. Raises NotFound operator-file-unknown."""
    found = session.scalars(
        sa.select(OperatorFile).where(OperatorFile.id == file_id, files_visible_to(seen_by))
    ).one_or_none()
    if found is None:
        raise NotFound("operator-file-unknown", "没有找到这份企业数。请返回重新选择。")
    return found


def lines_of_day(session: Session, *, station: Station, day_on: date) -> list[LineView]:
    """Every operator's line of a station's day, of all versions, the newest first."""
    rows = session.execute(
        sa.select(OperatorTotal, OperatorFile, Operator.name, Person.name)
        .join(OperatorFile, OperatorFile.id == OperatorTotal.file_id)
        .join(Operator, Operator.id == OperatorTotal.operator_id)
        .outerjoin(Person, Person.id == OperatorFile.entered_by)
        .where(OperatorTotal.station_id == station.id, OperatorTotal.day_on == day_on)
        .order_by(OperatorTotal.id.desc())
    )
    return [LineView(total, file, operator, who or "系统") for total, file, operator, who in rows]


def withdraw_file(
    session: Session, *, file: OperatorFile, by: Person, now: datetime, reason: str
) -> int:
    """Take a file back while nothing rests on it; what held before it holds again.

    Gives how many lines that were. Raises Conflict operator-file-withdrawn, operator-file-used;
    Invalid reason-needed.
    """
    one_list_at_a_time(session, session.get_one(County, file.county))
    session.refresh(file)
    if file.withdrawn_at is not None:
        raise Conflict("operator-file-withdrawn", "这份企业数已经撤回过了，不用再撤一次。")
    if approval_of(session, county=file.county, month_on=file.month_on) is not None:
        raise Conflict(
            "operator-file-used",
            f"{full_month_text(file.month_on)}的件数已经核准，这份企业数撤不回。"
            "有错的天，请传一份更正的文件，原来的数会留着。",
        )
    if decided := _decided_on(session, file):
        raise Conflict(
            "operator-file-used",
            f"这份企业数里有{decided}天已经有人对过账，撤不回。"
            "有错的天，请传一份更正的文件，那几天会重新对账。",
        )
    because = reason_given(
        reason, "请写明为什么撤回，例如“选错了企业”。", into=OperatorFile.withdrawn_because
    )
    file.withdrawn_at, file.withdrawn_by, file.withdrawn_because = now, by.id, because
    held = session.scalars(
        sa.select(OperatorTotal).where(OperatorTotal.file_id == file.id, OperatorTotal.current)
    ).all()
    session.execute(
        sa.update(OperatorTotal).where(OperatorTotal.file_id == file.id).values(current=False)
    )
    session.flush()
    _let_hold_again(session, file, {(one.place, one.day_on) for one in held})
    operator = session.get_one(Operator, file.operator_id)
    history.write(
        session,
        of=operator,
        by=by,
        at=now,
        action=DaysAction.TOTALS_WITHDRAWN,
        summary=f"撤回{operator.name}{full_month_text(file.month_on)}的系统数“{file.file_name}”："
        f"{file.lines}行",
        reason=because,
    )
    return file.lines


def _decided_on(session: Session, file: OperatorFile) -> int:
    """How many station-days of the file were decided since it was entered."""
    return (
        session.scalar(
            sa.select(sa.func.count()).select_from(
                sa.select(OperatorTotal.place, OperatorTotal.day_on)
                .join(
                    ReconciliationDecision,
                    sa.and_(
                        ReconciliationDecision.station_id == OperatorTotal.station_id,
                        ReconciliationDecision.day_on == OperatorTotal.day_on,
                        ReconciliationDecision.decided_at >= file.entered_at,
                    ),
                )
                .where(OperatorTotal.file_id == file.id)
                .distinct()
                .subquery()
            )
        )
        or 0
    )


def _let_hold_again(session: Session, file: OperatorFile, days: set[tuple[int, date]]) -> None:
    """Let the newest version that was not taken back hold, for each of these days."""
    rows = session.execute(
        sa.select(
            OperatorTotal.id, OperatorTotal.place, OperatorTotal.day_on, OperatorTotal.version
        )
        .join(OperatorFile, OperatorFile.id == OperatorTotal.file_id)
        .where(
            OperatorTotal.operator_id == file.operator_id,
            OperatorTotal.month_on == file.month_on,
            OperatorFile.withdrawn_at.is_(None),
        )
    ).all()
    newest: dict[tuple[int, date], int] = {}
    for row in rows:
        key = (row.place, row.day_on)
        newest[key] = max(newest.get(key, 0), row.version)
    again = [
        {"id": row.id, "current": True}
        for row in rows
        if (row.place, row.day_on) in days and newest[row.place, row.day_on] == row.version
    ]
    if again:
        session.execute(sa.update(OperatorTotal), again)
