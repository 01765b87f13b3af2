"""the log of who looked at which report"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# A row goes by age only: half a year is the shortest that the settings allow.
GUARDS = (
    """
CREATE FUNCTION refuse_early_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > clock_timestamp() - interval '6 months' THEN
        RAISE EXCEPTION 'the read log is appended, and a row goes by age only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$
""",
    "CREATE TRIGGER read_log_is_append_only BEFORE UPDATE ON read_log FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER read_log_goes_by_age BEFORE DELETE ON read_log FOR EACH ROW EXECUTE FUNCTION refuse_early_end()",
    "CREATE TRIGGER read_log_is_never_truncated BEFORE TRUNCATE ON read_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.create_table(
        "read_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
    )
    op.create_index(op.f("ix_read_log_report"), "read_log", ["report"])
    for statement in GUARDS:
        op.execute(statement)
