"""After the update nothing is left of what was read in photos that were deleted before it."""

from alembic import command
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.phone_event import PhotoState
from server.models.reading import PhotoReading
from server.schema import config_for, upgrade
from tests.factories import TODAY, make_cast
from tests.readings import read, written


def test_what_was_read_in_photos_deleted_before_goes_with_the_update(engine: Engine) -> None:
    with Session(engine) as session:
        cast = make_cast(session)
        rows = written("营业时间", "8:00-18:00", "电话 138 0000 1234")
        gone = read(session, cast.c1, rows, subject="hours_board", days_ago=3)
        kept = read(session, cast.c1, rows, subject="hours_board")
        gone.state, gone.erased_on = PhotoState.ERASED, TODAY
        session.commit()
        keys = gone.id, kept.id
    command.downgrade(config_for(engine), "0073")
    upgrade(engine)
    with Session(engine) as session:
        first, second = (session.get_one(PhotoReading, key) for key in keys)
        assert (first.lines, first.number, first.outcome) == ([], [], "matches")
        assert second.lines
