"""nobody may make anything in the store's schema but its owner; who may do what stands in models/rights.py"""

from alembic import op

revision = "0005"
down_revision = "0004"

# Only the owner of the schema can say so; where somebody else owns it, PostgreSQL 15 and newer say so by themselves.
SHUT = """
DO $$ BEGIN
    IF pg_has_role(current_user, (SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END $$
"""


def upgrade() -> None:
    op.execute(SHUT)
