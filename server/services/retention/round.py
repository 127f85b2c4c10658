"""The nightly round: whatever has had its time is erased in small steps, each whole by itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.calendar import beijing_day, full_day_text
from server.db import writing
from server.media.blobs import BlobStore
from server.models.inspection import Inspection
from server.models.phone_event import CheckIn, Photo, PhotoState
from server.services.common import history
from server.services.common.actions import ChainAction
from server.services.county.counties import county_of, with_stations
from server.services.county.retention_options import SETTINGS, DataKind
from server.services.retention.actions import RetentionAction
from server.services.retention.blanking import (
    blank_check_ins,
    blank_inspections,
    delete_given_up,
    give_up_photos,
)
from server.services.retention.due import Due, due_in

A_STEP = 200
STEPS = 500
"""A county's most in a night: what is left is for the next, and `check` tells when that goes on."""
LATE = timedelta(days=7)


def go_round(
    engine: Engine, blobs: BlobStore, *, county: str, now: datetime, steps: int = STEPS
) -> int:
    """Erase what is due in a county, at most so many steps; how many rows it was.

    Bytes last, also of what an earlier round gave up and did not come to delete: where the store
    deletes one of them not (StoreFailed), all else is erased. What is held is looked
    up once, and again with each step: what changed meanwhile changes the rest.
    """
    on, done = beijing_day(now), 0
    with Session(engine) as session:
        due = due_in(session, county_of(session, county), on=on)
    for kind in DataKind:
        some = A_STEP
        while some == A_STEP and steps > 0:
            steps -= 1
            with Session(engine) as session:
                ids = due.ids(session, kind, most=A_STEP)
            if ids:
                with writing(engine) as session:
                    fresh = _as_it_is(session, due)
                    if (fresh.options, fresh.held) != (due.options, due.held):
                        due = fresh
                        continue
                    done += _STEPS.get(kind, _photos)(session, due, kind, ids, now)
            some = len(ids)
    delete_given_up(engine, blobs, county=county)
    return done


def _as_it_is(session: Session, due: Due) -> Due:
    """The same, looked up under the write lock, with which nobody says otherwise meanwhile.

    Since the round began the office may have let erasing rest, or somebody complained.
    """
    county = county_of(session, due.county.code)
    session.refresh(county, with_for_update=True)
    return due_in(session, county, on=due.on)


_Step = Callable[[Session, Due, DataKind, Sequence[UUID], datetime], int]


def _check_ins(
    session: Session, due: Due, kind: DataKind, ids: Sequence[UUID], now: datetime
) -> int:
    days = _days(session, CheckIn.day_on, CheckIn.id, ids)
    done = blank_check_ins(session, ids, on=due.on)
    told = f"到期删除{done}次签到的位置（{days}），签到和离站点多远留着"
    if done:  # another worker may have been first
        _tell(
            session, due, kind, action=RetentionAction.CHECK_IN_PLACES_ERASED, summary=told, now=now
        )
    return done


def _inspections(
    session: Session, due: Due, kind: DataKind, ids: Sequence[UUID], now: datetime
) -> int:
    found = session.scalars(
        sa.select(Inspection).where(Inspection.id.in_(ids)).order_by(Inspection.day_on)
    ).all()
    changes = blank_inspections(session, found, on=due.on)
    if changes:
        told = f"到期删除{len(changes)}份督导记录里的位置，记录和离站点多远留着"
        _tell(
            session, due, kind, action=ChainAction.POSITIONS_ERASED, summary=told, now=now,
            changes=changes,
        )  # fmt: skip
    return len(changes)


def _photos(session: Session, due: Due, kind: DataKind, ids: Sequence[UUID], now: datetime) -> int:
    days = _days(session, Photo.day_on, Photo.id, ids)
    done = give_up_photos(session, ids, on=due.on)
    told = f"到期删除{done}张{SETTINGS[kind].label}（{days}），拍过照的记录留着"
    if done:
        _tell(session, due, kind, action=RetentionAction.PHOTOS_ERASED, summary=told, now=now)
    return done


_STEPS: dict[DataKind, _Step] = {
    DataKind.CHECK_IN_POSITION: _check_ins,
    DataKind.INSPECTION_POSITION: _inspections,
}


def _days(
    session: Session,
    day: InstrumentedAttribute[date],
    key: InstrumentedAttribute[UUID],
    ids: Sequence[UUID],
) -> str:
    asked = sa.select(sa.func.min(day), sa.func.max(day)).where(key.in_(ids))
    first, last = session.execute(asked).one()
    return f"{full_day_text(first)}至{full_day_text(last)}"


def _tell(
    session: Session,
    due: Due,
    kind: DataKind,
    *,
    action: history.Action,
    summary: str,
    now: datetime,
    changes: Sequence[history.Change] = (),
) -> None:
    history.write(
        session,
        of=county_of(session, due.county.code),
        by=None,
        at=now,
        action=action,
        summary=summary,
        changes=changes,
        reason=f"县里定的：{SETTINGS[kind].label}留{due.options.days[kind]}天",
    )


def behind(session: Session, *, now: datetime) -> list[str]:
    """What should have been erased a week ago and was not, in words; nothing where all is well."""
    on = beijing_day(now) - LATE
    said = []
    for county in with_stations(session):
        due = due_in(session, county, on=on)
        late = [SETTINGS[kind].label for kind in DataKind if due.ids(session, kind, most=1)]
        if late:
            said.append(f"{county.name}：{'、'.join(late)}，过了县里定的天数一周还没有删。{_ASK}")
    stuck = session.scalar(
        sa.select(sa.func.count()).where(
            Photo.state == PhotoState.ERASING, Photo.erased_on < beijing_day(now) - timedelta(2)
        )
    )
    if stuck:
        said.append(f"有{stuck}张照片写明删了，原件还没有删掉。{_ASK}")
    return said


_ASK = "请看后台进程（worker）在不在运行，日志里 erase_what_is_over 为什么没有做成。"


LINES = (
    RetentionAction.CHECK_IN_PLACES_ERASED,
    RetentionAction.PHOTOS_ERASED,
    ChainAction.POSITIONS_ERASED,
)
"""What the history calls the lines of these rounds."""
