"""The page about imports says what the program does."""

import re
from pathlib import Path

from cases.intake_rows import COLUMNS
from cases.party_rows import COLUMNS as PARTY_COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def test_every_column_is_documented() -> None:
    """The page has the whole header line and one row for each column of both imports, and no other."""
    assert f"\n{','.join(COLUMNS)}\n" in PAGE
    assert f"\n{','.join(PARTY_COLUMNS)}\n" in PAGE
    reports, parties = PAGE.split("## Columns of a party")
    assert tuple(re.findall(r"^\| `(\w+)` \|", reports, re.MULTILINE)) == COLUMNS
    assert tuple(re.findall(r"^\| `(\w+)` \|", parties, re.MULTILINE)) == PARTY_COLUMNS
