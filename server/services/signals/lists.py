"""Integrity signals as lists: the desk's with its filters, the keeper's own, and today's few."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.person import Keeping, Person
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.policy.signals.options import KINDS, OF_VISITS
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.people.scope import stations_visible_to
from server.services.signals.questions import OUTCOMES

ON_HOME = 3
PAGE = 30
# Every choice of the desk's list: what it is called, and which states it shows.
CHOICES: dict[str, tuple[str, tuple[SignalState, ...]]] = {
    "": ("待处理", (SignalState.OPEN, SignalState.ANSWERED)),
    **{
        state.value: (state.label, (state,))
        for state in (SignalState.ANSWERED, SignalState.OPEN, SignalState.SETTLED)
    },
    "all": ("全部", tuple(SignalState)),
}


@dataclass(frozen=True, slots=True)
class SignalView:
    """One question with its station and who settled it."""

    signal: IntegritySignal
    station: Station
    township_name: str
    settled_by: str

    @property
    def title(self) -> str:
        """What this kind of question is called."""
        return KINDS.get(self.signal.kind, self.signal.kind)

    @property
    def whose(self) -> str:
        """Who is asked; what inspectors are asked of their own records is no keeper's business."""
        return "督导员" if self.signal.kind in OF_VISITS else "站长"

    @property
    def inspection_id(self) -> str:
        """The record that is asked about; empty for everything else."""
        return str(self.signal.measured.get("inspection", ""))

    @property
    def why(self) -> str:
        """The figures and the threshold in one sentence."""
        return str(self.signal.measured.get("why", ""))

    @property
    def decision_label(self) -> str:
        """已说明, 存疑, 误报 or 已更正; "" while it is open."""
        return OUTCOMES.get(self.signal.decision, "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty means everything."""

    choice: str = ""
    kind: str = ""
    township: str = ""
    station_id: int | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `following` goes on as `before`."""

    shown: Sequence[SignalView]
    following: str


def signals_seen(
    session: Session, *, seen_by: Person, wanted: Wanted, before: str = "", limit: int = PAGE
) -> Page:
    """Questions in somebody's sight, the newest day first; one query."""
    query = (
        sa.select(IntegritySignal, Station, Division.name, Person.name)
        .join(Station, Station.id == IntegritySignal.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Person, Person.id == IntegritySignal.settled_by)
        .where(*_narrowed(seen_by, wanted), IntegritySignal.state.in_(CHOICES[wanted.choice][1]))
        .order_by(IntegritySignal.day_on.desc(), IntegritySignal.id.desc())
        .limit(limit + 1)
    )
    if (place := _place(before)) is not None:
        day, signal_id = place
        query = query.where(
            sa.or_(
                IntegritySignal.day_on < day,
                sa.and_(IntegritySignal.day_on == day, IntegritySignal.id < signal_id),
            )
        )
    views = [
        SignalView(signal, station, township or "", settler or "")
        for signal, station, township, settler in session.execute(query)
    ]
    last = views[limit - 1].signal if len(views) > limit else None
    return Page(views[:limit], f"{last.day_on.isoformat()}.{last.id}" if last else "")


def signal_tallies(
    session: Session, *, seen_by: Person, wanted: Wanted
) -> tuple[dict[str, int], dict[str, int]]:
    """How many there are per choice, and within the choice per kind; one query."""
    by_state: dict[tuple[SignalState, str], int] = {
        (state, kind): number
        for state, kind, number in session.execute(
            sa.select(IntegritySignal.state, IntegritySignal.kind, sa.func.count())
            .join(Station, Station.id == IntegritySignal.station_id)
            .where(*_narrowed(seen_by, wanted, kind=False))
            .group_by(IntegritySignal.state, IntegritySignal.kind)
        )
    }
    of_choice = {
        name: sum(
            number
            for (state, kind), number in by_state.items()
            if state in states and wanted.kind in ("", kind)
        )
        for name, (_, states) in CHOICES.items()
    }
    of_kind: dict[str, int] = defaultdict(int)
    for (state, kind), number in by_state.items():
        if state in CHOICES[wanted.choice][1]:
            of_kind[kind] += number
    return of_choice, {kind: of_kind[kind] for kind in KINDS if of_kind[kind]}


def _narrowed(
    seen_by: Person, wanted: Wanted, *, kind: bool = True
) -> list[sa.ColumnElement[bool]]:
    narrowed = [IntegritySignal.county == seen_by.county, stations_visible_to(seen_by)]
    if kind and wanted.kind:
        narrowed.append(IntegritySignal.kind == wanted.kind)
    if wanted.township:
        narrowed.append(Station.township_code == wanted.township)
    if wanted.station_id is not None:
        narrowed.append(IntegritySignal.station_id == wanted.station_id)
    if wanted.q:
        narrowed.append(
            sa.or_(
                Station.name.contains(wanted.q, autoescape=True),
                Station.code.icontains(wanted.q, autoescape=True),
            )
        )
    return narrowed


def _place(before: str) -> tuple[date, int] | None:
    """Where a page goes on; nonsense shows the first page."""
    day, _, number = before.partition(".")
    try:
        return (date.fromisoformat(day), int(number)) if number.isascii() else None
    except ValueError:
        return None


def townships_with_signals(session: Session, *, seen_by: Person) -> list[tuple[str, str]]:
    """The townships in which there is any question to see, with their names."""
    return [
        (code, name)
        for code, name in session.execute(
            sa.select(Division.code, Division.name)
            .join(Station, Station.township_code == Division.code)
            .join(IntegritySignal, IntegritySignal.station_id == Station.id)
            .where(IntegritySignal.county == seen_by.county, stations_visible_to(seen_by))
            .distinct()
            .order_by(Division.code)
        )
    ]


@counted
def signals_queue(session: Session, asked: Asked) -> QueueLine:
    """How many questions in sight are not settled yet, and since when; one query."""
    rows = (
        sa.select(IntegritySignal)
        .join(Station, Station.id == IntegritySignal.station_id)
        .where(
            IntegritySignal.county == asked.county,
            IntegritySignal.state != SignalState.SETTLED,
            stations_visible_to(asked.seen_by),
        )
    )
    return waiting(session, rows, IntegritySignal.raised_at)


_TODAY = (
    sa.select(IntegritySignal)
    .where(
        IntegritySignal.station_id.in_(sa.bindparam("ids", expanding=True)),
        IntegritySignal.state == SignalState.OPEN,
        IntegritySignal.kind.not_in(OF_VISITS),
    )
    .order_by(IntegritySignal.day_on, IntegritySignal.id)
)


def questions_today(
    session: Session, *, station_ids: Collection[int]
) -> dict[int, list[IntegritySignal]]:
    """The few oldest unanswered questions of each station, for the keeper's home; one query."""
    found: dict[int, list[IntegritySignal]] = defaultdict(list)
    for signal in session.scalars(_TODAY, {"ids": list(station_ids)}):
        if len(found[signal.station_id]) < ON_HOME:
            found[signal.station_id].append(signal)
    return found


def questions_of(
    session: Session, *, person: Person, now: datetime, before: int | None, limit: int = PAGE
) -> tuple[list[SignalView], int | None, int]:
    """A keeper's own questions, the newest first; where the page goes on; how many are open."""
    kept = sa.select(Keeping.station_id).where(
        Keeping.person_id == person.id,
        Keeping.from_at <= now,
        sa.or_(Keeping.until_at.is_(None), Keeping.until_at > now),
    )
    own = (
        IntegritySignal.county == person.county,
        IntegritySignal.station_id.in_(kept),
        IntegritySignal.kind.not_in(OF_VISITS),
    )
    query = (
        sa.select(IntegritySignal, Station)
        .join(Station, Station.id == IntegritySignal.station_id)
        .where(*own)
        .order_by(IntegritySignal.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(IntegritySignal.id < before)
    views = [SignalView(signal, station, "", "") for signal, station in session.execute(query)]
    open_ones = session.scalar(
        sa.select(sa.func.count()).where(*own, IntegritySignal.state == SignalState.OPEN)
    )
    following = views[limit - 1].signal.id if len(views) > limit else None
    return views[:limit], following, open_ones or 0
