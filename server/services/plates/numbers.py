"""Gives stations their numbers (XZ0001…, C0001…), each once and for ever, and explains gaps."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict
from server.models.county import County
from server.models.person import Person
from server.models.station import CodeSequence, IssuedCode, Station
from server.policy.signs.parts import PREFIXES
from server.policy.standard.facts import Level
from server.policy.standard.wording import code_text
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.actions import PlateAction

GIVEN_BEFORE = "随表格登记的原有编号"
"""The note of a number that the county gave before this system, from when on nobody wrote down."""
LAST = 9999  # 附件3 二（3） writes four digits
_CODE = re.compile(r"(XZ|C)(?=[0-9]{1,4}$)0*([1-9][0-9]{0,3})")


class Gap(NamedTuple):
    """A number that no open station carries, and why."""

    code: str
    why: str


def normal_code(text: str) -> str | None:
    """The official spelling of a typed number ("c7", "xz 1" → C0007, XZ0001), or None."""
    found = _CODE.fullmatch(re.sub(r"(?<=[A-Z])[_.·-](?=\d)", "", code_text(text)))
    return f"{found[1]}{int(found[2]):04}" if found else None


def code_written(text: str, county: str) -> str:
    """As `normal_code`, and with the county's digits before it, as plates have it (140926-C0007).

    What is no number of this county comes back as it was typed, in capitals, and so names none.
    """
    plain = code_text(text)
    own = re.sub("^[-_.·]+", "", plain.removeprefix(county)) if plain.startswith(county) else plain
    return normal_code(own) or plain


def level_of(code: str) -> Level:
    """Which level a normal code belongs to."""
    return Level.TOWNSHIP_STATION if code.startswith("XZ") else Level.VILLAGE_POINT


def issue_code(session: Session, *, station: Station, by: Person | None, now: datetime) -> str:
    """Give a station the next number of its county and level; its own, if it has one already.

    Locks the county's sequence until the transaction ends, so simultaneous calls stay unique.
    Raises Conflict numbers-used-up, hub-has-no-number, station-closed.
    """
    prefix = _prefix_for(station)
    _lock(session, station.county, station.level)
    session.flush()
    session.refresh(station, with_for_update=True)
    if station.code:
        return station.code
    # A number that came another way (an older register, a restored row) is stepped over.
    highest = session.scalar(
        select(func.max(Station.code)).where(
            Station.county == station.county, Station.code.startswith(prefix)
        )
    )
    if highest is not None:
        _step_past(session, station, int(highest.removeprefix(prefix)))
    seq = session.scalar(
        sa.update(CodeSequence)
        .where(CodeSequence.county == station.county, CodeSequence.level == station.level)
        .values(next_seq=CodeSequence.next_seq + 1)
        .returning(CodeSequence.next_seq - 1)
        .execution_options(synchronize_session=False)
    )
    if seq is None or seq > LAST:
        raise Conflict(
            "numbers-used-up",
            f"{prefix}编号已经用到{prefix}{LAST}，四位数不够用了。编号不能重复使用，"
            "请联系邮政管理部门商定新的编号办法后再发放。",
        )
    code = f"{prefix}{seq:04}"
    _keep(session, station, code, by=by, now=now, note="")
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=PlateAction.CODE_ISSUED,
        summary=f"发放编号 {code}",
        changes=[history.Change(field="code", label="编号", old="", new=code)],
    )
    return code


def take_codes(
    session: Session,
    *,
    county: str,
    codes: Mapping[str, Station],
    by: Person | None,
    now: datetime,
    note: str,
) -> None:
    """Enter numbers that the county gave before this system; later ones follow after them.

    Raises Conflict number-taken when one of the numbers was ever given in this county.
    """
    highest: dict[Level, str] = {}
    for code, station in sorted(codes.items()):
        _prefix_for(station)
        highest[station.level] = code
    for level in sorted(highest):
        _lock(session, county, level)
    taken = session.scalar(
        select(IssuedCode.code).where(IssuedCode.county == county, IssuedCode.code.in_(codes))
    )
    if taken is not None:
        raise Conflict("number-taken", f"编号{taken}已经发放过，编号不重复使用。请换一个编号。")
    for code in highest.values():
        _step_past(session, codes[code], int(code.lstrip("XZC")))
    for code, station in codes.items():
        station.code = code
        session.add(_issued(station, code, by=by, now=now, note=note))
    session.flush()
    ask_to_compare(session, [station.id for station in codes.values()], now=now)


def issue_missing_codes(
    session: Session,
    *,
    county: County,
    by: Person | None,
    now: datetime,
    seen_by: Person | Everybody,
    township_code: str | None = None,
    station_ids: Collection[int] | None = None,
) -> list[Station]:
    """Number every open station in sight (or of those chosen) that has none; gives those.

    By township and village code.
    """
    query = (
        select(Station)
        .where(
            Station.county == county.code,
            stations_visible_to(seen_by),
            Station.code.is_(None),
            Station.closed_on.is_(None),
            Station.level != Level.COUNTY_HUB,
        )
        .order_by(Station.township_code, Station.village_code, Station.id)
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    if station_ids is not None:
        query = query.where(Station.id.in_(station_ids))
    stations = list(session.scalars(query))
    for station in stations:
        issue_code(session, station=station, by=by, now=now)
    return stations


def stations_to_number(session: Session, *, seen_by: Person | Everybody) -> list[Station]:
    """The open stations in sight that can carry a number, with it or without, place by place."""
    return list(
        session.scalars(
            select(Station)
            .where(
                stations_visible_to(seen_by),
                Station.closed_on.is_(None),
                Station.level.in_(PREFIXES),
            )
            .order_by(Station.township_code, Station.level, Station.village_code, Station.id)
        )
    )


def gaps(session: Session, *, county: str, level: Level) -> list[Gap]:
    """Numbers below the next one that no open station carries, in order, each with its reason."""
    prefix = PREFIXES[level]
    upcoming = session.scalar(
        select(CodeSequence.next_seq).where(
            CodeSequence.county == county, CodeSequence.level == level
        )
    )
    given = {
        code: (name, closed_on)
        for code, name, closed_on in session.execute(
            select(IssuedCode.code, Station.name, Station.closed_on)
            .join(Station, Station.id == IssuedCode.station_id)
            .where(IssuedCode.county == county, IssuedCode.code.startswith(prefix))
        )
    }
    found = []
    for seq in range(1, upcoming or 1):
        code = f"{prefix}{seq:04}"
        if code not in given:
            found.append(Gap(code, "从未发放：县里原有的编号从后面接着编"))
            continue
        name, closed_on = given[code]
        if closed_on is not None:
            found.append(Gap(code, f"{name}已于{full_day_text(closed_on)}停业，编号不给别的站用"))
    return found


def _prefix_for(station: Station) -> str:
    prefix = PREFIXES.get(station.level)
    if prefix is None:
        raise Conflict(
            "hub-has-no-number",
            "县级统仓共配中心不编号：附件3只规定了乡镇站（XZ）和村级点（C）的编号。",
        )
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业。如要继续使用，请先恢复营业。")
    return prefix


def _lock(session: Session, county: str, level: Level) -> None:
    """Make sure the sequence is there, and hold its row (SQLite's writer holds all)."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(CodeSequence)
        .values(county=county, level=level, next_seq=1)
        .on_conflict_do_nothing(index_elements=["county", "level"])
    )
    session.execute(
        select(CodeSequence.next_seq)
        .where(CodeSequence.county == county, CodeSequence.level == level)
        .with_for_update()
    )


def _step_past(session: Session, station: Station, seq: int) -> None:
    """Let the next number of this county and level be higher than `seq`."""
    session.execute(
        sa.update(CodeSequence)
        .where(
            CodeSequence.county == station.county,
            CodeSequence.level == station.level,
            CodeSequence.next_seq <= seq,
        )
        .values(next_seq=seq + 1)
        .execution_options(synchronize_session=False)
    )


def _keep(
    session: Session, station: Station, code: str, *, by: Person | None, now: datetime, note: str
) -> None:
    station.code = code
    session.add(_issued(station, code, by=by, now=now, note=note))
    session.flush()
    ask_to_compare(session, [station.id], now=now)


def _issued(
    station: Station, code: str, *, by: Person | None, now: datetime, note: str
) -> IssuedCode:
    return IssuedCode(
        county=station.county,
        code=code,
        station_id=station.id,
        issued_at=now,
        issued_by=by.id if by else None,
        note=note,
    )
