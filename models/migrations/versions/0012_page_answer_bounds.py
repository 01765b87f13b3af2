"""what the answer page may add: one of its four answers, of bounded size, at a time that is one"""

from alembic import op

revision = "0012"
down_revision = "0011"

# The page's role adds rows past the one writer: what the program could not read must not get in at all.
BOUNDS = {
    "kind": "kind IN ('claims_removal', 'asks_information', 'not_ours', 'contested')",
    "sealed": "octet_length(sealed) <= 17000",
    "at": "at BETWEEN '2020-01-01 00:00:00+00' AND '2999-12-31 00:00:00+00'",
}


def upgrade() -> None:
    for name, words in BOUNDS.items():
        op.create_check_constraint(op.f(f"ck_page_answer_{name}"), "page_answer", words)
