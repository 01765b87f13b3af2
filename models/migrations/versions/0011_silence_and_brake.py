"""silences, the brake after one, and who released it"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

UNTOUCHED = """
CREATE TRIGGER {0}_is_append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {0}_is_never_truncated BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.add_column("house", sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("house", sa.Column("braked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("house", sa.Column("braked_letters", sa.Integer(), nullable=True))
    op.add_column("house", sa.Column("braked_why", sa.String(), nullable=True))
    op.create_table(
        "silence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
        sa.UniqueConstraint("began_at", name=op.f("uq_silence_began_at")),
    )
    op.create_table(
        "halt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halt")),
    )
    op.create_table(
        "released",
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("halt_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_released_duty_id_duty")),
        sa.ForeignKeyConstraint(["halt_id"], ["halt.id"], name=op.f("fk_released_halt_id_halt")),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_released")),
    )
    op.create_index(op.f("ix_released_halt_id"), "released", ["halt_id"])
    for table in ("silence", "halt", "released"):
        for statement in UNTOUCHED.format(table).strip().splitlines():
            op.execute(statement)
