"""Slow reading waits until nothing else is due, and new photos are read before old ones."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Engine

from server import jobs
from server.db import writing

NOW = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)


def claimed(engine: Engine) -> str | None:
    with writing(engine) as session:
        job = jobs.claim(session, owner="me", now=NOW, lease=timedelta(minutes=1))
        return job.args["name"] if job else None


def test_reading_comes_after_all_other_work_and_newest_first(engine: Engine) -> None:
    with writing(engine) as session:
        for kind, name, minutes in (
            ("read_photo", "old sign", 9),
            ("read_photo", "new sign", 8),
            ("examine_photo", "first photo", 2),
            ("examine_photo", "second photo", 1),
            ("read_photo", "newest sign", 0),
            ("read_photo", "not yet", -1),
        ):
            jobs.enqueue(
                session, kind, {"name": name}, now=NOW, run_at=NOW - timedelta(minutes=minutes)
            )

    assert [claimed(engine) for _ in range(6)] == [
        "first photo",
        "second photo",
        "newest sign",
        "new sign",
        "old sign",
        None,
    ]


def test_reading_that_was_broken_off_is_taken_over_before_new_reading(engine: Engine) -> None:
    with writing(engine) as session:
        jobs.enqueue(session, "read_photo", {"name": "broken off"}, now=NOW - timedelta(hours=1))
        jobs.claim(session, owner="dead", now=NOW - timedelta(hours=1), lease=timedelta(minutes=1))
        jobs.enqueue(session, "read_photo", {"name": "new"}, now=NOW)
    assert [claimed(engine) for _ in range(2)] == ["broken off", "new"]
