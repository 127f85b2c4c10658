"""The office's own hand on a plan: a target corrected or added, and a new year's plan beside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.person import Person
from server.models.programme import CountyProgramme, ProgrammeMilestone, ProgrammeTarget
from server.policy.numerals import whole
from server.policy.plan.nouns import TargetKind, Track
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common import history
from server.services.common.seals import Shown, changes, refuse_if_changed
from server.services.common.written import named, reason_given, written
from server.services.county.choices import hold_still
from server.services.programme.actions import ProgrammeAction
from server.services.programme.programmes import (
    TEXT_BASIS,
    programmes_of,
    refuse_taken,
    tell_added,
)
from server.services.programme.rows import latest, target_rows, unreplaced

MOST = 1_000_000  # places; more is a slip of the finger
WHY = "请写明为什么，例如依据哪次会议、哪份文件。"
Typed = Mapping[str, str]
"""One row of a form, by the form's own names."""


def latest_rows(session: Session, programme_id: int) -> list[ProgrammeTarget]:
    """The last word on each target of a plan, begun or not, also those taken out."""
    return unreplaced(target_rows(session, programme_id))


def latest_row(session: Session, county: County, row_id: int) -> ProgrammeTarget:
    """The last row that took the place of this one, or itself. Raises NotFound target-unknown."""
    row = session.scalar(
        select(ProgrammeTarget).where(
            ProgrammeTarget.id == row_id, ProgrammeTarget.county == county.code
        )
    )
    if row is None:
        raise NotFound("target-unknown", "没有找到这一行目标。请从计划与进度页重新选择。")
    return latest(row, target_rows(session, row.programme_id))


def row_shown(row: ProgrammeTarget) -> list[Shown]:
    """A target as seals and the history tell it."""
    number = "不再作为目标" if row.number is None else f"{row.number}个"
    return [
        Shown("number", f"{row.level.short}{row.indicator.short}目标（{row.basis}）", number),
        Shown("due_on", "完成期限", full_day_text(row.due_on)),
        Shown("source", "依据", row.source),
        Shown("valid_from", "从哪天起", full_day_text(row.valid_from)),
    ]


def correct_target(
    session: Session,
    *,
    county: County,
    row_id: int,
    typed: Typed,
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> ProgrammeTarget:
    """Put a later row in the place of a target; the earlier one stays in sight.

    `typed`: number (or `out`: no target any more), due_on, source, valid_from, reason. Raises
    NotFound target-unknown; Conflict target-changed-meanwhile; Invalid field-invalid,
    reason-needed, text-too-long.
    """
    hold_still(session, county)
    newest = row = latest_row(session, county, row_id)
    held = row_shown(newest)
    refuse_if_changed(seal, held, code="target-changed-meanwhile", what="这一行目标")
    made = ProgrammeTarget(
        county=county.code,
        programme_id=row.programme_id,
        level=row.level,
        indicator=row.indicator,
        label=row.label,
        basis=row.basis,
        conflict_key=row.conflict_key,
        clause=row.clause,
        text=row.text,
        number=None if typed.get("out") else read_number(typed.get("number", ""), "number"),
        due_on=due_day(typed, "due_on", "完成期限"),
        source=source_given(typed),
        valid_from=due_day(typed, "valid_from", "从哪天起"),
        replaces_id=newest.id,
        reason=reason_given(typed.get("reason", ""), WHY, into=ProgrammeTarget.reason),
        entered_by=by.id if by else None,
        entered_at=now,
    )
    if made.valid_from < newest.valid_from:
        raise wrong_field(
            "valid_from",
            f"这一行从{full_day_text(newest.valid_from)}起，更正不能更早。请换一天。",
        )
    wished = row_shown(made)
    made_of = changes(held, wished)
    if not {"number", "due_on"} & {one["field"] for one in made_of}:
        raise wrong_field("number", "个数和完成期限都没有变。没有要更正的，就不用保存。")
    session.add(made)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.TARGET_SET,
        summary=f"更正{wished[0].label}：{held[0].text}改为{wished[0].text}，依据{made.source}",
        changes=made_of,
        reason=made.reason,
    )
    return made


def add_target(
    session: Session,
    *,
    county: County,
    programme_id: int,
    typed: Typed,
    by: Person | None,
    now: datetime,
) -> ProgrammeTarget:
    """Add a target that a plan does not have yet. `typed` as `correct_target`'s, with level, kind.

    Raises NotFound programme-unknown; Conflict target-exists; Invalid field-invalid, reason-needed,
    text-too-long.
    """
    hold_still(session, county)
    programme = programme_here_of(session, county, programme_id)
    row = _target(programme, typed, source=source_given(typed), by=by, now=now)
    row.reason = reason_given(typed.get("reason", ""), WHY, into=ProgrammeTarget.reason)
    row.valid_from = due_day(typed, "valid_from", "从哪天起")
    if row.valid_from < programme.from_on:
        begins = full_day_text(programme.from_on)
        raise wrong_field("valid_from", f"这个方案从{begins}起，目标不能更早。请换一天。")
    for one in latest_rows(session, programme.id):
        if (one.level, one.indicator) == (row.level, row.indicator) and one.number is not None:
            raise Conflict(
                "target-exists",
                f"{row.level.short}的“{row.indicator.label}”已经有目标了。请在那一行上更正。",
                fields={"kind": "已有这一项"},
            )
    session.add(row)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.TARGET_SET,
        summary=f"增加{row.level.short}{row.indicator.short}目标{row.number}个，依据{row.source}",
        reason=row.reason,
    )
    return row


def add_programme(
    session: Session,
    *,
    county: County,
    typed: Typed,
    targets: Sequence[Typed],
    milestones: Sequence[Typed],
    by: Person | None,
    now: datetime,
) -> CountyProgramme:
    """Add a plan beside the county's others, current from its own day on; the older stay.

    `typed`: name, document, issued_on, from_on, source, reason; `targets` rows of level, kind,
    number, due_on; `milestones` rows of track, on, percent. Rows without a number are left out.
    Raises Conflict programme-day-taken; Invalid field-invalid, reason-needed, text-too-long.
    """
    hold_still(session, county)
    from_on = due_day(typed, "from_on", "从哪天起")
    refuse_taken(session, county, from_on)
    for other in programmes_of(session, county.code)[:1]:
        if from_on < other.from_on:
            raise wrong_field(
                "from_on",
                f"《{other.name}》从{full_day_text(other.from_on)}起，新方案要在它以后。请换一天。",
            )
    name = written(typed.get("name", ""), "方案名称", field="name", into=CountyProgramme.name)
    if not name:
        raise wrong_field("name", "请填写方案的名称，照文件标题写。")
    issued = typed.get("issued_on", "").strip()
    row = CountyProgramme(
        county=county.code,
        key=f"own-{from_on:%Y%m%d}",
        name=name,
        document=written(
            typed.get("document", ""), "发文字号", field="document", into=CountyProgramme.document
        ),
        issued_on=read_day(issued, "印发日期", latest=beijing_day(now)) if issued else None,
        source=source_given(typed),
        shipped=False,
        from_on=from_on,
        reason=reason_given(typed.get("reason", ""), WHY, into=CountyProgramme.reason),
        entered_by=by.id if by else None,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    made = [
        _target(row, one, source=row.source, by=by, now=now, number=f"{index}-number")
        for index, one in enumerate(targets)
        if one.get("number", "").strip()
    ]
    if not made:
        raise wrong_field("0-number", "请至少填一行目标的个数。")
    if len({(one.level, one.indicator) for one in made}) < len(made):
        raise wrong_field("0-number", "同一级别的同一项目标写了两行，请合成一行。")
    session.add_all(made)
    levels = [level.value for level in Level if level in {one.level for one in made}]
    session.add_all(_milestones(row, milestones, levels, by=by, now=now))
    session.flush()
    tell_added(session, county, row, by=by, now=now)
    return row


def programme_here_of(session: Session, county: County, programme_id: int) -> CountyProgramme:
    """One of the county's plans. Raises NotFound programme-unknown."""
    found = session.get(CountyProgramme, programme_id)
    if found is None or found.county != county.code:
        raise NotFound("programme-unknown", "没有找到这个方案。请从计划与进度页重新选择。")
    return found


def _milestones(
    row: CountyProgramme,
    typed: Iterable[Typed],
    levels: list[str],
    *,
    by: Person | None,
    now: datetime,
) -> list[ProgrammeMilestone]:
    found: dict[tuple[Track, date], ProgrammeMilestone] = {}
    for index, one in enumerate(typed):
        field = f"{index}-percent"
        if not one.get("percent", "").strip() and not one.get("on", "").strip():
            continue
        percent = read_number(one.get("percent", ""), field, "%", most=100)
        on = due_day(one, "on", "时间节点", field=f"{index}-on")
        try:
            track = Track(one.get("track", ""))
        except ValueError as unknown:
            raise wrong_field(field, "请选择这个节点是任务期限还是工作节奏。") from unknown
        if (track, on) in found:
            raise wrong_field(field, f"{track.label}在{full_day_text(on)}写了两行，请只留一行。")
        found[track, on] = ProgrammeMilestone(
            county=row.county,
            programme_id=row.id,
            track=track,
            due_on=on,
            percent=percent,
            levels=levels,
            text="",
            entered_by=by.id if by else None,
            entered_at=now,
        )
    return list(found.values())


def _target(
    programme: CountyProgramme,
    typed: Typed,
    *,
    source: str,
    by: Person | None,
    now: datetime,
    number: str = "number",
) -> ProgrammeTarget:
    try:
        level, kind = Level(typed.get("level", "")), TargetKind(typed.get("kind", ""))
    except ValueError as unknown:
        raise wrong_field("kind", "请选择级别，以及数的是什么。") from unknown
    return ProgrammeTarget(
        county=programme.county,
        programme_id=programme.id,
        level=level,
        indicator=kind,
        label=f"{kind.label}的{level.short}",
        number=read_number(typed.get("number", ""), number),
        basis=TEXT_BASIS,
        due_on=due_day(typed, "due_on", "完成期限", field=number.replace("number", "due_on")),
        source=source,
        valid_from=programme.from_on,
        entered_by=by.id if by else None,
        entered_at=now,
    )


def read_number(text: str, field: str, *units: str, most: int = MOST) -> int:
    """A whole number from 0 up, a unit behind it or none. Raises Invalid field-invalid."""
    try:
        number = whole(text, *units)
    except ValueError as wrong:
        raise wrong_field(field, f"{wrong}，应是0到{most}的整数，请改正。") from wrong
    if number > most:
        raise wrong_field(field, f"“{text.strip()[:20]}”不是0到{most}的整数，请改正。")
    return number


def due_day(typed: Typed, name: str, label: str, *, field: str = "") -> date:
    """A day that may be still to come. Raises Invalid field-invalid at its field."""
    try:
        return read_day(typed.get(name, ""), label, latest=None)
    except Invalid as wrong:
        raise wrong_field(field or name, wrong.message) from wrong


def source_given(typed: Typed) -> str:
    """What a correction rests on. Raises Invalid field-invalid, text-too-long."""
    source = named(typed.get("source", ""), "依据", field="source", into=ProgrammeTarget.source)
    if not source:
        raise wrong_field("source", "请写明依据，例如文件名、会议纪要的编号。")
    return source


def wrong_field(field: str, sentence: str) -> Invalid:
    """The refusal of one field of a form."""
    return Invalid("field-invalid", sentence, fields={field: "请改正"})
