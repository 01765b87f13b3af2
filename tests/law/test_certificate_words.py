"""The words of the steps are numbered: certificates say which words they hold."""

import hashlib
from datetime import date, datetime
from unittest import mock

from law import clock
from law.counting import WORDING
from tests.law.test_clock import rows

# SHA-256 over the words of every step of every worked example, by number of the wording. When a word of a step changes
# on purpose, raise `law.counting.WORDING` and set the new sum here: stored certificates are then held to their figures.
# (Should the library rename a holiday, only the sum changes: certificates embed the names that they used.)
SUMS = {1: "6890e0467d86c650a33a7839f931812fd0d4a3fff0adeddf7c16d3554ae55fef"}


def words() -> str:
    """Every step of every worked example, whatever the version of the table of holidays."""
    lines = []
    with mock.patch("law.calendars.calendar_version", return_value="holidays"):
        for row in (*rows("deadline"), *rows("clear_day"), *rows("beginning_with")):
            read = date.fromisoformat if len(row["start"]) == 10 else datetime.fromisoformat
            later = datetime.fromisoformat(row["clock_start"]) if row.get("clock_start") else None
            found = clock.compute(
                row["rule"], read(row["start"]), row["amount"], row["unit"], row["zone"],
                clock_start=later, calendar=row["calendar"], direction=row.get("direction", "after"),
            )  # fmt: skip
            lines += [f"{row['id']}\t{one.id}\t{one.fr}\t{one.en}" for one in found.steps]
    return "\n".join(lines)


def test_words_never_change_under_the_same_number() -> None:
    """A step reworded without a new number would make every stored certificate look altered."""
    assert SUMS[WORDING] == hashlib.sha256(words().encode()).hexdigest()
