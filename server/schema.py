"""Takes a database to the newest step, and says whether it stands there."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from server.errors import Conflict

if TYPE_CHECKING:  # Alembic is loaded only when there is something for it to do
    from alembic.config import Config

BEFORE = ".before-"
"""How the copy that a SQLite file leaves beside itself ends, before the step's number."""
OLD_FILE = "cunzhantong.db"
"""The SQLite file in the home folder where nothing else is set; the old one after a move."""
FOLDER = Path(__file__).resolve().parent / "migrations"


def config_for(engine: Engine) -> "Config":
    """Alembic's settings without an ini file; the engine travels as an attribute."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    return config


def head() -> str:
    """The newest step's number, e.g. "0001"; each step's file begins with its number."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def newer(step: str) -> str:
    """What to say about a database that is ahead of this program."""
    return (
        f"数据库已被更新的程序升级到{step}，这个程序只认得{head()}。"
        "请换上新版程序，或用升级前的备份恢复。"
    )


def current(engine: Engine) -> str | None:
    """The step at which a database stands; None when it is empty."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        step: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return step


def upgrade(engine: Engine) -> bool:
    """Take the database to the newest step; True when anything was to be done.

    A SQLite file is first copied beside itself (VACUUM INTO), so a failed step loses nothing.
    Raises Conflict database-newer for a database that a later version has already changed.
    """
    at = current(engine)
    if at == head():
        return False
    if at is not None and at > head():
        raise Conflict("database-newer", newer(at))
    from alembic import command

    path = engine.url.database
    if at is not None and engine.dialect.name == "sqlite" and path:
        copy = f"{path}{BEFORE}{head()}"
        Path(copy).unlink(missing_ok=True)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.cursor().execute("VACUUM INTO ?", (copy,))
    command.upgrade(config_for(engine), "head")
    return True


def copies_left(url: str, home: Path) -> list[Path]:
    """Database files on this machine that nobody writes any more, and that hold what was there.

    Copies from before an update; on PostgreSQL also the file that the house has moved away from.
    """
    made = sa.make_url(url)
    if made.get_backend_name() != "sqlite":
        moved_from = (home / f"{OLD_FILE}{ending}" for ending in ("", "-wal", "-shm"))
        there = [one for one in moved_from if one.exists()]
        return [*there, *sorted(home.glob(f"{OLD_FILE}{BEFORE}*"))]
    path = Path(made.database or "-").absolute()
    return sorted(path.parent.glob(f"{path.name}{BEFORE}*"))


def drift(engine: Engine) -> list[str]:
    """What the models say and the database does not, in words; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from server import models
    from server.db import Base

    assert models.__all__  # noqa: S101 - imported for what it registers
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(change) for change in compare_metadata(context, Base.metadata)]


def tables(engine: Engine) -> list[str]:
    """The names of all tables there are."""
    return sorted(sa.inspect(engine).get_table_names())
