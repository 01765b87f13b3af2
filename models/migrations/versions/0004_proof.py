"""keys, sealed texts, letters in parts, the chain of events, and seals"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Events cannot be chained afterwards without rewriting them, and texts not encrypted without a key from outside.
REFUSE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM event) THEN
        RAISE EXCEPTION 'this store was born before events were chained: make a new one and import the reports again';
    END IF;
END $$
"""
UNTOUCHED = """
CREATE TRIGGER {0}_is_append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {0}_is_never_truncated BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(REFUSE)
    _keys()
    _columns()
    _letters()
    _seals()
    for table in ("seal", "seal_leaf", "seal_token", "letter_part"):
        for statement in UNTOUCHED.format(table).strip().splitlines():
            op.execute(statement)


def _keys() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("master_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_data_key_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_index(
        "uq_data_key_of_report",
        "data_key",
        ["report_id", "purpose"],
        unique=True,
        postgresql_where="erased_at IS NULL AND subject IS NULL",
    )
    op.create_index(
        "uq_data_key_of_subject",
        "data_key",
        ["subject", "purpose"],
        unique=True,
        postgresql_where="subject IS NOT NULL",
    )
    op.drop_column("private_text", "salt")
    op.drop_column("private_text", "body")
    op.add_column("private_text", sa.Column("key_id", sa.Uuid(), nullable=False))
    op.add_column("private_text", sa.Column("sealed", sa.LargeBinary(), nullable=False))
    op.execute("ALTER TABLE private_text ALTER COLUMN sealed SET STORAGE EXTERNAL")  # ciphertext cannot be compressed
    op.create_foreign_key(op.f("fk_private_text_key_id_data_key"), "private_text", "data_key", ["key_id"], ["id"])
    op.create_index(op.f("ix_private_text_key_id"), "private_text", ["key_id"])


def _columns() -> None:
    op.add_column("event", sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False))
    op.add_column("event", sa.Column("prev", sa.String(), nullable=True))
    op.add_column("event", sa.Column("hash", sa.String(), nullable=False))
    op.add_column("report", sa.Column("head", sa.String(), nullable=True))
    op.alter_column("location", "blind", nullable=True)
    op.add_column("house", sa.Column("master_id", sa.String(), nullable=False))
    op.add_column("house", sa.Column("shut_why", sa.String(), nullable=True))
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("why_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_legal_hold_report_id_report")),
        sa.ForeignKeyConstraint(["why_id"], ["private_text.id"], name=op.f("fk_legal_hold_why_id_private_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_report_id"), "legal_hold", ["report_id"])


def _letters() -> None:
    op.drop_column("letter", "raw_id")
    op.drop_column("letter", "sha256")
    op.drop_column("letter", "answer")
    op.add_column("letter", sa.Column("answer_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_letter_answer_id_private_text"), "letter", "private_text", ["answer_id"], ["id"])
    op.add_column("letter", sa.Column("digest", sa.String(), nullable=False))
    op.create_table(
        "letter_part",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_part_letter_id_letter")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_letter_part_report_id_report")),
        sa.ForeignKeyConstraint(["text_id"], ["private_text.id"], name=op.f("fk_letter_part_text_id_private_text")),
        sa.PrimaryKeyConstraint("letter_id", "ordinal", name=op.f("pk_letter_part")),
    )
    op.create_index(op.f("ix_letter_part_report_id"), "letter_part", ["report_id"])


def _seals() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("prev", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
        sa.UniqueConstraint("hash", name=op.f("uq_seal_hash")),
    )
    op.create_table(
        "seal_leaf",
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.ARRAY(sa.String()), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_seal_leaf_report_id_report")),
        sa.ForeignKeyConstraint(["seal_number"], ["seal.number"], name=op.f("fk_seal_leaf_seal_number_seal")),
        sa.PrimaryKeyConstraint("seal_number", "index", name=op.f("pk_seal_leaf")),
    )
    op.create_index(op.f("ix_seal_leaf_report_id"), "seal_leaf", ["report_id"])
    op.create_table(
        "seal_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seal_number", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("obtained_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seal_number"], ["seal.number"], name=op.f("fk_seal_token_seal_number_seal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_token")),
    )
    op.create_index(op.f("ix_seal_token_seal_number"), "seal_token", ["seal_number"])
    op.create_table(
        "unsealed", sa.Column("report_id", sa.Uuid(), nullable=False), sa.Column("seq", sa.Integer(), nullable=False)
    )
