"""The look of a check's front, by which another picture of the same check is recognised."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; checks that came before are known by their numbers only."""
    op.add_column("document", sa.Column("look", sa.String))
