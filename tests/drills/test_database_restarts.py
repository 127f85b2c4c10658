"""PostgreSQL stops and starts again under a running house: a pause for everybody, a loss for nobody."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.models.phone_event import Photo, PhotoState
from server.worker import Worker
from tests.api.events import batch
from tests.drills.house import Installation, Served
from tests.drills.postgres_server import Server, own_server

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("restart") / "home", server.url)
    yield installation
    installation.engine.dispose()


@pytest.fixture
def served(house: Installation) -> Iterator[Served]:
    served = Served(house)
    yield served
    served.stop()


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_database_that_restarts_costs_a_pause_and_nothing_else(
    server: Server, house: Installation, served: Served, how: str
) -> None:
    phone = house.phone(0, served.address)
    worker = Worker(Workshop(house.engine, house.blobs), periodics=())
    phone.check_in(14_000)
    assert phone.sync() == "done"
    phone.note(30_000, 14_000)

    server.stop(how)
    try:
        assert phone.sync() == "busy"
        assert len(phone.photos_held()) == 2
        status, headers, said = phone.ask("POST", "/sync", batch())
        assert (status, said["code"], headers["Retry-After"]) == (503, "busy", "5")
        assert headers["Content-Type"] == "application/problem+json"
        assert served.faults()[0].startswith("数据库连不上")
        with pytest.raises(OperationalError):
            worker.do_one()
    finally:
        server.start()

    assert phone.sync() == "done"
    assert served.faults() == []
    while worker.do_one():
        pass
    with Session(house.engine) as session:
        there = set(session.scalars(select(Photo.id).where(Photo.state == PhotoState.EXAMINED)))
    assert {UUID(photo) for photo in phone.kept.photos} <= there
