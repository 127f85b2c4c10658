"""What a keeper's phone shows: today's tasks in one glance, and what was sent before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, day_text, due_text
from server.models.county import County
from server.models.person import Keeping, Person
from server.models.phone_event import CheckIn, ParcelCount, Photo, PhotoState, Subject
from server.models.rectification import Rectification, RectificationState
from server.models.sign import LIVE_STATES, Sign
from server.models.signal import IntegritySignal
from server.models.station import Station
from server.policy.standard.examine import Finding, Status
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.days.counts import newest_count
from server.services.home.keeper_rounds import FromRounds, from_rounds
from server.services.people.scope import stations_kept_by
from server.services.photos.photos import subject_of
from server.services.photos.reused import reused
from server.services.review.questions import BetterPhoto, better_photos
from server.services.signals.lists import questions_today
from server.services.standing.standing import Standing, standings

DAYS_PER_PAGE = 30
ASKED = "请说明一下"


@dataclass(frozen=True)
class Task:
    """One thing to do.

    `kind` is check_in, count, photo, mend, asked_photo, confirm, better_photo or question.
    """

    key: str
    kind: str
    title: str
    why: str
    clause: str | None = None
    subject: str | None = None
    done: bool = False
    rectification_id: int | None = None
    inspection_id: UUID | None = None
    due_on: date | None = None
    until: datetime | None = None
    state: str | None = None
    returned_because: str | None = None
    photo_id: UUID | None = None
    signal_id: int | None = None
    day_on: date | None = None


@dataclass(frozen=True)
class StationToday:
    """One kept station as home shows it."""

    station: Station
    township_name: str
    sign: Sign | None
    status: Status
    fails: tuple[Finding, ...]
    todo: tuple[Task, ...]
    check_in: CheckIn | None
    count: ParcelCount | None
    photos: int
    missing_photos: int


@dataclass
class StationDay:
    """What was sent about one station for one Beijing day."""

    day_on: date
    station_id: int
    check_ins: list[CheckIn] = field(default_factory=list)
    count: ParcelCount | None = None
    photos: list[Photo] = field(default_factory=list)


def home(
    session: Session,
    *,
    person: Person,
    county: County,
    now: datetime,
    standards: Sequence[Standard],
) -> list[StationToday]:
    """Every station a keeper keeps, with what is done and what is to be done today."""
    kept = stations_kept_by(session, person, now)
    if not kept:
        return []
    today = beijing_day(now)
    found = standings(
        session,
        county=county,
        on=today,
        standards=standards,
        seen_by=person,
        station_ids=[station.id for station in kept],
    )
    by_id = {standing.station.id: standing for standing in found}
    business = from_rounds(session, station_ids=list(by_id), now=now)
    better = better_photos(session, station_ids=list(by_id), now=now)
    asked = questions_today(session, station_ids=list(by_id))
    # A closed station has no standing and no tasks any more.
    return [
        _today(
            session,
            by_id[one.id],
            today,
            business.get(one.id, FromRounds()),
            better=better.get(one.id, ()),
            asked=asked.get(one.id, ()),
        )
        for one in kept
        if one.id in by_id
    ]


def _today(
    session: Session,
    standing: Standing,
    today: date,
    business: FromRounds,
    *,
    better: Sequence[BetterPhoto] = (),
    asked: Sequence[IntegritySignal] = (),
) -> StationToday:
    station = standing.station
    check_in = session.scalars(
        sa.select(CheckIn)
        .where(
            CheckIn.county == station.county,
            CheckIn.station_id == station.id,
            CheckIn.day_on == today,
        )
        .order_by(CheckIn.occurred_at)
        .limit(1)
    ).first()
    count = newest_count(session, station=station, day_on=today)
    taken = session.execute(
        sa.select(Photo.id, Photo.subject).where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.day_on == today,
            Photo.subject != Subject.CLAUSE,
        )
    ).all()
    older = reused(session, [photo_id for photo_id, _ in taken])
    missing = session.scalar(
        sa.select(sa.func.count())
        .select_from(Photo)
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state == PhotoState.ANNOUNCED,
            Photo.subject != Subject.CLAUSE,
        )
    )
    sign = session.scalars(
        sa.select(Sign).where(Sign.station_id == station.id, Sign.state.in_(LIVE_STATES))
    ).one_or_none()
    todo = [
        Task(
            "check_in",
            "check_in",
            "扫码签到",
            "今天已经签到" if check_in else "开门后扫一下标识牌上的码",
            done=check_in is not None,
        ),
        Task(
            "count",
            "count",
            "填今天的件数",
            f"收到 {count.received} 件，寄出 {count.sent} 件"
            if count
            else "关门前把收到、寄出的件数填上",
            done=count is not None,
        ),
        *_from_rounds(business, today),
        *_asked_for(
            [
                finding
                for finding in standing.findings
                if finding.code not in {one.rule_code for one in business.mends}
            ],
            {subject for photo_id, subject in taken if photo_id not in older} - {Subject.MEND},
            better,
        ),
        *(
            Task(f"question:{q.id}", "question", ASKED, q.question, signal_id=q.id, day_on=q.day_on)
            for q in asked
        ),
    ]
    return StationToday(
        station=station,
        township_name=standing.township_name,
        sign=sign,
        status=standing.status,
        fails=tuple(standing.fails),
        todo=tuple(todo),
        check_in=check_in,
        count=count,
        photos=len(taken),
        missing_photos=missing or 0,
    )


def _from_rounds(business: FromRounds, today: date) -> list[Task]:
    """What an inspection left to do, the most pressing first."""
    confirm = [
        Task(
            f"confirm:{one.id}",
            "confirm",
            "确认督导结果",
            f"{day_text(one.day_on)}督导员来过，请看一看结果，点同意或不同意",
            inspection_id=one.id,
        )
        for one in business.to_confirm
    ]
    asked = [
        Task(
            f"asked_photo:{one.id}",
            "asked_photo",
            f"今天请拍{Subject(one.subject).label}",
            "已经拍好交上来了" if one.answered_at else "随机抽到您的站点，今天之内拍一张就行",
            subject=one.subject,
            done=one.answered_at is not None,
            until=one.until_at,
        )
        for one in business.requests
    ]
    mend = [
        Task(
            f"rectification:{one.id}",
            "mend",
            f"整改：{one.title}",
            _mend_text(one, business.returned.get(one.id), today),
            one.clause,
            one.subject or Subject.MEND,
            one.state is RectificationState.ANSWERED,
            rectification_id=one.id,
            due_on=one.due_on,
            state=one.state.value,
            returned_because=business.returned.get(one.id),
        )
        for one in business.mends
    ]
    return [*confirm, *asked, *mend]


def _mend_text(one: Rectification, returned: str | None, today: date) -> str:
    if one.state is RectificationState.ANSWERED:
        return "照片已交，等县专班看"
    if returned is not None:
        return f"退回：{returned}。{due_text(one.due_on, today)}"
    return f"{one.what_to_do}（{due_text(one.due_on, today)}）"


def _asked_for(
    findings: Iterable[Finding], taken: set[str], better: Sequence[BetterPhoto]
) -> list[Task]:
    """One task per picture that would settle a clause, one per failing that no picture mends.

    A picture that nobody could make out is asked for anew, in place of the plain asking.
    """
    photos: dict[str, Task] = {
        subject: Task(
            f"photo:{subject}",
            "photo",
            f"拍{Subject(subject).label}",
            "今天已经拍了",
            None,
            subject,
            True,
        )
        for subject in Subject
        if subject in taken
    }
    photos |= {
        one.subject: Task(
            f"better_photo:{one.subject}",
            "better_photo",
            f"{Subject(one.subject).short}再拍一张",
            one.why,
            None,
            one.subject,
            photo_id=one.photo_id,
        )
        for one in better
    }
    mend: list[Task] = []
    for finding in findings:
        open_question = finding.verdict is Verdict.UNKNOWN and finding.rule.waits_for is None
        subject = subject_of(finding.rule)
        if (
            finding.verdict is Verdict.FAIL
            and finding.level == "shall"
            and finding.mended_on is None
        ):
            mend.append(
                Task(
                    f"mend:{finding.code}",
                    "mend",
                    finding.title,
                    finding.rule.mend,
                    finding.clause,
                    subject,
                )
            )
        elif open_question and subject is not None and subject not in photos:
            photos[subject] = Task(
                f"photo:{subject}",
                "photo",
                f"拍{Subject(subject).label}",
                finding.why,
                finding.clause,
                subject,
            )
    return mend + sorted(photos.values(), key=lambda task: task.done)


def history(
    session: Session, *, person: Person, before: date | None, now: datetime
) -> tuple[list[StationDay], date | None]:
    """What a keeper's stations sent, newest day first; the second value goes on as `before`.

    A page spans thirty days; days without anything are left out.
    """
    until = before or beijing_day(now) + timedelta(days=1)
    since = until - timedelta(days=DAYS_PER_PAGE)
    kept = sa.select(Keeping.station_id).where(
        Keeping.person_id == person.id, Keeping.until_at.is_(None)
    )
    days: dict[tuple[date, int], StationDay] = {}

    def day(day_on: date, station_id: int) -> StationDay:
        return days.setdefault((day_on, station_id), StationDay(day_on, station_id))

    for check_in in session.scalars(
        sa.select(CheckIn)
        .where(
            CheckIn.county == person.county,
            CheckIn.station_id.in_(kept),
            CheckIn.day_on >= since,
            CheckIn.day_on < until,
        )
        .order_by(CheckIn.occurred_at)
    ):
        day(check_in.day_on, check_in.station_id).check_ins.append(check_in)
    for count in session.scalars(
        sa.select(ParcelCount).where(
            ParcelCount.county == person.county,
            ParcelCount.station_id.in_(kept),
            ParcelCount.day_on >= since,
            ParcelCount.day_on < until,
            ParcelCount.holds(),
        )
    ):
        day(count.day_on, count.station_id).count = count
    for photo in session.scalars(
        sa.select(Photo)
        .where(
            Photo.county == person.county,
            Photo.station_id.in_(kept),
            Photo.day_on >= since,
            Photo.day_on < until,
        )
        .order_by(Photo.taken_at, Photo.id)
    ):
        day(photo.day_on, photo.station_id).photos.append(photo)
    pages = sorted(days.values(), key=lambda one: (-one.day_on.toordinal(), one.station_id))
    older = _anything_before(session, person, kept, since)
    return pages, since if older else None


def _anything_before(session: Session, person: Person, kept: sa.Select[int], day: date) -> bool:
    """Whether there is a further page."""
    return any(
        session.scalar(
            sa.select(
                sa.select(noun.id)
                .where(noun.county == person.county, noun.station_id.in_(kept), noun.day_on < day)
                .exists()
            )
        )
        for noun in (CheckIn, ParcelCount, Photo)
    )
