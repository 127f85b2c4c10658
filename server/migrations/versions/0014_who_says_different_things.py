"""who says different things."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KIND = sa.Enum("keeper", "inspectors", "refusal", native_enum=False, length=24)


def upgrade() -> None:
    with op.batch_alter_table("disagreements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", KIND, nullable=False, server_default="keeper"))
        batch_op.add_column(sa.Column("other_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_disagreements_other_id_inspections"), "inspections", ["other_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("uq_disagreements_inspection_id_rule_code"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_disagreements_inspection_id_kind_rule_code"),
            ["inspection_id", "kind", "rule_code"],
        )
    with op.batch_alter_table("disagreements", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM disagreements WHERE kind <> 'keeper'")
    with op.batch_alter_table("disagreements", schema=None) as batch_op:
        batch_op.drop_constraint(
            op.f("uq_disagreements_inspection_id_kind_rule_code"), type_="unique"
        )
        batch_op.create_unique_constraint(
            op.f("uq_disagreements_inspection_id_rule_code"), ["inspection_id", "rule_code"]
        )
        batch_op.drop_constraint(op.f("fk_disagreements_other_id_inspections"), type_="foreignkey")
        batch_op.drop_column("other_id")
        batch_op.drop_column("kind")
