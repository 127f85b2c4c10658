"""验收: planned stations become built by a named person's word, with what was accepted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.acceptance import Acceptance
from server.models.county import County
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.plan.hub import HubGoal
from server.policy.standard.frozen import PinnedStandard
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.written import named, reason_given, written
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import (
    Candidate,
    candidates,
    in_force,
    record_hash,
    record_of,
)
from server.services.registry.actions import RegistryAction

GRADES = (Stage.BUILT, Stage.STANDARDISED, Stage.DEMONSTRATION)
"""As what a station can be accepted; the higher one follows the lower."""
_RANK = dict.fromkeys(Stage, 0) | {
    Stage.BUILT: 1,
    Stage.STANDARDISED: 2,
    Stage.DEMONSTRATION: 2,
}


def accept_stations(
    session: Session,
    *,
    county: County,
    seen: Mapping[int, str | None],
    grade: Stage,
    on: date,
    present: str,
    by: Person | None,
    now: datetime,
    standards: Sequence[Standard],
    note: str = "",
    proposed_by: str = "",
    goal: HubGoal | None = None,
) -> list[Acceptance]:
    """Accept the stations named in `seen` as built on a day; all of them or none.

    `seen` gives the seal of what the form showed of each; None is nobody's form. `present` are the
    people who were there, `proposed_by` the township officer who asked for it, `goal` what the plan
    asks of the county's centre. The record freezes the findings as they stand now, and names what
    fails and what is unknown; of the centre also how brands shared it on that day. Raises Conflict
    acceptance-needs-a-person, station-accepted, acceptance-fails, acceptance-changed-meanwhile,
    station-closed; Invalid nothing-chosen, acceptance-grade-wrong, field-invalid, text-too-long.
    """
    if by is None:
        raise Conflict("acceptance-needs-a-person", "验收要由具名的人来记，请登录后操作。")
    today = beijing_day(now)
    present, note = read_acceptance(grade=grade, on=on, present=present, note=note, today=today)
    held = _held(session, county, seen)
    found = candidates(
        session,
        county=county,
        on=today,
        standards=standards,
        seen_by=EVERYBODY,
        station_ids=[one.id for one in held],
        goal=goal,
        hub_day=on,
    )
    for one in found:
        refuse_acceptance(one, grade=grade, seen=seen[one.station.id])
    pinned: list[PinnedStandard] = [
        {"id": one.id, "name": one.name, "sha256": one.sha256}
        for one in in_force(standards, today, county)
    ]
    made = []
    for one in found:
        record = record_of(
            one, grade=grade, on=on, today=today, by=by, present=present, note=note, pinned=pinned,
            proposed_by=proposed_by,
        )  # fmt: skip
        acceptance = Acceptance(
            county=county.code,
            station_id=one.station.id,
            grade=grade,
            stage_before=one.station.stage,
            accepted_on=on,
            accepted_by=by.id,
            accepted_at=now,
            present=present,
            note=note,
            record=record,
            record_sha256=record_hash(record),
            demo=one.station.demo,
        )
        session.add(acceptance)
        made.append(acceptance)
    parts = [
        _part(one, acceptance, proposed_by) for one, acceptance in zip(found, made, strict=True)
    ]
    for one in found:
        one.station.stage = grade
    session.flush()
    _tell(session, county, found, parts, by=by, now=now, note=note)
    return made


def withdraw_acceptance(
    session: Session, *, acceptance: Acceptance, by: Person | None, now: datetime, reason: str
) -> None:
    """Take a station's newest acceptance back; it is again what it was before.

    Raises Conflict acceptance-withdrawn, acceptance-not-newest; Invalid reason-needed.
    """
    station = session.get_one(Station, acceptance.station_id, with_for_update=True)
    session.refresh(acceptance, with_for_update=True)
    if acceptance.withdrawn_at is not None:
        raise Conflict("acceptance-withdrawn", "这次验收已经撤回过了，不用再撤一次。")
    newest = session.scalar(
        select(Acceptance.id)
        .where(Acceptance.station_id == station.id, Acceptance.withdrawn_at.is_(None))
        .order_by(Acceptance.id.desc())
        .limit(1)
    )
    if newest != acceptance.id:
        raise Conflict("acceptance-not-newest", "这个站后来又验收过，请先撤回最近的一次。")
    because = reason_given(
        reason, "请写明为什么撤回，例如“选错了站”。", into=Acceptance.withdrawn_because
    )
    old = station.stage
    acceptance.withdrawn_at, acceptance.withdrawn_by = now, by.id if by else None
    acceptance.withdrawn_because = because
    station.stage = acceptance.stage_before
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.ACCEPTANCE_WITHDRAWN,
        summary=f"撤回{full_day_text(acceptance.accepted_on)}的验收，改回{station.stage.label}",
        changes=_stage_change(old, station.stage),
        reason=because,
    )


def send_to_plan(
    session: Session,
    *,
    county: County,
    station_ids: Iterable[int],
    by: Person | None,
    now: datetime,
    reason: str,
) -> list[Station]:
    """Say that stations from before acceptances were kept are not built: 拟建 again.

    Raises Invalid nothing-chosen, reason-needed; Conflict station-accepted, station-closed.
    """
    held = _held(session, county, station_ids)
    because = reason_given(reason, "请写明原因，例如“方案里的占位，还没有开办”。")
    for station in held:
        if station.stage.accepted:
            raise Conflict(
                "station-accepted",
                f"{station.name}已经验收过，不能直接改回拟建。如果验收有误，请先撤回那次验收。",
            )
    moved = [one for one in held if one.stage is Stage.BUILT_BEFORE]
    for station in moved:
        station.stage = Stage.PLANNED
    session.flush()
    if moved:
        deed = history.write(
            session,
            of=county,
            by=by,
            at=now,
            action=RegistryAction.STATIONS_TO_PLAN,
            summary=f"{len(moved)}个站改回拟建",
            reason=because,
        )
        changes = _stage_change(Stage.BUILT_BEFORE, Stage.PLANNED)
        history.write_parts(
            session,
            deed,
            [
                history.Part(one.id, RegistryAction.STATION_TO_PLAN, f"{one.name}改回拟建", changes)
                for one in moved
            ],
        )
    return moved


def _held(session: Session, county: County, ids: Iterable[int]) -> list[Station]:
    """The chosen stations, locked one after another; whoever accepts the same waits."""
    wanted = set(ids)
    if not wanted:
        raise Invalid("nothing-chosen", "还没有选站点。请勾选后再办。")
    held = list(
        session.scalars(
            select(Station)
            .where(Station.id.in_(wanted), Station.county == county.code)
            .order_by(Station.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(held) != len(wanted):
        raise NotFound("station-unknown", "没有找到其中一个站点。请返回列表重新选择。")
    for one in held:
        if one.closed_on is not None:
            raise Conflict("station-closed", f"{one.name}已经停业。请先恢复营业，再验收。")
    return held


def read_acceptance(
    *, grade: Stage, on: date, present: str, note: str, today: date
) -> tuple[str, str]:
    """Who was there, and the note, as they are kept.

    Raises Invalid acceptance-grade-wrong, field-invalid, text-too-long.
    """
    if grade not in GRADES:
        raise Invalid("acceptance-grade-wrong", "请选择验收为“建成”还是更高的一级。")
    if on > today:
        raise Invalid("field-invalid", "“验收日期”还没有到，请核对。", fields={"on": "还没有到"})
    present = named(present, "参加验收的人", field="present", into=Acceptance.present)
    note = written(note, "说明", field="note", into=Acceptance.note)
    if not present:
        raise Invalid(
            "field-invalid",
            "请写明哪些人参加了验收，例如“供销社王某、邮政公司李某”。",
            fields={"present": "请填写"},
        )
    return present, note


def has_come_to(stage: Stage, grade: Stage) -> bool:
    """Whether a station of this stage needs no acceptance as `grade` any more."""
    return _RANK[stage] >= _RANK[grade]


def refuse_acceptance(one: Candidate, *, grade: Stage, seen: str | None) -> None:
    """Raise where this station cannot be accepted so.

    Raises Conflict station-accepted, acceptance-fails, acceptance-changed-meanwhile.
    """
    station = one.station
    if has_come_to(station.stage, grade):
        raise Conflict(
            "station-accepted", f"{station.name}已经验收为“{station.stage.label}”，不用再验一次。"
        )
    if grade is Stage.STANDARDISED and one.no_standardised:
        raise Conflict(
            "acceptance-fails", f"{station.name}不能按“标准化”验收：{one.no_standardised}"
        )
    if grade is Stage.DEMONSTRATION and one.no_demonstration:
        raise Conflict(
            "acceptance-fails", f"{station.name}不能按“示范”验收：{one.no_demonstration}"
        )
    if seen is not None and seen != one.seen:
        raise Conflict(
            "acceptance-changed-meanwhile",
            f"您看的时候，{station.name}的情况有了变化。还没有验收，请看一下现在的内容，再验一次。",
        )


def _part(one: Candidate, made: Acceptance, proposed_by: str) -> history.Part:
    grade = made.grade
    summary = f"{full_day_text(made.accepted_on)}验收{one.station.name}为{grade.label}"
    if one.failing:
        summary += f"；当时{len(one.failing)}条应当项不符合"
    if one.unknown:
        summary += f"；当时{len(one.unknown)}条应当项还不清楚"
    changes = [
        *_stage_change(one.station.stage, grade),
        history.Change(field="present", label="参加验收的人", old="", new=made.present),
    ]
    if proposed_by:
        changes.append(
            history.Change(field="proposed_by", label="提请验收的人", old="", new=proposed_by)
        )
    return history.Part(one.station.id, RegistryAction.STATION_ACCEPTED, summary, changes)


def _tell(
    session: Session,
    county: County,
    found: Sequence[Candidate],
    parts: Sequence[history.Part],
    *,
    by: Person,
    now: datetime,
    note: str,
) -> None:
    """One station's line, or one line of many with a part for each."""
    if len(found) == 1:
        history.write(
            session,
            of=found[0].station,
            by=by,
            at=now,
            action=parts[0].action,
            summary=parts[0].summary,
            changes=parts[0].changes,
            reason=note,
        )
        return
    deed = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RegistryAction.STATIONS_ACCEPTED,
        summary=f"验收{len(found)}个站为{found[0].station.stage.label}",
        reason=note,
    )
    history.write_parts(session, deed, parts)


def _stage_change(old: Stage, new: Stage) -> list[history.Change]:
    made = history.change("stage", "建设情况", old.label, new.label)
    return [made] if made else []
