"""texts that were shown are kept, by each county for itself."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make(sa.Column("id", sa.Integer(), nullable=False), key="id")
    op.execute(
        "INSERT INTO consent_texts_new (county, sha256, purpose, text, first_at)"
        " SELECT county, sha256, purpose, text, first_at FROM consent_texts ORDER BY first_at"
    )
    # What one county had kept was answered in others under the same hash.
    op.execute(
        "INSERT INTO consent_texts_new (county, sha256, purpose, text, first_at)"
        " SELECT c.county, t.sha256, t.purpose, t.text, min(c.received_at) FROM consents AS c"
        " JOIN consent_texts AS t ON t.sha256 = c.text_sha256 AND t.purpose = c.purpose"
        " WHERE c.county <> t.county GROUP BY c.county, t.sha256, t.purpose, t.text"
    )
    _instead()
    with op.batch_alter_table("consent_texts") as batch:
        batch.create_unique_constraint("uq_consent_texts_county_sha256", ["county", "sha256"])


def downgrade() -> None:
    _make(key="sha256")
    op.execute(
        "INSERT INTO consent_texts_new (county, sha256, purpose, text, first_at)"
        " SELECT min(county), sha256, purpose, text, min(first_at) FROM consent_texts"
        " GROUP BY sha256, purpose, text"
    )
    _instead()


def _make(*first: sa.Column[int], key: str) -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    ending = "_new" if postgres else ""  # an index has its name for itself there
    kinds = sa.Enum("position", "messages", name="purpose", native_enum=False, length=24)
    op.create_table(
        "consent_texts_new",
        *first,
        sa.Column("county", sa.String(length=6), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", kinds, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county"], ["counties.code"], name=f"fk_consent_texts{ending}_county_counties"
        ),
        sa.PrimaryKeyConstraint(key, name=f"pk_consent_texts{ending}"),
    )


def _instead() -> None:
    op.drop_table("consent_texts")
    op.rename_table("consent_texts_new", "consent_texts")
    if op.get_bind().dialect.name == "postgresql":
        for kind in ("pk_consent_texts{}", "fk_consent_texts{}_county_counties"):
            op.execute(
                f"ALTER TABLE consent_texts RENAME CONSTRAINT {kind.format('_new')}"
                f" TO {kind.format('')}"
            )
