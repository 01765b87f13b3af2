"""messages that come in, how far the mailbox and the relay's log were read, and what the answer page was told"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE incoming_number")
    _incoming()
    op.create_table(
        "incoming_report",
        sa.Column("incoming_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_incoming_report_act_id_act")),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming.id"], name=op.f("fk_incoming_report_incoming_id_incoming")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_incoming_report_report_id_report")),
        sa.PrimaryKeyConstraint("incoming_id", "report_id", name=op.f("pk_incoming_report")),
    )
    op.create_index(op.f("ix_incoming_report_report_id"), "incoming_report", ["report_id"])
    _readers()


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("matched_by", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("authentication", sa.String(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("own_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_incoming_letter_id_letter")),
        sa.ForeignKeyConstraint(["own_id"], ["private_text.id"], name=op.f("fk_incoming_own_id_private_text")),
        sa.ForeignKeyConstraint(["text_id"], ["private_text.id"], name=op.f("fk_incoming_text_id_private_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_digest")),
        sa.UniqueConstraint("number", name=op.f("uq_incoming_number")),
    )
    op.create_index(op.f("ix_incoming_letter_id"), "incoming", ["letter_id"])
    op.create_index(
        "ix_incoming_quarantine", "incoming", ["received_at"], postgresql_where="state = 'quarantined'"
    )
    op.create_index("ix_incoming_to_delete", "incoming", ["uid_validity", "uid"], postgresql_where="uid IS NOT NULL")


def _readers() -> None:
    op.create_table(
        "mailbox",
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "relay_log",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_relay_log")),
    )
    op.create_table(
        "page_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_answer")),
    )
    op.create_index(op.f("ix_page_answer_letter_id"), "page_answer", ["letter_id"])
    op.add_column("letter", sa.Column("queue_id", sa.String(), nullable=True))
    op.create_index("ix_letter_queue_id", "letter", ["queue_id"], postgresql_where="queue_id IS NOT NULL")
