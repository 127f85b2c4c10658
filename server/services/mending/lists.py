"""整改 on lists and on time: who owes what until when, reminders and escalation."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, moment_text
from server.models.county import County, Division
from server.models.inspection import Inspection, Visit
from server.models.person import Person
from server.models.rectification import (
    Notice,
    NoticeQuestion,
    Rectification,
    RectificationState,
    RectificationStep,
)
from server.models.station import Station
from server.services.common import history
from server.services.county.round_options import round_options
from server.services.mending.actions import MendingAction
from server.services.mending.deadlines import recorded
from server.services.mending.notices import notice_number
from server.services.mending.proof import NOT_PROVEN
from server.services.mending.rectifications import KEEPERS_TURN, OPEN_STATES
from server.services.people.scope import Everybody, stations_visible_to

ACTION_LABELS = {
    "opened": "督导发现",
    "answered": "站长交了照片",
    "returned": "退回",
    "moved": "期限改了",
    "accepted": "验收通过",
    "withdrawn": "撤销",
    "reminded": "到期前提醒",
    "township": "逾期，报乡镇",
    "county": "逾期，报县专班",
}
ESCALATION_LABELS = ("", "已提醒", "已报乡镇", "已报县专班")
ESCALATIONS = ("", "reminded", "township", "county")


@dataclass(frozen=True, slots=True)
class StepView:
    """One move as a screen tells it."""

    action: str
    label: str
    at: datetime
    who: str
    photo_id: UUID | None
    note: str
    before_on: date | None  # the last day before and after, where this step moved it
    due_on: date | None
    recorded_at: datetime | None  # on the keeper's phone, where the day is another than of `at`
    proven: bool  # whether more than the phone's own clock speaks for that day

    @property
    def told(self) -> str:
        """The note, and when the phone recorded what arrived on a later day."""
        if self.recorded_at is None:
            return self.note
        when = f"手机上{moment_text(self.recorded_at)}记下，后来才有网交上来"
        if not self.proven:
            when += f"。{NOT_PROVEN}"
        return f"{self.note}（{when}）" if self.note else when


@dataclass(frozen=True, slots=True)
class RectificationView:
    """One rectification with its station and its way so far; `days_left` is negative when late."""

    rectification: Rectification
    station: Station
    township_name: str
    notice_text: str
    state_label: str
    days_left: int | None
    escalation_label: str
    steps: tuple[StepView, ...]

    @property
    def overdue(self) -> bool:
        """Whether the deadline has passed while it is still open."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rectifications are in each state; of the open ones how many are over their time.

    `late` are those of the overdue that no keeper has answered yet.
    """

    per_state: Mapping[RectificationState, int]
    overdue: int
    late: int = 0

    @property
    def still_open(self) -> int:
        """How many nobody has closed."""
        return sum(self.per_state.get(state, 0) for state in OPEN_STATES)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.per_state.values())


def rectifications_seen(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    states: Collection[RectificationState] | None = None,
    station_id: int | None = None,
    campaign_id: int | None = None,
    inspection_id: UUID | None = None,
    overdue: bool = False,
    township_code: str | None = None,
    words: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[RectificationView]:
    """Rectifications in somebody's sight, the nearest deadline first; two queries.

    `words` are looked for in the station's name and number and in the clause's title. Raises
    nothing; `days_left` is counted from the Beijing day `on`, None for closed ones.
    """
    wanted = _wanted(
        county,
        on,
        seen_by=seen_by,
        states=states,
        campaign_id=campaign_id,
        overdue=overdue,
        township_code=township_code,
        words=words,
    )
    query = (
        sa.select(Rectification, Station, Division.name, Notice, County)
        .join(Station, Station.id == Rectification.station_id)
        .join(County, County.code == Rectification.county)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Notice, Notice.id == Rectification.notice_id)
        .where(*wanted)
        .order_by(Rectification.due_on, Station.code, Rectification.id)
        .offset(offset)
        .limit(limit)
    )
    if station_id is not None:
        query = query.where(Rectification.station_id == station_id)
    if inspection_id is not None:
        query = query.where(Rectification.inspection_id == inspection_id)
    rows = session.execute(query).all()
    steps = _steps(session, [one.id for one, *_ in rows])
    return [
        RectificationView(
            rectification=one,
            station=station,
            township_name=township or "",
            notice_text=notice_number(home, notice) if notice else "",
            state_label=one.state.label,
            days_left=(one.due_on - on).days if one.state in OPEN_STATES else None,
            escalation_label=ESCALATION_LABELS[one.escalation],
            steps=tuple(steps.get(one.id, ())),
        )
        for one, station, township, notice, home in rows
    ]


def rectification_tally(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    campaign_id: int | None = None,
    township_code: str | None = None,
    words: str = "",
) -> Tally:
    """How many of these there are per state, and how many are late; one query."""
    late = sa.case((Rectification.due_on < on, 1), else_=0)
    rows = session.execute(
        sa.select(Rectification.state, late, sa.func.count())
        .join(Station, Station.id == Rectification.station_id)
        .where(
            *_wanted(
                county,
                on,
                seen_by=seen_by,
                campaign_id=campaign_id,
                township_code=township_code,
                words=words,
            )
        )
        .group_by(Rectification.state, late)
    ).all()
    states: Counter[RectificationState] = Counter()
    for state, _, count in rows:
        states[state] += count
    overdue = sum(count for state, is_late, count in rows if is_late and state in OPEN_STATES)
    late_ones = sum(count for state, is_late, count in rows if is_late and state in KEEPERS_TURN)
    return Tally(dict(states), overdue, late_ones)


def open_clauses(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    campaign_id: int | None = None,
    limit: int = 12,
) -> list[tuple[str, str, int]]:
    """Where most open rectifications are stuck: clause, title, how many; one query."""
    many = sa.func.count()
    return [
        (clause, title, count)
        for clause, title, count in session.execute(
            sa.select(Rectification.clause, Rectification.title, many)
            .join(Station, Station.id == Rectification.station_id)
            .where(
                *_wanted(county, on, seen_by=seen_by, campaign_id=campaign_id, states=OPEN_STATES)
            )
            .group_by(Rectification.clause, Rectification.title)
            .order_by(many.desc(), Rectification.clause, Rectification.title)
            .limit(limit)
        )
    ]


def townships_mending(
    session: Session,
    *,
    county: str,
    on: date,
    seen_by: Person | Everybody,
    campaign_id: int | None = None,
) -> list[tuple[str, str]]:
    """Code and name of every township that has any of these; one query."""
    return [
        (code or "", name or "")
        for code, name in session.execute(
            sa.select(Station.township_code, Division.name)
            .select_from(Rectification)
            .join(Station, Station.id == Rectification.station_id)
            .outerjoin(Division, Division.code == Station.township_code)
            .where(*_wanted(county, on, seen_by=seen_by, campaign_id=campaign_id))
            .distinct()
            .order_by(Station.township_code)
        )
    ]


_IN_QUESTION = sa.select(NoticeQuestion.notice_id).where(NoticeQuestion.settled_at.is_(None))


def escalate(session: Session, *, county: County, now: datetime) -> list[RectificationStep]:
    """Remind keepers before the deadline; tell township and county when it has passed.

    Each level is reached once; after days without power the highest one due is taken at once. What
    waits for the office to judge is not the keeper's delay and is left alone, and so is all that a
    letter asks for while the office has not said whether the letter stands.
    """
    today = beijing_day(now)
    made: list[RectificationStep] = []
    options = round_options(county)
    thresholds = (
        (3, timedelta(days=options.escalate_county_days)),
        (2, timedelta(days=options.escalate_township_days)),
        (1, -timedelta(days=options.remind_days_before)),
    )
    nearest = today + timedelta(days=options.remind_days_before)
    for one in session.scalars(
        sa.select(Rectification)
        .where(
            Rectification.county == county.code,
            Rectification.state.in_(KEEPERS_TURN),
            Rectification.escalation < 3,
            Rectification.due_on <= nearest,
            Rectification.notice_id.is_(None) | Rectification.notice_id.not_in(_IN_QUESTION),
        )
        .order_by(Rectification.id)
    ):
        level = next((level for level, after in thresholds if today >= one.due_on + after), 0)
        if level > one.escalation:
            one.escalation = level
            made.append(_escalated(session, one, level, now))
    session.flush()
    return made


def _wanted(
    county: str,
    on: date,
    *,
    seen_by: Person | Everybody,
    states: Collection[RectificationState] | None = None,
    campaign_id: int | None = None,
    overdue: bool = False,
    township_code: str | None = None,
    words: str = "",
) -> list[sa.ColumnElement[bool]]:
    """What a list asks for, as conditions on Rectification and its Station."""
    found = [Rectification.county == county, stations_visible_to(seen_by)]
    if states is not None:
        found.append(Rectification.state.in_(list(states)))
    if overdue:
        found += [Rectification.state.in_(OPEN_STATES), Rectification.due_on < on]
    if township_code is not None:
        found.append(Station.township_code == township_code)
    if campaign_id is not None:
        found.append(
            Rectification.inspection_id.in_(
                sa.select(Inspection.id)
                .join(Visit, Visit.id == Inspection.visit_id)
                .where(Visit.campaign_id == campaign_id)
            )
        )
    if words:
        found.append(
            sa.or_(
                Station.name.icontains(words, autoescape=True),
                Station.code.icontains(words, autoescape=True),
                Rectification.title.icontains(words, autoescape=True),
            )
        )
    return found


def _escalated(
    session: Session, one: Rectification, level: int, now: datetime
) -> RectificationStep:
    action = ESCALATIONS[level]
    step = RectificationStep(
        rectification_id=one.id, action=action, at=now, note=f"期限{full_day_text(one.due_on)}"
    )
    session.add(step)
    history.write(
        session,
        of=one,
        by=None,
        at=now,
        action=MendingAction.RECTIFICATION_ESCALATED,
        summary=f"{one.clause}{one.title}：{ACTION_LABELS[action]}",
    )
    return step


def _steps(session: Session, ids: Collection[int]) -> dict[int, list[StepView]]:
    found: dict[int, list[StepView]] = defaultdict(list)
    if not ids:
        return found
    for step, recorded_at, proven, name in session.execute(
        recorded()
        .add_columns(Person.name)
        .outerjoin(Person, Person.id == RectificationStep.person_id)
        .where(RectificationStep.rectification_id.in_(list(ids)))
        .order_by(RectificationStep.id)
    ):
        found[step.rectification_id].append(
            StepView(
                step.action,
                ACTION_LABELS[step.action],
                step.at,
                name or "系统",
                step.photo_id,
                step.note,
                step.before_on,
                step.due_on,
                recorded_at if _earlier_day(recorded_at, step.at) else None,
                bool(proven),
            )
        )
    return found


def _earlier_day(recorded_at: datetime | None, at: datetime) -> bool:
    return recorded_at is not None and beijing_day(recorded_at) < beijing_day(at)
