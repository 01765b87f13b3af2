"""Public holidays: the lists that were read, and where the tables end."""

from datetime import date

import pytest

from law.calendars import (
    CALENDARS,
    CHECKED_UNTIL,
    LAST_TABLE,
    BeyondCalendar,
    UnknownCalendar,
    calendar_named,
    public_holidays,
)

# Month-day, by calendar and year, as the lists of the source page have them (written out by hand).
LISTS = {
    ("FR", 2026): "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    ("FR", 2027): "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
    ("IE", 2026): "01-01 02-02 03-17 04-06 05-04 06-01 08-03 10-26 12-25 12-26",
    ("IE", 2027): "01-01 02-01 03-17 03-29 05-03 06-07 08-02 10-25 12-25 12-26",
    ("US", 2026): "01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25",
    ("US", 2027): "01-01 01-18 02-15 05-31 06-19 07-04 09-06 10-11 11-11 11-25 12-25",
    ("EW", 2026): "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28",
    ("EW", 2027): "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28",
    ("none", 2026): "",
    ("none", 2027): "",
}


@pytest.mark.parametrize(("calendar", "year"), LISTS)
def test_the_holidays_are_exactly_those_of_the_list(calendar: str, year: int) -> None:
    """No day more and no day less; US and IE add no observed days, England and Wales have their substitutes."""
    expected = [date.fromisoformat(f"{year}-{day}") for day in LISTS[calendar, year].split()]
    assert expected == list(public_holidays(calendar, year))


def test_every_calendar_was_checked_up_to_the_year_that_is_stated() -> None:
    """The stated end of validity is the last year whose list stands in this test."""
    assert {name for name, _ in LISTS} == set(CALENDARS)
    assert max(year for _, year in LISTS) == CHECKED_UNTIL


def test_every_holiday_has_a_french_and_an_english_name() -> None:
    """The steps name a holiday in both languages; a French step holds no English name."""
    names = {(one.fr, one.en) for calendar, year in LISTS for one in public_holidays(calendar, year).values()}
    assert all(fr and en for fr, en in names)
    assert [fr for fr, en in names if fr == en] == ["Memorial Day"]


@pytest.mark.parametrize("calendar", ["FR", "IE", "US", "EW"])
def test_past_the_last_table_nobody_answers_no_holiday(calendar: str) -> None:
    """The library is silent after its last year: we refuse instead of counting every day as open."""
    assert public_holidays(calendar, LAST_TABLE)
    with pytest.raises(BeyondCalendar, match=str(LAST_TABLE)):
        public_holidays(calendar, LAST_TABLE + 1)


def test_an_unknown_calendar_says_which_exist() -> None:
    """A wrong name is answered with the names that exist."""
    for ask in (lambda: public_holidays("DE", 2026), lambda: calendar_named("DE")):
        with pytest.raises(UnknownCalendar, match="FR, IE, US, EW, none"):
            ask()


def test_a_calendar_tells_why_a_day_is_closed_and_what_it_was_asked() -> None:
    """Holidays, Saturdays and Sundays are closed; the window that was asked about is what a certificate embeds."""
    calendar = calendar_named("FR")
    assert calendar.closed(date(2026, 11, 10)) is None
    assert calendar.closed(date(2026, 11, 14)) == ("samedi", "Saturday")
    assert [one.day for one in calendar.used()] == [date(2026, 11, 11)]
    assert not calendar.beyond
    calendar.closed(date(2028, 1, 3))
    assert calendar.beyond
