"""The one list of problems from any source: those brought to the county, and 整改 of rounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.county import Division, Operator
from server.models.matter import Holder, Matter, MatterKind, MatterPaper, MatterSource, MatterStage
from server.models.organisation import Organisation
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.models.station import Station
from server.services.matters.queues import RED
from server.services.matters.sight import OPEN_STAGES, held_by, matters_visible_to
from server.services.people.scope import Everybody, stations_visible_to

# Where a 整改 stands, in the words of this list.
STAGE_OF: Final[Mapping[RectificationState, MatterStage]] = {
    RectificationState.OPEN: MatterStage.HANDLING,
    RectificationState.RETURNED: MatterStage.HANDLING,
    RectificationState.ANSWERED: MatterStage.CHECKING,
    RectificationState.ACCEPTED: MatterStage.CLOSED,
    RectificationState.WITHDRAWN: MatterStage.CLOSED,
}
CHOICES: Final[Mapping[str, str]] = {
    "": "没有办结",
    "mine": "在我手上",
    "to_check": "等我核查",
    "overdue": "已逾期",
    "late": "逾期没办",
    "red": "亮红牌",
    "extension": "等批延期",
    **MatterStage.labels(),
    "all": "全部",
}
"""Every choice of the list; `late` and those of somebody's own are of brought problems alone."""


class Wanted(NamedTuple):
    """What the list is narrowed to; empty means everything.

    `unit` is operator:ID or unit:ID; `brought` leaves the rounds' 整改 out.
    """

    choice: str = ""
    source: str = ""
    township: str = ""
    unit: str = ""
    q: str = ""
    station_id: int | None = None
    brought: bool = False


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One line of the list; `days_left` is None once closed, `holder` with whom it is, in words.

    `number` is 问2026-0012, for a 整改 its clause. `is_round` says that `id` is a rectification's.
    """

    id: int
    is_round: bool
    source: MatterSource
    number: str
    kind: MatterKind
    said_by: str
    ref: str
    words: str
    stage: MatterStage
    heard_on: date
    due_on: date
    days_left: int | None
    wanted_on: date | None
    escalation: int
    station_id: int | None
    station: str
    township: str
    holder: str
    papers: int

    @property
    def overdue(self) -> bool:
        """Whether the present stage's last day has passed."""
        return self.days_left is not None and self.days_left < 0


def matter_lines(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    wanted: Wanted,
    limit: int | None = None,
    offset: int = 0,
) -> list[MatterLine]:
    """The list in somebody's sight, what is due first at the front, closed ones last; one query."""
    every = _lines(county, seen_by, wanted.station_id)
    row = every.c
    query = (
        _joined(sa.select(every, Station.name, Station.code, Division.name, _HOLDING.name,
                          Operator.name, Organisation.short), every)
        .where(_choices(every, on, seen_by)[wanted.choice], *_narrowed(every, wanted))
        .order_by(
            sa.case((row.stage == MatterStage.CLOSED.value, 1), else_=0),
            sa.case((row.stage == MatterStage.CLOSED.value, None), else_=row.due_on),
            row.opened_at.desc(), row.is_round, row.id.desc(),
        )
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [_line(found, on) for found in session.execute(query)]


def matter_tally(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody, wanted: Wanted
) -> dict[str, int]:
    """How many every choice of the list would show, whatever `wanted.choice` says; one query."""
    every = _lines(county, seen_by, wanted.station_id)
    meant = _choices(every, on, seen_by)
    query = _joined(
        sa.select(*(sa.func.sum(sa.case((meant[one], 1), else_=0)) for one in CHOICES)),
        every,
    ).where(*_narrowed(every, wanted))
    return dict(zip(CHOICES, (number or 0 for number in session.execute(query).one()), strict=True))


def sources_tallied(
    session: Session, *, county: str, seen_by: Person | Everybody
) -> dict[MatterSource, int]:
    """How many open ones came from where; one query."""
    every = _lines(county, seen_by, None)
    rows = session.execute(
        sa.select(every.c.source, sa.func.count())
        .where(every.c.stage != MatterStage.CLOSED.value)
        .group_by(every.c.source)
    )
    counts: dict[str, int] = dict(rows.all())
    return {one: counts.get(one.value, 0) for one in MatterSource}


COUNTY = "县专班"
_HOLDING = sa.orm.aliased(Division)


def _lines(county: str, seen_by: Person | Everybody, station_id: int | None) -> sa.Subquery:
    """Both kinds under the same columns."""
    text, day = sa.String, sa.Date
    brought = sa.select(
        Matter.id,
        sa.literal(0).label("is_round"),
        sa.cast(Matter.source, text).label("source"),
        Matter.year,
        Matter.number,
        Matter.words,
        sa.cast(Matter.stage, text).label("stage"),
        Matter.heard_on,
        Matter.due_on,
        Matter.wanted_on,
        Matter.answered_by,
        Matter.escalation,
        Matter.station_id,
        Matter.township_code,
        sa.cast(Matter.holder, text).label("holder"),
        Matter.holder_township,
        Matter.holder_operator_id,
        Matter.holder_unit_id,
        sa.literal("").label("clause"),
        sa.cast(Matter.kind, text).label("kind"),
        Matter.said_by,
        Matter.ref,
        Matter.opened_at,
        sa.select(sa.func.count())
        .where(MatterPaper.matter_id == Matter.id)
        .correlate(Matter)
        .scalar_subquery()
        .label("papers"),
    ).where(Matter.county == county, matters_visible_to(seen_by))
    stage = sa.case(
        *((Rectification.state == state, one.value) for state, one in STAGE_OF.items()),
        else_=MatterStage.HANDLING.value,
    )
    mending = (
        sa.select(
            Rectification.id,
            sa.literal(1),
            sa.literal(MatterSource.ROUND.value),
            sa.literal(0),
            sa.literal(0),
            (Rectification.title + "：" + Rectification.why),
            stage,
            sa.cast(sa.null(), day),  # the day of opening is told by the moment below
            Rectification.due_on,
            sa.cast(sa.null(), day),
            sa.cast(sa.null(), sa.Integer),
            Rectification.escalation,
            Rectification.station_id,
            Station.township_code,
            sa.literal(Holder.KEEPER.value),
            sa.cast(sa.null(), text),
            sa.cast(sa.null(), sa.Integer),
            sa.cast(sa.null(), sa.Integer),
            Rectification.clause,
            sa.literal(MatterKind.PREMISES.value),
            sa.literal(""),
            sa.literal(""),
            Rectification.opened_at,
            sa.literal(0),
        )
        .join(Station, Station.id == Rectification.station_id)
        .where(Rectification.county == county, stations_visible_to(seen_by))
    )
    if station_id is not None:
        brought = brought.where(Matter.station_id == station_id)
        mending = mending.where(Rectification.station_id == station_id)
    return sa.union_all(brought, mending).subquery("lines")


def _joined(query: sa.Select[Any], every: sa.Subquery) -> sa.Select[Any]:
    row = every.c
    return (
        query.select_from(every)
        .outerjoin(Station, Station.id == row.station_id)
        .outerjoin(Division, Division.code == row.township_code)
        .outerjoin(_HOLDING, _HOLDING.code == row.holder_township)
        .outerjoin(Operator, Operator.id == row.holder_operator_id)
        .outerjoin(Organisation, Organisation.id == row.holder_unit_id)
    )


def _choices(
    every: sa.Subquery, on: date, seen_by: Person | Everybody
) -> dict[str, sa.ColumnElement[bool]]:
    """What every choice of the list means, as a condition on its lines."""
    row = every.c
    still_open, late = row.stage != MatterStage.CLOSED.value, row.due_on < on
    handling = (row.is_round == 0) & (row.stage == MatterStage.HANDLING.value)
    checking = (row.is_round == 0) & (row.stage == MatterStage.CHECKING.value)
    own: dict[str, sa.ColumnElement[bool]] = {"mine": sa.false(), "to_check": sa.false()}
    if not isinstance(seen_by, Everybody):
        own = {
            "mine": handling & held_by(row, seen_by),
            "to_check": checking & (row.answered_by != seen_by.id),
        }
    return {
        "": still_open,
        "all": sa.true(),
        "overdue": still_open & late,
        "late": handling & late,
        "red": (row.is_round == 0) & still_open & (row.escalation == RED),
        "extension": still_open & row.wanted_on.is_not(None),
        **own,
        **{one.value: row.stage == one.value for one in MatterStage},
    }


def _narrowed(every: sa.Subquery, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """What the list is narrowed to besides its choice."""
    row = every.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.brought:
        found.append(row.is_round == 0)
    if wanted.source in MatterSource.labels():
        found.append(row.source == wanted.source)
    if wanted.township:
        # As its own officer sees it: what happened there, and what is theirs to do.
        here, theirs = row.township_code, row.holder_township
        found.append((here == wanted.township) | (theirs == wanted.township))
    kind, _, key = wanted.unit.partition(":")
    column = {"operator": row.holder_operator_id, "unit": row.holder_unit_id}.get(kind)
    if column is not None and key.isascii() and key.isdigit():
        found.append(column == int(key[:9]))
    if wanted.q:
        found.append(
            sa.or_(
                *(
                    one.icontains(wanted.q, autoescape=True)
                    for one in (row.words, row.said_by, row.ref, Station.name, Station.code)
                ),
                _is_number(row, wanted.q),
            )
        )
    return found


def _is_number(row: Any, q: str) -> sa.ColumnElement[bool]:
    """Whether it is 问2026-0012 or 2026-12 that was typed."""
    year, _, number = q.removeprefix("问").partition("-")
    if year.isascii() and year.isdigit() and number.isascii() and number.isdigit():
        return sa.and_(row.year == int(year[:6]), row.number == int(number[:9]))
    return sa.false()


def _turn(stage: MatterStage, holder: str) -> str:
    """In whose hands it is now, in words."""
    if stage is MatterStage.CLOSED:
        return "—"
    if stage is MatterStage.CHECKING:
        return "等核查"
    return COUNTY if stage is MatterStage.CHECKED else holder


def _line(found: Any, on: date) -> MatterLine:
    *_, station, code, township, holding, operator, unit = found
    stage, holder = MatterStage(found.stage), Holder(found.holder) if found.holder else None
    opened: datetime = found.opened_at
    names = {
        Holder.TOWNSHIP: holding,
        Holder.OPERATOR: operator,
        Holder.UNIT: unit,
        Holder.KEEPER: f"{holding}·站长" if holding else "站长",
    }
    return MatterLine(
        id=found.id,
        is_round=bool(found.is_round),
        source=MatterSource(found.source),
        number=found.clause if found.is_round else f"问{found.year}-{found.number:04d}",
        kind=MatterKind(found.kind),
        said_by=found.said_by,
        ref=found.ref,
        words=found.words,
        stage=stage,
        heard_on=found.heard_on or beijing_day(opened),
        due_on=found.due_on,
        days_left=(found.due_on - on).days if stage in OPEN_STAGES else None,
        wanted_on=found.wanted_on,
        escalation=found.escalation,
        station_id=found.station_id,
        station=f"{code or '未编号'} {station}" if station else "",
        township=township or "",
        holder=_turn(stage, names[holder] or "" if holder else COUNTY),
        papers=found.papers,
    )
