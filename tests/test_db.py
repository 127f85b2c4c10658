"""What every connection promises, on both engines."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine


def test_a_commit_waits_for_the_disk_whatever_the_server_prefers(engine: Engine) -> None:
    # The tests' own PostgreSQL is started with synchronous_commit=off.
    setting = "PRAGMA synchronous" if engine.dialect.name == "sqlite" else "SHOW synchronous_commit"

    with engine.connect() as connection:
        assert connection.scalar(sa.text(setting)) in {2, "on"}
