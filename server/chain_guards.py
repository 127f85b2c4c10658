"""Triggers that refuse to change what is chained: against accidents; anchors are against intent."""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

ERASED = "内容已按规定删除"  # what stands in a line of the history that was lawfully blanked
CHAINED = ("chain_lines", "chain_anchors", "chain_heads", "history")
REFUSED = "a chained row is never changed or deleted"
# What may be done all the same: a head moves on, a line of the history is blanked.
_MAY = {
    "chain_heads": "NEW.county = OLD.county AND NEW.seq > OLD.seq",
    "history": "NEW.id = OLD.id AND NEW.county = OLD.county AND NEW.at = OLD.at"
    f" AND NEW.action = OLD.action AND NEW.summary = '{ERASED}' AND NEW.reason = ''",
}


def _names(table: str) -> tuple[str, str, str]:
    return f"{table}_no_update", f"{table}_no_delete", f"{table}_no_truncate"


def drop_guards(connection: Connection) -> None:
    """Take the triggers off, for a migration that changes the tables beneath them."""
    for table in _there(connection):
        for name in _names(table):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def put_guards(connection: Connection) -> None:
    """Put the triggers on again: SQLite loses them whenever a migration makes a table anew."""
    drop_guards(connection)
    sqlite = connection.dialect.name == "sqlite"
    there = _there(connection)
    if there and not sqlite:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_chained() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
    for table in there:
        update, delete, truncate = _names(table)
        when = f" WHEN (NOT ({_MAY[table]}))" if table in _MAY else ""
        for name, deed, only in ((update, "UPDATE", when), (delete, "DELETE", "")):
            does = (
                f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
                if sqlite
                else "EXECUTE FUNCTION refuse_chained()"
            )
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW{only} {does}"
            )
        if not sqlite:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table}"
                " EXECUTE FUNCTION refuse_chained()"
            )


def missing_guards(connection: Connection) -> list[str]:
    """Which triggers are not there or asleep; `python -m server check` and `audit verify` ask."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    held = {name for (name,) in connection.exec_driver_sql(asked)}
    deeds = 2 if connection.dialect.name == "sqlite" else 3
    wanted = (name for table in CHAINED for name in _names(table)[:deeds])
    return [name for name in wanted if name not in held]


def _there(connection: Connection) -> list[str]:
    """The chained tables; none where the database is older than the chain."""
    names = set(inspect(connection).get_table_names())
    return [table for table in CHAINED if table in names] if "chain_lines" in names else []
