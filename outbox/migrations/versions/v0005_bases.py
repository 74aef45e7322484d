"""What each decision was made from, so that it can be made again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; what was decided before can be explained, but not decided anew."""
    op.add_column("decision", sa.Column("basis", sa.String, nullable=False, server_default=""))
