"""what the answer page may know of a letter: that it can be answered, in which language, since when, how often it was"""

from alembic import op

revision = "0010"
down_revision = "0009"

# No recipient, no subject, no report. A letter of which everything was erased has no recipient left and is unknown.
ANSWERABLE = """
CREATE VIEW answerable WITH (security_barrier) AS
SELECT letter.id AS letter_id,
       letter.language AS language,
       coalesce(letter.sent_at, letter.sending_at, letter.written_at) AS sent_at,
       house.simulated AS simulated,
       (SELECT count(*) FROM page_answer WHERE page_answer.letter_id = letter.id) AS answers
FROM letter JOIN party ON party.id = letter.party_id CROSS JOIN house
WHERE letter.status IN ('sent', 'unknown')
  AND letter.kind IN ('notice', 'reminder', 'retraction')
  AND letter.recipient <> ''
  AND party.kind IN (
      'online_platform', 'hosting_provider', 'cdn', 'access_provider', 'search_engine', 'site_operator',
      'dns_resolver', 'app_store', 'ancillary_service')
"""


def upgrade() -> None:
    op.execute(ANSWERABLE)
