"""channels with a history, what changed in the directory, and answers of registries for a day"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

UNTOUCHED = """
CREATE TRIGGER {0}_is_append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {0}_is_never_truncated BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    _channels()
    _changes()
    _answers()
    for statement in UNTOUCHED.format("directory_change").strip().splitlines():
        op.execute(statement)


def _channels() -> None:
    op.add_column("channel", sa.Column("languages", sa.ARRAY(sa.String()), nullable=False, server_default="{}"))
    op.alter_column("channel", "languages", server_default=None)
    for name in ("form", "added_by", "ended_by", "ended_why"):
        op.add_column("channel", sa.Column(name, sa.String(), nullable=True))
    for name in ("form_changed_at", "added_at", "ended_at"):
        op.add_column("channel", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def _changes() -> None:
    op.create_table(
        "directory_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_directory_change_party_id_party")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_directory_change_channel_id_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_change")),
    )
    op.create_index(op.f("ix_directory_change_party_id"), "directory_change", ["party_id"])
    op.create_index(op.f("ix_directory_change_channel_id"), "directory_change", ["channel_id"])


def _answers() -> None:
    op.create_table(
        "rdap_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rdap_answer")),
        sa.UniqueConstraint("question", name=op.f("uq_rdap_answer_question")),
    )
