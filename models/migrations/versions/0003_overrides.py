"""what two people passed at the gate of a procedure"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("procedure", sa.Column("overridden", sa.ARRAY(sa.String()), nullable=True))
