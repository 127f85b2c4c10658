"""filings as lives of steps."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
FILINGS = sa.table(
    "filings",
    *(
        sa.column(name)
        for name in (
            "id", "county", "station_id", "opener", "state", "newest_step", "receipts",
        )
    ),
    sa.column("pending", sa.Boolean()),
    sa.column("since_on", sa.Date()),
    sa.column("clock_from", sa.Date()),
    sa.column("began_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
)  # fmt: skip
STEPS = sa.table(
    "filing_steps",
    *(
        sa.column(name)
        for name in (
            "county", "filing_id", "station_id", "seq", "kind", "text", "reason", "number", "name",
            "corrects", "receipt_sha256", "receipt_name", "receipt_kind", "receipt_bytes",
            "person_id",
        )
    ),
    sa.column("on_day", sa.Date()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("facts", JSON),
    sa.column("registered", JSON),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("opener", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "changing",
                "waiting",
                "submitted",
                "filed",
                "ended",
                "undecided",
                "not_needed",
                "not_open",
                name="filingstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("clock_from", sa.Date(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("newest_step", sa.Integer(), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_filings_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_filings_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.create_index("ix_filings_county_state", ["county", "state"], unique=False)
        batch_op.create_index(
            "ux_filings_open_station_id",
            ["station_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "filing_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "asked",
                "resubmitted",
                "filed",
                "noticed",
                "changed",
                "not_concerned",
                "change_filed",
                "receipt",
                "registered",
                "corrected",
                "voided",
                "withdrawn",
                "closed",
                "reopened",
                name="stepkind",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("registered", JSON, nullable=True),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.Column("receipt_name", sa.String(length=120), nullable=False),
        sa.Column("receipt_kind", sa.String(length=4), nullable=False),
        sa.Column("receipt_bytes", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=op.f("fk_filing_steps_county_counties")
        ),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filings.id"], name=op.f("fk_filing_steps_filing_id_filings")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_filing_steps_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_filing_steps_station_id_stations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_steps")),
        sa.UniqueConstraint("filing_id", "seq", name=op.f("uq_filing_steps_filing_id_seq")),
    )
    with op.batch_alter_table("filing_steps", schema=None) as batch_op:
        batch_op.create_index("ix_filing_steps_receipt_sha256", ["receipt_sha256"], unique=False)
        batch_op.create_index("ix_filing_steps_station_id", ["station_id", "id"], unique=False)
    _take_over_what_the_register_holds()


def _take_over_what_the_register_holds() -> None:
    """A first step for every station of which the register knew something of a filing.

    It carries whoever wrote those columns last, as far as the history tells.
    """
    stations = sa.table(
        "stations",
        *(sa.column(name) for name in ("id", "county", "opener", "filing_number", "filed_name")),
        *(
            sa.column(name, sa.Date())
            for name in ("filed_on", "filing_changed_on", "filing_change_filed_on", "closed_on")
        ),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    known = (
        stations.c.filed_on.is_not(None)
        | stations.c.filing_changed_on.is_not(None)
        | stations.c.filing_change_filed_on.is_not(None)
        | (stations.c.filing_number != "")
        | (stations.c.filed_name != "")
    )
    bind = op.get_bind()
    rows = bind.execute(sa.select(stations).where(known).order_by(stations.c.id)).all()
    if not rows:
        return
    said = _who_wrote_them(bind)
    filings = [_filing(row) for row in rows]
    op.bulk_insert(FILINGS, filings)
    ids = dict(bind.execute(sa.select(FILINGS.c.station_id, FILINGS.c.id)).all())
    steps = []
    for row in rows:
        who, at = said.get(row.id, (None, row.created_at))
        base = {
            "county": row.county, "filing_id": ids[row.id], "station_id": row.id, "text": "",
            "reason": "", "number": "", "name": "", "facts": [], "corrects": None,
            "receipt_sha256": None, "receipt_name": "", "receipt_kind": "", "receipt_bytes": None,
        }  # fmt: skip
        registered = {
            "filed_on": _text(row.filed_on),
            "number": row.filing_number,
            "name": row.filed_name,
            "changed_on": _text(row.filing_changed_on),
            "change_filed_on": _text(row.filing_change_filed_on),
        }
        steps.append(
            base
            | {"seq": 1, "kind": "registered", "on_day": _day(row), "registered": registered}
            | {"person_id": who, "at": at}
        )
        if row.closed_on is not None:
            steps.append(
                base
                | {"seq": 2, "kind": "closed", "on_day": row.closed_on, "registered": None}
                | {"person_id": None, "at": _begins(row.closed_on)}
            )
    op.bulk_insert(STEPS, steps)


def _who_wrote_them(bind: sa.Connection) -> dict[int, tuple[int | None, datetime]]:
    """Who changed a station's filing columns last, and when, by station."""
    lines = sa.table(
        "history",
        sa.column("id"),
        sa.column("station_id"),
        sa.column("person_id"),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("changes", JSON),
    )
    text = sa.cast(lines.c.changes, sa.Text)
    mentioned = text.like("%filed_on%") | text.like("%filing_%") | text.like("%filed_name%")
    found = bind.execute(
        sa.select(lines.c.station_id, lines.c.person_id, lines.c.at)
        .where(lines.c.station_id.is_not(None), mentioned)
        .order_by(lines.c.id)
    )
    return {station: (person, at) for station, person, at in found}


def _filing(row: sa.Row[Any]) -> dict[str, Any]:
    told, changed = row.filing_change_filed_on, row.filing_changed_on
    runs = changed is not None and (told is None or told < changed)
    state = "waiting" if row.filed_on is None else "changing" if runs else "filed"
    closed = row.closed_on is not None
    return {
        "county": row.county,
        "station_id": row.id,
        "opener": row.opener,
        "state": "ended" if closed else state,
        "since_on": row.closed_on or _day(row),
        "clock_from": changed if state == "changing" else None,
        "pending": False,
        "newest_step": 2 if closed else 1,
        "receipts": 0,
        "began_at": row.created_at,
        "ended_at": _begins(row.closed_on) if closed else None,
    }


def _day(row: sa.Row[Any]) -> date:
    known = row.filing_change_filed_on or row.filing_changed_on or row.filed_on
    return known or row.created_at.date()


def _begins(day: date) -> datetime:
    """No clock is read here: what was not written down is said of the beginning of its day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def downgrade() -> None:
    with op.batch_alter_table("filing_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_filing_steps_station_id")
        batch_op.drop_index("ix_filing_steps_receipt_sha256")

    op.drop_table("filing_steps")
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_filings_open_station_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_filings_county_state")

    op.drop_table("filings")
