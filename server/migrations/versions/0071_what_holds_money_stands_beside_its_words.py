"""what keeps an order or a payment from being paid stands beside its words."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

# The words of every version so far; what is of none of these says too little of a place.
WORDED = (
    ("not_farm", "不是农副产品"),
    ("farm_unsaid", "没有写明是不是农副产品"),
    ("product_unsaid", "没有写品名"),
    ("platform_unsaid", "没有写在哪个电商平台上卖的"),
    ("no_shop", "%不是电商平台"),
    ("place_unsaid", "没有写寄往哪里"),
    ("here", "寄往本县%"),
    ("contradicts", "寄往哪里写得前后不一致%"),
    ("called_off", "订单状态是%"),
)


def upgrade() -> None:
    """Rows from before are filled from the words that they hold."""
    op.add_column("subsidy_orders", sa.Column("unpaid", _coded("unpaid", WORDED), nullable=True))
    op.add_column(
        "subsidy_payments",
        sa.Column("held_for", _coded("paymenthold", (("account", ""),)), nullable=True),
    )
    orders = sa.table("subsidy_orders", sa.column("unpaid"), sa.column("why_not"))
    kind = sa.case(
        *((orders.c.why_not.like(words), kind) for kind, words in WORDED), else_="place_unsure"
    )
    op.execute(sa.update(orders).where(orders.c.why_not != "").values(unpaid=kind))
    payments = sa.table("subsidy_payments", sa.column("held_for"), sa.column("held_because"))
    op.execute(sa.update(payments).where(payments.c.held_because != "").values(held_for="account"))


def downgrade() -> None:
    for table, column in (("subsidy_payments", "held_for"), ("subsidy_orders", "unpaid")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _coded(name: str, kinds: tuple[tuple[str, str], ...]) -> sa.Enum:
    values = [kind for kind, _ in kinds]
    return sa.Enum(*values, name=name, native_enum=False, length=24)
