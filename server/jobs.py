"""The verbs of the jobs table: put work in, take it out, finish it, or give it up.

A job is put in by the same transaction as its cause, so neither exists without the other. It runs
at least once: whoever holds it renews a lease, and when the lease runs out somebody else takes the
job over. Nothing here commits; the caller's transaction does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from cronsim import CronSim
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from server.db import table_of
from server.models.job import Heartbeat, Job, JobState
from server.prepared import prepared

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
ATTEMPT = "attempt"
"""Among a job's arguments when its handler gets them: which try this is, from 1 on."""
TROUBLE_PAUSE = timedelta(minutes=1)  # what a job waits when store or database fail, not the job
ERROR_LENGTH = 4000  # the end of a traceback says most
BACKGROUND = ("read_photo",)
"""Slow kinds, done when nothing else is due, the newest first: old photos may wait, new may not."""


_PUT_IN = {
    dialect: prepared(
        insert(table_of(Job))
        .on_conflict_do_nothing(index_elements=["dedupe"])
        .returning(table_of(Job).c.id)
    )
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}


@dataclass(frozen=True)
class ClaimedJob:
    """A job in somebody's hands; `attempts` counts this try too."""

    id: int
    kind: str
    args: Mapping[str, Any]
    owner: str
    attempts: int
    max_attempts: int


@dataclass(frozen=True)
class Periodic:
    """Work that comes round by itself, at least once a month; `cron` is read in Beijing time."""

    kind: str
    cron: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def latest(self, now: datetime) -> datetime:
        """The newest moment at or before `now` (a Beijing time) when this was to be done."""
        # CronSim looks for moments strictly before its start.
        just_after = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return next(CronSim(self.cron, just_after, reverse=True))


def enqueue(
    session: Session,
    kind: str,
    args: Mapping[str, Any],
    *,
    now: datetime,
    run_at: datetime | None = None,
    dedupe: str | None = None,
    max_attempts: int = 5,
) -> int | None:
    """Put a job in; None when one with the same `dedupe` already stands there, in any state.

    `run_at` lies at most `LONGEST_PAUSE` ahead: `rein_in` takes what is later for a wrong clock.
    """
    row = {
        "kind": kind,
        "args": dict(args),
        "state": JobState.DUE,
        "run_at": run_at or now,
        "attempts": 0,
        "max_attempts": max_attempts,
        "error": "",
        "dedupe": dedupe,
        "made_at": now,
    }
    return session.connection().execute(_PUT_IN[_dialect(session)], row).scalar_one_or_none()


def enqueue_periodic(session: Session, periodics: Iterable[Periodic], *, now: datetime) -> int:
    """Put in what has come round since last time; `now` in Beijing time; how many were new.

    Any number of workers may call this: the moment is part of the `dedupe` key. After days without
    power only the newest moment is made up for, not each that was missed.
    """
    new = 0
    for periodic in periodics:
        moment = periodic.latest(now)
        key = f"cron:{periodic.kind}:{moment.isoformat(timespec='minutes')}"
        # run_at is the moment itself: forget_done must not forget a key that may come again.
        new += (
            enqueue(session, periodic.kind, periodic.args, now=now, run_at=moment, dedupe=key)
            is not None
        )
    return new


def anything_to_do(session: Session, *, now: datetime, leases_hold: bool = False) -> bool:
    """Whether `claim` would find something; only reads, so an idle worker disturbs nobody."""
    kinds = [_due(now)] if leases_hold else [_due(now), _abandoned(now)]
    return bool(session.scalar(sa.select(sa.or_(*(kind.exists() for kind in kinds)))))


def comes_before(session: Session, kind: str, moment: datetime) -> bool:
    """Whether a job of this kind waits that is due at a moment or before."""
    waits = sa.select(Job.id).where(
        Job.kind == kind, Job.state == JobState.DUE, Job.run_at <= moment
    )
    return session.execute(waits.limit(1)).first() is not None


def last_done(session: Session, kind: str, *, county: str) -> datetime | None:
    """When what a county's newest done job of a kind was for came round; None before the first.

    Done jobs are forgotten after some weeks: None then too.
    """
    return session.scalar(
        sa.select(Job.run_at)
        .where(
            Job.state == JobState.DONE, Job.kind == kind, Job.args["county"].as_string() == county
        )
        .order_by(Job.run_at.desc())
        .limit(1)
    )


def claim(
    session: Session, *, owner: str, now: datetime, lease: timedelta, leases_hold: bool = False
) -> ClaimedJob | None:
    """Take the oldest due job, or one whose holder has gone silent; None when there is none.

    Work of the `BACKGROUND` kinds comes after all other, and of it what came last comes first.
    One UPDATE, so two workers never get the same job: SQLite lets one write at a time, PostgreSQL
    skips the rows that another worker has locked. With `leases_hold` every holder counts as alive,
    whatever its lease says: the clock was just set, and nobody has renewed since.
    """
    if not leases_hold:
        _bury_the_hopeless(session, now=now)
    background = Job.kind.in_(BACKGROUND)
    in_turn = [_due(now).where(~background).order_by(Job.run_at, Job.id)]
    if not leases_hold:
        in_turn.append(_abandoned(now).order_by(Job.run_at, Job.id))
    in_turn.append(_due(now).where(background).order_by(Job.id.desc()))
    first = (
        query.limit(1).with_for_update(skip_locked=True).scalar_subquery() for query in in_turn
    )
    taken = session.execute(
        sa.update(Job)
        .where(Job.id == sa.func.coalesce(*first))
        .values(
            state=JobState.DOING, owner=owner, lease_until=now + lease, attempts=Job.attempts + 1
        )
        .returning(Job.id, Job.kind, Job.args, Job.attempts, Job.max_attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    return ClaimedJob(taken.id, taken.kind, taken.args, owner, taken.attempts, taken.max_attempts)


def renew(session: Session, job: ClaimedJob, *, now: datetime, lease: timedelta) -> bool:
    """Say that the job is still being worked on; False when it is in other hands by now."""
    return _set(session, job, lease_until=now + lease)


def finish(session: Session, job: ClaimedJob) -> bool:
    """Mark it done; False when it is in other hands by now, and the caller must roll back."""
    return _set(session, job, state=JobState.DONE, owner=None, lease_until=None, error="")


def give_back(session: Session, job: ClaimedJob, *, now: datetime) -> bool:
    """Return a job untried, because its worker has to stop."""
    return _set(
        session,
        job,
        state=JobState.DUE,
        owner=None,
        lease_until=None,
        run_at=now,
        attempts=job.attempts - 1,
    )


def put_off(session: Session, job: ClaimedJob, *, now: datetime, error: str) -> bool:
    """Return a job that could not be tried: a full disk must not use up its tries."""
    return _set(
        session,
        job,
        state=JobState.DUE,
        owner=None,
        lease_until=None,
        run_at=now + TROUBLE_PAUSE,
        attempts=job.attempts - 1,
        error=error[-ERROR_LENGTH:],
    )


def fail(session: Session, job: ClaimedJob, *, now: datetime, error: str) -> bool:
    """Put it off for a while, or declare it dead after the last try; `error` is kept either way."""
    dead = job.attempts >= job.max_attempts
    return _set(
        session,
        job,
        state=JobState.DEAD if dead else JobState.DUE,
        run_at=now + pause_after(job.attempts),
        owner=None,
        lease_until=None,
        error=error[-ERROR_LENGTH:],
    )


def pause_after(attempts: int) -> timedelta:
    """10 s, 40 s, 160 s …, at most an hour."""
    return min(FIRST_PAUSE * int(4 ** min(attempts - 1, 10)), LONGEST_PAUSE)


def beat(session: Session, *, owner: str, now: datetime) -> None:
    """Write a worker's sign of life, and forget workers silent for a day.

    A sign from the future is from before the clock was set back; it would hide a worker's death.
    """
    session.execute(
        sa.delete(Heartbeat).where(
            sa.or_(
                Heartbeat.at < now - timedelta(days=1), Heartbeat.at > now + timedelta(minutes=1)
            )
        )
    )
    session.merge(Heartbeat(owner=owner, at=now))
    session.flush()


def rein_in(session: Session, *, now: datetime, lease: timedelta) -> None:
    """After the clock was set back, bring near what would now wait until the old time comes again.

    Who lives renews the shortened lease long before it runs out; who died is replaced as usual.
    """
    session.execute(
        sa.update(Job)
        .where(Job.state == JobState.DOING, Job.lease_until > now + 2 * lease)
        .values(lease_until=now + lease)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Job)
        .where(
            Job.state == JobState.DUE,
            sa.or_(Job.run_at > now + LONGEST_PAUSE, sa.and_(Job.made_at > now, Job.run_at > now)),
        )
        .values(run_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_done(session: Session, *, before: datetime) -> int:
    """Delete jobs done for good that were due before a moment; how many."""
    gone = session.execute(
        sa.delete(Job)
        .where(Job.state == JobState.DONE, Job.run_at < before)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _due(now: datetime) -> sa.Select[int]:
    return sa.select(Job.id).where(Job.state == JobState.DUE, Job.run_at <= now)


def _abandoned(now: datetime) -> sa.Select[int]:
    return sa.select(Job.id).where(Job.state == JobState.DOING, Job.lease_until < now)


def _bury_the_hopeless(session: Session, *, now: datetime) -> None:
    """Declare dead what took its worker down with it on its last try."""
    session.execute(
        sa.update(Job)
        .where(Job.state == JobState.DOING, Job.lease_until < now, Job.attempts >= Job.max_attempts)
        .values(
            state=JobState.DEAD,
            owner=None,
            lease_until=None,
            error="the worker died or hung each time it tried",
        )
        .execution_options(synchronize_session=False)
    )


def _set(session: Session, job: ClaimedJob, **values: Any) -> bool:
    """Change a job only while it is in its claimer's hands, in this very try."""
    changed = session.execute(
        sa.update(Job)
        .where(
            Job.id == job.id,
            Job.state == JobState.DOING,
            Job.owner == job.owner,
            Job.attempts == job.attempts,
        )
        .values(values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return changed.one_or_none() is not None


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
