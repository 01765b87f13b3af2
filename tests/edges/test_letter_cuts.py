"""A letter is kept in parts: what one report's words are, and that they are nowhere else."""

import email
import email.policy
import html
import quopri
from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edges.letter_cuts import MARK, quoted, quoted_row
from edges.letter_parts import LANGUAGES, NAMES, defang, tame
from edges.letters import (
    Attachment,
    Composed,
    EarlierAct,
    LetterContext,
    LetterIncomplete,
    LetterLocation,
    Part,
    render,
)
from law.vocabulary import LocationKind
from tests.edges.letter_samples import HOSTILE, a_full_letter, a_letter, a_report, as_it_leaves

EVERY = [*product(NAMES, LANGUAGES)]
ABOUT_REPORTS = [(name, language) for name, language in EVERY if name != "staff"]
WORDS = ("host-{}", "h\u00f4te-{}", "Word-{}", "Again-{}", "earlier-{}")  # in every address and text of a full report
NUMBERS = [f"R-2026-{number:06d}" for number in (1, 2, 3)]

# Anything that UTF-8 can write, and what a writer of letters may trip over, the very marks of this process included.
words = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
        st.sampled_from(
            [*HOSTILE, f"{MARK}\x03", f"{MARK}{NUMBERS[0]}\x03", "=3D", "=\r\n", "\r\n--=_", "\n\n\n", " " * 90]
        ),
    ),
    max_size=4,
).map(lambda parts: "x" + "".join(parts))


def readings(octets: bytes) -> list[str]:
    """Every way to read a part: as it stands, decoded, and decoded from HTML as well."""
    decoded = quopri.decodestring(octets).decode()
    return [octets.decode(), decoded, html.unescape(decoded), " ".join(decoded.split())]


def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library reads it; a defect anywhere fails."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def without(composed: Composed, number: str) -> bytes:
    """What is left of a letter when the words of one report are gone."""
    return b"".join(part.octets for part in composed.parts if part.report != number)


def words_of(number: int) -> set[str]:
    """The words that only this report of a full letter can have."""
    return {word.format(number) for word in WORDS} | {defang(one.format(number)) for one in HOSTILE}


def telling(context: LetterContext, place: int, value: str) -> LetterContext:
    """The same letter in which one report has these words: addresses, why, what was done before."""
    report = context.reports[place]
    changed = replace(
        report,
        why=value,
        locations=tuple(replace(location, value=value) for location in report.locations),
        earlier=tuple(EarlierAct(act.at, value) for act in report.earlier),
    )
    return replace(context, reports=(*context.reports[:place], changed, *context.reports[place + 1 :]))


class Tags(HTMLParser):
    """Checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; `meta` has no end."""
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The tag that ends is the one that was opened last."""
        assert tag == self.open.pop()


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_parts_are_the_letter(name: str, language: str) -> None:
    """Put together, the parts are the message; each is whole lines of at most 78 octets, no two neighbours are alike."""
    composed = as_it_leaves(a_full_letter(name, language, 3))
    assert composed == as_it_leaves(a_full_letter(name, language, 3))
    assert composed.raw == b"".join(part.octets for part in composed.parts)
    assert {part.report for part in composed.parts} == {None, *NUMBERS}
    assert all(part.octets.endswith(b"\r\n") and part.octets.isascii() for part in composed.parts)
    assert max(len(line) for line in composed.raw.split(b"\r\n")) <= 78
    assert b"\n" not in composed.raw.replace(b"\r\n", b"") and b"\x02" not in composed.raw
    owners = [part.report for part in composed.parts]
    assert all(one != following for one, following in pairwise(owners))
    parsed(composed.raw)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_no_word_of_a_report_stands_in_a_part_of_another(name: str, language: str) -> None:
    """An address or a reason is nowhere but in its own report's parts: raw, defanged, quoted-printable or HTML."""
    composed = as_it_leaves(a_full_letter(name, language, 3))
    for number, report in enumerate(NUMBERS, start=1):
        for part in composed.parts:
            if part.report != report:
                found = [word for word, text in product(words_of(number), readings(part.octets)) if word in text]
                assert found == []
        assert any(
            f"host-{number}" in text for p in composed.parts if p.report == report for text in readings(p.octets)
        )


@pytest.mark.parametrize(("name", "language"), ABOUT_REPORTS)
@given(value=words, place=st.integers(0, 2))
@settings(max_examples=12, deadline=None)
def test_no_other_part_depends_on_the_words_of_a_report(name: str, language: str, value: str, place: int) -> None:
    """Whatever a report says, every other part of the letter stays the same to the last byte."""
    context = a_full_letter(name, language, 3)
    before, after = (
        [part for part in as_it_leaves(one).parts if part.report != NUMBERS[place]]
        for one in (context, telling(context, place, value))
    )
    assert before == after


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_what_is_left_after_an_erasure_is_still_a_letter(name: str, language: str) -> None:
    """Without the parts of one report the rest has none of its words, is a whole message, and its HTML is well formed."""
    composed = as_it_leaves(a_full_letter(name, language, 3))
    for number, report in enumerate(NUMBERS, start=1):
        message = parsed(without(composed, report))
        bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
        read = "".join(body if isinstance(body, str) else body.decode() for body in bodies)
        assert [word for word in words_of(number) if word in html.unescape(read)] == []
        tags, page = Tags(), message.get_body(("html",))
        assert page is not None
        tags.feed(page.get_content())
        assert tags.open == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_of_a_letter_names_no_place(language: str) -> None:
    """Between the headers and our signature the frame says how many, which law, by when; it has no address."""
    composed = as_it_leaves(a_full_letter("notice", language, 3))
    frame = quopri.decodestring(b"".join(part.octets for part in composed.parts if part.report is None)).decode()
    assert "://" not in frame and "hxxps" not in frame and "[.]e" not in frame
    assert all(number in frame for number in NUMBERS)


@pytest.mark.parametrize(("name", "reference"), [("request", "JUDGMENT 26/00001"), ("referral", "PV 2026/12")])
def test_a_reference_from_a_record_is_of_the_first_report(name: str, reference: str) -> None:
    """A judgment or a complaint is cited from the first report's record, and the words may name somebody."""
    parts = as_it_leaves(a_full_letter(name, "en", 3)).parts
    assert {part.report for part in parts if reference in "".join(readings(part.octets))} == {NUMBERS[0]}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_letter_about_one_report_is_one_part(name: str, language: str) -> None:
    """Such a letter is that report's own from end to end; a letter about none, to our own people, is all frame."""
    composed = as_it_leaves(a_full_letter(name, language, 1))
    assert composed.parts == (Part(NUMBERS[0], composed.raw),)
    nobody = as_it_leaves(a_letter("staff", language, reports=()))
    assert nobody.parts == (Part(None, nobody.raw),)


def test_fifty_reports_have_parts_of_their_own() -> None:
    """The largest letter has a part for each report in the text, in the HTML and in the table."""
    context = a_full_letter("notice", "fr", 50)
    parts = as_it_leaves(context).parts
    for report in context.reports[2:]:
        assert [part.report for part in parts].count(report.number) == 3


def test_each_row_of_the_table_lies_in_its_report() -> None:
    """The last part of a report holds its rows of `locations.csv`, whole and exact, line breaks in an address included."""
    context = a_full_letter("complaint", "en", 3)
    parts = as_it_leaves(context).parts
    for report in context.reports:
        last = [part for part in parts if part.report == report.number][-1]
        rows = quopri.decodestring(last.octets).decode()
        assert all(location.value.replace('"', '""') in rows for location in report.locations)
        assert rows.count(report.number) == len(report.locations) + rows.count(f"\x02{report.number}")


def test_a_file_about_one_report_is_its_own() -> None:
    """An annexed notice belongs, headers and all, to the report that it is about; a neutral file is the frame's."""
    notice = as_it_leaves(a_full_letter("notice", "en", 1), seed="letter-0").raw.removesuffix(b"\r\n")
    annex = Attachment("R-2026-000001-notice.eml", "message/rfc822", notice, report=NUMBERS[0])
    neutral = Attachment("designation.txt", "text/plain", b"DESIGNATION")
    composed = as_it_leaves(a_full_letter("complaint", "en", 3), annex, neutral)
    assert notice not in without(composed, NUMBERS[0]) and b'notice.eml"' not in without(composed, NUMBERS[0])
    assert notice in composed.raw and all(part.octets.endswith(b"\r\n") for part in composed.parts)
    assert [part.get_filename() for part in parsed(composed.raw).iter_attachments()][1:] == [annex.name, neutral.name]


@pytest.mark.parametrize("number", [*range(32), *range(127, 160)])
def test_no_control_character_comes_through(number: int) -> None:
    """Addresses and free text cannot hold a mark: control characters are written out, only line breaks are kept."""
    character = chr(number)
    assert character not in defang(f"https://host.example/{character}")
    assert character == "\n" or character not in tame(f"why {character} not, www.host.example/{character}")


@pytest.mark.parametrize("forged", [f"\x02{NUMBERS[1]}\x03", "\x02\x03", f"\x02{'0' * 16} {NUMBERS[1]}\x03"])
def test_labels_cut_nothing(forged: str) -> None:
    """A label or a word of our own that looks like a mark changes no owner: marks are drawn anew in each process."""
    plain, odd = (
        a_full_letter("request", "en", 3),
        replace(a_full_letter("request", "en", 3), confidence_note=f"NOTE{forged}", asked=f"ASK{forged}"),
    )
    assert [part.report for part in as_it_leaves(plain).parts] == [part.report for part in as_it_leaves(odd).parts]


def test_a_number_that_is_none_of_the_letters_owns_nothing() -> None:
    """A line about a report that the letter does not carry is the frame's: nobody would have a key for it."""
    reports = tuple(a_report(number) for number in (1, 3))
    composed = as_it_leaves(a_letter("complaint", reports=reports))  # its table speaks of reports 1 and 2
    assert {part.report for part in composed.parts} == {None, "R-2026-000001", "R-2026-000003"}


def test_a_person_is_named_in_a_letter_about_one_report_only() -> None:
    """A name stands among sentences about the whole letter, so it cannot be cut out for one report."""
    two = (a_report(1), a_report(2))
    with pytest.raises(LetterIncomplete, match="a name belongs to one report"):
        render(a_letter(regime="us-tida", reports=two, extra={"person": "Agreed Name"}))
    assert "Agreed Name" in render(a_letter(regime="us-tida", reports=two[:1], extra={"person": "Agreed Name"})).text


def test_segments_are_the_texts() -> None:
    """Whoever reads a rendered letter sees no mark, and the segments put together are what is read."""
    rendered = render(a_full_letter("referral", "fr", 3))
    for text, cut in ((rendered.text, rendered.text_cut), (rendered.html, rendered.html_cut)):
        assert text == "".join(segment for _, segment in cut) and "\x02" not in text and "\x03" not in text
    alone = render(a_full_letter("referral", "fr", 1))
    assert (alone.owner, alone.text_cut, alone.html_cut) == (NUMBERS[0], (), ())


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r")), max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_text_may_be_cut_anywhere(segments: list[str]) -> None:
    """Encoded one by one and put together, segments decode to the text; every line of the encoding is short and whole."""
    encoded = [quoted(segment) for segment in segments]
    assert quopri.decodestring(b"".join(encoded)) == "".join(segments).replace("\n", "\r\n").encode()
    for octets in encoded:
        assert octets.endswith(b"\r\n") and b"\n" not in octets.replace(b"\r\n", b"")
        assert max(len(line) for line in octets.split(b"\r\n")) <= 76


@given(st.one_of(st.binary(max_size=300), words.map(str.encode)))
@settings(max_examples=200, deadline=None)
def test_a_row_is_kept_to_the_byte(value: bytes) -> None:
    """A row decodes to the very same bytes, whatever line breaks its values hold, and its lines are short."""
    row = b'"' + value + b'"\r\n'
    octets = quoted_row(row)
    assert quopri.decodestring(octets) == row
    assert octets.endswith(b"\r\n") and b"\n" not in octets.replace(b"\r\n", b"")
    assert max(len(line) for line in octets.split(b"\r\n")) <= 76


def test_a_place_without_a_word_moves_nothing() -> None:
    """An address of spaces alone leaves the letter whole."""
    report = replace(a_report(2), locations=(LetterLocation(LocationKind.URL, "  "),))
    parsed(as_it_leaves(a_letter(reports=(a_report(1), report))).raw)
