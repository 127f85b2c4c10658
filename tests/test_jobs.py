import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import BEIJING
from server.db import writing
from server.jobs import ClaimedJob, Periodic
from server.models.job import Heartbeat, Job, JobState

NOW = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def put(engine: Engine, kind: str = "count", **more: object) -> int | None:
    with writing(engine) as session:
        return jobs.enqueue(session, kind, {"n": 1}, now=NOW, **more)  # type: ignore[arg-type]


def take(engine: Engine, owner: str = "a", now: datetime = NOW) -> ClaimedJob | None:
    with writing(engine) as session:
        return jobs.claim(session, owner=owner, now=now, lease=LEASE)


def row(engine: Engine) -> Job:
    with Session(engine) as session:
        return session.scalars(sa.select(Job)).one()


def test_a_job_is_claimed_once(engine: Engine) -> None:
    put(engine)

    first, second = take(engine, "a"), take(engine, "b")

    assert first is not None
    assert (first.kind, first.args, first.owner, first.attempts) == ("count", {"n": 1}, "a", 1)
    assert second is None


def test_a_job_goes_when_its_cause_is_rolled_back(engine: Engine) -> None:
    with Session(engine) as session:
        jobs.enqueue(session, "count", {}, now=NOW)
        session.rollback()

    assert take(engine) is None


def test_the_oldest_due_job_comes_first_and_a_later_one_waits(engine: Engine) -> None:
    put(engine, "later", run_at=NOW + timedelta(minutes=1))
    put(engine, "second", run_at=NOW - timedelta(minutes=1))
    put(engine, "first", run_at=NOW - timedelta(minutes=2))

    kinds = [job.kind for job in (take(engine), take(engine), take(engine)) if job]

    assert kinds == ["first", "second"]


def test_the_same_work_is_not_put_in_twice(engine: Engine) -> None:
    first = put(engine, dedupe="photo:1")
    again = put(engine, dedupe="photo:1")

    assert first is not None
    assert again is None
    assert row(engine).id == first


def test_a_silent_workers_job_passes_to_another_and_the_first_can_no_longer_finish_it(
    engine: Engine,
) -> None:
    put(engine)
    slow = take(engine, "slow")
    assert slow is not None

    assert take(engine, "b", NOW + timedelta(seconds=29)) is None
    heir = take(engine, "b", NOW + timedelta(seconds=31))
    assert heir is not None
    with writing(engine) as session:
        assert not jobs.finish(session, slow)
        assert not jobs.fail(session, slow, now=NOW, error="late")
        assert not jobs.renew(session, slow, now=NOW, lease=LEASE)
        assert jobs.finish(session, heir)

    assert (row(engine).state, row(engine).attempts) == (JobState.DONE, 2)


def test_renewing_keeps_a_job_in_its_workers_hands(engine: Engine) -> None:
    put(engine)
    job = take(engine, "a")
    assert job is not None
    with writing(engine) as session:
        assert jobs.renew(session, job, now=NOW + timedelta(seconds=20), lease=LEASE)

    assert take(engine, "b", NOW + timedelta(seconds=49)) is None
    assert take(engine, "b", NOW + timedelta(seconds=51)) is not None


def test_a_failed_job_waits_longer_each_time_and_is_dead_after_its_last_try(engine: Engine) -> None:
    put(engine, max_attempts=2)
    job = take(engine)
    assert job is not None
    with writing(engine) as session:
        assert jobs.fail(session, job, now=NOW, error="once")

    assert (row(engine).state, row(engine).error) == (JobState.DUE, "once")
    assert take(engine, now=NOW + timedelta(seconds=9)) is None
    job = take(engine, now=NOW + timedelta(seconds=10))
    assert job is not None
    with writing(engine) as session:
        assert jobs.fail(session, job, now=NOW, error="twice")

    assert (row(engine).state, row(engine).error) == (JobState.DEAD, "twice")
    assert take(engine, now=NOW + timedelta(days=9)) is None


def test_a_job_that_kills_its_worker_every_time_is_dead_in_the_end(engine: Engine) -> None:
    put(engine, max_attempts=3)

    tries = 0
    now = NOW
    while take(engine, now=now) is not None:
        tries += 1
        now += timedelta(minutes=1)

    assert tries == 3
    assert row(engine).state == JobState.DEAD
    assert "died" in row(engine).error


def test_a_job_given_back_has_lost_no_try(engine: Engine) -> None:
    put(engine)
    job = take(engine)
    assert job is not None
    with writing(engine) as session:
        assert jobs.give_back(session, job, now=NOW)

    job = take(engine)

    assert job is not None
    assert job.attempts == 1


def test_looking_for_work_sees_due_and_abandoned_jobs_only(engine: Engine) -> None:
    def anything(now: datetime) -> bool:
        with Session(engine) as session:
            return jobs.anything_to_do(session, now=now)

    assert not anything(NOW)
    put(engine, run_at=NOW + timedelta(seconds=1))
    assert not anything(NOW)
    assert anything(NOW + timedelta(seconds=1))
    take(engine, now=NOW + timedelta(seconds=1))
    assert not anything(NOW + timedelta(seconds=2))
    assert anything(NOW + timedelta(seconds=40))


def test_four_workers_do_two_hundred_jobs_once_each(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(200):
            jobs.enqueue(session, "count", {"n": number}, now=NOW)
    done: list[int] = []

    def work(owner: str) -> None:
        while (job := take(engine, owner)) is not None:
            done.append(job.args["n"])
            with writing(engine) as session:
                assert jobs.finish(session, job)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == list(range(200))


def test_what_comes_round_is_put_in_once_however_many_ask(engine: Engine) -> None:
    nightly = [Periodic("sweep", "15 3 * * *")]
    morning = datetime(2023, 7, 5, 8, 0, tzinfo=BEIJING)

    with writing(engine) as session:
        assert jobs.enqueue_periodic(session, nightly, now=morning) == 1
        assert jobs.enqueue_periodic(session, nightly, now=morning) == 0

    assert row(engine).dedupe == "cron:sweep:2023-07-05T03:15+08:00"
    assert row(engine).run_at == datetime(2023, 7, 4, 19, 15, tzinfo=UTC)
    with writing(engine) as session:
        later = morning + timedelta(days=9)
        assert jobs.enqueue_periodic(session, nightly, now=later) == 1  # not nine


@pytest.mark.parametrize(
    ("clock", "day"), [("03:14:59", 4), ("03:15:00", 5), ("03:15:40", 5), ("03:16:00", 5)]
)
def test_a_periodic_moment_has_come_to_the_minute(clock: str, day: int) -> None:
    now = datetime.fromisoformat(f"2023-07-05T{clock}").replace(tzinfo=BEIJING)

    latest = Periodic("sweep", "15 3 * * *").latest(now)

    assert latest == datetime(2023, 7, day, 3, 15, tzinfo=BEIJING)


def test_pauses_grow_to_an_hour() -> None:
    assert [jobs.pause_after(n).total_seconds() for n in (1, 2, 3, 6, 99)] == [
        10,
        40,
        160,
        3600,
        3600,
    ]


def test_only_jobs_done_long_ago_are_forgotten(engine: Engine) -> None:
    for kind in ("done", "waiting"):
        put(engine, kind, run_at=NOW if kind == "done" else NOW + timedelta(seconds=1))
    job = take(engine)
    assert job is not None
    with writing(engine) as session:
        jobs.finish(session, job)
        assert jobs.forget_done(session, before=NOW) == 0
        assert jobs.forget_done(session, before=NOW + timedelta(days=60)) == 1

    assert row(engine).kind == "waiting"


def test_heartbeats_stay_one_a_worker_and_old_workers_are_forgotten(engine: Engine) -> None:
    with writing(engine) as session:
        jobs.beat(session, owner="old", now=NOW - timedelta(days=2))
        jobs.beat(session, owner="a", now=NOW - timedelta(minutes=1))
        jobs.beat(session, owner="a", now=NOW)

    with Session(engine) as session:
        rows = session.execute(sa.select(Heartbeat.owner, Heartbeat.at)).all()
    assert [tuple(found) for found in rows] == [("a", NOW)]


def test_a_clock_set_back_lets_no_job_wait_for_the_old_time(engine: Engine) -> None:
    put(engine, run_at=NOW)  # put in just before; then the clock goes back a day
    yesterday = NOW - timedelta(days=1)
    assert take(engine, now=yesterday) is None

    with writing(engine) as session:
        jobs.rein_in(session, now=yesterday, lease=LEASE)

    assert take(engine, now=yesterday) is not None


def test_a_clock_set_back_lets_no_failed_job_wait_for_the_old_time(engine: Engine) -> None:
    earlier = NOW - timedelta(days=2)
    with writing(engine) as session:
        jobs.enqueue(session, "count", {}, now=earlier)
    job = take(engine)
    assert job is not None
    with writing(engine) as session:
        jobs.fail(session, job, now=NOW, error="not this time")
        jobs.rein_in(session, now=NOW - timedelta(days=1), lease=LEASE)

    assert take(engine, now=NOW - timedelta(days=1)) is not None


def test_a_job_put_off_after_a_failure_waits_its_pause_all_the_same(engine: Engine) -> None:
    put(engine)
    job = take(engine)
    assert job is not None
    with writing(engine) as session:
        jobs.fail(session, job, now=NOW, error="not this time")
        jobs.rein_in(session, now=NOW, lease=LEASE)

    assert take(engine, now=NOW + timedelta(seconds=9)) is None


def test_a_worker_that_died_before_the_clock_went_back_is_replaced_soon(engine: Engine) -> None:
    put(engine)
    take(engine, "dead")
    back = NOW - timedelta(hours=2)
    with writing(engine) as session:
        jobs.rein_in(session, now=back, lease=LEASE)

    assert take(engine, "b", now=back + LEASE) is None
    heir = take(engine, "b", now=back + LEASE + timedelta(seconds=1))

    assert heir is not None
    assert heir.attempts == 2


def test_while_leases_hold_nobody_takes_over_and_nobody_is_buried(engine: Engine) -> None:
    put(engine, max_attempts=1)
    take(engine, "alive")
    ahead = NOW + timedelta(hours=2)

    with writing(engine) as session:
        assert not jobs.anything_to_do(session, now=ahead, leases_hold=True)
        taken = jobs.claim(session, owner="b", now=ahead, lease=LEASE, leases_hold=True)

    assert taken is None
    assert (row(engine).owner, row(engine).state) == ("alive", JobState.DOING)


def test_due_jobs_are_done_while_leases_hold(engine: Engine) -> None:
    put(engine)

    with writing(engine) as session:
        assert jobs.anything_to_do(session, now=NOW, leases_hold=True)
        assert jobs.claim(session, owner="b", now=NOW, lease=LEASE, leases_hold=True) is not None


def test_a_sign_of_life_from_the_future_is_forgotten(engine: Engine) -> None:
    with writing(engine) as session:
        jobs.beat(session, owner="dead", now=NOW + timedelta(hours=2))
        jobs.beat(session, owner="alive", now=NOW)

    with Session(engine) as session:
        assert session.scalars(sa.select(Heartbeat.owner)).all() == ["alive"]
