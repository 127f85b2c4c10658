"""整改 from the finding to a person's acceptance: opened, answered, judged, withdrawn."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.county import County
from server.models.inspection import Inspection
from server.models.person import Person, Role
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.models.statement import Statement
from server.models.station import Station
from server.policy.standard.facts import Fact, Value, Word, fact_named, ruling_on, value_of
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.standards import Rule, Standard, standard_by_id
from server.services.common import history
from server.services.common.written import cut, reason_given, written
from server.services.county.counties import policy_options
from server.services.county.round_options import round_options
from server.services.inspections.versions import versions_of
from server.services.mending.actions import MendingAction
from server.services.mending.grounds import refuse_without_grounds
from server.services.mending.shown import refuse_unseen
from server.services.mending.steps import step
from server.services.people.scope import INSPECTING, station_for
from server.services.photos.photos import subject_of
from server.services.standing.statements import Saying, newest, take_down

OPEN_STATES = (
    RectificationState.OPEN,
    RectificationState.ANSWERED,
    RectificationState.RETURNED,
)
KEEPERS_TURN = (RectificationState.OPEN, RectificationState.RETURNED)


def open_for(
    session: Session,
    *,
    inspection: Inspection,
    standards: Iterable[Standard],
    county: County,
    amended: Inspection | None,
    by: Person,
    now: datetime,
    because: str = "",
) -> list[Rectification]:
    """Open one for every frozen finding that counts; an amendment keeps what still fails.

    `amended` may be another record that this one counts instead of; `because` says why what does
    not fail any more is withdrawn.

    What was mended and accepted before the amendment came stays accepted: it tells of the same day.
    What an issued letter asks for stays open although the amendment takes it back, until a person
    has decided about the letter (`notice_questions`).

    The deadline runs from the day on which the record arrived, so that a phone without a net
    takes no days from the keeper.
    """
    failed = {one["code"]: one for one in inspection.findings if one["counts_against"]}
    rules = {rule.code: rule for standard in standards for rule in standard.rules}
    standing: set[str] = set()
    if amended is not None:
        for one in session.scalars(
            sa.select(Rectification).where(
                Rectification.inspection_id.in_(
                    [version.id for version in versions_of(session, amended)]
                ),
                Rectification.state != RectificationState.WITHDRAWN,
            )
        ):
            if one.rule_code in failed:
                standing.add(one.rule_code)
            elif one.state in OPEN_STATES and one.notice_id is None:
                withdraw(session, one, because, by, now)
    due_on = beijing_day(now) + timedelta(days=round_options(county).rectification_days)
    opened = [
        Rectification(
            county=inspection.county,
            station_id=inspection.station_id,
            inspection_id=inspection.id,
            standard_id=finding["standard"],
            rule_code=code,
            clause=finding["clause"],
            title=finding["title"],
            why=finding["why"],
            what_to_do=finding["mend"],
            subject=subject_of(rules[code]) if code in rules else None,
            state=RectificationState.OPEN,
            opened_at=now,
            due_on=due_on,
        )
        for code, finding in failed.items()
        if code not in standing
    ]
    session.add_all(opened)
    session.flush()
    for one in opened:
        step(session, one, "opened", now, by)
    return opened


def rectification_of(session: Session, *, county: str, rectification_id: int) -> Rectification:
    """One of this county. Raises NotFound rectification-unknown."""
    found = session.scalars(
        sa.select(Rectification).where(
            Rectification.county == county, Rectification.id == rectification_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("rectification-unknown", "没有找到这项整改。请返回列表重新选择。")
    return found


def answer(
    session: Session,
    *,
    rectification_id: int,
    station: Station,
    photo_ids: Iterable[UUID],
    note: str,
    by: Person,
    now: datetime,
) -> Rectification:
    """The keeper shows that it is mended; further photos may follow until it is judged.

    Where several visits found the same clause wanting, one answer serves all that are open. Raises
    Invalid rectification-unknown, photo-note-empty, rectification-closed.
    """
    one = session.get(Rectification, rectification_id)
    if one is None or one.station_id != station.id:
        raise Invalid("rectification-unknown", "没有找到这项整改。请下拉刷新首页，再从任务里拍照。")
    together = _together(session, one)
    if one not in together:
        raise Invalid("rectification-closed", "这项整改已经办结，不用再交照片了。")
    shown = list(photo_ids)
    if not shown:
        raise Invalid("photo-note-empty", "这条记录里没有照片。请先拍照再交。", fields=["photos"])
    for same in together:
        same.state = RectificationState.ANSWERED
        for index, photo_id in enumerate(shown):
            step(session, same, "answered", now, by, photo_id=photo_id, note="" if index else note)
    session.flush()
    _tell(session, one, MendingAction.RECTIFICATION_ANSWERED, by=by, at=now, why=note)
    return one


def accept(
    session: Session,
    *,
    rectification: Rectification,
    by: Person,
    now: datetime,
    standards: Iterable[Standard],
    note: str = "",
    values: Mapping[str, Any] | None = None,
    sealed: str | None = None,
) -> None:
    """A person finds it mended. An inspector on the spot says so with the inspector's word.

    From the desk (by photo) the inspector's old “no” is taken back and the desk's word stands:
    the station is 待核实 again until somebody goes there. What other visits found of the same
    clause is accepted with it where the keeper's answer was to them as well, and on the spot in any
    case. `sealed` is what the form showed. What the keeper has not answered is accepted on a reason
    or a later record of today alone, and a return stands until one of the two comes. Raises
    NotAllowed not-your-station, Conflict rectification-closed, rectification-changed,
    rectification-returned, Invalid rectification-value-needed (`fields`: facts to fill in),
    fact-value-invalid, reason-needed.
    """
    station = _judged_by(session, rectification, by)
    refuse_unseen(session, rectification, sealed)
    county = session.get_one(County, rectification.county)
    rule = standard_by_id(standards, rectification.standard_id).rule(rectification.rule_code)
    taken = _now_true(session, station, rule, county, values or {})
    refuse_without_grounds(session, rectification, by, now, note=note, measured=bool(values))
    word = Word.INSPECTOR if by.role is Role.INSPECTOR else Word.REVIEWER
    note = note.strip()
    told = f"整改验收：{note}" if note else "整改验收"
    told = written(told, "说明", field="note", into=Statement.note)
    today = beijing_day(now)
    now_true = [Saying(station.id, fact.name, value, today, told) for fact, value in taken.items()]
    take_down(session, now_true, county=station.county, word=word, by=by, now=now)
    over = [] if word is Word.INSPECTOR else [one._replace(value=None) for one in now_true]
    if _ruled_against(session, station, rule):
        ruled = True if word is Word.INSPECTOR else None
        over.append(Saying(station.id, ruling_on(rule.code).name, ruled, today, told))
    take_down(session, over, county=station.county, word=Word.INSPECTOR, by=by, now=now)
    for same in _together(session, rectification):
        answered = same.state is RectificationState.ANSWERED
        if same is rectification or answered or word is Word.INSPECTOR:
            same.state, same.closed_at = RectificationState.ACCEPTED, now
            step(session, same, "accepted", now, by, note=note)
    session.flush()
    _tell(session, rectification, MendingAction.RECTIFICATION_ACCEPTED, by=by, at=now, why=note)


def return_to_keeper(
    session: Session,
    *,
    rectification: Rectification,
    by: Person,
    now: datetime,
    reason: str,
    due_on: date | None = None,
    sealed: str | None = None,
) -> None:
    """Not mended yet: back to the keeper with the reason, and a later deadline if one is given.

    Raises NotAllowed not-your-station; Conflict rectification-closed, rectification-not-answered;
    Invalid reason-needed, rectification-days-wrong.
    """
    _judged_by(session, rectification, by)
    refuse_unseen(session, rectification, sealed)
    reason = reason_given(reason, "请写明为什么退回、还差什么。", into=RectificationStep.note)
    if rectification.state is not RectificationState.ANSWERED:
        raise Conflict("rectification-not-answered", "站长还没有答复这项整改，不用退回。")
    if due_on is not None and due_on < beijing_day(now):
        raise Invalid("rectification-days-wrong", "新的期限已经过去了，请改正。")
    if due_on is not None and due_on < rectification.due_on:
        told = f"原来的期限是{full_day_text(rectification.due_on)}，退回时只能往后延，不能提前。"
        raise Invalid("rectification-days-wrong", told)
    for same in _together(session, rectification):
        if same.state is RectificationState.ANSWERED:
            same.state = RectificationState.RETURNED
            step(session, same, "returned", now, by, note=reason, later=due_on)
    session.flush()
    _tell(session, rectification, MendingAction.RECTIFICATION_RETURNED, by=by, at=now, why=reason)


def one_a_clause(mends: Iterable[Rectification]) -> list[Rectification]:
    """Of what several visits found of one clause of a station the most pressing, by deadline."""
    chosen: dict[tuple[int, str, str], Rectification] = {}
    for one in sorted(mends, key=lambda one: (one.state not in KEEPERS_TURN, one.due_on, one.id)):
        chosen.setdefault((one.station_id, one.standard_id, one.rule_code), one)
    return sorted(chosen.values(), key=lambda one: (one.due_on, one.id))


def answered_with(session: Session, one: Rectification) -> list[Rectification]:
    """What other visits found of the same clause and the keeper has answered as well.

    The desk's yes or no to the one is a yes or no to these.
    """
    others = session.scalars(_open_of_the_clause(one))
    return [
        same for same in others if same is not one and same.state is RectificationState.ANSWERED
    ]


def _together(session: Session, one: Rectification) -> list[Rectification]:
    """All that is open of this clause at this station, whichever visit found it; locked."""
    locked = _open_of_the_clause(one).with_for_update()
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def _open_of_the_clause(one: Rectification) -> sa.Select[Rectification]:
    return (
        sa.select(Rectification)
        .where(
            Rectification.station_id == one.station_id,
            Rectification.standard_id == one.standard_id,
            Rectification.rule_code == one.rule_code,
            Rectification.state.in_(OPEN_STATES),
        )
        .order_by(Rectification.id)
    )


def withdraw_with_station(
    session: Session, *, station: Station, because: str, by: Person, now: datetime
) -> int:
    """A closed station owes nothing any more; how many were open. Reopening brings none back."""
    open_ones = session.scalars(
        sa.select(Rectification)
        .where(Rectification.station_id == station.id, Rectification.state.in_(OPEN_STATES))
        .order_by(Rectification.id)
    ).all()
    for one in open_ones:
        withdraw(session, one, f"站点停业：{because.strip()}", by, now)
    session.flush()
    return len(open_ones)


def withdraw(session: Session, one: Rectification, because: str, by: Person, now: datetime) -> None:
    """Nothing is owed of this any more: its finding does not stand, or the station has closed.

    `because` may be put together by the house round a person's words, which stand whole with what
    they decided; here as much of it is told as a step keeps.
    """
    because = cut(because.strip(), RectificationStep.note)
    one.state, one.closed_at = RectificationState.WITHDRAWN, now
    step(session, one, "withdrawn", now, by, note=because)
    _tell(session, one, MendingAction.RECTIFICATION_WITHDRAWN, by=by, at=now, why=because)


def _judged_by(session: Session, rectification: Rectification, by: Person) -> Station:
    """The station, when this person may judge here and there is something to judge."""
    if by.role not in INSPECTING or by.county != rectification.county:
        raise NotAllowed("not-your-station", "这项整改不归您验收。如需办理，请联系县专班。")
    try:
        station = station_for(session, by, rectification.station_id)
    except NotFound as unseen:
        raise NotAllowed(
            "not-your-station", "这项整改不归您验收。如需办理，请联系县专班。"
        ) from unseen
    if rectification not in _together(session, rectification):
        raise Conflict("rectification-closed", "这项整改已经办结，不能再改。")
    return station


def _ruled_against(session: Session, station: Station, rule: Rule) -> bool:
    """Whether an inspector's last ruling on the whole rule is a no."""
    fact = ruling_on(rule.code).name
    said = newest(session, station_ids=[station.id], fact=fact, word=Word.INSPECTOR)
    return bool(said) and said[0].value is False


def _now_true(
    session: Session,
    station: Station,
    rule: Rule,
    county: County,
    values: Mapping[str, Any],
) -> dict[Fact, Value]:
    """What acceptance says of the facts behind a rule; only of those that were found wanting.

    Where the inspector found the whole rule wanting, of every yes-or-no fact behind it.
    """
    options = policy_options(county)
    ruled = _ruled_against(session, station, rule)
    facts = asked_of(rule, options)
    seen = {
        statement.fact: statement.value
        for statement in newest(session, station_ids=[station.id], word=Word.INSPECTOR)
    }
    wanted = [
        fact
        for fact in facts
        if fact.name in values
        or (ruled or seen.get(fact.name) is False if fact.kind == "flag" else seen.get(fact.name))
    ]
    missing = [fact for fact in wanted if fact.kind != "flag" and not values.get(fact.name)]
    if missing:
        raise Invalid(
            "rectification-value-needed",
            f"请填写整改后的{'、'.join(fact.title for fact in missing)}，再通过。",
            fields={fact.name: f"请填写{fact.title}" for fact in missing},
        )
    return {
        fact_named(fact.name, options): value_of(fact, values.get(fact.name, True))
        for fact in wanted
    }


def _tell(
    session: Session,
    one: Rectification,
    action: MendingAction,
    *,
    by: Person,
    at: datetime,
    why: str,
) -> None:
    history.write(
        session,
        of=one,
        by=by,
        at=at,
        action=action,
        summary=f"{action.long}：{one.clause}{one.title}",
        reason=why,
    )
