"""Lines of purchase orders: what was ordered, at which price, received and invoiced.

On PostgreSQL the ledger's tables are made in step 0002, as the code knows them; there the columns
may stand already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0003"

COLUMNS = (
    "line",
    "description",
    "quantity",
    "unit_price",
    "received_quantity",
    "invoiced_quantity",
)


def upgrade() -> None:
    """Add the columns, empty: records that came before state nothing of the kind."""
    standing = {one["name"] for one in sa.inspect(op.get_bind()).get_columns("record")}
    for name in COLUMNS:
        if name not in standing:
            op.add_column("record", sa.Column(name, sa.String))
