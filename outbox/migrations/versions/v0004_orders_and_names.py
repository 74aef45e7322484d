"""Lines of purchase orders, and the names of parties that decisions of people teach.

On PostgreSQL the ledger's tables are made in step 0002, as the code knows them; there the columns
may stand already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = (
    "line",
    "description",
    "quantity",
    "unit_price",
    "received_quantity",
    "invoiced_quantity",
)


TAUGHT = ("at", "name", "name_fold", "party", "party_fold", "who")


def upgrade() -> None:
    """Add the columns, empty, as records that came before state nothing of the kind; the table."""
    standing = {one["name"] for one in sa.inspect(op.get_bind()).get_columns("record")}
    for name in COLUMNS:
        if name not in standing:
            op.add_column("record", sa.Column(name, sa.String))
    op.create_table(
        "party_alias",
        sa.Column("document_id", sa.String, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in TAUGHT),
        sa.Column("revoked", sa.String),
    )
    op.create_index("ix_party_alias_name_fold", "party_alias", ["name_fold"])
