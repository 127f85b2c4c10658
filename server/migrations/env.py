"""Runs the numbered steps; four habits keep SQLite's batch mode from eating data."""

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from server import models  # noqa: F401 - fills the metadata
from server.chain_guards import drop_guards, put_guards
from server.db import Base
from server.http import clock
from server.services.common.chain_begun import newest_line, take_in


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Write our own column types into a migration as the plain types beneath them."""
    if kind == "type" and type(item).__module__.startswith("server."):
        return "sa.DateTime(timezone=True)" if type(item).__name__ == "UtcDateTime" else False
    return False


def run(connection: Connection) -> None:
    """Run inside one real transaction; with foreign keys off on SQLite, checked at the end."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        before, step = newest_line(connection), context.get_context().get_current_revision()
        drop_guards(connection)
        context.run_migrations()
        put_guards(connection)
        take_in(connection, after=before, now=clock.now(), step=step)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(
                    f"this step would leave rows without their parents: {broken[:5]}"
                )


engine = context.config.attributes["engine"]
with engine.connect() as outer:
    if outer.dialect.name == "sqlite":
        # A batch step drops and renames tables; with keys on, that deletes the children's rows.
        # The pragma works only outside a transaction, hence on the raw connection before BEGIN.
        raw = outer.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        run(outer)
        outer.commit()
    finally:
        if outer.dialect.name == "sqlite":
            outer.rollback()
            raw.execute("PRAGMA foreign_keys=ON")
