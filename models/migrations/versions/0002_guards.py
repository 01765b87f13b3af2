"""what the database itself refuses, and the numbers it gives"""

from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'timeline events are appended, never edited: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Deferred to the end of the transaction: closing one duty and setting the next may come in any order.
NO_ORPHAN = """
CREATE FUNCTION refuse_orphan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    candidate uuid;
BEGIN
    IF TG_TABLE_NAME = 'procedure' THEN candidate := NEW.id; ELSE candidate := OLD.procedure_id; END IF;
    IF candidate IS NOT NULL
        AND EXISTS (SELECT 1 FROM procedure WHERE id = candidate AND closed_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM duty WHERE procedure_id = candidate AND closed_at IS NULL)
    THEN
        RAISE EXCEPTION 'procedure % would be open without an open duty', candidate
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'no_orphan_procedure';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER procedure_has_a_duty AFTER INSERT OR UPDATE OF closed_at ON procedure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_orphan();
CREATE CONSTRAINT TRIGGER last_duty_stays AFTER UPDATE OF closed_at, procedure_id OR DELETE ON duty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_orphan();
"""

NUMBERS = """
CREATE SEQUENCE report_number;
CREATE SEQUENCE party_number;
"""


def upgrade() -> None:
    for block in (APPEND_ONLY, NO_ORPHAN, NUMBERS):
        for statement in _statements(block):
            op.execute(statement)


def _statements(block: str) -> list[str]:
    """Split at semicolons that end a line outside of $$ bodies: asyncpg prepares one statement at a time."""
    found, current, inside = [], "", False
    for line in block.strip().splitlines():
        inside ^= line.count("$$") % 2 == 1
        current += line + "\n"
        if not inside and line.rstrip().endswith(";"):
            found.append(current)
            current = ""
    return found
