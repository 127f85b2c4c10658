"""Takes a database to the newest step, and says whether it stands there."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

FOLDER = Path(__file__).resolve().parent / "migrations"


def config_for(engine: Engine) -> Config:
    """Alembic's settings without an ini file; the engine travels as an attribute."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config


def head() -> str:
    """The newest step's number, e.g. "0001"."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def current(engine: Engine) -> str | None:
    """The step at which a database stands; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> bool:
    """Take the database to the newest step; True when anything was to be done.

    A SQLite file is first copied beside itself (VACUUM INTO), so a failed step loses nothing.
    """
    at = current(engine)
    if at == head():
        return False
    path = engine.url.database
    if at is not None and engine.dialect.name == "sqlite" and path:
        copy = f"{path}.before-{head()}"
        Path(copy).unlink(missing_ok=True)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.cursor().execute("VACUUM INTO ?", (copy,))
    command.upgrade(config_for(engine), "head")
    return True


def drift(engine: Engine) -> list[str]:
    """What the models say and the database does not, in words; empty when they agree."""
    from alembic.autogenerate import compare_metadata

    from server import models
    from server.db import Base

    assert models.__all__  # noqa: S101 - imported for what it registers
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(change) for change in compare_metadata(context, Base.metadata)]


def tables(engine: Engine) -> list[str]:
    """The names of all tables there are."""
    return sorted(sa.inspect(engine).get_table_names())
