"""What each row of a purchase order has stated since which import.

The table may stand already, as step 0002 makes the ledger's tables as the code knows them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FIGURES = ("status", "quantity", "invoiced_quantity", "amount", "open_amount")

AS_THEY_STAND = f"""
INSERT INTO order_count (record_id, {", ".join(FIGURES)}, import_id)
SELECT record_id, {", ".join(FIGURES)}, (SELECT max(id) FROM ledger_import) FROM record
WHERE doc_type = 'purchase_order' AND EXISTS (SELECT 1 FROM ledger_import)
"""  # noqa: S608 - our own names
"""What came before counts as stated by the last import."""


def upgrade() -> None:
    """Make the table, and fill in what the orders in the ledger state."""
    connection = op.get_bind()
    if not sa.inspect(connection).has_table("order_count"):
        text = sa.String(collation="C") if connection.dialect.name == "postgresql" else sa.String()
        op.create_table(
            "order_count",
            sa.Column("record_id", text, primary_key=True),
            sa.Column("status", sa.String, nullable=False),
            sa.Column("quantity", sa.String),
            sa.Column("invoiced_quantity", sa.String),
            sa.Column("amount", sa.BigInteger),
            sa.Column("open_amount", sa.BigInteger),
            sa.Column("import_id", sa.Integer, sa.ForeignKey("ledger_import.id"), primary_key=True),
        )
    op.execute(AS_THEY_STAND)
