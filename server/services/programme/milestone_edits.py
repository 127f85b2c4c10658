"""A plan's milestones corrected by the office: by later rows, or taken out; none is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import NotFound
from server.models.county import County
from server.models.person import Person
from server.models.programme import ProgrammeMilestone
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import reason_given
from server.services.county.choices import hold_still
from server.services.programme.actions import ProgrammeAction
from server.services.programme.rows import latest, live_milestones, milestone_rows
from server.services.programme.target_edits import (
    WHY,
    due_day,
    programme_here_of,
    read_number,
    source_given,
    wrong_field,
)

WHOLE = 100


@dataclass(frozen=True, slots=True)
class MilestoneTold:
    """One row that a plan's milestones ever had; `who` is 系统 for what the plan's file says.

    `stands` is False for what a later row has replaced, or took out: it stays readable in grey.
    """

    row: ProgrammeMilestone
    who: str
    stands: bool
    before: ProgrammeMilestone | None

    @property
    def levels(self) -> str:
        """The levels in words."""
        return _levels(self.row)


def milestones_told(session: Session, programme_id: int, on: date) -> list[MilestoneTold]:
    """Every milestone that a plan ever had, by day: those that stand on `on` and the grey ones."""
    rows = milestone_rows(session, programme_id)
    by_id = {one.id: one for one in rows}
    standing = {one.id for one in live_milestones(rows, on)}
    ids = {one.entered_by for one in rows if one.entered_by}
    names: dict[int, str] = {}
    if ids:
        names = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
        )
    return [
        MilestoneTold(
            one,
            names.get(one.entered_by or 0, "系统"),
            one.id in standing,
            by_id.get(one.replaces_id or 0),
        )
        for one in rows
    ]


def latest_milestone(session: Session, county: County, row_id: int) -> ProgrammeMilestone:
    """The last row in the place of this one, or itself. Raises NotFound milestone-unknown."""
    row = session.scalar(
        select(ProgrammeMilestone).where(
            ProgrammeMilestone.id == row_id, ProgrammeMilestone.county == county.code
        )
    )
    if row is None:
        raise NotFound("milestone-unknown", "没有找到这个时间节点。请从计划与进度页重新选择。")
    return latest(row, milestone_rows(session, row.programme_id))


def milestone_shown(row: ProgrammeMilestone) -> list[Shown]:
    """A milestone as seals and the history tell it."""
    share = "不再作为时间节点" if row.taken_out else f"完成{row.percent}%"
    begins = "方案起始" if row.valid_from is None else full_day_text(row.valid_from)
    return [
        Shown("due_on", f"{row.track.label}（{_levels(row)}）", full_day_text(row.due_on)),
        Shown("percent", "要完成的比例", share),
        Shown("source", "依据", row.source or row.clause or "方案"),
        Shown("valid_from", "从哪天起", begins),
    ]


def correct_milestone(
    session: Session,
    *,
    county: County,
    row_id: int,
    typed: Mapping[str, str],
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> ProgrammeMilestone:
    """Put a later row in the place of a milestone; the earlier one stays in sight.

    `typed`: percent and due_on (or `out`: no milestone any more), source, valid_from, reason.
    Raises NotFound milestone-unknown; Conflict milestone-changed-meanwhile; Invalid field-invalid,
    reason-needed, text-too-long.
    """
    hold_still(session, county)
    newest = latest_milestone(session, county, row_id)
    programme = programme_here_of(session, county, newest.programme_id)
    held = milestone_shown(newest)
    refuse_if_changed(seal, held, code="milestone-changed-meanwhile", what="这个时间节点")
    out = bool(typed.get("out"))
    made = ProgrammeMilestone(
        county=county.code,
        programme_id=newest.programme_id,
        track=newest.track,
        levels=newest.levels,
        clause=newest.clause,
        text=newest.text,
        due_on=newest.due_on if out else due_day(typed, "due_on", "时间节点"),
        percent=newest.percent if out else _percent(typed),
        taken_out=out,
        source=source_given(typed),
        valid_from=due_day(typed, "valid_from", "从哪天起"),
        replaces_id=newest.id,
        reason=reason_given(typed.get("reason", ""), WHY, into=ProgrammeMilestone.reason),
        entered_by=by.id if by else None,
        entered_at=now,
    )
    begins = newest.valid_from or programme.from_on
    if made.valid_from is None or made.valid_from < begins:
        sentence = f"这个节点从{full_day_text(begins)}起，更正不能更早。请换一天。"
        raise wrong_field("valid_from", sentence)
    if (made.due_on, made.percent, made.taken_out) == (
        newest.due_on, newest.percent, newest.taken_out
    ):  # fmt: skip
        raise wrong_field("due_on", "日期和比例都没有变。没有要更正的，就不用保存。")
    _refuse_twice(session, made)
    wished = milestone_shown(made)
    session.add(made)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.MILESTONE_SET,
        summary=f"更正{wished[0].label}的时间节点：{_in_words(held)}改为{_in_words(wished)}，依据{made.source}",
        changes=changes(held, wished),
        reason=made.reason,
    )
    return made


def _in_words(shown: list[Shown]) -> str:
    return f"“{shown[0].text}{shown[1].text}”"


def _refuse_twice(session: Session, made: ProgrammeMilestone) -> None:
    """Raise Invalid field-invalid where another row says a share for that day already."""
    rows = milestone_rows(session, made.programme_id)
    replaced = {one.replaces_id for one in rows} | {made.replaces_id}
    for one in rows:
        if one.id in replaced or one.taken_out or made.taken_out:
            continue
        if (one.track, one.due_on) == (made.track, made.due_on) and set(one.levels) & set(
            made.levels
        ):
            on = full_day_text(made.due_on)
            raise wrong_field("due_on", f"{made.track.label}在{on}已经有一个节点了。请换一天。")


def _percent(typed: Mapping[str, str]) -> int:
    return read_number(typed.get("percent", ""), "percent", "%", most=WHOLE)


def _levels(row: ProgrammeMilestone) -> str:
    return "、".join(Level(one).short for one in row.levels)
