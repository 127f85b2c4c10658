"""The machine's clock is set while keepers work: nothing is lost, done twice at once, or shut out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server import jobs
from server.chores import Workshop
from server.db import writing
from server.http import clock
from server.models.job import Job, JobState
from server.worker import Worker
from tests.drills.house import Installation, Served
from tests.drills.ledger import differences, not_examined

pytestmark = pytest.mark.drill

JUMPS = {
    "two hours ahead": timedelta(hours=2),
    "two hours back": -timedelta(hours=2),
    "a day back": -timedelta(days=1),
}
Set = Callable[[timedelta], None]


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[Installation]:
    house = Installation(tmp_path / "home", template=sqlite_template)
    yield house
    house.engine.dispose()


@pytest.fixture
def served(house: Installation) -> Iterator[Served]:
    served = Served(house)
    yield served
    served.stop()


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Set the one clock that the whole house reads."""
    true_now = clock.now

    def set_clock(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: true_now() + by)

    return set_clock


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_is_set_loses_no_record_and_leaves_no_photo_waiting(
    house: Installation, served: Served, set_clock: Set, jump: timedelta
) -> None:
    phone = house.phone(0, served.address)
    worker = Worker(Workshop(house.engine, house.blobs), periodics=())
    worker.beat()
    phone.check_in(14_000)
    assert phone.sync() == "done"  # its job was put in by the old time
    phone.note(14_000)

    set_clock(jump)

    assert phone.sync() == "done"  # the keeper is still signed in
    said = [fault for fault in served.faults() if fault.startswith("时钟往回走了")]
    assert len(said) == (1 if jump < timedelta(0) else 0)
    worker.beat()
    while worker.do_one():
        pass
    assert not_examined(house.engine) == 0
    assert differences(house.engine, house.blobs, [phone.kept]) == []
    with Session(house.engine) as session:
        assert set(session.scalars(select(Job.attempts))) == {1}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_job_in_hand_stays_in_its_hand_when_the_clock_is_set(
    house: Installation, set_clock: Set, jump: timedelta
) -> None:
    holder = Worker(Workshop(house.engine, house.blobs), periodics=())
    other = Worker(Workshop(house.engine, house.blobs), periodics=())
    with writing(house.engine) as session:
        jobs.enqueue(session, "slow", {}, now=clock.now())
        held = jobs.claim(session, owner=holder.owner, now=clock.now(), lease=holder.lease)
    assert held is not None
    assert not other.do_one()

    set_clock(jump)
    other.beat()

    assert not other.do_one()  # the holder has had no time yet to renew its lease
    with writing(house.engine) as session:
        assert jobs.renew(session, held, now=clock.now(), lease=holder.lease)
        assert jobs.finish(session, held)
    with Session(house.engine) as session:
        assert session.scalars(select(Job.state)).all() == [JobState.DONE]
