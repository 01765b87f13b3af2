"""how it was seen and what is doubtful: one private text in place of three columns in clear"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# Words in clear cannot be encrypted here without a key from outside, and their rows' hashes hold them.
REFUSE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM qualification WHERE num_nonnulls(seen_from, method, doubt) > 0) THEN
        RAISE EXCEPTION 'this store holds remarks in clear: make a new one and import the reports again';
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(REFUSE)
    for column in ("seen_from", "method", "doubt"):
        op.drop_column("qualification", column)
    op.add_column("qualification", sa.Column("remarks_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_qualification_remarks_id_private_text"), "qualification", "private_text", ["remarks_id"], ["id"]
    )
