"""更正登记错误: what the register said of past days, and what was true; both stay to be read.

A change in the register holds from its day on, so a slip that is noticed later would stay true
for the days between. The correction is a line of the history above the wrong one. What is still
wrong today is put right by the ordinary deeds beside it: they follow up what hangs on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.models.station import Station
from server.policy.hours import Holidays, hours_text, nobody_knows
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.closures import TimesAway
from server.services.common.corrected import (
    HOURS,
    NEVER_CLOSED,
    TOLD_AGAIN,
    WAS_CLOSED,
    field_of,
)
from server.services.common.hours_then import Corrected
from server.services.common.insisting import ask_unless_sure
from server.services.common.outbox import stays_closed
from server.services.common.seals import refuse_if_changed
from server.services.common.worked_days import said_open
from server.services.common.written import cut, reason_given, written
from server.services.county.choices import hold_still
from server.services.days.register_past import Away, Past, days_text, first_day, past_of
from server.services.days.what_stands import (
    Reckoned,
    months_of_days,
    what_changes,
    what_stands,
)
from server.services.registry.actions import RegistryAction
from server.services.registry.stations import (
    close_station,
    read_values,
    reopen_station,
    write_values,
)

SENT_BACK = "停业以后站长手机上没收下的签到、件数不会自己进来，请他在手机的“要处理”里再交一次"


@dataclass(frozen=True, slots=True)
class Because:
    """Why a person corrects, and on what that rests."""

    reason: str
    source: str

    def written(self) -> str:
        """Both as the history keeps them. Raises Invalid reason-needed, text-too-long."""
        reason = reason_given(
            self.reason, "请写明错在哪里、怎么错的，例如“录入时选错了站”。", label="错在哪里"
        )
        source = reason_given(
            self.source, "请写明凭什么更正，例如“6月20日电话问过站长，门口营业时间牌的照片”。",
            field="source", label="凭什么",
        )  # fmt: skip
        both = f"{reason}；依据：{source}"
        return written(both, "错在哪里和凭什么", field="reason", into=HistoryLine.reason)


def correct_hours(
    session: Session,
    *,
    station: Station,
    from_on: date,
    until_on: date | None,
    hours: str,
    because: Because,
    standards: Sequence[Standard],
    by: Person,
    now: datetime,
    holidays: Holidays = nobody_knows,
    seal: str | None = None,
    sure: str | None = None,
) -> list[history.Change]:
    """Say which hours were true from a day on; without `until_on` they are wrong today as well.

    `seal` is of what the form showed, `sure` the ticked sentence on what changes and what stands.
    Raises Invalid reason-needed, text-too-long, field-invalid; Conflict station-changed-meanwhile,
    register-was-right, correction-asked.
    """
    reason, today = because.written(), beijing_day(now)
    past = _held(session, station, seal, today)
    last = today - timedelta(days=1) if until_on is None else until_on
    _refuse_days(station, from_on, last, today, still=until_on is None)
    values = read_values(session, station.county, {"hours": hours}, now, station=station)
    if not values["hours"]:
        raise _wrong("hours", "请写那些天真正的营业时间，例如“每天 8:00-18:00”。")
    true = Corrected(from_on, last, values["hours"])
    words = hours_text(true.hours)
    said = words.replace("；", "，")  # a page shows what is asked as a list
    made = [
        history.Change(
            field=field_of(HOURS, first, until),
            label=f"{days_text(first, until)}的营业时间",
            old=one.words,
            new=words,
        )
        for one in past.stretches
        if one.words != words
        and (first := max(one.first, from_on)) <= (until := min(one.last, last))
    ]
    still = until_on is None and station.hours != true.hours
    if not made:
        raise Conflict(
            "register-was-right",
            f"{days_text(from_on, last)}登记的本来就是“{words}”，没有要更正的。"
            f"{'只从今天起改，请到“改登记”里改。' if still else ''}",
        )
    after = replace(past.reckoned, then=past.reckoned.then.with_corrected(station.id, true))
    if still:
        after = replace(after, hours=true.hours)
    told = _told(
        session, station, before=past.reckoned, after=after, first=from_on, last=last,
        today=today, holidays=holidays,
    )  # fmt: skip
    if still:
        told.append(f"今天起登记的营业时间也改成“{said}”")
    _ask(f"{station.name}{days_text(from_on, last)}的营业时间更正为“{said}”", told, sure)
    _write(
        session, station=station, what=f"{days_text(from_on, last)}的营业时间", made=made,
        reason=reason, by=by, now=now,
    )  # fmt: skip
    if still:
        write_values(
            session, station=station, values=values, standards=standards, by=by, now=now,
            reason=_short(reason),
        )  # fmt: skip
    return made


def correct_closing(
    session: Session,
    *,
    station: Station,
    which: str,
    closed_on: date | None,
    back_on: date | None,
    because: Because,
    by: Person,
    now: datetime,
    holidays: Holidays = nobody_knows,
    seal: str | None = None,
    sure: str | None = None,
) -> list[history.Change]:
    """Say that a time of closing (`which`: its key) never was, or on which days it really was.

    Without `closed_on` the station never closed; without `back_on` it is closed to this day. Raises
    what `correct_hours` does, and what opening a station again does.
    """
    reason, today = because.written(), beijing_day(now)
    past = _held(session, station, seal, today)
    wrong = next((one for one in past.times if one.key == which), None)
    if wrong is None:
        raise _wrong("which", "请选哪一次停业登记错了。")
    true = Away(closed_on, back_on) if closed_on is not None else None
    _refuse_times(past, wrong, true, today)
    if true == wrong:
        raise Conflict("register-was-right", f"登记的本来就是{wrong.text}，没有要更正的。")
    # What opens a closed station again writes its own time, which the correction takes out too.
    undone = Away(wrong.first, wrong.back or today)
    made = [_change(wrong, undone, NEVER_CLOSED, true)]
    if true is not None and true.back is not None:
        made.append(_change(None, true, WAS_CLOSED, true))
    after = _after(past.reckoned, wrong, true)
    first = min(wrong.first, true.first if true else wrong.first)
    last = max(wrong.back or today, (true.back or today) if true else wrong.first)
    told = _told(
        session, station, before=past.reckoned, after=after, first=first, last=min(last, today),
        today=today, holidays=holidays,
    )  # fmt: skip
    if true is not None:
        told += said_open(session, station_id=station.id, first=true.first, back=true.back or today)
    told += _follows(session, station, wrong, true)
    says = f"其实{true.text}" if true else "其实没有停业"
    _ask(f"{station.name}登记的“{wrong.text}”有误，{says}", told, sure)
    if wrong.back is None:
        with stays_closed(session, station.id, when=true is not None and true.back is None):
            reopen_station(session, station=station, by=by, now=now, reason=_short(reason))
        if true is not None and true.back is None:
            close_station(
                session, station=station, by=by, now=now, on=true.first, reason=_short(reason)
            )
    _write(
        session, station=station, what=f"“{wrong.text}”有误，{says}", made=made, reason=reason,
        by=by, now=now,
    )  # fmt: skip
    return made


def add_closing(
    session: Session,
    *,
    station: Station,
    closed_on: date | None,
    back_on: date | None,
    whole: bool,
    because: Because,
    by: Person,
    now: datetime,
    holidays: Holidays = nobody_knows,
    seal: str | None = None,
    sure: str | None = None,
) -> list[history.Change]:
    """Say that a station was closed for some days of which the register tells nothing.

    `whole` says that this is all there was of closings whose lines a law had deleted: without
    days that there were none. Raises what `correct_hours` does.
    """
    reason, today = because.written(), beijing_day(now)
    past = _held(session, station, seal, today)
    if whole and not past.lost:
        raise _wrong("whole", "停业记录没有删除过内容，没有要补齐的。")
    if closed_on is None and not whole:
        raise _wrong("closed_on", "请写停业的那天。")
    true = None if closed_on is None else _missed(station, past, Away(closed_on, back_on), today)
    made = [_change(None, true, WAS_CLOSED, true)] if true else []
    made += [
        history.Change(
            field=f"{TOLD_AGAIN}{line}", label="内容已经删除的停业记录", old="", new="按现在列的算"
        )
        for line in (past.lost if whole else ())
    ]
    told = []
    if true is not None and true.back is not None:
        told += _told(
            session, station, before=past.reckoned, after=_after(past.reckoned, None, true),
            first=true.first, last=true.back, today=today, holidays=holidays,
        )  # fmt: skip
        told += said_open(session, station_id=station.id, first=true.first, back=true.back)
    if whole:
        told.append("内容已经删除的停业记录，以后按现在列的算，不再提示查不到")
    says = f"登记里没有的“{true.text}”补上" if true else "以前没有别的停业"
    _ask(f"{station.name}{says}", told, sure)
    _write(session, station=station, what=says, made=made, reason=reason, by=by, now=now)
    return made


def _missed(station: Station, past: Past, true: Away, today: date) -> Away:
    """A closing that nobody entered, if it can have been."""
    if true.back is None:
        raise _wrong(
            "back_on",
            "请写恢复营业的那天；现在还停着的，到“停业”里办，停业日期写真正停的那天。",
        )
    _refuse_times(past, None, true, today)
    if station.opened_on is not None and true.first < station.opened_on:
        raise _wrong("closed_on", f"停业早于开办（{full_day_text(station.opened_on)}），请核对。")
    if true.back <= (earliest := first_day(station, today)):
        raise _wrong("back_on", f"最早能更正到{full_day_text(earliest)}，请核对恢复的那天。")
    return true


def _held(session: Session, station: Station, seal: str | None, today: date) -> Past:
    """The past as the form showed it; of two who correct, or approve, the second sees the first."""
    hold_still(session, session.get_one(County, station.county))
    session.refresh(station)
    past = past_of(session, station=station, today=today)
    refuse_if_changed(seal, past.shown, code="station-changed-meanwhile", what=station.name)
    return past


def _refuse_days(station: Station, first: date, last: date, today: date, *, still: bool) -> None:
    if first >= today and still:
        raise _wrong("from_on", "只从今天起改，不是更正：请到“改登记”里改营业时间。")
    if last >= today:
        raise _wrong("until_on", "“到哪天为止”要在今天以前；现在登记的也错，就空着。")
    if last < first:
        raise _wrong("until_on", "“到哪天为止”早于“从哪天起”，请核对。")
    if first < (earliest := first_day(station, today)):
        raise _wrong("from_on", f"最早能更正到{full_day_text(earliest)}，请核对“从哪天起”。")


def _refuse_times(past: Past, wrong: Away | None, true: Away | None, today: date) -> None:
    """Raise Invalid field-invalid where the true days cannot be."""
    if true is None:
        return
    if true.first > today:
        raise _wrong("closed_on", "真正停业的那天还没有到，请核对。")
    if true.back is None and wrong is not None and wrong.back is not None:
        raise _wrong("back_on", "请写真正恢复营业的那天；现在还停着的，请先办停业。")
    if true.back is not None and not true.first < true.back <= today:
        raise _wrong("back_on", "恢复营业的那天要在停业以后，也不能晚于今天，请核对。")
    end = true.back or today
    for one in past.times:
        if one != wrong and one.first < end and true.first < (one.back or today):
            raise _wrong("closed_on", f"和另一次停业（{one.text}）重叠了，请核对。")


def _change(old: Away | None, days: Away, mark: str, true: Away | None) -> history.Change:
    return history.Change(
        field=field_of(mark, days.first, days.back or days.first),
        label="停业",
        old=old.text if old else "",
        new=true.text if true else "没有停业",
    )


def _after(reckoned: Reckoned, wrong: Away | None, true: Away | None) -> Reckoned:
    gone = (wrong.first, wrong.back) if wrong else None
    times = [one for one in reckoned.away.times.get(reckoned.id, ()) if one != gone]
    if true is not None and true.back is not None:
        times.append((true.first, true.back))
    away = TimesAway({**reckoned.away.times, reckoned.id: times}, reckoned.away.unsure)
    closed_on = reckoned.closed_on
    if wrong is not None and wrong.back is None:
        closed_on = true.first if true is not None and true.back is None else None
    return replace(reckoned, away=away, closed_on=closed_on)


def _told(
    session: Session, station: Station, *, before: Reckoned, after: Reckoned, first: date,
    last: date, today: date, holidays: Holidays,
) -> list[str]:  # fmt: skip
    months = months_of_days(first, last)
    return [
        *what_changes(
            session, county=station.county, months=months, before=before, after=after,
            today=today, holidays=holidays,
        ),
        *what_stands(
            session, county=station.county, station_id=station.id, first=first, last=last,
            closing=before.then is after.then,
        ),
    ]  # fmt: skip


def _follows(session: Session, station: Station, wrong: Away, true: Away | None) -> list[str]:
    """What a closing did besides, and nobody takes back by itself."""
    told = []
    if (
        true is None
        or true.first > wrong.first
        or (true.back or date.max) < (wrong.back or date.max)
    ):
        told.append(SENT_BACK)
    if true is not None:
        return told
    lines = session.execute(
        sa.select(HistoryLine.at, HistoryLine.changes).where(
            HistoryLine.county == station.county,
            HistoryLine.station_id == station.id,
            HistoryLine.action == RegistryAction.STATION_CLOSED.value,
        )
    )
    first = wrong.first.isoformat()
    at = [at for at, changes in lines if any(one["new"] == first for one in changes)]
    withdrawn = session.scalar(
        sa.select(sa.func.count()).where(
            Rectification.station_id == station.id,
            Rectification.state == RectificationState.WITHDRAWN,
            Rectification.closed_at.in_(at),
        )
    )
    if withdrawn:
        told.append(f"停业时一起撤销的{withdrawn}项整改不会自己回来，还要整改的请重新提出")
    return told


def _ask(what: str, told: Sequence[str], sure: str | None) -> None:
    ask_unless_sure(
        f"{what}：{'；'.join(told)}", sure, code="correction-asked",
        otherwise="看过以后没有错，请勾选“看过了，照这样更正”，再交一次",
    )  # fmt: skip


def _write(
    session: Session, *, station: Station, what: str, made: Sequence[history.Change], reason: str,
    by: Person, now: datetime,
) -> None:  # fmt: skip
    history.write(
        session, of=station, by=by, at=now, action=RegistryAction.STATION_CORRECTED,
        summary=f"更正登记错误：{what}", changes=made, reason=reason,
    )  # fmt: skip


def _short(reason: str) -> str:
    """The same reason beside an ordinary deed, as much as fits behind the word."""
    return cut(f"更正登记错误：{reason}", HistoryLine.reason)


def _wrong(field: str, message: str) -> Invalid:
    return Invalid("field-invalid", message, fields={field: message})
