"""Which checks a bank's statement has shown as paid, and on which day.

The table may stand already, as step 0002 makes the ledger's tables as the code knows them. Of
checks that were closed before nobody knows by which statement.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, empty."""
    connection = op.get_bind()
    if sa.inspect(connection).has_table("check_paid"):
        return
    text = sa.String(collation="C") if connection.dialect.name == "postgresql" else sa.String()
    op.create_table(
        "check_paid",
        sa.Column("record_id", text, primary_key=True),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("import_id", sa.Integer, sa.ForeignKey("ledger_import.id"), nullable=False),
    )
