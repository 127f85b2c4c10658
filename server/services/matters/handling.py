"""The holder's side of a problem: referred, passed on, answered, returned, more time asked for."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.county import Division, DivisionLevel, Operator
from server.models.matter import Holder, Matter, MatterDeed, MatterStage, MatterStep
from server.models.organisation import Organisation
from server.models.person import Person
from server.services.common.written import reason_given
from server.services.matters.actions import MatterAction
from server.services.matters.rights import Move
from server.services.matters.steps import day_ahead, in_county, moved_on, step, taken_up


def refer(
    session: Session,
    *,
    matter: Matter,
    to: str,
    due_on: date | None,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """转办: to a township, an operator or a unit, with the last day for all of the handling.

    `to` is township:CODE, operator:ID or unit:ID. Taking it from somebody who has it needs a
    reason. Raises as `taken_up`; Invalid matter-holder-unknown, matter-day-wrong, reason-needed.
    """
    taken_up(session, matter, Move.REFER, by=by, sealed=sealed)
    holder, key, name = _receiver(session, matter, to)
    if matter.stage is MatterStage.HANDLING:
        note = reason_given(
            note,
            "这件事已经有人在办。要转给别人，请写明为什么。",
            field="note",
            into=MatterStep.note,
        )
    today = beijing_day(now)
    day, before = day_ahead(due_on, today), matter.due_on
    matter.holder = holder
    matter.holder_township = str(key) if holder is Holder.TOWNSHIP else None
    matter.holder_operator_id = int(key) if holder is Holder.OPERATOR else None
    matter.holder_unit_id = int(key) if holder is Holder.UNIT else None
    matter.outer_due_on = day
    matter.answered_on, matter.answered_by = None, None
    fallen = moved_on(matter, MatterStage.HANDLING, day)
    step(
        session, matter, MatterDeed.REFERRED, MatterAction.MATTER_REFERRED,
        by=by, now=now, note=note, handed_to=name, township=matter.holder_township,
        before_on=before, fallen_on=fallen,
    )  # fmt: skip


def pass_on(
    session: Session,
    *,
    matter: Matter,
    to: str,
    due_on: date | None,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """交办: the township hands it to an operator (operator:ID) or the station's keeper (keeper).

    The day it gives stays within the county's. Raises as `refer`.
    """
    taken_up(session, matter, Move.PASS, by=by, sealed=sealed)
    if to == Holder.KEEPER.value:
        if matter.station_id is None:
            raise _unknown_holder("这件事没有写明哪个站，交不到站长手上。")
        holder, operator_id, name = Holder.KEEPER, None, Holder.KEEPER.label
    else:
        found, key, name = _receiver(session, matter, to)
        if found is not Holder.OPERATOR:
            raise _unknown_holder("乡镇只能交办给运营企业或站长。转给别的单位，请退回县专班。")
        holder, operator_id = found, int(key)
    day = day_ahead(due_on, beijing_day(now), latest=matter.outer_due_on)
    before = matter.due_on
    matter.holder, matter.holder_operator_id = holder, operator_id
    fallen = moved_on(matter, MatterStage.HANDLING, day)
    step(
        session, matter, MatterDeed.PASSED, MatterAction.MATTER_REFERRED,
        by=by, now=now, note=note, handed_to=name, before_on=before, fallen_on=fallen,
    )  # fmt: skip


def answer(
    session: Session,
    *,
    matter: Matter,
    note: str,
    by: Person,
    now: datetime,
    punished: bool = False,
    sealed: str | None = None,
) -> None:
    """What was done about it, in words; somebody else then looks whether it is so.

    `punished` is a regulator's 查处. Raises as `taken_up`; Invalid reason-needed.
    """
    move = Move.PUNISH if punished else Move.ANSWER
    options = taken_up(session, matter, move, by=by, sealed=sealed)
    note = reason_given(
        note, "请写明是怎么办的、结果怎样。", field="note", label="办理情况", into=MatterStep.note
    )
    today, before = beijing_day(now), matter.due_on
    matter.answered_on, matter.answered_by = today, by.id
    fallen = moved_on(matter, MatterStage.CHECKING, today + timedelta(days=options.check_days))
    deed = MatterDeed.PUNISHED if punished else MatterDeed.ANSWERED
    step(
        session, matter, deed, MatterAction.MATTER_ANSWERED,
        by=by, now=now, note=note, before_on=before, fallen_on=fallen,
    )  # fmt: skip


def return_it(
    session: Session,
    *,
    matter: Matter,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """退回: not ours to do, with the reason; to the township that passed it on, else to the county.

    Raises as `taken_up`; Invalid reason-needed.
    """
    options = taken_up(session, matter, Move.RETURN, by=by, sealed=sealed)
    note = reason_given(note, "请写明为什么退回、该归谁办。", field="note", into=MatterStep.note)
    today, before = beijing_day(now), matter.due_on
    if matter.holder_township and matter.holder is not Holder.TOWNSHIP:
        matter.holder, matter.holder_operator_id = Holder.TOWNSHIP, None
        fallen = moved_on(matter, MatterStage.HANDLING, matter.outer_due_on or matter.due_on)
        handed_to = Holder.TOWNSHIP.label
    else:
        matter.holder, matter.holder_township = None, None
        matter.holder_operator_id, matter.holder_unit_id = None, None
        matter.outer_due_on = None
        fallen = moved_on(
            matter, MatterStage.REGISTERED, today + timedelta(days=options.refer_days)
        )
        handed_to = "县专班"
    step(
        session, matter, MatterDeed.RETURNED, MatterAction.MATTER_RETURNED,
        by=by, now=now, note=note, handed_to=handed_to, township=matter.holder_township,
        before_on=before, fallen_on=fallen,
    )  # fmt: skip


def ask_for_time(
    session: Session,
    *,
    matter: Matter,
    until: date | None,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """申请延期: a later day, with the reason; the old one holds until the county has said yes.

    Raises as `taken_up`; Invalid reason-needed, matter-day-wrong; Conflict matter-extension-open.
    """
    taken_up(session, matter, Move.ASK, by=by, sealed=sealed)
    if matter.wanted_on is not None:
        raise Conflict(
            "matter-extension-open",
            f"已经申请延到{full_day_text(matter.wanted_on)}，还没有批。等批了再说。",
        )
    note = reason_given(note, "请写明为什么要延期。", field="note", into=MatterStep.note)
    day = day_ahead(until, beijing_day(now))
    if day <= matter.due_on:
        sentence = f"现在的期限是{full_day_text(matter.due_on)}，延期要写更晚的日期。"
        raise Invalid("matter-day-wrong", sentence, fields={"due_on": sentence})
    matter.wanted_on = day
    made = step(
        session, matter, MatterDeed.EXTENSION_ASKED, MatterAction.MATTER_EXTENDED,
        by=by, now=now, note=note, before_on=matter.due_on,
    )  # fmt: skip
    made.due_on = day
    session.flush()


def decide_time(
    session: Session,
    *,
    matter: Matter,
    granted: bool,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """The county's yes or no to more time; a no needs a reason, and the day stays what it was.

    A day that is past is not granted any more. Raises as `taken_up`; Conflict matter-moved-on,
    matter-day-wrong; Invalid reason-needed.
    """
    taken_up(session, matter, Move.DECIDE, by=by, sealed=sealed)
    if matter.wanted_on is None:
        raise Conflict("matter-moved-on", "没有等着批的延期申请。请看一看办理经过。")
    before, wanted = matter.due_on, matter.wanted_on
    if granted and wanted < beijing_day(now):
        raise Conflict(
            "matter-day-wrong",
            f"申请延到的{full_day_text(wanted)}已经过去了，不能再同意。"
            "请选不同意，写明原因，请对方重新申请。",
        )
    if granted:
        matter.outer_due_on = max(matter.outer_due_on or wanted, wanted)
        moved_on(matter, MatterStage.HANDLING, wanted)
    else:
        note = reason_given(note, "不同意延期，请写明为什么。", field="note", into=MatterStep.note)
        matter.wanted_on = None
    deed = MatterDeed.EXTENSION_GRANTED if granted else MatterDeed.EXTENSION_REFUSED
    step(
        session, matter, deed, MatterAction.MATTER_EXTENDED,
        by=by, now=now, note=note, before_on=before,
    )  # fmt: skip


def _receiver(session: Session, matter: Matter, to: str) -> tuple[Holder, str | int, str]:
    """With whom it is to be, and what they are called. Raises Invalid matter-holder-unknown."""
    kind, _, key = to.partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) <= 9 else None
    if kind == Holder.TOWNSHIP.value:
        place = in_county(session, matter.county, Division, key)
        if isinstance(place, Division) and place.level is DivisionLevel.TOWNSHIP:
            return Holder.TOWNSHIP, place.code, place.name
    if kind == Holder.OPERATOR.value:
        operator = in_county(session, matter.county, Operator, number)
        if isinstance(operator, Operator):
            return Holder.OPERATOR, operator.id, operator.name
    if kind == Holder.UNIT.value:
        unit = in_county(session, matter.county, Organisation, number)
        if isinstance(unit, Organisation) and unit.until_on is None:
            return Holder.UNIT, unit.id, unit.name
    raise _unknown_holder("请选择转给谁办。")


def _unknown_holder(sentence: str) -> Invalid:
    return Invalid("matter-holder-unknown", sentence, fields={"to": sentence})
